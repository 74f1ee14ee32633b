"""Writing an imported table: its description and its rows, byte for byte the same for the same files and dates."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from crosspayer.authoring.replace import replace_file
from crosspayer.authoring.tables.convert import Conversion
from crosspayer.authoring.tables.mapping import ImportMapping
from crosspayer.encounter.feed.sheet import fault
from crosspayer.plugins.overlays import OverlayFile, source_name
from crosspayer.policy.tables import Column, Table

CHUNK = 1024 * 1024


class Circumstances(NamedTuple):
    """What only the user can say of the files: the days they are right for, the day they were read, their grade."""

    covers_from: date
    covers_to: date
    read: date
    grade: str


def compose(
    mapping: ImportMapping, done: Conversion, codes: frozenset[str], files: Sequence[Path], said: Circumstances
) -> OverlayFile:
    """The overlay as it will stand in the folder. Raises `InputError` where a file cannot be read again."""
    import tomli_w

    table = mapping.table
    plugin, _, short = table.id.partition("/")
    rows = _csv(table, done)
    source = {**mapping.source, "read": said.read, "grade": said.grade}
    description: dict[str, Any] = {
        "format": 1,
        "id": short,
        "title": mapping.title,
        "key": list(table.key),
        "rows": f"{short}.csv",
        "covers_from": said.covers_from,
        "covers_to": said.covers_to,
        "cites": [source_name(short)],
        "confidence": mapping.confidence,
        "columns": {name: _column(column) for name, column in table.columns.items()},
        "imported": {
            "rows": _digest(rows),
            "refused": done.refused,
            "source": source,
            "files": [{"name": path.name, "digest": digest_of(path)} for path in files],
        },
    }
    if mapping.keep_codes_in:
        description["imported"]["codes"] = sorted(codes)
    text = tomli_w.dumps(description)
    home = f"{plugin}/{short}"
    return OverlayFile(plugin, f"{home}.toml", text.encode(), f"{home}.csv", rows)


def write(overlay: OverlayFile, folder: Path) -> None:
    """Put the overlay into the folder, each file whole or not at all. Raises OSError.

    The rows go first: their digest stands in the description, so that rows and description of two imports are told
    apart when the overlay is loaded.
    """
    replace_file(folder / overlay.rows_origin, overlay.rows)
    replace_file(folder / overlay.origin, overlay.content)


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, as documents write it. Raises `InputError`."""
    whole = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                whole.update(chunk)
    except OSError:
        raise fault(str(path), "the file cannot be read again", "leave it where it is until it is imported") from None
    return f"sha256:{whole.hexdigest()}"


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _column(column: Column) -> Mapping[str, Any]:
    raw: dict[str, Any] = {"type": column.type.value}
    if column.words:
        raw["values"] = list(column.words)
    if column.unit:
        raw["unit"] = column.unit
    return raw


def _csv(table: Table, done: Conversion) -> bytes:
    kept = [(key, row.span, row.cells) for key, rows in done.kept.items() for row in rows]
    kept.sort(key=lambda entry: entry[:2])
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*table.columns, "from", "to"])
    for _, span, cells in kept:
        first = "" if span.first == date.min else span.first.isoformat()
        last = "" if span.last == date.max else span.last.isoformat()
        writer.writerow([*(cells[name] for name in table.columns), first, last])
    return text.getvalue().encode()
