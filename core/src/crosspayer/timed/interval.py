"""Closed ranges of whole numbers: how a count is written when it is known only in part."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias


class Interval(NamedTuple):
    """Every whole number from `low` to `high`, both included; `high = None` means without an upper bound.

    Minutes and units are never negative, so `0 <= low`, and `low <= high` where `high` is given.
    """

    low: int
    high: int | None

    @classmethod
    def of(cls, value: int | Interval | None) -> Interval:
        """A known number as a range of one, `None` as `UNKNOWN`, a range as itself.

        Raises ValueError for a negative number and for a range that is empty or begins below zero.
        """
        if value is None:
            return UNKNOWN
        low, high = value if isinstance(value, Interval) else (value, value)
        if low < 0:
            raise ValueError("a count of minutes or units must be 0 or more")
        if high is not None and high < low:
            raise ValueError("a range of minutes or units must not end below its start")
        return cls(low, high)

    @property
    def is_exact(self) -> bool:
        """Whether the range holds one number only."""
        return self.low == self.high

    def contains(self, number: int) -> bool:
        """Whether `number` lies in the range."""
        return self.low <= number and (self.high is None or number <= self.high)

    def covers(self, other: Interval) -> bool:
        """Whether every number of `other` lies in the range."""
        return self.low <= other.low and (self.high is None or (other.high is not None and other.high <= self.high))

    def plus(self, other: Interval) -> Interval:
        """The sums of a number of this range and one of `other`."""
        low = self.low + other.low
        return Interval(low, None if self.high is None or other.high is None else self.high + other.high)

    def less(self, other: Interval) -> Interval:
        """The differences of a number of this range and one of `other`, none of them below zero."""
        low = 0 if other.high is None else max(0, self.low - other.high)
        return Interval(low, None if self.high is None else max(0, self.high - other.low))

    def least(self, other: Interval) -> Interval:
        """The lesser of a number of this range and one of `other`."""
        highs = [high for high in (self.high, other.high) if high is not None]
        return Interval(min(self.low, other.low), min(highs) if highs else None)

    def hull(self, other: Interval) -> Interval:
        """The smallest range that holds both."""
        low = min(self.low, other.low)
        return Interval(low, None if self.high is None or other.high is None else max(self.high, other.high))

    def lift(self, rising: Callable[[int], int]) -> Interval:
        """The range of a function that never falls and has no upper bound, such as `units_for_minutes`."""
        return Interval(rising(self.low), None if self.high is None else rising(self.high))


UNKNOWN = Interval(0, None)
"""Nothing is known about the number."""

Minutes: TypeAlias = int | Interval | None
"""A number of minutes: known, known to lie in a range, or (`None`) not known."""
