"""The traps that other rule engines fell into, each by its name, in both executions; and input that means harm."""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Mapping
from typing import Any

import pytest
from crosspayer import Encounter, InputError
from crosspayer.encounter.read import read_encounters
from crosspayer.engine.engine import Engine, Execution
from crosspayer.language.parse import MAX_DEPTH
from crosspayer.timed.units import units_for_minutes

from core.tests.acme import Acme, World, condition_rules, encounter, rule

EXECUTIONS: tuple[Execution, ...] = ("interpreted", "compiled")
TRUTHS = {"pass": True, "fail": False, "open": None}


def truths(world: World, data: Mapping[str, Any]) -> dict[str, bool | None]:
    """What each condition is, in both executions alike, and as `decide` tells it."""
    given = Encounter.from_mapping(data)
    both = []
    for execution in EXECUTIONS:
        engine = Engine(world.installation.payers, execution=execution)
        (found,) = [d for d in engine.evaluate(given).determinations if d.line == 1]
        both.append({f.rule.rpartition("/")[2]: TRUTHS[f.kind] for f in found.findings})
        (short,) = [d for d in engine.decide(given) if d.line == 1]
        against = {f.rule.rpartition("/")[2]: TRUTHS[f.kind] for f in short.findings}
        assert against == {name: truth for name, truth in both[-1].items() if truth is not True}
    assert both[0] == both[1]
    return both[0]


def refused(raw: bytes | str) -> str:
    with pytest.raises(InputError) as caught:
        Encounter.from_json(raw)
    return str(caught.value)


def line(**facts: Any) -> dict[str, Any]:
    return {"number": 1, "code": "97760", "service_date": "2026-10-05", **facts}


def test_empty_lists(acme: Acme) -> None:
    world = acme.conditions({
        "any": "{ any_line = { where = { fact = 'other.units', at_least = 1 } } }",
        "every": "{ every_line = { where = { fact = 'other.units', at_least = 1 } } }",
        "no": "{ no_line = { where = { fact = 'other.units', at_least = 1 } } }",
        "count": "{ count_of = 'history', within_days = 10, at_most = 0 }",
        "none-of": "{ fact = 'diagnosis_codes', has_none_of = ['M21.0'] }",
        "only": "{ fact = 'line.modifiers', has_only = ['GP'] }",
        "empty": "{ fact = 'line.modifiers', is_empty = true }",
    })  # fmt: skip
    data = encounter(
        {"lines[0].modifiers": [], "diagnoses": []},
        day={"lines_complete": True},
        history={"lines": [], "complete_since": "2020-01-01"},
    )
    assert truths(world, data) == {
        "any": False, "every": True, "no": True, "count": True, "none-of": True, "only": True, "empty": True,
    }  # fmt: skip


def test_sum_of_an_empty_list_is_zero(acme: Acme) -> None:
    world = acme.conditions({
        "sum": "{ sum_of = 'past.units', over = 'history', within_days = 10, is = 0 }",
        "filtered": "{ sum_of = 'other.units', over = 'lines', where = { fact = 'other.code', is = '97761' }, is = 0 }",
    })  # fmt: skip
    data = encounter(day={"lines_complete": True}, history={"lines": [], "complete_since": "2020-01-01"})
    assert truths(world, data) == {"sum": True, "filtered": True}


def test_integer_division_rounds_down_and_negative_minutes_never_reach_it() -> None:
    assert [units_for_minutes(minutes) for minutes in (0, 7, 8, 22, 23, 37, 38)] == [0, 0, 1, 1, 2, 2, 3]
    with pytest.raises(ValueError, match="0 or more"):
        units_for_minutes(-7)
    assert "lines[0].minutes" in refused(json.dumps({"id": "e", "lines": [line(minutes=-8)]}))


def test_null_in_a_membership_is_unknown(acme: Acme) -> None:
    world = acme.conditions({
        "in": "{ fact = 'place_of_service', in = ['11'] }", "not-in": "{ fact = 'place_of_service', not_in = ['11'] }",
        "has": "{ fact = 'line.modifiers', has_none_of = ['GP'] }",
    })  # fmt: skip
    for absent in ({}, {"place_of_service": None, "lines[0].modifiers": None}):
        assert truths(world, encounter(absent)) == {"in": None, "not-in": None, "has": None}


