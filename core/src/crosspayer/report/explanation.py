"""One payer's answer rule by rule: outcome, sentence, facts, sources, and what was not checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Literal, TextIO, TypedDict

import msgspec

from crosspayer.determination.model import Determination, Finding, Silence, TopicState, Verdict
from crosspayer.encounter.merge import ProfileNote
from crosspayer.engine.bind import Binder
from crosspayer.language.sentences import cap_sentence, sentence
from crosspayer.policy.grades import Standing
from crosspayer.policy.model import EFFECTS, Cap, Payer, Rule, Source
from crosspayer.policy.vocabulary import Grade, Stage
from crosspayer.report.profile_lines import note_lines
from crosspayer.report.table import console, paragraph
from crosspayer.report.words import fact_words, plan_words, verdict_words

NOTE = "i note"
MARKS = {"pass": "✓", "fail": "✗", "open": "?", "not_applicable": "–", "deferred": "…"}
ORDER = ("fail", "open", "pass", "not_applicable", "deferred")
EFFECT_LABELS = {
    "fail": "effect", "open": "effect if it fails", "pass": "effect if it failed",
    "not_applicable": "effect if it failed", "deferred": "effect if it fails",
}  # fmt: skip


class CitedSource(TypedDict):
    """A source: what it is, where, how well it was read (`grade`) and when (`read`)."""

    id: str
    publisher: str
    title: str
    section: str
    url: str
    grade: Grade
    read: str


class ExplainedRule(Finding, frozen=True, gc=False):
    """A finding with what its rule says: when it applies (`always`, if it always does), what it requires, on which
    sources, from when to when (None for no bound), and at which stage its facts exist."""

    when: str
    requires: str
    sources: tuple[CitedSource, ...]
    in_force: tuple[str | None, str | None]
    notes: str
    stage: Stage


class ExplainedLine(msgspec.Struct, frozen=True):
    """One payer's answer on one line, rule by rule: what failed first."""

    encounter: str
    line: int
    code: str | None
    payer: str
    plan: str | None
    plans: tuple[str, ...]
    verdict: Verdict | None
    silence: Silence | None
    topics: dict[str, TopicState]
    from_profile: tuple[str, ...]
    profile_notes: tuple[ProfileNote, ...]
    rules: tuple[ExplainedRule, ...]


class Explanation(msgspec.Struct, frozen=True):
    """One payer's answers, rule by rule."""

    format: Literal["crosspayer/explanation/1"]
    lines: tuple[ExplainedLine, ...]


def sentences(rule: Rule, day: date | None = None) -> tuple[str, str]:
    """What the rule says: when it applies, what it requires; with the values of a day if one is given."""
    said = Binder(day).rule(rule) if day is not None else rule
    requires = cap_sentence(said.require) if isinstance(said.require, Cap) else sentence(said.require)
    return sentence(said.when) if said.when is not None else "always", requires


def explained(d: Determination, payer: Payer, only: str | None) -> Iterator[tuple[Finding, Rule, ExplainedRule]]:
    """Each finding with its rule, and everything to say of it; what failed first."""
    findings = [f for f in (*d.findings, *d.deferred) if only in (None, f.rule)]
    for finding in sorted(findings, key=_rank):
        rule = next(r for r in payer.rules if r.id == finding.rule and _dated(r, d) and _meant(r, d))
        when, requires = sentences(rule, _day_of(rule, d))
        yield (
            finding,
            rule,
            ExplainedRule(
                **msgspec.structs.asdict(finding), when=when, requires=requires,
                sources=tuple(cite(source) for source in (*rule.cites, *rule.see_also)),
                in_force=in_force(rule), notes=rule.notes, stage=rule.stage,
            ),
        )  # fmt: skip


def _rank(finding: Finding) -> tuple[int, int, str]:
    """What failed first, the worst effect before the rest; then by rule."""
    failed = finding.kind == "fail"
    return ORDER.index(finding.kind), EFFECTS.index(finding.effect) if failed else 0, finding.rule


def _dated(rule: Rule, d: Determination) -> bool:
    """The version of the rule that was in force; a rule dated otherwise has one version per day anyway."""
    if rule.dated_by != "service_date" or d.service_date is None:
        return True
    return rule.span.first.isoformat() <= d.service_date <= rule.span.last.isoformat()


def _meant(rule: Rule, d: Determination) -> bool:
    """Whether the rule speaks of this plan and code: a pack's rule may be used once for some plans, once for others."""
    plans = d.plans or (d.plan,)
    judges = rule.judges if isinstance(rule.judges, frozenset) else None
    return (rule.plans is None or any(plan in rule.plans for plan in plans)) and (
        judges is None or d.code is None or d.code in judges
    )


