"""Limits on units: who keeps them, in which order and pool, and what stays open where something is not known."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tests.acme import Acme, World, encounter, rule

POOL = """\
format = 1
id = "pool"
title = "Invented codes that share a limit"
covers_to = 2026-12-31
cites = ["notice"]
codes = ["97760", "97761", "97110"]
"""


def cap(units_of: str = "{ table = 'pool' }", **keys: str) -> str:
    written = {"units_of": units_of, "per": "['day']", "at_most": "4", "keep_first_by": "'line.number'", **keys}
    return "{ " + ", ".join(f"{key} = {value}" for key, value in written.items()) + " }"


def cap_rule(name: str, text: str, **keys: str) -> str:
    return rule(name, "", cap=text, **{"effect": "'reduce_units'", **keys})


@pytest.fixture(scope="module")
def world(acme: Acme) -> World:
    return acme(
        cap_rule("number", cap())
        + cap_rule("charge", cap(keep_first_by="'-line.charge'"))
        + cap_rule("code", cap(per="['code']"))
        + cap_rule("discipline", cap(per="['discipline']"))
        + cap_rule("rendering", cap(per="['code', 'rendering']")),
        tables={"pool.toml": POOL},
    )


def day(*units: int | None, **changes: Any) -> dict[str, Any]:
    """A day of lines 1, 2, 3 … of one code with these units; it is `complete` unless told otherwise."""
    complete = changes.pop("complete", True)
    lines = [
        {"number": number, "code": "97760", "service_date": "2026-10-05", "units": value}
        for number, value in enumerate(units, 1)
    ]
    return encounter({"day.lines_complete": complete, **changes}, lines=lines)


def kept(world: World, name: str, data: dict[str, Any]) -> list[tuple[str, int | None]]:
    """Kind and payable units of every line."""
    findings = [world.finding(name, data, line=line["number"]) for line in data["lines"]]
    return [(finding.kind, finding.payable) for finding in findings]


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ((4,), [("pass", 4)]),
        ((5,), [("fail", 4)]),
        ((0,), [("pass", 0)]),
        ((2, 2), [("pass", 2), ("pass", 2)]),
        ((2, 3), [("pass", 2), ("fail", 2)]),
        ((3, 3, 3), [("pass", 3), ("fail", 1), ("fail", 0)]),
        ((4, 0, 1), [("pass", 4), ("pass", 0), ("fail", 0)]),
        ((6, 1), [("fail", 4), ("fail", 0)]),
    ],
)
def test_each_line_keeps_what_the_limit_still_holds_when_its_turn_comes(
    world: World, units: tuple[int, ...], expected: list[tuple[str, int]]
) -> None:
    assert kept(world, "number", day(*units)) == expected


def test_units_are_kept_by_line_number_wherever_the_line_stands(world: World) -> None:
    expected = {1: ("pass", 3), 2: ("fail", 1), 3: ("fail", 0)}
    for order in permutations(day(3, 3, 3)["lines"]):
        data = encounter(lines=list(order), day={"lines_complete": True})
        assert {n: kept(world, "number", data)[i] for i, n in enumerate(x["number"] for x in order)} == expected


@pytest.mark.parametrize(
    ("charges", "expected"),
    [
        ((10, 30, 20), [("fail", 0), ("pass", 3), ("fail", 1)]),
        ((20, 20, 30), [("fail", 1), ("fail", 0), ("pass", 3)]),  # the number decides between equal charges
        ((0.1, 0.3, 0.2), [("fail", 0), ("pass", 3), ("fail", 1)]),
    ],
)
def test_the_highest_charge_comes_first_where_the_rule_says_so(
    world: World, charges: tuple[float, ...], expected: list[tuple[str, int]]
) -> None:
    changes = {f"lines[{i}].charge": charge for i, charge in enumerate(charges)}
    assert kept(world, "charge", day(3, 3, 3, **changes)) == expected


def test_an_unknown_place_in_the_order_leaves_a_line_open_unless_it_cannot_matter(world: World) -> None:
    data = day(3, 3, **{"lines[0].charge": 10})
    assert kept(world, "charge", data) == [("open", None), ("open", None)]
    assert world.finding("charge", data, line=1).missing == ("lines[1].charge",)
    unnumbered = day(3, 3, **{"lines[1].number": None})
    assert world.finding("number", unnumbered, line=1).missing == ("lines[1].number",)
    assert kept(world, "charge", day(2, 2, **{"lines[0].charge": 10})) == [("pass", 2), ("pass", 2)]
    assert kept(world, "charge", day(5, 1))[0] == ("fail", 4)  # over the limit by itself, whatever comes before


@pytest.mark.parametrize(
    ("units", "expected", "missing"),
    [
        ((None, 2), [("open", None), ("open", None)], ("lines[0].units",)),
        ((2, None), [("pass", 2), ("open", None)], ("lines[1].units",)),
        ((4, None, 1), [("pass", 4), ("open", None), ("fail", 0)], ()),
        ((None, 0), [("open", None), ("pass", 0)], ()),
    ],
)
def test_unknown_units_before_a_line_leave_it_open_unless_the_known_ones_decide(
    world: World, units: tuple[int | None, ...], expected: list[tuple[str, int | None]], missing: tuple[str, ...]
) -> None:
    data = day(*units)
    assert kept(world, "number", data) == expected
    assert world.finding("number", data, line=len(units)).missing == missing


def test_on_an_incomplete_day_a_line_can_lose_units_but_not_keep_them(world: World) -> None:
    data = day(3, 2, complete=None)
    assert kept(world, "number", data) == [("open", None), ("fail", 1)]
    assert world.finding("number", data, line=1).missing == ("day.lines_complete",)
    assert kept(world, "number", day(0, complete=False)) == [("pass", 0)]


def test_a_line_that_loses_names_the_units_and_codes_that_took_the_limit(world: World) -> None:
    finding = world.finding("number", day(3, 3), line=2)
    assert (finding.kind, finding.payable) == ("fail", 1)
    assert finding.facts.items() >= {"lines[1].units": 3, "lines[0].code": "97760", "lines[0].units": 3}.items()


# --- pools


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("code", {"lines[1].code": "97761"}, [("pass", 3), ("pass", 3)]),
        ("code", {}, [("pass", 3), ("fail", 1)]),
        ("discipline", {"lines[0].modifiers": ["GP"], "lines[1].modifiers": ["GO"]}, [("pass", 3), ("pass", 3)]),
        ("discipline", {"lines[0].modifiers": ["GP"], "lines[1].modifiers": ["GP"]}, [("pass", 3), ("fail", 1)]),
        ("discipline", {"lines[0].modifiers": ["GP"]}, [("pass", 3), ("open", None)]),
        ("rendering", {"lines[0].rendering.npi": "1", "lines[1].rendering.npi": "2"}, [("pass", 3), ("pass", 3)]),
        ("rendering", {"rendering.npi": "1"}, [("pass", 3), ("fail", 1)]),
        ("rendering", {"rendering.npi": "1", "lines[1].rendering.npi": "2"}, [("pass", 3), ("pass", 3)]),
        ("rendering", {"lines[0].rendering.npi": "1"}, [("pass", 3), ("open", None)]),
        ("rendering", {"lines[1].code": "97761"}, [("pass", 3), ("pass", 3)]),  # apart by code, whoever renders
    ],
)
def test_lines_are_pooled_by_code_discipline_and_rendering_provider(
    world: World, name: str, changes: dict[str, Any], expected: list[tuple[str, int | None]]
) -> None:
    assert kept(world, name, day(3, 3, **changes)) == expected


def test_a_cap_judges_every_line_it_counts_and_no_other(world: World) -> None:
    data = day(3, 3, **{"lines[1].code": "97110"})  # not one of the policy's codes, but in the cap's table
    found = world.one(data, line=2)
    assert [f.kind for f in found.findings if f.rule == "acme/main/number"] == ["fail"]
    other = world.one(day(9, **{"lines[0].code": "97112"}))
    assert (other.findings, other.silence) == ((), "no_policy_for_code")
    fits = world.one(day(1, **{"lines[0].code": "97110"}))
    assert fits.silence == "no_policy_for_code"  # it lost nothing, and no policy is about it


# --- what counts, and how much is allowed


@pytest.fixture(scope="module")
def limits(acme: Acme) -> World:
    parameters = (
        "[parameters.most]\nunit = 'units'\nvalues = "
        "[{ from = 2026-01-01, to = 2026-06-30, value = 2, cites = ['notice'] }]\n"
    )
    rows = "rows = [{ claim_type = 'professional', units = 1 }, { claim_type = 'institutional', units = 3 }]\n"
    by_claim = (
        "format = 1\nid = 'by-claim'\ntitle = 'Units by claim'\nkey = ['claim_type']\nopen_ended = 'No end.'\n"
        f"cites = ['notice']\n{rows}[columns]\nclaim_type = {{ type = 'word', values = ['professional', "
        "'institutional'] }\nunits = { type = 'integer', unit = 'units' }\n"
    )
    look_up = "{ look_up = 'by-claim', by = { claim_type = { fact = 'claim_type' } }, column = 'units' }"
    timed = "[timed]\ncodes = { table = 'pool' }\npool_by = 'day'\nmethod = 'cms_total'\n"
    return acme(
        timed
        + parameters
        + cap_rule("parameter", cap(at_most="{ parameter = 'most' }"))
        + cap_rule("fact", cap(at_most="{ fact = 'coverage.contract_unit_cap' }"))
        + cap_rule("look-up", cap(at_most=look_up))
        + cap_rule("minutes", cap(at_most="{ fact = 'day.units_supported' }"))
        + cap_rule("where", cap("{ where = { fact = 'line.modifiers', has = 'GP' } }", at_most="2"))
        + cap_rule("codes", cap("{ codes = ['97760'] }", at_most="2")),
        tables={"pool.toml": POOL, "by-claim.toml": by_claim},
    )


@pytest.mark.parametrize(
    ("name", "changes", "kind", "payable", "missing"),
    [
        ("parameter", {"lines[0].service_date": "2026-06-30"}, "fail", 2, ()),
        ("parameter", {"lines[0].service_date": "2026-07-01"}, "open", None, ("parameter:most",)),
        ("fact", {"coverages[0].contract_unit_cap": 4}, "pass", 4, ()),
        ("fact", {"coverages[0].contract_unit_cap": 0}, "fail", 0, ()),
        ("fact", {}, "open", None, ("coverages[0].contract_unit_cap",)),
        ("look-up", {"claim_type": "institutional"}, "fail", 3, ()),
        ("look-up", {}, "open", None, ("claim_type",)),
        ("minutes", {"lines[0].minutes": 60}, "pass", 4, ()),
        ("minutes", {"lines[0].minutes": 52}, "fail", 3, ()),
        ("minutes", {}, "open", None, ("lines[0].minutes",)),
        ("where", {"lines[0].modifiers": ["GP"]}, "fail", 2, ()),
        ("where", {"lines[0].modifiers": ["GO"]}, "pass", None, ()),
        ("where", {}, "open", None, ("lines[0].modifiers",)),
        ("codes", {}, "fail", 2, ()),
    ],
)
def test_a_limit_can_be_a_number_a_parameter_a_fact_a_cell_or_what_the_minutes_support(
    limits: World, name: str, changes: dict[str, Any], kind: str, payable: int | None, missing: tuple[str, ...]
) -> None:
    finding = limits.finding(name, day(4, **changes))
    assert (finding.kind, finding.payable, finding.missing) == (kind, payable, missing)


def test_a_limit_known_only_as_a_range_decides_where_the_whole_range_agrees(limits: World) -> None:
    minutes = {"lines[0].minutes": 30, "lines[1].code": "97761", "lines[1].units": 0}
    assert limits.kind("minutes", day(2, 0, **minutes)) == "pass"  # two units at least, whatever the other minutes are
    finding = limits.finding("minutes", day(3, 0, **minutes))
    assert (finding.kind, finding.missing) == ("open", ("lines[1].minutes",))


def test_a_cap_with_a_condition_counts_lines_of_any_code(limits: World) -> None:
    modifiers = {"lines[0].modifiers": ["GP"], "lines[1].modifiers": ["GP"]}
    assert kept(limits, "where", day(2, 1, **modifiers)) == [("pass", 2), ("fail", 0)]
    other_code = day(2, 1, **modifiers, **{"lines[0].code": "97530"})
    assert limits.kind("where", other_code, line=2) == "fail"
    assert limits.kind("where", day(2, 1, **{**modifiers, "lines[0].modifiers": ["GO"]}), line=2) == "pass"


def test_after_its_last_day_a_table_still_counts_what_it_lists_but_cannot_reduce(world: World) -> None:
    late = {"lines[0].service_date": "2027-01-01", "lines[1].service_date": "2027-01-01"}
    finding = world.finding("number", day(3, 3, **late), line=2)
    assert (finding.kind, finding.effect, finding.weak_source, finding.payable) == ("fail", "warn", True, 1)
    assert world.one(day(3, 3, **late), line=2).units.payable == 3


# --- laws


@pytest.fixture(scope="module")
def capped(acme: Acme) -> list[World]:
    """Worlds whose only rule allows 0, 1, 2 … units."""
    return [acme(cap_rule("capped", cap("{ codes = ['97760'] }", at_most=str(limit)))) for limit in range(7)]


@given(units=st.lists(st.integers(0, 6), min_size=1, max_size=4), limit=st.integers(0, 6))
def test_a_complete_day_keeps_the_limit_or_all_units(capped: list[World], units: list[int], limit: int) -> None:
    found = kept(capped[limit], "capped", day(*units))
    payable = [payable for _, payable in found]
    assert sum(p for p in payable if p is not None) == min(limit, sum(units))
    assert [kind == "pass" for kind, _ in found] == [p == u for p, u in zip(payable, units, strict=True)]


@given(units=st.lists(st.one_of(st.none(), st.integers(0, 6)), min_size=1, max_size=4), data=st.data())
def test_learning_units_never_flips_a_decided_line_and_only_lowers_what_is_payable(
    capped: list[World], units: list[int | None], data: st.DataObject
) -> None:
    learnt = [unit if unit is not None else data.draw(st.integers(0, 6)) for unit in units]
    complete = data.draw(st.sampled_from([True, None]))
    before = kept(capped[4], "capped", day(*units, complete=complete))
    after = kept(capped[4], "capped", day(*learnt))
    for (kind, payable), (then, later) in zip(before, after, strict=True):
        assert kind in ("open", then)
        assert payable is None or (later is not None and later <= payable)
