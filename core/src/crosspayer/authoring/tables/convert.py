"""Turning the rows of a publisher's files into rows of a table, and saying of every row that is refused why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from crosspayer.authoring.tables.cells import is_code, table_cell
from crosspayer.authoring.tables.files import Sheet, folded, open_sheet, text_tables
from crosspayer.authoring.tables.mapping import IN_FORCE, ImportMapping
from crosspayer.encounter.feed.cells import Misfit
from crosspayer.encounter.feed.sheet import fault
from crosspayer.errors import InputError, Problem
from crosspayer.policy.dating import Span
from crosspayer.policy.documents import MAX_ROWS

MAX_SHOWN = 20
"""Refused rows that are told one by one; the others are counted."""


@dataclass(slots=True)
class Tally:
    """What became of the rows of one text table.

    `other` are rows without a wanted code, `repeated` those that say what another row says; `skipped` counts by reason.
    """

    origin: str
    setting: Mapping[str, str]
    rows: int = 0
    kept: int = 0
    other: int = 0
    repeated: int = 0
    skipped: dict[str, int] = field(default_factory=dict)


class Kept(NamedTuple):
    """A row that was kept: its cells as CSV text by column, the days it is in force, and where it stood."""

    cells: Mapping[str, str]
    span: Span
    place: str


@dataclass(slots=True)
class Conversion:
    """The rows that were kept, by key, and the account of all others. `shown` are the first refusals."""

    kept: dict[tuple[str, ...], list[Kept]] = field(default_factory=dict)
    count: int = 0
    tallies: list[Tally] = field(default_factory=list)
    refused: int = 0
    shown: list[Problem] = field(default_factory=list)

    def refuse(self, origin: str, line: int, column: str, what: str, remedy: str) -> None:
        """Count a row that cannot be taken, and tell of it if not too many were told already."""
        self.refused += 1
        if len(self.shown) < MAX_SHOWN:
            self.shown.append(Problem(origin, line, None, column, what, remedy))


def convert(
    mapping: ImportMapping,
    codes: frozenset[str],
    covers_from: date,
    paths: Iterable[Path],
    settings: Mapping[str, str],
) -> Conversion:
    """Read the files. `codes` are the codes of interest, `settings` the words of files that do not say theirs.

    Rows that ended before `covers_from` are left out.

    Raises `InputError` where a file cannot be used at all, or where a setting has no file.
    """
    done = Conversion()
    names: list[tuple[Mapping[str, str], str]] = []
    for path in paths:
        for table in text_tables(path):
            sheet = open_sheet(table, mapping)
            setting = _settings(sheet, mapping, settings)
            names.append((setting, f"{sheet.file} {sheet.member}".casefold()))
            _Taker(mapping, codes, covers_from, setting, sheet, done).take()
    _every_word_has_files(mapping, names, done)
    return done


def _settings(sheet: Sheet, mapping: ImportMapping, given: Mapping[str, str]) -> dict[str, str]:
    """The words a file belongs to: by its headings, else by its name, else by the archive's name, else as given."""
    for name in (sheet.file, sheet.member):
        unfit = [part for part in mapping.not_named if part in name.casefold()]
        if unfit:
            raise fault(sheet.origin, f"the name of the file says {unfit[0]}", "check that it is the right file")
    found = {}
    for column, words in mapping.settings.items():
        said = [
            [w.value for w in words if any(h.startswith(tuple(map(folded, w.headings))) for h in sheet.headings)],
            [w.value for w in words if any(part in sheet.member.casefold() for part in w.named)],
            [w.value for w in words if any(part in sheet.file.casefold() for part in w.named)],
            [given[column]] if column in given else [],
        ]
        word = next((values for values in said if values), [])
        if len(word) != 1:
            names = ", ".join(f"{part} for {w.value}" for w in words for part in w.named[:1])
            what = f"the file and its name fit {'several words' if word else 'no word'} of {column}"
            raise fault(sheet.origin, what, f"say it with --setting {column}=…, or name the file by it ({names})")
        found[column] = word[0]
    return found


def _every_word_has_files(mapping: ImportMapping, names: list[tuple[Mapping[str, str], str]], done: Conversion) -> None:
    """A setting without a file, or a part that is missing, would look like a list without rows: refuse it."""
    faults = []
    origin = mapping.table.id
    for column, words in mapping.settings.items():
        for word in words:
            given = [name for setting, name in names if setting[column] == word.value]
            there = [part for part in word.parts if any(part in name for name in given)]
            missing = [part for part in word.parts if part not in there]
            kept = sum(tally.kept for tally in done.tallies if tally.setting[column] == word.value)
            if not given:
                what = f"no file is known to hold {column} {word.value}"
                remedy = "give its file too, or say which it is in the file's name"
            elif there and missing:
                what = f"of the files of {column} {word.value} these parts are missing: {', '.join(missing)}"
                remedy = "give every part"
            elif not kept:
                what, remedy = f"the files of {column} {word.value} hold no wanted row", "check that they are the right"
            else:
                continue
            faults.append(Problem(origin, None, None, "", what, remedy))
    if not done.count and not faults:
        faults.append(Problem(origin, None, None, "", "the files hold no wanted row", "check that they are the right"))
    if faults:
        raise InputError([*faults, *done.shown])