def _day_of(rule: Rule, d: Determination) -> date | None:
    """The day whose values the rule used, where the determination knows it."""
    if rule.dated_by != "service_date" or d.service_date is None:
        return None
    return date.fromisoformat(d.service_date)


def in_force(rule: Rule) -> tuple[str | None, str | None]:
    """The first and last day of the rule, None for no bound."""
    return _day(rule.span.first), _day(rule.span.last)


def _day(day: Any) -> str | None:
    text = str(day.isoformat())
    return None if text in ("0001-01-01", "9999-12-31") else text


def cite(source: Source) -> CitedSource:
    """A source as documents show it."""
    return {
        "id": source.id, "publisher": source.publisher, "title": source.title, "section": source.section,
        "url": source.url, "grade": source.grade, "read": source.read.isoformat(),
    }  # fmt: skip


def _outcome(finding: Finding) -> str:
    """The outcome with its mark; a message that only informs is a note, not a failure."""
    if finding.is_note:
        return NOTE
    return f"{MARKS[finding.kind]} {finding.kind.replace('_', ' ')}"


def as_json(found: Sequence[Determination], payer: Payer, only: str | None) -> str:
    """The explanation as a document."""
    lines = [
        ExplainedLine(
            d.encounter, d.line, d.code, d.payer, d.plan, d.plans, d.verdict, d.silence, d.topics, d.from_profile,
            d.profile_notes, tuple(said for _, _, said in explained(d, payer, only)),
        )
        for d in found
    ]  # fmt: skip
    return msgspec.json.encode(Explanation("crosspayer/explanation/1", tuple(lines))).decode()


def write(found: Sequence[Determination], payer: Payer, only: str | None, file: TextIO) -> None:
    """The explanation for people."""
    out = console(file)

    def say(text: str, style: str = "") -> None:
        paragraph(out, text, style)

    for d in found:
        who = f"{payer.name}, {plan_words(d)}{' (if it covered the patient)' if d.hypothetical else ''}"
        say(f"{d.encounter}, line {d.line}, {d.code or 'no code'}: {who}: {verdict_words(d)}", "bold")
        if d.detail:
            say(f"  {d.detail}")
        for text in note_lines([d]):
            say(f"  {text}")
        for finding, rule, said in explained(d, payer, only):
            title = f" – {rule.title}" if rule.title else ""
            say("")
            say(f"{_outcome(finding)}  {finding.rule}{title}", "bold")
            if said.when != "always":
                say(f"    applies when: {said.when}")
            say(f"    requires: {said.requires}")
            for path, value in finding.facts.items():
                origin = " (from the profile)" if path in d.from_profile else ""
                say(f"    fact: {path} = {shown(value)}{origin}")
            for path in finding.missing:
                say(f"    missing: {path}{_in_words(path, payer)}")
            effect = f"    {EFFECT_LABELS[finding.kind]}: {finding.effect.replace('_', ' ')}"
            if finding.weak_source:
                effect += f" ({weakness(finding)}: too weak for more)"
            say(effect)
            if finding.adjustment is not None:
                a = finding.adjustment
                say(f"    likely adjustment: {' '.join(part for part in (a.group, a.carc, a.rarc) if part)}")
            if finding.remedy:
                say(f"    to do: {finding.remedy}")
            for source in said.sources:
                where = ", ".join(part for part in (source["publisher"], source["title"], source["section"]) if part)
                say(f"    source: {where} [{source['id']}, {source['grade']}, read {source['read']}]")
            if rule.notes:
                say(f"    note: {rule.notes}")
        for text in not_checked(d) if only is None else ():
            say("")
            say(text)
        say("")


def not_checked(d: Determination) -> Iterator[str]:
    """Which topics nothing firm was said of: by a rule that is too weak or only a note, and by no rule at all."""
    spoken = {f.topic for f in d.findings if f.kind in ("pass", "fail")}
    unchecked = [topic for topic, state in d.topics.items() if state == "no_rule"]
    slight = [topic for topic in unchecked if topic in spoken]
    silent = [topic for topic in unchecked if topic not in spoken]
    if slight:
        yield f"Not counted as checked, because only notes or sources too weak speak of it: {', '.join(slight)}."
    if silent:
        yield f"Not checked, because no rule speaks of this line: {', '.join(silent)}."


def _in_words(path: str, payer: Payer) -> str:
    words = fact_words(path, payer.facts)
    return "" if words == path else f" ({words})"


def weakness(finding: Finding) -> str:
    """Why a finding may only warn: its sources, or, where they are firm, a table that ends before the day."""
    if Standing(finding.grade, finding.confidence).firm:
        return "a table it uses ends before the day of service"
    return f"the source is graded {finding.grade} with {finding.confidence} confidence"


def shown(value: Any) -> str:
    """A fact's value as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(str(part) for part in value) or "none" if isinstance(value, (list, tuple)) else str(value)
