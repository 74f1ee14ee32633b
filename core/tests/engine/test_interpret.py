"""Combinations, named conditions, day distances and sums, decided through loaded policies."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from crosspayer.engine.interpret import business_days
from hypothesis import given
from hypothesis import strategies as st

from core.tests.acme import Acme, Truth, World, encounter

FLAGS = ("telehealth", "group_session", "student_involved")
PARTS = "[" + ", ".join(f"{{ fact = '{flag}', is = true }}" for flag in FLAGS) + "]"
TRUTHS: tuple[Truth, ...] = (True, False, None)


@pytest.fixture(scope="module")
def combined(acme: Acme) -> World:
    conditions = {
        "all": f"{{ all_of = {PARTS} }}",
        "any": f"{{ any_of = {PARTS} }}",
        "none": f"{{ none_of = {PARTS} }}",
        "nested": "{ all_of = [{ fact = 'telehealth', is = true }, { any_of = [{ fact = 'group_session', is = true }, "
        "{ none_of = [{ fact = 'student_involved', is = true }] }] }] }",
        "named": "{ condition = 'together' }",
        "twice": "{ any_of = [{ condition = 'together' }, { condition = 'alone' }] }",
    }
    named = (
        "[conditions.together]\nall_of = [{ fact = 'telehealth', is = true }, { fact = 'group_session', is = true }]\n"
        "[conditions.alone]\nnone_of = [{ condition = 'together' }, { fact = 'student_involved', is = true }]\n"
    )
    return acme.conditions(conditions, named)


def kleene_all(*values: Truth) -> Truth:
    return False if False in values else None if None in values else True


def opposite(value: Truth) -> Truth:
    return None if value is None else not value


def kleene_any(*values: Truth) -> Truth:
    return opposite(kleene_all(*map(opposite, values)))


@pytest.mark.parametrize("values", list(product(TRUTHS, repeat=3)))
def test_combinations_of_facts_for_every_combination_of_values(combined: World, values: tuple[Truth, ...]) -> None:
    data = encounter(dict(zip(FLAGS, values, strict=True)))
    a, b, c = values
    together = kleene_all(a, b)
    expected = {
        "all": kleene_all(a, b, c),
        "any": kleene_any(a, b, c),
        "none": opposite(kleene_any(a, b, c)),
        "nested": kleene_all(a, kleene_any(b, opposite(c))),
        "named": together,
        "twice": kleene_any(together, opposite(kleene_any(together, c))),
    }
    assert {name: combined.truth(name, data) for name in expected} == expected


@pytest.mark.parametrize("values", list(product(TRUTHS, repeat=3)))
def test_evidence_is_what_decides_or_what_is_missing_in_document_order(
    combined: World, values: tuple[Truth, ...]
) -> None:
    finding = combined.finding("all", encounter(dict(zip(FLAGS, values, strict=True))))
    named = dict(zip(FLAGS, values, strict=True))
    if finding.kind == "open":
        assert finding.missing == tuple(flag for flag in FLAGS if named[flag] is None)
        assert finding.facts == {}
    else:
        assert list(finding.facts.items()) == [(f, v) for f, v in named.items() if v is (finding.kind == "pass")]
        assert finding.missing == ()


# --- distances of days

DAYS = {
    "within": "{ days_from = 'episode.first_treatment_on', to = 'plan_of_care.certified_on', between = [0, 30] }",
    "before": "{ days_from = 'episode.first_treatment_on', to = 'plan_of_care.certified_on', less_than = 0 }",
    "business": "{ business_days_from = 'episode.first_treatment_on', to = 'plan_of_care.certified_on', at_most = 2 }",
    "limit": "{ days_from = 'episode.first_treatment_on', to = 'line.service_date', "
    "at_most = { fact = 'coverage.benefit.treatment_period_days' } }",
}
START, END = "episode.first_treatment_on", "plan_of_care.certified_on"


@pytest.fixture(scope="module")
def days(acme: Acme) -> World:
    return acme.conditions(DAYS)


@pytest.mark.parametrize(
    ("start", "end", "within", "before"),
    [
        ("2026-01-01", "2026-01-01", True, False),
        ("2026-01-01", "2026-01-31", True, False),
        ("2026-01-01", "2026-02-01", False, False),
        ("2026-01-01", "2025-12-31", False, True),
        ("2024-02-15", "2024-03-16", True, False),  # a leap year: 30 days
        ("2026-02-15", "2026-03-17", True, False),
        ("0001-01-01", "9999-12-31", False, False),
        (None, "2026-01-01", None, None),
        ("2026-01-01", None, None, None),
    ],
)
def test_days_are_counted_from_the_first_date_to_the_second(
    days: World, start: str | None, end: str | None, within: Truth, before: Truth
) -> None:
    data = encounter({START: start, END: end})
    assert (days.truth("within", data), days.truth("before", data)) == (within, before)


def test_a_distance_names_both_dates_and_asks_for_the_missing_one(days: World) -> None:
    finding = days.finding("within", encounter({START: "2026-01-01", END: "2026-01-02"}))
    assert finding.facts == {START: "2026-01-01", END: "2026-01-02"}
    assert days.finding("within", encounter({START: "2026-01-01"})).missing == (END,)
    assert days.finding("within", encounter()).missing == (START, END)
    limit = "coverages[0].benefit.treatment_period_days"
    assert days.finding("limit", encounter({START: "2026-10-01"})).missing == (limit,)
    assert days.kind("limit", encounter({START: "2026-10-01", limit: 4})) == "pass"
    assert days.kind("limit", encounter({START: "2026-10-01", limit: 3})) == "fail"


@pytest.mark.parametrize(
    ("end", "expected"),
    # from Friday 2 October 2026
    [("2026-10-02", True), ("2026-10-04", True), ("2026-10-05", True), ("2026-10-06", True), ("2026-10-07", False)],
)
def test_business_days_leave_out_saturday_and_sunday(days: World, end: str, expected: bool) -> None:
    assert days.truth("business", encounter({START: "2026-10-02", END: end})) is expected


@given(st.dates(), st.integers(-400, 400))
def test_business_days_count_like_a_calendar_and_turn_with_their_sign(start: date, distance: int) -> None:
    try:
        end = start + timedelta(days=distance)
    except OverflowError:
        return
    first, last = min(start, end), max(start, end)
    counted = sum((first + timedelta(days=i)).weekday() < 5 for i in range(1, (last - first).days + 1))
    assert business_days(first, last) == counted
    assert business_days(start, end) == -business_days(end, start)


# --- sums of facts

SUM = "coverages[0].therapy_amount_ytd"


@pytest.fixture(scope="module")
def sums(acme: Acme) -> World:
    limits = (
        "[parameters.threshold]\nunit = 'USD'\nvalues = "
        "[{ from = 2026-01-01, to = 2026-12-31, value = 2480.5, cites = ['notice'] }]\n"
    )
    amount = "sum_of = ['coverage.therapy_amount_ytd', 'line.charge']"
    return acme.conditions(
        {
            "over": f"{{ {amount}, more_than = {{ parameter = 'threshold' }} }}",
            "within": f"{{ {amount}, at_most = {{ parameter = 'threshold' }} }}",
            "between": f"{{ {amount}, between = [10, 20] }}",
            "minutes": "{ sum_of = ['line.therapist_minutes', 'line.assistant_minutes'], "
            "at_most = { fact = 'line.minutes' } }",
        },
        limits,
    )


@pytest.mark.parametrize(
    ("year", "charge", "over", "missing"),
    [
        (2400.50, 80, False, set()),
        (2400.50, 80.01, True, set()),
        (0.1, 2480.4, False, set()),  # cents, not binary fractions
        (2480.51, None, True, set()),  # the known part alone is over
        (None, 2480.51, True, set()),
        (2480.5, None, None, {"lines[0].charge"}),
        (None, 0, None, {SUM}),
        (None, None, None, {SUM, "lines[0].charge"}),
    ],
)
def test_a_sum_with_an_unknown_part_is_at_least_the_known_ones(
    sums: World, year: float | None, charge: float | None, over: Truth, missing: set[str]
) -> None:
    data = encounter({SUM: year, "lines[0].charge": charge})
    assert (sums.truth("over", data), sums.truth("within", data)) == (over, opposite(over))
    assert set(sums.finding("over", data).missing) == missing


def test_a_decided_sum_names_the_known_facts_in_currency_units(sums: World) -> None:
    finding = sums.finding("over", encounter({SUM: 2480.51}))
    assert finding.facts == {SUM: 2480.51}
    finding = sums.finding("over", encounter({SUM: 2400, "lines[0].charge": 90}))
    assert finding.facts == {SUM: 2400.0, "lines[0].charge": 90.0}


def test_a_sum_over_the_end_of_a_range_fails_on_its_known_part(sums: World) -> None:
    expected: list[tuple[dict[str, Any], str]] = [
        ({SUM: 10}, "open"),
        ({SUM: 20.01}, "fail"),
        ({SUM: 9.99, "lines[0].charge": 0}, "fail"),
        ({SUM: 10, "lines[0].charge": 10}, "pass"),
    ]
    assert [(facts, sums.kind("between", encounter(facts))) for facts, _ in expected] == expected


def test_a_sum_is_compared_with_a_fact(sums: World) -> None:
    minutes = {"lines[0].therapist_minutes": 20, "lines[0].assistant_minutes": 10}
    assert sums.kind("minutes", encounter({**minutes, "lines[0].minutes": 30})) == "pass"
    assert sums.kind("minutes", encounter({**minutes, "lines[0].minutes": 29})) == "fail"
    assert sums.finding("minutes", encounter(minutes)).missing == ("lines[0].minutes",)
    half = {"lines[0].therapist_minutes": 31, "lines[0].minutes": 30}
    assert sums.kind("minutes", encounter(half)) == "fail"
