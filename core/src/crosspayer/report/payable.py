"""Why lines are payable: the rules that passed with their facts, what was not checked, and how far all of it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TextIO

import msgspec

from crosspayer.determination.model import Determination, Finding
from crosspayer.policy.model import Payer
from crosspayer.report import asked_line
from crosspayer.report.asked_line import AskedLine, who
from crosspayer.report.explanation import CitedSource, ExplainedRule, explained, shown, weakness
from crosspayer.report.table import console, paragraph
from crosspayer.report.words import against, fact_words, outcome_words, verdict_words

PAYABLE = ("clear", "covered")


class PassedRule(msgspec.Struct, frozen=True):
    """A rule that passed: what it requires, on which facts, and how well it is sourced."""

    rule: str
    title: str
    topic: str
    requires: str
    facts: dict[str, Any]
    from_profile: tuple[str, ...]
    sources: tuple[CitedSource, ...]
    grade: str
    confidence: str
    weak_source: bool
    weakness: str | None
    grants: str | None


class OpenThing(msgspec.Struct, frozen=True):
    """Something not settled that does not change the verdict: a rule with its missing facts, or a record to hold."""

    rules: tuple[str, ...]
    missing: tuple[str, ...]


class PayableLine(AskedLine, frozen=True):
    """One line. `why_not` is one sentence where it is not payable, and then nothing is listed as a reason to pay.

    `past_current` is true where the day of service is later than the day up to which everything is known.
    """

    payable: bool
    why_not: str | None
    passed: tuple[PassedRule, ...]
    not_checked: tuple[str, ...]
    open_topics: tuple[str, ...]
    weak: tuple[str, ...]
    open: tuple[OpenThing, ...]
    current_through: str | None
    past_current: bool


class WhyPayable(msgspec.Struct, frozen=True):
    """All lines asked about, sorted as determinations are."""

    lines: tuple[PayableLine, ...]
    format: Literal["crosspayer/payable/1"] = "crosspayer/payable/1"

    def to_json(self) -> bytes:
        """The document as JSON, without white space."""
        return msgspec.json.encode(self)


def why_payable(found: Sequence[Determination], payers: Mapping[str, Payer]) -> WhyPayable:
    """What speaks for paying each line."""
    return WhyPayable(tuple(_line(d, payers.get(d.payer)) for d in found))


def _line(d: Determination, payer: Payer | None) -> PayableLine:
    payable = d.verdict in PAYABLE
    passed: list[PassedRule] = []
    if payable and payer is not None:
        for finding, _, said in explained(d, payer, None):
            if finding.kind == "pass" and finding.effect != "inform":
                passed.append(_passed(d, finding, said))
    through = d.basis.current_through
    return PayableLine(
        **asked_line.of(d, payer), payable=payable,
        why_not=None if payable else why_not(d, payer), passed=tuple(passed),
        not_checked=tuple(t for t, state in d.topics.items() if state == "no_rule"),
        open_topics=tuple(t for t, state in d.topics.items() if state == "open"),
        weak=tuple(rule.rule for rule in passed if rule.weak_source),
        open=_open(d) if payable else (), current_through=through,
        past_current=through is not None and d.service_date is not None and d.service_date > through,
    )  # fmt: skip


def _passed(d: Determination, finding: Finding, said: ExplainedRule) -> PassedRule:
    return PassedRule(
        finding.rule, finding.title, finding.topic, said.requires, finding.facts,
        tuple(path for path in finding.facts if path in d.from_profile), said.sources,
        finding.grade, finding.confidence, finding.weak_source, weakness(finding) if finding.weak_source else None,
        finding.grants,
    )  # fmt: skip


def _open(d: Determination) -> tuple[OpenThing, ...]:
    waiting = [f for f in d.findings if f.kind == "open" and f.effect != "inform"]
    return tuple(OpenThing((f.rule,), f.missing) for f in waiting) + tuple(
        OpenThing((f.rule,), ()) for f in d.deferred if f.effect != "inform"
    )


def why_not(d: Determination, payer: Payer | None) -> str:
    """Why the line is not payable as it stands, in one sentence."""
    if d.verdict is None:
        return f"Not answered: {outcome_words(d)}{f' ({d.detail})' if d.detail else ''}."
    failed = [f for f in against(d) if f.effect != "review"]
    if failed:
        worst = failed[0]
        more = f", and {len(failed) - 1} more" if len(failed) > 1 else ""
        return f"Not payable as it stands, {verdict_words(d)}: {worst.title or worst.rule} [{worst.rule}] failed{more}."
    facts = [fact_words(p, payer.facts if payer is not None else {}) for n in d.info_needed for p in n.paths]
    missing = f"; missing: {', '.join(facts[:3])}{' …' if len(facts) > 3 else ''}" if facts else ""
    return f"Not known to be payable: {verdict_words(d)}{missing}."


def write(answer: WhyPayable, file: TextIO) -> None:
    """Print it for people, briefly: one line for a rule with its facts."""
    out = console(file)

    def say(text: str, style: str = "") -> None:
        paragraph(out, text, style)

    for line in answer.lines:
        head = f"{line.encounter}, line {line.line}, {line.code or 'no code'}: {who(line)}"
        if line.why_not is not None:
            say(f"{head}: {line.why_not}", "bold")
            say("")
            continue
        verdict = "a rule says that it is covered" if line.verdict == "covered" else "nothing found against it"
        say(f"{head}: payable, {verdict}", "bold")
        say(f"  Passed ({len(line.passed)}):")
        for rule in line.passed:
            facts = "; ".join(f"{path} = {shown(value)}" for path, value in rule.facts.items())
            weak = f" – weak: {rule.weakness}" if rule.weakness is not None else ""
            grants = " – grants coverage" if rule.grants == "coverage" else ""
            say(f"    ✓ {rule.title or rule.rule} [{rule.rule}]{grants}{weak}")
            if facts:
                say(f"        {facts}")
        if line.not_checked:
            say(f"  Not checked, because no rule speaks of this line: {', '.join(line.not_checked)}.")
        for thing in line.open:
            lacks = ", ".join(thing.missing) or "its stage has not come"
            say(f"  ? open, without changing the verdict: {', '.join(thing.rules)} ({lacks})")
        if line.current_through is not None:
            later = "; the day of service is later" if line.past_current else ""
            say(f"  Everything the rules use is known through {line.current_through}{later}.")
        say("")
    say("Advice from published sources, not the payer's word.", "dim")
