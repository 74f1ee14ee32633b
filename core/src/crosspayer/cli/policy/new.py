"""`crosspayer policy new`: a complete plugin to begin with."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from crosspayer.cli.app import refuse
from crosspayer.errors import InputError


@click.command()
@click.argument("name")
@click.option("--into", default=".", type=click.Path(), metavar="FOLDER", help="Where to make the plugin's folder.")
@click.option("--pack", is_flag=True, help="Make a pack: rules without a payer, which payers opt into.")
def new(name: str, into: str, pack: bool) -> None:
    """Make a complete plugin to begin with.

    A folder NAME with manifest, sources, a policy, a table, cases and a test, which answers at once. Everything in it
    is invented and says so: replace it, rule by rule, with what the payer publishes. NAME is the payer's id, as
    encounters will name it, or the pack's.

    \b
    Example:
      crosspayer policy new acme-basics --pack

    Exit codes: 0 made, 2 refused, and nothing is written.
    """
    from crosspayer.authoring.new import new_plugin

    try:
        folder = new_plugin(name, Path(into), pack=pack)
    except InputError as error:
        refuse(error)
    where = shlex.quote(str(folder))
    click.echo(f"Made {folder}. Its rules and sources are invented placeholders; replace them one by one. Next:\n")
    click.echo(f"  crosspayer policy validate {where}")
    click.echo(f"  crosspayer policy test {where}")
    if pack:
        click.echo(f"  crosspayer plugins list --plugin-dir {where}")
    else:
        visit = shlex.quote(str(folder / "visit.json"))
        click.echo(f"  crosspayer explain {visit} --payer {name} --plugin-dir {where}")
