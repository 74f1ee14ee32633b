"""The fact catalogue keeps its own conventions."""

from __future__ import annotations

import re

import pytest
from crosspayer.encounter.catalogue import CATALOGUE, claim, clinical, coverage
from crosspayer.encounter.fact import Fact, Type
from crosspayer.encounter.model import attribute, encounter_type, fact_tree

SUPPLIED = [fact for fact in CATALOGUE.values() if not fact.derived]


def test_every_fact_is_listed_once() -> None:
    assert len(CATALOGUE) == len([*claim.FACTS, *coverage.FACTS, *clinical.FACTS])


@pytest.mark.parametrize("fact", CATALOGUE.values(), ids=lambda fact: fact.path)
def test_a_fact_is_described_by_its_type(fact: Fact) -> None:
    assert re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)*", fact.path)
    assert fact.meaning
    assert not fact.meaning.endswith(".")
    assert bool(fact.words) is (fact.type is Type.WORD)
    assert len(set(fact.words)) == len(fact.words)
    if fact.pattern:
        assert fact.type in (Type.CODE, Type.CODES, Type.TIME)
        assert fact.pattern.startswith("^")
        assert fact.pattern.endswith("$")
    if fact.type in (Type.INTEGER, Type.MONEY):
        assert fact.low is not None
        assert fact.low >= 0  # sums rely on it
        assert fact.derived or (fact.high is not None and fact.high > fact.low)
    else:
        assert (fact.low, fact.high) == (None, None)


@pytest.mark.parametrize("fact", [f for f in SUPPLIED if f.falls_back_to], ids=lambda fact: fact.path)
def test_a_fact_falls_back_to_one_of_the_encounter_of_its_kind(fact: Fact) -> None:
    other = CATALOGUE[fact.falls_back_to]
    assert (fact.entity, other.entity) == ("line", "")
    assert (fact.type, fact.words, fact.pattern) == (other.type, other.words, other.pattern)
    assert fact.path == f"line.{other.path}"


def test_no_fact_is_both_a_value_and_a_group_of_facts() -> None:
    paths = set(CATALOGUE)
    groups = {path.rsplit(".", n)[0] for path in paths for n in range(1, path.count(".") + 1)}
    assert not paths & groups


def test_every_supplied_fact_has_its_place_in_the_encounter() -> None:
    facts = encounter_type()
    fields = set(facts.__struct_fields__)
    for fact in SUPPLIED:
        head = attribute(fact.path.partition(".")[0])
        assert fact.entity or head in fields or head == "history"
    leaves = 0
    stack = [fact_tree(entity) for entity in ("", "line", "coverage", "past")]
    while stack:
        for node in stack.pop().values():
            if isinstance(node, Fact):
                leaves += 1
            else:
                stack.append(node)
    assert leaves == len(SUPPLIED)
