"""The short way of a stream: encounters alike in payers, plans, stage and stretch of days are answered alike."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Hashable, Iterable
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from crosspayer.engine.compile.shape import Run
from crosspayer.engine.decision import Decision
from crosspayer.engine.determine import Seat
from crosspayer.engine.program import Timeline

WHO = attrgetter("payer", "plan", "order", "line_of_business")
MOST = 1024
"""Routes kept; beyond it the store is emptied, so that hostile input cannot fill the memory."""


class Step(NamedTuple):
    """What answers for one code: the function, or, where no rule speaks of the code, what was said of each number."""

    run: Run
    silent: bool
    said: dict[int, list[Decision]]


class Route(NamedTuple):
    """Who answers, in the order of the decisions; the coverage each seat reads, and whether these are all there are, in
    order; and the steps by code.
    """

    seats: tuple[Seat, ...]
    coverages: tuple[int | None, ...]
    in_order: bool
    steps: dict[str, Step]


class Routes:
    """Routes by everything they depend on. A key holds payers, plans, stages and stretches, no patient data.

    A key that leads to None is for `evaluate`: a plan is not given, or a payer not loaded.
    """

    def __init__(self, timelines: Iterable[Timeline]) -> None:
        self._changes = sorted({day for timeline in timelines for day in timeline.changes})
        self.known: dict[Hashable, Route | None] = {}

    def key(
        self, facts: Any, day: date, payers: Collection[str], plans: Collection[str], all_payers: bool, trace: bool
    ) -> tuple[Hashable, ...]:
        """The key of an encounter on its day of service."""
        received = facts.received_date
        return (
            bisect_right(self._changes, day),
            None if received is None else bisect_right(self._changes, received),
            facts.stage,
            all_payers,
            trace,
            tuple(payers),
            tuple(plans),
            *map(WHO, facts.coverages or ()),
        )

    def keep(self, key: Hashable, route: Route | None) -> Route | None:
        """Remember a route."""
        if len(self.known) >= MOST:
            self.known.clear()
        self.known[key] = route
        return route
