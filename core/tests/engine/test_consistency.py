"""Facts that contradict each other or the loaded plugins are refused before anything is decided on them."""

from __future__ import annotations

from typing import Any

import pytest
from crosspayer.encounter.read import Encounter
from crosspayer.errors import InputError

from core.tests.acme import TWO_PLANS, Acme, World, encounter, rule

TYPES = {
    "gold": "boolean", "score": "integer", "amount": "money", "since": "date", "key": "text", "zone": "code",
    "tier": "word", "tags": "codes",
}  # fmt: skip
FACT = "[[facts]]\nname = '{0}'\ntype = '{1}'\nmeaning = 'Invented {0}.'\nask = 'payer'\n"
REQUIRE = {
    "gold": "is = true", "score": "at_least = 3", "amount": "at_least = 10.5", "since": "after = 2026-01-01",
    "key": "is = 'k'", "zone": "starts_with = 'A'", "tier": "is = 'one'", "tags": "has = 'X1'",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(acme: Acme) -> World:
    declared = "".join(FACT.format(*fact) for fact in TYPES.items())
    declared = declared.replace("type = 'word'\n", "type = 'word'\nvalues = ['one', 'two']\n")
    conditions = {name: f"{{ fact = 'payer_facts.acme.{name}', {test} }}" for name, test in REQUIRE.items()}
    return acme.conditions(conditions, manifest=TWO_PLANS + declared)


def refused(world: World, data: dict[str, Any], **asked: Any) -> list[str]:
    with pytest.raises(InputError) as error:
        world.answer(data, **asked)
    return [str(problem).partition(": ")[2] for problem in error.value.problems]


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("gold", True, False),
        ("score", 3, 2),
        ("amount", 10.5, 10.49),
        ("amount", 11, 10),
        ("since", "2026-01-02", "2026-01-01"),
        ("key", "k", "l"),
        ("zone", "A1", "B1"),
        ("tier", "one", "two"),
        ("tags", ["X0", "X1"], []),
    ],
)
def test_a_payers_fact_is_read_by_its_declared_type(world: World, name: str, right: Any, wrong: Any) -> None:
    path = f"payer_facts.acme.{name}"
    values = {"pass": right, "fail": wrong, "open": None}
    found = {kind: world.finding(name, encounter({path: value})) for kind, value in values.items()}
    assert {kind: finding.kind for kind, finding in found.items()} == {kind: kind for kind in values}
    assert found["open"].missing == (path,)
    shown = found["pass"].facts[path]
    assert (list(shown) if isinstance(shown, tuple) else shown) == right


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gold", 1), ("gold", "true"), ("score", "3"), ("score", 3.5), ("score", True), ("score", -1),
        ("amount", "10"), ("amount", True), ("amount", -0.01), ("amount", 10.001), ("since", "2026-1-2"),
        ("since", "2026-02-30"), ("since", "2026-W01-1"), ("since", 20260101), ("key", 5), ("zone", True),
        ("tier", "three"), ("tier", 1), ("tags", "X1"),
    ],
)  # fmt: skip
def test_a_payers_fact_of_another_type_is_refused_without_its_value(world: World, name: str, value: Any) -> None:
    words = " (one, two)" if name == "tier" else ""
    assert refused(world, encounter({f"payer_facts.acme.{name}": value})) == [
        f"payer_facts.acme.{name}: the value is not a {TYPES[name]}{words}; correct it, or leave it out."
    ]


def test_an_unknown_fact_of_a_payer_is_refused_with_the_nearest(world: World) -> None:
    assert refused(world, encounter({"payer_facts.acme.scor": 3})) == [
        "payer_facts.acme.scor: acme has no such fact; did you mean score?"
    ]
    known = ", ".join(TYPES)
    assert refused(world, encounter({"payer_facts.acme.xyzzy": None})) == [
        f"payer_facts.acme.xyzzy: acme has no such fact; it knows {known}."
    ]


def test_facts_of_payers_that_are_not_loaded_are_left_alone(world: World) -> None:
    data = encounter({"payer_facts.zeta.anything": [], "coverages[1].payer": "zeta"})
    assert {d.payer for d in world.answer(data).determinations} == {"acme", "zeta"}
    assert world.kinds(encounter({"payer_facts.acme": None}))


def test_a_coverage_given_twice_is_refused_and_two_that_differ_are_not(world: World) -> None:
    one = {"payer": "acme", "plan": "commercial"}
    assert refused(world, encounter(coverages=[one, {"payer": "acme"}, one])) == [
        "coverages[2]: coverages[0] is given again; keep one of the two, or say their plans or order."
    ]
    for other in ({**one, "plan": "exchange"}, {**one, "order": "secondary"}, {"plan": "commercial"}):
        assert world.answer(encounter(coverages=[one, other])).determinations


def test_a_line_of_business_that_contradicts_the_plan_is_refused(world: World) -> None:
    coverage = {"payer": "acme", "plan": "commercial", "line_of_business": "medicaid"}
    assert refused(world, encounter(coverages=[coverage])) == [
        "coverages[0].line_of_business: the line of business contradicts the plan commercial, which is commercial; "
        "correct the plan or the line of business."
    ]
    for plan in ("exchange", "unheard-of", None):
        business = "individual_exchange" if plan == "exchange" else "medicaid"
        told = {**coverage, "plan": plan, "line_of_business": business}
        assert world.answer(encounter(coverages=[told])).determinations


def test_the_place_of_a_fault_is_that_of_the_text(acme: Acme) -> None:
    world = acme(rule("r", "{ fact = 'line.units', at_most = 4 }"))
    raw = '{"id": "a",\n "lines": [{}],\n "payer_facts": {"acme": {"gold": true}}}'
    with pytest.raises(InputError) as error:
        world.engine.evaluate(Encounter.from_json(raw, "e.json"))
    assert str(error.value) == "e.json:3:27: payer_facts.acme.gold: acme has no such fact; it knows none."
