"""The condition tree: what a policy's condition means, free of any file syntax.

The tree is the single truth: the interpreter walks it, the compiler turns it into Python, `sentences` puts it into
words. Nodes are frozen; every fact, parameter and table in them has been found and typed by `check`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal as Choice

from crosspayer.encounter.fact import Fact, Type
from crosspayer.policy.tables import Table, TableView
from crosspayer.timed.settings import TimedSettings

Scalar = bool | int | str | date
"""A literal: booleans, integers (money in cents), text, codes, words, times and dates."""

ListName = Choice["lines", "history", "coverages"]


@dataclass(frozen=True, slots=True)
class FactRef:
    """A fact of the encounter (`of` empty), of the judged line, of the answering coverage, or of a named list item."""

    of: str
    fact: Fact
    timed: TimedSettings | None = None  # how minutes are counted, for derived facts of timed therapy

    @property
    def name(self) -> str:
        """The path as the policy wrote it."""
        return f"{self.of}.{self.fact.tail}" if self.of else self.fact.tail


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; `value` None is a parameter that has no value on the day: unknown."""

    value: Scalar | tuple[Scalar, ...] | None
    type: Type
    parameter: str = ""  # the parameter it came from, for evidence of what is missing


@dataclass(frozen=True, slots=True)
class ParameterRef:
    """A dated value; binding to a day replaces it by a `Literal`."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class TableCodes:
    """The key column of a table, as the right-hand side of `in` and the `has_…` operators."""

    table: Table | TableView


@dataclass(frozen=True, slots=True)
class LookUp:
    """A cell of the row whose key columns equal `by`; `column` None asks whether there is a row."""

    table: Table | TableView
    by: tuple[tuple[str, Operand], ...]
    column: str | None


@dataclass(frozen=True, slots=True)
class Days:
    """Days from one date to another, calendar or business days (Monday to Friday)."""

    start: FactRef
    end: FactRef
    business: bool


@dataclass(frozen=True, slots=True)
class SumOfFacts:
    """The sum of facts that are never negative; an unknown part makes it "at least"."""

    parts: tuple[FactRef, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """How far back entries of the history count: from a date, or days before the service date."""

    since: FactRef | None
    days: int | None


@dataclass(frozen=True, slots=True)
class Over:
    """A list walked item by item: which, what an item is called, which items count."""

    list: ListName
    item: str
    where: Condition
    window: Window | None
    skip_self: bool  # leave out the judged line, or the answering coverage


@dataclass(frozen=True, slots=True)
class SumOver:
    """The sum of one fact over the items of a list."""

    fact: FactRef
    over: Over


@dataclass(frozen=True, slots=True)
class CountOver:
    """The number of items of a list."""

    over: Over


@dataclass(frozen=True, slots=True)
class Compare:
    """One left side, one operator, one right-hand side."""

    left: Operand
    operator: str
    right: Operand | tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class HasRow:
    """Whether a table has a row for the key."""

    look_up: LookUp
    expected: bool


@dataclass(frozen=True, slots=True)
class AllOf:
    """True if every part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True if one part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """True if no part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Quantifier:
    """`any`, `every` or `no` item of a list."""

    kind: Choice["any", "every", "no"]
    over: Over


Operand = FactRef | Literal | ParameterRef | TableCodes | LookUp | Days | SumOfFacts | SumOver | CountOver
Condition = Compare | HasRow | AllOf | AnyOf | NoneOf | Quantifier
Node = Operand | Condition | Over | Window


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below, in document order."""
    match node:
        case AllOf(parts) | AnyOf(parts) | NoneOf(parts) | SumOfFacts(parts):
            yield from parts
        case Compare(left, _, right):
            yield left
            yield from right if isinstance(right, tuple) else (right,)
        case HasRow(look_up, _):
            yield look_up
        case LookUp(_, by, _):
            for _, operand in by:
                yield operand
        case Days(start, end, _):
            yield start
            yield end
        case Quantifier(_, over) | CountOver(over):
            yield over
        case SumOver(fact, over):
            yield fact
            yield over
        case Over(_, _, where, window, _):
            if window is not None:
                yield window
            yield where
        case Window(since, _):
            if since is not None:
                yield since
        case FactRef() | Literal() | ParameterRef() | TableCodes():
            return


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, in document order."""
    yield node
    for child in children(node):
        yield from walk(child)
