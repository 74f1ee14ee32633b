"""Days, intervals of days, and the order of dated values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple


class Span(NamedTuple):
    """Days from `first` to `last`, both included; `date.min` and `date.max` stand for no bound."""

    first: date = date.min
    last: date = date.max

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def meets(self, other: Span) -> Span | None:
        """The days in both, or None."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Span(first, last) if first <= last else None


ALWAYS = Span()


def day_after(day: date) -> date:
    """The next day; the last day there is has none and stays."""
    return day if day == date.max else day + timedelta(days=1)


def boundaries(spans: Iterable[Span]) -> set[date]:
    """First days on which one of the spans begins or has just ended."""
    days: set[date] = set()
    for span in spans:
        if span.first > date.min:
            days.add(span.first)
        if span.last < date.max:
            days.add(day_after(span.last))
    return days


def disorder(spans: list[Span]) -> tuple[int, str] | None:
    """The first place where spans are not in order: its index and "reversed", "overlap" or "gap", else None."""
    for index, span in enumerate(spans):
        if span.last < span.first:
            return index, "reversed"
        if index and span.first <= spans[index - 1].last:
            return index, "overlap"
        if index and span.first > day_after(spans[index - 1].last):
            return index, "gap"
    return None
