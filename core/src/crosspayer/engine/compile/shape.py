"""What goes into a generated function and what comes out; light, so that it costs nothing where nothing is compiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from crosspayer.determination.model import Silence
from crosspayer.engine.panel import Panel
from crosspayer.engine.scope import Item

Run = Callable[[Any, Sequence[Item | None], Sequence[Item]], list[Any]]
"""Takes the facts, the seats' coverages and the judged lines. Traced it gives for each line the list of findings of
each seat, else the decisions of all lines and seats."""


class Seated(NamedTuple):
    """Who is to answer: a payer's plan with the rules that speak, and whether the patient has a coverage of it."""

    payer: str
    plan: str | None
    covered: bool
    silence: Silence | None
    panel: Panel


@dataclass(frozen=True, slots=True)
class Form:
    """A generated function with its source. `silent`: no rule of any seat speaks of the code."""

    source: str
    run: Run
    silent: bool
