"""The answer to a denial for people: first what explains it and what to do, then the rules, then weaker hints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from crosspayer.report.asked_line import who
from crosspayer.report.denial import Denial, DeniedLine, DeniedRule, FactToCheck
from crosspayer.report.denial_codes import HINT_GRADE, DenialCode
from crosspayer.report.explanation import CitedSource, shown
from crosspayer.report.next_step import STEP_WORDS, State
from crosspayer.report.table import console, paragraph
from crosspayer.report.words import WHO, counted

STATE_WORDS: dict[State, str] = {
    "failed": "✗ failed",
    "open": "? open",
    "passed": "✓ passed",
    "not_in_force": "– not in force that day",
    "not_applicable": "– not applicable",
    "deferred": "… not checked yet",
}
NONE_EXPLAINS = "No installed rule explains {code} here: none of them carries that code for this line."


def headline(line: DeniedLine, code: DenialCode) -> str:
    """In one sentence whether the rules explain the denial."""
    failed = sum(rule.explains for rule in line.rules)
    if failed:
        return f"{counted(failed, 'rule')} that failed would explain {code}."
    if not line.rules:
        if line.silence == "plugin_unavailable":
            return "No installed plugin answers for this payer, so no rule of it is known."
        return NONE_EXPLAINS.format(code=code)
    if any(rule.state == "open" for rule in line.rules):
        return f"Facts are missing: a rule that carries {code} is open, so it may explain the denial."
    return f"No rule that carries {code} failed: by the published rules the denial is not explained."


def fact_line(fact: FactToCheck) -> str:
    """A fact with its value, or with who can supply it."""
    named = fact.path if fact.meaning == fact.path else f"{fact.meaning} [{fact.path}]"
    if not fact.known:
        return f"missing: {named} – ask: {WHO[fact.ask]}"
    return f"fact: {named} = {shown(fact.value)}{' (from the profile)' if fact.from_profile else ''}"


def source_line(source: CitedSource) -> str:
    """A source in one line: publisher, title, section, id, grade, day read."""
    where = ", ".join(part for part in (source["publisher"], source["title"], source["section"]) if part)
    return f"{where} [{source['id']}, {source['grade']}, read {source['read']}]"


def write(answer: Denial, file: TextIO) -> None:
    """Print the answer."""
    out = console(file)
    code = answer.denied

    def say(text: str, style: str = "") -> None:
        paragraph(out, text, style)

    for line in answer.lines:
        say(f"{line.encounter}, line {line.line}, {line.code or 'no code'}, denied with {code}: {who(line)}", "bold")
        say(f"  {headline(line, code)}")
        if line.next_step is not None:
            say(f"  Next: {STEP_WORDS[line.next_step.kind]} ({line.rules[0].rule}).")
        for rule in line.rules:
            say("")
            say(f"{STATE_WORDS[rule.state]}  {rule.rule}{f' – {rule.title}' if rule.title else ''}", "bold")
            for text in _about(rule, code):
                say(f"    {text}")
        if line.by_topic:
            say("")
            say(
                f"By topic only ({HINT_GRADE}; no source of this payer ties these rules to {code.carc}, so they do not "
                "explain it):"
            )
            for hint in line.by_topic:
                say(f"  {STATE_WORDS[hint.state]}  {hint.rule}{f' – {hint.title}' if hint.title else ''}")
        if line.other_lines:
            say(f"  {counted(len(line.other_lines), 'more rule')} with this code judge other codes or plans.")
        say("")
    say("Advice from published sources, not the payer's word; the codes of a rule are likely ones.", "dim")


def _about(rule: DeniedRule, code: DenialCode) -> Sequence[str]:
    said = [f"applies when: {rule.when}"] if rule.when != "always" else []
    said.append(f"requires: {rule.requires}")
    said += [fact_line(fact) for fact in rule.facts]
    a = rule.adjustment
    likely = " ".join(part for part in (a.group, a.carc, a.rarc) if part)
    unnamed = f"; its source does not name the remark {code.rarc}" if rule.remark == "not_named" else ""
    said.append(f"likely adjustment: {likely} [{', '.join(a.cites)}]{unnamed}")
    if rule.state == "not_in_force":
        first, last = rule.in_force
        said.append(f"in force: {first or 'always'} to {last or 'now'}")
    if rule.remedy:
        said.append(f"the rule's advice: {rule.remedy}")
    said.append(f"next step: {STEP_WORDS[rule.next_step.kind]}. {rule.next_step.text}")
    said += [f"attach proof of: {words}" for words in rule.next_step.attach]
    said += [f"source: {source_line(source)}" for source in rule.sources]
    return said
