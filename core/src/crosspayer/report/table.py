"""The answer as a table for people: colours on a terminal, plain text when piped."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, TextIO

from crosspayer.determination.model import Answer, Determination
from crosspayer.report.profile_lines import profile_lines
from crosspayer.report.words import (
    MAX_QUESTIONS,
    NO_FACTS,
    WHO,
    PayerFacts,
    advice,
    counted,
    fact_words,
    plan_words,
    questions,
    shared_verdict,
    topics_checked,
    verdict_words,
    worst,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

PIPED_WIDTH = 118
ENDLESS = "9999-12-31"
"""Stands for no last day, as the latest of days."""
STYLES = {
    "not_covered": "bold red",
    "reduced": "red",
    "auth_needed": "yellow",
    "documentation_needed": "yellow",
    "conditional": "cyan",
    "clear": "green",
    "covered": "bold green",
}


def console(file: TextIO) -> Console:
    """A console for a terminal, or one of fixed width without colours for a pipe. A word in colons stays as it is."""
    from rich.console import Console

    if file.isatty():
        return Console(file=file, highlight=False, emoji=False)
    return Console(file=file, width=PIPED_WIDTH, no_color=True, highlight=False, emoji=False, force_terminal=False)


def paragraph(out: Console, text: str, style: str = "") -> None:
    """Print one paragraph, its further lines indented a little more than the first."""
    indent = len(text) - len(text.lstrip())
    lines = textwrap.wrap(
        text, out.width, subsequent_indent=" " * (indent + 2), break_long_words=False, break_on_hyphens=False
    )
    for line in lines or [""]:
        out.print(line, style=style or None, markup=False, soft_wrap=True)


def write(answer: Answer, file: TextIO, payer_facts: PayerFacts = NO_FACTS) -> None:
    """Held coverages first, each line with what to do; then the other payers, one line each."""
    out = console(file)
    for encounter, group in groupby(answer.determinations, key=lambda d: d.encounter):
        found = list(group)
        held = [d for d in found if not d.hypothetical]
        others = [d for d in found if d.hypothetical]
        out.print(f"Encounter {encounter}", style="bold", markup=False)
        if held:
            _held(out, held, payer_facts)
        if others:
            title = "Other payers, if they covered the patient" if held else "Payers asked"
            _others(out, others, title, payer_facts)
        _questions(out, held or others, payer_facts)
        for text in profile_lines(held or others):
            paragraph(out, f"  {text}")
        _currency(out, found)
        out.print()


def _held(out: Console, found: Sequence[Determination], payer_facts: PayerFacts) -> None:
    from rich.text import Text

    table = _table("Held coverages", ("Payer", "Plan", "Line", "Code", "Verdict"))
    rows: dict[tuple[int, str, str | None, str | None], list[Determination]] = {}
    for d in found:
        plan = None if d.silence in ("plan_not_given", "no_policy_for_code", "policy_not_in_force") else d.plan
        rows.setdefault((d.line, d.payer, plan, d.order), []).append(d)
    for said in rows.values():
        first = said[0]
        plans = plan_words(first) if len(said) == 1 else f"any of {sum(max(1, len(d.plans)) for d in said)}"
        verdict = verdict_words(first) if len(said) == 1 else shared_verdict(said)
        steps = "\n".join(f"• {step}" for step in advice(said, payer_facts)) or "–"
        told = Text(verdict, style=_style(said)), Text(steps)
        table.add_row(first.payer or "–", plans, str(first.line), first.code or "–", *told, topics_checked(said))
    out.print(table)


def _others(out: Console, found: Sequence[Determination], title: str, payer_facts: PayerFacts) -> None:
    """One row a payer: what its plans say of each line, and the most pressing thing to do."""
    from rich.text import Text

    table = _table(title, ("Payer", "Plans", "Verdict"))
    for payer, group in groupby(sorted(found, key=lambda d: d.payer), key=lambda d: d.payer):
        said = list(group)
        lines = sorted({d.line for d in said})
        by_line = {line: [d for d in said if d.line == line] for line in lines}
        verdicts = {line: shared_verdict(of_line) for line, of_line in by_line.items()}
        if len(set(verdicts.values())) == 1:
            verdict = verdicts[lines[0]]
        else:
            verdict = "\n".join(f"line {line}: {words}" for line, words in verdicts.items())
        plans = sorted({plan for d in said for plan in (d.plans or (d.plan,)) if plan is not None})
        named = plans[0] if len(plans) == 1 else str(len(plans) or "–")
        steps = advice(said, payer_facts)[:1]
        table.add_row(
            payer, named, Text(verdict, style=_style(said)), Text("".join(steps) or "–"), topics_checked(said)
        )
    out.print(table)


def _table(title: str, names: Sequence[str]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="", box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    for name in names:
        table.add_column(name, overflow="fold")
    table.add_column("What to do", overflow="fold", ratio=1)
    table.add_column("Topics", justify="right", no_wrap=True)
    return table


def _style(found: Sequence[Determination]) -> str:
    return STYLES.get(worst(found) or "", "dim")


def _questions(out: Console, found: Sequence[Determination], payer_facts: PayerFacts) -> None:
    asked = questions(found)
    if asked:
        paragraph(out, "To settle what is open:")
    for question in asked[:MAX_QUESTIONS]:
        waiting = f"; {question.answers} answers wait for it" if question.answers > 1 else ""
        words = fact_words(question.path, payer_facts)
        named = words if words == question.path else f"{words} [{question.path}]"
        paragraph(out, f"  ? {named} – ask: {WHO[question.who]}{waiting}")
    rest = len(asked) - MAX_QUESTIONS
    if rest > 0:
        paragraph(out, f"  … and {counted(rest, 'more fact')} (crosspayer ask, or --format json)")
    record = {need.path for d in found for need in d.documentation if need.state == "unknown"}
    if record:
        verb = "is" if len(record) == 1 else "are"
        points = f"{counted(len(record), 'point')} of the record {verb} not known"
        paragraph(out, f"  {points} (crosspayer explain).")


def _currency(out: Console, found: Sequence[Determination]) -> None:
    """Up to which day everything behind a verdict is known, and whether the day of service is later; alike together."""
    ends: dict[str, tuple[str, bool]] = {}
    for d in found:
        if d.service_date is None:
            continue  # which rules are in force is not known, so neither is how current they are
        end = d.basis.current_through or ENDLESS
        if d.verdict is not None and end <= ends.get(d.payer, (end, False))[0]:
            ends[d.payer] = end, d.service_date is not None and d.service_date > end
    alike: dict[tuple[str, bool], list[str]] = {}
    for payer, said in sorted(ends.items()):
        alike.setdefault(said, []).append(payer)
    for (day, passed), payers in alike.items():
        named = " and ".join(filter(None, (", ".join(payers[:-1]), payers[-1])))
        if day == ENDLESS:
            paragraph(out, f"  Nothing the rules of {named} use has a last day.")
        else:
            later = "; the day of service is later" if passed else ""
            paragraph(out, f"  Everything the rules of {named} use is known through {day}{later}.")
    paragraph(out, "  Advice from published sources, not the payer's word.", "dim")
