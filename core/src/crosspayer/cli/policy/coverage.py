"""`crosspayer policy coverage`: what the cases of plugins exercise, and which wrong rules they catch."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from crosspayer.cli.app import ACT, ERROR, OK, check_folders, fail, progress
from crosspayer.errors import InputError, nearest_rule

if TYPE_CHECKING:
    from crosspayer.authoring.coverage.bench import Bench
    from crosspayer.report.coverage import Coverage

PERCENT = click.FloatRange(0, 100)


@click.command()
@click.argument("plugins", nargs=-1, metavar="[FOLDER|ID]...")
@click.option("--mutants", is_flag=True, help="Also try wrong rules on the cases, and list those that survive.")
@click.option(
    "--fail-under",
    type=PERCENT,
    metavar="PERCENT",
    help="Exit with 1 if fewer of a plugin's findings, branches or boundary days are exercised.",
)
@click.option(
    "--fail-under-mutants",
    type=PERCENT,
    metavar="PERCENT",
    help="Exit with 1 if fewer of a plugin's mutants are killed (implies --mutants).",
)
@click.option("--rule", metavar="POLICY/RULE", help="Only this rule.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option(
    "--plugin-dir", "plugin_dirs", multiple=True, type=click.Path(), help="A pack's folder, if not installed."
)
def coverage(
    plugins: Sequence[str],
    mutants: bool,
    fail_under: float | None,
    fail_under_mutants: float | None,
    rule: str | None,
    form: str,
    plugin_dirs: Sequence[str],
) -> None:
    """Tell what the cases of plugins exercise: of each rule pass, fail and open, its otherwise-branches, and the days
    on which it changes; and which case would exercise what is missing.

    --mutants also makes small wrong changes to the rules, one at a time: a threshold moved, a part dropped, an effect
    exchanged. A case that then gets another answer than it expects kills the mutant; what survives is not tested.

    FOLDER holds payer.toml or pack.toml, or is the project around it; ID names an installed plugin. Without either, it
    is the plugin of the current folder.

    \b
    Examples:
      crosspayer policy coverage plugins/therapy-common
      crosspayer policy coverage plugins/therapy-common --mutants --rule codes/initial-once
      crosspayer policy coverage plugins/therapy-common --fail-under 70 --format json

    Exit codes: 0 told, 1 under a threshold, 2 an error, also a case that does not hold.
    """
    from crosspayer.authoring.coverage.bench import Bench
    from crosspayer.authoring.target import open_target
    from crosspayer.report import coverage as report

    check_folders(plugin_dirs)
    found, errors = list[report.Coverage](), list[str]()
    for named in plugins or ["."]:
        try:
            target = open_target(named, plugin_dirs)
            bench = Bench(target)
        except InputError as error:
            errors += map(str, error.problems)
            continue
        found.append(_coverage(target.id, bench, rule, mutants or fail_under_mutants is not None))
    for said in errors:
        click.echo(f"crosspayer: {said}", err=True)
    if form == "json":
        click.echo(report.as_json(found))
    else:
        for one in found:
            report.write_text(one, sys.stdout)
    low = [said for one in found for said in _shortfalls(one, fail_under, fail_under_mutants)]
    for said in low:
        click.echo(f"crosspayer: {said}", err=True)
    sys.exit(ERROR if errors else ACT if low else OK)


def _coverage(plugin: str, bench: Bench, rule: str | None, mutants: bool) -> Coverage:
    from crosspayer.authoring.coverage.account import goals
    from crosspayer.authoring.coverage.score import mutants_of, reached, score
    from crosspayer.report.coverage import Coverage, Survivor

    known = {written.rule.id for written in bench.rules}
    full = rule if rule is None or rule.count("/") == 2 else f"{plugin}/{rule}"
    if full is not None and full not in known:
        near = nearest_rule(full, known)
        fail(f"{plugin} has no rule {rule} of its own; " + (f"did you mean {near}?" if near else "name policy/rule."))
    chosen = [goal for goal in goals(bench) if full in (None, *goal.rules)]
    cases = len(bench.trials) if full is None else len(bench.by_id[full])
    if not mutants:
        return Coverage(plugin, cases, chosen, bench.where)
    every = [mutant for mutant in mutants_of(bench) if full is None or full in mutant.rules]
    scored = score(bench, progress(every, f"mutants of {plugin}"))
    listed = sorted(scored.survived, key=lambda mutant: (mutant.place.origin, bench.line(mutant.place)))
    survivors = [Survivor(mutant, reached(bench, mutant)) for mutant in listed]
    return Coverage(plugin, cases, chosen, bench.where, scored, survivors)


def _shortfalls(found: Coverage, least: float | None, least_killed: float | None) -> list[str]:
    """What is under its threshold, in a sentence each."""
    from crosspayer.authoring.coverage.account import KINDS
    from crosspayer.report.coverage import NAMES, percentage, reaches

    said = []
    for counts, wanted, done in (
        *((found.counts(kind), least, f"{NAMES[kind]} exercised") for kind in KINDS),
        (found.mutant_counts(), least_killed, "mutants killed"),
    ):
        if wanted is not None and not reaches(counts, wanted):
            share = f"{percentage(counts)} % of the {done}"
            said.append(f"{found.plugin}: {share}, {wanted:g} % wanted; add the cases listed.")
    return said
