"""Numbers that are known exactly, or only to lie between two bounds, and how they compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from crosspayer.engine.truth import Truth


class Value(msgspec.Struct, frozen=True, gc=False):
    """What an operand is: an exact value in `low` (and `high`), or for numbers a range; `high` None is unbounded.

    A value that is not known at all has `known` False; `used` and `missing` are its evidence.
    """

    low: Any
    high: Any
    known: bool
    used: tuple[tuple[str, Any], ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether there is one value."""
        return self.known and self.low == self.high

    @classmethod
    def of(cls, value: Any, path: str, shown: Any) -> Value:
        """A fact: known with its evidence, or missing."""
        if value is None:
            return cls(None, None, False, (), (path,))
        return cls(value, value, True, ((path, shown),))

    @classmethod
    def constant(cls, value: Any) -> Value:
        """A value that needs no evidence."""
        return cls(value, value, True)


def _less(a: Value, b: Value, *, or_equal: bool) -> Truth:
    """a < b (or <=) for every, no, or some values of the ranges."""
    highest, lowest = a.high, b.low
    if highest is not None and (highest <= lowest if or_equal else highest < lowest):
        return True
    if b.high is not None and (a.low > b.high if or_equal else a.low >= b.high):
        return False
    return None


def _equal(a: Value, b: Value) -> Truth:
    if a.low == a.high == b.low == b.high:
        return True
    if (a.high is not None and a.high < b.low) or (b.high is not None and b.high < a.low):
        return False
    return None


def _not(value: Truth) -> Truth:
    return None if value is None else not value


COMPARE: dict[str, Callable[[Value, Value], Truth]] = {
    "is": _equal,
    "is_not": lambda a, b: _not(_equal(a, b)),
    "at_most": lambda a, b: _less(a, b, or_equal=True),
    "less_than": lambda a, b: _less(a, b, or_equal=False),
    "more_than": lambda a, b: _less(b, a, or_equal=False),
    "at_least": lambda a, b: _less(b, a, or_equal=True),
}
COMPARE |= {
    "on_or_before": COMPARE["at_most"],
    "before": COMPARE["less_than"],
    "after": COMPARE["more_than"],
    "on_or_after": COMPARE["at_least"],
}
"""Comparisons of ordered values. Words, texts and codes take part in `is` and `is_not` with exact values only."""
