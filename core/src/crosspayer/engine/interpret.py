"""The interpreter: walks a bound condition and decides it with evidence. It is the specification of the language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from crosspayer.encounter.fact import Type
from crosspayer.engine import derived, listing
from crosspayer.engine.numbers import COMPARE, Value
from crosspayer.engine.scope import Scope, output
from crosspayer.engine.truth import Decided, Truth, all_of, any_of, joined, opposite
from crosspayer.language.tree import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    CountOver,
    Days,
    FactRef,
    HasRow,
    Literal,
    LookUp,
    NoneOf,
    Operand,
    ParameterRef,
    Quantifier,
    SumOfFacts,
    SumOver,
    TableCodes,
)
from crosspayer.policy.tables import Cell, TableView


def decide(node: Condition, scope: Scope) -> Decided:
    """True, false or unknown, with what decided it or what is missing."""
    found = _decide(node, scope)
    if scope.seen is not None:
        scope.seen(node, found)
    return found


def _decide(node: Condition, scope: Scope) -> Decided:
    match node:
        case AllOf(parts):
            return all_of([decide(part, scope) for part in parts])
        case AnyOf(parts):
            return any_of([decide(part, scope) for part in parts])
        case NoneOf(parts):
            return opposite(any_of([decide(part, scope) for part in parts]))
        case Quantifier(kind, over):
            return listing.quantify(kind, over, scope, decide)
        case HasRow(look_up, expected):
            row = _has_row(look_up, scope)
            return row if expected else opposite(row)
        case Compare(LookUp() as look_up, operator, right):
            return _cell_test(look_up, operator, right, scope)
        case Compare(left, operator, right):
            return _compare(value_of(left, scope), operator, right, scope)


def _compare(left: Value, operator: str, right: Operand | tuple[Operand, ...], scope: Scope) -> Decided:
    if isinstance(right, tuple):
        low, high = (value_of(part, scope) for part in right)
        at_least = _ordered("at_least", left, low)
        at_most = _ordered("at_most", left, high)
        return all_of([at_least, at_most])
    if isinstance(right, TableCodes):
        return _against_table(left, operator, _view(right.table))
    other = value_of(right, scope)
    if operator in COMPARE:
        return _ordered(operator, left, other)
    if not left.known or not other.known:
        return Decided(None, (), joined([left.missing, other.missing]))
    return Decided(_among(operator, left.low, other.low), joined([left.used, other.used]))


def _ordered(operator: str, left: Value, right: Value) -> Decided:
    if not left.known or not right.known:
        return Decided(None, (), joined([left.missing, right.missing]))
    truth = COMPARE[operator](left, right)
    if truth is None:
        return Decided(None, (), joined([left.missing, right.missing]))
    return Decided(truth, joined([left.used, right.used]))


def _among(operator: str, left: Any, right: Any) -> bool:
    """Membership and prefixes, on known values. `right` is a tuple, a member or a flag."""
    match operator:
        case "in":
            return left in right
        case "not_in":
            return left not in right
        case "starts_with":
            return bool(left.startswith(right))
        case "has":
            return right in left
        case "has_any_of":
            return any(value in left for value in right)
        case "has_all_of":
            return all(value in left for value in right)
        case "has_none_of":
            return not any(value in left for value in right)
        case "has_one_of":
            return sum(value in left for value in right) == 1
        case "has_only":
            return all(value in right for value in left)
        case "any_starts_with":
            return any(value.startswith(right) for value in left)
        case "is_empty":
            return (not left) is right
    raise AssertionError(operator)  # the type checker lets no other operator through


def _against_table(left: Value, operator: str, view: TableView) -> Decided:
    """Membership in a table's key column; on an incomplete table only a hit is known."""
    if not left.known:
        return Decided(None, (), left.missing)
    keys = view.codes
    values = (left.low,) if operator in ("in", "not_in") else left.low
    hits = [value for value in dict.fromkeys(values) if value in keys]
    truth: Truth
    match operator:
        case "in" | "has_any_of":
            truth = True if hits else _absent(view, False)
        case "not_in" | "has_none_of":
            truth = False if hits else _absent(view, True)
        case "has_only":
            truth = True if len(hits) == len(set(values)) else _absent(view, False)
        case "has_one_of":
            truth = False if len(hits) > 1 else _absent(view, len(hits) == 1)
        case _:  # has_all_of: every key must be in the list
            truth = False if len(hits) < len(keys) else _absent(view, True)
    return Decided(truth, left.used) if truth is not None else Decided(None, (), (table_path(view),))


def _absent(view: TableView, truth: bool) -> Truth:
    return truth if view.complete else None


def table_path(view: TableView) -> str:
    """How evidence names a table that does not reach the day."""
    return f"table:{view.table.id}"


def _view(table: object) -> TableView:
    assert isinstance(table, TableView)  # binding replaced every table by its view
    return table


# --- look-ups


def _candidates(look_up: LookUp, scope: Scope) -> tuple[list[Mapping[str, Cell]], bool, Value]:
    """The rows that could match, whether "no row" is possible too, and the evidence of the key."""
    view = _view(look_up.table)
    parts = [value_of(operand, scope) for _, operand in look_up.by]
    used, missing = joined(part.used for part in parts), joined(part.missing for part in parts)
    if all(part.exact for part in parts):
        row = view.rows.get(tuple(part.low for part in parts))
        evidence = Value(None, None, True, used)
        return ([row] if row is not None else []), row is None, evidence
    known = tuple(index for index, part in enumerate(parts) if part.exact)
    found = _rows_by(view, known).get(tuple(parts[index].low for index in known), [])
    rows, keys = [row for _, row in found], [key for key, _ in found]
    wanted = 1
    for (name, operand), part in zip(look_up.by, parts, strict=True):
        if not part.exact:
            wanted *= _values(operand, view.table.columns[name].words) or len(keys) + 1
    return rows, len(keys) < wanted, Value(None, None, False, used, missing)


