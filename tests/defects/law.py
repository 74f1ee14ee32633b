"""The law: with a defect planted the answer names it and nothing else, and without it the answer names none."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crosspayer import Determination, Encounter
from crosspayer.determination.lattice import VERDICTS
from crosspayer.determination.model import Finding
from crosspayer.engine.engine import Engine

from tests.defects.clean import Raw, clean, draw
from tests.defects.model import Place

STAND = ("not_covered", "reduce_units", "auth_needed", "documentation_needed", "review")
"""Effects that stand against payment. A warning or message does so only where a weak source holds it back."""


@dataclass(frozen=True)
class Twins:
    """A clean encounter and the same one with one defect planted."""

    place: Place
    clean: Raw
    planted: Raw


@dataclass(frozen=True)
class Named:
    """What an answer says against an encounter: the worst verdict of its lines, and the rules that failed or are open.

    `verdict` is None where the plan speaks of no line.
    """

    verdict: str | None
    failed: frozenset[str]
    open: frozenset[str]


def stands(finding: Finding) -> bool:
    return finding.effect in STAND or finding.weak_source


def answer(engine: Engine, data: Raw, plan: str) -> list[Determination]:
    """What the plan says of the lines of which it speaks."""
    found = engine.evaluate(Encounter.from_mapping(data)).held
    return [d for d in found if f"{d.payer}/{d.plan}" == plan and d.verdict is not None]


def named(spoken: Sequence[Determination]) -> Named:
    """What these answers say against their lines."""
    found = [f for d in spoken for f in d.findings if stands(f)]
    verdicts = [d.verdict for d in spoken if d.verdict is not None]
    return Named(
        verdict=min(verdicts, key=VERDICTS.index, default=None),
        failed=frozenset(f.rule for f in found if f.kind == "fail"),
        open=frozenset(f.rule for f in found if f.kind == "open"),
    )


def twins(place: Place, seed: int) -> Twins:
    """The encounters of a place for a seed."""

    def made(name: str) -> Raw:
        rng = random.Random(f"{seed}/{place.label}/{place.known.rules}")
        defect = place.defect
        drawn = draw(place.plan, rng, place.life, assistant=defect.assistant, beside=not defect.alone)
        data = clean(drawn, rng, name)
        defect.arrange(data)
        place.known.arrange(data)
        return data

    planted = made("planted")
    place.defect.plant(planted)
    return Twins(place, made("clean"), planted)


def drawn(places: Sequence[Place], count: int, seed: int = 0) -> Iterator[Twins]:
    """So many twins, one place after another, every place as often as any other."""
    for number in range(count):
        yield twins(places[number % len(places)], seed + number // len(places))


def false_alarm(engine: Engine, pair: Twins) -> str:
    """What the answer says against the clean encounter; empty if nothing."""
    said, still_open = named(answer(engine, pair.clean, pair.place.plan)), pair.place.life.open
    best = ("conditional",) if still_open else ("clear", "covered")
    if said.verdict in best and not said.failed and said.open <= set(still_open):
        return ""
    return _told(said)


def miss(engine: Engine, pair: Twins) -> str:
    """How the answer to the planted encounter differs from naming the defect and nothing else; empty if it does not."""
    said, known = named(answer(engine, pair.planted, pair.place.plan)), pair.place.known
    if said.verdict == known.verdict and said.failed == set(known.rules.split()):
        return ""
    return f"{_told(said)}; expected {known.verdict}: {known.rules}"


def _told(said: Named) -> str:
    return f"{said.verdict}: failed {sorted(said.failed)}, open {sorted(said.open)}"
