"""What goes into a generated function and what comes out; light, so that it costs nothing where nothing is compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from crosspayer.determination.model import Silence
from crosspayer.engine.decision import Decision
from crosspayer.engine.panel import Panel
from crosspayer.engine.scope import Shared

if TYPE_CHECKING:
    from crosspayer.engine.compile.late import Late

Run = Callable[[Any, Sequence[Any], Sequence[int | None], Any, int, Shared], list[Decision]]
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
    """A generated function and its source; `late` are those it seldom calls, by name. `silent`: no rule of any seat
    speaks of the code."""

    main: str
    late: Mapping[str, Late]
    run: Run
    silent: bool

    @property
    def source(self) -> str:
        """All sources as one text."""
        for late in tuple(self.late.values()):
            late.source  # noqa: B018 - once written it has made those that it calls
        return "\n\n".join((self.main, *(late.source for late in self.late.values())))
