"""Binding rules to one day: parameters become values, tables what they say on it, effects what grades allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

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
    Over,
    ParameterRef,
    Quantifier,
    SumOfFacts,
    SumOver,
    TableCodes,
)
from crosspayer.policy.dating import boundaries
from crosspayer.policy.grades import Standing, weakest
from crosspayer.policy.model import Branch, Cap, Rule, Source
from crosspayer.policy.tables import Table, TableView
from crosspayer.policy.vocabulary import Confidence, Effect
from crosspayer.timed.settings import TimedSettings


@dataclass(frozen=True, slots=True, eq=False)
class BoundRule:
    """A rule on one day. `effect` and the branches' effects are what its standing allows; `stepped_down` says that
    it wanted
    more. `judges` are the codes whose lines it judges."""

    rule: Rule
    when: Condition | None
    require: Condition | Cap
    effect: Effect | None
    branches: tuple[Branch, ...]
    standing: Standing
    judges: frozenset[str]

    def weak(self, effect: str, wanted: str) -> bool:
        """Whether the effect is only a warning because the sources are too weak for more."""
        stands_in = effect == "warn" or self.rule.instead_of is not None
        return not self.standing.firm and (effect != wanted or stands_in)


class Binder:
    """Binds rules to a day; tables are viewed once."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.views: dict[int, TableView] = {}

    def rule(self, rule: Rule) -> BoundRule:
        """The rule on this day; the caller has checked that it is in force."""
        self.standings = [Standing(source.grade, rule.confidence) for source in rule.cites]
        self.current = rule
        when = self.condition(rule.when) if rule.when is not None else None
        require = self._cap(rule.require) if isinstance(rule.require, Cap) else self.condition(rule.require)
        branches = [replace(b, when=self.condition(b.when) if b.when is not None else None) for b in rule.branches]
        judges = rule.judges
        if isinstance(judges, Table):
            judges = frozenset(str(key[0]) for key in self._view(judges).rows)
        standing = weakest(self.standings)
        return BoundRule(
            rule,
            when,
            require,
            standing.effect(rule.effect) if rule.effect else None,
            tuple(replace(b, effect=standing.effect(b.effect)) for b in branches),
            standing,
            judges,
        )

    def _cap(self, cap: Cap) -> Cap:
        codes = self._view(cap.codes) if isinstance(cap.codes, Table) else cap.codes
        where = self.condition(cap.where) if cap.where is not None else None
        return replace(cap, codes=codes, where=where, at_most=self.operand(cap.at_most))

    def condition(self, node: Condition) -> Condition:
        """The condition with every dated thing replaced by what it is on this day."""
        match node:
            case AllOf(parts):
                return AllOf(tuple(map(self.condition, parts)))
            case AnyOf(parts):
                return AnyOf(tuple(map(self.condition, parts)))
            case NoneOf(parts):
                return NoneOf(tuple(map(self.condition, parts)))
            case Compare(left, operator, right):
                bound = tuple(map(self.operand, right)) if isinstance(right, tuple) else self.operand(right)
                return Compare(self.operand(left), operator, bound)
            case HasRow(look_up, expected):
                bound_look_up = self.operand(look_up)
                assert isinstance(bound_look_up, LookUp)
                return HasRow(bound_look_up, expected)
            case Quantifier(kind, over):
                return Quantifier(kind, self._over(over))

    def operand(self, node: Operand) -> Operand:
        """The same for an operand."""
        match node:
            case FactRef(_, _, timed):
                return node if timed is None else replace(node, timed=self._timed(timed))
            case ParameterRef(name, kind):
                value = self.current.parameters[name].on(self.day)
                if value is None:
                    return Literal(None, kind, name)
                self._rests_on(value.cites, value.confidence)
                return Literal(value.value, kind, name)
            case TableCodes(table):
                return TableCodes(self._view(table))
            case LookUp(table, by, column):
                return LookUp(self._view(table), tuple((key, self.operand(part)) for key, part in by), column)
            case SumOver(fact, over):
                timed = self._timed(fact.timed) if fact.timed else None
                return SumOver(replace(fact, timed=timed), self._over(over))
            case CountOver(over):
                return CountOver(self._over(over))
            case SumOfFacts(parts):
                return SumOfFacts(
                    tuple(replace(part, timed=self._timed(part.timed)) if part.timed else part for part in parts)
                )
            case Literal() | Days():
                return node

    def _over(self, over: Over) -> Over:
        return replace(over, where=self.condition(over.where))

    def _timed(self, timed: TimedSettings) -> TimedSettings:
        return replace(timed, codes=self._view(timed.codes))

    def _view(self, table: Table | TableView) -> TableView:
        if isinstance(table, TableView):
            return table
        view = self.views.get(id(table))
        if view is None:
            view = self.views[id(table)] = table.on(self.day)
        cites = tuple(self.current.sources[name] for name in table.cites if name in self.current.sources)
        self._rests_on(cites, table.confidence, stale=view.state == "stale")
        return view

    def _rests_on(self, cites: tuple[Source, ...], confidence: Confidence, *, stale: bool = False) -> None:
        self.standings.extend(Standing(source.grade, confidence, stale) for source in cites)


def rule_boundaries(rule: Rule) -> Iterator[date]:
    """First days on which the rule, a parameter or a table it uses changes."""
    yield from boundaries([rule.span])
    for node in rule_nodes(rule):
        if isinstance(node, ParameterRef):
            yield from boundaries(value.span for value in rule.parameters[node.name].values)
        elif isinstance(node, (TableCodes, LookUp)) and isinstance(node.table, Table):
            yield from node.table.boundaries()
        elif isinstance(node, FactRef) and node.timed is not None and isinstance(node.timed.codes, Table):
            yield from node.timed.codes.boundaries()
    if isinstance(rule.judges, Table):
        yield from rule.judges.boundaries()


def rule_nodes(rule: Rule | BoundRule) -> Iterator[object]:
    """Every node of the conditions of a rule, bound or not."""
    from crosspayer.language.tree import walk

    roots: list[Condition | Operand] = [rule.when] if rule.when is not None else []
    if isinstance(rule.require, Cap):
        roots += [rule.require.at_most] + ([rule.require.where] if rule.require.where is not None else [])
    else:
        roots.append(rule.require)
    roots += [branch.when for branch in rule.branches if branch.when is not None]
    for root in roots:
        yield from walk(root)
