"""What would settle determinations, for people and as JSON: what the policy requires, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TextIO, TypedDict

import msgspec

from crosspayer.authoring.settling import MOST_FACTS, FactSet, Needed, Settling
from crosspayer.determination.needs import ask_for
from crosspayer.policy.model import Payer
from crosspayer.report.table import console, paragraph
from crosspayer.report.words import (
    CONDITIONAL_WORDS,
    SILENCE_WORDS,
    WHO,
    PayerFacts,
    fact_words,
    plan_words,
    verdict_words,
)

REASONS = {**SILENCE_WORDS, **CONDITIONAL_WORDS}


class Remedy(TypedDict):
    """What the author of a rule that failed advises; null where nothing is written."""

    rule: str
    remedy: str | None


class NeededFact(TypedDict):
    """A missing fact and who can supply it; `values` are those that settle, where its type has few."""

    path: str
    ask: str
    values: tuple[bool | str, ...]


class SettlingSet(TypedDict):
    """Missing facts that settle together, and the rules that wait for them."""

    facts: list[NeededFact]
    rules: tuple[str, ...]


class SettledDetermination(TypedDict):
    """What would settle one determination.

    `judged` is what no fact settles: a person or the payer must. `missing` are the facts that are not known, `sets`
    the smallest sets of them, any one of which settles it. `searched` is false where there are too many ways to try.
    """

    encounter: str
    line: int
    code: str | None
    payer: str
    plan: str | None
    plans: tuple[str, ...]
    hypothetical: bool
    verdict: str | None
    remedies: list[Remedy]
    judged: tuple[str, ...]
    missing: tuple[str, ...]
    sets: list[SettlingSet]
    searched: bool


class SettlingDocument(TypedDict):
    """What would settle the determinations that are neither clear nor covered."""

    format: Literal["crosspayer/settling/1"]
    determinations: list[SettledDetermination]


def as_json(found: Sequence[Settling], payer_facts: PayerFacts) -> str:
    """The document; docs/asking.md describes it."""
    entries = [_entry(s, payer_facts) for s in found]
    return msgspec.json.encode(SettlingDocument(format="crosspayer/settling/1", determinations=entries)).decode()


def _entry(s: Settling, payer_facts: PayerFacts) -> SettledDetermination:
    d = s.determination
    return {
        "encounter": d.encounter,
        "line": d.line,
        "code": d.code,
        "payer": d.payer,
        "plan": d.plan,
        "plans": d.plans,
        "hypothetical": d.hypothetical,
        "verdict": d.verdict,
        "remedies": [{"rule": f.rule, "remedy": f.remedy} for f in s.failed],
        "judged": s.judged,
        "missing": s.missing,
        "sets": [
            {
                "facts": [{"path": n.path, "ask": ask_for(n.path, payer_facts), "values": n.values} for n in one.facts],
                "rules": one.rules,
            }
            for one in s.sets
        ],
        "searched": s.searched,
    }


def write(found: Sequence[Settling], file: TextIO, payers: Mapping[str, Payer], payer_facts: PayerFacts) -> None:
    """One paragraph a determination."""
    out = console(file)
    if not found:
        paragraph(out, "Nothing stands against payment, and no verdict waits for a fact.")
    for s in found:
        d = s.determination
        who = f"{d.payer}, {plan_words(d)}{' (if it covered the patient)' if d.hypothetical else ''}"
        paragraph(out, f"{d.encounter}, line {d.line}, {d.code or 'no code'}: {who}: {verdict_words(d)}", "bold")
        titles = {rule.id: rule.title for rule in payers[d.payer].rules}
        for text in _said(s, titles, payer_facts):
            paragraph(out, f"  {text}")
        out.print()


def _said(s: Settling, titles: Mapping[str, str], payer_facts: PayerFacts) -> list[str]:
    said = []
    if s.failed:
        said.append("Rules that failed, with the remedy the policy gives:")
        for f in s.failed:
            said.append(f"  ✗ {f.remedy or 'none is written'} [{f.rule}]")
    if s.sets:
        one = len(s.sets) == 1
        said.append(f"{'Not known, and would settle the rest' if s.failed else 'Not known, and would settle it'}"
                    f"{':' if one else ', any one of these:'}")  # fmt: skip
        for number, fact_set in enumerate(s.sets, 1):
            said += _set(fact_set, "?" if one else f"{number}.", titles, payer_facts)
    elif s.missing:
        why = _why_none(s)
        names = ", ".join(s.missing[:3]) + (f" and {len(s.missing) - 3} more" if len(s.missing) > 3 else "")
        said.append(f"Facts are not known, and {why}: {names} (crosspayer ask ranks them).")
    if s.judged:
        words = ", ".join(REASONS.get(name, name) for name in s.judged)
        said.append(f"No fact settles this, a person or the payer must: {words}.")
    return said


def _why_none(s: Settling) -> str:
    """Why no set of the missing facts is proposed."""
    if s.determination.hypothetical and any(path.startswith("coverage.") for path in s.missing):
        return "some are of a coverage that the encounter does not hold"
    if not s.searched:
        return "there are too many ways to settle it to try each"
    return f"no {MOST_FACTS} of them settle it" if len(s.missing) > MOST_FACTS else "they do not settle it alone"


def _set(one: FactSet, mark: str, titles: Mapping[str, str], payer_facts: PayerFacts) -> list[str]:
    """Each fact of a set, then the rules that require them."""
    marks = [mark, *(["and"] * (len(one.facts) - 1))]
    said = [f"  {m} {_needed(needed, payer_facts)}" for m, needed in zip(marks, one.facts, strict=True)]
    return [*said, *(f"    required by {rule}" + (f": {titles[rule]}" if titles[rule] else "") for rule in one.rules)]


def _needed(needed: Needed, payer_facts: PayerFacts) -> str:
    words = fact_words(needed.path, payer_facts)
    values = " or ".join(("yes" if value else "no") if isinstance(value, bool) else value for value in needed.values)
    passing = f", if the answer is {values}" if values else ""
    return f"{words} [{needed.path}]{passing} – ask: {WHO[ask_for(needed.path, payer_facts)]}"
