"""A denied claim held against the rules: which of them carry the denial's code, in which state, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal

import msgspec

from crosspayer.determination.model import Basis, Determination, Finding, LikelyAdjustment
from crosspayer.determination.needs import ask_for
from crosspayer.policy.model import Adjustment, Payer, Rule
from crosspayer.policy.tables import Table
from crosspayer.report import asked_line
from crosspayer.report.asked_line import AskedLine
from crosspayer.report.denial_codes import HINT_GRADE, DenialCode, usual_topics
from crosspayer.report.explanation import CitedSource, ExplainedRule, cite, explained, in_force, sentences
from crosspayer.report.next_step import STATE_ORDER, STATES, NextStep, State, next_step
from crosspayer.report.words import fact_words


class FactToCheck(msgspec.Struct, frozen=True):
    """A fact behind a rule: its path, what it means, its value (null where missing), and who can supply it."""

    path: str
    meaning: str
    value: Any
    known: bool
    from_profile: bool
    ask: str


class DeniedRule(msgspec.Struct, frozen=True):
    """A rule whose likely adjustment carries the code, and its state on the line.

    `explains` is true where it failed with this very adjustment. `remark` says whether its source names the remark
    that was asked for. `remedy` is the author's advice.
    """

    rule: str
    title: str
    policy: str
    topic: str
    state: State
    explains: bool
    remark: Literal["named", "not_named", "not_asked"]
    adjustment: LikelyAdjustment
    effect: str
    when: str
    requires: str
    facts: tuple[FactToCheck, ...]
    remedy: str | None
    next_step: NextStep
    grade: str
    confidence: str
    weak_source: bool
    in_force: tuple[str | None, str | None]
    sources: tuple[CitedSource, ...]
    notes: str


class Hint(msgspec.Struct, frozen=True):
    """A failed or open rule on a topic the code is usually about: no source of the payer ties it to the code."""

    rule: str
    title: str
    topic: str
    state: State
    remedy: str | None
    grade: str = HINT_GRADE


class DeniedLine(AskedLine, frozen=True):
    """One payer's rules on one line. `other_lines` are rules that carry the code and judge other codes or plans."""

    silence: str | None
    explained: bool
    next_step: NextStep | None
    rules: tuple[DeniedRule, ...]
    other_lines: tuple[str, ...]
    by_topic: tuple[Hint, ...]
    basis: Basis


class Denial(msgspec.Struct, frozen=True):
    """The answer to a denial: every line asked about, sorted as determinations are."""

    denied: DenialCode
    lines: tuple[DeniedLine, ...]
    format: Literal["crosspayer/denial/1"] = "crosspayer/denial/1"

    def to_json(self) -> bytes:
        """The document as JSON, without white space."""
        return msgspec.json.encode(self)


def denial(code: DenialCode, found: Sequence[Determination], payers: Mapping[str, Payer]) -> Denial:
    """The rules of the payers that answered held against the code."""
    return Denial(code, tuple(_line(code, d, payers.get(d.payer)) for d in found))


def _line(code: DenialCode, d: Determination, payer: Payer | None) -> DeniedLine:
    rules: list[DeniedRule] = []
    hints: list[Hint] = []
    others: tuple[str, ...] = ()
    if payer is not None:
        every = list(explained(d, payer, None))
        rules = [
            _rule(code, d, payer, rule, finding, said)
            for finding, rule, said in every
            if _matching(code, rule) is not None
        ]
        spoken = {rule.rule for rule in rules}
        dormant, others = _silent(code, d, payer, spoken)
        rules += [_rule(code, d, payer, rule, None, None) for rule in dormant]
        rules.sort(key=lambda r: (not r.explains, STATE_ORDER.index(r.state), r.weak_source, r.rule))
        hints = list(_hints(code, every, spoken))
    return DeniedLine(
        **asked_line.of(d, payer), silence=d.silence,
        explained=any(rule.explains for rule in rules), next_step=rules[0].next_step if rules else None,
        rules=tuple(rules), other_lines=others, by_topic=tuple(hints), basis=d.basis,
    )  # fmt: skip


