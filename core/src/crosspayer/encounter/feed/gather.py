"""Rows of a table gathered into encounters, which then go through the same strict checks as any other.

A row that cannot be read rejects its encounter: half a day of service would look like a whole one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import IO, Any, NamedTuple

from crosspayer.encounter.feed.cells import Misfit
from crosspayer.encounter.feed.columns import Column, ColumnMap, Place
from crosspayer.encounter.feed.payer_map import PayerMap
from crosspayer.encounter.feed.schema import DIAGNOSES
from crosspayer.encounter.feed.sheet import Row, Sheet, folded, open_sheet
from crosspayer.encounter.model import FORMAT, MAX_TEXT
from crosspayer.encounter.read import Encounter
from crosspayer.errors import InputError, Problem, nearest

CODE, DAY = ("code",), ("service_date",)
Identifiers = tuple[tuple[str, str], ...]
"""What a feed says of a coverage's payer: names of identifiers and their texts, sorted."""


@dataclass(slots=True)
class Reading:
    """What was read of a table, and what was not: `notes` are about the whole file, `problems` reject encounters."""

    origin: str
    encounters: int = 0
    rejected: int = 0
    notes: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unmapped: Counter[Identifiers] = field(default_factory=Counter)


class _Said(NamedTuple):
    """What one row says: of its line and of its encounter, by place; and its coverages' identifiers."""

    line: int
    values: dict[Place, Any]
    identifiers: dict[tuple[int, str], str]
    faults: list[tuple[str, str, str]]  # heading, what, remedy

    @property
    def day(self) -> str | None:
        """The day of service."""
        day: str | None = self.values.get(_DAY)
        return day


_CODE, _DAY = Place("line", 0, CODE), Place("line", 0, DAY)
Kept = tuple[int, tuple[str, ...]]
"""The line of a row, and its cells that the map reads."""


def read_table(
    stream: IO[bytes], origin: str, columns: ColumnMap, payers: PayerMap | None, reading: Reading
) -> Iterator[Encounter]:
    """The encounters of a table in order of their first rows, those of one key by day of service.

    What cannot be read is noted in `reading` on the way. Raises `InputError` where the file is no table the map fits.
    """
    wanted = dict.fromkeys((*columns.encounter, *columns.code_headings))
    sheet = open_sheet(stream, origin, tuple(wanted), columns.encoding, columns.delimiter)
    gathering = _Gathering(sheet, columns, payers, reading)
    seen: set[str] = set()
    for key, rows in gathering.groups().items():
        for encounter in gathering.encounters(key, rows):
            if encounter.id in seen:
                gathering.reject(
                    [Problem(origin, encounter.first_line, None, "", "another encounter has the same id", _SAME_ID)]
                )
                continue
            seen.add(encounter.id)
            reading.encounters += 1
            yield encounter


_SAME_ID = "name more columns under encounter in the map"


