"""The list of plugins for people."""

from __future__ import annotations

from typing import TextIO

from crosspayer.plugins.build import Installation
from crosspayer.report.table import console


def write(found: Installation, file: TextIO) -> None:
    """One row a plugin; a quarantined one with its stage, its reasons below."""
    from rich import box
    from rich.table import Table

    out = console(file)
    rules = {payer.id: (len(payer.plans), len(payer.rules)) for payer in found.payers}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("Plugin", "Kind", "Distribution", "Version", "Plans", "Rules", "State"):
        table.add_column(name)
    for report in found.reports:
        plans, count = rules.get(report.id, ("–", "–"))
        state = report.state if report.stage is None else f"quarantined at {report.stage}"
        table.add_row(report.id, report.kind, report.distribution, report.version, str(plans), str(count), state)
    out.print(table)
    if not found.reports:
        out.print("No plugin is installed. Install one, for example with pip install crosspayer-<payer>.", markup=False)
    for report in found.reports:
        if report.reason:
            out.print(f"{report.distribution}, stage {report.stage}:", markup=False)
            for line in report.reason.splitlines():
                out.print(f"  {line}", markup=False, soft_wrap=True)
