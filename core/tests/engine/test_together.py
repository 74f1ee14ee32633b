"""Rules of several seats taken together: their order is kept, and one test speaks for all only where it surely may."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import Any

import pytest
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Type
from crosspayer.engine.compile.structure import Structures
from crosspayer.engine.compile.together import SLIDING, grouped, shape, strictest
from crosspayer.language.tree import AllOf, AnyOf, Compare, Condition, FactRef, Literal, NoneOf
from hypothesis import given
from hypothesis import strategies as st

AGE = FactRef("", CATALOGUE["patient.age"], None)
UNITS = FactRef("line", CATALOGUE["line.units"], None)


@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=6), max_size=4))
def test_every_item_is_in_one_group_and_every_seat_keeps_its_order(seats: list[list[str]]) -> None:
    items = [[(name, seat, place) for place, name in enumerate(names)] for seat, names in enumerate(seats)]
    groups = grouped(items, lambda item: item[0])
    told = list(chain.from_iterable(groups))
    assert Counter(told) == Counter(chain.from_iterable(items))
    for seat, of_seat in enumerate(items):
        assert [item for item in told if item[1] == seat] == of_seat
    assert all(len({item[0] for item in group}) == 1 for group in groups)


def test_equal_keys_come_together_wherever_the_order_lets_them() -> None:
    groups = grouped(["abc", "xab", "bca"], str)
    assert [name * len(group) for group in groups for name in group[:1]] == ["x", "aa", "bbb", "cc", "a"]


def compared(left: FactRef, operator: str, *numbers: int) -> Compare:
    ends = tuple(Literal(number, Type.INTEGER) for number in numbers)
    return Compare(left, operator, ends if operator == "between" else ends[0])


def holds(node: Condition, values: dict[str, int]) -> bool:
    """Two truth values are enough: nothing is missing here."""
    match node:
        case AllOf(parts):
            return all(holds(part, values) for part in parts)
        case AnyOf(parts):
            return any(holds(part, values) for part in parts)
        case NoneOf(parts):
            return not any(holds(part, values) for part in parts)
        case Compare(FactRef(_, fact), operator, right):
            value = values[fact.path]
            ends: list[Any] = [end.value for end in (right if isinstance(right, tuple) else (right,))]  # type: ignore[union-attr]
            found: bool = {
                "at_most": value <= ends[0], "less_than": value < ends[0], "at_least": value >= ends[0],
                "more_than": value > ends[0], "between": ends[0] <= value <= ends[-1],
            }[operator]  # fmt: skip
            return found
    raise AssertionError(node)


NUMBER = st.integers(0, 6)
ORDERED = ("at_most", "less_than", "at_least", "more_than")
FORMS = st.recursive(
    st.tuples(st.sampled_from((AGE, UNITS)), st.sampled_from((*ORDERED, "between"))),
    lambda inner: st.tuples(st.sampled_from((AllOf, AnyOf, NoneOf)), st.lists(inner, min_size=1, max_size=3)),
    max_leaves=5,
)


def filled(form: Any, draw: Any) -> Condition:
    first, second = form
    if isinstance(first, FactRef):
        return compared(first, second, *sorted((draw(NUMBER), draw(NUMBER))))
    parts: Condition = first(tuple(filled(part, draw) for part in second))
    return parts


@given(FORMS, st.integers(1, 4), st.booleans(), NUMBER, NUMBER, st.data())
def test_the_strictest_condition_comes_out_so_only_where_all_do(
    form: Any, number: int, truth: bool, age: int, units: int, data: st.DataObject
) -> None:
    nodes = [filled(form, data.draw) for _ in range(number)]
    structures, values = Structures(), {"patient.age": age, "line.units": units}
    assert len({shape(node, structures) for node in nodes}) == 1
    if holds(strictest(nodes, truth=truth), values) is truth:
        assert [holds(node, values) for node in nodes] == [truth] * number


@pytest.mark.parametrize("operator", ORDERED)
def test_the_strictest_limit_is_the_one_that_is_hardest_to_keep(operator: str) -> None:
    limits = [compared(AGE, operator, number) for number in (3, 1, 2)]
    hardest = 1 if SLIDING[operator] else 3
    assert strictest(limits, truth=True) == compared(AGE, operator, hardest)
    assert strictest(limits, truth=False) == compared(AGE, operator, 4 - hardest)


def test_other_facts_operators_and_words_are_other_shapes() -> None:
    structures = Structures()
    nodes: list[Condition] = [
        compared(AGE, "at_most", 1), compared(UNITS, "at_most", 1), compared(AGE, "at_least", 1),
        AllOf((compared(AGE, "at_most", 1),)), AnyOf((compared(AGE, "at_most", 1),)),
        Compare(AGE, "is", Literal(1, Type.INTEGER)), Compare(AGE, "is", Literal(2, Type.INTEGER)),
    ]  # fmt: skip
    assert len({shape(node, structures) for node in nodes}) == len(nodes)
