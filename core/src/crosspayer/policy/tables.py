"""Tables: dated lists to look things up in, and what they say on one day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from crosspayer.encounter.fact import Type
from crosspayer.policy.vocabulary import Confidence

Cell = bool | int | str | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column's type, and its words where it is one of a closed list."""

    type: Type
    words: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its key, its other cells, and the days on which it is in force (inclusive)."""

    key: tuple[Cell, ...]
    cells: Mapping[str, Cell]
    first: date
    last: date


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table as its document gives it. `covers_to` None means open-ended, for a reason the document names."""

    id: str
    title: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    rows: tuple[Row, ...]
    covers_from: date | None
    covers_to: date | None
    cites: tuple[str, ...]
    confidence: Confidence
    digest: str

    def on(self, day: date) -> TableView:
        """What the table says on a day."""
        if self.covers_from is not None and day < self.covers_from:
            return TableView(self, {}, "not_covered")
        rows = {row.key: row.cells for row in self.rows if row.first <= day <= row.last}
        late = self.covers_to is not None and day > self.covers_to
        return TableView(self, rows, "stale" if late else "current")

    def boundaries(self) -> set[date]:
        """First days on which the table says something else than the day before."""
        from crosspayer.policy.dating import day_after

        days = {row.first for row in self.rows if row.first > date.min}
        days |= {day_after(row.last) for row in self.rows if row.last < date.max}
        if self.covers_from is not None:
            days.add(self.covers_from)
        if self.covers_to is not None:
            days.add(day_after(self.covers_to))
        return days


@dataclass(frozen=True, slots=True, eq=False)
class TableView:
    """A table on one day. `stale`: past `covers_to`, so a miss is unknown; `not_covered`: before it begins."""

    table: Table
    rows: Mapping[tuple[Cell, ...], Mapping[str, Cell]]
    state: Literal["current", "stale", "not_covered"]

    @property
    def id(self) -> str:
        """The table's full name."""
        return self.table.id

    @property
    def columns(self) -> Mapping[str, Column]:
        """The table's columns."""
        return self.table.columns

    @property
    def complete(self) -> bool:
        """Whether a key without a row really has none."""
        return self.state == "current"

    @property
    def codes(self) -> frozenset[Cell]:
        """What stands in the first column of the key."""
        return _codes(self)


@lru_cache(maxsize=256)
def _codes(view: TableView) -> frozenset[Cell]:
    return frozenset(key[0] for key in view.rows)
