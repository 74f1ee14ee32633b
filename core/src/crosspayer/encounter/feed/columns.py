"""The column map: which column of a table holds which fact, read and held against the fact catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from crosspayer.encounter.fact import Fact, Type
from crosspayer.encounter.feed.cells import Misfit, codes_reader, reader
from crosspayer.encounter.feed.schema import column_facts
from crosspayer.errors import InputError, Problem, nearest
from crosspayer.schemas.toml_document import Fault, TomlDocument, Validated, flat

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_ENDING = ".toml"
_ONLY_FOR = {
    "dates": (Type.DATE, "days"),
    "split": (Type.CODES, "lists of codes"),
    "empty": (Type.CODES, "lists of codes"),
    "currency": (Type.MONEY, "amounts"),
    "thousands": (Type.MONEY, "amounts"),
}


class Place(NamedTuple):
    """Where a value belongs: a line, a coverage (by its number from 1), or (0) the encounter; and the path in it."""

    entity: str
    coverage: int
    steps: tuple[str, ...]

    @classmethod
    def of(cls, fact: Fact, coverage: int = 1) -> Place:
        """The place of a fact."""
        return cls(fact.entity, coverage if fact.entity == "coverage" else 0, tuple(fact.tail.split(".")))

    @property
    def heads(self) -> str:
        """The path as the encounter's schema has it, without positions."""
        return ".".join(({"line": "lines", "coverage": "coverages"}.get(self.entity, ""), *self.steps)).lstrip(".")


Settings = tuple[tuple[Place, Any], ...]
"""Values and where they belong."""


class Column(NamedTuple):
    """A column, or several that hold one list or agree. `read` makes settings of a cell, `codes` codes of it; without
    either it is the `identifier` of a coverage."""

    headings: tuple[str, ...]
    unknown: frozenset[str]
    coverage: int
    place: Place | None = None
    read: Callable[[str], Settings] | None = None
    codes: Callable[[str], tuple[str, ...]] | None = None
    none: bool = False
    identifier: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ColumnMap:
    """A checked map. Immutable; one may serve many files and threads."""

    document: TomlDocument
    encoding: str
    delimiter: str | None
    encounter: tuple[str, ...]
    constants: Settings
    columns: tuple[Column, ...]

    @classmethod
    def read(cls, name: str, validated: Validated | None = None) -> ColumnMap:
        """The map of a file, or a ready-made one by its name. Raises `InputError` with every fault."""
        if name in ready_made():
            return cls.from_toml(ready_made()[name].read_bytes(), f"{name}{_ENDING}", validated)
        if "/" not in name and not name.endswith(_ENDING) and not Path(name).exists():
            near = nearest(name, ready_made())
            hint = f"did you mean {near}?" if near else f"write a file's name, or one of {', '.join(ready_made())}"
            raise InputError([Problem("", None, None, "", f"no ready-made column map is named {name}", hint)])
        return cls._typed(TomlDocument.read(name, "columns", validated))

    @classmethod
    def from_toml(cls, raw: bytes | str, origin: str = "columns.toml", validated: Validated | None = None) -> ColumnMap:
        """The map of a text. Raises `InputError` with every fault of its syntax, shape and types."""
        return cls._typed(TomlDocument.of(raw, origin, "columns", validated))

    @classmethod
    def _typed(cls, document: TomlDocument) -> ColumnMap:
        raw = document.data
        facts = column_facts()
        faults = list(_faults(raw, facts))
        if faults:
            raise InputError(document.problems(faults))
        return cls(
            document, raw.get("encoding", "utf-8"), raw.get("delimiter"), tuple(raw.get("encounter", ())),
            _settings(raw.get("constants", {}), facts, 1), tuple(_column(given, facts) for given in raw["columns"]),
        )  # fmt: skip

    @property
    def code_headings(self) -> tuple[str, ...]:
        """The headings of the columns that hold the procedure code."""
        return tuple(h for c in self.columns if c.place and c.place.heads == "lines.code" for h in c.headings)


def ready_made() -> dict[str, Traversable]:
    """The ready-made maps by name, sorted."""
    folder = resources.files("crosspayer.encounter.feed") / "maps"
    found = [entry for entry in folder.iterdir() if entry.name.endswith(_ENDING)]
    return {entry.name.removesuffix(_ENDING): entry for entry in sorted(found, key=lambda entry: entry.name)}


def _column(given: Mapping[str, Any], facts: Mapping[str, Fact]) -> Column:
    headings = tuple(given.get("headings", (given.get("heading"),)))
    coverage = given.get("coverage", 1)
    made = Column(headings, frozenset(given.get("unknown", ())), coverage)
    if "identifier" in given:
        return made._replace(identifier=given["identifier"])
    if "facts" in given:
        said = {cell: _settings(nested, facts, coverage) for cell, nested in given["facts"].items()}
        return made._replace(read=reader(facts["line.code"], {"values": said}))
    fact = facts[given["fact"]]
    place = Place.of(fact, coverage)
    if fact.type is Type.CODES:
        return made._replace(place=place, codes=codes_reader(fact, given), none=given.get("empty") == "none")
    values = given.get("values")
    read = reader(fact, {**given, "values": {c: _plain(v) for c, v in values.items()}} if values else given)
    return made._replace(place=place, read=lambda text: ((place, read(text)),))


