"""Look-ups and membership in tables: known and unknown keys, agreement of rows, and the days a table covers."""

from __future__ import annotations

from typing import Any

import pytest

from core.tests.acme import Acme, Truth, World, encounter

STATES = """\
format = 1
id = "states"
title = "Invented visits by state and setting"
key = ["state", "kind"]
covers_from = 2026-01-01
covers_to = 2026-12-31
cites = ["notice"]
rows = [
  { state = "OH", kind = "professional", visits = 6, review = true },
  { state = "OH", kind = "institutional", visits = 6, review = false },
  { state = "PA", kind = "professional", visits = 8 },
  { state = "KY", kind = "professional", visits = 6, review = true, to = 2026-06-30 },
  { state = "KY", kind = "professional", visits = 9, review = false, from = 2026-07-01 },
]
[columns]
state = { type = "code" }
kind = { type = "word", values = ["professional", "institutional"] }
visits = { type = "integer", unit = "visits" }
review = { type = "boolean" }
"""
ORDERS = """\
format = 1
id = "orders"
title = "Every word of a column has a row"
key = ["kind"]
open_ended = "no end is published"
cites = ["notice"]
rows = [{ kind = "professional", visits = 6 }, { kind = "institutional", visits = 8 }]
[columns]
kind = { type = "word", values = ["professional", "institutional"] }
visits = { type = "integer", unit = "visits" }
"""
STATE_WORDS = """\
format = 1
id = "state-words"
title = "A word column that holds only some of the values its key can have"
key = ["state"]
open_ended = "no end is published"
cites = ["notice"]
rows = [{ state = "OH", visits = 6 }, { state = "PA", visits = 6 }]
[columns]
state = { type = "word", values = ["OH", "PA"] }
visits = { type = "integer", unit = "visits" }
"""
CODES = """\
format = 1
id = "pool"
title = "Invented list of codes"
covers_from = 2026-01-01
covers_to = 2026-12-31
cites = ["notice"]
codes = ["GP", "GO", "97760"]
"""
TABLES = {"states.toml": STATES, "orders.toml": ORDERS, "state-words.toml": STATE_WORDS, "pool.toml": CODES}
BY = "look_up = 'states', by = { state = { fact = 'patient.state' }, kind = { fact = 'claim_type' } }"
STATE, KIND, TABLE = "patient.state", "claim_type", "table:acme/states"


@pytest.fixture(scope="module")
def world(acme: Acme) -> World:
    order = "look_up = 'orders', by = { kind = { fact = 'claim_type' } }"
    literal = "look_up = 'states', by = { state = 'OH', kind = 'professional' }"
    return acme.conditions(
        {
            "row": f"{{ {BY}, has_row = true }}",
            "no-row": f"{{ {BY}, has_row = false }}",
            "six": f"{{ {BY}, column = 'visits', is = 6 }}",
            "not-six": f"{{ {BY}, column = 'visits', is_not = 6 }}",
            "some": f"{{ {BY}, column = 'visits', between = [6, 8] }}",
            "review": f"{{ {BY}, column = 'review', is = true }}",
            "within": f"{{ fact = 'episode.visit_number', at_most = {{ {BY}, column = 'visits' }} }}",
            "column-fact": f"{{ {BY}, column = 'visits', at_least = {{ fact = 'episode.visit_number' }} }}",
            "literal": f"{{ {literal}, column = 'visits', is = 6 }}",
            "order-row": f"{{ {order}, has_row = true }}",
            "order-six": f"{{ {order}, column = 'visits', at_least = 6 }}",
            "order-eight": f"{{ {order}, column = 'visits', at_least = 8 }}",
            "state-row": "{ look_up = 'state-words', by = { state = { fact = 'patient.state' } }, has_row = true }",
            **{
                f"m-{operator.replace('_', '-')}": f"{{ fact = '{fact}', {operator} = {{ table = 'pool' }} }}"
                for fact, operators in {
                    "line.code": ("in", "not_in"),
                    "line.modifiers": ("has_any_of", "has_none_of", "has_all_of", "has_only", "has_one_of"),
                }.items()
                for operator in operators
            },
        },
        tables=TABLES,
    )


