"""Policies as the engine holds them: typed, cited, dated, still independent of any day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from crosspayer.encounter.fact import Fact, Type
from crosspayer.language.tree import Condition, Operand
from crosspayer.policy.dating import Span
from crosspayer.policy.tables import Table, TableView
from crosspayer.policy.vocabulary import ComparisonTopic, Confidence, Effect, Grade, Grants, Stage, Topic

TOPICS: tuple[Topic, ...] = get_args(Topic)
EFFECTS: tuple[Effect, ...] = get_args(Effect)
STAGES: tuple[Stage, ...] = get_args(Stage)
COMPARISON_TOPICS: tuple[ComparisonTopic, ...] = get_args(ComparisonTopic)
"""What payers are compared by; a rule says under `compare` which of them it answers."""


@dataclass(frozen=True, slots=True)
class Source:
    """A published document a rule rests on."""

    id: str  # <plugin>/<source>
    publisher: str
    title: str
    section: str
    url: str
    read: date
    grade: Grade


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """A value and the days it holds for, with the sources it rests on."""

    span: Span
    value: bool | int | str | date
    cites: tuple[Source, ...]
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named, dated value; money in cents."""

    name: str
    type: Type
    unit: str
    values: tuple[ParameterValue, ...]
    open_ended: bool

    def on(self, day: date) -> ParameterValue | None:
        """The value in force on a day, or None: unknown."""
        return next((value for value in self.values if day in value.span), None)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """The adjustment a payer would likely report: group, CARC and RARC numbers."""

    group: str
    carc: str
    rarc: str
    cites: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """What follows a failed requirement under a condition of its own; `when` None always fits."""

    when: Condition | None
    effect: Effect
    remedy: str
    adjustment: Adjustment | None


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit on the units of some lines, pooled, kept in an order.

    `codes` None counts every line for which `where` holds. `per` lists `code`, `discipline`, `rendering`; empty pools
    the whole day.
    """

    codes: Table | TableView | frozenset[str] | None
    where: Condition | None
    per: tuple[str, ...]
    at_most: Operand
    highest_charge_first: bool


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One requirement, as loaded. Its id is unique among the rules of its payer in force on any one day."""

    id: str
    policy: str
    title: str
    topic: Topic
    effect: Effect | None
    instead_of: Effect | None  # the effect it would have if its sources were firm
    cites: tuple[Source, ...]
    see_also: tuple[Source, ...]
    confidence: Confidence
    when: Condition | None
    require: Condition | Cap
    span: Span
    dated_by: Literal["service_date", "received_date"]
    plans: frozenset[str] | None
    judges: frozenset[str] | Table
    by_day: bool
    stage: Stage
    grants: Grants | None
    remedy: str
    notes: str
    adjustment: Adjustment | None
    branches: tuple[Branch, ...]
    carries: tuple[str, ...]
    compare: tuple[ComparisonTopic, ...]  # comparison topics it answers
    off: str
    loser: bool  # a pair or cap: judges lines outside the policy's codes too, and speaks only of those that lose
    parameters: Mapping[str, Parameter]
    sources: Mapping[str, Source]  # of the plugin the rule comes from, for its tables' citations


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document: the codes and plans it speaks for, and its digest."""

    id: str
    title: str
    plans: frozenset[str] | None
    codes: frozenset[str]
    span: Span
    digest: str


@dataclass(frozen=True, slots=True)
class Plan:
    """One product of a payer."""

    id: str
    name: str
    line_of_business: str


@dataclass(frozen=True, slots=True, eq=False)
class Payer:
    """A payer with everything its plugin and its packs say."""

    id: str
    name: str
    distribution: str
    version: str
    plans: tuple[Plan, ...]
    policies: tuple[Policy, ...]
    rules: tuple[Rule, ...]
    tables: Mapping[str, Table]
    sources: Mapping[str, Source]
    facts: Mapping[str, Fact]
    packs: Mapping[str, str]  # pack id: digest
