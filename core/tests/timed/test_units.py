import tomllib
from collections.abc import Sequence
from itertools import permutations, product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from crosspayer.timed.interval import UNKNOWN, Interval, Minutes
from crosspayer.timed.units import (
    MAX_ALLOCATIONS,
    allocations,
    ama_line_units,
    by_code,
    cms_line_units,
    day_units,
    is_correct_allocation,
    units_for_minutes,
)
from hypothesis import given
from hypothesis import strategies as st

EXAMPLES = tomllib.loads((Path(__file__).parent / "examples.toml").read_text(encoding="utf-8"))

LINE = st.integers(0, 60)
KNOWN_DAY = st.lists(LINE, max_size=5)
SMALL_DAY = st.lists(st.none() | LINE, min_size=1, max_size=3)


@st.composite
def partly_known(draw: st.DrawFn) -> Interval:
    low = draw(LINE)
    return Interval(low, draw(st.none() | st.integers(low, low + 20)))


@st.composite
def day_and_completion(draw: st.DrawFn) -> tuple[list[Interval], list[int]]:
    """A day known in part, and known minutes that complete it."""
    day = draw(st.lists(partly_known(), max_size=5))
    return day, [draw(st.integers(line.low, line.low + 60 if line.high is None else line.high)) for line in day]


def examples(kind: str) -> list[Any]:
    return [pytest.param(example, id=example["id"]) for example in EXAMPLES[kind]]


def named(units: dict[str, int], codes: Sequence[str]) -> tuple[int, ...]:
    return tuple(units.get(code, 0) for code in codes)


def hand_out(minutes: Sequence[int]) -> set[tuple[int, ...]]:
    """The oracle: give the units left to the largest remainders, once for each way to order ties."""
    found = set()
    for order in permutations(range(len(minutes))):
        units = [line // 15 for line in minutes]
        left = units_for_minutes(sum(minutes)) - sum(units)
        for position in sorted(order, key=lambda position: -(minutes[position] % 15))[:left]:
            units[position] += 1
        found.add(tuple(units))
    return found


def completions(minutes: Sequence[int | None]) -> list[tuple[int, ...]]:
    """Known minutes, with two full quarters and every remainder tried for those not known."""
    return list(product(*(range(30) if line is None else (line,) for line in minutes)))


@pytest.mark.parametrize(
    ("first", "last", "units"),
    [
        (0, 7, 0),
        (8, 22, 1),
        (23, 37, 2),
        (38, 52, 3),
        (53, 67, 4),
        (68, 82, 5),
        (83, 97, 6),
        (98, 112, 7),
        (113, 127, 8),
        (128, 142, 9),
    ],
)
def test_thresholds(first: int, last: int, units: int) -> None:
    assert [units_for_minutes(minutes) for minutes in range(first, last + 1)] == [units] * (last + 1 - first)


def test_units_for_minutes_refuses_negative() -> None:
    with pytest.raises(ValueError, match=r"^minutes must be 0 or more$"):
        units_for_minutes(-1)


@pytest.mark.parametrize("example", examples("units"))
def test_worked_example(example: dict[str, Any]) -> None:
    codes, minutes = tuple(example["minutes"]), tuple(example["minutes"].values())
    correct = {named(units, codes) for units in [example["units"], *example.get("alternatives", [])]}
    assert day_units(minutes, complete=True) == (example["total"], example["total"])
    assert allocations(minutes) == correct
    assert all(is_correct_allocation(minutes, units) for units in correct)
    assert cms_line_units(minutes, complete=True) == tuple(
        (min(values), max(values)) for values in zip(*correct, strict=True)
    )
    assert ama_line_units(minutes) == tuple(Interval.of(units) for units in named(example["ama"], codes))


@pytest.mark.parametrize("example", [example for example in examples("units") if "never" in example.values[0]])
def test_worked_example_never(example: dict[str, Any]) -> None:
    codes, minutes = tuple(example["minutes"]), tuple(example["minutes"].values())
    for wrong in example["never"]:
        assert not is_correct_allocation(minutes, named(wrong, codes))
        assert named(wrong, codes) not in allocations(minutes)
        assert not all(
            interval.contains(units)
            for interval, units in zip(cms_line_units(minutes, complete=True), named(wrong, codes), strict=True)
        )


@pytest.mark.parametrize("example", examples("totals"))
def test_totals_of_both_methods(example: dict[str, Any]) -> None:
    assert day_units(example["minutes"], complete=True) == Interval.of(example["cms"])
    assert sum(interval.low for interval in ama_line_units(example["minutes"])) == example["ama"]


@pytest.mark.parametrize(
    ("minutes", "complete", "expected"),
    [
        ([], True, (0, 0)),
        ([], False, (0, None)),
        ([20, 3], True, (2, 2)),
        ([20, 3], False, (2, None)),
        ([20, None], True, (1, None)),
        ([20, Interval(0, 10)], True, (1, 2)),
        ([20, Interval(0, 2)], True, (1, 1)),
    ],
)
def test_day_units(minutes: list[Minutes], complete: bool, expected: tuple[int, int | None]) -> None:
    assert day_units(minutes, complete) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ([], ()),
        ([7, 8, 23], ((0, 0), (1, 1), (2, 2))),
        ([None, Interval(7, 23), Interval(8, None)], ((0, None), (0, 2), (1, None))),
    ],
)
def test_ama_line_units(minutes: list[Minutes], expected: tuple[tuple[int, int | None], ...]) -> None:
    assert ama_line_units(minutes) == expected


