import pytest

from core.tests.encounter.feed.tables import CODE, DAY, HEAD, PLAIN, column, read

ROW = "10/05/2026,97760"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_parts_the_header_as_mapped(delimiter: str) -> None:
    made, wrong, _ = read(delimiter.join(("claim", "dos", "cpt")) + "\n" + delimiter.join(("A", "10/05/2026", "97760")))
    assert ([one["id"] for one in made], wrong) == (["A"], [])


def test_a_delimiter_given_is_the_only_one() -> None:
    _, wrong, _ = read(f"claim,dos,cpt\nA,{ROW}\n", f'format = 1\ndelimiter = ";"\nencounter = ["claim"]\n{CODE}{DAY}')
    assert wrong == [
        "feed.csv:1: the header row has no column claim, cpt; check the file, or name the columns in the map."
    ]


def test_a_byte_order_mark_and_crlf_are_no_fault_nor_case_and_blanks_of_headings() -> None:
    made, wrong, _ = read(f"\ufeffClaim, DOS ,CPT\r\nA,{ROW}\r\n")
    assert ([one["id"] for one in made], wrong) == (["A"], [])


def test_a_quoted_line_break_is_part_of_its_cell_and_lines_are_counted() -> None:
    made, wrong, _ = read(f'claim,dos,cpt,note\nA,{ROW},"two\nlines"\nB,10/05/2026,bad,\n')
    assert [one["id"] for one in made] == ["A"]
    assert wrong == ["feed.csv:4: cpt: is no procedure code; write it as ^[A-Z0-9]{5}$."]


def test_a_heading_may_go_on_over_lines() -> None:
    made, wrong, _ = read(f'"claim",dos,cpt,"a\nnote"\nA,{ROW},\n')
    assert ([one["id"] for one in made], wrong) == (["A"], [])


def test_windows_1252_is_read_only_where_the_map_says_so() -> None:
    raw = f"claim,dos,cpt\nÄ,{ROW}\n".encode("cp1252")
    made, wrong, _ = read(raw)
    assert made == []
    assert wrong == [
        'feed.csv:2: the line is not UTF-8 text; save it as UTF-8, or write encoding = "windows-1252" in the map if '
        "that is what it is."
    ]
    made, wrong, _ = read(raw, 'encoding = "windows-1252"\n' + PLAIN)
    assert ([one["id"] for one in made], wrong) == (["Ä"], [])


@pytest.mark.parametrize(
    ("raw", "wrong"),
    [
        (b"", "feed.csv: the file is empty; give a table whose first row holds the headings."),
        (b"\n\n", "feed.csv:1: the first line is blank; give a table whose first row holds the headings."),
        (b"claim,dos,cpt\n", "feed.csv: the table has no rows below its header; give at least one."),
        (
            b"claim,dos,cpt\nA,10/05/2026,97\x0060\n",
            "feed.csv:2: the line holds a NUL byte, which no text has; save the file as CSV again.",
        ),
        (b"\xff\xfec\0l\0", "feed.csv:1: the file is UTF-16 text; save it as CSV in UTF-8."),
        (b"PK\x03\x04", "feed.csv: the file is a workbook or an archive; save the sheet as CSV in UTF-8."),
        (
            b'claim,dos,cpt\nA,10/05/2026,"97760\nB,10/05/2026,97760\n',
            "feed.csv:2: from this line on it cannot be read as a table; check its quotes and line ends.",
        ),
        (
            b"claim,dos,cpt\rA,10/05/2026,97760\r",
            "feed.csv:1: the header row has no column claim, cpt; check the file, or name the columns in the map.",
        ),
        (
            b"claim,dos,cpt,CPT\nA,10/05/2026,97760,97761\n",
            "feed.csv:1: the header row has two columns cpt; rename one in the file.",
        ),
        (
            b"claim,dos,cptt\nA,10/05/2026,97760\n",
            "feed.csv:1: the header row has no column cpt; it has cptt: did the export change?",
        ),
        (
            b"x" * (1024 * 1024 + 1),
            "feed.csv:1: the line is longer than 1 MiB; check that the file is a table in text.",
        ),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(raw: bytes, wrong: str) -> None:
    assert read(raw)[:2] == ([], [wrong])


def test_a_file_without_a_header_row_does_not_give_away_its_first() -> None:
    _, wrong, _ = read("Jane Roe,10/05/2026,97760\n")
    assert wrong == [
        "feed.csv:1: the header row has no column claim, cpt; check the file, or name the columns in the map."
    ]


def test_ten_thousand_columns() -> None:
    others = [f"c{number}" for number in range(10_000)]
    header = ",".join(["claim", *others, "dos", "cpt"])
    made, wrong, _ = read(f"{header}\nA,{',' * 9_999},{ROW}\n")
    assert ([one["id"] for one in made], wrong) == (["A"], [])


def test_a_column_that_nearly_stands_there_is_suggested() -> None:
    _, _, reading = read(f"claim,dos,cpt,unit\nA,{ROW},1\n", HEAD + CODE + DAY + column("units", "line.units"))
    assert [note.remedy for note in reading.notes] == ["did you mean unit?"]
