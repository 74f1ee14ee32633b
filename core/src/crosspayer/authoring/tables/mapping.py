"""How a publisher's files become rows of a plugin's table: `imports/*.toml`, read and held against the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from crosspayer.encounter.fact import Type
from crosspayer.errors import InputError, Problem
from crosspayer.language.names import literal, suggestion
from crosspayer.plugins.assemble import Library
from crosspayer.plugins.folder import IMPORTS
from crosspayer.policy.documents import Document, Problems, ValidatedDigests, read_toml
from crosspayer.policy.grades import CONFIDENCE
from crosspayer.policy.tables import Column, Table

IN_FORCE = {"from": Column(Type.DATE), "to": Column(Type.DATE)}
"""The days on which a row is in force: columns that every table may have."""


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of the files: what its heading begins with, and how its cells are written."""

    headings: tuple[str, ...]
    dates: tuple[str, ...]
    none: frozenset[str]
    first_word: bool
    length: int | None
    values: Mapping[str, str | int | bool] | None


@dataclass(frozen=True, slots=True)
class Setting:
    """A word of a column that the files do not hold, and how to tell the files that belong to it."""

    value: str
    headings: tuple[str, ...]
    named: tuple[str, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Skip:
    """Rows to leave out: those with one of `cells` in `column`."""

    column: str
    cells: frozenset[str]
    why: str


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """An import document, typed, and the table it fills."""

    table: Table
    title: str
    confidence: str
    covers_from: date | None
    keep_codes_in: tuple[str, ...]
    not_named: tuple[str, ...]
    source: Mapping[str, Any]
    columns: Mapping[str, FileColumn]
    settings: Mapping[str, tuple[Setting, ...]]
    skip: tuple[Skip, ...]

    @property
    def anchors(self) -> tuple[str, ...]:
        """The key columns that the files hold: without them a row is none."""
        return tuple(name for name in self.table.key if name in self.columns)


def find_mapping(library: Library, name: str, validated: ValidatedDigests) -> ImportMapping:
    """How a table of a plugin is imported, by the table's id or its alias.

    Raises `InputError` where the plugin says nothing about it, or where its documents have faults.
    """
    problems = Problems()
    known = _by_name(_documents(library, validated, problems), problems)
    problems.check()
    if name not in known:
        plugin = library.plugin.id
        offered = ", ".join(f"{plugin}/{word}" for word in sorted(known))
        what = f"the plugin {plugin} does not say how to import a table {name}"
        raise InputError([Problem("", None, None, "", what, f"it imports {offered or 'none'}")])
    mapping = _typed(known[name], library, problems)
    problems.check()
    assert mapping is not None
    return mapping


def check_mappings(library: Library, validated: ValidatedDigests, problems: Problems) -> None:
    """Hold every import document of a plugin against its table; faults go to `problems`."""
    documents = _documents(library, validated, problems)
    _by_name(documents, problems)
    for document in documents:
        _typed(document, library, problems)


def _documents(library: Library, validated: ValidatedDigests, problems: Problems) -> list[Document]:
    documents = []
    for given in library.plugin.tables:
        if given.name.startswith(IMPORTS):
            try:
                documents.append(read_toml(given.content, given.origin, "import", validated))
            except InputError as error:
                problems.extend(error.problems)
    return documents


def _by_name(documents: Iterable[Document], problems: Problems) -> dict[str, Document]:
    """The documents by the table each fills, and by its alias."""
    known: dict[str, Document] = {}
    for document in documents:
        for key in ("table", "alias"):
            word = document.data.get(key)
            if word in known:
                problems.add(document, (key,), f"{known[word].origin} imports {word} already", "rename one")
            elif word is not None:
                known[word] = document
    return known


def _typed(document: Document, library: Library, problems: Problems) -> ImportMapping | None:
    raw = document.data
    table = library.space.tables.get(raw["table"])
    if table is None:
        known = library.space.tables
        if not library.space.spoilt.holds("table", raw["table"]):
            problems.add(document, ("table",), f"no table is named {raw['table']}", suggestion(raw["table"], known))
        return None
    mapping = ImportMapping(
        table=table,
        title=raw["title"],
        confidence=raw.get("confidence", CONFIDENCE[1]),
        covers_from=raw.get("covers_from"),
        keep_codes_in=tuple(raw.get("keep_codes_in", ())),
        not_named=tuple(raw.get("not_named", ())),
        source=raw["source"],
        columns={name: _column(column) for name, column in raw["columns"].items()},
        settings={name: tuple(map(_setting, words)) for name, words in raw.get("settings", {}).items()},
        skip=tuple(Skip(rule["column"], frozenset(rule["is"]), rule["why"]) for rule in raw.get("skip", ())),
    )
    _fits(mapping, document, problems)
    return mapping


def _column(raw: Mapping[str, Any]) -> FileColumn:
    return FileColumn(
        tuple(raw["headings"]), tuple(raw.get("dates", ())), frozenset(raw.get("none", ())),
        raw.get("first_word", False), raw.get("length"), raw.get("values"),
    )  # fmt: skip


def _setting(raw: Mapping[str, Any]) -> Setting:
    return Setting(raw["value"], tuple(raw.get("headings", ())), tuple(raw["named"]), tuple(raw.get("parts", ())))


def _fits(mapping: ImportMapping, document: Document, problems: Problems) -> None:
    """Hold the mapping against its table: every column filled once, by cells that the column can hold."""
    table = mapping.table
    columns = {**table.columns, **IN_FORCE}
    for name in table.columns:
        if (name in mapping.columns) == (name in mapping.settings):
            what = f"the column {name} of the table stands {'twice' if name in mapping.columns else 'nowhere'} here"
            problems.add(document, ("columns",), what, "give it under columns or under settings")
    for name, given in mapping.columns.items():
        if name not in columns:
            problems.add(document, ("columns", name), f"{table.id} has no column {name}", suggestion(name, columns))
            continue
        _column_fits(name, given, columns[name], document, problems)
    for name, words in mapping.settings.items():
        known = table.columns.get(name, Column(Type.TEXT)).words
        said = [word.value for word in words]
        if sorted(said) != sorted(known):
            remedy = f"give each of its words once: {', '.join(known) or 'it has none'}"
            problems.add(document, ("settings", name), f"{name} is not told apart word by word", remedy)
    if not mapping.anchors:
        problems.add(document, ("columns",), "no key column of the table stands here", "give one under columns")
    _named(mapping.keep_codes_in, mapping, document, ("keep_codes_in",), problems)
    for index, rule in enumerate(mapping.skip):
        _named([rule.column], mapping, document, ("skip", index, "column"), problems)


def _column_fits(name: str, given: FileColumn, column: Column, document: Document, problems: Problems) -> None:
    place = ("columns", name)
    if (column.type is Type.DATE) != bool(given.dates):
        remedy = "say how it is written with dates" if column.type is Type.DATE else "leave dates out"
        problems.add(document, place, f"{name} is a {column.type.value}", remedy)
    if column.type is Type.BOOLEAN and given.values is None:
        problems.add(document, place, f"{name} is a boolean", "say with values which cells are true")
    for key, value in (given.values or {}).items():
        if literal(value, column.type, column.words) is None:
            what = f"the value is no {column.type.value}"
            problems.add(document, (*place, "values", key), what, "correct the value")


def _named(
    names: Iterable[str], mapping: ImportMapping, document: Document, place: tuple[str | int, ...], problems: Problems
) -> None:
    for name in names:
        if name not in mapping.columns:
            problems.add(document, place, f"{name} is no column of the files", suggestion(name, mapping.columns))
