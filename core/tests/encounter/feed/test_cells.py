from contextlib import suppress
from typing import Any

import pytest
from crosspayer.encounter.feed.cells import MOST_REMEMBERED, Misfit, codes_reader, reader
from crosspayer.encounter.feed.schema import column_facts
from hypothesis import given
from hypothesis import strategies as st

FACTS = column_facts()
US: dict[str, Any] = {"dates": ["MM/DD/YYYY"]}
ANY: dict[str, Any] = {"dates": ["YYYYMMDD", "YYYY-MM-DD", "MM/DD/YYYY"]}
DOLLARS = {"currency": "$", "thousands": ","}


@pytest.mark.parametrize(
    ("path", "column", "cell", "value"),
    [
        ("line.units", {}, "2", 2),
        ("line.units", {}, "2.00", 2),
        ("line.units", {}, "007", 7),
        ("line.units", {"values": {"one": 1}}, "one", 1),
        ("line.charge", {}, "80", 80.0),
        ("line.charge", {}, "80.5", 80.5),
        ("line.charge", {}, "80.5000", 80.5),
        ("line.charge", DOLLARS, "$1,234.50", 1234.5),
        ("line.charge", DOLLARS, "$ 80", 80.0),
        ("line.charge", DOLLARS, "1234567", 1234567.0),
        ("line.service_date", US, "1/5/2026", "2026-01-05"),
        ("line.service_date", US, "10/05/2026 0:00", "2026-10-05"),
        ("line.service_date", US, "10/05/2026 12:00:00 AM", "2026-10-05"),
        ("line.service_date", ANY, "20261005", "2026-10-05"),
        ("line.service_date", ANY, "2026-10-05 00:00:00", "2026-10-05"),
        ("line.one_on_one", {}, "true", True),
        ("line.one_on_one", {"values": {"Y": True, "N": False}}, "N", False),
        ("patient.sex", {}, "female", "female"),
        ("line.starts_at", {}, "09:30", "09:30"),
        ("line.code", {}, "97760", "97760"),
    ],
)
def test_cells_that_say_something(path: str, column: dict[str, Any], cell: str, value: object) -> None:
    read = reader(FACTS[path], column)
    assert (read(cell), read(cell), type(read(cell))) == (value, value, type(value))


@pytest.mark.parametrize(
    ("path", "column", "cell", "wrong"),
    [
        ("line.units", {}, "1.5", ("is no whole number", "write it in digits, without sign or separator")),
        ("line.units", {}, "-1", ("is no whole number", "write it in digits, without sign or separator")),
        ("line.units", {}, "1000", ("is out of bounds", "it may be 0 to 999")),
        ("line.units", {}, "٣", ("is no whole number", "write it in digits, without sign or separator")),
        ("line.charge", {}, "$80", None),
        ("line.charge", {}, "1,234.50", None),
        ("line.charge", {}, "80.555", None),
        ("line.charge", {}, "-80", None),
        ("line.charge", DOLLARS, "12,34.50", ("is no amount", "correct its thousands")),
        ("line.charge", {}, "99999999", ("is out of bounds", "it may be 0 to 9999999")),
        ("line.service_date", US, "13/05/2026", ("is no date", "write it as MM/DD/YYYY")),
        ("line.service_date", US, "10/05/26", ("is no date", "write it as MM/DD/YYYY")),
        ("line.service_date", US, "2026-10-05", ("is no date", "write it as MM/DD/YYYY")),
        ("line.service_date", US, "02/30/2026", ("is no date", "write it as MM/DD/YYYY")),
        ("line.service_date", US, "10/05/2026 14:30", ("is no date", "write it as MM/DD/YYYY")),
        ("line.one_on_one", {}, "Y", ("is none of the known cells", "it may be true, false; add others to the map")),
        ("patient.sex", {}, "F", None),
        ("line.starts_at", {}, "9:30 AM", None),
        ("line.code", {}, "9776", None),
        ("line.modifiers", {}, "gp", None),
        ("diagnosis_codes", {}, "m23.221", None),
        ("coverage.payer", {}, "a\tb", ("is no identifier", "write at most 80 printable characters")),
        ("coverage.payer", {}, "x" * 81, ("is no identifier", "write at most 80 printable characters")),
    ],
)
def test_cells_that_do_not_fit_are_never_guessed(
    path: str, column: dict[str, Any], cell: str, wrong: tuple[str, str] | None
) -> None:
    with pytest.raises(Misfit) as misfit:
        reader(FACTS[path], column)(cell)
    assert wrong in (None, (misfit.value.what, misfit.value.remedy))
    assert cell not in misfit.value.what + misfit.value.remedy


def test_known_cells_are_named_but_not_all_of_many() -> None:
    with pytest.raises(Misfit) as misfit:
        reader(FACTS["line.units"], {"values": {str(n): n for n in range(20)}})("x")
    assert misfit.value.remedy == "it may be 0, 1, 2, 3, 4, 5, 6, 7 …; add others to the map"


def test_it_forgets_when_there_is_too_much_to_remember() -> None:
    read = reader(FACTS["coverage.payer"], {})
    assert [read(f"p{n}") for n in range(MOST_REMEMBERED + 2)][-1] == f"p{MOST_REMEMBERED + 1}"
    assert read("p0") == "p0"


@given(st.lists(st.sampled_from(["GP", "59", "KX", "RT"]), max_size=4), st.sampled_from([",", ";", " ", ", ", " ; "]))
def test_codes_of_one_cell_keep_their_order(codes: list[str], between: str) -> None:
    assert codes_reader(FACTS["line.modifiers"], {"split": ",; "})(between.join(codes)) == tuple(codes)


@given(st.text(max_size=20))
def test_whatever_a_cell_holds_it_is_a_value_or_a_misfit(cell: str) -> None:
    read = [reader(FACTS[path], {**ANY, **DOLLARS}) for path in ("line.units", "line.charge", "line.code")]
    read += [reader(FACTS[path], ANY) for path in ("line.service_date", "coverage.payer", "line.one_on_one")]
    for one in read:
        with suppress(Misfit):
            assert one(cell) is not None
