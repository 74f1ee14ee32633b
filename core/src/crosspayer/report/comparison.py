"""Payers held against each other: topic by topic, what their rules say, plans that agree taken together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import msgspec

from crosspayer.policy.model import COMPARISON_TOPICS, EFFECTS, Payer, Rule, Source
from crosspayer.policy.tables import Table
from crosspayer.report.statements import Statement, statement

NAMED_PLANS = 3
"""More plans than these that agree may be called the others, and come last."""
TITLES = {
    "daily_cap": "Daily cap",
    "what_counts": "What counts towards the cap",
    "cap_exceptions": "Where the cap holds, and its exceptions",
    "minute_method": "Minute method",
    "discipline_modifiers": "Discipline modifiers (GP, GO, GN)",
    "assistant_payment": "Assistant modifiers (CQ, CO) and payment",
    "referral": "Referral, prescription, plan of care",
    "authorization": "Authorization trigger",
    "evaluation_free": "Evaluation free of authorization",
    "subsequent_listed": "Subsequent code in the authorization list",
    "authorization_units": "What an authorization counts",
    "place_of_service": "Place of service",
    "furnished_by": "Who may furnish and bill",
    "same_day_reduction": "Same-day reduction",
    "visit_limit": "Limits of visits, days and amounts",
    "maintenance": "Maintenance",
    "device": "Device gate",
    "documentation": "Documentation",
    "telehealth": "Telehealth",
}
Silence = Literal["no_rule", "not_in_force"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one payer's plans that agree say on a topic. Without statements `silence` says why."""

    payer: str
    plans: tuple[str, ...]
    silence: Silence | None
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The matrix: per topic the cells of every payer, and the sources they cite, by id."""

    on: date | None
    code: str | None
    payers: tuple[Payer, ...]
    topics: tuple[tuple[str, tuple[Cell, ...]], ...]
    sources: dict[str, Source]


class ComparedPlan(msgspec.Struct, frozen=True):
    """A plan."""

    id: str
    name: str


class ComparedPayer(msgspec.Struct, frozen=True):
    """A payer and its plans."""

    id: str
    name: str
    plans: tuple[ComparedPlan, ...]


class ComparedTopic(msgspec.Struct, frozen=True):
    """What the payers say on a topic."""

    id: str
    title: str
    cells: tuple[Cell, ...]


class ComparisonDocument(msgspec.Struct, frozen=True):
    """Payers held against each other, on a day and for a code where these were asked for."""

    format: Literal["crosspayer/comparison/1"]
    on: date | None
    code: str | None
    payers: tuple[ComparedPayer, ...]
    topics: tuple[ComparedTopic, ...]
    sources: tuple[Source, ...]


def compare(
    payers: Sequence[Payer],
    topics: Collection[str] = COMPARISON_TOPICS,
    *,
    on: date | None = None,
    code: str | None = None,
    opened: Collection[str] = (),
) -> Comparison:
    """Hold payers against each other on some of `COMPARISON_TOPICS`.

    `on` picks the rules in force on that day, with that day's values; without it the latest version of each rule is
    taken, whether or not it still holds. `code` keeps the rules that speak of lines with that code or, like those on
    evaluations beside it, of no code of their policy. Plans that say the same on a topic share a cell, except those of
    the payers in `opened`.
    """
    sources: dict[str, Source] = {}
    found = []
    for topic in (topic for topic in COMPARISON_TOPICS if topic in topics):
        cells: list[Cell] = []
        for payer in payers:
            told = [_cell(payer, plan.id, topic, on, code, sources) for plan in payer.plans]
            cells += told if payer.id in opened else _collapsed(told)
        found.append((topic, tuple(cells)))
    return Comparison(on, code, tuple(payers), tuple(found), dict(sorted(sources.items())))


def codes_known(payers: Iterable[Payer]) -> set[str]:
    """Every code that some rule's policy, or the rule itself, speaks of."""
    known = {code for payer in payers for policy in payer.policies for code in policy.codes}
    return known | {code for payer in payers for rule in payer.rules for code in _judged(rule)}


def _cell(payer: Payer, plan: str, topic: str, on: date | None, code: str | None, sources: dict[str, Source]) -> Cell:
    rules = [
        rule
        for rule in payer.rules
        if topic in rule.compare
        and not rule.off
        and (rule.plans is None or plan in rule.plans)
        and (code is None or _speaks_of(rule, code, _codes(payer, rule)))
    ]
    current = [rule for rule in rules if on in rule.span] if on is not None else _latest(rules)
    if not current:
        return Cell(payer.id, (plan,), "not_in_force" if rules else "no_rule", ())
    statements = []
    for rule in sorted(current, key=lambda rule: _order(rule, payer)):
        told, cited = statement(rule, topic, on, _codes(payer, rule))
        statements.append(told)
        sources |= cited
    return Cell(payer.id, (plan,), None, tuple(statements))


def _collapsed(cells: Sequence[Cell]) -> list[Cell]:
    """Cells that say the same become one; many plans alike come last, silent ones before them."""
    alike: dict[object, Cell] = {}
    for cell in cells:
        said = (cell.silence, *(replace(told, rules=()) for told in cell.statements))
        first = alike.get(said)
        if first is None:
            alike[said] = cell
            continue
        merged = tuple(
            replace(one, rules=tuple(sorted({*one.rules, *other.rules})))
            for one, other in zip(first.statements, cell.statements, strict=True)
        )
        alike[said] = replace(first, plans=(*first.plans, *cell.plans), statements=merged)
    return sorted(alike.values(), key=lambda cell: (len(cell.plans) > NAMED_PLANS, cell.silence is not None))


def _latest(rules: Iterable[Rule]) -> list[Rule]:
    """Of each rule the version that holds longest; uses of one rule for different codes stay apart."""
    latest: dict[object, Rule] = {}
    for rule in rules:
        key = rule.id, rule.judges
        latest[key] = max(latest.get(key, rule), rule, key=lambda version: version.span.last)
    return list(latest.values())


def _order(rule: Rule, payer: Payer) -> tuple[bool, int, str, date]:
    """A payer's own rules before those of packs, strong effects first."""
    effects = [EFFECTS.index(effect) for effect in (rule.effect, *(b.effect for b in rule.branches)) if effect]
    return not rule.id.startswith(f"{payer.id}/"), min(effects), rule.id, rule.span.first


def _codes(payer: Payer, rule: Rule) -> frozenset[str]:
    return frozenset(code for policy in payer.policies if policy.id == rule.policy for code in policy.codes)


def _judged(rule: Rule) -> frozenset[str]:
    if isinstance(rule.judges, Table):
        return frozenset(str(row.key[0]) for row in rule.judges.rows)
    return rule.judges


def _speaks_of(rule: Rule, code: str, codes: frozenset[str]) -> bool:
    judged = _judged(rule)
    return code in judged or (code in codes and not judged & codes)


def as_json(found: Comparison) -> str:
    """The comparison as a document."""
    payers = tuple(
        ComparedPayer(payer.id, payer.name, tuple(ComparedPlan(plan.id, plan.name) for plan in payer.plans))
        for payer in found.payers
    )
    topics = tuple(ComparedTopic(name, TITLES[name], cells) for name, cells in found.topics)
    sources = tuple(found.sources.values())
    document = ComparisonDocument("crosspayer/comparison/1", found.on, found.code, payers, topics, sources)
    return msgspec.json.encode(document).decode()