@pytest.mark.parametrize(
    ("minutes", "complete", "expected"),
    [
        pytest.param([], True, (), id="no lines"),
        pytest.param([15], False, ((1, 1),), id="no remainder, so further codes change nothing"),
        pytest.param([16], False, ((1, 2),), id="further codes can round one minute up"),
        pytest.param([29], False, ((1, 2),), id="further codes can be served first"),
        pytest.param([20, None], True, ((1, 2), (0, None)), id="the code not known can be served first"),
        pytest.param([29, None], True, ((2, 2), (0, None)), id="two codes with 14 minutes over are both served"),
        pytest.param([29, 0], True, ((2, 2), (0, 0)), id="no minutes, no unit"),
        pytest.param([4, Interval(0, 3)], True, ((0, 0), (0, 0)), id="too few together"),
        pytest.param([4, Interval(0, 4)], True, ((0, 1), (0, 1)), id="just enough together"),
        pytest.param([4, Interval(5, 8)], True, ((0, 0), (1, 1)), id="the other has more, and at most one unit"),
        pytest.param([4, Interval(5, 18)], True, ((0, 0), (1, 1)), id="every remainder but the one that helps"),
        pytest.param([Interval(0, 30)], True, ((0, 2),), id="part of the line is in doubt"),
    ],
)
def test_cms_line_units(minutes: list[Minutes], complete: bool, expected: tuple[tuple[int, int | None], ...]) -> None:
    assert cms_line_units(minutes, complete) == expected


