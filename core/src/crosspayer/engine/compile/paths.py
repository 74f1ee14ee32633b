"""The full paths of the facts of list items, for evidence."""

from __future__ import annotations

from collections.abc import Iterable

from crosspayer.encounter.catalogue import CATALOGUE


class Paths(dict[int, tuple[str, ...]]):
    """The full paths of the facts of a list's items, by position: made once for each position."""

    def __init__(self, prefix: str, tails: Iterable[str]) -> None:
        super().__init__()
        self.prefix, self._tails = prefix, tuple(tails)

    def index(self, tail: str) -> int:
        """Where the path of this fact stands in each tuple."""
        return self._tails.index(tail)

    def __missing__(self, position: int) -> tuple[str, ...]:
        found = self[position] = tuple(f"{self.prefix}[{position}].{tail}" for tail in self._tails)
        return found


def _of(listed: str, entity: str) -> Paths:
    return Paths(listed, [fact.tail for fact in CATALOGUE.values() if fact.entity == entity])


PATHS: dict[str, Paths] = {
    "lines": _of("lines", "line"), "coverages": _of("coverages", "coverage"), "history": _of("history.lines", "past"),
}  # fmt: skip
"""Of every list; an encounter's lists are limited, and so is what is kept here."""
