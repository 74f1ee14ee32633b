"""The fact catalogue, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TextIO

import msgspec

from crosspayer.encounter.fact import Ask, Fact, HoldsFor, Type
from crosspayer.report.table import console


class FactEntry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A fact an encounter may carry; what it has not is left out.

    `ask` is who can supply it, `holds_for` for what it stays the same; `x12` and `fhir` are where the 837 and FHIR R4
    carry it; a `derived` fact is never supplied; `falls_back_to` is the fact that holds where the line is silent.
    """

    path: str
    type: Type
    meaning: str
    ask: Ask
    derived: bool
    unit: str = ""
    words: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    pattern: str = ""
    x12: str = ""
    fhir: str = ""
    falls_back_to: str = ""
    holds_for: HoldsFor


class FactList(msgspec.Struct, frozen=True):
    """The facts an encounter may carry, those of loaded payers included."""

    format: Literal["crosspayer/facts/1"]
    facts: tuple[FactEntry, ...]


def as_json(facts: Sequence[Fact]) -> str:
    """The facts as a document."""
    entries = tuple(
        FactEntry(
            path=fact.path, type=fact.type, meaning=fact.meaning, ask=fact.ask, derived=fact.derived, unit=fact.unit,
            words=fact.words, minimum=fact.low, maximum=fact.high, pattern=fact.pattern, x12=fact.x12, fhir=fact.fhir,
            falls_back_to=fact.falls_back_to, holds_for=fact.holds_for,
        )
        for fact in facts
    )  # fmt: skip
    return msgspec.json.encode(FactList("crosspayer/facts/1", entries)).decode()


def write(facts: Sequence[Fact], file: TextIO) -> None:
    """One row a fact; a single fact in full."""
    from rich import box
    from rich.table import Table

    out = console(file)
    if len(facts) == 1:
        _one(facts[0], lambda text: out.print(text, markup=False))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Fact", overflow="fold", no_wrap=True)
    for name in ("Type", "Meaning", "Ask"):
        table.add_column(name)
    for fact in facts:
        kind = f"{fact.type.value}, {fact.unit}" if fact.unit else fact.type.value
        table.add_row(
            fact.path, f"{kind} (derived)" if fact.derived else kind, fact.meaning, fact.ask.value.replace("_", " ")
        )
    out.print(table)


def _one(fact: Fact, say: object) -> None:
    assert callable(say)
    say(f"{fact.path}: {fact.meaning}")
    unit = f", in {fact.unit}" if fact.unit else ""
    say(f"  type: {fact.type.value}{unit}{', derived by core' if fact.derived else ''}")
    if fact.words:
        say(f"  one of: {', '.join(fact.words)}")
    if fact.low is not None or fact.high is not None:
        say(f"  from {fact.low} to {fact.high}")
    if fact.pattern:
        say(f"  form: {fact.pattern}")
    say(f"  837: {fact.x12 or 'does not carry it'}")
    say(f"  FHIR R4: {fact.fhir or 'no common element'}")
    say(f"  ask: {fact.ask.value.replace('_', ' ')}")
    if fact.holds_for != "visit":
        say(f"  holds for: the {fact.holds_for}, so it may stand in a profile")
    if fact.falls_back_to:
        say(f"  where the line is silent: {fact.falls_back_to}")
