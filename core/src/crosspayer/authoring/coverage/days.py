"""The days on which policies, rules and parameters change, each counted once: where it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from crosspayer.authoring.coverage.bench import Bench
from crosspayer.authoring.coverage.spots import Place, Written
from crosspayer.engine.bind import rule_nodes
from crosspayer.language.tree import ParameterRef
from crosspayer.policy.dating import day_after
from crosspayer.policy.model import Rule

BEFORE, AFTER = "the last day before it changes", "the first day after it changes"


@dataclass(slots=True)
class Change:
    """Something that is otherwise from `first` on: whose it is, where it is written, and the rules it changes."""

    whose: str
    place: Place
    first: date
    rules: list[Rule] = field(default_factory=list)

    @property
    def days(self) -> tuple[tuple[date, str], tuple[date, str]]:
        """The last day before, and the first day after."""
        return (date.fromordinal(self.first.toordinal() - 1), BEFORE), (self.first, AFTER)


def changes(bench: Bench) -> list[Change]:
    """Every change once, in the order of the documents."""
    found: dict[tuple[str, date], Change] = {}
    for written in bench.rules:
        for whose, place, first in _of_rule(written, bench):
            found.setdefault((whose, first), Change(whose, place, first)).rules.append(written.rule)
    return list(found.values())


def _of_rule(written: Written, bench: Bench) -> Iterator[tuple[str, Place, date]]:
    rule = written.rule
    if rule.span.first > date.min:
        yield *_bound(written, "from"), rule.span.first
    if rule.span.last < date.max:
        yield *_bound(written, "to"), day_after(rule.span.last)
    for name in dict.fromkeys(node.name for node in rule_nodes(rule) if isinstance(node, ParameterRef)):
        whose, place = _parameter(name, written, bench)
        for value in rule.parameters[name].values:
            for first in (value.span.first, day_after(value.span.last)):
                if rule.span.first < first <= rule.span.last and first < date.max:
                    yield whose, place, first


def _bound(written: Written, key: str) -> tuple[str, Place]:
    """Whose `from` or `to` it is: the rule's own, or its policy's."""
    if key in written.raw:
        return written.rule.id, written.at(key)
    return written.rule.policy, Place(written.document.origin, (key,))


def _parameter(name: str, written: Written, bench: Bench) -> tuple[str, Place]:
    """Whose parameter it is: the plugin's own, shared by its files, or a pack's, which counts for the rule."""
    for document in bench.library.policies:
        if name in document.data.get("parameters", {}):
            return f"parameter {name}", Place(document.origin, ("parameters", name))
    return written.rule.id, written.place
