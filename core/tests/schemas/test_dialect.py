from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from crosspayer.schemas.validate import problems

Ship = Callable[[dict[str, Any]], None]
Check = Callable[..., list[str]]

# Values that TOML, JSON and the schema see differently.

DATE = {"type": "string", "format": "date"}


@pytest.mark.parametrize("value", [date(2026, 10, 5), "2026-10-05", "2024-02-29"])
def test_a_toml_date_and_its_json_string_are_the_same(check: Check, value: object) -> None:
    assert check(DATE, value) == []
    assert check({"enum": ["2026-10-05", "2024-02-29"]}, value) == []
    assert check({"pattern": "^20[0-9]{2}-", "minLength": 10, "maxLength": 10}, value) == []
    assert check({"items": DATE}, [value]) == []


@pytest.mark.parametrize(
    "value",
    [
        "2026-2-3",
        " 2026-02-03",
        "2026-02-03 ",
        "2026-02-03\n",
        "20260203",
        "2026-02-30",
        "2026-W06-2",
        "0000-01-01",
        "2026-02-03T10:00:00",
        "٢٠٢٦-٠٢-٠٣",
        "",
    ],
)
def test_a_date_is_written_exactly_as_year_month_and_day(check: Check, value: str) -> None:
    assert check(DATE, value) == ["is not a date; write a day that exists as YYYY-MM-DD."]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (datetime(2026, 10, 5, 7, 32), "a date with a time"),
        (time(7, 32), "a time of day"),
        (1, "a whole number"),
        (Decimal(1), "of an unknown type"),
    ],
)
def test_a_date_with_a_time_is_no_date(check: Check, value: object, name: str) -> None:
    assert check(DATE, value) == [f"is {name}, expected a date; write it as YYYY-MM-DD."]


def test_a_date_where_a_number_is_expected_is_called_a_date(check: Check) -> None:
    assert check({"type": "integer"}, date(2026, 1, 1)) == ["is a date, expected a whole number; write a whole number."]


@pytest.mark.parametrize("value", [0.07, 240.1, 45.93, 4.35, 1e300, -0.01, 0, 10**400])
def test_decimals_are_multiples_as_they_are_written(check: Check, value: float) -> None:
    assert check({"multipleOf": 0.01}, value) == []


@pytest.mark.parametrize("value", ["97760\n", "٩٧٧٦٠", "x97760"])
def test_a_pattern_means_ascii_digits_and_the_very_end(check: Check, value: str) -> None:
    pattern = r"^\d{5}$"
    assert check({"pattern": pattern}, "97760") == []
    assert check({"pattern": pattern}, value) == [
        rf"does not have the form expected here; write it to match {pattern}."
    ]


def test_a_pattern_may_end_in_a_dollar_sign(check: Check) -> None:
    assert check({"pattern": r"^[0-9]+\$"}, "5$ and more") == []


def test_a_reference_to_anything_but_a_shipped_schema_is_an_error_not_a_request(ship: Ship) -> None:
    ship({"own": {"$ref": "https://example.invalid/other.schema.json"}})
    with pytest.raises(Exception, match="Unresolvable"):
        problems({}, "own", "x", dict)
