"""`crosspayer ask`: the facts that answers wait for, most useful first; with `--fill` it asks them and saves."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from crosspayer.cli.answering import Answering, answering_options
from crosspayer.cli.app import ERROR, exit_code, fail, held_of, progress, read_inputs
from crosspayer.determination.model import Determination
from crosspayer.errors import InputError


@click.command()
@click.argument("encounter", required=False, metavar="[ENCOUNTER]")
@click.option("--payer", "payers", multiple=True, metavar="P", help="Count this payer's answers, and only those named.")
@click.option("--all-payers", is_flag=True, help="Count the answers of every loaded payer.")
@click.option("--plan", "plans", multiple=True, metavar="P/PLAN", help="Count this plan's answers.")
@click.option(
    "--what-would-change",
    "change",
    is_flag=True,
    help="For each answer that is not payable: remedies, and the smallest sets of missing facts that would settle it.",
)
@click.option("--fill", is_flag=True, help="Ask at most a dozen questions and save the encounter.")
@click.option(
    "--output", type=click.Path(), metavar="FILE", help="Where --fill saves (ENCOUNTER itself, or encounter.json)."
)
@click.option("--force", is_flag=True, help="Let --fill write over another file.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@answering_options
def ask(
    encounter: str | None,
    payers: Sequence[str],
    all_payers: bool,
    plans: Sequence[str],
    change: bool,
    fill: bool,
    output: str | None,
    force: bool,
    form: str,
    answering: Answering,
) -> None:
    """Rank the unknown facts by how many answers they settle, with who can supply each.

    Only held coverages count, unless payers or plans are named. With --fill it asks the questions one by one, starting
    from ENCOUNTER or from nothing, and saves a valid encounter file: Enter means not known, ? explains, q stops.

    \b
    Examples:
      crosspayer ask examples/bare-claim.json
      crosspayer ask examples/bare-claim.json --all-payers --format json
      crosspayer ask examples/order-before-visit.json --what-would-change
      crosspayer ask examples/order-before-visit.json --fill --output visit.json
      crosspayer ask --fill

    Exit codes as evaluate's: 0 nothing to act on, 1 something to act on, 2 an error, 3 only facts missing.
    """
    if fill:
        from crosspayer.cli.fill import check_files

        if change:
            fail("--fill and --what-would-change are two commands; run one after the other.")
        target = check_files(encounter, output, form, force=force)
    elif encounter is None:
        fail("name the ENCOUNTER to ask about, or start one with --fill.")
    elif output is not None or force:
        fail("--output and --force go with --fill.")
    engine, profile = answering.ready(payers, plans)
    named = {*payers, *(plan.partition("/")[0] for plan in plans)}

    def counted(found: Sequence[Determination]) -> list[Determination]:
        """The determinations whose questions count."""
        if all_payers:
            return list(found)
        return [d for d in found if d.payer in named] if named else held_of(found)

    from crosspayer.authoring.fill import Asked

    asked = Asked(engine, tuple(payers), tuple(plans), all_payers, profile, counted)
    good, bad = read_inputs([encounter]) if encounter is not None else ([], [])
    found: list[Determination] = []
    for one in good:
        try:
            found += asked.answer(one).determinations
        except InputError as error:
            bad += error.problems
    for problem in sorted(bad):
        click.echo(f"crosspayer: {problem}", err=True)
    if fill:
        from crosspayer.cli.fill import run

        if bad:
            sys.exit(ERROR)
        run(good, target, asked)
    declared = asked.facts()
    of_held = counted(found)
    if change:
        from crosspayer.authoring.settling import settling
        from crosspayer.report import settling_text

        settled = [settled for one in good for settled in settling(asked, one, of_held, progress)]
        if form == "json":
            click.echo(settling_text.as_json(settled, declared))
        elif found:
            settling_text.write(settled, sys.stdout, engine.payers, declared)
    else:
        from crosspayer.determination.unknowns import unknowns
        from crosspayer.report import questions

        ranked = unknowns(of_held)
        if form == "json":
            click.echo(questions.as_json(ranked, declared))
        elif found:
            questions.write(ranked, len(good), sys.stdout, declared)
    sys.exit(ERROR if bad else exit_code(of_held))
