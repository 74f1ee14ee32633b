"""A table in a text file: its header row found, its rows one by one. Nothing is held but the row at hand."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import IO, Any, NamedTuple

from crosspayer.encounter.feed.schema import DELIMITERS
from crosspayer.errors import InputError, Problem, nearest

MAX_LINE_BYTES = 1024 * 1024
MARK = b"\xef\xbb\xbf"


class Row(NamedTuple):
    """The line of the file on which a row begins (from 1), and its cells."""

    line: int
    cells: list[str]


class Sheet(NamedTuple):
    """A table: how messages name it, the headings as they stand, and the rows below them.

    Reading on raises `InputError` where the text stops being a table.
    """

    origin: str
    headings: tuple[str, ...]
    rows: Iterator[Row]


def open_sheet(
    stream: IO[bytes], origin: str, wanted: Sequence[str], encoding: str = "utf-8", delimiter: str | None = None
) -> Sheet:
    """The table of a stream. Its delimiter is the given one, else the one candidate that parts the first row so that
    each heading of `wanted` stands in it. Raises `InputError`.
    """
    lines = _lines(stream, origin, encoding)
    first = _first_record(lines, origin)
    fits = {}
    for candidate in [delimiter] if delimiter else DELIMITERS:
        headings = tuple(cell.strip() for cell in _header(first, candidate))
        if {folded(heading) for heading in wanted} <= {folded(heading) for heading in headings}:
            fits[candidate] = headings
    if len(fits) != 1:
        raise _no_header(origin, first, wanted, fits, delimiter)
    ((found, headings),) = fits.items()
    rows = rows_of(csv.reader(chain(first, lines), delimiter=found, strict=True), origin)
    next(rows)  # the header row
    return Sheet(origin, headings, rows)


def folded(heading: str) -> str:
    """A heading without what varies: case, and blanks around it."""
    return heading.strip().casefold()


def header_candidates(stream: IO[bytes], origin: str, encoding: str) -> dict[str, tuple[str, ...]]:
    """The first row of a stream, as each delimiter that stands in it parts it; read no further than that row."""
    first = _first_record(_lines(stream, origin, encoding), origin)
    made = {candidate: tuple(cell.strip() for cell in _header(first, candidate)) for candidate in DELIMITERS}
    return {candidate: headings for candidate, headings in made.items() if len(headings) > 1} or {",": made[","]}


def _first_record(lines: Iterator[str], origin: str) -> list[str]:
    """The lines of the first row: a quoted heading may go on over several."""
    taken: list[str] = []
    for line in lines:
        taken.append(line)
        if sum(part.count('"') for part in taken) % 2 == 0:
            break
    if not "".join(taken).strip():
        what = "the first line is blank" if taken else "the file is empty"
        raise fault(origin, what, "give a table whose first row holds the headings", 1 if taken else None)
    return taken


def _header(first: Iterable[str], delimiter: str) -> list[str]:
    try:
        return next(csv.reader(iter(first), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        return []


def _no_header(
    origin: str, first: list[str], wanted: Sequence[str], fits: Mapping[str, object], delimiter: str | None
) -> InputError:
    """The file's own words are not repeated: where the header row is missing, they are a patient's."""
    if fits:
        return fault(origin, "several delimiters part the header row as mapped", "write delimiter in the map", 1)
    parted = [_header(first, candidate) for candidate in ([delimiter] if delimiter else DELIMITERS)]
    best = max(parted, key=lambda cells: len({folded(cell) for cell in cells} & {folded(name) for name in wanted}))
    missing = [name for name in wanted if folded(name) not in {folded(cell) for cell in best}]
    some = len(missing) < len(wanted)
    near = nearest(missing[0], [cell.strip() for cell in best]) if some else None
    what = f"the header row has no column {', '.join(missing)}"
    hint = f"it has {near}: did the export change?" if near else "check the file, or name the columns in the map"
    return fault(origin, what, hint, 1)


def _lines(stream: IO[bytes], origin: str, encoding: str) -> Iterator[str]:
    codec = "cp1252" if encoding == "windows-1252" else encoding
    number = 0
    while raw := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(raw) > MAX_LINE_BYTES:
            raise fault(origin, "the line is longer than 1 MiB", "check that the file is a table in text", number)
        if number == 1:
            if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise fault(origin, "the file is UTF-16 text", "save it as CSV in UTF-8", number)
            if raw.startswith(b"PK\x03\x04"):
                raise fault(origin, "the file is a workbook or an archive", "save the sheet as CSV in UTF-8")
            raw = raw.removeprefix(MARK)
        if b"\0" in raw:
            raise fault(origin, "the line holds a NUL byte, which no text has", "save the file as CSV again", number)
        try:
            yield raw.decode(codec)
        except UnicodeDecodeError:
            if codec == "cp1252":
                remedy = "save it as UTF-8"
            else:
                remedy = 'save it as UTF-8, or write encoding = "windows-1252" in the map if that is what it is'
            raise fault(origin, f"the line is not {encoding.upper()} text", remedy, number) from None


def rows_of(reader: Any, origin: str) -> Iterator[Row]:
    """The rows of a `csv` reader with the lines on which they begin. Raises `InputError` where it is no table."""
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            what = "from this line on it cannot be read as a table"
            raise fault(origin, what, "check its quotes and line ends", begins) from None
        yield Row(begins, cells)


def fault(origin: str, what: str, remedy: str, line: int | None = None) -> InputError:
    """One thing that is wrong with a file."""
    return InputError([Problem(origin, line, None, "", what, remedy)])
