"""From a condition as written to the typed tree; every fault is reported at its key, none stops the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar
from typing import Literal as Choice

from crosspayer.encounter.fact import Fact, Type
from crosspayer.language.names import Parsed, Path, RawCondition
from crosspayer.language.operands import Fault, Kind, Operands, Told
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
    NoneOf,
    Operand,
    Over,
    Quantifier,
    SumOfFacts,
    SumOver,
    Window,
)

T = TypeVar("T")
U = TypeVar("U")

Kindred = Choice["any", "every", "no"]
MAX_DEPTH = 24
MAX_PARTS = 5000
"""Most conditions one may come to with those that it names."""
_LISTED: tuple[tuple[str, ListName, str], ...] = (
    ("line", "lines", "other"),
    ("past_line", "history", "past"),
    ("coverage", "coverages", "other"),
)
_KINDS: tuple[Kindred, ...] = ("any", "every", "no")
QUANTIFIERS = {f"{kind}_{noun}": (kind, over, item) for kind in _KINDS for noun, over, item in _LISTED}
ENTITY: dict[str, str] = {"lines": "line", "history": "past", "coverages": "coverage"}
ITEM: dict[str, str] = {"lines": "other", "history": "past", "coverages": "other"}


class Parser(Operands):
    """Turns the conditions of one policy into trees."""

    def condition(self, raw: Mapping[str, Any], path: Path) -> Condition | None:
        """The tree, or None after reporting what is wrong with it."""
        self.parts = self.deepest = 0
        try:
            return self._condition(raw, path, self.items, 0)
        except Fault as fault:
            self.report(*fault.args)
        except Told:
            pass
        return None

    # --- conditions

    def _condition(self, raw: Mapping[str, Any], path: Path, items: dict[str, str], depth: int) -> Condition:
        self._count(path, 1, depth)
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
        try:
            left, typed, fact = self._left(raw, path, items, depth)
        except (Fault, Told) as fault:
            if isinstance(fault, Fault):
                self.report(*fault.args)
            self._each(self._named_right(raw, path, items))  # of no type now, but names that are not there can be told
            raise Told from None
        return self._comparison(raw, path, items, left, typed, fact)

    def _named_right(self, raw: Mapping[str, Any], path: Path, items: dict[str, str]) -> Iterator[Callable[[], object]]:
        for operator in (key for key in raw if key in OPERATORS):
            several = isinstance(raw[operator], list)
            for index, value in enumerate(raw[operator] if several else [raw[operator]]):
                place = (*path, operator, index) if several else (*path, operator)
                if isinstance(value, Mapping) and "parameter" in value:
                    yield partial(self._parameter, value["parameter"], (*place, "parameter"))
                elif isinstance(value, Mapping) and "fact" in value:
                    yield partial(self._fact, value["fact"], (*place, "fact"), items)
                elif isinstance(value, Mapping) and "table" in value:
                    yield partial(self._table, value["table"], (*place, "table"))

    def _combination(self, key: str, raw: Any, path: Path, items: dict[str, str], depth: int) -> Condition:
        parts = self._each(partial(self._condition, part, (*path, i), items, depth + 1) for i, part in enumerate(raw))
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
        key = name, tuple(sorted(items.items()))
        if key not in self.names.parsed:
            self.names.parsed[key] = None  # what has a fault is told once
            self.names.parsed[key] = self._parsed(found, name, items, depth)
        made = self.names.parsed[key]
        if made is None:
            raise Told
        self._count(path, made.parts, depth + made.height)
        return made.condition

    def _parsed(self, found: RawCondition, name: str, items: dict[str, str], depth: int) -> Parsed:
        inner = Parser(self.names, found.report, line="line" in items, used=self.used)
        inner.naming = (*self.naming, name)
        try:
            condition = inner._condition(found.raw, found.path, items, depth + 1)
        except Fault as fault:  # its place is in the document that declares it
            found.report(*fault.args)
            raise Told from None
        return Parsed(condition, inner.parts, inner.deepest - depth)

    def _count(self, path: Path, parts: int, deepest: int) -> None:
        """Bound what a condition becomes with those it names; each may name others many times over."""
        if self.parts > MAX_PARTS:
            raise Told
        self.parts += parts
        self.deepest = max(self.deepest, deepest)
        if deepest > MAX_DEPTH:
            what = f"conditions are nested deeper than {MAX_DEPTH}, those that they name included"
            raise Fault(path, what, "say it with fewer levels")
        if self.parts > MAX_PARTS:
            what = f"the condition has more than {MAX_PARTS} parts once those that it names stand in it"
            raise Fault(path, what, "name fewer of them, or make them smaller")

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
            low, high = self._each(partial(self._right, v, (*place, i), items, kind, fact) for i, v in enumerate(value))
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
                ends = {key: raw[key], "to": raw.get("to", "")}
                start, end = self._each(partial(self._fact, f, (*path, k), items, Type.DATE) for k, f in ends.items())
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
            parts = tuple(self._each(partial(self._fact, p, (*place, i), items) for i, p in enumerate(raw["sum_of"])))
            for index, part in enumerate(parts):
                self._summable(part, (*place, index))
                if part.fact.type is not parts[0].fact.type:
                    raise Fault((*place, index), "the facts of a sum differ in type", "sum facts of one type")
            return SumOfFacts(parts), (parts[0].fact.type, parts[0].fact.unit), None
        raise Fault(path, "this is not a condition", "name a fact, a list, a look-up or a combination")

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
        written = raw.get("where", {"all_of": []})
        window, where = self._both(
            partial(self._window, over, raw, path, items),
            partial(self._condition, written, (*path, "where"), inner, depth + 1),
        )
        return Over(over, name, where, window, skip_self)

    def _both(self, one: Callable[[], T], two: Callable[[], U]) -> tuple[T, U]:
        found: list[Any] = self._each([one, two])
        return found[0], found[1]

    def _window(self, over: ListName, raw: Mapping[str, Any], path: Path, items: dict[str, str]) -> Window | None:
        for key in ("since", "within_days"):
            if key in raw and over != "history":
                raise Fault((*path, key), f"{key} is for the history only", "leave it out")
        if "since" in raw and "within_days" in raw:
            raise Fault((*path, "since"), "since and within_days exclude each other", "keep one of them")
        if "since" in raw:
            return Window(self._fact(raw["since"]["fact"], (*path, "since", "fact"), items, Type.DATE), None)
        return Window(None, raw["within_days"]) if "within_days" in raw else None