class _Taker:
    """Takes the rows of one sheet."""

    def __init__(
        self,
        mapping: ImportMapping,
        codes: frozenset[str],
        covers_from: date,
        setting: Mapping[str, str],
        sheet: Sheet,
        done: Conversion,
    ) -> None:
        self.mapping, self.codes, self.covers_from = mapping, codes, covers_from
        self.setting, self.sheet, self.done = setting, sheet, done
        self.tally = Tally(sheet.origin, setting)
        done.tallies.append(self.tally)
        self.columns = {**mapping.table.columns, **IN_FORCE}
        self.anchors = [(name, sheet.places[name], mapping.columns[name].length) for name in mapping.anchors]
        self.wanted = [sheet.places[name] for name in mapping.keep_codes_in]
        self.skip = [(sheet.places[rule.column], rule.cells, rule.why) for rule in mapping.skip]
        self.least = max(sheet.places.values()) + 1
        self.begun = False

    def take(self) -> None:
        """Every row: kept, counted, or refused."""
        tally, wanted, codes = self.tally, self.wanted, self.codes
        for line, cells in self.sheet.rows:
            if self._is_note(cells):
                continue
            tally.rows += 1
            if not self._is_row(line, cells):
                continue
            if wanted and not any(cells[index].strip() in codes for index in wanted):
                tally.other += 1
                continue
            self._one(line, cells)

    def _is_note(self, cells: list[str]) -> bool:
        """An empty line, a line of text among the rows, or a heading that goes on below the header row."""
        if not self.begun and not any(cells[i].strip() for _, i, _ in self.anchors if i < len(cells)):
            return True
        filled = [cell for cell in cells if cell and not cell.isspace()]
        return not filled or (len(filled) == 1 and " " in filled[0].strip())

    def _is_row(self, line: int, cells: list[str]) -> bool:
        """Whether the row is whole enough to tell what it is about."""
        if len(cells) < self.least:
            what = f"the row has {len(cells)} cells, the header {len(self.sheet.headings)}"
            self.done.refuse(self.sheet.origin, line, "", what, "complete the row")
            return False
        for name, index, length in self.anchors:
            if self.columns[name].type == "code" and not is_code(cells[index].strip(), length):
                self._misfit(line, name, cells[index])
                return False
        self.begun = True
        return True

    def _misfit(self, line: int, name: str, cell: str) -> str | None:
        """The cell as the table wants it, or None after refusing the row."""
        given = self.mapping.columns[name]
        try:
            return table_cell(cell, given, self.columns[name])
        except Misfit as misfit:
            self.done.refuse(self.sheet.origin, line, given.headings[0], misfit.what, misfit.remedy)
            return None

    def _one(self, line: int, cells: list[str]) -> None:
        for index, texts, why in self.skip:
            if cells[index].strip() in texts:
                self._skip(why)
                return
        if any(cell.strip() for cell in cells[len(self.sheet.headings) :]):
            what = f"the row has {len(cells)} cells, the header {len(self.sheet.headings)}"
            self.done.refuse(self.sheet.origin, line, "", what, "put a cell that holds the separator in quotes")
            return
        row = dict(self.setting)
        for name, index in self.sheet.places.items():
            cell = self._misfit(line, name, cells[index])
            if cell is None:
                return
            row[name] = cell
        span = Span(_day(row.pop("from", ""), date.min), _day(row.pop("to", ""), date.max))
        if span.last < span.first:
            heading = self.mapping.columns["to"].headings[0]
            self.done.refuse(self.sheet.origin, line, heading, "lies before the first day", "correct the dates")
            return
        if span.last < self.covers_from:
            self._skip(f"ended before {self.covers_from}")
            return
        self._keep(line, row, span)

    def _skip(self, why: str) -> None:
        self.tally.skipped[why] = self.tally.skipped.get(why, 0) + 1

    def _keep(self, line: int, row: Mapping[str, str], span: Span) -> None:
        """Keep a row. Rows of one key that overlap in time are one row if they agree, and refused if they do not."""
        done, place = self.done, f"{self.sheet.origin}:{line}"
        rows = done.kept.setdefault(tuple(row[name] for name in self.mapping.table.key), [])
        met = [other for other in rows if other.span.meets(span)]
        unlike = next((other for other in met if other.cells != row), None)
        if unlike is not None:
            what = f"the row overlaps in time with that of {unlike.place}, which says something else"
            done.refuse(self.sheet.origin, line, "", what, "end one before the other begins")
            return
        for other in met:
            rows.remove(other)
            span = Span(min(span.first, other.span.first), max(span.last, other.span.last))
        rows.append(Kept(row, span, place))
        done.count += 1 - len(met)
        if met:
            self.tally.repeated += 1
        else:
            self.tally.kept += 1
        if done.count > MAX_ROWS:
            raise fault(
                self.sheet.origin, f"more than {MAX_ROWS} rows would be kept", "check that it is the right file"
            )


def _day(text: str, unbounded: date) -> date:
    return date.fromisoformat(text) if text else unbounded
