"""One payer's answer rule by rule: outcome, sentence, facts, sources, and what was not checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TextIO

import msgspec

from crosspayer.determination.model import Determination, Finding
from crosspayer.language.sentences import cap_sentence, sentence
from crosspayer.policy.model import STAGES, Cap, Payer, Rule, Source
from crosspayer.report.table import console
from crosspayer.report.words import plan_words, verdict_words

MARKS = {"pass": "✓", "fail": "✗", "open": "?", "not_applicable": "–", "deferred": "…"}
ORDER = ("fail", "open", "pass", "not_applicable", "deferred")


def sentences(rule: Rule) -> dict[str, str]:
    """What the rule says: when it applies, what it requires."""
    requires = cap_sentence(rule.require) if isinstance(rule.require, Cap) else sentence(rule.require)
    return {"when": sentence(rule.when) if rule.when is not None else "always", "requires": requires}


def explained(d: Determination, payer: Payer, only: str | None) -> Iterator[tuple[Finding, Rule, dict[str, Any]]]:
    """Each finding with its rule, and everything to say of it; what failed first."""
    findings = [f for f in (*d.findings, *d.deferred) if only in (None, f.rule)]
    for finding in sorted(findings, key=lambda f: (ORDER.index(f.kind), f.rule)):
        rule = next(r for r in payer.rules if r.id == finding.rule and _dated(r, d))
        cites = [_cite(source) for source in (*rule.cites, *rule.see_also)]
        said = {
            **msgspec.to_builtins(finding),
            **sentences(rule),
            "sources": cites,
            "in_force": [_day(rule.span.first), _day(rule.span.last)],
            "notes": rule.notes,
            "stage": STAGES[STAGES.index(rule.stage)],
        }
        yield finding, rule, said


def _dated(rule: Rule, d: Determination) -> bool:
    """The version of the rule that was in force; a rule dated otherwise has one version per day anyway."""
    if rule.dated_by != "service_date" or d.service_date is None:
        return True
    return rule.span.first.isoformat() <= d.service_date <= rule.span.last.isoformat()


def _day(day: Any) -> str | None:
    text = str(day.isoformat())
    return None if text in ("0001-01-01", "9999-12-31") else text


def _cite(source: Source) -> dict[str, str]:
    return {
        "id": source.id, "publisher": source.publisher, "title": source.title, "section": source.section,
        "url": source.url, "grade": source.grade, "read": source.read.isoformat(),
    }  # fmt: skip


def as_json(found: Sequence[Determination], payer: Payer, only: str | None) -> str:
    """The explanation as a document."""
    lines = [
        {
            "encounter": d.encounter, "line": d.line, "code": d.code, "payer": d.payer, "plan": d.plan,
            "plans": d.plans, "verdict": d.verdict, "silence": d.silence, "topics": d.topics,
            "rules": [said for _, _, said in explained(d, payer, only)],
        }
        for d in found
    ]  # fmt: skip
    return msgspec.json.encode({"format": "crosspayer/explanation/1", "lines": lines}).decode()


def write(found: Sequence[Determination], payer: Payer, only: str | None, file: TextIO) -> None:
    """The explanation for people."""
    out = console(file)

    def say(text: str, style: str = "") -> None:
        out.print(text, style=style or None, markup=False, soft_wrap=False)

    for d in found:
        say(f"{payer.name}, {plan_words(d)}: line {d.line}, {d.code or 'no code'}: {verdict_words(d)}", "bold")
        if d.detail:
            say(f"  {d.detail}")
        for finding, rule, said in explained(d, payer, only):
            title = f" – {rule.title}" if rule.title else ""
            say(f"\n{MARKS[finding.kind]} {finding.kind.replace('_', ' ')}  {finding.rule}{title}", "bold")
            if said["when"] != "always":
                say(f"    applies when: {said['when']}")
            say(f"    requires: {said['requires']}")
            for path, value in finding.facts.items():
                say(f"    fact: {path} = {_shown(value)}")
            for path in finding.missing:
                say(f"    missing: {path}")
            effect = f"    effect: {finding.effect.replace('_', ' ')}"
            if finding.weak_source:
                effect += (
                    f" (the source is graded {finding.grade} with {finding.confidence} confidence: too weak to deny)"
                )
            say(effect)
            if finding.adjustment is not None:
                a = finding.adjustment
                say(f"    likely adjustment: {' '.join(part for part in (a.group, a.carc, a.rarc) if part)}")
            if finding.remedy:
                say(f"    to do: {finding.remedy}")
            for source in said["sources"]:
                where = ", ".join(part for part in (source["publisher"], source["title"], source["section"]) if part)
                say(f"    source: {where} [{source['id']}, {source['grade']}, read {source['read']}]")
            if rule.notes:
                say(f"    note: {rule.notes}")
        unchecked = [topic for topic, state in d.topics.items() if state == "no_rule"]
        if unchecked and only is None:
            say(f"\nNot checked, because no rule speaks of this line: {', '.join(unchecked)}.")
        say("")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(str(part) for part in value) or "none" if isinstance(value, (list, tuple)) else str(value)
