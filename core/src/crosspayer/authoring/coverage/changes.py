"""Small wrong changes to one condition: comparisons flipped, thresholds moved, members and parts dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeAlias
from typing import Literal as Words

from crosspayer.encounter.fact import Type
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
    NoneOf,
    Operand,
    Over,
    Quantifier,
    SumOfFacts,
    SumOver,
)

STRICT = {
    "at_most": "less_than", "less_than": "at_most", "at_least": "more_than", "more_than": "at_least",
    "on_or_before": "before", "before": "on_or_before", "on_or_after": "after", "after": "on_or_after",
}  # fmt: skip
"""The same comparison with the border on the other side."""
OPPOSITE = {
    "at_most": "more_than", "more_than": "at_most", "at_least": "less_than", "less_than": "at_least",
    "on_or_before": "after", "after": "on_or_before", "on_or_after": "before", "before": "on_or_after",
    "is": "is_not", "is_not": "is", "in": "not_in", "not_in": "in", "has_any_of": "has_none_of",
    "has_none_of": "has_any_of",
}  # fmt: skip
KINDRED = {"has_any_of": "has_all_of", "has_all_of": "has_any_of", "has_one_of": "has_any_of", "has_only": "has_any_of"}
"""Operators that are easily taken for each other."""
STEPS = (Type.INTEGER, Type.MONEY, Type.DATE)
KIND: TypeAlias = 'Words["any", "every", "no"]'
NO_CODE = "ZZ"
"""Stands for some other code."""


class Change(NamedTuple):
    """What is done, in the policy's own words, and the condition that comes of it."""

    what: str
    node: Condition


def changes(node: Condition) -> Iterator[Change]:
    """The wrong conditions next to this one; those below it are not touched."""
    match node:
        case AllOf(parts):
            yield from _dropped(node, "all_of")
            if len(parts) > 1:
                yield Change("all_of → any_of", AnyOf(parts))
        case AnyOf(parts):
            yield from _dropped(node, "any_of")
            if len(parts) > 1:
                yield Change("any_of → all_of", AllOf(parts))
        case NoneOf(parts):
            yield from _dropped(node, "none_of")
            yield Change("none_of → any_of", AnyOf(parts))
        case HasRow(look_up, expected):
            yield Change(f"has_row = {_flag(expected)} → {_flag(not expected)}", HasRow(look_up, not expected))
        case Quantifier(kind, over):
            other: KIND = "no" if kind == "any" else "any"
            yield Change(f"{kind} → {other}", Quantifier(other, over))
            for what, changed in _windows(over):
                yield Change(what, Quantifier(kind, changed))
        case Compare():
            yield from _comparisons(node)


def _dropped(node: AllOf | AnyOf | NoneOf, key: str) -> Iterator[Change]:
    if len(node.parts) > 1:
        for index in range(len(node.parts)):
            parts = (*node.parts[:index], *node.parts[index + 1 :])
            yield Change(f"part {index + 1} of {key} dropped", replace(node, parts=parts))


def _windows(over: Over) -> Iterator[tuple[str, Over]]:
    window = over.window
    if window is None:
        return
    if window.days is None:
        yield "since dropped", replace(over, window=None)
        return
    for step in (-1, 1):
        moved = replace(window, days=window.days + step)
        yield f"within_days = {window.days} → {moved.days}", replace(over, window=moved)


