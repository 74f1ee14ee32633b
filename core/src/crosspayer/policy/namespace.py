"""A plugin's name space: sources, tables, parameters and named conditions, shared by its policies."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from crosspayer.encounter.fact import Type
from crosspayer.errors import Problem, nearest
from crosspayer.language.names import Path, Spoilt, cents, literal, suggestion
from crosspayer.policy.dating import Span, disorder
from crosspayer.policy.documents import MAX_ROWS, Document, Problems
from crosspayer.policy.grades import CONFIDENCE
from crosspayer.policy.model import Parameter, ParameterValue, Source
from crosspayer.policy.tables import Cell, Column, Row, Table

UNITS_OF_MONEY = ("USD",)
DEFAULT_CONFIDENCE = CONFIDENCE[1]


@dataclass(frozen=True, slots=True)
class TableDocument:
    """A table's description and, where its rows stand in a CSV file, that file's name and text."""

    document: Document
    rows_origin: str = ""
    rows_text: str = ""


@dataclass(frozen=True, slots=True)
class NamedCondition:
    """A named condition as written, and where it stands."""

    raw: Mapping[str, Any]
    path: Path
    document: Document


@dataclass(slots=True)
class Namespace:
    """Everything the policies of one plugin may refer to by name.

    `tables` and `borrowed` also hold, under their full names, what a payer may use of its packs.
    """

    plugin: str
    sources: dict[str, Source] = field(default_factory=dict)  # by short id
    tables: dict[str, Table] = field(default_factory=dict)  # by short id
    parameters: dict[str, Parameter] = field(default_factory=dict)
    conditions: dict[str, NamedCondition] = field(default_factory=dict)
    borrowed: dict[str, Source] = field(default_factory=dict)  # sources of the packs' tables, by full id
    spoilt: Spoilt = field(default_factory=Spoilt)  # what is declared, but with faults of its own
    used: set[str] = field(default_factory=set)  # named conditions that a rule uses

    def sources_by_id(self) -> dict[str, Source]:
        """Every source by its full id, those of borrowed tables included."""
        return {source.id: source for source in self.sources.values()} | self.borrowed

    def cited(
        self, ids: list[str], document: Document, path: tuple[str | int, ...], problems: Problems
    ) -> tuple[Source, ...]:
        """The sources of these ids; unknown ones are reported."""
        found = []
        for index, name in enumerate(ids):
            source = self.sources.get(name)
            if source is not None:
                found.append(source)
            elif not self.spoilt.holds("source", name):
                known = self.spoilt.among("source", self.sources)
                problems.add(document, (*path, index), f"no source is named {name}", suggestion(name, known))
        return tuple(found)


def span_of(raw: Mapping[str, Any]) -> Span:
    """The days from `from` to `to`, as far as they are given."""
    return Span(raw.get("from", date.min), raw.get("to", date.max))


def load_namespace(
    plugin: str,
    sources: Document | None,
    tables: list[TableDocument],
    policies: list[Document],
    problems: Problems,
    spoilt: Spoilt | None = None,
) -> Namespace:
    """Collect and check everything the plugin's documents declare; faults go to `problems`.

    `spoilt` are the names whose declarations were left out of the documents because of faults; those found here join
    them.
    """
    space = Namespace(plugin, spoilt=spoilt or Spoilt())
    if sources is not None:
        for name, raw in sources.data.get("sources", {}).items():
            if raw.get("to", date.max) < raw.get("from", date.min):
                problems.add(
                    sources, ("sources", name, "to"), "the document ends before it begins", "correct from and to"
                )
            space.sources[name] = Source(
                f"{plugin}/{name}", raw["publisher"], raw["title"], raw.get("section", ""), raw.get("url", ""),
                raw["read"], raw["grade"],
            )  # fmt: skip
    seen_tables: dict[str, Document] = {}
    for table in tables:
        short = table.document.data["id"]
        if short in seen_tables:
            what = f"{problems.place(seen_tables[short], ('id',))} describes a table {short} too"
            problems.add(table.document, ("id",), what, "rename one")
        seen_tables.setdefault(short, table.document)
        loaded = _table(plugin, table, space, problems)
        if loaded is None:
            space.spoilt.add("table", short)
        else:
            space.tables[short] = loaded
    seen_parameters: dict[str, Document] = {}
    for policy in policies:
        for name, raw in policy.data.get("parameters", {}).items():
            place = ("parameters", name)
            if name in seen_parameters:
                what = f"{problems.place(seen_parameters[name], place)} declares a parameter {name} too"
                problems.add(policy, place, what, "declare it once")
            seen_parameters.setdefault(name, policy)
            parameter = _parameter(name, raw, policy, space, problems)
            if parameter is None:
                space.spoilt.add("parameter", name)
            else:
                space.parameters[name] = parameter
        for name, raw in policy.data.get("conditions", {}).items():
            place = ("conditions", name)
            if name in space.conditions:
                what = f"{problems.place(space.conditions[name].document, place)} declares a condition {name} too"
                problems.add(policy, place, what, "declare it once")
            space.conditions[name] = NamedCondition(raw, place, policy)
    return space


def _parameter(
    name: str, raw: Mapping[str, Any], policy: Document, space: Namespace, problems: Problems
) -> Parameter | None:
    place = ("parameters", name, "values")
    unit = raw.get("unit", "")
    kind = _parameter_type(unit, raw["values"][0]["value"])
    values = []
    for index, entry in enumerate(raw["values"]):
        value = cents(entry["value"]) if kind is Type.MONEY else literal(entry["value"], kind)
        if value is None:
            what = f"the value cannot be {kind.article} {kind.value}"
            problems.add(policy, (*place, index, "value"), what, "correct the value")
        cites = space.cited(entry.get("cites", []), policy, (*place, index, "cites"), problems)
        if index < len(raw["values"]) - 1 and "to" not in entry:
            problems.add(policy, (*place, index), "only the last value may be open-ended", "give it a last day with to")
        elif value is not None:
            values.append(ParameterValue(span_of(entry), value, cites, entry.get("confidence", DEFAULT_CONFIDENCE)))
    if len(values) < len(raw["values"]):
        return None
    fault = disorder([value.span for value in values])
    if fault:
        index, kind_of_fault = fault
        says = {"reversed": "ends before it begins", "overlap": "overlaps the one before", "gap": "leaves a gap"}
        problems.add(policy, (*place, index), f"the value {says[kind_of_fault]}", "correct from and to")
        return None
    return Parameter(name, kind, unit, tuple(values), "to" not in raw["values"][-1])


def _parameter_type(unit: str, value: Any) -> Type:
    if unit in UNITS_OF_MONEY:
        return Type.MONEY
    if isinstance(value, bool):
        return Type.BOOLEAN
    if isinstance(value, date):
        return Type.DATE
    return Type.INTEGER if unit or isinstance(value, int) else Type.CODE


def _table(plugin: str, given: TableDocument, space: Namespace, problems: Problems) -> Table | None:
    document, raw = given.document, given.document.data
    cites = space.cited(raw["cites"], document, ("cites",), problems)
    before = len(problems.found)
    if raw.get("covers_to", date.max) < raw.get("covers_from", date.min):
        problems.add(document, ("covers_to",), "the table ends before it begins", "correct covers_from and covers_to")
    columns = {
        name: Column(Type(c["type"]), tuple(c.get("values", ())), c.get("unit", ""))
        for name, c in raw.get("columns", {}).items()
    }
    if "codes" in raw:
        columns, key = {"code": Column(Type.CODE)}, ("code",)
        written = [RawRow({"code": code}, ("codes", index)) for index, code in enumerate(raw["codes"])]
    else:
        key = tuple(raw["key"])
        for index, name in enumerate(key):
            if name not in columns:
                problems.add(document, ("key", index), f"{name} is not a column", suggestion(name, columns))
        if isinstance(raw["rows"], str):
            written = _csv_rows(given, columns, problems)
        else:
            written = [RawRow(row, ("rows", index)) for index, row in enumerate(raw["rows"])]
    known_key = tuple(name for name in key if name in columns)
    rows = [row for found in written if (row := _row(found, known_key, columns, given, problems)) is not None]
    if known_key == key:
        _no_overlap(rows, given, problems)
    if len(problems.found) > before:
        return None
    return Table(
        f"{plugin}/{raw['id']}", raw["title"], key, columns, tuple(rows), raw.get("covers_from"), raw.get("covers_to"),
        tuple(source.id for source in cites), raw.get("confidence", DEFAULT_CONFIDENCE), _digest(given),
    )  # fmt: skip


def _digest(given: TableDocument) -> str:
    """The digest of a table: of its document, and of its rows where they stand in a file of their own."""
    if not given.rows_origin:
        return given.document.digest
    rows = hashlib.sha256(given.rows_text.encode()).hexdigest()
    return f"sha256:{hashlib.sha256(f'{given.document.digest} {rows}'.encode()).hexdigest()}"


class RawRow(NamedTuple):
    """A row as written, and where: its place in the document, or its line in the CSV file."""

    cells: Mapping[str, Any]
    path: Path
    line: int = 0


def _csv_rows(given: TableDocument, columns: Mapping[str, Column], problems: Problems) -> list[RawRow]:
    reader = csv.DictReader(io.StringIO(given.rows_text, newline=""))
    dates = {"from": Column(Type.DATE), "to": Column(Type.DATE)}
    header = list(reader.fieldnames or ())
    wrong = [f"an unknown column {name}" for name in header if name not in columns and name not in dates]
    wrong += [f"no column {name}" for name in columns if name not in header]
    wrong += [f"the column {name} twice" for name in dict.fromkeys(header) if header.count(name) > 1]
    if wrong:
        what = f"{given.rows_origin} has {', '.join(wrong)}"
        problems.add(given.document, ("rows",), what, "make the header row and [columns] agree")
        return []
    written = (line for line in csv.reader(io.StringIO(given.rows_text, newline="")) if line)
    if sum(1 for _ in islice(written, MAX_ROWS + 2)) > MAX_ROWS + 1:  # with the header; counted before cells are read
        problems.add(given.document, ("rows",), f"the table has more than {MAX_ROWS} rows", "split the table")
        return []
    rows: list[RawRow] = []
    for raw in reader:
        row = RawRow(raw, (), reader.line_num)
        if None in raw or None in raw.values():
            _row_fault(row, "", "the row has not as many cells as the header", "correct the row", given, problems)
            continue
        cells = {k: _cell(v, {**columns, **dates}[k]) for k, v in raw.items() if v != ""}
        rows.append(row._replace(cells=cells))
    return rows


def _row_fault(row: RawRow, name: str, what: str, remedy: str, given: TableDocument, problems: Problems) -> None:
    """A fault of a row, at the cell of this name where it has one."""
    if row.path:
        problems.add(given.document, (*row.path, name) if name in row.cells else row.path, what, remedy)
    else:
        problems.extend([Problem(given.rows_origin, row.line, 1, name, what, remedy)])


_WHOLE = re.compile(r"-?[0-9]{1,18}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _cell(text: str, column: Column) -> Any:
    """A CSV cell in the shape TOML would give it; what does not fit stays text and is refused later."""
    match column.type:
        case Type.INTEGER if _WHOLE.fullmatch(text):
            return int(text)
        case Type.MONEY if _DECIMAL.fullmatch(text):
            return float(text)
        case Type.DATE if _DAY.fullmatch(text):
            with suppress(ValueError):
                return date.fromisoformat(text)
        case Type.BOOLEAN:
            return {"true": True, "false": False}.get(text, text)
    return text


def _row(
    written: RawRow, key: tuple[str, ...], columns: Mapping[str, Column], given: TableDocument, problems: Problems
) -> Row | None:
    before = len(problems.found)
    cells: dict[str, Cell] = {}

    def fault(name: str, what: str, remedy: str) -> None:
        _row_fault(written, name, what, remedy, given, problems)

    for name, value in written.cells.items():
        if name in ("from", "to"):
            if not isinstance(value, date):
                fault(name, f"{name} is not a date", "write YYYY-MM-DD")
            continue
        column = columns.get(name)
        if column is None:
            fault(name, f"there is no column {name}", suggestion(name, columns))
            continue
        cell = literal(value, column.type, column.words)
        if cell is None:
            near = nearest(str(value), column.words)
            remedy = f"did you mean {near}?" if near else f"write one of {', '.join(column.words)}"
            remedy = remedy if column.words else "correct the cell"
            fault(name, f"the cell under {name} cannot be {column.type.article} {column.type.value}", remedy)
            continue
        cells[name] = cell
    for name in key:
        if name not in written.cells:
            fault(name, f"the key column {name} is empty", "fill the cell")
    if len(problems.found) > before:
        return None
    span = span_of(written.cells)
    if span.last < span.first:
        fault("to", "to lies before from", "correct the dates")
        return None
    return Row(tuple(cells[name] for name in key), {name: cells.get(name) for name in columns}, *span)


def _no_overlap(rows: list[Row], given: TableDocument, problems: Problems) -> None:
    spans: dict[tuple[Cell, ...], list[Span]] = {}
    for row in rows:
        spans.setdefault(row.key, []).append(Span(row.first, row.last))
    for key, found in spans.items():
        fault = disorder(sorted(found))
        if fault and fault[1] == "overlap":
            what = f"two rows of the key {', '.join(str(k) for k in key)} overlap in time"
            problems.add(given.document, ("rows",), what, "end one before the other begins")
