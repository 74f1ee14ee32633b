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
)
from crosspayer.errors import InputError


@click.command()
@click.argument("encounter", metavar="ENCOUNTER")
@click.option("--payer", required=True, metavar="P", help="The payer to explain.")
@click.option("--plan", metavar="PLAN", help="The plan, if the encounter does not say it.")
@click.option("--rule", metavar="ID", help="Only this rule.")
@click.option("--line", type=int, metavar="N", help="Only this line.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@plugin_options
def explain(
    encounter: str,
    payer: str,
    plan: str | None,
    rule: str | None,
    line: int | None,
    form: str,
    plugin_dirs: Sequence[str],
    allow_code: Sequence[str],
    strict: bool,
) -> None:
    """Explain a payer's answer rule by rule: outcome, sentence, facts, source, grade, and what was not checked.

    \b
    Example:
      crosspayer explain examples/knee-orthosis-initial.json --payer PAYER
    """
    engine = engine_from(plugin_dirs, allow_code, strict)
    check_payers(engine, [payer])
    plans = [f"{payer}/{plan}"] if plan else []
    check_plans(engine, plans)
    good, bad = read_inputs([encounter])
    for problem in bad:
        click.echo(f"crosspayer: {problem}", err=True)
    found = []
    for one in good:
        try:
            answer = engine.evaluate(one, payers=[payer], plans=plans)
        except InputError as error:
            fail("; ".join(str(p) for p in error.problems))
        found += [d for d in answer.determinations if d.payer == payer and line in (None, d.line)]
    if not found:
        sys.exit(ERROR if bad else 0)
    if rule is not None:
        known = {r.id for r in engine.payers[payer].rules}
        if rule not in known:
            from crosspayer.errors import nearest

            near = nearest(rule, known)
            fail(
                f"{payer} has no rule {rule}; "
                + (f"did you mean {near}?" if near else "see crosspayer explain without --rule.")
            )
    from crosspayer.report import explanation

    if form == "json":
        click.echo(explanation.as_json(found, engine.payers[payer], rule))
    else:
        explanation.write(found, engine.payers[payer], rule, sys.stdout)
    sys.exit(ERROR if bad else exit_code(found))
