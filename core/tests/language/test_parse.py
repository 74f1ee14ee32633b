"""From a condition as written to the tree: every shape, with its facts, tables and parameters found."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Type
from crosspayer.language.names import Names, RawCondition
from crosspayer.language.operators import OPERATORS, operators_for
from crosspayer.language.parse import Parser
from crosspayer.language.tree import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    CountOver,
    Days,
    FactRef,
    HasRow,
    Literal,
    LookUp,
    NoneOf,
    Over,
    ParameterRef,
    Quantifier,
    SumOfFacts,
    SumOver,
    TableCodes,
    Window,
    children,
    walk,
)
from crosspayer.policy.tables import Column, Table

STATES = Table(
    "acme/states", "States", ("state",), {"state": Column(Type.CODE), "visits": Column(Type.INTEGER, (), "visits")}, (),
    None, None, (), "medium", "",
)  # fmt: skip
TOLD: list[tuple[object, ...]] = []
FEW: dict[str, Any] = {"fact": "line.units", "at_most": 4}


def report(*fault: object) -> None:
    TOLD.append(fault)


NAMES = Names(
    CATALOGUE,
    {"cap": (Type.INTEGER, "units")},
    {"states": STATES},
    {"few": RawCondition(FEW, ("conditions", "few"), report)},
)


def parsed(raw: dict[str, Any], *, line: bool = True) -> Condition:
    TOLD.clear()
    found = Parser(NAMES, report, line=line).condition(raw, ())
    assert found is not None, TOLD
    assert TOLD == []
    return found


def ref(path: str, of: str | None = None) -> FactRef:
    """A reference to a fact, named by the catalogue's path."""
    fact = CATALOGUE[path]
    return FactRef(fact.entity if of is None else of, fact)


UNITS = Compare(ref("line.units"), "at_most", Literal(4, Type.INTEGER))
EVERY_ITEM = AllOf(())
LIMIT, BY = {"at_most": 2}, {"state": {"fact": "patient.state"}}
TWO = Literal(2, Type.INTEGER)
ROW = LookUp(STATES, (("state", ref("patient.state")),), None)
CELL = LookUp(STATES, (("state", ref("patient.state")),), "visits")

SHAPES: list[tuple[dict[str, Any], Condition]] = [
    (FEW, UNITS),
    ({"condition": "few"}, UNITS),
    ({"all_of": [FEW, FEW]}, AllOf((UNITS, UNITS))),
    ({"any_of": [FEW]}, AnyOf((UNITS,))),
    ({"none_of": [FEW]}, NoneOf((UNITS,))),
    (
        {"fact": "line.service_date", "between": [date(2026, 1, 1), {"fact": "received_date"}]},
        Compare(
            ref("line.service_date"), "between", (Literal(date(2026, 1, 1), Type.DATE), ref("received_date"))
        ),
    ),
    (
        {"fact": "coverage.therapy_amount_ytd", "more_than": 45.93},
        Compare(ref("coverage.therapy_amount_ytd"), "more_than", Literal(4593, Type.MONEY)),
    ),
    (
        {"fact": "line.modifiers", "has_one_of": ["GP", "GO"]},
        Compare(ref("line.modifiers"), "has_one_of", Literal(("GP", "GO"), Type.CODE)),
    ),
    (
        {"fact": "line.code", "starts_with": "977"},
        Compare(ref("line.code"), "starts_with", Literal(("977",), Type.CODE)),
    ),
    (
        {"fact": "line.modifiers", "is_empty": True},
        Compare(ref("line.modifiers"), "is_empty", Literal(True, Type.BOOLEAN)),
    ),
    (
        {"fact": "line.code", "in": {"table": "states"}},
        Compare(ref("line.code"), "in", TableCodes(STATES)),
    ),
    (
        {"fact": "line.units", "at_most": {"parameter": "cap"}},
        Compare(ref("line.units"), "at_most", ParameterRef("cap", Type.INTEGER)),
    ),
    (
        {"days_from": "episode.evaluation_on", "to": "line.service_date", **LIMIT},
        Compare(Days(ref("episode.evaluation_on"), ref("line.service_date"), False), "at_most", TWO),
    ),
    (
        {"business_days_from": "episode.evaluation_on", "to": "line.service_date", **LIMIT},
        Compare(Days(ref("episode.evaluation_on"), ref("line.service_date"), True), "at_most", TWO),
    ),
    (
        {"sum_of": ["line.units", "coverage.prior_authorization.units"], **LIMIT},
        Compare(SumOfFacts((ref("line.units"), ref("coverage.prior_authorization.units"))), "at_most", TWO),
    ),
    (
        {"sum_of": "other.units", "over": "lines", **LIMIT},
        Compare(SumOver(ref("line.units", "other"), Over("lines", "other", EVERY_ITEM, None, False)), "at_most", TWO),
    ),
    (
        {"count_of": "history", "as": "old", "within_days": 30, **LIMIT},
        Compare(CountOver(Over("history", "old", EVERY_ITEM, Window(None, 30), False)), "at_most", TWO),
    ),
    (
        {"no_line": {"where": {"fact": "other.units", "at_most": 4}}},
        Quantifier("no", Over("lines", "other",
                              Compare(ref("line.units", "other"), "at_most", Literal(4, Type.INTEGER)),
                              None, skip_self=True)),
    ),
    (
        {"every_past_line": {"since": {"fact": "episode.evaluation_on"}, "where": {"fact": "past.units", **LIMIT}}},
        Quantifier("every", Over("history", "past", Compare(ref("past.units"), "at_most", TWO),
                                 Window(ref("episode.evaluation_on"), None), skip_self=False)),
    ),
    (
        {"any_coverage": {"as": "second", "where": {"fact": "second.active", "is": True}}},
        Quantifier("any", Over("coverages", "second",
                               Compare(ref("coverage.active", "second"), "is", Literal(True, Type.BOOLEAN)),
                               None, skip_self=True)),
    ),
    ({"look_up": "states", "by": BY, "has_row": True}, HasRow(ROW, True)),
    ({"look_up": "states", "by": BY, "has_row": False}, HasRow(ROW, False)),
    ({"look_up": "states", "by": BY, "column": "visits", **LIMIT}, Compare(CELL, "at_most", TWO)),
    (
        {"fact": "coverage.benefit.visits_used", "at_most": {"look_up": "states", "by": BY, "column": "visits"}},
        Compare(ref("coverage.benefit.visits_used"), "at_most", CELL),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "tree"), SHAPES, ids=lambda part: next(iter(part)) if isinstance(part, dict) else "")
