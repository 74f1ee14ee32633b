"""The payer map: which payer and plan the identifiers and names mean that a feed carries.

An entry fits a coverage that has all its identifiers. Of the entries that fit, the one that names most speaks. Where
another that names as many says otherwise, or one that would speak instead might fit for all the feed says, only what
they agree on is known: the payer without the plan, or nothing. Nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from crosspayer.encounter.feed.schema import IDENTIFIERS
from crosspayer.errors import InputError
from crosspayer.schemas.toml_document import Fault, TomlDocument, Validated

MOST_COMBINATIONS = 100_000
MOST_REMEMBERED = 20_000
_ALWAYS = date.min, date.max


class Payee(NamedTuple):
    """Whose a coverage is; the plan may not be known."""

    payer: str
    plan: str | None


class Entry(NamedTuple):
    """Identifiers that a coverage must all have on a day from `first` to `last`, and whose it then is."""

    number: int  # its place among the entries, from 0
    keys: Mapping[str, str]
    first: date
    last: date
    payee: Payee


@dataclass(frozen=True, slots=True, eq=False)
class PayerMap:
    """A checked payer map. Immutable; one may serve many files and threads."""

    document: TomlDocument = field(repr=False)
    entries: tuple[Entry, ...]
    _fitting: dict[tuple[tuple[str, str], ...], tuple[tuple[Entry, bool], ...]] = field(repr=False)

    @classmethod
    def read(cls, path: str | Path, validated: Validated | None = None) -> PayerMap:
        """The payer map of a file. Raises `InputError` with every fault."""
        return cls._typed(TomlDocument.read(path, "payer-map", validated))

    @classmethod
    def from_toml(cls, raw: bytes | str, origin: str = "payers.toml", validated: Validated | None = None) -> PayerMap:
        """The payer map of a text. Raises `InputError` with every fault of its syntax, shape and dates, and of entries
        that contradict each other."""
        return cls._typed(TomlDocument.of(raw, origin, "payer-map", validated))

    @classmethod
    def _typed(cls, document: TomlDocument) -> PayerMap:
        raw = document.data.get("entries", [])
        faults = list(_entry_faults(raw))
        entries: tuple[Entry, ...] = ()
        if not faults:
            entries = tuple(entry for number, given in enumerate(raw) for entry in _entries(number, given))
            faults = list(_doubles(entries))
        if faults:
            raise InputError(document.problems(faults))
        return cls(document, entries, {})

    def find(self, identifiers: Mapping[str, str], day: date | None) -> Payee | None:
        """The payer and plan of a coverage with these identifiers (keys of `IDENTIFIERS`) on a day of service; None
        where the map does not say, or does not say without something that is not known."""
        fitting = [
            (entry, sure and (day is not None or (entry.first, entry.last) == _ALWAYS))
            for entry, sure in self._candidates(identifiers)
            if day is None or entry.first <= day <= entry.last
        ]
        best = next((entry for entry, sure in fitting if sure), None)
        if best is None:
            return None
        said = [entry.payee for entry, _ in fitting if len(entry.keys) >= len(best.keys)]
        if any(payee.payer != best.payee.payer for payee in said):
            return None
        return best.payee if all(payee == best.payee for payee in said) else Payee(best.payee.payer, None)

    def _candidates(self, identifiers: Mapping[str, str]) -> tuple[tuple[Entry, bool], ...]:
        """The entries that surely fit (True) or might, whatever the day, those that name most first. Of those that
        might, only those that name something the coverage has: others are about other feeds."""
        given = {name: same(text) for name, text in identifiers.items()}
        key = tuple(sorted(given.items()))
        found = self._fitting.get(key)
        if found is None:
            might = [
                (entry, entry.keys.keys() <= given.keys())
                for entry in self.entries
                if not given.keys().isdisjoint(entry.keys)
                and all(given.get(name, value) == value for name, value in entry.keys.items())
            ]
            found = tuple(sorted(might, key=lambda pair: -len(pair[0].keys)))
            if len(self._fitting) >= MOST_REMEMBERED:
                self._fitting.clear()
            self._fitting[key] = found
        return found


def same(text: str) -> str:
    """An identifier without what does not matter: case, and how many blanks stand in it."""
    return " ".join(text.split()).casefold()


def _entries(number: int, given: Mapping[str, Any]) -> Iterator[Entry]:
    """An entry, once for each combination of the identifiers it lists."""
    payee = Payee(given["payer"], given.get("plan"))
    first, last = given.get("from", date.min), given.get("to", date.max)
    names = [name for name in IDENTIFIERS if name in given]
    for texts in product(*(_listed(given[name]) for name in names)):
        keys = {name: same(text) for name, text in zip(names, texts, strict=True)}
        yield Entry(number, keys, first, last, payee)


def _listed(given: str | list[str]) -> list[str]:
    return [given] if isinstance(given, str) else given


def _doubles(entries: tuple[Entry, ...]) -> Iterator[Fault]:
    """Entries that say whose the same identifiers are, for the same days."""
    known: dict[frozenset[tuple[str, str]], list[Entry]] = {}
    told: set[int] = set()
    for entry in entries:
        alike = known.setdefault(frozenset(entry.keys.items()), [])
        for other in alike:
            if entry.number not in told and entry.first <= other.last and other.first <= entry.last:
                told.add(entry.number)
                what = f"entries[{other.number}] says whose the same identifiers are, for the same days"
                yield ("entries", entry.number), what, "keep one, or part their days"
        alike.append(entry)


def _entry_faults(raw: list[Mapping[str, Any]]) -> Iterator[Fault]:
    total = 0
    for number, given in enumerate(raw):
        names = [name for name in IDENTIFIERS if name in given]
        total += prod(len(_listed(given[name])) for name in names)
        if not names:
            yield (
                ("entries", number),
                "names no identifier, so it would fit every coverage",
                "add one, such as payer_id",
            )
        if given.get("to", date.max) < given.get("from", date.min):
            yield ("entries", number, "to"), "lies before from", "correct one of the two days"
    if total > MOST_COMBINATIONS:
        yield ("entries",), f"its lists make more than {MOST_COMBINATIONS} combinations", "shorten them"