class _Gathering:
    """Reads the rows of one table by its map."""

    def __init__(self, sheet: Sheet, columns: ColumnMap, payers: PayerMap | None, reading: Reading) -> None:
        self.sheet, self.map, self.payers, self.reading = sheet, columns, payers, reading
        places = _places(sheet, columns)
        used = sorted({places[folded(h)] for h in (*columns.encounter, *_headings(columns)) if folded(h) in places})
        self.used = used
        at = {heading: used.index(index) for heading, index in places.items() if index in used}
        self.key = [at[folded(heading)] for heading in columns.encounter]
        self.columns: list[tuple[Column, tuple[int, ...]]] = []
        for column in columns.columns:
            absent = [heading for heading in column.headings if folded(heading) not in at]
            if absent:
                self._absent(absent)
            else:
                self.columns.append((column, tuple(at[folded(heading)] for heading in column.headings)))
        days = [folded(c.headings[0]) for c, _ in self.columns if c.place == _DAY]
        self.day_in_key = [folded(heading) in days for heading in columns.encounter]

    def _absent(self, headings: Sequence[str]) -> None:
        near = nearest(headings[0], [heading for heading in self.sheet.headings if heading])
        named = ", ".join(headings)
        remedy = f"did you mean {near}?" if near else "take it out of the map if the export never has it"
        what = f"the header row has no column {named}, so what it holds is unknown"
        self.reading.notes.append(Problem(self.sheet.origin, 1, None, "", what, remedy))

    def reject(self, problems: Iterable[Problem], encounters: int = 1) -> None:
        """Note why encounters are not answered."""
        self.reading.problems += problems
        self.reading.rejected += encounters

    def groups(self) -> dict[tuple[str, ...], list[Kept]]:
        """The rows of the file by their encounter, wherever they stand; equal cells are held once."""
        found: dict[tuple[str, ...], list[Kept]] = {}
        once, used, wide = _Once(), self.used, len(self.sheet.headings)
        broken: set[tuple[str, ...]] = set()
        for row in self.sheet.rows:
            texts = row.cells
            if not any(map(str.strip, texts)):
                continue
            ragged = None
            if len(texts) != wide:
                ragged = self._ragged(row)
                texts = [*texts, *[""] * (wide - len(texts))]
            cells = tuple([once[texts[index]] for index in used])
            key = tuple(cells[index] for index in self.key)
            if ragged is not None:
                self.reading.problems.append(ragged)
                broken.add(key)
            elif not all(key):
                heading = self.map.encounter[key.index("")]
                what = "is empty, so it is not known to which encounter the row belongs"
                self.reject([Problem(self.sheet.origin, row.line, None, heading, what, "fill the cell")], 0)
            else:
                found.setdefault(key, []).append((row.line, cells))
        for key in broken & found.keys():  # a line of it may be missing
            del found[key]
        self.reading.rejected += len(broken)
        if not found and not self.reading.problems:
            what = "the table has no rows below its header"
            self.reading.problems.append(Problem(self.sheet.origin, None, None, "", what, "give at least one"))
        return found

    def _ragged(self, row: Row) -> Problem | None:
        wide = len(self.sheet.headings)
        if len(row.cells) > wide and not any(map(str.strip, row.cells[wide:])):
            return None
        what = f"the row has {len(row.cells)} cells, the header {wide}"
        remedy = "complete the row" if len(row.cells) < wide else "put a cell that holds the delimiter in quotes"
        return Problem(self.sheet.origin, row.line, None, "", what, remedy)

    # --- one key

    def encounters(self, key: tuple[str, ...], rows: Sequence[Kept]) -> Iterator[Encounter]:
        """The encounters of the rows of one key: one for each day of service."""
        said = [self._row(line, cells) for line, cells in rows]
        days = sorted({one.day for one in said if one.day is not None})
        homeless = [one for one in said if one.day is None and (len(days) > 1 or self._day_failed(one))]
        if homeless:
            found = [problem for one in said for problem in self._told(one)]
            for one in homeless:
                if not self._day_failed(one):
                    what = "the day of service is empty, and other rows of the encounter are of several days"
                    found.append(Problem(self.sheet.origin, one.line, None, "", what, "fill the cell"))
            self.reject(found, max(1, len(days)))
            return
        no_days: list[str | None] = [None]
        for day in days or no_days:
            of_day = said if len(days) < 2 else [one for one in said if one.day == day]
            found = [problem for one in of_day for problem in self._told(one)]
            if found:
                self.reject(found)
                continue
            made = self._encounter(self._id(key, day, apart=len(days) > 1), day, of_day)
            if made is not None:
                yield made

    def _day_failed(self, one: _Said) -> bool:
        headings = [c.headings[0] for c, _ in self.columns if c.place == _DAY]
        return any(heading in headings for heading, _, _ in one.faults)

    def _told(self, one: _Said) -> list[Problem]:
        return [Problem(self.sheet.origin, one.line, None, *fault) for fault in one.faults]

    def _id(self, key: tuple[str, ...], day: str | None, *, apart: bool) -> str:
        dated = [is_day and day is not None for is_day in self.day_in_key]
        parts = [day if is_day else part for is_day, part in zip(dated, key, strict=True)]
        return "-".join([*map(str, parts), *([str(day)] if apart and not any(dated) else [])])

    def _row(self, line: int, cells: tuple[str, ...]) -> _Said:
        said = _Said(line, dict(self.map.constants), {}, [])
        for column, at in self.columns:
            try:
                self._column(column, [cells[index] for index in at], said)
            except Misfit as misfit:
                said.faults.append((", ".join(column.headings), misfit.what, misfit.remedy))
        return said

    def _column(self, column: Column, cells: list[str], said: _Said) -> None:
        texts = [cell for cell in cells if cell and cell not in column.unknown] if any(cells) else []
        if column.codes is not None and column.place is not None:
            codes = [code for text in texts for code in column.codes(text)]
            if codes or (column.none and not any(cells)):
                _set(said.values, column.place, codes)
        elif not texts:
            if column.place == _CODE:
                raise Misfit("is empty", "write the procedure code")
        elif column.read is not None:
            for place, value in chain.from_iterable(map(column.read, texts)):
                _set(said.values, place, value)
        elif said.identifiers.setdefault((column.coverage, column.identifier), texts[0]) != texts[-1]:
            raise Misfit("say different things", "correct the row")

    # --- one encounter

    def _encounter(self, name: str, day: str | None, rows: list[_Said]) -> Encounter | None:
        origin, first = self.sheet.origin, rows[0].line
        shared: dict[Place, Any] = {}
        identifiers: dict[tuple[int, str], str] = {}
        found: list[Problem] = []
        for one in rows:
            for place, value in one.values.items():
                if place.entity != "line" and shared.setdefault(place, value) != value:
                    found.append(_disagrees(origin, one.line, first, place.heads))
            for key, text in one.identifiers.items():
                if identifiers.setdefault(key, text) != text:
                    found.append(_disagrees(origin, one.line, first, key[1]))
        if len(name) > MAX_TEXT:
            what = f"the cells that name the encounter are longer than {MAX_TEXT} characters"
            found.append(Problem(origin, first, None, "", what, "name other columns under encounter in the map"))
        if found:
            self.reject(found)
            return None
        document = {"format": FORMAT, "id": name, **self._document(shared, identifiers, day)}
        document["lines"] = [_nested(one.values, "line") for one in rows]
        try:
            made = Encounter.from_mapping(document, origin)
        except InputError as error:
            self.reject(_placed(problem, rows) for problem in error.problems)
            return None
        return Encounter(made.facts, made.raw, origin, first, 0)

    def _document(
        self, shared: dict[Place, Any], identifiers: dict[tuple[int, str], str], day: str | None
    ) -> dict[str, Any]:
        diagnoses = shared.pop(Place("", 0, (DIAGNOSES,)), None)
        document = _nested(shared, "")
        if diagnoses is not None:
            document["diagnoses"] = [{"code": code} for code in diagnoses]
        numbers = {place.coverage for place in shared if place.entity == "coverage"} | {n for n, _ in identifiers}
        if numbers:
            document["coverages"] = [self._coverage(n, shared, identifiers, day) for n in sorted(numbers)]
        return document

    def _coverage(
        self, number: int, shared: dict[Place, Any], identifiers: dict[tuple[int, str], str], day: str | None
    ) -> dict[str, Any]:
        coverage = _nested(shared, "coverage", number)
        given = {name: text for (n, name), text in identifiers.items() if n == number}
        if given:
            on = None if day is None else date.fromisoformat(day)
            payee = self.payers.find(given, on) if self.payers is not None else None
            if payee is None:
                self.reading.unmapped[tuple(sorted(given.items()))] += 1
            else:
                coverage |= {"payer": payee.payer} | ({"plan": payee.plan} if payee.plan else {})
        return coverage


