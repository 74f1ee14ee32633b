"""What `crosspayer explain --denied` and `--why-payable` do once the options are read."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspayer.cli.app import ACT, OK, OPEN, fail

if TYPE_CHECKING:
    from crosspayer.determination.model import Determination
    from crosspayer.engine.engine import Engine
    from crosspayer.report.denial import Denial
    from crosspayer.report.denial_codes import DenialCode

SHEETS = {".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html"}
NO_SHEET = "{file} cannot be written; name a file in a folder that you may write to."


def code_of(denied: str, remark: str, group: str) -> DenialCode:
    """The denial's codes; what has not the form of one ends the command."""
    from crosspayer.report.denial_codes import denial_code

    try:
        return denial_code(denied, remark, group)
    except ValueError as error:
        fail(str(error))


def check_sheet(appeal: str | None) -> None:
    """Refuse a name for the appeal sheet that has no format or cannot be a file, before anything is answered."""
    if appeal is None:
        return
    if Path(appeal).suffix.lower() not in SHEETS:
        fail("--appeal takes a file whose name ends in .md or .html; the ending chooses the format.")
    if Path(appeal).is_dir() or not Path(appeal).parent.is_dir():
        fail(NO_SHEET.format(file=appeal))


def explain_denial(
    engine: Engine, found: Sequence[Determination], code: DenialCode, form: str, appeal: str | None
) -> int:
    """Write the sheet asked for and print the answer. The exit code."""
    from crosspayer.report.denial import denial

    answer = denial(code, found, engine.payers)
    if appeal is not None:
        _write_sheet(answer, appeal)
    if form == "json":
        click.echo(answer.to_json().decode())
    else:
        from crosspayer.report import denial_text

        denial_text.write(answer, sys.stdout)
    return _exit_code(answer)


def _write_sheet(answer: Denial, appeal: str) -> None:
    from crosspayer.report.appeal import sheet, text

    made = sheet(answer)
    if not made.claims:
        click.echo(
            f"crosspayer: {appeal} is not written, because no rule with this code speaks for an appeal.", err=True
        )
        return
    try:
        Path(appeal).write_text(text(made, SHEETS[Path(appeal).suffix.lower()]), encoding="utf-8", newline="\n")
    except OSError:
        fail(NO_SHEET.format(file=appeal))


def _exit_code(answer: Denial) -> int:
    """1 where a step can be taken, 3 where only facts are missing, 0 where no rule carries the code."""
    steps = {line.next_step.kind for line in answer.lines if line.next_step is not None}
    if not steps:
        return OK
    return ACT if steps - {"supply_facts", "name_the_stage"} else OPEN


def explain_payable(engine: Engine, found: Sequence[Determination], form: str) -> int:
    """Print why lines are payable, or in one line why not. The exit code is that of the answer."""
    from crosspayer.cli.app import exit_code
    from crosspayer.report import payable

    answer = payable.why_payable(found, engine.payers)
    if form == "json":
        click.echo(answer.to_json().decode())
    else:
        payable.write(answer, sys.stdout)
    return exit_code(found)
