"""What would settle a determination: on invented payers with random rules, tried against every possible set."""

from __future__ import annotations

import copy
from itertools import combinations, product
from typing import Any

import pytest
from crosspayer.authoring.facts_of import put_fact
from crosspayer.authoring.fill import Asked
from crosspayer.authoring.settling import MOST_FACTS, Settling, settling
from crosspayer.encounter.read import Encounter
from crosspayer.engine.engine import Engine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.tests import invented
from core.tests.acme import Acme, World, encounter, rule

VALUES: dict[str, tuple[Any, ...]] = {
    "telehealth": (True, False),
    "plan_of_care.present": (True, False),
    "documentation.skilled_need": (True, False),
    "device.kind": ("orthosis", "prosthesis"),
    "lines[0].one_on_one": (True, False),
}
CONDITIONS = [
    "telehealth", "plan_of_care.present", "documentation.skilled_need", "line.one_on_one", "device.kind",
]  # fmt: skip


def leaf(name: str, value: bool) -> str:
    """One comparison as TOML."""
    if name == "device.kind":
        return f"{{ fact = '{name}', is = '{'orthosis' if value else 'prosthesis'}' }}"
    return f"{{ fact = '{name}', is = {str(value).lower()} }}"


leaves = st.builds(leaf, st.sampled_from(CONDITIONS), st.booleans())
conditions = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda kind, parts: f"{{ {kind} = [{', '.join(parts)}] }}",
        st.sampled_from(["all_of", "any_of", "none_of"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=5,
)
effects = st.sampled_from(["not_covered", "auth_needed", "documentation_needed", "review", "warn"])
rules = st.lists(st.tuples(conditions, st.none() | conditions, effects), min_size=1, max_size=4)
known = st.fixed_dictionaries({}, optional={path: st.sampled_from(values) for path, values in VALUES.items()})


def changes(world: World, data: dict[str, Any]) -> list[Settling]:
    """What would settle the determinations of an encounter."""
    asked = Asked(world.engine, (), (), False, None, list)
    given_ = Encounter.from_mapping(data)
    return settling(asked, given_, asked.answer(given_).determinations, lambda found, _: found)


def stands(world: World, data: dict[str, Any]) -> tuple[set[str], set[str]]:
    """What the answer says of the line: reasons, and rules whose findings hold the verdict back."""
    found = world.one(data)
    holding = {f.rule for f in found.findings if f.kind in ("fail", "open") and f.effect not in ("warn", "inform")}
    holding -= {f.rule for f in found.findings if f.kind == "open" and f.effect == "documentation_needed"}
    return set(found.reasons), holding


def settles(world: World, data: dict[str, Any], facts: dict[str, Any], accepted: set[str], reasons: set[str]) -> bool:
    """Whether with these facts nothing waits, and nothing stands against payment but what stood there before."""
    changed = copy.deepcopy(data)
    for path, value in facts.items():
        put_fact(changed, path, value)
    said, holding = stands(world, changed)
    return "facts_missing" not in said and said <= reasons | {"review"} and holding <= accepted


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules, known)
def test_a_proposed_set_settles_and_no_smaller_set_does(
    acme: Acme, drawn: list[tuple[str, str | None, str]], facts: dict[str, Any]
) -> None:
    written = "".join(
        rule(f"r{n}", require, effect=f"'{effect}'", **({"when": when} if when else {}))
        for n, (require, when, effect) in enumerate(drawn)
    )
    world = acme(written)
    data = encounter(facts)
    before = world.one(data)
    found = changes(world, data)
    assert bool(found) == (before.verdict not in ("clear", "covered"))
    for one in found:
        assert one.searched
        accepted = {f.rule for f in one.failed} | set(one.judged)
        assert accepted.isdisjoint(
            {f.rule for f in before.findings if f.kind == "open" and f.missing} - set(one.judged)
        )
        open_paths = [path for path in VALUES if path not in facts]
        assert set(one.missing) <= set(open_paths)
        smallest = min((len(fact_set.facts) for fact_set in one.sets), default=MOST_FACTS + 1)
        for fact_set in one.sets:
            assert {needed.path for needed in fact_set.facts} == set(fact_set.example)
            assert set(fact_set.example) <= set(one.missing)
            assert settles(world, data, dict(fact_set.example), accepted, set(before.reasons))
        if not one.missing:
            continue
        settling_sets = {
            paths
            for size in range(1, min(smallest, MOST_FACTS) + 1)
            for paths in combinations(open_paths, size)
            if any(
                settles(world, data, dict(zip(paths, values, strict=True)), accepted, set(before.reasons))
                for values in product(*(VALUES[path] for path in paths))
            )
        }
        proposed = {frozenset(needed.path for needed in fact_set.facts) for fact_set in one.sets}
        assert proposed == {frozenset(paths) for paths in settling_sets}


def test_values_are_those_that_pass(acme: Acme) -> None:
    world = acme(rule("seen", "{ fact = 'telehealth', is = false }"))
    (one,) = changes(world, encounter())
    ((needed,),) = [fact_set.facts for fact_set in one.sets]
    assert (needed.path, needed.values) == ("telehealth", (False,))


