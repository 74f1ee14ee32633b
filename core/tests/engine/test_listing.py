"""Quantifiers, sums and counts over lists that are only as complete as they say."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from core.tests.acme import Acme, Truth, World, encounter

TRUTHS: tuple[Truth, ...] = (True, False, None)
CODES: dict[Truth, str | None] = {True: "97763", False: "97110", None: None}
WHERE = "where = { fact = 'other.code', is = '97763' }"
COMPLETE = "day.lines_complete"


@pytest.fixture(scope="module")
def lines(acme: Acme) -> World:
    return acme.conditions(
        {
            "any": f"{{ any_line = {{ {WHERE} }} }}",
            "no": f"{{ no_line = {{ {WHERE} }} }}",
            "every": f"{{ every_line = {{ {WHERE} }} }}",
            "renamed": "{ any_line = { as = 'second', where = "
            "{ fact = 'second.units', at_least = { fact = 'line.units' } } } }",
            "deep": "{ any_line = { where = { no_line = { as = 'third', where = "
            "{ fact = 'third.code', is = { fact = 'other.code' } } } } } }",
            "count": f"{{ count_of = 'lines', {WHERE}, at_most = 1 }}",
            "sum": f"{{ sum_of = 'other.units', over = 'lines', {WHERE}, at_most = 4 }}",
        }
    )


def day(*codes: str | None, **changes: Any) -> dict[str, Any]:
    """An encounter whose first line is judged, with further lines of these codes; `complete` unless told otherwise."""
    complete = changes.pop("complete", True)
    listed = [{"number": number, "code": code, "service_date": "2026-10-05"} for number, code in enumerate(codes, 2)]
    first = encounter()["lines"][0]
    return encounter({COMPLETE: complete, **changes}, lines=[first, *listed])


def some(values: tuple[Truth, ...], complete: bool) -> Truth:
    """Kleene's "there is one", where the list may go on."""
    if True in values:
        return True
    return None if None in values or not complete else False


def opposite(value: Truth) -> Truth:
    return None if value is None else not value


@pytest.mark.parametrize("complete", [True, False, None])
@pytest.mark.parametrize("values", [v for size in range(4) for v in product(TRUTHS, repeat=size)])
def test_quantifiers_over_every_combination_of_other_lines(
    lines: World, values: tuple[Truth, ...], complete: bool | None
) -> None:
    data = day(*(CODES[value] for value in values), complete=complete)
    expected = {
        "any": some(values, complete is True),
        "no": opposite(some(values, complete is True)),
        "every": opposite(some(tuple(map(opposite, values)), complete is True)),
    }
    assert {name: lines.truth(name, data) for name in expected} == expected


@pytest.mark.parametrize("complete", [True, None])
@pytest.mark.parametrize("values", [v for size in range(4) for v in product(TRUTHS, repeat=size)])
def test_the_evidence_of_a_quantifier_is_the_items_that_decide_it_or_all_that_is_missing(
    lines: World, values: tuple[Truth, ...], complete: bool | None
) -> None:
    finding = lines.finding("any", day(*(CODES[value] for value in values), complete=complete))
    paths = [f"lines[{position}].code" for position, _ in enumerate(values, 1)]
    by_truth: dict[Truth, list[str]] = {
        truth: [path for path, value in zip(paths, values, strict=True) if value is truth] for truth in TRUTHS
    }
    if finding.kind == "pass":
        assert list(finding.facts) == by_truth[True]
    elif finding.kind == "fail":
        assert list(finding.facts) == [*by_truth[False], COMPLETE]
    else:
        assert finding.missing == (*by_truth[None], *(() if complete else (COMPLETE,)))


def test_a_quantifier_leaves_out_the_judged_line(lines: World) -> None:
    data = day("97763")
    assert lines.kind("any", data, line=1) == "pass"
    assert lines.kind("any", data, line=2) == "fail"
    assert lines.kind("count", day("97763", "97763"), line=2) == "fail"  # but a count takes all lines


def test_an_item_by_another_name_and_one_quantifier_inside_another(lines: World) -> None:
    more = {"lines[0].units": 2, "lines[1].units": 2, "lines[2].units": 1}
    assert lines.kind("renamed", day("97110", "97110", **more)) == "pass"
    assert lines.kind("renamed", day("97110", "97110", **{**more, "lines[0].units": 3})) == "fail"
    # the inner list leaves out the judged line only, so every other line finds itself
    assert lines.kind("deep", day("97110")) == "fail"


