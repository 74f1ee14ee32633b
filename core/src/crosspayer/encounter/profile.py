"""The profile: dated facts of a practice's contracts and plans, to be merged below an encounter's own facts.

An entry names the encounters it holds for by its keys; a key left out holds for all. Of the entries that fit, the one
that names most keys speaks. So two entries that name equally many keys, say different things of one fact, and could
fit the same encounter on the same day are refused, unless a more specific entry settles it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any, NamedTuple

from crosspayer.encounter.profile_schema import profile_facts
from crosspayer.errors import InputError, Problem
from crosspayer.schemas.positions import KeyPath
from crosspayer.schemas.toml_document import Fault, TomlDocument, Validated, file_bytes, flat

KEYS = ("payer", "plan", "billing_npi", "rendering_npi", "state")
"""What an entry is found by, apart from its days."""
OF_PROVIDER = ("is a fact of one provider", "add rendering_npi to the entry")
"""What is wrong with such a fact in an entry for all providers, and what to do."""


class Entry(NamedTuple):
    """Facts (by catalogue path) with the keys and the days, both included, that they hold for."""

    number: int  # its place among the entries, from 0
    keys: Mapping[str, str]
    first: date
    last: date
    facts: Mapping[str, Any]

    @property
    def name(self) -> str:
        """How messages and answers name it."""
        return f"entries[{self.number}]"

    def place(self, path: str) -> KeyPath:
        """Where one of its facts stands in the document."""
        return "entries", self.number, "facts", *path.split(".")


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A checked profile. Immutable; one may serve many encounters, engines and threads.

    `digest` is the SHA-256 of its bytes, as `basis.profile` shows it.
    """

    entries: tuple[Entry, ...]
    _document: TomlDocument = field(repr=False)
    _index: Mapping[str | None, Mapping[str, tuple[Entry, ...]]] = field(repr=False)

    @classmethod
    def read(cls, path: str | Path, validated: Validated | None = None) -> Profile:
        """The profile of a file, as `from_toml` reads it. Raises `InputError` also where there is no such file."""
        return cls.from_toml(file_bytes(path), str(path), validated)

    @classmethod
    def from_toml(cls, raw: bytes | str, origin: str = "profile.toml", validated: Validated | None = None) -> Profile:
        """The profile of a text. `origin` names it in messages; `validated` saves holding it against the schema again.

        Raises `InputError` with every fault of its syntax, shape, types and dates, and of entries that contradict each
        other. Payer facts can only be checked beside their plugins: see `Engine.check_profile`.
        """
        document = TomlDocument.of(raw, origin, "profile", validated)
        entries = tuple(_entry(number, given) for number, given in enumerate(document.data.get("entries", ())))
        profile = cls(entries, document, _indexed(entries))
        faults = [*_entry_faults(entries), *_clashes(entries)]
        if faults:
            raise InputError(profile.problems(faults))
        return profile

    def facts_of(self, payer: str) -> Mapping[str, tuple[Entry, ...]]:
        """The entries that may speak when this payer answers, by fact, those that name most keys first."""
        return self._index.get(payer, self._index[None])

    @property
    def origin(self) -> str:
        """The file as messages name it."""
        return self._document.origin

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes."""
        return self._document.digest

    def problems(self, faults: Iterable[Fault]) -> list[Problem]:
        """Faults (path, what, remedy) with their places in the text."""
        return self._document.problems(faults)


# --- from text to entries


def _entry(number: int, given: Mapping[str, Any]) -> Entry:
    keys = {key: given[key] for key in KEYS if key in given}
    return Entry(number, keys, given.get("from", date.min), given.get("to", date.max), dict(flat(given["facts"])))


def _indexed(entries: tuple[Entry, ...]) -> dict[str | None, dict[str, tuple[Entry, ...]]]:
    """For every payer that is named, and for any other (None), the entries by fact, those with most keys first."""
    ranked = sorted(entries, key=lambda entry: -len(entry.keys))
    index: dict[str | None, dict[str, tuple[Entry, ...]]] = {}
    for payer in {None, *(entry.keys.get("payer") for entry in entries)}:
        by_fact: dict[str, list[Entry]] = defaultdict(list)
        for entry in ranked:
            if entry.keys.get("payer") in (None, payer):
                for path in entry.facts:
                    by_fact[path].append(entry)
        index[payer] = {path: tuple(found) for path, found in sorted(by_fact.items())}
    return index


# --- faults the schema cannot express


def _entry_faults(entries: Iterable[Entry]) -> Iterator[Fault]:
    known = profile_facts()
    for entry in entries:
        if entry.last < entry.first:
            yield ("entries", entry.number, "to"), "lies before from", "correct one of the two days"
        for path in entry.facts:
            head, _, rest = path.partition(".")
            owner = rest.partition(".")[0]
            if head == "payer_facts" and entry.keys.get("payer", owner) != owner:
                what = f"is a fact of {owner} in an entry for {entry.keys['payer']}"
                yield entry.place(path), what, f"move it to an entry for {owner}"
            elif head != "payer_facts" and known[path].holds_for == "provider" and "rendering_npi" not in entry.keys:
                yield entry.place(path), *OF_PROVIDER
            elif path == "billing.state" and "state" in entry.keys:
                yield entry.place(path), "is what the key state looks for", "remove one of the two"


def _clashes(entries: Iterable[Entry]) -> Iterator[Fault]:
    by_fact: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.first <= entry.last:
            for path in entry.facts:
                by_fact[path].append(entry)
    for path, speaking in by_fact.items():
        told: set[int] = set()
        for earlier, later in _rivals(speaking):
            if later.number in told or _agree(earlier, later, path) or _settled(earlier, later, speaking):
                continue
            told.add(later.number)
            if earlier.keys == later.keys:
                what, remedy = f"{earlier.name} says it for the same keys and days", "keep one, or part their days"
            else:
                both = ", ".join(key for key in KEYS if key in {*earlier.keys, *later.keys})
                what = f"{earlier.name} says otherwise, and an encounter that fits both would have two values"
                remedy = f"add an entry that says what holds for both (with {both})"
            yield later.place(path), what, remedy


def _rivals(entries: Iterable[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Pairs that name equally many keys and could fit the same encounter on the same day, the earlier first."""
    groups: dict[frozenset[str], list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[frozenset(entry.keys)].append(entry)
    for (names, some), (others, more) in combinations_with_replacement(groups.items(), 2):
        if len(names) != len(others):
            continue
        shared = sorted(names & others)
        alike: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
        for entry in some:
            alike[tuple(entry.keys[key] for key in shared)].append(entry)
        for entry in more:
            for other in alike[tuple(entry.keys[key] for key in shared)]:
                if names == others and other.number >= entry.number:
                    continue
                if max(entry.first, other.first) <= min(entry.last, other.last):
                    earlier, later = sorted((other, entry), key=lambda one: one.number)
                    yield earlier, later


def _agree(one: Entry, other: Entry, path: str) -> bool:
    """Entries for different keys may say the same; the same keys twice are a mistake whatever they say."""
    return one.keys != other.keys and one.facts[path] == other.facts[path]


def _settled(one: Entry, other: Entry, speaking: Iterable[Entry]) -> bool:
    """Whether entries with more keys speak wherever both fit, on every day both hold."""
    both = {**one.keys, **other.keys}.items()
    day, last = max(one.first, other.first), min(one.last, other.last)
    for entry in sorted(speaking, key=lambda entry: entry.first):
        if len(entry.keys) > len(one.keys) and entry.keys.items() <= both and entry.first <= day <= entry.last:
            if entry.last >= last:
                return True
            day = entry.last + timedelta(days=1)
    return False
