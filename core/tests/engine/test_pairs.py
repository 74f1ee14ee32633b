"""Two codes that do not stand together on one day: who loses, when a bypass lifts it, what stays open."""

from __future__ import annotations

from typing import Any

import pytest

from core.tests.acme import Acme, World, encounter, rule

PAIRS = """\
format = 1
id = "code-pairs"
title = "Invented pairs"
key = ["column_1", "column_2", "setting"]
covers_to = 2026-12-31
cites = ["notice"]
rows = [
  { column_1 = "97760", column_2 = "97763", setting = "professional", indicator = 1 },
  { column_1 = "97760", column_2 = "97761", setting = "professional", indicator = 0 },
  { column_1 = "97760", column_2 = "97110", setting = "institutional", indicator = 1, to = 2026-06-30 },
  { column_1 = "97763", column_2 = "97763", setting = "professional" },
]
[columns]
column_1 = { type = "code" }
column_2 = { type = "code" }
setting = { type = "word", values = ["professional", "institutional"] }
indicator = { type = "integer" }
"""
MODIFIERS = (
    "format = 1\nid = 'lifting'\ntitle = 'Lifting'\ncodes = ['59', 'XU']\ncites = ['notice']\nopen_ended = 'No end.'\n"
)
BY = "by = { setting = { fact = 'claim_type' } }"
BYPASS = "bypass_when = { column = 'indicator', is = 1 }, bypass_with = { table = 'lifting' }"
SAME = "same = ['rendering.npi']"


def pair(name: str, *keys: str, loses: str = "column_2", **more: str) -> str:
    text = ", ".join(["table = 'code-pairs'", f"loses = '{loses}'", BY, *keys])
    return rule(name, "", pair=f"{{ {text} }}", **{"topic": "'pairs'", **more})


@pytest.fixture(scope="module")
def world(acme: Acme) -> World:
    return acme(
        pair("plain")
        + pair("first", loses="column_1")
        + pair("either", BYPASS)
        + pair("loser", BYPASS, "bypass_on = 'loser'")
        + pair("always", "bypass_with = { table = 'lifting' }")
        + pair("same", SAME)
        + pair("where", "where = { fact = 'line.side', is = { fact = 'other.side' } }"),
        tables={"code-pairs.toml": PAIRS, "lifting.toml": MODIFIERS},
    )


def day(*codes: str | None, **changes: Any) -> dict[str, Any]:
    """A complete day of a professional claim with lines 1, 2 … of these codes."""
    complete = changes.pop("complete", True)
    lines = [{"number": n, "code": code, "service_date": "2026-10-05"} for n, code in enumerate(codes, 1)]
    return encounter({"day.lines_complete": complete, "claim_type": "professional", **changes}, lines=lines)


def kinds(world: World, name: str, data: dict[str, Any]) -> list[str | None]:
    """What the rule says of each line; None where it says nothing."""
    return [world.kinds(data, line=line["number"]).get(name) for line in data["lines"]]


def test_the_finding_falls_on_the_line_that_loses_in_either_column(world: World) -> None:
    data = day("97760", "97763")
    assert kinds(world, "plain", data) == [None, "fail"]
    assert kinds(world, "first", data) == ["fail", "pass"]
    assert kinds(world, "plain", day("97763", "97760")) == ["fail", None]
    assert kinds(world, "plain", day("97763", "97110")) == ["pass", "pass"]


def test_a_losing_line_names_both_codes_and_the_key(world: World) -> None:
    finding = world.finding("plain", day("97760", "97763"), line=2)
    assert finding.facts == {"claim_type": "professional", "lines[0].code": "97760", "lines[1].code": "97763"}


def test_a_line_outside_the_policys_codes_can_lose_but_a_pair_alone_is_no_policy_for_it(world: World) -> None:
    institutional = {"claim_type": "institutional", "lines[0].service_date": "2026-06-30"}
    data = day("97760", "97110", **institutional, **{"lines[1].service_date": "2026-06-30"})
    found = world.one(data, line=2)
    assert [f.kind for f in found.findings if f.rule == "acme/main/plain"] == ["fail"]
    assert (found.verdict, found.silence) == ("not_covered", None)
    alone = world.one(day("97110"))
    assert (alone.verdict, alone.silence) == (None, "no_policy_for_code")


def test_a_pair_holds_on_the_days_of_its_row(world: World) -> None:
    changes = {
        "claim_type": "institutional",
        "lines[0].service_date": "2026-07-01",
        "lines[1].service_date": "2026-07-01",
    }
    assert kinds(world, "plain", day("97760", "97110", **changes)) == [None, "pass"]


