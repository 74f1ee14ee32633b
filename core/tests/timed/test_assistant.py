import tomllib
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from crosspayer.timed.assistant import AssistantRule, assistant_units
from crosspayer.timed.interval import Interval
from crosspayer.timed.units import cms_line_units, units_for_minutes
from hypothesis import given
from hypothesis import strategies as st

EXAMPLES = tomllib.loads((Path(__file__).parent / "examples.toml").read_text(encoding="utf-8"))["assistant"]

MINUTES = st.integers(0, 50)
UNITS = st.integers(0, 6)
RULES: st.SearchStrategy[AssistantRule] = st.sampled_from(["de_minimis", "midpoint"])


def midpoint_by_the_book(therapist: int, assistant: int, units: int) -> int:
    """The published order of work, step by step, for units that the code's own minutes support."""
    therapist_rest, assistant_rest = therapist % 15, assistant % 15
    left = units - therapist // 15 - assistant // 15
    marked = assistant // 15
    if left == 0:
        return marked
    if left == 2:
        assert 9 <= therapist_rest <= 14
        assert 9 <= assistant_rest <= 14
        return marked + 1
    if therapist_rest >= 8:
        return marked
    if assistant_rest >= 8:
        return marked + 1
    return marked + (10 * assistant_rest > therapist_rest + assistant_rest)


def every_marking(sizes: list[int], assistant: int) -> set[int]:
    """Marked units for every way to put the assistant's minutes into units of these sizes."""
    return {
        sum(10 * part > size for part, size in zip(parts, sizes, strict=True))
        for parts in product(*(range(size + 1) for size in sizes))
        if sum(parts) == assistant
    }


@pytest.mark.parametrize("example", [pytest.param(example, id=example["id"]) for example in EXAMPLES])
def test_worked_example(example: dict[str, Any]) -> None:
    found = assistant_units(example["therapist"], example["assistant"], example["units"], "midpoint")
    assert found == (Interval.of(example["with_modifier"]), False)


def test_midpoint_is_settled_for_units_the_minutes_support() -> None:
    for therapist, assistant in product(range(46), range(46)):
        units = units_for_minutes(therapist + assistant)
        expected = midpoint_by_the_book(therapist, assistant, units)
        assert assistant_units(therapist, assistant, units, "midpoint") == ((expected, expected), False)


@pytest.mark.parametrize(
    ("therapist", "assistant", "units", "expected", "review"),
    [
        pytest.param(14, 9, 2, (1, 1), False, id="two units left, from 23 minutes"),
        pytest.param(10, 10, 2, (0, 2), True, id="two units left on fewer minutes"),
        pytest.param(25, 40, 5, (2, 4), True, id="two units left on fewer minutes, after blocks"),
        pytest.param(14, 14, 1, (0, 0), False, id="therapist reaches the midpoint first"),
        pytest.param(5, 15, 2, (1, 1), False, id="nothing of the unit left is the assistant's"),
        pytest.param(45, 15, 3, (0, 0), True, id="more blocks than units, therapist has more"),
        pytest.param(15, 45, 3, (3, 3), True, id="more blocks than units, assistant has more"),
        pytest.param(30, 45, 4, (3, 4), True, id="larger party has fewer blocks than units"),
        pytest.param(45, 30, 4, (0, 1), True, id="larger party has fewer blocks than units, therapist"),
        pytest.param(30, 30, 3, (0, 3), True, id="no larger party"),
        pytest.param(10, 5, 3, (0, 2), True, id="more units than the minutes carry"),
        pytest.param(5, 10, 3, (1, 3), True, id="more units than the minutes carry, one marked"),
        pytest.param(45, 0, 2, (0, 0), False, id="therapist alone, fewer units than blocks"),
        pytest.param(0, 45, 2, (2, 2), False, id="assistant alone, fewer units than blocks"),
        pytest.param(0, 15, 2, (2, 2), False, id="assistant alone, more units than the minutes carry"),
        pytest.param(20, 20, 0, (0, 0), False, id="nothing billed"),
    ],
)
def test_midpoint(therapist: int, assistant: int, units: int, expected: tuple[int, int], review: bool) -> None:
    assert assistant_units(therapist, assistant, units, "midpoint") == (expected, review)


