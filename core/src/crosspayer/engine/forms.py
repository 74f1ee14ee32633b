"""The compiled forms an engine keeps, and what it takes to answer from one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crosspayer.determination.model import Finding
from crosspayer.engine.compile.shape import Form, Seated
from crosspayer.engine.determine import Seat
from crosspayer.engine.scope import Item, Shared

MOST = 2048
"""Forms kept; beyond it the store is emptied, so that hostile input cannot fill the memory."""


class Forms:
    """Forms by who answers, with which rules, at which stage. They hold nothing of an encounter.

    Filling the store from several threads at once is harmless: each makes the same form.
    """

    def __init__(self) -> None:
        self._forms: dict[tuple[tuple[Seated, ...], str | None, bool], Form] = {}

    def form(self, seats: tuple[Seated, ...], stage: str | None, *, trace: bool) -> Form:
        """The form for these seats; made when it is first asked for."""
        key = (seats, stage, trace)
        found = self._forms.get(key)
        if found is None:
            from crosspayer.engine.compile.form import generate  # only now: one evaluation does without

            if len(self._forms) >= MOST:
                self._forms.clear()
            found = self._forms[key] = generate(seats, stage, trace=trace)
        return found


def traced(form: Form, facts: Any, seats: Sequence[Seat], line: Item, shared: Shared) -> list[tuple[Finding, ...]]:
    """Every finding of one line, seat by seat."""
    held = [None if seat.coverage is None else seat.coverage.thing for seat in seats]
    at = [None if seat.coverage is None else seat.coverage.position for seat in seats]
    return [decision.findings for decision in form.run(facts, held, at, line.thing, line.position, shared)]
