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
from typing import Any

from crosspayer.encounter.fact import Type
from crosspayer.language.names import Path, cents, literal, suggestion
from crosspayer.policy.dating import Span, disorder
from crosspayer.policy.documents import Document, Problems
from crosspayer.policy.grades import CONFIDENCE
from crosspayer.policy.model import Parameter, ParameterValue, Source
from crosspayer.policy.tables import Cell, Column, Row, Table

MAX_ROWS = 200_000
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
            if source is None:
                problems.add(document, (*path, index), f"no source is named {name}", suggestion(name, self.sources))
            else:
                found.append(source)
        return tuple(found)


def span_of(raw: Mapping[str, Any]) -> Span:
    """The days from `from` to `to`, as far as they are given."""
    return Span(raw.get("from", date.min), raw.get("to", date.max))


def load_namespace(
    plugin: str, sources: Document | None, tables: list[TableDocument], policies: list[Document], problems: Problems
) -> Namespace:
    """Collect and check everything the plugin's documents declare; faults go to `problems`."""
    space = Namespace(plugin)
    if sources is not None:
        for name, raw in sources.data.get("sources", {}).items():
            space.sources[name] = Source(
                f"{plugin}/{name}", raw["publisher"], raw["title"], raw.get("section", ""), raw.get("url", ""),
                raw["read"], raw["grade"],
            )  # fmt: skip
    for table in tables:
        loaded = _table(plugin, table, space, problems)
        if loaded is None:
            continue
        short = loaded.id.partition("/")[2]
        if short in space.tables:
            problems.add(table.document, ("id",), f"two tables are named {short}", "rename one")
        space.tables[short] = loaded
    for policy in policies:
        for name, raw in policy.data.get("parameters", {}).items():
            place = ("parameters", name)
            if name in space.parameters:
                problems.add(policy, place, f"two parameters are named {name}", "declare it once")
            parameter = _parameter(name, raw, policy, space, problems)
            if parameter is not None:
                space.parameters[name] = parameter
        for name, raw in policy.data.get("conditions", {}).items():
            place = ("conditions", name)
            if name in space.conditions:
                problems.add(policy, place, f"two conditions are named {name}", "declare it once")
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
            problems.add(
                policy,
                (*place, index, "value"),
                f"the value cannot be {kind.article} {kind.value}",
                "correct the value",
            )
            return None
        cites = space.cited(entry.get("cites", []), policy, (*place, index, "cites"), problems)
        if index < len(raw["values"]) - 1 and "to" not in entry:
            problems.add(policy, (*place, index), "only the last value may be open-ended", "give it a last day with to")
            return None
        values.append(ParameterValue(span_of(entry), value, cites, entry.get("confidence", DEFAULT_CONFIDENCE)))
    fault = disorder([value.span for value in values])
    if fault:
        index, kind_of_fault = fault
        what = {"reversed": "ends before it begins", "overlap": "overlaps the one before", "gap": "leaves a gap"}
        problems.add(policy, (*place, index), f"the value {what[kind_of_fault]}", "correct from and to")
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
        written: list[tuple[Mapping[str, Any], str]] = [
            ({"code": code}, f"codes[{i}]") for i, code in enumerate(raw["codes"])
        ]
    else:
        key = tuple(raw["key"])
        for index, name in enumerate(key):
            if name not in columns:
                problems.add(document, ("key", index), f"{name} is not a column", suggestion(name, columns))
        if isinstance(raw["rows"], str):
            written = _csv_rows(given, columns, problems)
        else:
            written = [(row, f"rows[{i}]") for i, row in enumerate(raw["rows"])]
    if len(problems.found) > before:
        return None
    rows = []
    for values, place in written:
        row = _row(values, place, key, columns, given, problems)
        if row is not None:
            rows.append(row)
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


def _csv_rows(
    given: TableDocument, columns: Mapping[str, Column], problems: Problems
) -> list[tuple[Mapping[str, Any], str]]:
    reader = csv.DictReader(io.StringIO(given.rows_text, newline=""))
    dates = {"from": Column(Type.DATE), "to": Column(Type.DATE)}
    header = list(reader.fieldnames or ())
    wrong = [f"an unknown column {name}" for name in header if name not in columns and name not in dates]
    wrong += [f"no column {name}" for name in columns if name not in header]
    wrong += [f"the column {name} twice" for name in dict.fromkeys(header) if header.count(name) > 1]
    if wrong:
        what = f"{given.rows_origin} has {wrong[0]}"
        problems.add(given.document, ("rows",), what, "make the header row and [columns] agree")
        return []
    rows: list[tuple[Mapping[str, Any], str]] = []
    for raw in reader:
        place = f"{given.rows_origin} line {reader.line_num}"
        if len(rows) >= MAX_ROWS:
            problems.add(given.document, ("rows",), f"the table has more than {MAX_ROWS} rows", "split the table")
            return []
        if None in raw or None in raw.values():
            problems.add(given.document, ("rows",), f"{place} has not as many cells as the header", "correct the row")
            continue
        rows.append(({k: _cell(v, {**columns, **dates}[k]) for k, v in raw.items() if v != ""}, place))
    return rows


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
    values: Mapping[str, Any], place: str, key: tuple[str, ...], columns: Mapping[str, Column],
    given: TableDocument, problems: Problems,
) -> Row | None:  # fmt: skip
    cells: dict[str, Cell] = {}
    for name, value in values.items():
        if name in ("from", "to"):
            if not isinstance(value, date):
                problems.add(given.document, ("rows",), f"{place}: {name} is not a date", "write YYYY-MM-DD")
                return None
            continue
        column = columns.get(name)
        if column is None:
            problems.add(given.document, ("rows",), f"{place}: there is no column {name}", suggestion(name, columns))
            return None
        cell = literal(value, column.type, column.words)
        if cell is None:
            what = f"{place}: the cell under {name} cannot be {column.type.article} {column.type.value}"
            problems.add(given.document, ("rows",), what, "correct the cell")
            return None
        cells[name] = cell
    absent = [name for name in key if name not in cells]
    if absent:
        problems.add(given.document, ("rows",), f"{place}: the key column {absent[0]} is empty", "fill the cell")
        return None
    span = span_of(values)
    if span.last < span.first:
        problems.add(given.document, ("rows",), f"{place}: to lies before from", "correct the dates")
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
            return
