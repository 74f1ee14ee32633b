"""Where a rule stands while it is decided: encounter, judged line, answering coverage, list items by name."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Fact, Type, entity_and_tail
from crosspayer.encounter.model import attributes
from crosspayer.engine.truth import Decided
from crosspayer.language.names import cents
from crosspayer.language.tree import Condition, ListName

Shared = dict[Hashable, Any]
"""Where an encounter's derived facts are kept, for all rules and lines that want them."""

SAID = ("coverage.payer", "coverage.plan")
"""What is known of a coverage because somebody answers for it."""


@cache
def _way(path: str) -> tuple[str, tuple[str, ...]]:
    """The path of a fact within what it belongs to, and the attributes that lead to it from there."""
    _, tail = entity_and_tail(path)
    return tail, attributes(tail)


class Item(NamedTuple):
    """An item of a list: the struct, the path that leads to it, its position in the list."""

    thing: Any
    prefix: str
    position: int


@dataclass(slots=True)
class Scope:
    """One line of one encounter, seen by one payer's plan.

    `line` is None for a rule that judges the day; `coverage` is None for a payer the patient has no coverage of, whose
    coverage facts are then unknown. `day` is the date of service, None if unknown. `seen` is told every condition the
    interpreter decides here, and what it came to.
    """

    facts: Any
    payer: str
    plan: str | None
    day: date | None
    line: Item | None
    coverage: Item | None
    items: dict[str, Item] = field(default_factory=dict)
    shared: Shared | None = None
    seen: Callable[[Condition, Decided], None] | None = None

    def at_line(self, line: Item | None) -> Scope:
        """The same place with another judged line."""
        items = dict(self.items)
        return Scope(self.facts, self.payer, self.plan, self.day, line, self.coverage, items, self.shared, self.seen)

    def lines(self) -> list[Item]:
        """All lines of the day."""
        return [Item(line, f"lines[{i}]", i) for i, line in enumerate(self.facts.lines or [])]

    def listed(self, name: ListName) -> Iterator[Item]:
        """The items of a list."""
        if name == "lines":
            yield from self.lines()
        elif name == "coverages":
            for i, coverage in enumerate(self.facts.coverages or []):
                yield Item(coverage, f"coverages[{i}]", i)
        else:
            history = self.facts.history
            for i, past in enumerate((history.lines if history else None) or []):
                yield Item(past, f"history.lines[{i}]", i)

    def read(self, of: str, fact: Fact) -> tuple[Any, str]:
        """The value of a supplied fact (None: unknown; money in cents) and its full path."""
        tail, steps = _way(fact.path)
        if steps[0] == "payer_facts":
            return self._payer_fact(fact)
        value, prefix = self._owner(of)
        path = f"{prefix}.{tail}" if prefix else tail
        if of == "coverage" and fact.path in SAID:
            return (self.payer if fact.path == "coverage.payer" else self.plan), path
        for step in steps:
            if value is None:
                break
            value = getattr(value, step)
        if value is None and fact.falls_back_to:
            return self.read("", CATALOGUE[fact.falls_back_to])
        if fact.type is Type.MONEY and value is not None:
            value = cents(value)
        return value, path

    def _owner(self, of: str) -> tuple[Any, str]:
        if not of:
            return self.facts, ""
        if of == "line":
            return (self.line.thing, self.line.prefix) if self.line else (None, "line")
        if of == "coverage":
            return (self.coverage.thing, self.coverage.prefix) if self.coverage else (None, "coverage")
        item = self.items[of]
        return item.thing, item.prefix

    def _payer_fact(self, fact: Fact) -> tuple[Any, str]:
        _, payer, name = fact.path.split(".")
        value = ((self.facts.payer_facts or {}).get(payer) or {}).get(name)
        if fact.type is Type.MONEY and value is not None:
            value = cents(value)
        if fact.type is Type.DATE and value is not None:
            value = date.fromisoformat(value)
        return value, fact.path


def output(value: Any, fact: Fact) -> Any:
    """The value as an answer shows it: money back in currency units, dates as ISO text."""
    if value is None:
        return None
    if fact.type is Type.MONEY:
        return value / 100
    return value.isoformat() if isinstance(value, date) else value
