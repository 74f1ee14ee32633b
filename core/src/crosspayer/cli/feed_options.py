"""The options `--columns` and `--payer-map`: encounters from the exports of other systems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from crosspayer.errors import InputError, Problem, nearest

if TYPE_CHECKING:
    from typing import IO

    from crosspayer.encounter.feed.columns import ColumnMap
    from crosspayer.encounter.feed.gather import Reading
    from crosspayer.encounter.feed.payer_map import PayerMap
    from crosspayer.encounter.read import Encounter
    from crosspayer.policy.model import Payer

F = TypeVar("F", bound=Callable[..., Any])
TABLES = (".csv", ".tsv")
ENCOUNTERS = (".json", ".ndjson", ".jsonl")
MOST_NAMED = 10


class Feed:
    """How tables are read: by a column map, and the payers that a payer map knows."""

    def __init__(self, columns: ColumnMap | None, payers: PayerMap | None) -> None:
        self._columns, self._payers = columns, payers

    def reads(self, name: str) -> bool:
        """Whether an input is a table: by its ending, or, where it has none of ours, because a map is given."""
        ending = Path(name).suffix.casefold()
        return ending in TABLES or (self._columns is not None and ending not in ENCOUNTERS)

    def read(self, stream: IO[bytes], origin: str) -> tuple[list[Encounter], list[Problem]]:
        """The encounters of a table, and what is wrong with the others. What is to be known of the file as a whole is
        said on standard error."""
        from crosspayer.encounter.feed.gather import Reading, read_table

        if self._columns is None:
            remedy = "say with --columns how to read it (crosspayer columns sniff drafts a map)"
            return [], [Problem(origin, None, None, "", "the file is a table", remedy)]
        reading = Reading(origin)
        try:
            good = list(read_table(stream, origin, self._columns, self._payers, reading))
        except InputError as error:
            return [], [*error.problems]
        for said in (*map(str, reading.notes), *_summary(reading, mapped=self._payers is not None)):
            click.echo(f"crosspayer: {said}", err=True)
        return good, reading.problems


JSON_ONLY = Feed(None, None)
"""Reads no table, and says of one what to do."""


def feed_options(command: F) -> F:
    """The options themselves."""
    for option in (
        click.option(
            "--payer-map",
            "payer_map",
            type=click.Path(),
            metavar="FILE",
            help="Which payer and plan the feed's own identifiers mean (payers.toml).",
        ),
        click.option(
            "--encounter-by",
            "encounter_by",
            multiple=True,
            metavar="HEADING",
            help="The column whose cells name an encounter, or several; left out, as the column map says.",
        ),
        click.option(
            "--columns",
            metavar="MAP",
            help="Read tables (CSV) by this column map: a file, or a ready-made one (crosspayer columns list).",
        ),
    ):
        command = option(command)
    return command


def feed_from(
    columns: str | None, payer_map: str | None, encounter_by: Sequence[str], payers: Mapping[str, Payer]
) -> Feed:
    """The maps of these options; their faults end the command. A payer or plan of the payer map that no loaded plugin
    knows is left alone, but named where it looks like a slip."""
    from crosspayer.cli.app import fail, refuse

    if columns is None:
        for option, given in (("--payer-map", payer_map), ("--encounter-by", encounter_by)):
            if given:
                fail(f"{option} is for tables; give --columns too.")
        return JSON_ONLY
    from crosspayer.encounter.feed.columns import ColumnMap
    from crosspayer.encounter.feed.payer_map import PayerMap
    from crosspayer.policy.documents import ValidatedDigests

    validated = ValidatedDigests()
    try:
        made = ColumnMap.read(columns, validated)
        known = PayerMap.read(payer_map, validated) if payer_map is not None else None
    except InputError as error:
        refuse(error)
    if encounter_by:
        made = replace(made, encounter=tuple(encounter_by))
    if not made.encounter:
        fail(f"the column map {columns} does not say which columns name an encounter; give --encounter-by HEADING.")
    for problem in _slips(known, payers) if known is not None else ():
        click.echo(f"crosspayer: {problem}", err=True)
    return Feed(made, known)


def _slips(known: PayerMap, payers: Mapping[str, Payer]) -> Sequence[Problem]:
    found = []
    for entry in {entry.number: entry for entry in known.entries}.values():
        name, plan = entry.payee
        plans = [p.id for p in payers[name].plans] if name in payers else []
        place = ("entries", entry.number)
        if name not in payers and (near := nearest(name, payers)):
            found.append(((*place, "payer"), "no loaded plugin answers for this payer", f"did you mean {near}?"))
        elif plan is not None and plans and plan not in plans and (near := nearest(plan, plans)):
            found.append(((*place, "plan"), f"{name} knows no such plan", f"did you mean {near}?"))
    return known.document.problems(found)


def _summary(reading: Reading, *, mapped: bool) -> list[str]:
    """What became of a table: encounters that are not answered, and payers that are not known. The identifiers of
    payers are no patient's data, so they are named."""
    said = []
    if reading.rejected:
        total = reading.encounters + reading.rejected
        said.append(f"{reading.origin}: {reading.rejected} of {total} encounters are not answered: mend their rows.")
    if reading.unmapped and not mapped:
        count = sum(reading.unmapped.values())
        said.append(
            f"{reading.origin}: {_coverages(count)} no payer, because the table holds identifiers only; say whose they"
            " are with --payer-map."
        )
    elif reading.unmapped:
        ranked = sorted(reading.unmapped.items(), key=lambda pair: (-pair[1], pair[0]))
        for given, count in ranked[:MOST_NAMED]:
            named = ", ".join(f"{name} {_shown(text)}" for name, text in given)
            said.append(
                f"{reading.origin}: the payer map does not say whose {named} is ({_coverages(count)} no payer)."
            )
        rest = ranked[MOST_NAMED:]
        if rest:
            count = sum(count for _, count in rest)
            said.append(f"{reading.origin}: nor whose {len(rest)} others are ({_coverages(count)} no payer).")
    return said


def _coverages(count: int) -> str:
    return "1 coverage has" if count == 1 else f"{count} coverages have"


def _shown(text: str) -> str:
    clean = "".join(letter for letter in text if letter.isprintable())
    return f'"{clean[:60]}…"' if len(clean) > 60 else f'"{clean}"'
