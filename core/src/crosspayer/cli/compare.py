"""`crosspayer plugins compare`: where payers differ."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from crosspayer.cli.app import check_payers, day_of, engine_from, fail, plugin_options, tables_option
from crosspayer.errors import nearest
from crosspayer.policy.model import COMPARISON_TOPICS


@click.command()
@click.option("--format", "form", type=click.Choice(["table", "markdown", "json"]), default="table", show_default=True)
@click.option("--payer", "payers", multiple=True, metavar="P", help="Compare this payer; left out, all.")
@click.option("--topic", "topics", multiple=True, metavar="T", help="Compare by this topic; left out, by all.")
@click.option("--code", metavar="CODE", help="Only rules that speak of this procedure code, or of services beside it.")
@click.option(
    "--on", "day", metavar="DATE", help="Rules in force on this day (YYYY-MM-DD); left out, the latest of each."
)
@click.option("--open", "opened", multiple=True, metavar="P", help="Show every plan of this payer by itself.")
@tables_option
@plugin_options
def compare(
    form: str,
    payers: Sequence[str],
    topics: Sequence[str],
    code: str | None,
    day: str | None,
    opened: Sequence[str],
    tables: str | None,
    plugin_dirs: Sequence[str],
    allow_code: Sequence[str],
    strict: bool,
) -> None:
    """Print where payers differ: what their rules say topic by topic, with the sources.

    Plans of one payer that agree on a topic share a row. A payer without a rule on a topic is shown with "no rule".

    \b
    Examples:
      crosspayer plugins compare --topic daily_cap --on 2026-10-05
      crosspayer plugins compare --format markdown > where-payers-differ.md
    """
    on = day_of("--on", day) if day is not None else None
    for topic in topics:
        if topic not in COMPARISON_TOPICS:
            near = nearest(topic, COMPARISON_TOPICS)
            hint = f"did you mean {near}?" if near else f"the topics: {', '.join(COMPARISON_TOPICS)}."
            fail(f"payers are not compared by {topic}; {hint}")
    engine = engine_from(plugin_dirs, allow_code, strict, tables, {*payers, *opened})
    check_payers(engine, [*payers, *opened])
    if not engine.payers:
        fail("no payer is loaded; install a payer's plugin, or give its folder with --plugin-dir.")
    chosen = [payer for name, payer in engine.payers.items() if not payers or name in payers]
    from crosspayer.report import comparison, comparison_text

    for name in opened:
        if payers and name not in payers:
            fail(f"--open {name}: this payer is not compared; add --payer {name}, or leave --open out.")
    if code is not None and code not in comparison.codes_known(chosen):
        codes = sorted({known for payer in chosen for policy in payer.policies for known in policy.codes})
        fail(f"no rule of the compared payers speaks of the code {code}; their policies are about {', '.join(codes)}.")
    found = comparison.compare(chosen, topics or COMPARISON_TOPICS, on=on, code=code, opened=opened)
    if form == "json":
        click.echo(comparison.as_json(found))
    elif form == "markdown":
        comparison_text.write_markdown(found, sys.stdout)
    else:
        comparison_text.write_table(found, sys.stdout)