def test_kleene_and_or(acme: Acme) -> None:
    parts = {
        True: "{ fact = 'telehealth', is = true }",
        False: "{ fact = 'telehealth', is = false }",
        None: "{ fact = 'group_session', is = true }",
    }
    names = {True: "true", False: "false", None: "unknown"}
    both = {(a, b): f"[{parts[a]}, {parts[b]}]" for a in parts for b in parts}
    world = acme.conditions({
        f"{key}-{names[a]}-{names[b]}": f"{{ {key}_of = {text} }}"
        for (a, b), text in both.items() for key in ("all", "any", "none")
    })  # fmt: skip

    def every(a: bool | None, b: bool | None) -> bool | None:
        return False if False in (a, b) else None if None in (a, b) else True

    def some(a: bool | None, b: bool | None) -> bool | None:
        return True if True in (a, b) else None if None in (a, b) else False

    expected = {}
    for a, b in both:
        either = some(a, b)
        expected[f"all-{names[a]}-{names[b]}"] = every(a, b)
        expected[f"any-{names[a]}-{names[b]}"] = either
        expected[f"none-{names[a]}-{names[b]}"] = None if either is None else not either
    assert truths(world, encounter(telehealth=True)) == expected


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_nan_and_infinity_are_refused(number: str) -> None:
    told = refused(f'{{"id": "e", "lines": [{{"code": "97760", "charge": {number}}}]}}')
    assert told
    assert number not in told


def test_money_is_cents_and_never_a_float(acme: Acme) -> None:
    world = acme.conditions({
        "sum": "{ sum_of = 'other.charge', over = 'lines', is = 0.60 }",
        "facts": "{ sum_of = ['coverage.therapy_amount_ytd', 'line.charge'], is = 0.30 }",
    })  # fmt: skip
    data = encounter({"coverages[0].therapy_amount_ytd": 0.2}, day={"lines_complete": True})
    data["lines"] = [line(charge=0.1), line(number=2, charge=0.2), line(number=3, charge=0.3)]
    assert truths(world, data) == {"sum": True, "facts": True}
    data["lines"].reverse()
    assert truths(world, data) == {"sum": True, "facts": True}
    assert "two decimals" in refused(json.dumps({"id": "e", "lines": [line(charge=0.123)]}))


@pytest.mark.parametrize(("fact", "value"), [("units", 2**63), ("units", 10**30), ("minutes", 1441), ("charge", 1e12)])
def test_numbers_beyond_their_range_are_refused(fact: str, value: float) -> None:
    assert f"lines[0].{fact}" in refused(json.dumps({"id": "e", "lines": [line(**{fact: value})]}))


@pytest.mark.parametrize(
    ("fact", "value"),
    [("units", True), ("units", "2"), ("units", 2.7), ("one_on_one", 1), ("code", 97760), ("modifiers", "GP")],
)
def test_types_are_never_mixed_nor_readers_lenient(fact: str, value: object) -> None:
    assert f"lines[0].{fact}" in refused(json.dumps({"id": "e", "lines": [line(**{fact: value})]}))


@pytest.mark.parametrize(
    "text", ["2026-2-3", " 2026-02-03", "2026-02-03T10:00:00", "20260203", "2026-02-30", "10000-01-01"]
)
def test_dates_have_one_form(text: str) -> None:
    told = refused(json.dumps({"id": "e", "lines": [line(service_date=text)]}))
    assert "lines[0].service_date" in told
    assert text.strip() not in told


@pytest.mark.parametrize(
    "raw",
    [
        '{"id": "e", "id": "f", "lines": [{"code": "97760"}]}',
        '{"id": "e", "lines": [{"code": "97760", "units": null, "units": 2}]}',
        '{"id": "e", "lines": [{"code": "97760", "units": 2, "units": null}]}',
        '{"id": "e", "\\u0069d": "f", "lines": [{"code": "97760"}]}',
        '{"id" : "e", "id": "f", "lines": [{"code": "97760"}]}',
        '{"id": "e", "patient": {"age": 3}, "patient": {"age": 4}, "lines": [{"code": "97760"}]}',
        '{"id": "e", "lines": [{"code": "97760", "starts_at": "08:00", "starts_at": "09:00"}]}',
        '{"id": "e", "payer_facts": {"x": {"a": 1, "a": 2}}, "lines": [{"code": "97760"}]}',
    ],
)
def test_a_key_given_twice_is_refused(raw: str) -> None:
    assert "is given twice" in refused(raw)


