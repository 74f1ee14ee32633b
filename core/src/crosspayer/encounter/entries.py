"""Entries found by keys and days: the one that names most keys speaks, and no two may contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations_with_replacement
from typing import Any, NamedTuple

from crosspayer.schemas.positions import KeyPath
from crosspayer.schemas.toml_document import Fault


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


def clashes(entries: Iterable[Entry], keys: Sequence[str], what_fits: str = "an encounter") -> Iterator[Fault]:
    """Entries that say different things of one fact where neither is more specific. `keys` are all keys, in order."""
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
                both = ", ".join(key for key in keys if key in {*earlier.keys, *later.keys})
                what = f"{earlier.name} says otherwise, and {what_fits} that fits both would have two values"
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