def _settings(nested: Mapping[str, Any], facts: Mapping[str, Fact], coverage: int) -> Settings:
    return tuple((Place.of(facts[path], coverage), _plain(value)) for path, value in flat(nested))


def _plain(value: Any) -> Any:
    """A day as the text that JSON holds in its place."""
    return value.isoformat() if hasattr(value, "isoformat") else value


# --- faults the schema cannot express


def _faults(raw: Mapping[str, Any], facts: Mapping[str, Fact]) -> Iterator[Fault]:
    given: dict[Place, str] = {}
    identified: dict[tuple[int, str], int] = {}
    named: dict[int, tuple[str | int, ...]] = {}
    for path, _ in flat(raw.get("constants", {})):
        given[Place.of(facts[path])] = "constants"
        if path in ("coverage.payer", "coverage.plan"):
            named.setdefault(1, ("constants", *path.split(".")))
    for index, column in enumerate(raw["columns"]):
        place: tuple[str | int, ...] = ("columns", index)
        wrong = next(_shape_faults(column, facts, place), None)
        if wrong is not None:
            yield wrong
            continue
        coverage = column.get("coverage", 1)
        if "identifier" in column:
            key = coverage, column["identifier"]
            if key in identified:
                yield (*place, "identifier"), f"columns[{identified[key]}] holds it already", "keep one of the two"
            identified.setdefault(key, index)
        elif "fact" in column:
            fact = facts[column["fact"]]
            where = Place.of(fact, coverage)
            if where in given:
                yield (*place, "fact"), f"{given[where]} says it already", "keep one of the two"
            given.setdefault(where, f"columns[{index}]")
            if fact.path in ("coverage.payer", "coverage.plan"):
                named.setdefault(coverage, (*place, "fact"))
            yield from _value_faults(column, fact, place)
    for coverage in sorted({number for number, _ in identified} & set(named)):
        what = "names a payer or plan that the payer map is to find by an identifier"
        yield named[coverage], what, "keep this, or the identifiers"
    if Place.of(facts["line.code"]) not in given:
        yield ("columns",), "none of them holds line.code", "say which column holds the procedure code"


def _shape_faults(
    column: Mapping[str, Any], facts: Mapping[str, Fact], place: tuple[str | int, ...]
) -> Iterator[Fault]:
    if ("heading" in column) == ("headings" in column):
        yield place, "needs either heading or headings", 'write heading = "…"'
    said = [key for key in ("fact", "facts", "identifier") if key in column]
    if len(said) != 1:
        what = f"has {' and '.join(said)}" if said else "does not say what its cells hold"
        yield place, what, "write one of fact, facts and identifier"
    fact = facts.get(column.get("fact", ""))
    for key, (kind, what) in _ONLY_FOR.items():
        if key in column and (fact is None or fact.type is not kind):
            yield (*place, key), f"is for {what}", "remove it"
    if fact is None and "values" in column:
        yield (*place, "values"), "is for one fact", "write fact beside it, or facts in its place"
    if "coverage" in column and fact is not None and fact.entity != "coverage":
        yield (*place, "coverage"), f"{fact.path} is no fact of a coverage", "remove it"
    if fact is not None and fact.type is Type.DATE and ("dates" in column) == ("values" in column):
        yield place, f"{fact.path} is a day", "say with dates how it is written"


def _value_faults(column: Mapping[str, Any], fact: Fact, place: tuple[str | int, ...]) -> Iterator[Fault]:
    for cell, value in column.get("values", {}).items():
        where = (*place, "values", cell)
        match fact.type:
            case Type.BOOLEAN:
                wrong = None if isinstance(value, bool) else "write true or false, without quotes"
            case Type.INTEGER | Type.MONEY if isinstance(value, bool) or not isinstance(value, int | float):
                wrong = "write a number, without quotes"
            case Type.INTEGER if not isinstance(value, int):
                wrong = "write a whole number"
            case _ if fact.type not in (Type.INTEGER, Type.MONEY) and not isinstance(value, str):
                wrong = "write text in double quotes"
            case _:
                wrong = _unread(str(value), fact)
        if wrong is not None:
            yield where, f"is no {fact.type.value}", wrong


def _unread(text: str, fact: Fact) -> str | None:
    """What a value should be that the fact cannot have; words are suggested."""
    near = nearest(text, fact.words)
    try:
        reader(fact, {"dates": ["YYYY-MM-DD"]})(text)
    except Misfit as misfit:
        if fact.words:
            return f"did you mean {near}?" if near else f"it may be {', '.join(fact.words)}"
        return misfit.remedy
    return None