def test_a_failed_rule_gives_its_remedy_and_known_facts_are_never_proposed(acme: Acme) -> None:
    world = acme(
        rule("seen", "{ fact = 'telehealth', is = false }", remedy="'Bill the visit in person.'")
        + rule("planned", "{ fact = 'plan_of_care.present', is = true }")
    )
    (one,) = changes(world, encounter(telehealth=True))
    assert [f.remedy for f in one.failed] == ["Bill the visit in person."]
    assert one.missing == ("plan_of_care.present",)
    (fact_set,) = one.sets
    assert fact_set.example == {"plan_of_care.present": True}


@pytest.mark.parametrize(
    ("require", "example"),
    [
        ("{ fact = 'line.units', at_most = 3 }", {"lines[0].units": 3}),
        ("{ fact = 'line.units', more_than = 3 }", {"lines[0].units": 4}),
        ("{ fact = 'line.modifiers', has = 'KX' }", {"lines[0].modifiers": ["KX"]}),
        ("{ fact = 'line.modifiers', has_none_of = ['KX'] }", {"lines[0].modifiers": []}),
        ("{ fact = 'place_of_service', in = ['11', '12'] }", {"place_of_service": "11"}),
        ("{ fact = 'evaluation_date', after = 2026-01-01 }", {"evaluation_date": "2026-01-02"}),
        ("{ fact = 'line.charge', at_most = 12.5 }", {"lines[0].charge": 12.5}),
        ("{ fact = 'diagnosis_codes', has_any_of = ['M17.11'] }", {"diagnoses": [{"code": "M17.11"}]}),
    ],
)
def test_values_of_every_type_come_from_the_rule(require: str, example: dict[str, Any], acme: Acme) -> None:
    world = acme(rule("one", require))
    (one,) = changes(world, encounter())
    assert [dict(fact_set.example) for fact_set in one.sets] == [example]


def test_the_plan_is_a_fact_that_can_settle(acme: Acme) -> None:
    from core.tests.acme import TWO_PLANS

    world = acme(
        rule("here", "{ fact = 'telehealth', is = false }", plans="['exchange']")
        + rule("there", "{ fact = 'plan_of_care.present', is = true }"),
        manifest=TWO_PLANS,
    )
    data = encounter({"coverages[0].plan": ...}, plan_of_care={"present": True})
    found = {one.determination.plan: one for one in changes(world, data)}
    assert [dict(s.example) for s in found["commercial"].sets] == [{"coverages[0].plan": "commercial"}]
    assert [dict(s.example) for s in found["exchange"].sets] == [{"coverages[0].plan": "exchange", "telehealth": False}]


def test_too_many_ways_end_the_search(acme: Acme) -> None:
    """A rule that nothing satisfies, and more combinations of its many numbers than are tried."""
    numbers = ", ".join(f"{{ fact = 'line.minutes', is = {number} }}" for number in range(1, 80, 2))
    more = ", ".join(f"{{ fact = 'line.units', is = {number} }}" for number in range(1, 80, 2))
    never = "{ none_of = [{ fact = 'line.units', at_least = 0 }] }"
    world = acme(rule("wide", f"{{ all_of = [{{ any_of = [{numbers}] }}, {{ any_of = [{more}] }}, {never}] }}"))
    (one,) = changes(world, encounter())
    assert (one.sets, one.searched) == ((), False)
    assert one.missing == ("lines[0].minutes", "lines[0].units")


def test_a_plan_nobody_knows_is_for_a_person(acme: Acme) -> None:
    world = acme(rule("seen", "{ fact = 'telehealth', is = false }"))
    data = encounter({"coverages[0].plan": "other"})
    (one,) = changes(world, data)
    assert one.judged == ("plan_not_known",)
    assert [dict(fact_set.example) for fact_set in one.sets] == [{"telehealth": False}]


@pytest.mark.parametrize("plans", [(), ("acme/exchange",), ("acme/exchange", "acme/commercial")])
@pytest.mark.parametrize("coverages", [[], [{"payer": "acme"}], [{"payer": "acme", "plan": "exchange"}, {}]])
def test_trials_ask_one_payer_who_answers_as_among_all(plans: tuple[str, ...], coverages: list[Any]) -> None:
    found = invented.load(*invented.all_installed())
    engine = Engine(found.payers, found.reports)
    data = Encounter.from_mapping(invented.encounter(coverages=coverages, device={}))
    asked = Asked(engine, (), plans, True, None, list)
    among_all = asked.answer(data).determinations
    assert {d.payer for d in among_all} >= {"acme", "bolt"}
    for payer in ("acme", "bolt"):
        alone = asked.answer(data, payer).determinations
        assert [d for d in alone if d.payer == payer] == [d for d in among_all if d.payer == payer]
        assert {d.payer for d in alone} <= {payer, *(c["payer"] for c in coverages if "payer" in c)}
