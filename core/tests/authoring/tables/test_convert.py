import itertools
from datetime import date
from pathlib import Path

import pytest
from crosspayer.authoring.tables import convert as module
from crosspayer.authoring.tables.convert import Conversion, Tally, convert
from crosspayer.errors import InputError
from hypothesis import given
from hypothesis import strategies as st

from core.tests.imports import HEADER, mapping_of, pair_row, plugin_folder, put, zipped

CODES = frozenset({"97760", "97761", "97763"})
HOSPITAL = HEADER + pair_row("97760", "97110")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plugin_folder(tmp_path_factory.mktemp("plugins"))


def converted(folder: Path, tmp_path: Path, rows: str, **settings: str) -> Conversion:
    """The rows of one professional file, beside a hospital's with one row."""
    files = [put(tmp_path / "prof.txt", HEADER + rows), put(tmp_path / "hosp.txt", HOSPITAL)]
    return convert(mapping_of(folder), CODES, date(2020, 1, 1), files, settings)


def kept(done: Conversion) -> list[tuple[str, ...]]:
    """Key without the setting, indicator and days of the professional rows."""
    return sorted(
        (*key[1:], row.cells["indicator"], str(row.span.first), str(row.span.last))
        for key, rows in done.kept.items()
        for row in rows
        if key[0] == "professional"
    )


def refusals(done: Conversion) -> list[str]:
    return [str(problem).rpartition("/")[2] for problem in done.shown]


def test_rows_become_rows_of_the_table(folder: Path, tmp_path: Path) -> None:
    done = converted(folder, tmp_path, pair_row("97150", "97760") + pair_row("97760", "97116", last="20261231"))
    assert kept(done) == [
        ("97150", "97760", "1", "2020-01-01", "9999-12-31"),
        ("97760", "97116", "1", "2020-01-01", "2026-12-31"),
    ]
    assert done.refused == 0
    assert done.count == 3
    assert done.tallies[0] == Tally(str(tmp_path / "prof.txt"), {"claim_type": "professional"}, rows=2, kept=2)
    assert done.tallies[1].setting == {"claim_type": "institutional"}


def test_rows_about_other_codes_are_counted_and_not_looked_into(folder: Path, tmp_path: Path) -> None:
    done = converted(folder, tmp_path, pair_row("97110", "97112", "soon", "never", "?") + pair_row("97760", "97110"))
    assert (done.tallies[0].rows, done.tallies[0].kept, done.tallies[0].other, done.refused) == (2, 1, 1, 0)


def test_rows_to_leave_out_are_counted_by_reason(folder: Path, tmp_path: Path) -> None:
    rows = pair_row("97760", "97110", "20200101", "20200101", "9") + pair_row("97760", "97110", "20100101", "20191231")
    done = converted(folder, tmp_path, rows + pair_row("97760", "97110"))
    assert done.tallies[0].skipped == {"never in force": 1, "ended before 2020-01-01": 1}
    assert kept(done) == [("97760", "97110", "1", "2020-01-01", "9999-12-31")]


def test_a_row_that_ends_on_the_first_day_is_kept(folder: Path, tmp_path: Path) -> None:
    done = converted(folder, tmp_path, pair_row("97760", "97110", "20100101", "20200101"))
    assert kept(done) == [("97760", "97110", "1", "2010-01-01", "2020-01-01")]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("97760\t97110\t20200101\n", "prof.txt:3: the row has 3 cells, the header 6; complete the row."),
        (
            pair_row("97760", ""),
            "prof.txt:3: Column 2: is empty; fill the cell.",
        ),
        (
            pair_row("9776", "97110"),
            "prof.txt:3: Column 1: is no code; a code has 5 characters, upper-case letters and digits.",
        ),
        (pair_row("97760", "97110", "20200230"), "prof.txt:3: Effective: is no date; write it as YYYYMMDD."),
        (pair_row("97760", "97110", ""), "prof.txt:3: Effective: is empty; fill the cell."),
        (pair_row("97760", "97110", last=""), "prof.txt:3: Deletion: is empty; fill the cell."),
        (
            pair_row("97760", "97110", indicator="2"),
            "prof.txt:3: Modifier: is none of the known values; it may be 0, 1.",
        ),
        (
            pair_row("97760", "97110", "20210101", "20201231"),
            "prof.txt:3: Deletion: lies before the first day; correct the dates.",
        ),
        (
            "97760\t97110\t20200101\t*\t1\treason\tmore\n",
            "prof.txt:3: the row has 7 cells, the header 6; put a cell that holds the separator in quotes.",
        ),
    ],
)
def test_a_row_that_does_not_fit_is_refused_with_its_line_and_reason(
    folder: Path, tmp_path: Path, row: str, sentence: str
) -> None:
    done = converted(folder, tmp_path, pair_row("97761", "97110") + row + pair_row("97763", "97110"))
    assert refusals(done) == [sentence]
    assert done.refused == 1
    assert [found[0] for found in kept(done)] == ["97761", "97763"]


