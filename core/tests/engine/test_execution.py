"""Which execution answers, what the compiled form shows of itself, and that neither keeps nor shares anything."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from crosspayer import Decision, Encounter
from crosspayer.engine.engine import ENOUGH, Engine

from core.tests.acme import Acme, condition_rules, encounter

RULES = {
    "units": "{ fact = 'line.units', at_most = 4 }",
    "secret-text": "{ fact = 'rendering.npi', is = '1234567890' }",
    "alone": "{ no_line = { where = { fact = 'other.code', is = '97761' } } }",
}


def given(number: int = 0, **facts: Any) -> Encounter:
    return Encounter.from_mapping(encounter({"lines[0].units": number % 9}, day={"lines_complete": True}, **facts))


def test_auto_interprets_a_few_encounters_and_then_compiles(acme: Acme) -> None:
    engine = Engine(acme.conditions(RULES).installation.payers)
    for number in range(ENOUGH):
        engine.evaluate(given(number))
        assert not engine._forms._forms
    engine.evaluate(given())
    assert engine._forms._forms


def test_an_interpreting_engine_never_compiles_an_answer(acme: Acme) -> None:
    engine = Engine(acme.conditions(RULES).installation.payers, execution="interpreted")
    for number in range(2 * ENOUGH):
        engine.evaluate(given(number))
    assert not engine._forms._forms


def test_generated_source_holds_names_of_facts_and_bound_constants_only(acme: Acme) -> None:
    world = acme(condition_rules(RULES))
    (source,) = world.engine.sources(given())
    assert "l.units" in source
    for text in ("acme", "secret", "1234567890", "97761", "notice", "commercial"):
        assert text not in source


def test_decisions_say_what_determinations_say(acme: Acme) -> None:
    engine = acme.conditions(RULES).engine
    for number in range(9):
        one = given(number)
        assert engine.decide(one) == tuple(map(Decision.of, engine.evaluate(one).determinations))
        hypothetical: dict[str, Any] = {"payers": ["acme"], "plans": ["acme/commercial"]}
        plain = given(number, coverages=[])
        expected = tuple(map(Decision.of, engine.evaluate(plain, **hypothetical).determinations))
        assert engine.decide(plain, **hypothetical) == expected


def test_traced_decisions_hold_every_finding(acme: Acme) -> None:
    engine = acme.conditions(RULES).engine
    for number in range(9):
        one = given(number)
        wanted = tuple(Decision.of(determination, trace=True) for determination in engine.evaluate(one).determinations)
        assert engine.decide(one, trace=True) == wanted
        assert [len(decision.findings) for decision in wanted] == [len(RULES)]


def test_threads_get_the_same_answers(acme: Acme) -> None:
    payers = acme.conditions(RULES).installation.payers
    inputs = [given(number) for number in range(60)]
    expected = [Engine(payers, execution="interpreted").evaluate(one).to_json() for one in inputs]
    shared = Engine(payers, execution="compiled")
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda one: shared.evaluate(one).to_json(), inputs)) == expected


def test_threads_that_are_the_first_to_want_evidence_write_it_once_and_alike(acme: Acme) -> None:
    payers, one = acme.conditions(RULES).installation.payers, given(5)
    expected = tuple(map(Decision.of, Engine(payers, execution="interpreted").evaluate(one).determinations))
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            for _ in range(10):  # each engine anew, and all threads begin together
                shared, together = Engine(payers, execution="compiled"), Barrier(8)
                found = pool.map(lambda _, s=shared, b=together: (b.wait(), s.decide(one))[1], range(8))
                assert list(found) == [expected] * 8
    finally:
        sys.setswitchinterval(interval)
