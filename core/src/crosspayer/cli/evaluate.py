"""`crosspayer evaluate`: what the payers say of encounters."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date

import click

from crosspayer.cli.answering import Answering, answering_options
from crosspayer.cli.app import ERROR, LEVELS, day_of, exit_code, held_of, read_inputs
from crosspayer.cli.feed_options import feed_from, feed_options
from crosspayer.determination.model import Answer, Determination
from crosspayer.encounter.read import Encounter
from crosspayer.errors import InputError


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
    "--format",
    "form",
    type=click.Choice(["table", "json", "ndjson", "csv", "findings-csv", "html"]),
    default="table",
    show_default=True,
    help="csv has a row for each determination, findings-csv for each rule.",
)
@click.option("--fail-on", type=click.Choice(LEVELS), help="Exit 1 from this verdict on, else 0.")
@feed_options
@answering_options
def evaluate(
    encounters: Sequence[str],
    payers: Sequence[str],
    all_payers: bool,
    plans: Sequence[str],
    evaluation_date: str | None,
    form: str,
    fail_on: str | None,
    answering: Answering,
    columns: str | None,
    payer_map: str | None,
    encounter_by: Sequence[str],
) -> None:
    """Hold encounters against the payers' policies.

    ENCOUNTER is a JSON file (one encounter, an array, or one a line), a table of service lines (CSV, with --columns),
    or - for standard input.

    \b
    Examples:
      crosspayer evaluate examples/knee-orthosis-initial.json
      crosspayer evaluate examples/bare-claim.json --all-payers --format json
      crosspayer evaluate examples/knee-orthosis-initial.json --profile examples/profile.toml
      crosspayer evaluate examples/knee-orthosis-initial.json --format html > report.html
      crosspayer evaluate examples/feeds/webpt-charges.csv --columns webpt-charges \\
          --payer-map examples/feeds/payers.toml

    Exit codes: 0 nothing to act on, 1 something to act on, 2 an error, 3 only facts missing.
    """
    as_of = day_of("--evaluation-date", evaluation_date) if evaluation_date is not None else None
    engine, profile = answering.ready(payers, plans)
    good, bad = read_inputs(encounters, feed_from(columns, payer_map, encounter_by, engine.payers))
    found: list[Determination] = []
    for encounter in good:
        try:
            asked = with_evaluation_date(encounter, as_of) if as_of is not None else encounter
            answer = engine.evaluate(asked, payers=payers, plans=plans, all_payers=all_payers, profile=profile)
            found += answer.determinations
        except InputError as error:
            bad += error.problems
    found.sort(key=lambda d: (d.encounter, d.line, d.payer, d.plan or "", d.plans))
    for problem in sorted(bad):
        click.echo(f"crosspayer: {problem}", err=True)
    if form == "html":
        from crosspayer.report import html

        html.write(Answer(tuple(found)), sorted(bad), engine.payers, sys.stdout)
    elif found or form == "json":
        from crosspayer.report import writers

        declared = {path: fact for payer in engine.payers.values() for path, fact in payer.facts.items()}
        writers.write(Answer(tuple(found)), sorted(bad), form, sys.stdout, declared)
    sys.exit(ERROR if bad else exit_code(held_of(found), fail_on))


def with_evaluation_date(encounter: Encounter, day: date) -> Encounter:
    """The encounter as of a day, where it does not say so itself."""
    import msgspec

    if encounter.facts.evaluation_date is not None:
        return encounter
    facts = msgspec.structs.replace(encounter.facts, evaluation_date=day)
    # Written at the end of the record, so that it counts for the digest and every other place stays what it was.
    raw = encounter.raw.rstrip().removesuffix(b"}") + f',"evaluation_date":"{day}"}}'.encode()
    return msgspec.structs.replace(encounter, facts=facts, raw=raw)