@pytest.mark.parametrize(
    ("therapist", "assistant", "units", "expected", "review"),
    [
        pytest.param(14, 1, 1, (0, 0), False, id="not more than 10 % of 15"),
        pytest.param(13, 2, 1, (1, 1), False, id="more than 10 % of 15"),
        pytest.param(9, 1, 1, (0, 0), False, id="exactly 10 %"),
        pytest.param(8, 1, 1, (1, 1), False, id="more than 10 % of 9"),
        pytest.param(20, 2, 1, (0, 0), False, id="the longest unit, not more than 10 %"),
        pytest.param(19, 3, 1, (1, 1), False, id="the longest unit, more than 10 %"),
        pytest.param(8, 8, 1, (1, 1), False, id="no midpoint before 2022"),
        pytest.param(0, 30, 2, (2, 2), False, id="whole units by the assistant"),
        pytest.param(15, 15, 2, (1, 2), False, id="who did which unit is not laid down"),
        pytest.param(10, 20, 2, (2, 2), False, id="more than one unit holds"),
        pytest.param(28, 2, 2, (0, 1), False, id="spread or gathered"),
        pytest.param(29, 1, 2, (0, 0), False, id="too few wherever they fall"),
        pytest.param(20, 1, 2, (0, 1), False, id="one minute marks only the short unit"),
        pytest.param(20, 4, 1, (0, 1), False, id="some minutes may be in no unit"),
        pytest.param(45, 30, 3, (0, 3), True, id="fewer units than blocks"),
        pytest.param(5, 10, 3, (1, 3), True, id="more units than the minutes carry"),
    ],
)
def test_de_minimis(therapist: int, assistant: int, units: int, expected: tuple[int, int], review: bool) -> None:
    assert assistant_units(therapist, assistant, units, "de_minimis") == (expected, review)


@given(st.integers(1, 30), st.integers(1, 5) | st.integers(1, 30), st.integers(1, 3))
def test_de_minimis_is_every_arrangement(therapist: int, assistant: int, units: int) -> None:
    total = therapist + assistant
    rest = total - 15 * (units - 1)
    if rest <= 0:
        units, rest = 1, min(total, 60)
    if rest <= 22:
        found = every_marking([15] * (units - 1) + [rest], assistant)
    else:
        parts = range(max(0, 15 * units - therapist), min(assistant, 15 * units) + 1)
        found = {marked for part in parts for marked in every_marking([15] * units, part)}
        assert every_marking([15] * (units - 1) + [rest], assistant) <= found
    assert assistant_units(therapist, assistant, units, "de_minimis").with_modifier == (
        min(found),
        max(found),
    )


@pytest.mark.parametrize(
    ("therapist", "assistant", "expected"),
    [(None, None, (0, 3)), (None, 20, (0, 3)), (20, None, (0, 3)), (None, 0, (0, 0))],
)
@pytest.mark.parametrize("rule", ["de_minimis", "midpoint"])
def test_minutes_not_known(
    therapist: int | None, assistant: int | None, expected: tuple[int, int], rule: AssistantRule
) -> None:
    assert assistant_units(therapist, assistant, 3, rule) == (expected, False)


@pytest.mark.parametrize(("therapist", "assistant", "units"), [(-1, 5, 1), (5, -1, 1), (None, -1, 1), (5, 5, -1)])
def test_refuses_negative(therapist: int | None, assistant: int, units: int) -> None:
    with pytest.raises(ValueError, match=r"^minutes and units must be 0 or more$"):
        assistant_units(therapist, assistant, units, "midpoint")


@given(MINUTES, MINUTES, UNITS, RULES)
def test_learning_narrows(therapist: int, assistant: int, units: int, rule: AssistantRule) -> None:
    known = assistant_units(therapist, assistant, units, rule).with_modifier
    for seen, helped in ((None, None), (therapist, None), (None, assistant)):
        assert assistant_units(seen, helped, units, rule).with_modifier.covers(known)


@given(MINUTES, MINUTES, UNITS, RULES)
def test_never_more_than_billed(therapist: int, assistant: int, units: int, rule: AssistantRule) -> None:
    low, high = assistant_units(therapist, assistant, units, rule).with_modifier
    assert high is not None
    assert 0 <= low <= high <= units


@given(st.integers(1, 50), st.integers(1, 50), UNITS, RULES)
def test_misfit_of_units_is_for_review(therapist: int, assistant: int, units: int, rule: AssistantRule) -> None:
    blocks, begun = therapist // 15 + assistant // 15, (therapist + assistant + 14) // 15
    if 0 < units < blocks or units > begun:
        assert assistant_units(therapist, assistant, units, rule).review


@given(st.integers(1, 50), st.integers(1, 50), st.booleans())
def test_either_part_of_a_split_code_keeps_to_its_range(therapist: int, assistant: int, rounded: bool) -> None:
    """So a listed line may be judged by its own minutes while the other part of its code is not listed."""
    quarters, rest = divmod(therapist + assistant, 15)
    units = quarters + (rounded and rest > 0)
    marked, review = assistant_units(therapist, assistant, units, "midpoint")
    if not review:
        (without_range,), (with_range,) = (cms_line_units([part], complete=False) for part in (therapist, assistant))
        assert with_range.contains(marked.low)
        assert without_range.contains(units - marked.low)
