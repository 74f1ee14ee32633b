"""Which rules hold on a day: the timeline between two changes of any loaded rule, parameter or table, bound once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from crosspayer.engine.bind import Binder, BoundRule, rule_boundaries, rule_nodes
from crosspayer.language.tree import FactRef, LookUp, ParameterRef, TableCodes
from crosspayer.policy.grades import Standing, weakest
from crosspayer.policy.model import Cap, Payer, Rule
from crosspayer.policy.tables import Table, TableView
from crosspayer.timed.settings import TimedSettings


@dataclass(frozen=True, slots=True)
class Program:
    """The rules of one payer on one day. `undated` are in no order of days: their day is not known."""

    rules: tuple[BoundRule, ...]
    undated: tuple[BoundRule, ...]


class Timeline:
    """The rules of one payer, bound day by day; each stretch without a change is bound once and kept.

    Filling the cache from several threads at once is harmless: both compute the same program.
    """

    def __init__(self, payer: Payer) -> None:
        self.rules = tuple(rule for rule in payer.rules if not rule.off)
        days: set[date] = set()
        for rule in self.rules:
            days.update(rule_boundaries(rule))
        self.changes = sorted(days)
        self._cache: dict[tuple[int | None, int | None], Program] = {}

    def on(self, service: date | None, received: date | None) -> Program:
        """The program for a day of service and a day of receipt, either unknown."""
        key = (self._stretch(service), self._stretch(received))
        program = self._cache.get(key)
        if program is None:
            program = self._cache[key] = self._bind(service, received)
        return program

    def _stretch(self, day: date | None) -> int | None:
        return None if day is None else bisect_right(self.changes, day)

    def _bind(self, service: date | None, received: date | None) -> Program:
        binders = {day: Binder(day) for day in (service, received) if day is not None}
        rules, undated = [], []
        for rule in self.rules:
            day = service if rule.dated_by == "service_date" else received
            if day is None:
                undated.append(unbound(rule))
            elif day in rule.span:
                rules.append(binders[day].rule(rule))
        return Program(tuple(rules), tuple(undated))


def unbound(rule: Rule) -> BoundRule:
    """A rule whose day is unknown: nothing of it can be decided, only that it is open."""
    standing = weakest(Standing(source.grade, rule.confidence) for source in rule.cites)
    judges = rule.judges
    if isinstance(judges, Table):
        judges = frozenset(str(row.key[0]) for row in judges.rows)
    return BoundRule(rule, None, rule.require, rule.effect, rule.branches, standing, judges)


def tables_of(rule: Rule) -> dict[str, Table]:
    """The tables a rule uses, by id."""
    found: list[Table | TableView] = [node.table for node in rule_nodes(rule) if isinstance(node, (TableCodes, LookUp))]
    found += [node.timed.codes for node in rule_nodes(rule) if isinstance(node, FactRef) and node.timed is not None]
    found += [
        part
        for part in (rule.judges, rule.require.codes if isinstance(rule.require, Cap) else None)
        if isinstance(part, Table)
    ]
    return {table.id: table for table in found if isinstance(table, Table)}


def current_through(rule: Rule) -> date:
    """The last day for which everything the rule uses is known."""
    ends = [rule.span.last]
    for node in rule_nodes(rule):
        if isinstance(node, ParameterRef):
            parameter = rule.parameters[node.name]
            if not parameter.open_ended:
                ends.append(parameter.values[-1].span.last)
    ends += [table.covers_to for table in tables_of(rule).values() if table.covers_to is not None]
    return min(ends)


def timed_settings(rules: Iterable[BoundRule]) -> TimedSettings | None:
    """How minutes are counted, by the first rule that counts them."""
    for bound in rules:
        for node in bound_nodes(bound):
            if isinstance(node, FactRef) and node.timed is not None:
                return node.timed
    return None


def bound_nodes(bound: BoundRule) -> Iterable[object]:
    """Every node of a bound rule's requirement and condition."""
    from crosspayer.language.tree import walk

    if bound.when is not None:
        yield from walk(bound.when)
    if isinstance(bound.require, Cap):
        yield from walk(bound.require.at_most)
    else:
        yield from walk(bound.require)
