import pytest
from crosspayer.timed.countable import countable_minutes
from crosspayer.timed.interval import UNKNOWN, Interval, Minutes
from hypothesis import given
from hypothesis import strategies as st

NUMBER = st.integers(0, 60)
PART = st.none() | NUMBER


@pytest.mark.parametrize(
    ("minutes", "aide", "setup", "expected"),
    [
        pytest.param(30, None, None, (30, 30), id="minutes alone are enough"),
        pytest.param(30, 0, 0, (30, 30), id="none of either"),
        pytest.param(30, 8, None, (22, 22), id="aide taken out"),
        pytest.param(30, None, 5, (25, 25), id="set-up taken out"),
        pytest.param(30, 8, 5, (17, 17), id="both taken out"),
        pytest.param(10, 8, 5, (0, 0), id="never below zero"),
        pytest.param(None, None, None, (0, None), id="not known"),
        pytest.param(None, 8, 5, (0, None), id="not known, whatever is taken out"),
        pytest.param(30, UNKNOWN, None, (0, 30), id="the caller doubts the aide's part"),
        pytest.param(30, Interval(0, 10), 5, (15, 25), id="the caller doubts part of it"),
        pytest.param(Interval(20, 30), 5, None, (15, 25), id="minutes in a range"),
    ],
)
def test_without_device(minutes: Minutes, aide: Minutes, setup: Minutes, expected: tuple[int, int | None]) -> None:
    found = countable_minutes(minutes, device_billed=False, aide_minutes=aide, setup_minutes=setup)
    assert found == expected


@pytest.mark.parametrize(
    ("minutes", "aide", "training", "device", "expected"),
    [
        pytest.param(30, None, 12, True, (12, 12), id="training only"),
        pytest.param(30, None, None, True, (0, 30), id="split not recorded"),
        pytest.param(30, 8, None, True, (0, 22), id="split not recorded, aide taken out"),
        pytest.param(30, 8, 12, True, (12, 12), id="training is not the aide's"),
        pytest.param(30, 25, 12, True, (5, 5), id="training cannot exceed what is left"),
        pytest.param(30, None, 40, True, (30, 30), id="training cannot exceed the line"),
        pytest.param(None, None, 12, True, (0, 12), id="training bounds a line that is not known"),
        pytest.param(None, None, None, True, (0, None), id="nothing known"),
        pytest.param(30, None, Interval(8, 20), True, (8, 20), id="training in a range"),
        pytest.param(30, None, 12, False, (30, 30), id="no device, all counts"),
        pytest.param(30, None, 12, None, (12, 30), id="device not known"),
        pytest.param(30, None, 30, None, (30, 30), id="device not known and all of it training"),
        pytest.param(30, None, None, None, (0, 30), id="device and split not known"),
    ],
)
def test_beside_device(
    minutes: Minutes, aide: Minutes, training: Minutes, device: bool | None, expected: tuple[int, int | None]
) -> None:
    found = countable_minutes(minutes, device_billed=device, aide_minutes=aide, training_minutes=training)
    assert found == expected


@pytest.mark.parametrize("name", ["aide_minutes", "setup_minutes", "training_minutes"])
def test_refuses_negative(name: str) -> None:
    with pytest.raises(ValueError, match=r"^a count of minutes or units must be 0 or more$"):
        countable_minutes(30, device_billed=True, **{name: -1})


@given(NUMBER, PART, PART, PART, st.none() | st.booleans())
def test_never_more_than_recorded(
    minutes: int, aide: int | None, setup: int | None, training: int | None, device: bool | None
) -> None:
    low, high = countable_minutes(
        minutes, device_billed=device, aide_minutes=aide, setup_minutes=setup, training_minutes=training
    )
    assert high is not None
    assert 0 <= low <= high <= minutes


@given(NUMBER, NUMBER, NUMBER, NUMBER, st.booleans(), st.data())
def test_learning_narrows(
    minutes: int, aide: int, setup: int, training: int, device: bool, data: st.DataObject
) -> None:
    known = countable_minutes(
        minutes, device_billed=device, aide_minutes=aide, setup_minutes=setup, training_minutes=training
    )
    before = countable_minutes(
        data.draw(st.sampled_from([minutes, None])),
        device_billed=data.draw(st.sampled_from([device, None])),
        aide_minutes=data.draw(st.just(aide) | st.just(UNKNOWN)),
        setup_minutes=data.draw(st.just(setup) | st.just(UNKNOWN)),
        training_minutes=data.draw(st.sampled_from([training, None])),
    )
    assert known.is_exact
    assert before.covers(known)
