"""What the commands share: options, input, exit codes, and errors as one clear sentence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from crosspayer.cli.feed_options import JSON_ONLY, Feed
from crosspayer.determination.model import Determination
from crosspayer.encounter.read import Encounter, read_encounters
from crosspayer.engine.engine import Engine
from crosspayer.errors import InputError, Problem, nearest
from crosspayer.plugins.report import PluginReport

OK, ACT, ERROR, OPEN = 0, 1, 2, 3
"""Exit codes: nothing to act on, something to act on, usage or input error, only facts missing."""
LEVELS = ("never", "not_covered", "reduced", "auth_needed", "documentation_needed", "conditional")
F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


def fail(message: str) -> NoReturn:
    """End with exit code 2 and the message on standard error."""
    click.echo(f"crosspayer: {message}", err=True)
    sys.exit(ERROR)


def progress(items: Sequence[T], what: str) -> Iterator[T]:
    """The items one by one, with a progress bar on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, description=what, console=Console(stderr=True), transient=True)


def plugin_options(command: F) -> F:
    """Options that say which plugins are loaded."""
    for option in (
        click.option(
            "--plugin-dir",
            "plugin_dirs",
            multiple=True,
            type=click.Path(),
            help="Load a plugin from this folder too, without installing it.",
        ),
        click.option("--allow-code", multiple=True, metavar="NAME", help="Allow this code plugin to be imported."),
        click.option("--strict", is_flag=True, help="End with exit code 2 if any plugin is quarantined."),
    ):
        command = option(command)
    return command


def tables_option(command: F) -> F:
    """The option that names a site's own tables."""
    option = click.option(
        "--tables", type=click.Path(), metavar="FOLDER", help="Use the imported tables of this folder (tables import)."
    )
    return option(command)


def check_folders(plugin_dirs: Sequence[str]) -> None:
    """Refuse folders that are not there."""
    for path in plugin_dirs:
        if not Path(path).is_dir():
            what = "is a file" if Path(path).is_file() else "there is no such folder"
            fail(f"{path}: {what}; give --plugin-dir the folder that holds payer.toml.")


def refuse(error: InputError) -> NoReturn:
    """End with exit code 2 and every fault on standard error."""
    for problem in error.problems:
        click.echo(f"crosspayer: {problem}", err=True)
    sys.exit(ERROR)


def engine_from(
    plugin_dirs: Sequence[str],
    allow_code: Sequence[str],
    strict: bool,
    tables: str | None = None,
    wanted: Collection[str] = (),
) -> Engine:
    """The engine over the installed plugins and the named folders; quarantined plugins are named on standard error.

    `tables` is a folder of imported tables; a fault in it ends the command. Of the payers that are `wanted` nothing is
    said here: `check_payers` says why one of them cannot answer.
    """
    from crosspayer.plugins.build import build_engine

    check_folders(plugin_dirs)
    try:
        engine = build_engine(plugin_dirs=plugin_dirs, allow_code=allow_code, tables=tables)
    except InputError as error:
        refuse(error)
    broken = [report for report in engine.plugins if report.state == "quarantined"]
    for report in broken if strict else [report for report in broken if report.id not in wanted]:
        click.echo(f"crosspayer: {report.distribution} {_quarantined(report)}", err=True)
    if strict and broken:
        fail("nothing is answered, because --strict asks for every plugin; mend or uninstall the quarantined ones.")
    return engine


def _quarantined(report: PluginReport) -> str:
    """Why a plugin is quarantined, in one sentence: its first fault, and how many more there are."""
    first, *more = (report.reason or "").splitlines()
    rest = f" ({len(more)} more: crosspayer plugins list)" if more else ""
    said = f"is quarantined at stage {report.stage}: {first}{rest}"
    return said if said.endswith((".", "?")) else f"{said}."


def read_inputs(names: Sequence[str], feed: Feed = JSON_ONLY) -> tuple[list[Encounter], list[Problem]]:
    """The encounters of all inputs (`-` is standard input), and what is wrong with the others. `feed` reads tables."""
    good: list[Encounter] = []
    bad: list[Problem] = []
    for name in names:
        origin = "<stdin>" if name == "-" else name
        try:
            if feed.reads(name):
                with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as stream:
                    found, wrong = feed.read(stream, origin)
            else:
                raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
                found, wrong = read_encounters(raw, origin)
        except FileNotFoundError:
            bad.append(
                Problem(name, None, None, "", "there is no such file", "correct its name, or use - for standard input")
            )
            continue
        except IsADirectoryError:
            bad.append(Problem(name, None, None, "", "is a folder, not a file of encounters", "name the files in it"))
            continue
        except OSError:
            bad.append(Problem(name, None, None, "", "the file cannot be read", "check that it is a file you may read"))
            continue
        if not found and not wrong:
            wrong = [Problem(origin, None, None, "", "the list holds no encounter", "give at least one")]
        good += found
        bad += wrong
    return good, bad


def day_of(option: str, text: str) -> date:
    """The day an option names."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        fail(f"{option} is not a date; write a day that exists as YYYY-MM-DD.")
    return day


def check_payers(engine: Engine, payers: Sequence[str]) -> None:
    """Refuse payers that are not loaded."""
    for name in payers:
        if name in engine.payers:
            continue
        broken = next((r for r in engine.plugins if r.id == name and r.state == "quarantined"), None)
        if broken is not None:
            fail(f"the payer {name} cannot answer: the plugin {broken.distribution} {_quarantined(broken)}")
        near = nearest(name, engine.payers)
        hint = f"did you mean {near}?" if near else f"loaded payers: {', '.join(engine.payers) or 'none'}."
        fail(f"no loaded plugin answers for the payer {name}; {hint}")


def check_plans(engine: Engine, plans: Sequence[str]) -> None:
    """Refuse plans that are not written `payer/plan` or that the payer does not know."""
    for text in plans:
        payer, slash, plan = text.partition("/")
        if not slash or not plan:
            fail(f"{text} is not a plan; write it as payer/plan.")
        check_payers(engine, [payer])
        known = [p.id for p in engine.payers[payer].plans]
        if plan not in known:
            near = nearest(plan, known)
            hint = f"did you mean {payer}/{near}?" if near else f"its plans: {', '.join(known) or 'none'}."
            fail(f"the payer {payer} knows no plan {plan}; {hint}")


def held_of(found: Sequence[Determination]) -> list[Determination]:
    """Those of coverages the patients have; of an encounter that holds none, all of them."""
    holders = {d.encounter for d in found if not d.hypothetical}
    return [d for d in found if not d.hypothetical or d.encounter not in holders]


def exit_code(held: Sequence[Determination], fail_on: str | None = None) -> int:
    """The exit code of an answer: by verdicts, or moved by `--fail-on`.

    A line that no policy speaks of leaves nothing to act on and no fact to supply; other silences leave a question.
    """
    verdicts = [d.verdict for d in held]
    unanswered = any(d.verdict is None and d.silence != "no_policy_for_code" for d in held)
    if fail_on is not None:
        reached = LEVELS[1 : LEVELS.index(fail_on) + 1]
        return ACT if any(verdict in reached for verdict in verdicts) else OK
    if any(verdict in ("not_covered", "reduced", "auth_needed", "documentation_needed") for verdict in verdicts):
        return ACT
    return OPEN if unanswered or "conditional" in verdicts else OK
