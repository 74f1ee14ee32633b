"""Writing an answer in the format asked for."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import TextIO

import msgspec

from crosspayer.determination.model import Answer, Determination
from crosspayer.encounter.fact import Fact
from crosspayer.errors import Problem

COLUMNS = (
    "encounter", "line", "code", "service_date", "payer", "plan", "hypothetical", "verdict", "covered", "prior_auth",
    "silence", "units_billed", "units_payable", "rules_failed", "rules_open", "facts_missing",
)  # fmt: skip


def write(
    answer: Answer, problems: Sequence[Problem], form: str, file: TextIO, payer_facts: Mapping[str, Fact]
) -> None:
    """Write the answer; records that were rejected are listed beside it in JSON."""
    if form == "table":
        from crosspayer.report import table

        table.write(answer, file, payer_facts)
    elif form == "json":
        file.write(as_json(answer, problems) + "\n")
    elif form == "ndjson":
        for determination in answer.determinations:
            file.write(msgspec.json.encode(determination).decode() + "\n")
    else:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        for determination in answer.determinations:
            rows.writerow([_safe(cell) for cell in _row(determination)])


def as_json(answer: Answer, problems: Sequence[Problem]) -> str:
    """The answer document; `rejected` lists what is wrong with records that were not answered."""
    document = {"format": answer.format, "determinations": answer.determinations}
    if problems:
        document["rejected"] = [problem.as_dict() for problem in problems]
    return msgspec.json.encode(document).decode()


def _row(d: Determination) -> tuple[str | int | bool | None, ...]:
    failed = [f.rule for f in d.findings if f.kind == "fail"]
    opened = [f.rule for f in d.findings if f.kind == "open"]
    missing = sorted({path for f in d.findings for path in f.missing})
    plan = d.plan if d.plan is not None else "|".join(d.plans)
    return (
        d.encounter, d.line, d.code, d.service_date, d.payer, plan, d.hypothetical, d.verdict, d.covered, d.prior_auth,
        d.silence, d.units.billed, d.units.payable, " ".join(failed), " ".join(opened), " ".join(missing),
    )  # fmt: skip


def _safe(cell: str | int | bool | None) -> str | int:
    """A cell no spreadsheet takes for a formula."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return cell
    text = "".join(c for c in cell if c.isprintable())
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
