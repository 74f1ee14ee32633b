"""What is remembered of closed facts, how long, and that nobody can change it."""

from __future__ import annotations

import pickle
from copy import deepcopy
from typing import Any

import pytest
from crosspayer import Encounter
from crosspayer.engine.bind import BoundRule
from crosspayer.engine.compile import remembered
from crosspayer.engine.compile.remembered import Remembered
from crosspayer.engine.compile.runtime import Fixed
from crosspayer.engine.compile.structure import Reads, Structures
from crosspayer.engine.engine import Engine

from core.tests.acme import Acme, condition_rules, encounter
from core.tests.engine.fuzzing import compare, drawn
from core.tests.engine.policies import DrawClosed

RULES = {
    "place": "{ fact = 'line.place_of_service', in = ['11', '12'] }",
    "age": "{ fact = 'patient.age', between = [18, 64] }",
    "npi": "{ fact = 'rendering.npi', is = '1234567890' }",
    "signed": "{ fact = 'plan_of_care.certified_on', on_or_after = 2026-01-01 }",
}


def given(**facts: Any) -> Encounter:
    return Encounter.from_mapping(encounter(facts))


def memories(engine: Engine) -> list[Remembered]:
    forms = engine._forms._forms.values()
    found = [value for form in forms for value in form.run.__globals__.values()]
    owners = [getattr(value, "__self__", None) for value in found]
    return list({id(one): one for one in owners if isinstance(one, Remembered)}.values())


def test_only_closed_facts_are_remembered(acme: Acme) -> None:
    engine = acme.conditions(RULES).engine
    engine.decide(given(**{"patient.age": 30, "place_of_service": "11", "rendering.npi": "1234567890"}))
    keys = [key for one in memories(engine) for key in one]
    assert sorted(map(str, keys)) == ["('11', None, 0)"]


def test_a_value_not_seen_before_is_decided_afresh(acme: Acme) -> None:
    engine = acme.conditions(RULES).engine
    kinds = []
    for place in ("11", "99", None, "11", "31"):
        (decision,) = engine.decide(given(place_of_service=place))
        kinds.append([f.kind for f in decision.findings if f.rule.endswith("place")])
    assert kinds == [[], ["fail"], ["open"], [], ["fail"]]


def test_the_position_of_a_line_is_part_of_what_is_remembered(acme: Acme) -> None:
    engine = acme.conditions(RULES).engine
    second = {"code": "97760", "number": 2, "service_date": "2026-10-05", "place_of_service": "99"}
    data = encounter({"lines[0].place_of_service": "99"})
    data["lines"].append(second)
    paths = [
        path
        for decision in engine.decide(Encounter.from_mapping(data))
        for finding in decision.findings
        if finding.rule.endswith("place")
        for path in finding.facts
    ]
    assert paths == ["lines[0].place_of_service", "lines[1].place_of_service"]


def test_what_is_remembered_is_bounded(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST", 8)
    engine = acme.conditions(RULES).engine
    for number in range(60):
        engine.decide(given(place_of_service=f"{number:02}"))
    assert max(map(len, memories(engine))) <= 8


def test_evidence_that_findings_share_cannot_be_changed(acme: Acme) -> None:
    engine = acme.conditions(RULES).engine
    (decision,) = engine.decide(given(place_of_service="99"))
    facts = next(finding.facts for finding in decision.findings if finding.rule.endswith("place"))
    assert facts == {"place_of_service": "99"}
    with pytest.raises(TypeError, match="cannot be changed"):
        facts["place_of_service"] = "11"
    with pytest.raises(TypeError, match="cannot be changed"):
        facts.clear()
    assert engine.decide(given(place_of_service="99")) == (decision,)


def test_evidence_that_rules_alike_share_cannot_be_changed(acme: Acme) -> None:
    alike = dict.fromkeys(("one", "two"), "{ fact = 'line.units', at_most = 1 }")
    (decision,) = acme(condition_rules(alike)).engine.decide(given(**{"lines[0].units": 2}))
    one, two = decision.findings
    assert one.facts == two.facts == {"lines[0].units": 2}
    with pytest.raises(TypeError, match="cannot be changed"):
        one.facts["lines[0].units"] = 1


def test_shared_evidence_can_be_copied_and_pickled() -> None:
    facts = Fixed({"place_of_service": "99"})
    for copied in (deepcopy(facts), pickle.loads(pickle.dumps(facts))):
        copied["place_of_service"] = "11"
    assert facts == {"place_of_service": "99"}


def test_a_fact_that_is_not_in_the_key_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Structures.closed

    def forgetful(self: Structures, bound: BoundRule) -> Reads | None:
        reads = plain(self, bound)
        return reads and frozenset(sorted(reads)[1:])

    monkeypatch.setattr(Structures, "closed", forgetful)
    assert any(compare(drawn(seed, encounters=20, kind=DrawClosed)) for seed in range(6))


def test_rules_of_the_same_condition_are_tested_once(acme: Acme) -> None:
    same = dict.fromkeys(("one", "two", "three"), "{ fact = 'rendering.npi', is = '1234567890' }")
    (source,) = acme(condition_rules(same)).engine.sources(given())
    assert source.count("facts_rendering_npi == ") == 1
