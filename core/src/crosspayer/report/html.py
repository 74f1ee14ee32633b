"""The answer as one HTML file: an encounter in full, or a summary of many with those that need something done.

The file needs no script and nothing from elsewhere. Everything that comes from an encounter or a plugin is escaped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple, TextIO

from crosspayer.determination.lattice import VERDICTS
from crosspayer.determination.model import Answer, Determination, Finding
from crosspayer.determination.needs import ask_for
from crosspayer.errors import Problem
from crosspayer.policy.model import EFFECTS, TOPICS, Payer
from crosspayer.report.explanation import ExplainedRule, explained, weakness
from crosspayer.report.profile_lines import profile_lines
from crosspayer.report.templating import rendered
from crosspayer.report.words import (
    SILENCE_WORDS,
    VERDICT_WORDS,
    Question,
    advice,
    fact_words,
    plan_words,
    questions,
    shared_verdict,
    topics_checked,
    verdict_words,
    worst,
)

MARKS = {
    "not_covered": "✗", "reduced": "↓", "auth_needed": "!", "documentation_needed": "!", "conditional": "?",
    "clear": "✓", "covered": "✓✓",
}  # fmt: skip
"""Signs that stand before the words of a verdict, so that its colour is never the only sign."""
KIND_MARKS = {"fail": "✗ failed", "open": "? open", "pass": "✓ passed", "not_applicable": "– not applicable"}
SILENT_MARK = "–"
MOST_RULES = 10
"""Rules named in the summary of many encounters."""


class RuleRow(NamedTuple):
    """One finding, ready to be shown: what explain says of it, and the words of its facts."""

    mark: str
    said: ExplainedRule
    facts: tuple[tuple[str, str, Any, bool], ...]  # path, words, value, from the profile
    missing: tuple[tuple[str, str, str], ...]  # path, words, who can supply it
    weakness: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """One determination with its rules: what needs a look, and the rest."""

    d: Determination
    payer: str
    verdict: str
    plan: str
    step: str
    topics: str
    pressing: tuple[RuleRow, ...]
    settled: tuple[RuleRow, ...]
    later: tuple[RuleRow, ...]
    words: Mapping[str, str]  # of the paths in documentation and questions


class OtherRow(NamedTuple):
    """A payer whose coverage the patient does not have: one line for all its plans."""

    payer: str
    css: str
    mark: str
    verdict: str
    step: str
    topics: str


@dataclass(frozen=True, slots=True)
class EncounterPart:
    """One encounter: held coverages first, then the others."""

    anchor: str
    id: str
    parts: tuple[Part, ...]
    others: tuple[OtherRow, ...]
    asked: tuple[tuple[Question, str], ...]
    profile: tuple[str, ...]
    acts: bool


def write(answer: Answer, problems: Sequence[Problem], payers: Mapping[str, Payer], file: TextIO) -> None:
    """Write the report; records that were rejected are listed at its end."""
    shown = [
        _encounter(f"e{number}", id_, list(group), payers)
        for number, (id_, group) in enumerate(groupby(answer.determinations, key=lambda d: d.encounter), 1)
    ]
    values = {
        "encounters": shown,
        "problems": [str(problem) for problem in problems],
        "marks": MARKS,
        "topics": len(TOPICS),
        "summary": _summary(shown) if len(shown) != 1 else None,
    }
    file.write(rendered("answer.html.j2", values))


def _encounter(anchor: str, id_: str, found: Sequence[Determination], payers: Mapping[str, Payer]) -> EncounterPart:
    held = [d for d in found if not d.hypothetical]
    others = [d for d in found if d.hypothetical]
    facts = {path: fact for d in found if d.payer in payers for path, fact in payers[d.payer].facts.items()}
    by_payer = groupby(others, key=lambda d: d.payer) if held else ()
    told = held or found
    asked = questions(told)
    return EncounterPart(
        anchor=anchor,
        id=id_,
        parts=tuple(_part(d, payers.get(d.payer)) for d in told),
        others=tuple(_other(name, sorted(group, key=lambda d: d.line), payers) for name, group in by_payer),
        asked=tuple((question, fact_words(question.path, facts)) for question in asked),
        profile=tuple(profile_lines(found)),
        acts=any(d.verdict not in ("clear", "covered") and d.silence != "no_policy_for_code" for d in told),
    )


def _part(d: Determination, payer: Payer | None) -> Part:
    facts = payer.facts if payer is not None else {}
    pressing, settled, later = [], [], []
    for finding, _, said in explained(d, payer, None) if payer is not None else ():
        row = _row(d, finding, said, payer)
        if finding.kind == "deferred":
            later.append(row)
        elif finding.kind in ("fail", "open") and (finding.effect != "inform" or finding.weak_source):
            pressing.append(row)
        else:
            settled.append(row)
    paths = [need.path for need in d.documentation] + [path for need in d.info_needed for path in need.paths]
    return Part(
        d=d, payer=payer.name if payer is not None else d.payer, verdict=verdict_words(d), plan=plan_words(d),
        step="".join(advice([d], facts)[:1]), topics=topics_checked([d]), pressing=tuple(pressing),
        settled=tuple(settled), later=tuple(later), words={path: fact_words(path, facts) for path in paths},
    )  # fmt: skip


def _row(d: Determination, finding: Finding, said: ExplainedRule, payer: Payer | None) -> RuleRow:
    facts = payer.facts if payer is not None else {}
    return RuleRow(
        mark="i note" if finding.is_note else KIND_MARKS.get(finding.kind, "… later"),
        said=said,
        facts=tuple((p, fact_words(p, facts), v, p in d.from_profile) for p, v in finding.facts.items()),
        missing=tuple((p, fact_words(p, facts), ask_for(p, facts)) for p in finding.missing),
        weakness=weakness(finding) if finding.weak_source else None,
    )


def _other(name: str, said: Sequence[Determination], payers: Mapping[str, Payer]) -> OtherRow:
    lines = {line: shared_verdict(list(group)) for line, group in groupby(said, key=lambda d: d.line)}
    same = len(set(lines.values())) == 1
    verdict = next(iter(lines.values())) if same else "; ".join(f"line {n}: {words}" for n, words in lines.items())
    found = worst(said)
    step = "".join(advice(said, payers[name].facts if name in payers else {})[:1])
    shown = payers[name].name if name in payers else name
    return OtherRow(shown, found or "", MARKS.get(found or "", SILENT_MARK), verdict, step, topics_checked(said))


class Summary(NamedTuple):
    """Many encounters at a glance: verdicts by payer, the rules most often in the way, and who needs something done."""

    columns: tuple[tuple[str, str], ...]  # verdict or silence, in words
    rows: tuple[tuple[str, tuple[int, ...], int], ...]  # payer, one count a column, their sum
    rules: tuple[tuple[str, str, int, int], ...]  # rule, title, lines on which it failed, on which it is open
    more_rules: int
    acting: tuple[EncounterPart, ...]


def _summary(shown: Sequence[EncounterPart]) -> Summary:
    parts = [part for one in shown for part in one.parts]
    words: dict[str, str] = {**VERDICT_WORDS, **SILENCE_WORDS}
    counts = Counter((part.payer, part.d.verdict or part.d.silence or "no_policy_for_code") for part in parts)
    seen = {verdict for _, verdict in counts}
    columns = tuple((name, words[name]) for name in (*VERDICTS, *SILENCE_WORDS) if name in seen)
    rows = []
    for payer in sorted({payer for payer, _ in counts}):
        row = tuple(counts[payer, name] for name, _ in columns)
        rows.append((payer, row, sum(row)))
    ranked = list(_ranked(parts))
    acting = tuple(one for one in shown if one.acts)
    return Summary(columns, tuple(rows), tuple(ranked[:MOST_RULES]), max(0, len(ranked) - MOST_RULES), acting)


def _ranked(parts: Sequence[Part]) -> Iterator[tuple[str, str, int, int]]:
    """Rules that stand in the way, those that fail most often first."""
    failed: Counter[str] = Counter()
    opened: Counter[str] = Counter()
    titles: dict[str, str] = {}
    for part in parts:
        for finding in part.d.findings:
            if finding.kind in ("fail", "open") and finding.effect in EFFECTS[:5]:
                (failed if finding.kind == "fail" else opened)[finding.rule] += 1
                titles[finding.rule] = finding.title
    for rule in sorted(titles, key=lambda rule: (-failed[rule], -opened[rule], rule)):
        yield rule, titles[rule], failed[rule], opened[rule]
