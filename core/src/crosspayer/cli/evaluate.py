"""`crosspayer evaluate`: what the payers say of encounters."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from crosspayer.cli.app import (
    ERROR,
    LEVELS,
    check_payers,
    check_plans,
    engine_from,
    exit_code,
    fail,
    plugin_options,
    read_inputs,
)
from crosspayer.determination.model import Answer, Determination
from crosspayer.encounter.read import Encounter
from crosspayer.errors import InputError, Problem


@click.command()
@click.argument("encounters", nargs=-1, required=True, metavar="ENCOUNTER...")
@click.option(
    "--payer", "payers", multiple=True, metavar="P", help="Ask this payer, whether or not the encounter names it."
)
@click.option("--all-payers", is_flag=True, help="Ask every loaded payer.")
@click.option("--plan", "plans", multiple=True, metavar="P/PLAN", help="Ask this plan.")
@click.option(
    "--evaluation-date",
    metavar="DATE",
    help="Judge as of this day (YYYY-MM-DD); the encounter's own date holds if it has one.",
)
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "ndjson", "csv"]), default="table", show_default=True
)
@click.option("--fail-on", type=click.Choice(LEVELS), help="Exit 1 from this verdict on, else 0.")
@plugin_options
def evaluate(
    encounters: Sequence[str],
    payers: Sequence[str],
    all_payers: bool,
    plans: Sequence[str],
    evaluation_date: str | None,
    form: str,
    fail_on: str | None,
    plugin_dirs: Sequence[str],
    allow_code: Sequence[str],
    strict: bool,
) -> None:
    """Hold encounters against the payers' policies.

    ENCOUNTER is a JSON file (one encounter, an array, or one a line), or - for standard input.

    \b
    Examples:
      crosspayer evaluate examples/knee-orthosis-initial.json
      crosspayer evaluate examples/bare-claim.json --all-payers --format json

    Exit codes: 0 nothing to act on, 1 something to act on, 2 an error, 3 only facts missing.
    """
    engine = engine_from(plugin_dirs, allow_code, strict)
    check_payers(engine, payers)
    check_plans(engine, plans)
    good, bad = read_inputs(encounters)
    found: list[Determination] = []
    for encounter in good:
        try:
            asked = with_evaluation_date(encounter, evaluation_date)
            found += engine.evaluate(asked, payers=payers, plans=plans, all_payers=all_payers).determinations
        except InputError as error:
            bad += [
                Problem(f"encounter {encounter.id}", p.line, p.column, p.path, p.what, p.remedy) for p in error.problems
            ]
    found.sort(key=lambda d: (d.encounter, d.line, d.payer, d.plan or "", d.plans))
    answer = Answer(tuple(found))
    for problem in sorted(bad):
        click.echo(f"crosspayer: {problem}", err=True)
    if found or not bad:
        from crosspayer.report import writers

        writers.write(answer, sorted(bad), form, sys.stdout)
    sys.exit(ERROR if bad else exit_code(answer.held, fail_on))


def with_evaluation_date(encounter: Encounter, day: str | None) -> Encounter:
    """The encounter as of a day, where it does not say so itself."""
    import datetime

    import msgspec

    if day is None or encounter.facts.evaluation_date is not None:
        return encounter
    try:
        parsed = datetime.date.fromisoformat(day)
        if parsed.isoformat() != day:
            raise ValueError
    except ValueError:
        fail("--evaluation-date is not a date; write it as YYYY-MM-DD.")
    facts = msgspec.structs.replace(encounter.facts, evaluation_date=parsed)
    return Encounter(facts, msgspec.json.encode(facts, order="deterministic"))
