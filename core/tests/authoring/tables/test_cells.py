from collections.abc import Mapping

import pytest
from crosspayer.authoring.tables.cells import table_cell
from crosspayer.authoring.tables.mapping import FileColumn
from crosspayer.encounter.fact import Type
from crosspayer.encounter.feed.cells import Misfit
from crosspayer.policy.tables import Column
from hypothesis import given
from hypothesis import strategies as st

DATES = ("YYYYMMDD", "YYYY-MM-DD", "MM/DD/YYYY")


def column(
    dates: tuple[str, ...] = (),
    none: frozenset[str] = frozenset(),
    first_word: bool = False,
    length: int | None = None,
    values: Mapping[str, str | int | bool] | None = None,
) -> FileColumn:
    return FileColumn(("Heading",), dates, none, first_word, length, values)


def cell(text: str, kind: str, given_as: FileColumn | None = None, words: tuple[str, ...] = ()) -> str:
    return table_cell(text, given_as or column(), Column(Type(kind), words))


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        (" 6 ", "integer", "6"),
        ("006", "integer", "6"),
        ("-6", "integer", "-6"),
        ("45.93", "money", "45.93"),
        ("97760", "code", "97760"),
        ("0213T", "code", "0213T"),
        ("Carved out", "text", "Carved out"),
    ],
)
def test_a_cell_of_a_column_is_taken(text: str, kind: str, found: str) -> None:
    assert cell(text, kind) == found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("6.0", "integer"),
        ("six", "integer"),
        ("٦", "integer"),
        ("1e3", "integer"),
        ("9" * 16, "integer"),
        ("45.933", "money"),
        ("-1", "money"),
        ("97760x", "code"),
        ("97 760", "code"),
        ("a\x07b", "text"),
        ("x" * 501, "text"),
    ],
)
def test_a_cell_that_cannot_be_the_columns_is_refused(text: str, kind: str) -> None:
    with pytest.raises(Misfit) as misfit:
        cell(text, kind)
    assert misfit.value.what == f"is no {kind}"


@pytest.mark.parametrize("text", ["20200229", "2020-02-29", "02/29/2020", "2/29/2020"])
def test_a_date_in_any_of_the_ways_it_may_be_written(text: str) -> None:
    assert cell(text, "date", column(dates=DATES)) == "2020-02-29"


@pytest.mark.parametrize("text", ["20190229", "29/02/2020", "2020229", "43890", "2020022"])
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(Misfit, match="is no date") as misfit:
        cell(text, "date", column(dates=DATES))
    assert misfit.value.remedy == "write it as YYYYMMDD or YYYY-MM-DD or MM/DD/YYYY"


def test_a_date_is_read_only_in_the_ways_that_are_named() -> None:
    with pytest.raises(Misfit):
        cell("02/03/2020", "date", column(dates=("YYYYMMDD",)))


def test_none_is_an_empty_cell_and_an_empty_cell_is_refused_where_none_does_not_say_so() -> None:
    assert cell("*", "date", column(dates=DATES, none=frozenset({"*", ""}))) == ""
    assert cell(" ", "date", column(dates=DATES, none=frozenset({"*", ""}))) == ""
    with pytest.raises(Misfit, match="is empty"):
        cell("", "date", column(dates=DATES, none=frozenset({"*"})))


def test_values_are_the_only_cells_there_may_be() -> None:
    words = column(values={"Y": True, "N": False})
    assert cell("Y", "boolean", words) == "true"
    assert cell("N", "boolean", words) == "false"
    assert cell("3", "integer", column(values={"3": 30})) == "30"
    with pytest.raises(Misfit) as misfit:
        cell("y", "boolean", words)
    assert (misfit.value.what, misfit.value.remedy) == ("is none of the known values", "it may be Y, N")


def test_the_first_word_counts_where_the_others_explain_it() -> None:
    given_as = column(first_word=True, values={"3": 3})
    assert cell("3 Date of service: clinical", "integer", given_as) == "3"
    with pytest.raises(Misfit):
        cell("Date 3", "integer", given_as)


def test_a_word_is_one_of_the_columns() -> None:
    assert cell("open", "word", words=("open", "closed")) == "open"
    with pytest.raises(Misfit) as misfit:
        cell("ajar", "word", words=("open", "closed"))
    assert misfit.value.remedy == "it may be open, closed"


def test_a_code_has_the_length_it_must_have() -> None:
    assert cell("00100", "code", column(length=5)) == "00100"
    with pytest.raises(Misfit) as misfit:
        cell("100", "code", column(length=5))  # what a spreadsheet makes of 00100
    assert misfit.value.remedy == "a code has 5 characters, upper-case letters and digits"


@given(st.text(max_size=12), st.sampled_from(["integer", "money", "date", "code", "word", "text", "boolean"]))
def test_a_misfit_never_quotes_the_cell(text: str, kind: str) -> None:
    given_as = column(dates=DATES, none=frozenset({"none"}), values={"yes": True} if kind in ("text", "code") else None)
    with pytest.raises(Misfit) as misfit:
        cell(f"\x07SECRET{text}", kind, given_as, ("open",))
    assert "SECRET" not in misfit.value.what + misfit.value.remedy