@pytest.mark.parametrize(
    ("values", "complete", "expected", "missing"),
    [
        ((), True, True, ()),
        ((True,), True, True, ()),
        ((True, True), True, False, ()),
        ((True, True), None, False, ()),  # over the limit on the known part
        ((True, None), True, None, ("lines[2].code",)),
        ((False, None), True, True, ()),  # one at the most
        ((None, None), True, None, ("lines[1].code", "lines[2].code")),
        ((True,), None, None, (COMPLETE,)),
        ((), None, None, (COMPLETE,)),
    ],
)
def test_a_count_is_at_least_the_sure_items_and_at_most_the_possible_ones(
    lines: World, values: tuple[Truth, ...], complete: bool | None, expected: Truth, missing: tuple[str, ...]
) -> None:
    finding = lines.finding("count", day(*(CODES[value] for value in values), complete=complete))
    assert finding.kind == {True: "pass", False: "fail", None: "open"}[expected]
    assert finding.missing == missing


@pytest.mark.parametrize(
    ("codes", "units", "complete", "expected"),
    [
        (("97763", "97763"), (2, 2), True, True),
        (("97763", "97763"), (2, 3), True, False),
        (("97763", "97763"), (5, None), True, False),
        (("97763", "97763"), (5, None), None, False),
        (("97763", "97763"), (4, None), True, None),
        (("97763", "97110"), (4, None), True, True),  # unknown units of a line that does not count
        (("97763", None), (4, 0), True, True),  # whether a line without units counts does not matter
        (("97763", None), (4, 1), True, None),
        (("97763", None), (5, 1), True, False),
        (("97763",), (4,), None, None),
        ((), (), True, True),
    ],
)
def test_a_sum_over_lines(
    lines: World, codes: tuple[str | None, ...], units: tuple[int | None, ...], complete: bool | None, expected: Truth
) -> None:
    changes = {f"lines[{position}].units": value for position, value in enumerate(units, 1)}
    assert lines.truth("sum", day(*codes, complete=complete, **changes)) is expected


# --- history

SINCE = "since = { fact = 'episode.first_treatment_on' }"
PAST = "where = { fact = 'past.code', is = '97760' }"
START, KNOWN = "episode.first_treatment_on", "history.complete_since"


@pytest.fixture(scope="module")
def history(acme: Acme) -> World:
    return acme.conditions(
        {
            "none-since": f"{{ no_past_line = {{ {SINCE}, {PAST} }} }}",
            "none-within": f"{{ no_past_line = {{ within_days = 30, {PAST} }} }}",
            "none-ever": f"{{ no_past_line = {{ {PAST} }} }}",
            "any-since": f"{{ any_past_line = {{ {SINCE}, {PAST} }} }}",
            "every-since": f"{{ every_past_line = {{ {SINCE}, {PAST} }} }}",
            "count": f"{{ count_of = 'history', {SINCE}, {PAST}, at_most = 1 }}",
            "sum": f"{{ sum_of = 'past.units', over = 'history', within_days = 30, {PAST}, at_most = 4 }}",
            "far": f"{{ no_past_line = {{ within_days = 999999999, {PAST} }} }}",
        }
    )


def past(*entries: tuple[str | None, str | None], **changes: Any) -> dict[str, Any]:
    """An encounter of 5 October 2026 with these earlier lines: day and code."""
    listed = [{"service_date": day, "code": code} for day, code in entries]
    return encounter({"history.lines": listed, START: "2026-09-01", KNOWN: "2026-09-01", **changes})


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (("2026-09-01", "97760"), True),  # the first day that counts
        (("2026-10-04", "97760"), True),
        (("2026-08-31", "97760"), False),  # before the window
        (("2026-10-05", "97760"), False),  # the day of service is not earlier
        (("2026-10-06", "97760"), False),
        (("2026-09-10", "97763"), False),
        ((None, "97760"), None),
        (("2026-09-10", None), None),
        (("2026-08-31", None), False),
        ((None, "97763"), False),
    ],
)
def test_an_earlier_line_counts_from_the_window_to_the_day_before_the_service(
    history: World, entry: tuple[str | None, str | None], expected: Truth
) -> None:
    data = past(entry)
    assert history.truth("any-since", data) is expected
    assert history.truth("none-since", data) is opposite(expected)


@pytest.mark.parametrize(("day", "kind"), [("2026-09-05", "fail"), ("2026-09-04", "pass")])
def test_a_window_of_days_ends_so_many_days_before_the_service(history: World, day: str, kind: str) -> None:
    assert history.kind("none-within", past((day, "97760"))) == kind


@pytest.mark.parametrize(
    ("known_since", "kind", "missing"),
    [
        ("2026-08-31", "pass", ()),
        ("2026-09-01", "pass", ()),
        ("2026-09-02", "open", (KNOWN,)),
        (None, "open", (KNOWN,)),
    ],
)
def test_no_earlier_line_is_known_only_as_far_back_as_the_history_is_complete(
    history: World, known_since: str | None, kind: str, missing: tuple[str, ...]
) -> None:
    finding = history.finding("none-since", past(("2026-09-10", "97763"), **{KNOWN: known_since}))
    assert (finding.kind, finding.missing) == (kind, missing)