def test_the_order_of_lines_and_rules_does_not_matter(acme: Acme) -> None:
    texts = {f"r{i}": f"{{ sum_of = 'other.units', over = 'lines', at_most = {i} }}" for i in range(4)}
    worlds = [acme.conditions(texts), acme.conditions(dict(reversed(texts.items())))]
    data = encounter(day={"lines_complete": True})
    data["lines"] = [line(units=1), line(number=2, units=2)]
    answers = [truths(world, data) for world in worlds]
    data["lines"].reverse()
    assert answers == [truths(world, data) for world in worlds] == [answers[0]] * 2


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar(acme: Acme, day: str) -> None:
    world = acme.conditions({
        "window": "{ no_past_line = { within_days = 1000, where = { fact = 'past.units', at_least = 0 } } }",
        "distance": "{ days_from = 'line.service_date', to = 'line.service_date', is = 0 }",
        "business": "{ business_days_from = 'line.service_date', to = 'line.service_date', is = 0 }",
    })  # fmt: skip
    data = encounter({"lines[0].service_date": day, "history.complete_since": "0001-01-01"})
    assert truths(world, data) == {"window": True, "distance": True, "business": True}


# --- input that means harm: bounded time and memory, one clear sentence


def test_conditions_nested_too_deeply_are_refused(acme: Acme) -> None:
    deep = "{ all_of = [" * (MAX_DEPTH + 2) + "{ fact = 'telehealth', is = true }" + "] }" * (MAX_DEPTH + 2)
    assert any("nested" in fault for fault in acme.faults(condition_rules({"deep": deep})))


def test_named_conditions_in_a_circle_are_refused(acme: Acme) -> None:
    circle = "[conditions]\na = { condition = 'b' }\nb = { condition = 'a' }\n"
    found = acme.faults(circle + condition_rules({"r": "{ condition = 'a' }"}))
    assert any("in a circle" in fault for fault in found)


def test_an_encounter_nested_deeply_is_refused() -> None:
    assert refused('{"id": ' + "[" * 100_000 + "]" * 100_000 + "}")


def test_an_encounter_of_fifty_megabytes_is_refused_in_bounded_time_and_memory() -> None:
    raw = b'{"id": "e", "lines": [' + b'{"code": "97760"},' * 2_900_000 + b'{"code": "97760"}]}'
    assert len(raw) > 50_000_000
    tracemalloc.start()
    begun = time.process_time()
    good, bad = read_encounters(raw, "huge.json")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert good == []
    assert len(bad) >= 1
    assert time.process_time() - begun < 120
    assert peak < 4_000_000_000


def test_forty_modifiers_are_refused() -> None:
    assert "lines[0].modifiers" in refused(json.dumps({"id": "e", "lines": [line(modifiers=["GP"] * 40)]}))


def test_a_thousand_rules_answer_alike_in_both_executions(acme: Acme) -> None:
    texts = {f"r{i:04}": f"{{ fact = 'line.units', at_most = {i % 50} }}" for i in range(1000)}
    world = acme.conditions(texts)
    found = truths(world, encounter({"lines[0].units": 7}))
    assert found == {name: int(name[1:]) % 50 >= 7 for name in texts}


def test_a_huge_literal_is_refused_or_compared_exactly(acme: Acme) -> None:
    text = f"{{ fact = 'line.units', at_most = {2**62} }}"
    assert truths(acme.conditions({"huge": text}), encounter({"lines[0].units": 7})) == {"huge": True}
    many = "[" + ", ".join(f"'{i:05}'" for i in range(10_001)) + "]"
    assert len(acme.faults(rule("many", f"{{ fact = 'line.code', in = {many} }}"))) == 1
