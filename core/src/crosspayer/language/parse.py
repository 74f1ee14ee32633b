"""From a condition as written to the typed tree; every fault is reported at its key, none stops the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from typing import Literal as Choice

from crosspayer.encounter.fact import Fact, Type
from crosspayer.language.names import Names, Path, Report, literal, suggestion
from crosspayer.language.operators import OPERATORS, operators_for
from crosspayer.language.tree import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    CountOver,
    Days,
    FactRef,
    HasRow,
    ListName,
    Literal,
    LookUp,
    NoneOf,
    Operand,
    Over,
    ParameterRef,
    Quantifier,
    Scalar,
    SumOfFacts,
    SumOver,
    TableCodes,
    Window,
)
from crosspayer.policy.tables import Table

Kindred = Choice["any", "every", "no"]
MAX_DEPTH = 24
MAX_LIST = 10_000
NAMES = (Type.WORD, Type.TEXT, Type.CODE)
_LISTED: tuple[tuple[str, ListName, str], ...] = (
    ("line", "lines", "other"),
    ("past_line", "history", "past"),
    ("coverage", "coverages", "other"),
)
_KINDS: tuple[Kindred, ...] = ("any", "every", "no")
QUANTIFIERS = {f"{kind}_{noun}": (kind, over, item) for kind in _KINDS for noun, over, item in _LISTED}
Kind = tuple[Type, str]  # type and unit
ENTITY: dict[str, str] = {"lines": "line", "history": "past", "coverages": "coverage"}
ITEM: dict[str, str] = {"lines": "other", "history": "past", "coverages": "other"}


class Fault(Exception):
    """A fault of one condition: place, what, remedy."""


class Told(Exception):
    """A condition with faults that have all been reported already."""


class Parser:
    """Turns the conditions of one policy into trees.

    `items` in the methods below maps the names of list items in scope to their entity (`line`, `past`, `coverage`);
    the judged line is there as `line` unless the rule judges the whole day.
    """

    def __init__(self, names: Names, report: Report, *, line: bool = True, used: set[str] | None = None) -> None:
        self.names, self.report = names, report
        self.used = set[str]() if used is None else used  # named conditions that were looked into
        self.items: dict[str, str] = {"line": "line"} if line else {}
        self.naming: tuple[str, ...] = ()  # named conditions being expanded, to find circles

    def condition(self, raw: Mapping[str, Any], path: Path) -> Condition | None:
        """The tree, or None after reporting what is wrong with it."""
        try:
            return self._condition(raw, path, self.items, 0)
        except Fault as fault:
            self.report(*fault.args)
        except Told:
            pass
        return None

    def operand(self, raw: Any, path: Path, kind: Kind) -> Operand | None:
        """A right-hand side of the given type and unit (a cap's limit), or None after reporting."""
        try:
            return self._right(raw, path, self.items, kind, None)
        except Fault as fault:
            self.report(*fault.args)
        except Told:
            pass
        return None

    # --- conditions

    def _condition(self, raw: Mapping[str, Any], path: Path, items: dict[str, str], depth: int) -> Condition:
        if depth > MAX_DEPTH:
            raise Fault(path, f"conditions are nested deeper than {MAX_DEPTH}", "split it into named conditions")
        for key in ("all_of", "any_of", "none_of"):
            if key in raw:
                return self._combination(key, raw[key], (*path, key), items, depth)
        for key, (kind, over, item) in QUANTIFIERS.items():
            if key in raw:
                body = raw[key]
                walked = self._over(over, body, (*path, key), items, depth, item, skip_self=over != "history")
                return Quantifier(kind, walked)
        if "condition" in raw:
            return self._named(raw["condition"], (*path, "condition"), items, depth)
        if "look_up" in raw and "column" not in raw:
            return HasRow(self._look_up(raw, path, items, None), bool(raw.get("has_row", True)))
        left, typed, fact = self._left(raw, path, items, depth)
        return self._comparison(raw, path, items, left, typed, fact)

    def _combination(self, key: str, raw: Any, path: Path, items: dict[str, str], depth: int) -> Condition:
        parts, faults = [], 0
        for index, part in enumerate(raw):
            try:
                parts.append(self._condition(part, (*path, index), items, depth + 1))
            except Fault as fault:  # report here, so that the parts after it are checked too
                self.report(*fault.args)
                faults += 1
            except Told:
                faults += 1
        if faults:
            raise Told
        if key == "all_of":
            return AllOf(tuple(parts))
        return AnyOf(tuple(parts)) if key == "any_of" else NoneOf(tuple(parts))

    def _named(self, name: str, path: Path, items: dict[str, str], depth: int) -> Condition:
        if name in self.naming:
            circle = " → ".join((*self.naming, name))
            raise Fault(path, f"named conditions use each other in a circle ({circle})", "break the circle")
        found = self.names.conditions.get(name)
        if found is None:
            raise self._unknown("condition", name, path, self.names.conditions)
        self.used.add(name)
        inner = Parser(self.names, found.report, line="line" in items, used=self.used)
        inner.naming = (*self.naming, name)
        try:
            return inner._condition(found.raw, found.path, items, depth + 1)
        except Fault as fault:  # its place is in the document that declares it
            found.report(*fault.args)
            raise Told from None

    def _comparison(
        self, raw: Mapping[str, Any], path: Path, items: dict[str, str], left: Operand, kind: Kind, fact: Fact | None
    ) -> Condition:
        written = [key for key in raw if key in OPERATORS]
        allowed = operators_for(kind[0])
        if len(written) != 1:
            what = "no operator" if not written else f"{len(written)} operators ({', '.join(written)})"
            raise Fault(path, f"the condition has {what}, expected exactly one", f"use one of {', '.join(allowed)}")
        name = written[0]
        place = (*path, name)
        if name not in allowed:
            what = f"{name} does not fit a fact of type {kind[0].value}"
            raise Fault(place, what, f"use one of {', '.join(allowed)}")
        value, shape = raw[name], OPERATORS[name].right
        right: Operand | tuple[Operand, ...]
        if shape == "range":
            if not isinstance(value, list) or len(value) != 2:
                raise Fault(place, "between needs two values", "write [low, high]")
            low, high = (self._right(v, (*place, i), items, kind, fact) for i, v in enumerate(value))
            self._ordered(low, high, kind, place)
            right = (low, high)
        elif shape == "flag":
            right = self._right(value, place, items, (Type.BOOLEAN, ""), None)
        elif shape == "prefixes":
            right = Literal(self._prefixes(value, place), Type.CODE)
        elif shape == "member":
            right = self._right(value, place, items, (Type.CODE, ""), fact)
        elif shape == "list":
            right = self._list(value, place, kind, fact)
        else:
            right = self._right(value, place, items, kind, fact)
        return Compare(left, name, right)

    def _unknown(self, kind: str, name: str, path: Path, known: Iterable[str]) -> Fault | Told:
        """What to raise where nothing bears the name."""
        spoilt = self.names.spoilt
        if spoilt.holds(kind, name):
            return Told()
        return Fault(path, f"no {kind} is named {name}", suggestion(name, spoilt.among(kind, known)))

    # --- left sides

    def _left(
        self, raw: Mapping[str, Any], path: Path, items: dict[str, str], depth: int
    ) -> tuple[Operand, Kind, Fact | None]:
        if "fact" in raw:
            ref = self._fact(raw["fact"], (*path, "fact"), items)
            return ref, (ref.fact.type, ref.fact.unit), ref.fact
        if "look_up" in raw:
            look_up = self._look_up(raw, path, items, raw["column"])
            column = look_up.table.columns[raw["column"]]
            fact = Fact("", column.type, "", None, words=column.words)  # type: ignore[arg-type]
            return look_up, (column.type, column.unit), fact
        for key in ("days_from", "business_days_from"):
            if key in raw:
                start = self._fact(raw[key], (*path, key), items, Type.DATE)
                end = self._fact(raw.get("to", ""), (*path, "to"), items, Type.DATE)
                return Days(start, end, key == "business_days_from"), (Type.INTEGER, "days"), None
        if "count_of" in raw:
            over = self._counted(raw["count_of"], raw, (*path, "count_of"), path, items, depth)
            return CountOver(over), (Type.INTEGER, ""), None
        if "sum_of" in raw and "over" in raw:
            over = self._counted(raw["over"], raw, (*path, "over"), path, items, depth)
            inner = {**items, over.item: ENTITY[over.list]}
            ref = self._fact(raw["sum_of"], (*path, "sum_of"), inner)
            self._summable(ref, (*path, "sum_of"))
            return SumOver(ref, over), (ref.fact.type, ref.fact.unit), None
        if "sum_of" in raw and isinstance(raw["sum_of"], list):
            place = (*path, "sum_of")
            parts = tuple(self._fact(p, (*place, i), items) for i, p in enumerate(raw["sum_of"]))
            for index, part in enumerate(parts):
                self._summable(part, (*place, index))
                if part.fact.type is not parts[0].fact.type:
                    raise Fault((*place, index), "the facts of a sum differ in type", "sum facts of one type")
            return SumOfFacts(parts), (parts[0].fact.type, parts[0].fact.unit), None
        raise Fault(path, "this is not a condition", "name a fact, a list, a look-up or a combination")

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

    def _summable(self, ref: FactRef, path: Path) -> None:
        if ref.fact.type not in (Type.INTEGER, Type.MONEY) or ref.fact.low is None or ref.fact.low < 0:
            raise Fault(path, f"{ref.name} cannot be summed", "sum whole numbers or money that are never negative")

    # --- lists

    def _counted(
        self, over: Any, raw: Mapping[str, Any], place: Path, path: Path, items: dict[str, str], depth: int
    ) -> Over:
        if over not in ENTITY:
            raise Fault(place, "there is no such list", f"use one of {', '.join(ENTITY)}")
        return self._over(over, raw, path, items, depth, ITEM[over], skip_self=False)

    def _over(
        self, over: ListName, raw: Any, path: Path, items: dict[str, str], depth: int, item: str, *, skip_self: bool
    ) -> Over:
        name = raw.get("as", item)
        if name in items or name in ("coverage",):
            raise Fault((*path, "as"), f"{name} already names something here", "give the item another name with as")
        inner = {**items, name: ENTITY[over]}
        window = self._window(over, raw, path, items)
        where = self._condition(raw["where"], (*path, "where"), inner, depth + 1) if "where" in raw else AllOf(())
        return Over(over, name, where, window, skip_self)

    def _window(self, over: ListName, raw: Mapping[str, Any], path: Path, items: dict[str, str]) -> Window | None:
        for key in ("since", "within_days"):
            if key in raw and over != "history":
                raise Fault((*path, key), f"{key} is for the history only", "leave it out")
        if "since" in raw and "within_days" in raw:
            raise Fault((*path, "since"), "since and within_days exclude each other", "keep one of them")
        if "since" in raw:
            return Window(self._fact(raw["since"]["fact"], (*path, "since", "fact"), items, Type.DATE), None)
        return Window(None, raw["within_days"]) if "within_days" in raw else None

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
        pairs = []
        for key in wanted:
            column = table.columns[key]
            kind = (column.type, column.unit)
            fact = Fact("", column.type, "", None, words=column.words)  # type: ignore[arg-type]
            pairs.append((key, self._right(raw[key], (*path, key), items, kind, fact, loose=True)))
        return tuple(pairs)

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
                found = self.names.parameters.get(name)
                if found is None:
                    raise self._unknown("parameter", name, (*path, "parameter"), self.names.parameters)
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
        values: tuple[Scalar, ...] = tuple(
            self._right(value, (*path, index), {}, element, fact).value  # type: ignore[union-attr,misc]
            for index, value in enumerate(raw)
        )
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
