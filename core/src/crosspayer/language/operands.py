"""The operands of conditions: facts, tables, and what stands on the right, each found and typed.

A fault is reported at its key, and none keeps the others from being told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from crosspayer.encounter.fact import Fact, Type
from crosspayer.language.names import Names, Path, Report, literal, suggestion
from crosspayer.language.tree import FactRef, Literal, LookUp, Operand, ParameterRef, Scalar, TableCodes
from crosspayer.policy.tables import Column, Table

T = TypeVar("T")
MAX_LIST = 10_000
NAMES = (Type.WORD, Type.TEXT, Type.CODE)
Kind = tuple[Type, str]  # type and unit


class Fault(Exception):
    """A fault of one condition: place, what, remedy."""


class Told(Exception):
    """A condition with faults that have all been reported already."""


class Operands:
    """Turns the operands of one policy's conditions into trees.

    `items` in the methods below maps the names of list items in scope to their entity (`line`, `past`, `coverage`);
    the judged line is there as `line` unless the rule judges the whole day.
    """

    def __init__(self, names: Names, report: Report, *, line: bool = True, used: set[str] | None = None) -> None:
        self.names, self.report = names, report
        self.used = set[str]() if used is None else used  # named conditions that were looked into
        self.items: dict[str, str] = {"line": "line"} if line else {}
        self.naming: tuple[str, ...] = ()  # named conditions being expanded, to find circles
        self.parts = self.deepest = 0  # how many conditions, and how deep, those that are named included

    def operand(self, raw: Any, path: Path, kind: Kind) -> Operand | None:
        """A right-hand side of the given type and unit (a cap's limit), or None after reporting."""
        try:
            return self._right(raw, path, self.items, kind, None)
        except Fault as fault:
            self.report(*fault.args)
        except Told:
            pass
        return None

    # --- several parts

    def _each(self, parts: Iterable[Callable[[], T]]) -> list[T]:
        """What every part gives; where one has a fault, those of the others are reported too."""
        found, faults = list[T](), 0
        for part in parts:
            try:
                found.append(part())
            except Fault as fault:
                self.report(*fault.args)
                faults += 1
            except Told:
                faults += 1
        if faults:
            raise Told
        return found

    def _unknown(self, kind: str, name: str, path: Path, known: Iterable[str]) -> Fault | Told:
        """What to raise where nothing bears the name."""
        spoilt = self.names.spoilt
        if spoilt.holds(kind, name):
            return Told()
        return Fault(path, f"no {kind} is named {name}", suggestion(name, spoilt.among(kind, known)))

    # --- facts

    def _fact(self, path_text: str, path: Path, items: dict[str, str], kind: Type | None = None) -> FactRef:
        head, _, tail = path_text.partition(".")
        of, catalogue_path = "", path_text
        if head in items:
            of, catalogue_path = head, f"{items[head]}.{tail}"
        elif head == "coverage":
            of = "coverage"
        elif head in ("line", "past"):
            what = f"{path_text} needs a {head} in scope"
            raise Fault(path, what, 'drop scope = "day", or use a quantifier')
        fact = self.names.facts.get(catalogue_path)
        if fact is None:
            known = tuple(f"{of}.{p.partition('.')[2]}" if of and p.startswith(f"{items.get(of, of)}.") else p
                          for p in self.names.facts)  # fmt: skip
            raise self._unknown("fact", path_text, path, known)
        if kind is not None and fact.type is not kind:
            raise Fault(path, f"{path_text} is of type {fact.type.value}, expected {kind.value}", "name another fact")
        if needs_timed(fact) and self.names.timed is None:
            if not self.names.timed_known:
                raise Told
            what = f"{path_text} needs the policy to say how timed minutes are counted"
            raise Fault(path, what, "add a [timed] section")
        if fact.derived and of and items.get(of) == "line" and of != "line" and needs_timed(fact):
            raise Fault(path, f"{path_text} is derived for the judged line only", "use line. here")
        return FactRef(of, fact, self.names.timed if needs_timed(fact) else None)

    # --- tables

    def _table(self, name: str, path: Path) -> Table:
        table = self.names.tables.get(name)
        if table is None:
            raise self._unknown("table", name, path, self.names.tables)
        return table

    def _look_up(self, raw: Mapping[str, Any], path: Path, items: dict[str, str], column: str | None) -> LookUp:
        table = self._table(raw["look_up"], (*path, "look_up"))
        if column is not None and column not in table.columns:
            raise Fault((*path, "column"), f"{table.id} has no column {column}", suggestion(column, table.columns))
        return LookUp(table, self.by(raw.get("by", {}), table, table.key, (*path, "by"), items), column)

    def by(
        self, raw: Mapping[str, Any], table: Table, wanted: tuple[str, ...], path: Path, items: dict[str, str]
    ) -> tuple[tuple[str, Operand], ...]:
        """The key of a look-up: one operand for each wanted key column, in the table's order."""
        for key in raw:
            if key not in wanted:
                raise Fault((*path, key), f"{key} is not a key column of {table.id}", suggestion(key, wanted))
        missing = [key for key in wanted if key not in raw]
        if missing:
            raise Fault(path, f"the look-up does not name the key column {missing[0]}", "name every key column")
        operands = self._each(partial(self._key, raw[key], table.columns[key], (*path, key), items) for key in wanted)
        return tuple(zip(wanted, operands, strict=True))

    def _key(self, raw: Any, column: Column, path: Path, items: dict[str, str]) -> Operand:
        fact = Fact("", column.type, "", None, words=column.words)  # type: ignore[arg-type]
        return self._right(raw, path, items, (column.type, column.unit), fact, loose=True)

    # --- right-hand sides

    def _right(
        self, raw: Any, path: Path, items: dict[str, str], kind: Kind, fact: Fact | None, *, loose: bool = False
    ) -> Operand:
        """A value of the given type and unit. `loose`: a word and a code column may be compared (look-up keys)."""
        if isinstance(raw, Mapping):
            if "fact" in raw:
                ref = self._fact(raw["fact"], (*path, "fact"), items)
                self._same(ref.name, (ref.fact.type, ref.fact.unit), kind, path, loose)
                return ref
            if "parameter" in raw:
                name = raw["parameter"]
                found = self._parameter(name, (*path, "parameter"))
                self._same(name, found, kind, path, loose)
                return ParameterRef(name, found[0])
            if "look_up" in raw:
                look_up = self._look_up(raw, path, items, raw.get("column", ""))
                column = look_up.table.columns[raw["column"]]
                self._same(look_up.table.id, (column.type, column.unit), kind, path, loose)
                return look_up
            raise Fault(path, "this right-hand side is not known", "use a literal, fact, parameter or look_up")
        words = fact.words if fact is not None else ()
        value = literal(raw, kind[0], words, fact.pattern if fact is not None else "")
        if value is None:
            if kind[0] is Type.WORD and isinstance(raw, str):
                raise Fault(path, f"{raw} is not one of the words it can be", suggestion(raw, words))
            what = f"the value cannot be {kind[0].article} {kind[0].value}"
            if fact is not None and fact.pattern:
                what += f" of the form {fact.pattern}"
            raise Fault(path, what, "correct the literal")
        if fact is not None and kind[0] is Type.INTEGER and path[-1] == "is" and isinstance(value, int):
            low, high = fact.low, fact.high
            if (low is not None and value < low) or (high is not None and value > high):
                raise Fault(path, f"the fact can never be {value}", f"it lies between {low} and {high}")
        return Literal(value, kind[0])

    def _parameter(self, name: str, path: Path) -> Kind:
        found = self.names.parameters.get(name)
        if found is None:
            raise self._unknown("parameter", name, path, self.names.parameters)
        return found

    def _same(self, name: str, found: Kind, wanted: Kind, path: Path, loose: bool) -> None:
        if loose and found[0] in NAMES and wanted[0] in NAMES:
            return
        if found[0] is not wanted[0]:
            what = f"{name} is of type {found[0].value}, expected {wanted[0].value}"
            raise Fault(path, what, "compare values of one type")
        if found[1] and wanted[1] and found[1] != wanted[1]:
            raise Fault(path, f"{name} counts {found[1]}, expected {wanted[1]}", "compare values of one unit")

    def _ordered(self, low: Operand, high: Operand, kind: Kind, path: Path) -> None:
        if not (isinstance(low, Literal) and isinstance(high, Literal)):
            return
        a, b = low.value, high.value
        if isinstance(a, str) and isinstance(b, str) and kind[0] is Type.CODE and len(a) != len(b):
            raise Fault(path, "the codes of a range differ in length", "write codes of one length")
        if a is not None and b is not None and a > b:  # type: ignore[operator]
            raise Fault(path, "the range is empty", "write the lower value first")

    def _list(self, raw: Any, path: Path, kind: Kind, fact: Fact | None) -> Operand:
        if isinstance(raw, Mapping) and "table" in raw:
            table = self._table(raw["table"], (*path, "table"))
            if len(table.key) != 1:
                raise Fault((*path, "table"), f"{table.id} has more than one key column", "use a look_up")
            listed = table.columns[table.key[0]].type
            if listed not in NAMES:
                what = f"{table.id} lists values of type {listed.value}, expected codes or words"
                raise Fault((*path, "table"), what, "name another table")
            return TableCodes(table)
        if not isinstance(raw, list) or not raw:
            raise Fault(path, "the list is empty or not a list", "list at least one value")
        if len(raw) > MAX_LIST:
            raise Fault(path, f"the list has more than {MAX_LIST} values", "put it into a table")
        element = (Type.CODE, "") if kind[0] is Type.CODES else kind
        parts = self._each(partial(self._right, value, (*path, i), {}, element, fact) for i, value in enumerate(raw))
        values: tuple[Scalar, ...] = tuple(part.value for part in parts)  # type: ignore[union-attr,misc]
        if len(set(values)) != len(values):
            raise Fault(path, "the list names a value twice", "name each value once")
        return Literal(values, element[0])

    def _prefixes(self, raw: Any, path: Path) -> tuple[str, ...]:
        values = (raw,) if isinstance(raw, str) else raw
        if not isinstance(values, (list, tuple)) or not all(isinstance(v, str) and v for v in values) or not values:
            raise Fault(path, "expected a prefix or a list of prefixes", "write one or more code beginnings")
        return tuple(values)


def needs_timed(fact: Fact) -> bool:
    """Whether a derived fact depends on how timed minutes are counted."""
    return (fact.derived and fact.unit in ("minutes", "units")) or fact.path == "line.unit_methods_agree"
