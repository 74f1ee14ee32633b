"""Rules of several seats taken together: those that ask the same, and those that only ask it with other numbers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import groupby
from typing import TypeVar

from crosspayer.engine.compile.structure import Structures
from crosspayer.language.tree import AllOf, AnyOf, Compare, Condition, Literal, NoneOf, Operand

T = TypeVar("T")

SLIDING = {
    "at_most": True, "less_than": True, "on_or_before": True, "before": True,
    "at_least": False, "more_than": False, "on_or_after": False, "after": False,
}  # fmt: skip
"""Comparisons with a number or day, and whether a lesser one is harder to meet."""


def grouped(seats: Sequence[Sequence[T]], key: Callable[[T], Hashable]) -> list[list[T]]:
    """The items of all seats, equal keys together as far as every seat's items stay in their order."""
    queues = [_runs(items, key) for items in seats]
    left: dict[Hashable, int] = {}
    for queue in queues:
        for name, _ in queue:
            left[name] = left.get(name, 0) + 1
    at = [0] * len(queues)
    found: list[list[T]] = []
    while True:
        heads: dict[Hashable, list[int]] = {}
        for index, queue in enumerate(queues):
            if at[index] < len(queue):
                heads.setdefault(queue[at[index]][0], []).append(index)
        if not heads:
            return found
        whole = [name for name, indexes in heads.items() if len(indexes) == left[name]]
        for name in whole or [next(iter(heads))]:  # no group is whole: the first one goes in parts
            found.append([item for index in heads[name] for item in queues[index][at[index]][1]])
            left[name] -= len(heads[name])
            for index in heads[name]:
                at[index] += 1


def _runs(items: Sequence[T], key: Callable[[T], Hashable]) -> list[tuple[Hashable, list[T]]]:
    """Neighbours of one key together; each run with its key, and the how manieth run of that key it is."""
    seen: dict[Hashable, int] = {}
    found: list[tuple[Hashable, list[T]]] = []
    for name, run in groupby(items, key):
        seen[name] = number = seen.get(name, 0) + 1
        found.append(((name, number), list(run)))
    return found


def shape(node: Condition, structures: Structures) -> Hashable:
    """What a condition asks, whatever the numbers and days it compares with."""
    match node:
        case AllOf(parts) | AnyOf(parts) | NoneOf(parts):
            return type(node).__name__, *(shape(part, structures) for part in parts)
        case Compare(left, operator, right) if _slides(operator, right):
            return operator, structures.of(left).number
    return structures.of(node).number


def _slides(operator: str, right: Operand | tuple[Operand, ...]) -> bool:
    ends = right if operator == "between" and isinstance(right, tuple) else (right,) if operator in SLIDING else ()
    return bool(ends) and all(isinstance(end, Literal) and isinstance(end.value, int) for end in ends)


def strictest(nodes: Sequence[Condition], *, truth: bool) -> Condition:
    """Of conditions of one shape one that is true (or false: `truth`) only where all of them surely are."""
    first = nodes[0]
    match first:
        case AllOf() | AnyOf() | NoneOf():
            wanted = truth is not isinstance(first, NoneOf)
            columns = zip(*(node.parts for node in nodes if isinstance(node, (AllOf, AnyOf, NoneOf))), strict=True)
            return type(first)(tuple(strictest(column, truth=wanted) for column in columns))
        case Compare(left, operator, right) if _slides(operator, right):
            rights = [node.right for node in nodes if isinstance(node, Compare)]
            if operator != "between":
                return Compare(left, operator, _end(rights, least=SLIDING[operator] is truth))
            lows, highs = ([ends[at] for ends in rights if isinstance(ends, tuple)] for at in (0, 1))
            return Compare(left, operator, (_end(lows, least=not truth), _end(highs, least=truth)))
    return first


def _end(ends: Sequence[Operand | tuple[Operand, ...]], *, least: bool) -> Literal:
    found = [end for end in ends if isinstance(end, Literal)]
    return (min if least else max)(found, key=lambda end: end.value)  # type: ignore[arg-type, return-value]
