"""No false covered or clear: a planted defect is named and nothing else, and an encounter without one is clean."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import random
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from crosspayer import build_engine
from crosspayer.authoring.facts_of import facts_of
from crosspayer.engine.engine import Engine, Execution
from crosspayer.engine.judge import finding
from crosspayer.engine.panel import panel
from crosspayer.engine.program import Timeline
from crosspayer.engine.truth import Decided
from crosspayer.testing.laws import EXCEPTED
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tests.acme import put
from tests.defects import law
from tests.defects.changes import Change, facts, institutional
from tests.defects.clean import Raw, clean, draw
from tests.defects.lives import LIVES
from tests.defects.model import Place
from tests.defects.table import DEFECTS, PLACES

BY_RULE: dict[tuple[str, str], Place] = {
    (place.plan.partition("/")[0], rule): place for place in reversed(PLACES) for rule in place.known.rules.split()
}
"""For every rule of a payer that names a defect, the first place of the table where it does."""


@cache
def engine(execution: Execution = "interpreted") -> Engine:
    return build_engine(strict=True, execution=execution)


# --- the law


def check(pairs: Iterator[law.Twins], execution: Execution) -> None:
    one = engine(execution)
    faults = [
        (pair.place.label, fault)
        for pair in pairs
        for fault in (law.false_alarm(one, pair), law.miss(one, pair))
        if fault
    ]
    assert faults == []


def test_every_defect_is_named_at_every_plan_that_knows_it_and_its_clean_twin_is_clean() -> None:
    check(law.drawn(PLACES, len(PLACES)), "interpreted")


@pytest.mark.heavy
def test_two_thousand_planted_defects_are_named_and_two_thousand_clean_encounters_are_clean() -> None:
    check(law.drawn(PLACES, 2000, seed=1000), "compiled")


@pytest.mark.parametrize("key", BY_RULE, ids=" ".join)
def test_what_names_a_defect_says_what_to_do_and_where_it_is_written(key: tuple[str, str]) -> None:
    pair = law.twins(BY_RULE[key], seed=0)
    found = law.answer(engine(), pair.planted, pair.place.plan)
    said = [f for d in found for f in d.findings if f.rule == key[1] and f.kind == "fail"]
    assert said
    assert [f.rule for f in said if not (f.remedy and f.cites and f.facts)] == []


# --- the harness can fail


@pytest.mark.parametrize("key", BY_RULE, ids=" ".join)
def test_without_its_rule_a_defect_is_missed(key: tuple[str, str]) -> None:
    payer, rule = key
    pair = law.twins(BY_RULE[key], seed=0)
    payers = engine().payers
    left = tuple(one for one in payers[payer].rules if one.id != rule)
    assert len(left) < len(payers[payer].rules)
    less = Engine([dataclasses.replace(payers[payer], rules=left)], execution="interpreted")
    assert law.miss(engine(), pair) == ""
    assert law.miss(less, pair) != ""


def test_a_defect_put_in_by_hand_is_no_clean_encounter() -> None:
    for place in PLACES[::40]:
        pair = law.twins(place, seed=0)
        assert law.false_alarm(engine(), pair) == ""
        assert law.false_alarm(engine(), dataclasses.replace(pair, clean=pair.planted)) != ""


def test_the_clean_encounter_misses_the_defect() -> None:
    for place in PLACES[::40]:
        pair = law.twins(place, seed=0)
        assert law.miss(engine(), dataclasses.replace(pair, planted=pair.clean)) != ""


# --- the table


def test_the_plans_are_those_of_the_plugins() -> None:
    known = {f"{payer.id}/{plan.id}" for payer in engine().payers.values() for plan in payer.plans}
    assert set(LIVES) == known
    assert {place.plan for place in PLACES} == known


def test_names_are_given_once_and_every_entry_holds_somewhere() -> None:
    names = [defect.name for defect in DEFECTS]
    assert len(names) == len(set(names))
    used = {id(place.known) for place in PLACES}
    assert [defect.name for defect in DEFECTS for known in defect.known if id(known) not in used] == []
    assert [p.label for p in PLACES if not (p.life.since <= p.life.until and p.life.codes and p.life.disciplines)] == []


DAYS = [dt.date(year, month, 15) for year in range(2018, 2027) for month in (3, 5, 8, 11)]


def standing_rules(payer: str) -> set[str]:
    """Rules of a payer that can stand against payment of orthotic or prosthetic training on one of the days."""
    loaded = engine().payers[payer]
    timeline = Timeline(loaded)
    found = set()
    for day in DAYS:
        program = timeline.on(day, None)
        panels = [
            panel(loaded, program, plan.id, code) for plan in loaded.plans for code in ("97760", "97761", "97763")
        ]
        for bound in {id(bound): bound for one in panels for bound in one.rules}.values():
            ends: list[Any] = [*bound.branches, *([None] if bound.rule.effect else [])]
            if any(law.stands(finding(bound, "fail", branch, Decided(False))) for branch in ends):
                found.add(bound.rule.id)
    return found


@pytest.mark.parametrize("payer", sorted({payer for payer, _ in BY_RULE}))
def test_every_rule_that_can_stand_against_payment_has_a_defect(payer: str) -> None:
    # to mend: plant a defect that the rule names, in tests/defects/table/
    assert standing_rules(payer) - {rule for of, rule in BY_RULE if of == payer} == set()


# --- the encounters


def test_the_same_seed_gives_the_same_encounters_and_another_seed_others() -> None:
    first, again, other = (law.twins(PLACES[0], seed) for seed in (0, 0, 1))
    assert first == again
    assert first.clean != other.clean


@pytest.mark.parametrize("plan", LIVES)
def test_clean_encounters_vary(plan: str) -> None:
    drawn = [draw(plan, random.Random(seed)) for seed in range(60)]
    made = [clean(one, random.Random(seed), "clean") for seed, one in enumerate(drawn)]
    assert {one.code for one in drawn} == set(LIVES[plan].codes)
    assert {one.discipline for one in drawn} == set(LIVES[plan].disciplines)
    assert {one.by_assistant for one in drawn} == {True, False}
    assert {len(data["lines"]) for data in made} == {1, 2}
    assert {data["lines"][0]["units"] for data in made} >= {1, 2, 3}
    assert len({one.day for one in drawn}) > 30


SETTINGS: dict[str, Change] = {
    "a hospital's claim": institutional,
    "not yet claimed": facts({"stage": "pre_claim"}),
    "only booked": facts({"stage": "schedule"}),
    "only ordered": facts({"stage": "order"}),
    "the visit of the evaluation": facts({"episode.is_evaluation_visit": True, "episode.visit_number": 1}),
    "paid second": facts({"coverages[0].order": "secondary"}),
    "at home": facts({"place_of_service": "12"}),
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_clean_encounters_are_clean_in_other_settings(setting: str) -> None:
    for plan, life in LIVES.items():
        for seed in range(3):
            rng = random.Random(f"{plan}/{seed}")
            data = clean(draw(plan, rng), rng, "clean")
            SETTINGS[setting](data)
            said = law.named(law.answer(engine(), data, plan))
            assert not said.failed, plan
            assert said.open <= set(life.open), plan
            assert said.verdict == "clear" or said.open, plan


def test_all_is_invented() -> None:
    npis = {
        data[who]["npi"]
        for place in PLACES[::20]
        for data in (law.twins(place, 0).planted,)
        for who in ("rendering", "billing", "referring")
    }
    assert [npi for npi in npis if not npi.startswith("199999")] == []


# --- knowing less


def planted_paths(pair: law.Twins) -> list[str]:
    """The facts that the planted defect changed or added; none where it is another line or earlier line."""
    before, after = dict(facts_of(pair.clean)), dict(facts_of(pair.planted))
    changed = [path for path, value in after.items() if path != "id" and before.get(path, ...) != value]
    return [] if any(path.startswith(("lines[1]", "history", "diagnoses")) for path in changed) else changed


def test_what_nobody_says_of_a_defect_is_asked_for() -> None:
    tried = 0
    for place in PLACES:
        pair = law.twins(place, seed=0)
        less = copy.deepcopy(pair.planted)
        for path in planted_paths(pair):
            put(less, path, ...)
        if not planted_paths(pair):
            continue
        tried += 1
        found = law.answer(engine(), less, place.plan)
        said, rules = law.named(found), set(place.known.rules.split())
        listed = {rule for d in found for element in d.documentation for rule in element.rules}
        assert not said.failed, place.label
        assert rules <= said.open, place.label
        assert said.verdict == "conditional" or rules <= listed, place.label
    assert tried > 500


def removable(data: Raw) -> list[str]:
    """Facts that may become unknown: not the plan, without which every plan answers, and not those that are excepted
    from the law of removal by their definitions."""
    paths = [path for path, _ in facts_of(data) if path != "coverages[0].plan"]
    return [path for path in paths if re.sub(r"\[\d+\]", "", path) not in EXCEPTED]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_knowing_less_of_a_clean_encounter_is_never_a_complaint_and_never_a_blessing(data: st.DataObject) -> None:
    pair = law.twins(data.draw(st.sampled_from(PLACES)), data.draw(st.integers(0, 9)))
    gone = data.draw(st.lists(st.sampled_from(removable(pair.clean)), min_size=1, max_size=12, unique=True))
    less = copy.deepcopy(pair.clean)
    for path in gone:
        put(less, path, ...)
    before = law.answer(engine(), pair.clean, pair.place.plan)
    after = law.answer(engine(), less, pair.place.plan)
    assert law.named(after).failed == set()
    assert {d.verdict for d in after} <= {"conditional", *(d.verdict for d in before)}
    by_line = {d.line: d for d in after}
    for known in before:
        left = by_line[known.line]
        states = {f.rule: f.kind for f in left.findings}
        lost = [f for f in known.findings if f.kind == "pass" and law.stands(f) and states.get(f.rule) == "open"]
        if [f for f in lost if f.effect != "documentation_needed"]:
            assert left.verdict == "conditional"
        asked = {rule for element in left.documentation for rule in element.rules}
        assert {f.rule for f in lost if f.effect == "documentation_needed"} <= asked
