"""Measuring: several ways of doing the same work, interleaved in one run, and what they come to."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

ROUNDS = 7


class Way(NamedTuple):
    """One way: what is done with each item, and the items, round by round.

    Where every round has items of its own, nothing that is remembered of an item can help.
    """

    do: Callable[[Any], Any]
    rounds: Sequence[Sequence[Any]]


class Figure(NamedTuple):
    """Median microseconds an item, and how far the rounds lay apart (slowest by fastest)."""

    us: float
    spread: float


def interleaved(ways: Mapping[str, Way], rounds: int = ROUNDS) -> dict[str, Figure]:
    """Every way once in each round, so that a busy moment hits all of them; medians over the rounds."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    gc.collect()
    gc.freeze()  # what is measured with is no garbage, and need not be looked through
    for number in range(rounds):
        for name, way in ways.items():
            items = way.rounds[number % len(way.rounds)]
            begun = time.perf_counter()
            for item in items:
                way.do(item)
            times[name].append((time.perf_counter() - begun) / len(items) * 1e6)
    gc.unfreeze()
    return {name: Figure(statistics.median(found), max(found) / min(found)) for name, found in times.items()}


def seconds(do: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """Median seconds of something done once."""
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        do()
        found.append(time.perf_counter() - begun)
    return statistics.median(found)
