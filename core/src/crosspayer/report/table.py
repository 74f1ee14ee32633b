"""The answer as a table for people: colours on a terminal, plain text when piped."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, TextIO

from crosspayer.determination.model import Answer, Determination
from crosspayer.report.words import (
    MAX_QUESTIONS,
    WHO,
    advice,
    fact_words,
    plan_words,
    questions,
    topics_checked,
    verdict_words,
)

if TYPE_CHECKING:
    from rich.console import Console

PIPED_WIDTH = 118
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
    """A console for a terminal, or one of fixed width without colours for a pipe."""
    from rich.console import Console

    if file.isatty():
        return Console(file=file, highlight=False)
    return Console(file=file, width=PIPED_WIDTH, no_color=True, highlight=False, force_terminal=False)


def write(answer: Answer, file: TextIO) -> None:
    """Held coverages first, each line with what to do; then other payers, one line each."""
    out = console(file)
    for encounter, group in groupby(answer.determinations, key=lambda d: d.encounter):
        found = list(group)
        held = [d for d in found if not d.hypothetical]
        others = [d for d in found if d.hypothetical]
        out.print(f"Encounter {encounter}", style="bold", markup=False)
        if held:
            _table(out, held, "Held coverages", full=True)
        if others:
            _table(out, others, "Other payers, if they covered the patient" if held else "Payers asked", full=not held)
        _questions(out, held or others)
        _currency(out, held or others)
        out.print()


def _table(out: Console, found: Sequence[Determination], title: str, *, full: bool) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", title_style="", box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    for name in ("Payer", "Plan", "Line", "Code", "Verdict"):
        table.add_column(name, overflow="fold")
    table.add_column("What to do", overflow="fold", ratio=1)
    table.add_column("Topics", justify="right")
    for d in found:
        steps = advice(d)
        told = "\n".join(f"• {step}" for step in steps) if full else "; ".join(steps[:1])
        table.add_row(
            d.payer,
            plan_words(d),
            str(d.line),
            d.code or "–",
            Text(verdict_words(d), style=STYLES.get(d.verdict or "", "dim")),
            Text(told),
            topics_checked(d),
        )
    out.print(table)


def _questions(out: Console, found: Sequence[Determination]) -> None:
    asked = questions(found)
    if not asked:
        return
    out.print("To settle what is open:", markup=False)
    for path, who, count in asked[:MAX_QUESTIONS]:
        answers = "1 answer" if count == 1 else f"{count} answers"
        out.print(f"  ? {fact_words(path)} [{path}] – ask: {WHO[who]}; settles part of {answers}", markup=False)
    rest = len(asked) - MAX_QUESTIONS
    if rest > 0:
        out.print(f"  … and {rest} more facts (crosspayer explain, or --format json)", markup=False)
    record = sorted({need.path for d in found for need in d.documentation})
    if record:
        out.print(f"  The record should also show {len(record)} things (crosspayer explain).", markup=False)


def _currency(out: Console, found: Sequence[Determination]) -> None:
    ends = {d.payer: d.basis.current_through for d in found if d.basis.current_through is not None}
    for payer, day in sorted(ends.items()):
        out.print(f"  Rules of {payer} are known through {day}.", markup=False)
    out.print("  Advice from published sources, not the payer's word.", style="dim", markup=False)
