"""The text tables in a publisher's file, comma- or tab-separated, plain or zipped, read as a stream.

A table may begin with lines of heading and may wrap its headings over several lines, quoted or not. Text is UTF-8,
line by line Windows-1252 where it is not. Nothing is held but the line at hand.
"""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from crosspayer.authoring.tables.mapping import ImportMapping
from crosspayer.encounter.feed.sheet import fault, rows_of

ENDINGS = (".csv", ".txt", ".tsv", ".tab")
ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")
DELIMITERS = ("\t", ",")
HEADING_LINES = 200
MAX_LINE_BYTES = 1024 * 1024
MAX_BYTES = 4 * 1024**3
"""Of one text table, unpacked: an archive that unpacks to more is refused while it is read."""
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)
"""What `zipfile` raises for an archive that is cut short, altered, packed in an unknown way, or encrypted. None is
swallowed: each becomes a fault of the file."""


class TextTable(NamedTuple):
    """A file, or a member of a zipped one: how messages name it, the two names, and its bytes."""

    origin: str
    file: str
    member: str
    stream: IO[bytes]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A text table whose header row was found.

    `places` gives the index of each mapped column's cell, `headings` all headings, folded. `rows` yields the line on
    which a row begins (from 1) and its cells, and raises `InputError` where the text stops being a table.
    """

    origin: str
    file: str
    member: str
    headings: tuple[str, ...]
    places: Mapping[str, int]
    rows: Iterator[tuple[int, list[str]]]


def text_tables(path: Path) -> Iterator[TextTable]:
    """The text tables of a file, each open until the next is asked for. Raises `InputError`."""
    origin = str(path)
    try:
        with path.open("rb") as stream:
            if stream.read(4) not in ARCHIVE:
                stream.seek(0)
                yield TextTable(origin, path.name, path.name, stream)
                return
    except FileNotFoundError:
        raise fault(origin, "there is no such file", "correct its name") from None
    except OSError:
        raise fault(origin, "the file cannot be read", "check that it is a file you may read") from None
    yield from _members(path, origin)


def _members(path: Path, origin: str) -> Iterator[TextTable]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(name for name in archive.namelist() if not name.endswith("/"))
            if "[Content_Types].xml" in names:
                raise fault(origin, "the file is a workbook or a document", "save the sheet as CSV")
            wanted = [name for name in names if name.casefold().endswith(ENDINGS) and not name.startswith("__MACOSX/")]
            if not wanted:
                raise fault(origin, "the archive holds no CSV or tab-separated file", "check that it is the right file")
            for name in wanted:
                with archive.open(name) as stream:
                    yield TextTable(f"{origin}/{name}", path.name, PurePosixPath(name).name, stream)
    except DAMAGED:
        raise fault(origin, "the archive is damaged or encrypted", "download it again, or unpack it first") from None


def folded(heading: str) -> str:
    """A heading without what varies: case, blanks, line breaks, signs."""
    return "".join(letter for letter in heading.casefold() if letter.isalnum())


def open_sheet(table: TextTable, mapping: ImportMapping) -> Sheet:
    """Find the header row: the first in which every mapped column has its heading. Raises `InputError`."""
    lines = _lines(table)
    first = list(islice(lines, HEADING_LINES))
    if not first:
        raise fault(table.origin, "the file is empty", "check that it is the right file")
    wanted = {name: tuple(folded(heading) for heading in column.headings) for name, column in mapping.columns.items()}
    for delimiter in DELIMITERS:
        for number, cells in enumerate(_sample(first, delimiter), start=1):
            headings = tuple(folded(cell) for cell in cells)
            places = _places(headings, wanted)
            if places is not None:
                reader = rows_of(csv.reader(chain(first, lines), delimiter=delimiter), table.origin)
                rows = islice(reader, number, None)
                return Sheet(table.origin, table.file, table.member, headings, places, rows)
    names = ", ".join(column.headings[0] for column in mapping.columns.values())
    what = f"none of its first {HEADING_LINES} lines is a header row with the columns {names}"
    raise fault(table.origin, what, "check that it is the right file, comma- or tab-separated")


def _sample(lines: list[str], delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(iter(lines), delimiter=delimiter)
    except csv.Error:
        return  # no table of this kind


def _places(headings: tuple[str, ...], wanted: Mapping[str, tuple[str, ...]]) -> dict[str, int] | None:
    """Which cell holds which column, or None: a column has no heading, several, or one that another one has."""
    found: dict[str, int] = {}
    for name, beginnings in wanted.items():
        exact = [index for index, heading in enumerate(headings) if heading in beginnings]
        alike = exact or [index for index, heading in enumerate(headings) if heading.startswith(beginnings)]
        if len(alike) != 1 or alike[0] in found.values():
            return None
        found[name] = alike[0]
    return found


def _lines(table: TextTable) -> Iterator[str]:
    size = number = 0
    while raw := _line(table):
        number += 1
        size += len(raw)
        if len(raw) > MAX_LINE_BYTES or size > MAX_BYTES:
            what = "the line is longer than 1 MiB" if size <= MAX_BYTES else "the table is larger than 4 GiB"
            raise fault(table.origin, what, "check that it is a comma- or tab-separated table", number)
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if b"\0" in raw:
            what = "the file is not text in UTF-8 or Windows-1252"
            raise fault(table.origin, what, "save it as CSV in UTF-8", number)
        try:
            yield raw.decode("utf-8")
        except UnicodeDecodeError:
            yield raw.decode("cp1252", errors="replace")


def _line(table: TextTable) -> bytes:
    try:
        return table.stream.readline(MAX_LINE_BYTES + 1)
    except DAMAGED:
        raise fault(table.origin, "the file is damaged", "download it again") from None
