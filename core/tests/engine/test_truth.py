"""Truth tables of the three values and their evidence, exhaustive over up to four parts."""

from __future__ import annotations

from itertools import permutations, product

import pytest
from crosspayer.engine.truth import Decided, Truth, all_of, any_of, joined, opposite

VALUES: tuple[Truth, ...] = (True, False, None)
COMBINATIONS = [parts for size in range(5) for parts in product(VALUES, repeat=size)]


def part(index: int, truth: Truth) -> Decided:
    """A part with evidence of its own: what it used if it is decided, what it lacks if it is not."""
    if truth is None:
        return Decided(None, (), (f"missing{index}",))
    return Decided(truth, ((f"fact{index}", index),))


def kleene_and(parts: tuple[Truth, ...]) -> Truth:
    """The definition: the least of false < unknown < true."""
    rank: dict[Truth, int] = {False: 0, None: 1, True: 2}
    return min(parts, key=lambda value: rank[value], default=True)


def kleene_not(value: Truth) -> Truth:
    return None if value is None else not value


@pytest.mark.parametrize("parts", COMBINATIONS)
def test_all_any_and_none_are_kleenes_for_every_combination(parts: tuple[Truth, ...]) -> None:
    given = [part(index, truth) for index, truth in enumerate(parts)]
    disjunction = kleene_not(kleene_and(tuple(kleene_not(value) for value in parts)))
    assert all_of(given).truth is kleene_and(parts)
    assert any_of(given).truth is disjunction
    assert opposite(any_of(given)).truth is kleene_not(disjunction)


@pytest.mark.parametrize("parts", [parts for parts in COMBINATIONS if parts])
@pytest.mark.parametrize("combine", [all_of, any_of])
def test_a_decided_node_names_the_facts_of_the_parts_that_decide_it_in_document_order(
    parts: tuple[Truth, ...], combine: object
) -> None:
    given = [part(index, truth) for index, truth in enumerate(parts)]
    found = all_of(given) if combine is all_of else any_of(given)
    if found.truth is None:
        assert found.used == ()
        assert found.missing == tuple(f"missing{i}" for i, truth in enumerate(parts) if truth is None)
    else:
        assert found.missing == ()
        assert found.used == tuple((f"fact{i}", i) for i, truth in enumerate(parts) if truth is found.truth)


@pytest.mark.parametrize("parts", [parts for parts in COMBINATIONS if len(parts) == 3])
def test_the_order_of_parts_never_changes_the_value_and_only_orders_the_evidence(parts: tuple[Truth, ...]) -> None:
    given = [part(index, truth) for index, truth in enumerate(parts)]
    for combine in (all_of, any_of):
        first = combine(given)
        for order in permutations(given):
            other = combine(list(order))
            assert other.truth is first.truth
            assert sorted(other.used) == sorted(first.used)
            assert sorted(other.missing) == sorted(first.missing)


@pytest.mark.parametrize("parts", [parts for parts in COMBINATIONS if None in parts])
def test_learning_an_unknown_part_never_changes_a_decided_value(parts: tuple[Truth, ...]) -> None:
    for combine in (all_of, any_of):
        before = combine([part(i, truth) for i, truth in enumerate(parts)]).truth
        for learnt in product((True, False), repeat=parts.count(None)):
            rest = iter(learnt)
            known = [next(rest) if truth is None else truth for truth in parts]
            after = combine([part(i, truth) for i, truth in enumerate(known)]).truth
            assert after is not None
            assert before is None or after is before


@pytest.mark.parametrize("value", VALUES)
def test_the_opposite_keeps_the_evidence(value: Truth) -> None:
    given = part(1, value)
    found = opposite(given)
    assert (found.truth, found.used, found.missing) == (kleene_not(value), given.used, given.missing)
    assert opposite(found) == given


def test_evidence_is_joined_in_order_and_each_fact_stands_once() -> None:
    assert joined([("b", "a"), (), ("a", "c")]) == ("b", "a", "c")
    assert joined([(("m", ("GP",)),), (("m", ("GP",)), ("n", 1))]) == (("m", ("GP",)), ("n", 1))