def test_after_the_table_s_last_day_a_hit_warns_and_a_miss_is_open(world: World) -> None:
    late = {"lines[0].service_date": "2027-01-01", "lines[1].service_date": "2027-01-01"}
    hit = world.finding("plain", day("97760", "97763", **late), line=2)
    assert (hit.kind, hit.effect, hit.weak_source) == ("fail", "warn", True)
    miss = world.finding("plain", day("97110", "97763", **late), line=2)
    assert (miss.kind, miss.missing) == ("open", ("table:acme/code-pairs",))


def test_a_code_paired_with_itself_needs_a_second_line(world: World) -> None:
    assert kinds(world, "plain", day("97763")) == ["pass"]
    assert kinds(world, "plain", day("97763", "97763")) == ["fail", "fail"]


@pytest.mark.parametrize(
    ("changes", "kind", "missing"),
    [
        ({"complete": None}, "fail", ()),
        ({"lines[0].code": None}, "open", ("lines[0].code",)),
        ({"lines[0].code": "97110", "complete": None}, "open", ("day.lines_complete",)),
        ({"claim_type": None}, "open", ("claim_type",)),
        ({"claim_type": "institutional"}, "pass", ()),
    ],
)
def test_a_pair_is_open_where_the_other_line_or_the_key_is_unknown(
    world: World, changes: dict[str, Any], kind: str, missing: tuple[str, ...]
) -> None:
    finding = world.finding("plain", day("97760", "97763", **changes), line=2)
    assert (finding.kind, finding.missing) == (kind, missing)


WINS, LOSES = "lines[0].modifiers", "lines[1].modifiers"


@pytest.mark.parametrize(
    ("loser", "winner", "either", "on_loser"),
    [
        (["59"], [], "pass", "pass"),
        (["GP", "XU"], None, "pass", "pass"),
        ([], ["59"], "pass", "fail"),
        ([], [], "fail", "fail"),
        (["GP"], ["GP"], "fail", "fail"),
        ([], None, "open", "fail"),
        (None, ["59"], "pass", "open"),
        (None, [], "open", "open"),
    ],
)
def test_a_modifier_lifts_a_pair_on_the_losing_line_or_on_either(
    world: World, loser: list[str] | None, winner: list[str] | None, either: str, on_loser: str
) -> None:
    data = day("97760", "97763", **{LOSES: loser, WINS: winner})
    assert [kinds(world, name, data)[1] for name in ("either", "loser")] == [either, on_loser]


def test_a_row_that_allows_no_bypass_is_not_lifted_and_without_a_test_every_row_is(world: World) -> None:
    data = day("97760", "97761", **{LOSES: ["59"]})
    assert [kinds(world, name, data)[1] for name in ("either", "loser", "always")] == ["fail", "fail", "pass"]
    assert kinds(world, "either", day("97760", "97761")) == [None, "fail"]  # modifiers cannot matter


def test_an_empty_cell_of_the_bypass_test_is_unknown(world: World) -> None:
    finding = world.finding("either", day("97763", "97763", **{WINS: ["59"]}), line=1)
    assert (finding.kind, finding.missing) == ("open", ("table:acme/code-pairs",))
    assert world.kind("either", day("97763", "97763", **{WINS: ["GP"], LOSES: ["GP"]}), line=1) == "fail"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"rendering.npi": "1"}, "fail"),
        ({"lines[0].rendering.npi": "1", "lines[1].rendering.npi": "2"}, "pass"),
        ({"lines[0].rendering.npi": "1", "lines[1].rendering.npi": "1"}, "fail"),
        ({"rendering.npi": "1", "lines[1].rendering.npi": "2"}, "pass"),
        ({"lines[1].rendering.npi": "2"}, "open"),
    ],
)
def test_the_facts_under_same_must_be_equal_for_both_lines(world: World, changes: dict[str, Any], kind: str) -> None:
    assert kinds(world, "same", day("97760", "97763", **changes))[1] == kind


@pytest.mark.parametrize(
    ("winner", "loser", "kind"),
    [("left", "left", "fail"), ("left", "right", "pass"), (None, "left", "open"), (None, None, "open")],
)
def test_a_further_condition_speaks_of_the_loser_as_line_and_the_winner_as_other(
    world: World, winner: str | None, loser: str | None, kind: str
) -> None:
    data = day("97760", "97763", **{"lines[0].side": winner, "lines[1].side": loser})
    assert kinds(world, "where", data)[1] == kind


def test_a_pair_judges_lines_and_not_the_day(acme: Acme) -> None:
    tables = {"code-pairs.toml": PAIRS, "lifting.toml": MODIFIERS}
    (fault,) = acme.faults(pair("plain", scope="'day'"), tables=tables)
    assert fault == "main:11:1: rules[0].scope: a pair judges lines, not the day; leave scope out."
