"""Which rules hold on a day: the timeline between two changes of any loaded rule, parameter or table, bound once."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from crosspayer.engine.bind import Binder, BoundRule, rule_boundaries
from crosspayer.policy.grades import Standing, weakest
from crosspayer.policy.model import Payer, Rule
from crosspayer.policy.tables import Table

if TYPE_CHECKING:
    from crosspayer.engine.panel import Panel


@dataclass(frozen=True, slots=True)
class Program:
    """The rules of one payer on one day; `undated` are those whose day is not known. Panels are kept once made."""

    rules: tuple[BoundRule, ...]
    undated: tuple[BoundRule, ...]
    codes: frozenset[str]  # that a rule judges or a policy lists
    panels: dict[tuple[str | None, str | None], Panel] = field(default_factory=dict)  # by plan and code


class Timeline:
    """The rules of one payer, bound day by day; each stretch without a change is bound once and kept.

    Filling the cache from several threads at once is harmless: both compute the same program.
    """

    def __init__(self, payer: Payer) -> None:
        self.listed = frozenset[str]().union(*(policy.codes for policy in payer.policies))
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
        codes = self.listed.union(*(bound.judges for bound in (*rules, *undated)))
        return Program(tuple(rules), tuple(undated), codes)


def unbound(rule: Rule) -> BoundRule:
    """A rule whose day is unknown: nothing of it can be decided, only that it is open."""
    standing = weakest(Standing(source.grade, rule.confidence) for source in rule.cites)
    judges = rule.judges
    if isinstance(judges, Table):
        judges = frozenset(str(row.key[0]) for row in judges.rows)
    return BoundRule(rule, None, rule.require, rule.effect, rule.branches, standing, judges)
