"""Merging a profile below an encounter: what the encounter says holds, where it is silent the profile speaks.

An entry fits, does not fit, or it is not known whether it fits, because the encounter does not say one of its keys.
The profile supplies a fact only where every entry that could speak says the same: so to learn more of an encounter
never turns a value from the profile into another one.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, Literal, NamedTuple

import msgspec

from crosspayer.encounter.model import attribute, coverage_type
from crosspayer.encounter.profile import Entry, Profile

PAYER_FACTS = "payer_facts."
COVERAGE = "coverage."
PATHS = {
    "billing_npi": "billing.npi",
    "rendering_npi": "rendering.npi",
    "state": "billing.state",
    "day": "lines[0].service_date",
}
"""What an encounter must say for a key to be known; the plan's path depends on the coverage."""


class ProfileNote(msgspec.Struct, frozen=True, order=True):
    """Where encounter and profile do not go together.

    `overruled`: the encounter says otherwise than the `entries`, and holds. `undecided`: the encounter is silent, and
    whether the `entries` fit it depends on facts in `needs` that are unknown.
    """

    path: str
    kind: Literal["overruled", "undecided"]
    entries: tuple[str, ...]
    needs: tuple[str, ...]


class Merged(NamedTuple):
    """The encounter as one payer's plan sees it.

    `coverage` is the answering coverage; of a payer without one, what the profile says of its contracts. `supplied`
    are the full paths that the profile filled. `notes` are about this payer's own facts only.
    """

    facts: Any
    coverage: Any
    supplied: frozenset[str]
    notes: tuple[ProfileNote, ...]


class _Keys(NamedTuple):
    """What is known of an encounter's keys (None: unknown), and the path that would make each known."""

    known: Mapping[str, str | None]
    day: date | None
    paths: Mapping[str, str]


class _Found(NamedTuple):
    """What the entries say of a fact: the value, or None with what would decide it; and the entries that speak."""

    value: Any
    entries: tuple[Entry, ...]
    needs: tuple[str, ...]


def merge(facts: Any, profile: Profile, payer: str, plan: str | None, coverage: int | None) -> Merged:
    """The encounter's facts with the profile's below them, as a plan of a payer sees them.

    `facts` is the encounter's struct and is left as it is. `coverage` is the position of the answering coverage, None
    for a payer the patient has no coverage of.
    """
    supplied: set[str] = set()
    notes: list[ProfileNote] = []
    own = f"coverages[{coverage}]" if coverage is not None else "coverage"
    entries = profile.facts_of(payer)
    if "billing.state" in entries:  # first, since other entries are found by it
        keys = _keys(facts, payer, plan, own)
        facts = _fill(facts, {"billing.state": entries["billing.state"]}, keys, "", supplied, notes)
    keys = _keys(facts, payer, plan, own)
    of_encounter = {
        path: found
        for path, found in entries.items()
        if not path.startswith((COVERAGE, PAYER_FACTS)) and path != "billing.state"
    }
    facts = _fill(facts, of_encounter, keys, "", supplied, notes)
    facts = _fill_payer_facts(facts, entries, keys, payer, supplied, notes)
    held = list(facts.coverages or [])
    for index, other in enumerate(held):
        prefix = f"coverages[{index}]"
        if index == coverage:
            held[index] = _fill(other, _of_coverage(entries), keys, prefix, supplied, notes)
        elif other.payer is not None:
            theirs = _of_coverage(profile.facts_of(other.payer))
            held[index] = _fill(other, theirs, _keys(facts, other.payer, other.plan, prefix), prefix, supplied, [])
    if coverage is None:
        answering = _fill(coverage_type()(), _of_coverage(entries), keys, own, supplied, notes)
    else:
        answering = held[coverage]
    if held:
        facts = msgspec.structs.replace(facts, coverages=held)
    return Merged(facts, answering, frozenset(supplied), tuple(sorted(notes)))


def _keys(facts: Any, payer: str, plan: str | None, coverage: str) -> _Keys:
    billing = facts.billing
    lines = facts.lines or []
    known = {
        "payer": payer,
        "plan": plan,
        "billing_npi": billing.npi if billing is not None else None,
        "rendering_npi": _rendering_npi(facts),
        "state": billing.state if billing is not None else None,
    }
    day = next((line.service_date for line in lines if line.service_date is not None), None)
    return _Keys(known, day, {**PATHS, "plan": f"{coverage}.plan"})


def _rendering_npi(facts: Any) -> str | None:
    """The one rendering provider of all lines; None where it is unknown or there are several."""
    general = facts.rendering.npi if facts.rendering is not None else None
    named = {(line.rendering.npi if line.rendering is not None else None) or general for line in facts.lines or []}
    return named.pop() if len(named) == 1 else None