def test_empty_lines_and_lines_of_text_are_no_rows(folder: Path, tmp_path: Path) -> None:
    rows = "\n\t\t\t\t\t\n" + pair_row("97760", "97110") + " \t \t\t\t\t\nA notice at the end\t\t\t\t\t\n"
    done = converted(folder, tmp_path, rows)
    assert (done.tallies[0].rows, done.refused) == (1, 0)


def test_headings_may_go_on_below_the_header_row_but_not_below_a_row(folder: Path, tmp_path: Path) -> None:
    more = "\t\tDate\tDate\t0=not allowed\t\n\t\t\t*=no data\t1=allowed\t\n"
    done = converted(folder, tmp_path, more + pair_row("97760", "97110"))
    assert (done.tallies[0].rows, done.refused) == (1, 0)
    done = converted(folder, tmp_path, pair_row("97760", "97110") + more)
    assert (done.tallies[0].rows, done.refused) == (3, 2)


def test_a_first_row_that_lacks_a_code_is_no_heading(folder: Path, tmp_path: Path) -> None:
    done = converted(folder, tmp_path, pair_row("97760", "") + pair_row("97760", "97110"))
    assert refusals(done) == ["prof.txt:2: Column 2: is empty; fill the cell."]


def test_rows_that_agree_and_overlap_are_one_row(folder: Path, tmp_path: Path) -> None:
    rows = (
        pair_row("97760", "97110", "20200101", "20201231"),
        pair_row("97760", "97110", "20210101", "20211231"),
        pair_row("97760", "97110", "20201201", "20210201"),
        pair_row("97760", "97110", "20230101"),
        pair_row("97760", "97110", "20230101"),
    )
    done = converted(folder, tmp_path, "".join(rows))
    assert kept(done) == [
        ("97760", "97110", "1", "2020-01-01", "2021-12-31"),
        ("97760", "97110", "1", "2023-01-01", "9999-12-31"),
    ]
    assert (done.count, done.tallies[0].kept, done.tallies[0].repeated, done.refused) == (3, 3, 2, 0)


def test_rows_that_contradict_each_other_are_not_chosen_between_silently(folder: Path, tmp_path: Path) -> None:
    rows = pair_row("97760", "97110", indicator="0") + pair_row("97760", "97110", "20210101", indicator="1")
    done = converted(folder, tmp_path, rows)
    assert done.refused == 1
    (said,) = map(str, done.shown)
    assert said == (
        f"{tmp_path}/prof.txt:3: the row overlaps in time with that of {tmp_path}/prof.txt:2, which says something "
        "else; end one before the other begins."
    )


def test_rows_that_contradict_each_other_on_other_days_are_both_kept(folder: Path, tmp_path: Path) -> None:
    rows = pair_row("97760", "97110", last="20201231", indicator="0") + pair_row("97760", "97110", "20210101")
    done = converted(folder, tmp_path, rows)
    assert [row[2:4] for row in kept(done)] == [("0", "2020-01-01"), ("1", "2021-01-01")]


def test_only_the_first_refusals_are_told_and_all_are_counted(folder: Path, tmp_path: Path) -> None:
    done = converted(folder, tmp_path, pair_row("97760", "97110") + pair_row("97760", "x") * 1000)
    assert done.refused == 1000
    assert len(done.shown) == module.MAX_SHOWN
    assert refusals(done)[-1].startswith("prof.txt:22:")


