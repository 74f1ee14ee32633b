"""Spans of days and their order."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from crosspayer.policy.dating import ALWAYS, Span, boundaries, day_after, disorder
from hypothesis import given
from hypothesis import strategies as st

DAYS = st.dates(date(2025, 12, 1), date(2026, 2, 28))
SPANS = st.tuples(DAYS, DAYS).map(lambda ends: Span(min(ends), max(ends)))
FIRST, LAST = date(2026, 1, 1), date(2026, 1, 31)


@pytest.mark.parametrize(
    ("day", "inside"),
    [(date(2025, 12, 31), False), (FIRST, True), (date(2026, 1, 15), True), (LAST, True), (date(2026, 2, 1), False)],
)
def test_a_span_holds_its_first_and_last_day(day: date, inside: bool) -> None:
    assert (day in Span(FIRST, LAST)) is inside
    assert day in ALWAYS
    assert "2026-01-15" not in Span(FIRST, LAST)


@given(SPANS, SPANS)
def test_the_days_two_spans_share(a: Span, b: Span) -> None:
    days = {a.first + timedelta(days=n) for n in range((a.last - a.first).days + 1)}
    shared = {day for day in days if day in b}
    met = a.meets(b)
    assert met == (Span(min(shared), max(shared)) if shared else None)
    assert met == b.meets(a)
    assert a.meets(ALWAYS) == a


@given(st.lists(SPANS, max_size=4), DAYS)
def test_nothing_changes_but_at_a_boundary(spans: list[Span], day: date) -> None:
    before = day - timedelta(days=1)
    changes = [day in span for span in spans] != [before in span for span in spans]
    assert not changes or day in boundaries(spans)


def test_the_first_and_last_days_there_are_bound_nothing() -> None:
    assert boundaries([ALWAYS]) == set()
    assert boundaries([Span(FIRST, LAST)]) == {FIRST, date(2026, 2, 1)}
    assert day_after(date.max) == date.max
    assert day_after(date(2024, 2, 28)) == date(2024, 2, 29)


NEXT = Span(date(2026, 2, 1), date(2026, 2, 28))


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], None),
        ([Span(FIRST, LAST), NEXT], None),
        ([Span(FIRST, FIRST)], None),
        ([Span(LAST, FIRST)], (0, "reversed")),
        ([Span(FIRST, LAST), Span(LAST, NEXT.last)], (1, "overlap")),
        ([NEXT, Span(FIRST, LAST)], (1, "overlap")),
        ([Span(FIRST, date(2026, 1, 30)), NEXT], (1, "gap")),
        ([ALWAYS, NEXT], (1, "overlap")),
    ],
)
def test_spans_follow_each_other_without_overlap_or_gap(spans: list[Span], expected: tuple[int, str] | None) -> None:
    assert disorder(spans) == expected
