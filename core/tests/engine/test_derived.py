"""Derived facts: what core computes from others, as ranges where those are known only in part."""

from __future__ import annotations

from typing import Any

import pytest
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.engine.derived import DERIVED

from core.tests.acme import Acme, Truth, World, encounter

TIMED = """\
[timed]
codes = { table = "timed" }
pool_by = "discipline"
method = "cms_total"
training_codes = ["97761"]
"""
TABLE = """\
format = 1
id = "timed"
title = "Invented timed codes"
codes = ["97760", "97761", "97763"]
cites = ["notice"]
open_ended = "No end is published."
"""
COMPLETE, HERE = "day.lines_complete", "device.billed_here"


@pytest.fixture(scope="module")
def world(acme: Acme) -> World:
    numbers = {
        "line.units_supported": range(4), "line.units_least": range(4), "line.units_ceiling": range(4),
        "line.countable_minutes": (0, 10, 20, 30), "line.assistant_units": range(3), "day.timed_minutes": (20, 40, 50),
        "day.timed_units": range(5), "day.units_supported": range(4),
    }  # fmt: skip
    conditions = {
        f"{fact.replace('.', '-').replace('_', '-')}-{value}": f"{{ fact = '{fact}', is = {value} }}"
        for fact, values in numbers.items()
        for value in values
    }
    return acme.conditions(
        {
            **conditions,
            "methods-agree": "{ fact = 'line.unit_methods_agree', is = true }",
            "pt": "{ fact = 'line.discipline', is = 'PT' }",
            "billed": "{ fact = 'device.code_billed_here', is = true }",
            "knee": "{ fact = 'diagnosis_codes', any_starts_with = 'M23' }",
            "visits": "{ fact = 'coverage.benefit.visits_within_limit', is = true }",
        },
        TIMED,
        tables={"timed.toml": TABLE},
    )


def line(code: str | None, **facts: Any) -> dict[str, Any]:
    return {"code": code, "service_date": "2026-10-05", "modifiers": ["GP"], **facts}