def test_more_rows_than_a_table_may_have_end_the_import(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_ROWS", 10)
    rows = "".join(pair_row("97760", str(code)) for code in range(10_000, 10_011))
    with pytest.raises(InputError, match=r"prof.txt: more than 10 rows would be kept; check that it is the right"):
        converted(folder, tmp_path, rows)


def test_no_cell_is_ever_told(folder: Path, tmp_path: Path) -> None:
    done = converted(folder, tmp_path, pair_row("97760", "97110") + pair_row("97760", "SECRET", "SECRET", "SECRET"))
    assert "SECRET" not in "".join(refusals(done))


# --- which setting a file belongs to


def settings_of(folder: Path, *files: Path, **given_words: str) -> list[str]:
    done = convert(mapping_of(folder), CODES, date(2020, 1, 1), files, given_words)
    return [tally.setting["claim_type"] for tally in done.tallies]


def said(folder: Path, *files: Path, **given_words: str) -> list[str]:
    with pytest.raises(InputError) as error:
        convert(mapping_of(folder), CODES, date(2020, 1, 1), files, given_words)
    return [str(problem).rpartition("/")[2] for problem in error.value.problems]


def test_a_file_is_known_by_its_name_and_a_member_by_its_own_before_the_archives(folder: Path, tmp_path: Path) -> None:
    both = put(tmp_path / "all-hosp.zip", zipped({"PROF-edits.txt": HOSPITAL, "rest.txt": HOSPITAL}))
    assert settings_of(folder, both) == ["professional", "institutional"]


def test_a_heading_outweighs_the_name(folder: Path, tmp_path: Path) -> None:
    marked = put(tmp_path / "prof-marked.txt", HOSPITAL.replace("Reason", "Hospital mark"))
    assert settings_of(folder, marked, put(tmp_path / "prof.txt", HOSPITAL)) == ["institutional", "professional"]


def test_a_file_that_does_not_say_it_is_what_the_user_says(folder: Path, tmp_path: Path) -> None:
    files = put(tmp_path / "a.txt", HOSPITAL), put(tmp_path / "hosp.txt", HOSPITAL)
    assert settings_of(folder, *files, claim_type="professional") == ["professional", "institutional"]
    assert said(folder, *files) == [
        "a.txt: the file and its name fit no word of claim_type; say it with --setting claim_type=…, or name the file "
        "by it (prof for professional, hosp for institutional)."
    ]


def test_a_name_that_fits_two_words_is_not_guessed(folder: Path, tmp_path: Path) -> None:
    (sentence,) = said(folder, put(tmp_path / "prof-hosp.txt", HOSPITAL))
    assert sentence.startswith("prof-hosp.txt: the file and its name fit several words of claim_type;")


def test_a_file_of_something_else_is_known_by_its_name(folder: Path, tmp_path: Path) -> None:
    assert said(folder, put(tmp_path / "elsewhere-prof.txt", HOSPITAL)) == [
        "elsewhere-prof.txt: the name of the file says elsewhere; check that it is the right file."
    ]


def test_every_word_needs_a_file_with_a_wanted_row(folder: Path, tmp_path: Path) -> None:
    assert said(folder, put(tmp_path / "prof.txt", HOSPITAL)) == [
        "pairs: no file is known to hold claim_type institutional; "
        "give its file too, or say which it is in the file's name."
    ]
    other = put(tmp_path / "hosp.txt", HEADER + pair_row("97110", "97112"))
    assert said(folder, put(tmp_path / "prof.txt", HOSPITAL), other) == [
        "pairs: the files of claim_type institutional hold no wanted row; check that they are the right."
    ]


def test_where_no_row_is_left_the_refusals_are_told(folder: Path, tmp_path: Path) -> None:
    wrong = put(tmp_path / "hosp.txt", HEADER + pair_row("97760", "97110", "20209999"))
    assert sorted(said(folder, put(tmp_path / "prof.txt", HOSPITAL), wrong)) == [
        "hosp.txt:2: Effective: is no date; write it as YYYYMMDD.",
        "pairs: the files of claim_type institutional hold no wanted row; check that they are the right.",
    ]


def test_one_part_needs_all_the_others(folder: Path, tmp_path: Path) -> None:
    hospital = put(tmp_path / "hosp.txt", HOSPITAL)
    first, second = (put(tmp_path / f"prof-v1-F{n}.txt", HOSPITAL) for n in (1, 2))
    assert said(folder, first, hospital) == [
        "pairs: of the files of claim_type professional these parts are missing: -f2; give every part."
    ]
    assert settings_of(folder, first, second, hospital) == ["professional", "professional", "institutional"]


def test_a_table_without_settings_or_wanted_codes_takes_every_row(folder: Path, tmp_path: Path) -> None:
    path = put(tmp_path / "limits.csv", 'Code,Units\nA0001,"6 a day"\n97760,4 a day\n')
    done = convert(mapping_of(folder, "limits"), CODES, date(2026, 1, 1), [path], {})
    assert {key: rows[0].cells for key, rows in done.kept.items()} == {
        ("A0001",): {"code": "A0001", "units": "6"},
        ("97760",): {"code": "97760", "units": "4"},
    }
    empty = put(tmp_path / "limits.csv", "Code,Units\n")
    with pytest.raises(InputError, match="the files hold no wanted row"):
        convert(mapping_of(folder, "limits"), CODES, date(2026, 1, 1), [empty], {})


DAYS = st.integers(min_value=20200101, max_value=20200120)


@given(st.lists(st.tuples(DAYS, DAYS, st.sampled_from("01")), min_size=1, max_size=8))
def test_kept_rows_never_overlap_and_every_row_is_accounted_for(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int, str]]
) -> None:
    home = tmp_path_factory.mktemp("rows")
    text = "".join(pair_row("97760", "97110", str(first), str(last), mark) for first, last, mark in rows)
    done = converted(folder, home, text + pair_row("97761", "97110"))
    spans = sorted(row.span for row in done.kept.get(("professional", "97760", "97110"), ()))
    assert all(one.last < other.first for one, other in itertools.pairwise(spans))
    assert done.tallies[0].kept + done.tallies[0].repeated + done.refused == len(rows) + 1
    assert done.count == sum(map(len, done.kept.values()))
