"""The fact catalogue for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from crosspayer.encounter.fact import Fact
from crosspayer.report.table import console


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