def test_an_unknown_beginning_of_the_window_is_asked_for_and_spoils_only_what_it_could_change(history: World) -> None:
    finding = history.finding("none-since", past(("2026-09-10", "97760"), **{START: None}))
    assert (finding.kind, finding.missing) == ("open", (START,))
    other = history.finding("none-since", past(("2026-09-10", "97763"), **{START: None}))
    assert (other.kind, other.missing) == ("open", (START,))
    assert history.kind("any-since", past(**{START: None, KNOWN: None})) == "open"


def test_without_a_window_no_history_is_ever_complete(history: World) -> None:
    assert history.finding("none-ever", past(**{KNOWN: "0001-01-01"})).missing == (KNOWN,)
    assert history.kind("none-ever", past(("0001-01-01", "97760"))) == "fail"


def test_every_earlier_line_fails_on_one_exception_inside_the_window(history: World) -> None:
    good = ("2026-09-10", "97760")
    assert history.kind("every-since", past(good)) == "pass"
    assert history.kind("every-since", past(good, ("2026-08-31", "97763"))) == "pass"
    assert history.kind("every-since", past(good, ("2026-09-11", "97763"), **{KNOWN: None})) == "fail"
    assert history.kind("every-since", past(good, **{KNOWN: None})) == "open"


def test_sums_and_counts_over_the_history(history: World) -> None:
    two = (("2026-09-10", "97760"), ("2026-09-12", "97760"))
    assert history.kind("count", past(*two, **{KNOWN: None})) == "fail"
    assert history.kind("count", past(two[0])) == "pass"
    assert history.kind("count", past(two[0], **{KNOWN: None})) == "open"
    units = {"history.lines[0].units": 3, "history.lines[1].units": 1}
    assert history.kind("sum", past(*two, **units)) == "pass"
    assert history.kind("sum", past(*two, **{**units, "history.lines[1].units": 2})) == "fail"
    finding = history.finding("sum", past(*two, **{"history.lines[0].units": 3}))
    assert (finding.kind, finding.missing) == ("open", ("history.lines[1].units",))


def test_a_window_that_reaches_beyond_the_calendar_is_the_whole_history(history: World) -> None:
    assert history.kind("far", past(("0001-01-01", "97760"))) == "fail"
    assert history.kind("far", past(**{KNOWN: "0001-01-01"})) == "pass"
    ancient = {"lines[0].service_date": "0001-01-15"}
    assert history.kind("none-within", past(("0001-01-01", "97760"), **ancient)) == "fail"


# --- coverages


@pytest.fixture(scope="module")
def coverages(acme: Acme) -> World:
    return acme.conditions(
        {
            "any": "{ any_coverage = { where = { fact = 'other.order', is = 'primary' } } }",
            "no": "{ no_coverage = { where = { fact = 'other.order', is = 'primary' } } }",
            "every": "{ every_coverage = { where = { fact = 'other.active', is = false } } }",
            "count": "{ count_of = 'coverages', where = { fact = 'other.active', is = true }, at_most = 1 }",
        }
    )


def test_a_quantifier_over_coverages_leaves_out_the_answering_one(coverages: World) -> None:
    own = {"coverages[0].order": "primary", "coverages_complete": True}
    second = {"coverages[1].payer": "other-payer", "coverages[1].order": "secondary"}
    assert coverages.kind("any", encounter(own)) == "fail"
    assert coverages.kind("no", encounter(own)) == "pass"
    assert coverages.finding("no", encounter({"coverages[0].order": "primary"})).missing == ("coverages_complete",)
    held = [d for d in coverages.answer(encounter({**own, **second})).determinations if d.payer == "acme"]
    (no,) = [f for f in held[0].findings if f.rule.endswith("/no")]
    assert no.kind == "pass"
    other = encounter({**own, "coverages[0].order": "secondary", **second, "coverages[1].order": "primary"})
    (mine,) = [d for d in coverages.answer(other).determinations if d.payer == "acme"]
    assert {f.rule: f.kind for f in mine.findings}["acme/main/any"] == "pass"


def test_every_other_coverage_and_counts_take_unknown_ones_into_account(coverages: World) -> None:
    def kind(name: str, **changes: Any) -> str:
        facts = {"coverages[1].payer": "other-payer", "coverages_complete": True, "coverages[0].active": True}
        found = coverages.answer(encounter({**facts, **changes})).determinations
        (mine,) = [d for d in found if d.payer == "acme"]
        return {f.rule: f.kind for f in mine.findings}[f"acme/main/{name}"]

    active = "coverages[1].active"
    assert [kind("every", **{active: value}) for value in (False, True, None)] == ["pass", "fail", "open"]
    assert [kind("count", **{active: value}) for value in (False, True, None)] == ["pass", "fail", "open"]
    assert kind("count", **{active: True, "coverages_complete": None}) == "fail"
    assert kind("count", **{active: False, "coverages_complete": None}) == "open"