def at(
    state: str | None, kind: str | None, day: str = "2026-05-01", facts: dict[str, Any] | None = None
) -> dict[str, Any]:
    return encounter({STATE: state, KIND: kind, "lines[0].service_date": day, **(facts or {})})


@pytest.mark.parametrize(
    ("state", "kind", "row", "six"),
    [
        ("OH", "professional", True, True),
        ("PA", "professional", True, False),
        ("PA", "institutional", False, False),  # a test of a cell without a row is false
        ("TX", "professional", False, False),
        ("OH", None, True, True),  # both words of the column have a row, and the rows agree
        ("PA", None, None, False),  # no row, or a row that says eight: false either way
        ("TX", None, False, False),
        (None, "professional", None, None),
        (None, None, None, None),
    ],
)
def test_a_look_up_is_known_only_where_every_row_that_could_match_agrees(
    world: World, state: str | None, kind: str | None, row: Truth, six: Truth
) -> None:
    data = at(state, kind)
    assert (world.truth("row", data), world.truth("six", data)) == (row, six)
    assert world.truth("no-row", data) is (None if row is None else not row)


def test_both_answers_of_a_column_are_false_without_a_row(world: World) -> None:
    data = at("TX", "professional")
    assert (world.truth("six", data), world.truth("not-six", data)) == (False, False)


def test_rows_that_differ_are_unknown_and_ask_for_the_key(world: World) -> None:
    finding = world.finding("review", at("OH", None))
    assert (finding.kind, finding.missing) == ("open", (KIND,))
    assert world.finding("six", at(None, None)).missing == (STATE, KIND)
    assert world.kind("some", at("OH", None)) == "pass"


def test_a_decided_look_up_names_the_facts_of_its_key(world: World) -> None:
    assert world.finding("six", at("OH", "professional")).facts == {STATE: "OH", KIND: "professional"}
    assert world.finding("row", at("OH", None)).facts == {STATE: "OH"}
    assert world.finding("literal", at(None, None)).facts == {}
    finding = world.finding("column-fact", at("OH", "professional", facts={"episode.visit_number": 6}))
    assert (finding.kind, set(finding.facts)) == ("pass", {STATE, KIND, "episode.visit_number"})


def test_an_empty_cell_is_unknown_and_names_the_table(world: World) -> None:
    finding = world.finding("review", at("PA", "professional"))
    assert (finding.kind, finding.missing) == ("open", (TABLE,))


def test_a_cell_as_the_right_hand_side(world: World) -> None:
    visit = "episode.visit_number"
    assert world.kind("within", at("OH", "professional", facts={visit: 6})) == "pass"
    assert world.kind("within", at("OH", "professional", facts={visit: 7})) == "fail"
    assert world.kind("within", at("OH", None, facts={visit: 7})) == "fail"  # both rows say six
    assert world.finding("within", at("TX", "professional", facts={visit: 6})).missing == (TABLE,)
    assert world.finding("within", at(None, "professional", facts={visit: 6})).missing == (STATE,)
    assert world.finding("within", at("OH", "professional")).missing == (visit,)


def test_a_word_column_whose_every_word_has_a_row_always_has_one(world: World) -> None:
    unknown = at("OH", None)
    assert world.kind("order-row", unknown) == "pass"
    assert world.kind("order-six", unknown) == "pass"
    assert world.finding("order-eight", unknown).missing == (KIND,)


def test_a_key_that_can_be_something_else_than_the_columns_words_can_miss(world: World) -> None:
    assert world.kind("state-row", at("TX", None)) == "fail"
    assert world.finding("state-row", at(None, None)).missing == (STATE,)