def day(*lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A complete day without a device billed, of these lines."""
    complete = changes.pop("complete", True)
    numbered = [{"number": number, **given} for number, given in enumerate(lines, 1)]
    return encounter({COMPLETE: complete, HERE: False, **changes}, lines=numbered)


def value(world: World, fact: str, data: dict[str, Any], number: int = 1) -> int | None:
    """The value a derived fact surely has, None if it is not one."""
    kinds = world.kinds(data, line=number)
    found = [int(name.rpartition("-")[2]) for name, kind in kinds.items() if name.startswith(fact) and kind == "pass"]
    assert len(found) <= 1
    return found[0] if found else None


def test_every_derived_fact_of_the_catalogue_is_computed() -> None:
    assert {path for path, fact in CATALOGUE.items() if fact.derived} == set(DERIVED)


@pytest.mark.parametrize(
    ("modifiers", "rendering", "kind", "missing"),
    [
        (["GP"], None, "pass", ()),
        (["59", "GP"], "OT", "pass", ()),  # the modifier speaks first
        (["GO"], "PT", "fail", ()),
        ([], "PT", "pass", ()),
        (["GP", "GO"], "PT", "pass", ()),  # two modifiers say nothing
        ([], None, "open", ("rendering.discipline",)),
        (None, "PT", "open", ("lines[0].modifiers",)),
    ],
)
def test_the_discipline_of_a_line(
    world: World, modifiers: list[str] | None, rendering: str | None, kind: str, missing: tuple[str, ...]
) -> None:
    changes = {"lines[0].modifiers": modifiers, "lines[0].rendering.discipline": rendering}
    finding = world.finding("pt", day(line("97760"), **changes))
    assert (finding.kind, finding.missing) == (kind, missing)


@pytest.mark.parametrize(
    ("others", "told", "truth"),
    [(["L1832"], None, True), (["L1832"], True, True), (["97110"], True, True), ([], False, False), ([], None, None)],
)
def test_a_device_is_billed_here_where_a_line_or_someone_says_so(
    world: World, others: list[str], told: bool | None, truth: Truth
) -> None:
    assert world.truth("billed", day(line("97760"), *map(line, others), **{HERE: told})) is truth


@pytest.mark.parametrize(("codes", "truth"), [(["M23.2"], True), (["M25"], False), ([], False), (None, None)])
def test_the_diagnosis_codes_of_an_encounter(world: World, codes: list[str] | None, truth: Truth) -> None:
    listed = None if codes is None else [{"code": code} for code in codes]
    assert world.truth("knee", encounter(diagnoses=listed)) is truth


@pytest.mark.parametrize(
    ("limited", "limit", "used", "truth"),
    [
        (False, None, None, True),
        (None, 20, 20, True),
        (None, 20, 21, False),
        (True, 20, 21, False),
        (True, 20, None, None),
        (None, None, 5, None),
    ],
)
def test_visits_are_within_a_limit_that_may_not_exist(
    world: World, limited: bool | None, limit: int | None, used: int | None, truth: Truth
) -> None:
    benefit = {"has_visit_limit": limited, "visit_limit": limit, "visits_used": used}
    changes = {f"coverages[0].benefit.{name}": known for name, known in benefit.items()}
    assert world.truth("visits", encounter(changes)) is truth


# --- minutes


@pytest.mark.parametrize(
    ("facts", "minutes"),
    [
        ({"minutes": 30}, 30),
        ({"minutes": 30, "aide_minutes": 10}, 20),
        ({"minutes": 30, "aide_minutes": 10, "setup_minutes": 10}, 10),
        ({"minutes": 10, "aide_minutes": 30}, 0),
        ({}, None),
    ],
)
def test_minutes_of_aides_and_set_up_do_not_count(world: World, facts: dict[str, int], minutes: int | None) -> None:
    assert value(world, "line-countable-minutes", day(line("97760", **facts))) == minutes


@pytest.mark.parametrize(
    ("billed", "training", "minutes"),
    [(True, 10, 10), (True, None, None), (False, 10, 30), (None, 10, None), (None, 30, 30)],
)
def test_beside_a_billed_device_only_training_counts(
    world: World, billed: bool | None, training: int | None, minutes: int | None
) -> None:
    facts = {"minutes": 30, "training_minutes": training}
    assert value(world, "line-countable-minutes", day(line("97761", **facts), **{HERE: billed})) == minutes
    assert value(world, "line-countable-minutes", day(line("97760", **facts), **{HERE: billed})) == 30


def test_minutes_are_pooled_by_discipline_and_a_code_split_over_lines_counts_together(world: World) -> None:
    other = line("97763", minutes=20, modifiers=["GO"])
    data = day(line("97760", minutes=10), line("97760", minutes=10), line("97763", minutes=20), other)
    assert [value(world, "day-timed-minutes", data, n) for n in (1, 2, 3, 4)] == [40, 40, 40, 20]
    # forty minutes carry three units: one each for the full quarters, and one for either of two equal remainders
    assert [value(world, "day-units-supported", data, n) for n in (1, 2, 3, 4)] == [3, 3, 3, 1]
    assert [value(world, "line-units-supported", data, n) for n in (1, 2, 3)] == [2, 2, 2]
    assert [value(world, "line-units-least", data, n) for n in (1, 2, 3)] == [1, 1, 1]
    untimed = day(line("97760", minutes=20), line("97110", minutes=30))
    assert value(world, "day-timed-minutes", untimed) == 20


def test_a_correct_allocation_gives_a_code_a_range_and_the_ceiling_is_its_own(world: World) -> None:
    data = day(line("97760", minutes=10), line("97763", minutes=10))
    units = [value(world, name, data) for name in ("line-units-least", "line-units-supported", "line-units-ceiling")]
    assert units == [0, 1, 1]
    assert world.kind("methods-agree", data) == "fail"
    assert world.kind("methods-agree", day(line("97760", minutes=15))) == "pass"
    assert value(world, "line-units-ceiling", day(line("97760", minutes=0))) == 0


@pytest.mark.parametrize(
    ("changes", "fact", "missing"),
    [
        ({"lines[1].minutes": None}, "day-timed-minutes-40", {"lines[1].minutes"}),
        ({"complete": None}, "day-timed-minutes-40", {COMPLETE}),
        ({"lines[1].code": None}, "day-timed-minutes-40", {"lines[1].code"}),
        ({"lines[1].modifiers": None}, "day-timed-minutes-40", {"lines[1].modifiers"}),
        ({"lines[1].units": None}, "day-timed-units-3", {"lines[1].units"}),
        ({"complete": None}, "methods-agree", {COMPLETE}),
    ],
)
def test_what_is_not_known_of_the_pool_is_asked_for(
    world: World, changes: dict[str, Any], fact: str, missing: set[str]
) -> None:
    lines = (line("97760", minutes=20, units=1), line("97763", minutes=20, units=2))
    assert world.kind(fact, day(*lines)) in ("pass", "fail")
    finding = world.finding(fact, day(*lines, **changes))
    assert finding.kind == "open"
    assert set(finding.missing) == missing


def test_the_total_written_in_the_note_counts_where_the_pool_is_the_whole_day(world: World) -> None:
    stated = {"day.total_timed_minutes": 50}
    assert value(world, "day-timed-minutes", day(line("97760", minutes=40), **stated)) == 50
    assert value(world, "day-timed-minutes", day(line("97760"), **stated)) == 50
    two = day(line("97760", minutes=20), line("97763", minutes=20, modifiers=["GO"]), **stated)
    assert value(world, "day-timed-minutes", two) == 20


# --- units of an assistant

SPLIT = {"therapist_minutes": 15, "assistant_minutes": 15, "units": 2}


@pytest.mark.parametrize(
    ("changes", "expected", "missing"),
    [
        ({}, 1, set()),
        ({"lines[0].assistant_minutes": 0, "lines[0].units": 1}, 0, set()),
        ({"lines[0].units": None}, None, {"lines[0].units"}),
        ({"lines[0].therapist_minutes": None}, None, {"lines[0].therapist_minutes"}),
        ({"complete": None}, None, {COMPLETE}),  # there may be further lines of the code
        ({"lines[1].code": None}, None, {"lines[1].code"}),  # it may be of the code
    ],
)
def test_units_that_carry_the_assistant_modifier(
    world: World, changes: dict[str, Any], expected: int | None, missing: set[str]
) -> None:
    data = day(line("97760", **SPLIT), line("97110"), **changes)
    assert value(world, "line-assistant-units", data) == expected
    assert set(world.finding("line-assistant-units-1", data).missing) == missing


def test_a_code_split_over_lines_has_its_assistants_units_together(world: World) -> None:
    own, other = {**SPLIT, "assistant_minutes": 0, "units": 1}, {**SPLIT, "therapist_minutes": 0, "units": 1}
    data = day(line("97760", **own), line("97760", **other))
    assert [value(world, "line-assistant-units", data, n) for n in (1, 2)] == [1, 1]


def test_what_hangs_on_the_device_asks_for_it_though_training_minutes_are_given(world: World) -> None:
    split = day(line("97761", minutes=30, training_minutes=10), **{HERE: ...})
    (found,) = world.answer(split).determinations
    asked = {f.missing for f in found.findings if f.kind == "open" and "countable-minutes" in f.rule}
    assert asked == {(HERE,)}
