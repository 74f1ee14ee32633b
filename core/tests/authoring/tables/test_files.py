import zipfile
from pathlib import Path

import pytest
from crosspayer.authoring.tables import files
from crosspayer.authoring.tables.files import open_sheet, text_tables
from crosspayer.authoring.tables.mapping import ImportMapping
from crosspayer.errors import InputError

from core.tests.imports import HEADER, mapping_of, pair_row, plugin_folder, put, zipped

ROW = ["97760", "97110", "20200101", "*", "1", "an invented reason"]
PLACES = {"column_1": 0, "column_2": 1, "from": 2, "to": 3, "indicator": 4}


@pytest.fixture
def mapping(tmp_path: Path) -> ImportMapping:
    return mapping_of(plugin_folder(tmp_path / "plugins"))


def rows(path: Path, mapping: ImportMapping) -> list[tuple[str, int, list[str]]]:
    """Every row of every table of a file: the table's name, the line it begins on, its cells."""
    found = []
    for table in text_tables(path):
        sheet = open_sheet(table, mapping)
        found += [(sheet.member, line, cells) for line, cells in sheet.rows]
    return found


def said(path: Path, mapping: ImportMapping) -> str:
    with pytest.raises(InputError) as error:
        rows(path, mapping)
    return str(error.value).replace(f"{path.parent}/", "")


@pytest.mark.parametrize("separator", ["\t", ","])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_tabs_and_commas_and_both_line_ends(tmp_path: Path, mapping: ImportMapping, separator: str, end: str) -> None:
    text = (HEADER + pair_row("97760", "97110")).replace("\t", separator).replace("\n", end)
    assert rows(put(tmp_path / "prof.txt", text), mapping) == [("prof.txt", 2, ROW)]


def test_the_last_line_need_not_end(tmp_path: Path, mapping: ImportMapping) -> None:
    text = HEADER + pair_row("97760", "97110").rstrip("\n")
    assert rows(put(tmp_path / "prof.txt", text), mapping) == [("prof.txt", 2, ROW)]


def test_lines_of_heading_stand_before_the_header_row(tmp_path: Path, mapping: ImportMapping) -> None:
    notice = '"A notice, over\ntwo lines"\nColumn1/Column2 Edits\t\t\n\n'
    text = notice + HEADER + pair_row("97760", "97110")
    assert rows(put(tmp_path / "prof.txt", text), mapping) == [("prof.txt", 6, ROW)]


def test_a_heading_may_be_wrapped_in_quotes(tmp_path: Path, mapping: ImportMapping) -> None:
    header = (
        '"Column\n1",Column 2,Effective Date,"Deletion Date\n*=no data","Modifier\n0=not allowed\n1=allowed",Reason\n'
    )
    text = header + pair_row("97760", "97110").replace("\t", ",")
    assert rows(put(tmp_path / "prof.csv", text), mapping) == [("prof.csv", 6, ROW)]


def test_columns_are_found_by_name_wherever_they_stand(tmp_path: Path, mapping: ImportMapping) -> None:
    path = put(tmp_path / "prof.csv", "Modifier,Note,deletion date,EFFECTIVE,Column 2,Column 1\n1,x,*,20200101,b,a\n")
    tables = text_tables(path)
    assert open_sheet(next(tables), mapping).places == {
        "column_1": 5,
        "column_2": 4,
        "from": 3,
        "to": 2,
        "indicator": 0,
    }


def test_an_exact_heading_outweighs_one_that_begins_alike(tmp_path: Path, mapping: ImportMapping) -> None:
    text = "Column 1\tColumn 10\tColumn 2\tEffective\tDeletion\tModifier\n"
    tables = text_tables(put(tmp_path / "prof.txt", text))
    assert open_sheet(next(tables), mapping).places["column_1"] == 0


