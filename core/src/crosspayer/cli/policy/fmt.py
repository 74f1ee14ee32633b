"""`crosspayer policy fmt`: one canonical form for a plugin's documents."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from crosspayer.cli.app import ACT, ERROR, OK, fail

EXTRA = "pip install 'crosspayer[workbench]'"


@click.command()
@click.argument("named", nargs=-1, metavar="[FILE|FOLDER]...")
@click.option("--check", is_flag=True, help="Change nothing; end with exit code 1 if something would be changed.")
def fmt(named: Sequence[str], check: bool) -> None:
    """Bring documents into one form, comments kept.

    Keys come in one order, blank lines are single; rules and cases keep their order, and what the documents say is not
    changed. A FOLDER holds payer.toml or pack.toml, or is the project around it; the default is the current folder.

    \b
    Examples:
      crosspayer policy fmt plugins/therapy-common
      crosspayer policy fmt --check plugins/*

    Exit codes: 0 done, or nothing to do; 1 with --check, something would be changed; 2 a file cannot be formatted.
    """
    from importlib.util import find_spec

    if find_spec("tomlkit") is None:
        fail(f"policy fmt needs the package tomlkit; install it with: {EXTRA}")
    from crosspayer.authoring.format_files import format_files
    from crosspayer.report.words import counted

    done = format_files(named or ["."], write=not check)
    for problem in sorted(done.problems):
        click.echo(f"crosspayer: {problem}", err=True)
    for path in done.changed:
        click.echo(f"{'Would format' if check else 'Formatted'} {path}")
    files = counted(len(done.changed) + len(done.kept), "document")
    click.echo(f"{files}, {len(done.kept)} in canonical form{' already' if done.changed and not check else ''}.")
    sys.exit(ERROR if done.problems else ACT if check and done.changed else OK)