def _matching(code: DenialCode, rule: Rule) -> Adjustment | None:
    """The rule's adjustment that carries the code, its own before those of its branches.

    A source that names no group or no remark does not rule one out.
    """
    for adjustment in (rule.adjustment, *(branch.adjustment for branch in rule.branches)):
        if (
            adjustment is not None
            and adjustment.carc == code.carc
            and (not code.rarc or adjustment.rarc in ("", code.rarc))
            and (not code.group or adjustment.group in ("", code.group))
        ):
            return adjustment
    return None


def _rule(
    code: DenialCode, d: Determination, payer: Payer, rule: Rule, finding: Finding | None, said: ExplainedRule | None
) -> DeniedRule:
    matched = _matching(code, rule)
    assert matched is not None
    when, requires = sentences(rule) if said is None else (said.when, said.requires)
    carried = LikelyAdjustment(matched.group, matched.carc, matched.rarc, tuple(source.id for source in matched.cites))
    return DeniedRule(
        rule=rule.id, title=rule.title, policy=rule.policy, topic=rule.topic,
        state=STATES[finding.kind] if finding is not None else "not_in_force",
        explains=finding is not None and finding.kind == "fail" and finding.adjustment == carried,
        remark="not_asked" if not code.rarc else "named" if matched.rarc else "not_named",
        adjustment=carried,
        effect=finding.effect if finding is not None else rule.effect or "",
        when=when, requires=requires,
        facts=tuple(_facts(d, payer, finding)) if finding is not None else (),
        remedy=finding.remedy if finding is not None else None,
        next_step=next_step(rule, finding, payer.facts),
        grade=finding.grade if finding is not None else "",
        confidence=finding.confidence if finding is not None else rule.confidence,
        weak_source=finding.weak_source if finding is not None else False,
        in_force=in_force(rule),
        sources=tuple(cite(s) for s in dict.fromkeys((*rule.cites, *matched.cites, *rule.see_also))),
        notes=rule.notes,
    )  # fmt: skip


def _facts(d: Determination, payer: Payer, finding: Finding) -> Iterator[FactToCheck]:
    for path, value in finding.facts.items():
        ask = ask_for(path, payer.facts)
        yield FactToCheck(path, fact_words(path, payer.facts), value, True, path in d.from_profile, ask)
    for path in finding.missing:
        yield FactToCheck(path, fact_words(path, payer.facts), None, False, False, ask_for(path, payer.facts))


def _silent(code: DenialCode, d: Determination, payer: Payer, spoken: set[str]) -> tuple[list[Rule], tuple[str, ...]]:
    """Rules that carry the code and found nothing on this line: those of other days, and those of other codes."""
    dormant: dict[str, Rule] = {}
    others: set[str] = set()
    plans = d.plans or (d.plan,)
    for rule in payer.rules:
        if rule.id in spoken or rule.off or _matching(code, rule) is None:
            continue
        meant = (rule.plans is None or any(plan in rule.plans for plan in plans)) and _judges(rule, d.code)
        day = date.fromisoformat(d.service_date) if d.service_date is not None else None
        if meant and day is not None and day not in rule.span:
            dormant[rule.id] = rule
        else:
            others.add(rule.id)
    return list(dormant.values()), tuple(sorted(others - set(dormant)))


def _judges(rule: Rule, code: str | None) -> bool:
    judged = rule.judges
    codes = {str(row.key[0]) for row in judged.rows} if isinstance(judged, Table) else judged
    return code is None or code in codes


def _hints(code: DenialCode, every: Sequence[tuple[Finding, Rule, ExplainedRule]], spoken: set[str]) -> Iterator[Hint]:
    topics = usual_topics(code.carc)
    for finding, rule, _ in every:
        strong = finding.effect != "inform" and finding.kind in ("fail", "open")
        if rule.topic in topics and strong and rule.id not in spoken:
            yield Hint(rule.id, rule.title, rule.topic, STATES[finding.kind], finding.remedy)
