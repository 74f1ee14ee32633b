"""The answer as CSV: one row a determination, or one a finding. No cell is one a spreadsheet takes for a formula.

UTF-8, commas, LF, sorted like the answer. A cell that holds several things parts them with blanks, remedies with ` | `.
Columns are only ever added, at the end.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import TextIO

from crosspayer.determination.model import Answer, Determination, Finding

Cell = str | int | bool | None
SUMMARY = (
    "encounter", "line", "code", "service_date", "payer", "plan", "hypothetical", "verdict", "covered", "prior_auth",
    "silence", "units_billed", "units_payable", "rules_failed", "rules_open", "facts_missing", "order", "reasons",
    "topics_checked", "topics_open", "remedies", "current_through",
)  # fmt: skip
FINDINGS = (
    "encounter", "line", "code", "service_date", "payer", "plan", "order", "hypothetical", "rule", "kind", "effect",
    "topic", "title", "units_payable", "facts_used", "facts_missing", "grade", "weak_source", "group", "carc", "rarc",
    "remedy", "cites",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet may begin a formula with, in both widths."""


def write_summary(answer: Answer, file: TextIO) -> None:
    """One row a determination."""
    _write(file, SUMMARY, map(_summary, answer.determinations))


def write_findings(answer: Answer, file: TextIO) -> None:
    """One row for each rule that a payer's plan held against a line; a determination without any has none."""
    _write(file, FINDINGS, (row for d in answer.determinations for row in _findings(d)))


def _write(file: TextIO, columns: tuple[str, ...], found: Iterable[tuple[Cell, ...]]) -> None:
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(columns)
    rows.writerows([safe(cell) for cell in row] for row in found)


def _summary(d: Determination) -> tuple[Cell, ...]:
    failed = [f for f in d.findings if f.kind == "fail" and not f.is_note]
    opened = [f.rule for f in d.findings if f.kind == "open"]
    missing = sorted({path for f in d.findings for path in f.missing})
    states = list(d.topics.values())
    remedies = dict.fromkeys(f.remedy for f in failed if f.remedy)
    return (
        d.encounter, d.line, d.code, d.service_date, d.payer, _plan(d), d.hypothetical, d.verdict, d.covered,
        d.prior_auth, d.silence, d.units.billed, d.units.payable, " ".join(f.rule for f in failed), " ".join(opened),
        " ".join(missing), d.order, " ".join(d.reasons), states.count("checked"), states.count("open"),
        " | ".join(remedies), d.basis.current_through,
    )  # fmt: skip


def _findings(d: Determination) -> Iterator[tuple[Cell, ...]]:
    for finding in sorted((*d.findings, *d.deferred), key=lambda finding: finding.rule):
        yield (
            d.encounter, d.line, d.code, d.service_date, d.payer, _plan(d), d.order, d.hypothetical,
            *_finding(finding),
        )  # fmt: skip


def _finding(f: Finding) -> tuple[Cell, ...]:
    adjustment = (f.adjustment.group, f.adjustment.carc, f.adjustment.rarc) if f.adjustment else (None, None, None)
    return (
        f.rule, f.kind, f.effect, f.topic, f.title, f.payable, " ".join(f.facts), " ".join(f.missing), f.grade,
        f.weak_source, *adjustment, f.remedy, " ".join(f.cites),
    )  # fmt: skip


def _plan(d: Determination) -> str:
    return d.plan if d.plan is not None else "|".join(d.plans)


def safe(cell: Cell) -> str | int:
    """A cell no spreadsheet takes for a formula."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return cell
    text = "".join(letter for letter in cell if letter.isprintable())
    return f"'{text}" if text.startswith(FORMULA) else text