def test_a_condition_becomes_its_tree(raw: dict[str, Any], tree: Condition) -> None:
    assert parsed(raw) == tree


def test_an_item_may_stand_beside_the_line_and_other_items() -> None:
    inner = {"any_line": {"as": "second", "where": {"fact": "second.units", "is": {"fact": "other.units"}}}}
    tree = parsed({"any_line": {"where": {"all_of": [inner, FEW]}}})
    named = [node.name for node in walk(tree) if isinstance(node, FactRef)]
    assert named == ["second.units", "other.units", "line.units"]


def test_a_rule_of_the_day_walks_lines_without_one_of_its_own() -> None:
    raw = {"any_line": {"where": {"fact": "other.units", "at_most": 4}}}
    assert parsed(raw, line=False) == parsed(raw)
    TOLD.clear()
    assert Parser(NAMES, report, line=False).condition(FEW, ("rules", 0)) is None
    ((path, what, _),) = TOLD
    assert (path, what) == (("rules", 0, "fact"), "line.units needs a line in scope")


def test_walking_a_tree_meets_every_node_in_document_order() -> None:
    tree = parsed({"all_of": [raw for raw, _ in SHAPES[5:8]]})
    assert list(children(tree)) == [shape for _, shape in SHAPES[5:8]]
    met = [node.fact.path for node in walk(tree) if isinstance(node, FactRef)]
    assert met == ["line.service_date", "received_date", "coverage.therapy_amount_ytd", "line.modifiers"]


def test_the_operators_of_each_type_are_those_of_the_language() -> None:
    numbers = {"is", "is_not", "at_least", "at_most", "more_than", "less_than", "between"}
    days = {"is", "is_not", "on_or_after", "on_or_before", "after", "before", "between"}
    names = {"is", "is_not", "in", "not_in"}
    lists = {
        "has", "has_any_of", "has_all_of", "has_none_of", "has_one_of", "has_only", "any_starts_with", "is_empty",
    }  # fmt: skip
    expected = {
        Type.BOOLEAN: {"is"}, Type.INTEGER: numbers, Type.MONEY: numbers, Type.DATE: days, Type.TIME: days,
        Type.WORD: names, Type.TEXT: names, Type.CODE: names | {"starts_with", "between"}, Type.CODES: lists,
    }  # fmt: skip
    assert {kind: set(operators_for(kind)) for kind in Type} == expected
    assert set().union(*expected.values()) == set(OPERATORS)
