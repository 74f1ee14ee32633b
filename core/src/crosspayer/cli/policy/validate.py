"""`crosspayer policy validate`: every fault of a plugin's documents, in one run."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from crosspayer.cli.app import ERROR, OK, check_folders, refuse
from crosspayer.errors import InputError


@click.command()
@click.argument("named", nargs=-1, metavar="[FOLDER|ID]...")
@click.option("--format", "form", type=click.Choice(["table", "json", "sarif"]), default="table", show_default=True)
@click.option(
    "--plugin-dir",
    "plugin_dirs",
    multiple=True,
    type=click.Path(),
    help="A folder of a pack that the plugin uses and that is not installed.",
)
def validate(named: Sequence[str], form: str, plugin_dirs: Sequence[str]) -> None:
    """Name every fault of plugins, with its place.

    Manifest, sources, policies, tables, imports and cases are checked in one run; nothing is run, that is for the
    command test. A FOLDER holds payer.toml or pack.toml, or is the project around it; an ID is of an
    installed plugin. The default is the current folder.

    \b
    Examples:
      crosspayer policy validate plugins/therapy-common
      crosspayer policy validate plugins/* --format sarif > policies.sarif

    Exit codes: 0 no errors (there may be warnings), 2 errors.
    """
    from crosspayer.authoring.validate import validate as check
    from crosspayer.report import validation

    check_folders(plugin_dirs)
    try:
        found = check(named or ["."], plugin_dirs)
    except InputError as error:
        refuse(error)
    if form == "json":
        click.echo(validation.as_json(found))
    elif form == "sarif":
        from importlib.metadata import version

        click.echo(validation.as_sarif(found, version("crosspayer")))
    else:
        validation.write(found, sys.stdout)
    sys.exit(ERROR if any(one.errors for one in found) else OK)