@lru_cache(maxsize=1024)
def _rows_by(view: TableView, known: tuple[int, ...]) -> dict[tuple[Cell, ...], list[Any]]:
    """The rows, each with its key, by the known columns of the key; in the table's order."""
    found: dict[tuple[Cell, ...], list[Any]] = {}
    for key, row in view.rows.items():
        found.setdefault(tuple(key[index] for index in known), []).append((key, row))
    return found


def _values(operand: Operand, words: tuple[str, ...]) -> int:
    """How many values of a word column an open key can have; 0 where it can be something else, and so always miss."""
    closed = operand.fact.words if isinstance(operand, FactRef) else ()
    return len(words) if closed and set(closed) <= set(words) else 0


def _has_row(look_up: LookUp, scope: Scope) -> Decided:
    view = _view(look_up.table)
    rows, may_miss, key = _candidates(look_up, scope)
    return _agreed([True] * len(rows), may_miss, key, view)


def _cell_test(look_up: LookUp, operator: str, right: Operand | tuple[Operand, ...], scope: Scope) -> Decided:
    view = _view(look_up.table)
    rows, may_miss, key = _candidates(look_up, scope)
    assert look_up.column is not None
    tests = []
    for row in rows:
        cell = row[look_up.column]
        left = Value.constant(cell) if cell is not None else Value(None, None, False, (), (table_path(view),))
        tests.append(_compare(left, operator, right, scope))
    used = joined([key.used, *(test.used for test in tests)])
    missing = joined([key.missing, *(test.missing for test in tests)])
    return _agreed([test.truth for test in tests], may_miss, replace(key, used=used, missing=missing), view)


def cell_test(node: Compare, row: Mapping[str, Cell]) -> Truth:
    """What a comparison of a cell with literals comes to in one row."""
    assert isinstance(node.left, LookUp)
    assert node.left.column is not None
    cell = row[node.left.column]
    if cell is None:
        return None
    nowhere = Scope(None, "", None, None, None, None)  # literals ask nothing of an encounter
    return _compare(Value.constant(cell), node.operator, node.right, nowhere).truth


def _agreed(tests: list[Truth], may_miss: bool, key: Value, view: TableView) -> Decided:
    """Known only where every row that could match agrees; no row counts as false, unknown on an incomplete table."""
    outcomes: list[Truth] = list(tests)
    missing = key.missing
    if may_miss:
        outcomes.append(_absent(view, False))
        if not view.complete:
            missing = joined([missing, (table_path(view),)])
    if all(outcome is True for outcome in outcomes):
        return Decided(True, key.used)
    if all(outcome is False for outcome in outcomes):
        return Decided(False, key.used)
    return Decided(None, (), missing)


# --- operands


def value_of(node: Operand, scope: Scope) -> Value:
    """What an operand is in this place, with its evidence."""
    if isinstance(node, FactRef):  # the most frequent first, and without matching
        fact = node.fact
        if fact.derived:
            return derived.compute(node, scope)
        value, path = scope.read(node.of, fact)
        if value is None:
            return Value(None, None, False, (), (path,))
        if fact.type is Type.CODES:
            value = tuple(value)
        return Value(value, value, True, ((path, output(value, fact)),))
    match node:
        case Literal(value, _, parameter):
            if value is None:
                return Value(None, None, False, (), (f"parameter:{parameter}",))
            return Value.constant(value)
        case Days(start, end, business):
            return _days(start, end, business, scope)
        case SumOfFacts(parts):
            return listing.total([value_of(part, scope) for part in parts])
        case SumOver(of_items, over):
            return listing.sum_over(of_items, over, scope, decide, value_of)
        case CountOver(over):
            return listing.count_over(over, scope, decide)
        case LookUp():
            return _cell(node, scope)
        case ParameterRef() | TableCodes():
            raise AssertionError("binding replaces parameters, and tables stand only beside membership operators")


def _cell(look_up: LookUp, scope: Scope) -> Value:
    """A cell as a right-hand side: known where all rows that could match agree."""
    view = _view(look_up.table)
    rows, may_miss, key = _candidates(look_up, scope)
    assert look_up.column is not None
    cells = {row[look_up.column] for row in rows}
    if len(cells) == 1 and not may_miss and None not in cells:
        (cell,) = cells
        return Value(cell, cell, True, key.used)
    return Value(None, None, False, (), key.missing or (table_path(view),))


def _days(start: FactRef, end: FactRef, business: bool, scope: Scope) -> Value:
    first, last = value_of(start, scope), value_of(end, scope)
    if not first.known or not last.known:
        return Value(None, None, False, (), joined([first.missing, last.missing]))
    days = business_days(first.low, last.low) if business else (last.low - first.low).days
    return Value(days, days, True, joined([first.used, last.used]))


def business_days(start: date, end: date) -> int:
    """Mondays to Fridays after `start` up to and including `end`; negative when `end` comes first."""
    if end < start:
        return -business_days(end, start)
    weeks, rest = divmod((end - start).days, 7)
    return weeks * 5 + sum((start + timedelta(days=i)).weekday() < 5 for i in range(1, rest + 1))
