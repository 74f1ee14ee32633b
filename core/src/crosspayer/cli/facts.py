"""`crosspayer facts`: the fact catalogue."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from crosspayer.cli.app import engine_from, fail, plugin_options
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.errors import nearest


@click.command()
@click.argument("path", required=False)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option(
    "--profile-template",
    is_flag=True,
    help="Print a profile to fill in: every fact of contracts, plans and the practice that a loaded rule reads.",
)
@plugin_options
def facts(
    path: str | None,
    form: str,
    profile_template: bool,
    plugin_dirs: Sequence[str],
    allow_code: Sequence[str],
    strict: bool,
) -> None:
    """Print the facts an encounter may carry: type, unit, meaning, where they come from, who can supply them.

    PATH is a fact (line.units) or the beginning of several (plan_of_care).

    \b
    Examples:
      crosspayer facts line.units
      crosspayer facts plan_of_care --format json
      crosspayer facts --profile-template
    """
    if profile_template and (path is not None or form != "table"):
        fail("--profile-template prints one TOML document; leave out PATH and --format.")
    engine = engine_from(plugin_dirs, allow_code, strict)
    if profile_template:
        from crosspayer.report.profile_template import template

        click.echo(template(engine.payers), nl=False)
        return
    known = dict(CATALOGUE)
    for payer in engine.payers.values():
        known |= payer.facts
    chosen = [f for name, f in known.items() if path is None or name == path or name.startswith(f"{path}.")]
    if not chosen:
        near = nearest(path or "", known)
        fail(f"there is no fact {path}; " + (f"did you mean {near}?" if near else "see crosspayer facts."))
    from crosspayer.report import fact_list

    if form == "json":
        click.echo(fact_list.as_json(chosen))
    else:
        fact_list.write(chosen, sys.stdout)