def _comparisons(node: Compare) -> Iterator[Change]:
    left, operator, right = node.left, node.operator, node.right
    yield from _lefts(node)
    if isinstance(right, tuple):
        yield from _ranges(node, right)
    elif isinstance(right, Literal) and isinstance(right.value, bool):
        opposite = replace(right, value=not right.value)
        yield Change(f"{operator} = {_flag(right.value)} → {_flag(not right.value)}", replace(node, right=opposite))
    elif isinstance(right, Literal) and right.type in STEPS and not isinstance(right.value, tuple):
        for step in (-1, 1):
            moved = moved_by(right, step)
            if moved is not None:
                what = f"{operator} = {shown(right)} → {shown(moved)}"
                yield Change(what, replace(node, right=moved))
        yield from _flipped(node, OPPOSITE)
    else:
        yield from _flipped(node, STRICT)
        yield from _flipped(node, OPPOSITE)
        if isinstance(right, Literal):
            yield from _members(node, right)
        if not (isinstance(right, Literal) and isinstance(right.value, tuple) and len(right.value) == 1):
            yield from _flipped(node, KINDRED)
        if operator in ("starts_with", "any_starts_with", "has"):
            yield Change(f"{operator} negated", NoneOf((node,)))
    if isinstance(left, FactRef) and left.fact.type is Type.WORD and isinstance(right, Literal) and operator == "is":
        other = next((word for word in left.fact.words if word != right.value), None)
        if other is not None:
            yield Change(f"is = {shown(right)} → {other}", replace(node, right=replace(right, value=other)))


def _flipped(node: Compare, table: dict[str, str]) -> Iterator[Change]:
    other = table.get(node.operator)
    if other is not None:
        yield Change(f"{node.operator} → {other}", replace(node, operator=other))


def _ranges(node: Compare, right: tuple[Operand, ...]) -> Iterator[Change]:
    for index, name in enumerate(("first", "last")):
        bound = right[index]
        for step in (-1, 1):
            moved = moved_by(bound, step) if isinstance(bound, Literal) else None
            if moved is not None:
                new = (moved, right[1]) if index == 0 else (right[0], moved)
                yield Change(f"between: {name} {shown(bound)} → {shown(moved)}", replace(node, right=new))
    yield Change("between negated", NoneOf((node,)))


def _members(node: Compare, right: Literal) -> Iterator[Change]:
    if isinstance(right.value, tuple):
        if len(right.value) > 1:
            for index, member in enumerate(right.value):
                rest = (*right.value[:index], *right.value[index + 1 :])
                yield Change(f"{member} dropped from {node.operator}", replace(node, right=replace(right, value=rest)))
    elif isinstance(right.value, str) and right.type in (Type.CODE, Type.TEXT) and node.operator in ("is", "has"):
        other = replace(right, value=NO_CODE)
        yield Change(f"{node.operator} = {right.value} → another", replace(node, right=other))


def _lefts(node: Compare) -> Iterator[Change]:
    left = node.left
    if isinstance(left, SumOfFacts) and len(left.parts) > 1:
        for index, part in enumerate(left.parts):
            parts = (*left.parts[:index], *left.parts[index + 1 :])
            yield Change(f"{part.name} dropped from sum_of", replace(node, left=SumOfFacts(parts)))
    elif isinstance(left, Days):
        words = ("days_from", "business_days_from")
        what = f"{words[left.business]} → {words[not left.business]}"
        yield Change(what, replace(node, left=replace(left, business=not left.business)))
    elif isinstance(left, (CountOver, SumOver)):
        for what, over in _windows(left.over):
            yield Change(what, replace(node, left=replace(left, over=over)))


def moved_by(literal: Literal, step: int) -> Literal | None:
    """A threshold moved by units, cents or days; None where it cannot be."""
    value: Any = literal.value
    if isinstance(value, bool) or literal.type not in STEPS:
        return None
    if isinstance(value, date):
        return replace(literal, value=value + timedelta(days=step))
    return replace(literal, value=value + step) if isinstance(value, int) else None


def shown(node: Operand) -> str:
    """A literal as people read it."""
    assert isinstance(node, Literal)
    if node.type is Type.MONEY and isinstance(node.value, int):
        return f"{node.value / 100:.2f}"
    return _flag(node.value) if isinstance(node.value, bool) else str(node.value)


def _flag(value: Any) -> str:
    return "true" if value else "false"
