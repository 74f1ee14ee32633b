"""`crosspayer ask --fill`: questions on the terminal, or answers line by line from a script, and the file it saves."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, TextIO

import click

from crosspayer.authoring.fill import MOST_QUESTIONS, PAYER, Asked, Filling, Next, encounter_file
from crosspayer.authoring.typed_answer import Refused
from crosspayer.cli.app import exit_code, fail
from crosspayer.determination.unknowns import unknowns
from crosspayer.encounter.fact import Type
from crosspayer.encounter.read import Encounter
from crosspayer.errors import InputError
from crosspayer.report import questions
from crosspayer.report import table as answer_table
from crosspayer.report.words import WHO

MOST_TRIES = 3
NEW = "encounter.json"
EXPLAIN, STOP = "?", "q"


def check_files(encounter: str | None, output: str | None, form: str, *, force: bool) -> Path:
    """Where the encounter is saved; refused before the first question where it cannot be."""
    if form != "table":
        fail("--fill asks on the terminal and has no --format; read the file it saves.")
    if encounter == "-":
        fail("--fill reads answers from standard input, so the ENCOUNTER must be a file.")
    target = Path(output or encounter or NEW)
    own = encounter is not None and target.exists() and Path(encounter).exists() and target.samefile(encounter)
    if target.is_dir():
        fail(f"{target}: is a folder; give --output the name of a file.")
    if target.exists() and not own and not force:
        fail(f"{target}: the file exists; give --output another name, or --force to write over it.")
    if not target.parent.is_dir():
        fail(f"{target}: its folder does not exist; make it first.")
    return target


def run(given: Sequence[Encounter], target: Path, asked: Asked) -> NoReturn:
    """Ask, save, print the answer, and end with its exit code."""
    if len(given) > 1:
        fail("--fill asks about one encounter, and the file holds several; keep each in a file of its own.")
    filling = Filling.of(asked, given[0]) if given else Filling.new(asked, target.stem[:80] or "encounter")
    click.echo(
        f"At most {MOST_QUESTIONS} questions. Enter: not known. {EXPLAIN}: why it is asked. {STOP}: stop and save."
    )
    typed = sys.stdin
    if isinstance(typed, io.TextIOWrapper):
        typed.reconfigure(encoding="utf-8", errors="replace")  # an answer in another encoding is a bad one, no fault
    for number, question in enumerate(filling.questions(), 1):
        if not _ask(filling, number, question, typed):
            break
    encounter = filling.encounter
    save(target, encounter_file(encounter))
    click.echo(f"\nSaved {target}.\n")
    answer = asked.answer(encounter)
    answer_table.write(answer, sys.stdout, asked.facts())
    found = asked.counted(answer.determinations)
    if unknowns(found):
        click.echo(f"More facts are asked for: crosspayer ask {target} --fill goes on from here.")
    sys.exit(exit_code(found))


def _ask(filling: Filling, number: int, question: Next, typed: TextIO) -> bool:
    """Ask one question until it is answered, not known, or answered badly too often; False where the user stops."""
    words = "Payer and plan, or the payer alone: which?" if question.path == PAYER else _worded(question, filling)
    click.echo(f"\n{number}. {words}")
    for place, word in enumerate(question.choices, 1):
        click.echo(f"   {place:>2} {word}")
    if not question.choices and question.fact.type is not Type.BOOLEAN:
        click.echo(f"   ({questions.allowed_words(question.fact)})")
    tries = 0
    while tries < MOST_TRIES:
        text = _read(typed)
        if text is None or text.lower() == STOP:
            return False
        if not text:
            return True
        if text == EXPLAIN:
            for line in _reasons(question):
                click.echo(f"   {line}")
            continue
        try:
            filling.put(question, text)
        except Refused as error:
            click.echo(f"   {error}")
        except InputError as error:
            for problem in error.problems:
                click.echo(f"   It does not go with what is known: {problem.what}; {problem.remedy}.")
        else:
            return True
        tries += 1
    click.echo("   Left as not known.")
    return True


def _worded(question: Next, filling: Filling) -> str:
    path = question.path
    count = len(filling.data["lines"])
    of_line = ""
    if path.startswith("lines[") and count > 1:
        index = int(path.removeprefix("lines[").partition("]")[0])
        of_line = f"Line {filling.data['lines'][index].get('number', index + 1)}: "
    return of_line + questions.question_words(path, filling.asked.facts())


def _reasons(question: Next) -> list[str]:
    """Why a question is asked, and of whom."""
    lines = [f"{question.path}; ask: {WHO[question.fact.ask.value]}"]
    if question.unknown is None:
        return [*lines, "Almost every rule of every payer needs it."]
    return [*lines, *questions.reasons(question.unknown)]


def _read(typed: TextIO) -> str | None:
    """The next answer without the white space around it; None where the input ends."""
    click.echo("> ", nl=False)
    line = typed.readline()
    if not typed.isatty():
        click.echo()
    return line.strip() if line else None


def save(target: Path, content: bytes) -> None:
    """Write a file whole or not at all: what was there before stays until everything is written."""
    place = target.resolve()  # a link stays a link
    try:
        handle, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    except OSError:
        fail(f"{target}: the file cannot be written; check that you may write into its folder.")
    written = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mode = place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_umask()
        written.chmod(mode)
        written.replace(place)
    except OSError:
        written.unlink(missing_ok=True)
        fail(f"{target}: the file cannot be written; check that you may write it and that the disk is not full.")


def _umask() -> int:
    """The mask of new files; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