def test_a_quoted_cell_may_hold_line_breaks_and_the_row_is_told_by_its_first_line(
    tmp_path: Path, mapping: ImportMapping
) -> None:
    text = HEADER + '97760\t97110\t20200101\t*\t1\t"two\nlines"\n' + pair_row("97760", "97112")
    found = rows(put(tmp_path / "prof.txt", text), mapping)
    assert [(line, cells[1], cells[5]) for _, line, cells in found] == [
        (2, "97110", "two\nlines"),
        (4, "97112", "an invented reason"),
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_heading(tmp_path: Path, mapping: ImportMapping) -> None:
    text = b"\xef\xbb\xbf" + (HEADER + pair_row("97760", "97110")).encode()
    assert rows(put(tmp_path / "prof.txt", text), mapping) == [("prof.txt", 2, ROW)]


def test_utf_8_and_windows_1252(tmp_path: Path, mapping: ImportMapping) -> None:
    text = HEADER + "97760\t97110\t20200101\t*\t1\tman’s\n"
    for encoding in ("utf-8", "cp1252"):
        (row,) = rows(put(tmp_path / "prof.txt", text.encode(encoding)), mapping)
        assert row[2][5] == "man’s"


def test_a_text_may_begin_like_an_archive(tmp_path: Path, mapping: ImportMapping) -> None:
    assert len(rows(put(tmp_path / "prof.txt", "PK\n" + HEADER + pair_row("97760", "97110")), mapping)) == 1


def test_an_archive_gives_its_text_tables_in_order(tmp_path: Path, mapping: ImportMapping) -> None:
    content = HEADER + pair_row("97760", "97110")
    members: dict[str, str | bytes] = {
        "b/prof-2.TXT": content,
        "prof-1.csv": content,
        "prof.xlsx": b"x",
        "__MACOSX/prof-1.csv": b"x",
        "b/": b"",
    }
    path = put(tmp_path / "prof.zip", zipped(members))
    assert rows(path, mapping) == [("prof-2.TXT", 2, ROW), ("prof-1.csv", 2, ROW)]


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path: Path, mapping: ImportMapping) -> None:
    assert said(tmp_path / "none.csv", mapping) == "none.csv: there is no such file; correct its name."
    (tmp_path / "folder").mkdir()
    assert said(tmp_path / "folder", mapping) == (
        "folder: the file cannot be read; check that it is a file you may read."
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "prof: the file is empty; check that it is the right file."),
        (
            "Code,Units\n97760,6\n",
            "prof: none of its first 200 lines is a header row with the columns Column 1, Column 2, Effective, "
            "Deletion, Modifier; check that it is the right file, comma- or tab-separated.",
        ),
        (
            HEADER.encode("utf-16"),
            "prof:1: the file is not text in UTF-8 or Windows-1252; save it as CSV in UTF-8.",
        ),
        (
            "x" * (1024 * 1024 + 1),
            "prof:1: the line is longer than 1 MiB; check that it is a comma- or tab-separated table.",
        ),
        (
            HEADER + '97760\t97110\t20200101\t*\t1\t"' + "open\n" * 40_000,
            "prof:2: from this line on it cannot be read as a table; check its quotes and line ends.",
        ),
        (
            zipped({"[Content_Types].xml": "", "xl/workbook.xml": ""}),
            "prof: the file is a workbook or a document; save the sheet as CSV.",
        ),
        (
            zipped({"readme.pdf": b"x"}),
            "prof: the archive holds no CSV or tab-separated file; check that it is the right file.",
        ),
        (b"PK\x03\x04 broken", "prof: the archive is damaged or encrypted; download it again, or unpack it first."),
        (zipped({}), "prof: the archive holds no CSV or tab-separated file; check that it is the right file."),
    ],
    ids=["empty", "other", "utf-16", "long", "quote", "workbook", "pdf", "broken", "nothing"],
)
def test_a_file_that_cannot_be_used(
    tmp_path: Path, mapping: ImportMapping, content: str | bytes, sentence: str
) -> None:
    assert said(put(tmp_path / "prof", content), mapping) == sentence


def test_a_damaged_member_is_told_apart_from_a_short_one(tmp_path: Path, mapping: ImportMapping) -> None:
    data = bytearray(zipped({"prof.txt": HEADER + "".join(pair_row("97760", f"{n}") for n in range(10_000, 19_000))}))
    with zipfile.ZipFile(put(tmp_path / "prof.zip", bytes(data))) as archive:
        begin = archive.getinfo("prof.txt").header_offset
    data[begin + 2000 : begin + 2100] = bytes(100)
    assert said(put(tmp_path / "prof.zip", bytes(data)), mapping) == (
        "prof.zip/prof.txt: the file is damaged; download it again."
    )


def test_a_table_that_never_ends_is_refused(
    tmp_path: Path, mapping: ImportMapping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 10_000)
    path = put(tmp_path / "prof.zip", zipped({"prof.txt": HEADER + pair_row("97760", "97110") * 10_000}))
    assert said(path, mapping).endswith(
        "the table is larger than 4 GiB; check that it is a comma- or tab-separated table."
    )
