"""`crosspayer policy test`: run the cases of plugins."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from crosspayer.cli.app import ACT, ERROR, OK, check_folders, progress
from crosspayer.errors import InputError, nearest_rule


@click.command()
@click.argument("plugins", nargs=-1, metavar="[FOLDER|ID]...")
@click.option("--rule", metavar="POLICY/RULE", help="Only cases of this rule.")
@click.option("-k", "word", metavar="WORD", help="Only cases with this word in their name or rule.")
@click.option("--format", "form", type=click.Choice(["table", "json", "junit"]), default="table", show_default=True)
@click.option(
    "--plugin-dir", "plugin_dirs", multiple=True, type=click.Path(), help="A pack's folder, if not installed."
)
def test(plugins: Sequence[str], rule: str | None, word: str | None, form: str, plugin_dirs: Sequence[str]) -> None:
    """Run the cases of plugins: each encounter must get the findings its case expects.

    FOLDER holds payer.toml or pack.toml, or is the project around it; ID names an installed plugin. Without either,
    the plugin of the current folder is tested.

    \b
    Examples:
      crosspayer policy test plugins/therapy-common
      crosspayer policy test plugins/therapy-common -k modifier --format junit

    Exit codes: 0 every case holds, 1 a case does not, 2 an error, also in a case file.
    """
    from crosspayer.authoring.cases import CaseResult, run_case
    from crosspayer.authoring.target import open_target
    from crosspayer.policy.model import Rule
    from crosspayer.report import case_results

    check_folders(plugin_dirs)
    results, rules, errors = dict[str, list[CaseResult]](), dict[str, Rule](), list[str]()
    unmatched = list[str]()  # what is said only if no plugin has such a case
    for named in plugins or ["."]:
        try:
            others = [given for given in plugin_dirs if Path(given).resolve() != Path(named).resolve()]
            target = open_target(named, others)
            engine = target.engine()
            cases = target.cases()
        except InputError as error:
            errors += map(str, error.problems)
            continue
        of_plugin = {one.id: one for payer in engine.payers.values() for one in payer.rules}
        full = rule if rule is None or rule.count("/") == 2 else f"{target.id}/{rule}"
        if full is not None and full not in of_plugin:
            near = nearest_rule(full, of_plugin)
            hint = f"did you mean {near}?" if near else "name it as policy/rule."
            unmatched.append(f"{target.id} has no rule {rule}; {hint}")
            continue
        chosen = [c for c in cases if full in (None, c.rule) and (word is None or word in f"{c.label} {c.rule}")]
        if not chosen:
            said = f"{named}: no case is left to run; " + ("choose others." if cases else "add cases/*.toml.")
            (unmatched if cases else errors).append(said)
            continue
        results[target.id] = [run_case(case, engine) for case in progress(chosen, f"cases of {target.id}")]
        rules |= of_plugin
    if not results:
        errors += unmatched
    for said in errors:
        click.echo(f"crosspayer: {said}", err=True)
    if form == "json":
        click.echo(case_results.as_json(results))
    elif form == "junit":
        click.echo(case_results.as_junit(results, rules))
    else:
        for name, found in results.items():
            case_results.write_text(name, found, rules, sys.stdout)
    failed = any(result.differences for found in results.values() for result in found)
    sys.exit(ERROR if errors else ACT if failed else OK)
