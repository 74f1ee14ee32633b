"""`crosspayer explain`: every rule of one payer, what it found, on which facts and sources."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from crosspayer.cli.answering import Answering, answering_options
from crosspayer.cli.app import ERROR, exit_code, fail, held_of, read_inputs
from crosspayer.cli.denial import check_sheet, code_of, explain_denial, explain_payable
from crosspayer.cli.feed_options import feed_from, feed_options
from crosspayer.determination.model import Determination
from crosspayer.errors import InputError, nearest_rule
from crosspayer.policy.model import Payer


@click.command()
@click.argument("encounter", metavar="ENCOUNTER")
@click.option("--payer", metavar="P", help="The payer to explain; may be left out with --denied and --why-payable.")
@click.option("--plan", metavar="PLAN", help="The plan, if the encounter does not say it.")
@click.option("--rule", metavar="ID", help="Only this rule.")
@click.option("--line", type=int, metavar="N", help="Only this line.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option(
    "--denied", metavar="CARC", help="Which rules would explain a denial with this reason code, as 97 or CO-97."
)
@click.option("--remark", metavar="RARC", default="", help="The denial's remark code, as M15.")
@click.option(
    "--group", type=click.Choice(["CO", "CR", "OA", "PI", "PR"]), default=None, help="The denial's group code."
)
@click.option("--appeal", metavar="FILE", type=click.Path(), help="Write an appeal sheet too (.md or .html).")
@click.option(
    "--why-payable", is_flag=True, help="Say why lines are payable: rules passed, facts, what was not checked."
)
@click.option("--source", is_flag=True, help="Print the code generated for the payer's rules on this day instead.")
@feed_options
@answering_options
def explain(
    encounter: str,
    payer: str | None,
    plan: str | None,
    rule: str | None,
    line: int | None,
    form: str,
    denied: str | None,
    remark: str,
    group: str | None,
    appeal: str | None,
    why_payable: bool,
    source: bool,
    answering: Answering,
    columns: str | None,
    payer_map: str | None,
    encounter_by: Sequence[str],
) -> None:
    """Explain a payer's answer rule by rule: outcome, sentence, facts, source, grade, and what was not checked.

    With --denied: the rules that would explain a denial, and what to do. With --why-payable: what speaks for paying.

    \b
    Examples:
      crosspayer explain examples/knee-orthosis-initial.json --payer PAYER
      crosspayer explain examples/knee-orthosis-initial.json --denied CO-236
      crosspayer explain examples/knee-orthosis-initial.json --denied 4 --appeal appeal.md
      crosspayer explain examples/knee-orthosis-initial.json --why-payable

    Exit codes with --denied: 1 there is a step to take, 3 only facts are missing, 0 no installed rule explains it.
    """
    asked = _asked(denied, why_payable, remark or group or appeal, rule, payer, source)
    code = code_of(denied, remark, group or "") if denied is not None else None
    check_sheet(appeal)
    if plan is not None and payer is None:
        fail("--plan needs --payer, because a plan belongs to one payer.")
    payers = [payer] if payer is not None else []
    plans = [f"{payer}/{plan.removeprefix(f'{payer}/')}"] if plan is not None else []
    engine, profile = answering.ready(payers, plans)
    if rule is not None and payer is not None:
        _check_rule(engine.payers[payer], rule)
    good, bad = read_inputs([encounter], feed_from(columns, payer_map, encounter_by, engine.payers))
    if source and not bad:
        for one in good:
            click.echo("\n\n".join(engine.sources(one, payers=payers, plans=plans)))
        return
    found = []
    for one in good:
        try:
            answer = engine.evaluate(one, payers=payers, plans=plans, profile=profile)
        except InputError as error:
            bad += error.problems
            continue
        found += [d for d in answer.determinations if (not payers or d.payer == payer) and line in (None, d.line)]
    found = found if payers else held_of(found)
    for problem in sorted(bad):
        click.echo(f"crosspayer: {problem}", err=True)
    if not found:
        if not bad:
            fail(f"{encounter}: no line has the number {line}; leave --line out to see every line.")
        sys.exit(ERROR)
    if code is not None:
        done = explain_denial(engine, found, code, form, appeal)
    elif asked == "payable":
        done = explain_payable(engine, found, form)
    else:
        assert payer is not None
        done = _explain(engine.payers[payer], found, rule, form)
    sys.exit(ERROR if bad else done)


def _asked(
    denied: str | None, why_payable: bool, of_denial: str | None, rule: str | None, payer: str | None, source: bool
) -> str:
    """Which of the three explanations is asked for; options that do not go together end the command."""
    if denied is not None and why_payable:
        fail("--denied and --why-payable ask for different things; give one of them.")
    if of_denial and denied is None:
        fail("--remark, --group and --appeal belong to a denial; give its reason code with --denied.")
    if (denied is not None or why_payable) and (rule is not None or source):
        fail("--rule and --source do not go with --denied or --why-payable; leave them out.")
    if denied is None and not why_payable and payer is None:
        raise click.UsageError("Missing option '--payer'. Only --denied and --why-payable answer for all coverages.")
    return "denied" if denied is not None else "payable" if why_payable else "rules"


def _check_rule(payer: Payer, rule: str) -> None:
    known = {r.id for r in payer.rules}
    if rule not in known:
        near = nearest_rule(rule, known)
        hint = f"did you mean {near}?" if near else "see crosspayer explain without --rule."
        fail(f"{payer.id} has no rule {rule}; {hint}")


def _explain(payer: Payer, found: Sequence[Determination], rule: str | None, form: str) -> int:
    from crosspayer.report import explanation

    if form == "json":
        click.echo(explanation.as_json(found, payer, rule))
    else:
        explanation.write(found, payer, rule, sys.stdout)
    return exit_code(found)
