"""What an answer is made of: findings, determinations, the answer itself. Their fields are the JSON contract."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from crosspayer.encounter.merge import ProfileNote
from crosspayer.policy.vocabulary import Confidence, Effect, Grade, Grants, Topic

Kind = Literal["pass", "fail", "open", "not_applicable", "deferred"]
Verdict = Literal["not_covered", "reduced", "auth_needed", "documentation_needed", "conditional", "clear", "covered"]
Silence = Literal[
    "no_policy_for_code", "policy_not_in_force", "plan_not_given", "plan_not_known", "payer_not_known",
    "plugin_unavailable",
]  # fmt: skip
Covered = Literal["covered", "not_covered", "conditional", "indeterminate"]
PriorAuth = Literal["no_auth", "auth_needed", "satisfied", "conditional", "indeterminate"]
TopicState = Literal["checked", "open", "no_rule"]


class LikelyAdjustment(msgspec.Struct, frozen=True):
    """The adjustment the payer would likely report: group, CARC and RARC numbers, with the sources that say so."""

    group: str
    carc: str
    rarc: str
    cites: tuple[str, ...]


class Finding(msgspec.Struct, frozen=True, gc=False):
    """What one rule said of one line.

    `effect` is the effect in force: after branches, and after a weak source took its strength (`weak_source`).
    `facts` are those that decided it, by full path; `missing` those that would. `payable` is what a cap leaves of
    the billed units.
    """

    rule: str
    kind: Kind
    effect: Effect
    topic: Topic
    title: str
    facts: dict[str, Any]
    missing: tuple[str, ...]
    cites: tuple[str, ...]
    grade: Grade
    confidence: Confidence
    weak_source: bool
    adjustment: LikelyAdjustment | None
    remedy: str | None
    payable: int | None
    grants: Grants | None
    carries: tuple[str, ...]

    @property
    def is_note(self) -> bool:
        """Whether it is a message of a rule that only informs, and so no failure."""
        return self.kind == "fail" and self.effect == "inform" and not self.weak_source


class Documentation(msgspec.Struct, frozen=True):
    """Something the record must show: `needed` in CRD's words, and who can supply it."""

    element: str
    path: str
    state: Literal["missing", "unknown"]
    needed: Literal["clinical", "admin"]
    ask: str
    rules: tuple[str, ...]


class InfoNeeded(msgspec.Struct, frozen=True):
    """Facts to supply: a CRD info-needed code, who can supply them, their paths, and the rules that wait for them."""

    code: Literal["performer", "location", "timeframe", "detail_code", "other"]
    ask: str
    paths: tuple[str, ...]
    rules: tuple[str, ...]


class UnitLimit(msgspec.Struct, frozen=True):
    """What one cap leaves of the line's units."""

    rule: str
    payable: int


class Units(msgspec.Struct, frozen=True):
    """Units billed; the fewest and most a correct allocation of the minutes supports; what the caps leave."""

    billed: int | None
    supported: tuple[int, int | None] | None
    payable: int | None
    limits: tuple[UnitLimit, ...]


class Basis(msgspec.Struct, frozen=True):
    """What the determination rests on: versions and digests, so that it can be replayed.

    `current_through` is the last day for which everything the rules use is known; None where there is no last day, or
    where the day of service is not known, so that nothing can be said.
    """

    engine: str
    plugin: str
    policies: dict[str, str]
    tables: dict[str, str]
    packs: dict[str, str]
    profile: str | None
    input: str
    current_through: str | None


class Determination(msgspec.Struct, frozen=True):
    """The findings of one plan on one line, and what they add up to.

    `payer` is empty where a coverage of the patient does not say whose it is (`payer_not_known`).
    `plan` is None where the plan does not matter or is not given (`plans` then names those that answered alike).
    `reasons` says why the verdict is no better than conditional. `from_profile` are the paths of facts in the findings
    that the encounter did not give and the profile did; the findings show them like any other fact.
    """

    encounter: str
    line: int
    code: str | None
    service_date: str | None
    payer: str
    plan: str | None
    plans: tuple[str, ...]
    order: str | None
    hypothetical: bool
    asserter: Literal["advisory", "payer"]
    verdict: Verdict | None
    covered: Covered
    prior_auth: PriorAuth
    silence: Silence | None
    detail: str | None
    reasons: tuple[str, ...]
    topics: dict[str, TopicState]
    units: Units
    documentation: tuple[Documentation, ...]
    info_needed: tuple[InfoNeeded, ...]
    findings: tuple[Finding, ...]
    deferred: tuple[Finding, ...]
    basis: Basis
    from_profile: tuple[str, ...] = ()
    profile_notes: tuple[ProfileNote, ...] = ()


class Answer(msgspec.Struct, frozen=True):
    """All determinations, sorted by encounter, line, payer and plan."""

    determinations: tuple[Determination, ...]
    format: Literal["crosspayer/answer/1"] = "crosspayer/answer/1"

    def to_json(self) -> bytes:
        """The answer as canonical JSON: fixed order of keys, no white space."""
        return msgspec.json.encode(self)

    @property
    def held(self) -> tuple[Determination, ...]:
        """Those of coverages the patient has; all of them if the encounter holds none."""
        found = tuple(d for d in self.determinations if not d.hypothetical)
        return found or self.determinations
