"""Every operator on every type it takes: boundary values, both answers, and unknown operands on either side."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from crosspayer.encounter.fact import Type
from crosspayer.language.operators import OPERATORS, operators_for

from core.tests.acme import Acme, Truth, World, encounter

WRITTEN: dict[Type, str] = {
    Type.BOOLEAN: "telehealth",
    Type.INTEGER: "line.units",
    Type.MONEY: "line.charge",
    Type.DATE: "episode.evaluation_on",
    Type.TIME: "line.starts_at",
    Type.WORD: "setting",
    Type.TEXT: "line.device_id",
    Type.CODE: "line.revenue_code",
    Type.CODES: "line.modifiers",
}
PATHS = {kind: path.replace("line.", "lines[0].") for kind, path in WRITTEN.items()}

# type, operator, right-hand side in TOML, then values of the fact and what the condition is of them
CASES: list[tuple[Type, str, str, dict[Any, Truth]]] = [
    (Type.BOOLEAN, "is", "true", {True: True, False: False}),
    (Type.BOOLEAN, "is", "false", {True: False, False: True}),
    (Type.INTEGER, "is", "4", {3: False, 4: True, 5: False}),
    (Type.INTEGER, "is_not", "4", {3: True, 4: False, 5: True}),
    (Type.INTEGER, "at_least", "4", {0: False, 3: False, 4: True, 999: True}),
    (Type.INTEGER, "at_most", "4", {0: True, 4: True, 5: False, 999: False}),
    (Type.INTEGER, "more_than", "4", {4: False, 5: True}),
    (Type.INTEGER, "less_than", "4", {3: True, 4: False}),
    (Type.INTEGER, "between", "[2, 4]", {1: False, 2: True, 3: True, 4: True, 5: False}),
    (Type.INTEGER, "between", "[4, 4]", {3: False, 4: True, 5: False}),
    (Type.MONEY, "is", "45.93", {45.92: False, 45.93: True, 45.94: False}),
    (Type.MONEY, "is_not", "45.93", {45.92: True, 45.93: False}),
    (Type.MONEY, "at_least", "100", {99.99: False, 100: True, 100.01: True}),
    (Type.MONEY, "at_most", "100.1", {100.1: True, 100.11: False, 0: True}),
    (Type.MONEY, "more_than", "0.29", {0.28: False, 0.29: False, 0.3: True}),  # 0.29 is no exact binary number
    (Type.MONEY, "less_than", "0.58", {0.57: True, 0.58: False}),
    (Type.MONEY, "between", "[0, 1.15]", {0: True, 1.15: True, 1.16: False}),
    (Type.DATE, "is", "2026-02-28", {"2026-02-28": True, "2026-03-01": False}),
    (Type.DATE, "is_not", "2026-02-28", {"2026-02-28": False, "2026-03-01": True}),
    (Type.DATE, "on_or_after", "2026-01-01", {"2025-12-31": False, "2026-01-01": True, "9999-12-31": True}),
    (Type.DATE, "on_or_before", "2026-01-01", {"0001-01-01": True, "2026-01-01": True, "2026-01-02": False}),
    (Type.DATE, "after", "2026-01-01", {"2026-01-01": False, "2026-01-02": True}),
    (Type.DATE, "before", "2026-01-01", {"2025-12-31": True, "2026-01-01": False}),
    (
        Type.DATE,
        "between",
        "[2024-02-28, 2024-03-01]",
        {"2024-02-27": False, "2024-02-28": True, "2024-02-29": True, "2024-03-01": True, "2024-03-02": False},
    ),
    (Type.TIME, "is", "'08:00'", {"08:00": True, "08:01": False}),
    (Type.TIME, "is_not", "'08:00'", {"08:00": False, "20:00": True}),
    (Type.TIME, "on_or_after", "'08:00'", {"07:59": False, "08:00": True, "23:59": True}),
    (Type.TIME, "on_or_before", "'08:00'", {"00:00": True, "08:00": True, "08:01": False}),
    (Type.TIME, "after", "'08:00'", {"08:00": False, "10:00": True}),
    (Type.TIME, "before", "'08:00'", {"07:59": True, "08:00": False}),
    (Type.TIME, "between", "['08:00', '09:30']", {"07:59": False, "08:00": True, "09:30": True, "09:31": False}),
    (Type.WORD, "is", "'corf'", {"corf": True, "home_health": False}),
    (Type.WORD, "is_not", "'corf'", {"corf": False, "home_health": True}),
    (Type.WORD, "in", "['corf', 'home_health']", {"corf": True, "home_health": True, "snf_part_b": False}),
    (Type.WORD, "not_in", "['corf', 'home_health']", {"corf": False, "snf_part_b": True}),
    (Type.TEXT, "is", "'left knee'", {"left knee": True, "Left knee": False, "left knee ": False}),
    (Type.TEXT, "is_not", "'left knee'", {"left knee": False, "right knee": True}),
    (Type.TEXT, "in", "['a', 'b']", {"a": True, "b": True, "ab": False}),
    (Type.TEXT, "not_in", "['a', 'b']", {"a": False, "ab": True}),
    (Type.CODE, "is", "'0420'", {"0420": True, "0421": False}),
    (Type.CODE, "is_not", "'0420'", {"0420": False, "0421": True}),
    (Type.CODE, "in", "['0420', '0430']", {"0420": True, "0430": True, "0425": False}),
    (Type.CODE, "not_in", "['0420', '0430']", {"0420": False, "0425": True}),
    (Type.CODE, "starts_with", "'042'", {"0420": True, "0429": True, "0430": False}),
    (Type.CODE, "starts_with", "['042', '044']", {"0429": True, "0440": True, "0430": False}),
    (Type.CODE, "between", "['0420', '0429']", {"0419": False, "0420": True, "0429": True, "0430": False}),
    (Type.CODES, "has", "'GP'", {(): False, ("GP",): True, ("59", "GP"): True, ("GO",): False}),
    (Type.CODES, "has_any_of", "['GP', 'GO']", {(): False, ("GO",): True, ("GP", "GO"): True, ("GN",): False}),
    (Type.CODES, "has_all_of", "['GP', 'CQ']", {(): False, ("GP",): False, ("CQ", "GP", "59"): True}),
    (Type.CODES, "has_none_of", "['GP', 'GO']", {(): True, ("GN",): True, ("GN", "GO"): False}),
    (
        Type.CODES,
        "has_one_of",
        "['GP', 'GO', 'GN']",
        {(): False, ("GP",): True, ("59", "GO"): True, ("GP", "GO"): False, ("GP", "GO", "GN"): False, ("59",): False},
    ),
    (Type.CODES, "has_only", "['GP', 'RT']", {(): True, ("GP",): True, ("RT", "GP"): True, ("GP", "LT"): False}),
    (Type.CODES, "any_starts_with", "'G'", {(): False, ("59", "GP"): True, ("59",): False}),
    (Type.CODES, "any_starts_with", "['G', 'C']", {("CQ",): True, ("59", "RT"): False}),
    (Type.CODES, "is_empty", "true", {(): True, ("GP",): False}),
    (Type.CODES, "is_empty", "false", {(): False, ("GP",): True}),
]
NAMED = {f"c{index}": case for index, case in enumerate(CASES)}


def condition(kind: Type, operator: str, right: str) -> str:
    return f"{{ fact = '{WRITTEN[kind]}', {operator} = {right} }}"


@pytest.fixture(scope="module")
def world(acme: Acme) -> World:
    return acme.conditions({name: condition(*case[:3]) for name, case in NAMED.items()})


def test_every_operator_is_tried_on_every_type_it_takes() -> None:
    assert {(kind, operator) for kind, operator, _, _ in CASES} == {
        (kind, name) for kind in Type for name in operators_for(kind)
    }


@pytest.mark.parametrize("name", NAMED)
def test_an_operator_on_known_values(world: World, name: str) -> None:
    kind, _, _, expected = NAMED[name]
    found = {}
    for value in expected:
        given = list(value) if isinstance(value, tuple) else value
        found[value] = world.truth(name, encounter({PATHS[kind]: given}))
    assert found == expected


@pytest.mark.parametrize("name", NAMED)
def test_an_operator_on_an_unknown_fact_is_unknown_and_names_the_fact(world: World, name: str) -> None:
    path = PATHS[NAMED[name][0]]
    for unknown in (encounter({path: ...}), encounter({path: None})):
        finding = world.finding(name, unknown)
        assert (finding.kind, finding.missing, finding.facts) == ("open", (path,), {})


def test_operators_that_are_opposites_never_agree(world: World) -> None:
    pairs = {"is": "is_not", "in": "not_in", "has_any_of": "has_none_of", "at_least": "less_than"}
    by_operator = {(kind, operator, right): name for name, (kind, operator, right, _) in NAMED.items()}
    compared = 0
    for (kind, operator, right), name in by_operator.items():
        other = by_operator.get((kind, pairs.get(operator, ""), right))
        if other is None:
            continue
        for value in NAMED[name][3]:
            data = encounter({PATHS[kind]: list(value) if isinstance(value, tuple) else value})
            assert world.truth(name, data) is (not world.truth(other, data))
            compared += 1
    assert compared >= 15


FACT_SIDES = {
    "dates": "{ fact = 'plan_of_care.certified_on', on_or_before = { fact = 'plan_of_care.ends_on' } }",
    "numbers": "{ fact = 'line.units', at_most = { fact = 'coverage.prior_authorization.units' } }",
    "words": "{ fact = 'rendering.discipline', is = { fact = 'plan_of_care.discipline' } }",
    "range": "{ fact = 'line.service_date', between = "
    "[{ fact = 'coverage.prior_authorization.from' }, { fact = 'coverage.prior_authorization.to' }] }",
    "has": "{ fact = 'diagnosis_codes', has = { fact = 'contractor' } }",
}


@pytest.fixture(scope="module")
def sides(acme: Acme) -> World:
    return acme.conditions(FACT_SIDES)


@pytest.mark.parametrize(
    ("name", "left", "right", "values"),
    [
        (
            "dates",
            "plan_of_care.certified_on",
            "plan_of_care.ends_on",
            [("2026-01-02", "2026-01-01", False), ("2026-01-01", "2026-01-01", True)],
        ),
        (
            "numbers",
            "lines[0].units",
            "coverages[0].prior_authorization.units",
            [(3, 2, False), (2, 2, True), (0, 0, True)],
        ),
        ("words", "rendering.discipline", "plan_of_care.discipline", [("PT", "PT", True), ("PT", "OT", False)]),
    ],
)
def test_two_facts_are_compared_and_either_unknown_one_is_asked_for(
    sides: World, name: str, left: str, right: str, values: list[tuple[Any, Any, Truth]]
) -> None:
    for a, b, expected in values:
        finding = sides.finding(name, encounter({left: a, right: b}))
        assert finding.facts == {left: a, right: b}
        assert (finding.kind == "pass") is expected
        assert sides.finding(name, encounter({left: a})).missing == (right,)
        assert sides.finding(name, encounter({right: b})).missing == (left,)
    assert sides.finding(name, encounter()).missing == (left, right)


FROM, TO = "coverages[0].prior_authorization.from", "coverages[0].prior_authorization.to"


@pytest.mark.parametrize(
    ("first", "last", "kind", "evidence"),
    [
        ("2026-10-05", "2026-10-05", "pass", {FROM, TO, "lines[0].service_date"}),
        ("2026-10-06", "2026-10-31", "fail", {FROM, "lines[0].service_date"}),
        ("2026-10-01", "2026-10-04", "fail", {TO, "lines[0].service_date"}),
        (None, "2026-10-04", "fail", {TO, "lines[0].service_date"}),  # beyond the known end, wherever it begins
        ("2026-10-06", None, "fail", {FROM, "lines[0].service_date"}),
        (None, "2026-10-05", "open", {FROM}),
        ("2026-10-05", None, "open", {TO}),
        (None, None, "open", {FROM, TO}),
    ],
)
def test_between_is_two_comparisons_and_one_known_bound_can_decide(
    sides: World, first: str | None, last: str | None, kind: str, evidence: set[str]
) -> None:
    finding = sides.finding("range", encounter({FROM: first, TO: last}))
    assert finding.kind == kind
    assert set(finding.missing if kind == "open" else finding.facts) == evidence


def test_membership_of_one_fact_in_another(sides: World) -> None:
    codes = [{"code": "M23.221"}, {"code": "M25.5"}]
    expected = {"M25.5": "pass", "M99": "fail"}
    assert {c: sides.kind("has", encounter(diagnoses=codes, contractor=c)) for c in expected} == expected
    assert sides.finding("has", encounter(contractor="M25.5")).missing == ("diagnoses",)
    assert sides.finding("has", encounter(diagnoses=codes)).missing == ("contractor",)
    assert sides.kind("has", encounter(diagnoses=[], contractor="M25.5")) == "fail"


def test_numbers_only_known_to_lie_in_a_range_decide_only_where_the_whole_range_agrees(acme: Acme) -> None:
    total = "sum_of = ['coverage.therapy_amount_ytd', 'line.charge']"
    limits = ("0", "99.99", "100", "100.01")
    operators = ("is", "is_not", "at_least", "at_most", "more_than", "less_than")
    named = {f"n{i}": pair for i, pair in enumerate(product(operators, limits))}
    world = acme.conditions({name: f"{{ {total}, {op} = {limit} }}" for name, (op, limit) in named.items()})
    least_100 = encounter({"lines[0].charge": 100})  # the year's amount is unknown: the sum is at least 100
    known = {
        ("is", "0"): False, ("is", "99.99"): False, ("is_not", "0"): True, ("is_not", "99.99"): True,
        ("at_least", "0"): True, ("at_least", "99.99"): True, ("at_least", "100"): True,
        ("at_most", "0"): False, ("at_most", "99.99"): False,
        ("more_than", "0"): True, ("more_than", "99.99"): True,
        ("less_than", "0"): False, ("less_than", "99.99"): False, ("less_than", "100"): False,
    }  # fmt: skip
    found = {pair: world.truth(name, least_100) for name, pair in named.items()}
    assert found == {pair: known.get(pair) for pair in named.values()}


def test_every_operator_has_words_for_itself_and_its_opposite() -> None:
    for operator in OPERATORS.values():
        assert operator.words
        assert operator.negated
        assert operator.words != operator.negated
