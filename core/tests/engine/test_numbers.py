"""Comparing numbers known only to lie in a range: decided exactly where every number of the ranges agrees."""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from crosspayer.engine.numbers import COMPARE, Value

PLAIN: dict[str, Callable[[Any, Any], bool]] = {
    "is": operator.eq,
    "is_not": operator.ne,
    "at_least": operator.ge,
    "at_most": operator.le,
    "more_than": operator.gt,
    "less_than": operator.lt,
    "on_or_after": operator.ge,
    "on_or_before": operator.le,
    "after": operator.gt,
    "before": operator.lt,
}
TOP = 4
RANGES = [(low, high) for low in range(TOP) for high in (*range(low, TOP), None)]


def numbers(low: int, high: int | None) -> range:
    """The numbers of a range; one without an end goes well beyond every other."""
    return range(low, (3 * TOP if high is None else high) + 1)


@pytest.mark.parametrize("name", PLAIN)
def test_a_comparison_is_decided_exactly_where_every_choice_agrees(name: str) -> None:
    for (a, b), (c, d) in product(RANGES, RANGES):
        answers = {PLAIN[name](x, y) for x, y in product(numbers(a, b), numbers(c, d))}
        expected = answers.pop() if len(answers) == 1 else None
        assert COMPARE[name](Value(a, b, True), Value(c, d, True)) is expected, (a, b, c, d)


def test_every_comparison_of_ordered_values_is_covered() -> None:
    assert set(COMPARE) == set(PLAIN)


def test_a_value_is_exact_only_where_it_is_known_and_one() -> None:
    assert Value.constant(3).exact
    assert not Value(1, 3, True).exact
    assert not Value(0, None, True).exact
    assert not Value.of(None, "line.units", None).exact
    assert Value.of(None, "line.units", None).missing == ("line.units",)
    assert Value.of(450, "line.charge", 4.5).used == (("line.charge", 4.5),)
