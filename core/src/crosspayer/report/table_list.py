"""The list of tables."""

from __future__ import annotations

from datetime import date
from typing import Literal, TextIO

import msgspec

from crosspayer.plugins.build import Installation
from crosspayer.policy.tables import Table
from crosspayer.report.table import console

DIGITS = 12
"""Of a digest, for people."""


class TableEntry(msgspec.Struct, frozen=True, rename={"source": "from"}):
    """A table: its rows and key, the days it covers, and whether its rows are the plugin's or an overlay's."""

    id: str
    title: str
    rows: int
    key: tuple[str, ...]
    covers_from: date | None
    covers_to: date | None
    open_ended: bool
    digest: str
    source: Literal["overlay", "plugin"]
    file: str | None


class TableList(msgspec.Struct, frozen=True):
    """The tables of all plugins, each once."""

    format: Literal["crosspayer/tables/1"]
    tables: tuple[TableEntry, ...]


def _tables(found: Installation) -> list[Table]:
    """The tables of all plugins, each once: a payer also holds those of the packs it uses."""
    every = {table.id: table for library in found.libraries.values() for table in library.space.tables.values()}
    return [every[name] for name in sorted(every)]


def as_json(found: Installation) -> str:
    """The list as a document."""
    tables = tuple(
        TableEntry(
            table.id, table.title, len(table.rows), table.key, table.covers_from, table.covers_to,
            table.covers_to is None, table.digest, "overlay" if table.id in found.site_tables else "plugin",
            found.site_tables.get(table.id),
        )
        for table in _tables(found)
    )  # fmt: skip
    return msgspec.json.encode(TableList("crosspayer/tables/1", tables)).decode()


def write(found: Installation, file: TextIO) -> None:
    """A table's id and title, and below them what it holds."""
    from rich.text import Text

    out = console(file)
    for table in _tables(found):
        out.print(Text(table.id, style="bold"), Text(f"– {table.title}"))
        rows = "1 row" if len(table.rows) == 1 else f"{len(table.rows)} rows"
        digest = table.digest[: len("sha256:") + DIGITS]
        source = f"overlay {found.site_tables[table.id]}" if table.id in found.site_tables else "plugin"
        said = f"    {rows} by {', '.join(table.key)}; {_days(table)}; {digest}; {source}"
        out.print(said, markup=False, soft_wrap=True)


def _days(table: Table) -> str:
    first = [] if table.covers_from is None else [f"from {table.covers_from}"]
    return " ".join([*first, "open-ended" if table.covers_to is None else f"to {table.covers_to}"])
