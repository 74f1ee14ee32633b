"""An attestation for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TextIO

from crosspayer.authoring.attestation import Attestation, PluginAttestation
from crosspayer.authoring.cases import CaseResult
from crosspayer.report.case_results import Rules, failure_text
from crosspayer.report.table import console


def write(attestation: Attestation, results: Mapping[str, Sequence[CaseResult]], rules: Rules, file: TextIO) -> None:
    """One row a plugin, then each case that does not hold in full."""
    from rich import box
    from rich.table import Table

    out = console(file)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("Plugin", "Version", "Documents", "Rules tested", "Cases", "Result"):
        table.add_column(name)
    for plugin in attestation.plugins:
        tested, cases = f"{plugin.rules_tested} of {plugin.rules}", f"{plugin.passed} of {plugin.cases} hold"
        table.add_row(plugin.id, plugin.version, plugin.documents[:19], tested, cases, _result(plugin))
    out.print(table)
    day = f", on {attestation.on}" if attestation.on else ""
    out.print(f"crosspayer {attestation.engine}{day}. --format json gives the digests in full.", markup=False)
    for name, found in results.items():
        for result in found:
            if result.differences:
                file.write(f"\n{name}: {failure_text(result, rules)}\n")


def _result(plugin: PluginAttestation) -> str:
    if not plugin.cases:
        return "ships no cases"
    return "fails" if plugin.failed else "proven"
