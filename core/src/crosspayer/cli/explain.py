"""`crosspayer explain`: every rule of one payer, what it found, on which facts and sources."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from crosspayer.cli.app import (
    ERROR,
    check_payers,
    check_plans,
    engine_from,
    exit_code,
    fail,
    plugin_options,
    read_inputs,
    tables_option,
)
from crosspayer.cli.feed_options import feed_from, feed_options
from crosspayer.cli.profile_option import profile_from, profile_option
from crosspayer.errors import InputError, nearest


@click.command()
@click.argument("encounter", metavar="ENCOUNTER")
@click.option("--payer", required=True, metavar="P", help="The payer to explain.")
@click.option("--plan", metavar="PLAN", help="The plan, if the encounter does not say it.")
@click.option("--rule", metavar="ID", help="Only this rule.")
@click.option("--line", type=int, metavar="N", help="Only this line.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--source", is_flag=True, help="Print the code generated for the payer's rules on this day instead.")
@profile_option
@feed_options
@tables_option
@plugin_options
def explain(
    encounter: str,
    payer: str,
    plan: str | None,
    rule: str | None,
    line: int | None,
    form: str,
    source: bool,
    plugin_dirs: Sequence[str],
    allow_code: Sequence[str],
    strict: bool,
    tables: str | None,
    profile_file: str | None,
    columns: str | None,
    payer_map: str | None,
    encounter_by: Sequence[str],
) -> None:
    """Explain a payer's answer rule by rule: outcome, sentence, facts, source, grade, and what was not checked.

    \b
    Example:
      crosspayer explain examples/knee-orthosis-initial.json --payer PAYER
    """
    engine = engine_from(plugin_dirs, allow_code, strict, tables)
    check_payers(engine, [payer])
    plans = [f"{payer}/{plan}"] if plan else []
    check_plans(engine, plans)
    known = {r.id for r in engine.payers[payer].rules}
    if rule is not None and rule not in known:
        near = nearest(rule, known)
        hint = f"did you mean {near}?" if near else "see crosspayer explain without --rule."
        fail(f"{payer} has no rule {rule}; {hint}")
    profile = profile_from(profile_file, engine)
    good, bad = read_inputs([encounter], feed_from(columns, payer_map, encounter_by, engine.payers))
    if source and not bad:
        for one in good:
            click.echo("\n\n".join(engine.sources(one, payers=[payer], plans=plans)))
        return
    found = []
    for one in good:
        try:
            answer = engine.evaluate(one, payers=[payer], plans=plans, profile=profile)
        except InputError as error:
            bad += error.problems
            continue
        found += [d for d in answer.determinations if d.payer == payer and line in (None, d.line)]
    for problem in sorted(bad):
        click.echo(f"crosspayer: {problem}", err=True)
    if not found:
        if not bad:
            fail(f"{encounter}: no line has the number {line}; leave --line out to see every line.")
        sys.exit(ERROR)
    from crosspayer.report import explanation

    if form == "json":
        click.echo(explanation.as_json(found, engine.payers[payer], rule))
    else:
        explanation.write(found, engine.payers[payer], rule, sys.stdout)
    sys.exit(ERROR if bad else exit_code(found))
