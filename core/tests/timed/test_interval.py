import pytest
from crosspayer.timed.interval import UNKNOWN, Interval
from hypothesis import given
from hypothesis import strategies as st


def ranges(limit: int = 12) -> st.SearchStrategy[Interval]:
    bounded = st.tuples(st.integers(0, limit), st.integers(0, limit)).map(lambda ends: Interval(min(ends), max(ends)))
    return bounded | st.integers(0, limit).map(lambda low: Interval(low, None))


def numbers(interval: Interval, limit: int = 40) -> list[int]:
    """The numbers of the range, cut off at `limit` where it has no end."""
    return [number for number in range(limit) if interval.contains(number)]


def test_of_number_is_exact() -> None:
    assert Interval.of(7) == Interval(7, 7)
    assert Interval.of(7).is_exact


def test_of_none_is_unknown() -> None:
    assert Interval.of(None) == UNKNOWN == Interval(0, None)
    assert not Interval.of(None).is_exact


def test_of_range_is_itself() -> None:
    assert Interval.of(Interval(3, None)) == Interval(3, None)


@pytest.mark.parametrize("value", [-1, Interval(-1, 4), Interval(-1, None)])
def test_of_refuses_negative(value: int | Interval) -> None:
    with pytest.raises(ValueError, match=r"^a count of minutes or units must be 0 or more$"):
        Interval.of(value)


def test_of_refuses_empty() -> None:
    with pytest.raises(ValueError, match=r"^a range of minutes or units must not end below its start$"):
        Interval.of(Interval(4, 3))


@pytest.mark.parametrize(
    ("interval", "number", "expected"),
    [
        (Interval(2, 4), 1, False),
        (Interval(2, 4), 2, True),
        (Interval(2, 4), 4, True),
        (Interval(2, 4), 5, False),
        (Interval(2, None), 1, False),
        (Interval(2, None), 1_000_000, True),
    ],
)
def test_contains(interval: Interval, number: int, expected: bool) -> None:
    assert interval.contains(number) is expected


@given(ranges(), ranges())
def test_covers_is_containment_of_every_number(outer: Interval, inner: Interval) -> None:
    assert outer.covers(inner) == (set(numbers(inner)) <= set(numbers(outer)))


@pytest.mark.parametrize(
    ("left", "right", "total", "difference", "least", "hull"),
    [
        ((2, 3), (10, 20), (12, 23), (0, 0), (2, 3), (2, 20)),
        ((10, 20), (2, 3), (12, 23), (7, 18), (2, 3), (2, 20)),
        ((5, 9), (4, 6), (9, 15), (0, 5), (4, 6), (4, 9)),
        ((5, None), (4, 6), (9, None), (0, None), (4, 6), (4, None)),
        ((5, 9), (2, None), (7, None), (0, 7), (2, 9), (2, None)),
        ((5, None), (2, None), (7, None), (0, None), (2, None), (2, None)),
    ],
)
def test_arithmetic(
    left: tuple[int, int | None],
    right: tuple[int, int | None],
    total: tuple[int, int | None],
    difference: tuple[int, int | None],
    least: tuple[int, int | None],
    hull: tuple[int, int | None],
) -> None:
    one, other = Interval(*left), Interval(*right)
    assert one.plus(other) == total
    assert one.less(other) == difference
    assert one.least(other) == least
    assert one.hull(other) == hull


@given(ranges(), ranges())
def test_arithmetic_is_that_of_the_numbers(one: Interval, other: Interval) -> None:
    pairs = [(left, right) for left in numbers(one) for right in numbers(other)]
    for result, values in (
        (one.plus(other), [left + right for left, right in pairs]),
        (one.less(other), [max(0, left - right) for left, right in pairs]),
        (one.least(other), [min(left, right) for left, right in pairs]),
        (one.hull(other), numbers(one) + numbers(other)),
    ):
        assert result.low == min(values)
        assert all(result.contains(value) for value in values)
        assert result.high is None or result.high == max(values)


def test_lift() -> None:
    assert Interval(3, 9).lift(lambda number: number // 2) == Interval(1, 4)
    assert Interval(3, None).lift(lambda number: number // 2) == Interval(1, None)
