"""What goes into a generated function and what comes out; light, so that it costs nothing where nothing is compiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from crosspayer.determination.model import Silence
from crosspayer.engine.decision import Decision
from crosspayer.engine.panel import Panel

Run = Callable[[Any, Sequence[Any], Sequence[int | None], Any, int], list[Decision]]
"""Takes the facts, the coverage of each seat and its position (None: none is held), a line and its position; gives the
decision of each seat."""


class Seated(NamedTuple):
    """Who is to answer: a payer's plan with the rules that speak, and whether the patient has a coverage of it."""

    payer: str
    plan: str | None
    covered: bool
    silence: Silence | None
    panel: Panel


@dataclass(frozen=True, slots=True)
class Form:
    """A generated function with its sources: its own first, then of the functions it seldom calls. `silent`: no rule of
    any seat speaks of the code."""

    sources: tuple[str, ...]
    run: Run
    silent: bool

    @property
    def source(self) -> str:
        """All sources as one text."""
        return "\n\n".join(self.sources)
