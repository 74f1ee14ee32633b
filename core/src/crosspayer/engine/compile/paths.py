"""The full paths of the facts of list items, for evidence."""

from __future__ import annotations

from collections.abc import Iterable


class Paths(dict[int, tuple[str, ...]]):
    """The full paths of the facts of a list's items, by position: made once for each position."""

    def __init__(self, prefix: str, tails: Iterable[str] = ()) -> None:
        super().__init__()
        self.prefix, self.tails = prefix, list(tails)

    def index(self, tail: str) -> int:
        """Where the path of this fact stands in each tuple. Only while code is generated."""
        if tail not in self.tails:
            self.tails.append(tail)
        return self.tails.index(tail)

    def __missing__(self, position: int) -> tuple[str, ...]:
        found = self[position] = tuple(f"{self.prefix}[{position}].{tail}" for tail in self.tails)
        return found
