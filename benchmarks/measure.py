"""Measuring: several ways of doing the same work, interleaved in one run, and what they come to."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

ROUNDS = 7


class Way(NamedTuple):
    """One way: what is done with each item, and the items of one round."""

    do: Callable[[Any], Any]
    items: Sequence[Any]


class Figure(NamedTuple):
    """Median microseconds an item, and how far the rounds lay apart (slowest by fastest)."""

    us: float
    spread: float


def interleaved(ways: Mapping[str, Way], rounds: int = ROUNDS) -> dict[str, Figure]:
    """Every way once in each round, so that a busy moment hits all of them; medians over the rounds."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            begun = time.perf_counter()
            for item in way.items:
                way.do(item)
            times[name].append((time.perf_counter() - begun) / len(way.items) * 1e6)
    return {name: Figure(statistics.median(found), max(found) / min(found)) for name, found in times.items()}


def seconds(do: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """Median seconds of something done once."""
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        do()
        found.append(time.perf_counter() - begun)
    return statistics.median(found)