def _of_coverage(entries: Mapping[str, tuple[Entry, ...]]) -> dict[str, tuple[Entry, ...]]:
    return {path.removeprefix(COVERAGE): found for path, found in entries.items() if path.startswith(COVERAGE)}


def _fill(
    thing: Any,
    entries: Mapping[str, tuple[Entry, ...]],
    keys: _Keys,
    prefix: str,
    supplied: set[str],
    notes: list[ProfileNote],
) -> Any:
    """The struct with the facts it lacks; paths are those inside it."""
    for tail, speaking in entries.items():
        steps = tuple(map(attribute, tail.split(".")))
        path = f"{prefix}.{tail}" if prefix else tail
        told = thing
        for step in steps:
            told = getattr(told, step) if told is not None else None
        full = f"{COVERAGE}{tail}" if prefix else tail
        value = _settle(path, told, _look_up(full, speaking, keys), notes)
        if value is not None:
            supplied.add(path)
            thing = _put(thing, steps, value)
    return thing


def _fill_payer_facts(
    facts: Any,
    entries: Mapping[str, tuple[Entry, ...]],
    keys: _Keys,
    payer: str,
    supplied: set[str],
    notes: list[ProfileNote],
) -> Any:
    given = (facts.payer_facts or {}).get(payer) or {}
    added: dict[str, Any] = {}
    for path, speaking in entries.items():
        prefix, _, name = path.rpartition(".")
        if prefix != f"{PAYER_FACTS}{payer}":
            continue
        found = _look_up(path, speaking, keys)
        if isinstance(found.value, date):
            found = found._replace(value=found.value.isoformat())  # as an encounter gives them
        value = _settle(path, given.get(name), found, notes)
        if value is not None:
            supplied.add(path)
            added[name] = value
    if not added:
        return facts
    return msgspec.structs.replace(facts, payer_facts={**(facts.payer_facts or {}), payer: {**given, **added}})


def _settle(path: str, told: Any, found: _Found, notes: list[ProfileNote]) -> Any:
    """The value to fill in, or None; what does not go together is noted."""
    names = tuple(entry.name for entry in found.entries)
    if found.value is not None and told is not None and told != found.value:
        notes.append(ProfileNote(path, "overruled", names, ()))
    elif found.needs and told is None:
        notes.append(ProfileNote(path, "undecided", names, found.needs))
    return found.value if told is None else None


def _look_up(path: str, entries: Iterable[Entry], keys: _Keys) -> _Found:
    """What the profile says of a fact: the fitting entry with most keys, unless one that may fit says otherwise.

    `entries` come with those that name most keys first.
    """
    maybe: list[Entry] = []
    needs: set[str] = set()
    best: Entry | None = None
    for entry in entries:
        if best is not None and len(entry.keys) < len(best.keys):
            break
        lacking = _lacking(entry, keys)
        if lacking is None:
            continue
        if lacking:
            maybe.append(entry)
            needs |= lacking
        elif best is None:
            best = entry
    if best is not None and all(entry.facts[path] == best.facts[path] for entry in maybe):
        return _Found(best.facts[path], (best,), ())
    undecided = sorted([*maybe, *([best] if best is not None else [])])
    return _Found(None, tuple(undecided), tuple(sorted(needs)))


def _lacking(entry: Entry, keys: _Keys) -> set[str] | None:
    """What is unknown of the keys of an entry that may fit: nothing where it fits, None where it does not."""
    if keys.day is not None and not entry.first <= keys.day <= entry.last:
        return None
    dated = entry.first > date.min or entry.last < date.max
    lacking = {keys.paths["day"]} if keys.day is None and dated else set()
    for key, wanted in entry.keys.items():
        known = keys.known[key]
        if known is None:
            lacking.add(keys.paths[key])
        elif known != wanted:
            return None
    return lacking


def _put(thing: Any, steps: tuple[str, ...], value: Any) -> Any:
    """The struct with one value more, nested structs made where they are missing."""
    step, *rest = steps
    if rest:
        inner = getattr(thing, step)
        kind: Any = type(thing)
        value = _put(inner if inner is not None else _nested(kind, step)(), tuple(rest), value)
    return msgspec.structs.replace(thing, **{step: value})


@cache
def _nested(owner: type[Any], name: str) -> type[msgspec.Struct]:
    """The struct that a field of a struct holds."""
    field = next(field for field in msgspec.structs.fields(owner) if field.name == name)
    kind: type[msgspec.Struct] = next(part for part in typing.get_args(field.type) if part is not type(None))
    return kind