class _Once(dict[str, str]):
    """Cells without the blanks around them, equal ones held once."""

    def __missing__(self, cell: str) -> str:
        text = cell.strip()
        kept = self[cell] = text if text == cell else self[text]
        return kept


def _set(values: dict[Place, Any], place: Place, value: Any) -> None:
    if values.setdefault(place, value) != value:
        raise Misfit(f"says otherwise of {place.heads} than another column or a constant", "correct the row or the map")


def _nested(values: dict[Place, Any], entity: str, coverage: int = 0) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for place, value in values.items():
        if place.entity == entity and place.coverage == coverage:
            node = root
            for step in place.steps[:-1]:
                node = node.setdefault(step, {})
            node[place.steps[-1]] = value
    return root


def _disagrees(origin: str, line: int, first: int, what: str) -> Problem:
    says = f"differs from line {first} or another row of the same encounter"
    return Problem(origin, line, None, what, says, "an encounter has one value of it: correct the rows")


def _placed(problem: Problem, rows: Sequence[_Said]) -> Problem:
    """A fault of the made encounter as one of the row it came from."""
    head, _, rest = problem.path.partition("]")
    position = head.removeprefix("lines[")
    row = rows[int(position)] if head.startswith("lines[") and position.isdigit() else rows[0]
    return Problem(problem.origin, row.line, None, rest.lstrip(".") or problem.path, problem.what, problem.remedy)


def _headings(columns: ColumnMap) -> Iterator[str]:
    for column in columns.columns:
        yield from column.headings


def _places(sheet: Sheet, columns: ColumnMap) -> dict[str, int]:
    """Which cell stands under each heading. Raises `InputError` where one that the map names stands twice."""
    names = {folded(heading): heading for heading in (*columns.encounter, *_headings(columns))}
    found: dict[str, int] = {}
    for index, heading in enumerate(map(folded, sheet.headings)):
        if heading in names and heading in found:
            what = f"the header row has two columns {names[heading]}"
            raise InputError([Problem(sheet.origin, 1, None, "", what, "rename one in the file")])
        found.setdefault(heading, index)
    return found