@given(KNOWN_DAY)
def test_units_left_are_within_bounds(minutes: list[int]) -> None:
    left = units_for_minutes(sum(minutes)) - sum(line // 15 for line in minutes)
    assert 0 <= left <= sum(line % 15 > 0 for line in minutes)


@given(KNOWN_DAY)
def test_allocations_are_those_of_the_oracle(minutes: list[int]) -> None:
    assert allocations(minutes) == hand_out(minutes)


@given(st.lists(LINE, max_size=4))
def test_checks_accept_exactly_the_allocations(minutes: list[int]) -> None:
    candidates = product(*(range(line // 15 + 3) for line in minutes))
    assert {units for units in candidates if is_correct_allocation(minutes, units)} == allocations(minutes)


@pytest.mark.parametrize(
    ("minutes", "units"),
    [
        pytest.param([20, 20], [1, 1], id="fewer than the total"),
        pytest.param([20, 20], [2, 2], id="more than the total"),
        pytest.param([20, 20], [3, 0], id="all on one code"),
        pytest.param([31, 7], [3, 0], id="smaller remainder first"),
        pytest.param([30, 8], [1, 2], id="a full quarter moved"),
        pytest.param([8, 0], [2, -1], id="negative units"),
    ],
)
def test_wrong_allocation(minutes: list[int], units: list[int]) -> None:
    assert not is_correct_allocation(minutes, units)


def test_allocation_needs_as_many_units_as_minutes() -> None:
    with pytest.raises(ValueError, match=r"^units must have one entry for each entry of minutes$"):
        is_correct_allocation([8, 8], [1])


def test_allocations_refuse_negative() -> None:
    with pytest.raises(ValueError, match=r"^minutes must be 0 or more$"):
        allocations([20, -1])


def test_allocations_are_bounded() -> None:
    assert len(allocations([8] * 12)) == 924 <= MAX_ALLOCATIONS
    with pytest.raises(ValueError, match=r"^more than 1000 allocations are correct for these minutes, use cms_line_"):
        allocations([8] * 13)
    assert cms_line_units([8] * 13, complete=True) == ((0, 1),) * 13


@given(KNOWN_DAY)
def test_known_day_range_is_that_of_its_allocations(minutes: list[int]) -> None:
    by_line = zip(*hand_out(minutes), strict=True)
    assert cms_line_units(minutes, complete=True) == tuple((min(units), max(units)) for units in by_line)


@given(SMALL_DAY)
def test_partly_known_day_range_is_that_of_its_completions(minutes: list[int | None]) -> None:
    if minutes.count(None) > 2:
        minutes = [*minutes[:-1], 13]
    found = {units for completed in completions(minutes) for units in hand_out(completed)}
    for line, interval, units in zip(
        minutes, cms_line_units(minutes, complete=True), zip(*found, strict=True), strict=True
    ):
        assert interval.low == min(units)
        assert interval.high == (None if line is None else max(units))


@given(day_and_completion())
def test_doubtful_minutes_are_covered(case: tuple[list[Interval], list[int]]) -> None:
    day, completed = case
    for units in hand_out(completed):
        assert all(
            interval.contains(value) for interval, value in zip(cms_line_units(day, complete=True), units, strict=True)
        )


@given(st.lists(st.builds(lambda low, width: Interval(low, low + width), LINE, st.integers(0, 16)), max_size=3))
def test_doubtful_minutes_range_is_exact(day: list[Interval]) -> None:
    ends = [range(line.low, (line.high or 0) + 1) for line in day]
    found = {units for completed in product(*ends) for units in hand_out(completed)}
    assert cms_line_units(day, complete=True) == tuple((min(units), max(units)) for units in zip(*found, strict=True))


@given(st.lists(LINE, min_size=1, max_size=3), st.lists(LINE, max_size=3))
def test_incomplete_day_covers_further_lines(listed: list[int], further: list[int]) -> None:
    ranges = cms_line_units(listed, complete=False)
    for units in hand_out([*listed, *further]):
        assert all(interval.contains(value) for interval, value in zip(ranges, units, strict=False))


@given(st.lists(LINE, min_size=1, max_size=3))
def test_incomplete_day_range_is_reached(listed: list[int]) -> None:
    for position, (line, interval) in enumerate(zip(listed, cms_line_units(listed, complete=False), strict=True)):
        crowd = [line % 15] * 60
        reached = cms_line_units([*listed, *crowd], complete=True)[position]
        assert reached == interval


@given(day_and_completion(), st.booleans(), st.data())
def test_learning_narrows(case: tuple[list[Interval], list[int]], complete: bool, data: st.DataObject) -> None:
    day, completed = case
    learned: list[Minutes] = [
        known if data.draw(st.booleans()) else line for line, known in zip(day, completed, strict=True)
    ]
    assert day_units(day, complete).covers(day_units(learned, complete))
    for function in (ama_line_units, lambda minutes: cms_line_units(minutes, complete)):
        assert all(before.covers(after) for before, after in zip(function(day), function(learned), strict=True))


@given(st.lists(st.none() | LINE | partly_known(), max_size=5))
def test_completing_the_list_narrows(minutes: list[Minutes]) -> None:
    assert day_units(minutes, complete=False).covers(day_units(minutes, complete=True))
    assert all(
        before.covers(after)
        for before, after in zip(
            cms_line_units(minutes, complete=False), cms_line_units(minutes, complete=True), strict=True
        )
    )


@given(st.lists(LINE, max_size=5), st.randoms(use_true_random=False))
def test_order_of_lines_does_not_matter(minutes: list[int], random: Random) -> None:
    shuffled = random.sample(minutes, len(minutes))
    ranges = dict(zip(minutes, cms_line_units(minutes, complete=True), strict=True))
    assert cms_line_units(shuffled, complete=True) == tuple(ranges[line] for line in shuffled)


def test_by_code_adds_lines_of_one_code() -> None:
    codes = ["97760", "97110", "97760", "97140", "97110"]
    minutes: list[Minutes] = [10, 15, 5, None, Interval(0, 4)]
    groups = by_code(codes, minutes)
    assert groups == {"97760": (15, 15), "97110": (15, 19), "97140": UNKNOWN}
    assert list(groups) == ["97760", "97110", "97140"]


def test_by_code_is_not_the_same_as_by_line() -> None:
    groups = by_code(["97760", "97760", "97110"], [8, 7, 8])
    assert cms_line_units(tuple(groups.values()), complete=True) == ((1, 1), (1, 1))
    assert cms_line_units([8, 7, 8], complete=True) == ((1, 1), (0, 0), (1, 1))


def test_by_code_needs_as_many_codes_as_minutes() -> None:
    with pytest.raises(ValueError, match=r"^minutes must have one entry for each entry of codes$"):
        by_code(["97760"], [8, 8])