@pytest.mark.parametrize(
    ("day", "six", "review"),
    [("2026-06-30", True, True), ("2026-07-01", False, False)],
)
def test_a_row_holds_on_its_first_and_last_day(world: World, day: str, six: Truth, review: Truth) -> None:
    data = at("KY", "professional", day)
    assert (world.truth("six", data), world.truth("review", data)) == (six, review)


@pytest.mark.parametrize(
    ("day", "hit", "miss", "effect"),
    [
        ("2025-12-31", None, None, "not_covered"),  # before the table begins nothing is known
        ("2026-01-01", True, False, "not_covered"),
        ("2026-12-31", True, False, "not_covered"),
        ("2027-01-01", True, None, "warn"),  # a stale hit counts, but is not strong enough to deny
    ],
)
def test_a_table_is_known_from_its_first_to_its_last_day(
    world: World, day: str, hit: Truth, miss: Truth, effect: str
) -> None:
    assert world.truth("row", at("OH", "professional", day)) is hit
    assert world.truth("row", at("TX", "professional", day)) is miss
    assert world.truth("six", at("OH", "professional", day)) is hit
    assert world.truth("six", at("TX", "professional", day)) is miss
    assert world.finding("row", at("OH", "professional", day)).effect == effect
    for finding in (world.finding("row", at(s, "professional", day)) for s in ("OH", "TX")):
        assert finding.missing == ((TABLE,) if finding.kind == "open" else ())


MEMBERSHIP: list[tuple[str, list[str], Truth, Truth]] = [
    # operator, the modifiers (or code), while the table is current, and after its last day
    ("in", ["97760"], True, True),
    ("in", ["97761"], False, None),
    ("not_in", ["97760"], False, False),
    ("not_in", ["97761"], True, None),
    ("has_any_of", [], False, None),
    ("has_any_of", ["59", "GP"], True, True),
    ("has_any_of", ["59"], False, None),
    ("has_none_of", [], True, None),
    ("has_none_of", ["GP"], False, False),
    ("has_none_of", ["59"], True, None),
    ("has_all_of", ["GP"], False, False),
    ("has_only", [], True, True),
    ("has_only", ["GP", "GO"], True, True),
    ("has_only", ["GP", "59"], False, None),
    ("has_one_of", [], False, None),
    ("has_one_of", ["59"], False, None),
    ("has_one_of", ["GP", "59"], True, None),
    ("has_one_of", ["GP", "GO"], False, False),
]


@pytest.mark.parametrize(("operator", "codes", "current", "stale"), MEMBERSHIP)
def test_membership_in_a_table_while_it_is_current_and_when_it_is_stale(
    world: World, operator: str, codes: list[str], current: Truth, stale: Truth
) -> None:
    def truth(day: str) -> Truth:
        facts: dict[str, Any] = {"lines[0].modifiers": codes}
        if operator in ("in", "not_in"):
            facts = {"lines[0].code": codes[0]}
        return world.truth(f"m-{operator.replace('_', '-')}", encounter({**facts, "lines[0].service_date": day}))

    assert [truth("2026-12-31"), truth("2027-01-01")] == [current, stale]
    nothing_to_find = operator == "has_only" and not codes  # an empty list holds nothing but any table's codes
    assert truth("2025-12-31") is (True if nothing_to_find else None)


def test_an_unknown_fact_in_a_membership_asks_for_the_fact_and_a_stale_miss_for_the_table(world: World) -> None:
    path = "lines[0].modifiers"
    assert world.finding("m-has-any-of", encounter()).missing == (path,)
    late = encounter({path: ["59"], "lines[0].service_date": "2027-01-01"})
    assert world.finding("m-has-any-of", late).missing == ("table:acme/pool",)
    assert world.finding("m-has-any-of", encounter({path: ["59", "GP"]})).facts == {path: ("59", "GP")}
