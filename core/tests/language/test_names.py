"""Literals as the engine holds them, and remedies for misspelt names."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from crosspayer.encounter.fact import Type
from crosspayer.language.names import cents, literal, suggestion
from hypothesis import given
from hypothesis import strategies as st

DAY = date(2026, 10, 5)
ACCEPTED: list[tuple[Type, Any, Any]] = [
    (Type.BOOLEAN, True, True),
    (Type.BOOLEAN, False, False),
    (Type.INTEGER, 0, 0),
    (Type.INTEGER, -3, -3),
    (Type.MONEY, 2410, 241_000),
    (Type.MONEY, 45.93, 4_593),
    (Type.MONEY, 0.29, 29),
    (Type.DATE, DAY, DAY),
    (Type.TIME, "08:00", "08:00"),
    (Type.TEXT, "left knee", "left knee"),
    (Type.CODE, "97760", "97760"),
    (Type.WORD, "in", "in"),
]
VALUES: list[Any] = [True, 4, 4.5, "4", "in", "2026-10-05", DAY, datetime(2026, 10, 5), None, [], {}]
FITS: dict[Type, list[Any]] = {
    Type.BOOLEAN: [True],
    Type.INTEGER: [4],
    Type.MONEY: [4, 4.5],
    Type.DATE: [DAY],
    Type.WORD: ["in"],
    Type.TEXT: ["4", "in", "2026-10-05"],
    Type.TIME: ["4", "in", "2026-10-05"],
    Type.CODE: ["4", "in", "2026-10-05"],
}


@pytest.mark.parametrize(("kind", "value", "held"), ACCEPTED)
def test_a_literal_of_its_type_is_held_exactly(kind: Type, value: Any, held: Any) -> None:
    found = literal(value, kind, ("in", "out"))
    assert (found, type(found)) == (held, type(held))


@pytest.mark.parametrize("kind", FITS)
def test_a_literal_of_another_type_is_refused(kind: Type) -> None:
    accepted = [value for value in VALUES if literal(value, kind, ("in", "out")) is not None]
    assert [(v, type(v)) for v in accepted] == [(v, type(v)) for v in FITS[kind]]


def test_a_word_is_one_of_the_list_and_a_code_has_its_whole_form() -> None:
    assert literal("on", Type.WORD, ("in", "out")) is None
    pattern = r"^[A-Z0-9]{5}$"
    found = [literal(code, Type.CODE, (), pattern) for code in ("97760", "9776", "977600", "97760\n", "9776a")]
    assert found == ["97760", None, None, None, None]


@given(st.integers(0, 10**9))
def test_every_amount_in_cents_is_held_exactly(amount: int) -> None:
    assert cents(amount / 100) == amount
    assert cents(amount) == amount * 100


@pytest.mark.parametrize(
    "amount", [0.001, 1.005, 10.999, float("inf"), float("-inf"), float("nan"), True, "4", None, DAY]
)
def test_what_is_no_amount_in_cents_is_refused(amount: Any) -> None:
    assert cents(amount) is None


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("line.unit", "did you mean line.units?"),
        ("LINE.UNITS", "did you mean line.units?"),
        ("zzz", "use one of line.code, line.units, telehealth"),
    ],
)
def test_a_misspelt_name_is_led_to_the_nearest(word: str, says: str) -> None:
    assert suggestion(word, ("line.units", "line.code", "telehealth")) == says
    assert suggestion(word, {"line.units": 1, "line.code": 2, "telehealth": 3}) == says


def test_a_name_that_is_near_to_none_is_led_to_them_all_where_they_are_few() -> None:
    assert suggestion("zzz", ()) == "none is declared"
    assert suggestion("zzz", ("few",)) == "use few"
    assert suggestion("zzz", tuple("abcdefgh")) == "use one of a, b, c, d, e, f, g, h"
    assert suggestion("zzz", tuple("abcdefghi")) == "see the list of known names"
