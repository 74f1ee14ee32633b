"""`crosspayer plugins test`: installed plugins prove themselves by the cases they ship."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from crosspayer.cli.app import ACT, ERROR, OK, day_of, fail, progress


@click.command("test")
@click.argument("plugins", nargs=-1, metavar="[ID]...")
@click.option("--on", "on", metavar="DATE", help="The day to put into the attestation (YYYY-MM-DD); no clock is read.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def attest_plugins(plugins: Sequence[str], on: str | None, form: str) -> None:
    """Run the cases that installed plugins ship, and attest versions, digests and counts.

    \b
    Examples:
      crosspayer plugins test
      crosspayer plugins test --on 2026-11-25 --format json

    Exit codes: 0 every case holds, 1 a case does not or a plugin ships none, 2 an error.
    """
    from crosspayer.authoring.attestation import attest
    from crosspayer.plugins.discovery import installed

    day = day_of("--on", on) if on is not None else None
    names = plugins or [candidate.name for candidate in installed()]
    if not names:
        fail("no plugin is installed; install one, or test a folder with crosspayer policy test.")
    attestation, results, rules, broken = attest(names, day, progress)
    for problem in broken:
        click.echo(f"crosspayer: {problem}", err=True)
    if form == "json":
        click.echo(attestation.to_json().decode())
    elif attestation.plugins:
        from crosspayer.report import attestation_table

        attestation_table.write(attestation, results, rules, sys.stdout)
    unproven = any(plugin.failed or not plugin.cases for plugin in attestation.plugins)
    sys.exit(ERROR if broken else ACT if unproven else OK)
