"""Limits on units where they surely hold: the plain side of `engine.caps`, without evidence.

Whatever raises a doubt counts against the line here, and the interpreter is asked instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crosspayer.engine.compile.timed import named_discipline
from crosspayer.policy.model import Cap
from crosspayer.policy.tables import TableView


class Holds:
    """Whether a line surely keeps its units under one cap."""

    def __init__(self, cap: Cap) -> None:
        codes = cap.codes
        self._codes: frozenset[Any] | None = codes if isinstance(codes, frozenset) else None
        if isinstance(codes, TableView) and codes.complete:
            self._codes = codes.codes
        self._per, self._by_charge = cap.per, cap.highest_charge_first

    def __call__(self, lines: Sequence[Any], position: int, limit: int) -> bool:
        """`limit` is the least that the limit can be; the lines are all of the day."""
        line = lines[position]
        left = line.units
        if left is None:
            return False
        codes = self._codes
        if codes is not None and line.code not in codes:
            return True
        left = limit - left
        if left < 0:
            return False
        for index, other in enumerate(lines):
            if index == position or (codes is not None and other.code is not None and other.code not in codes):
                continue
            if self._surely_later(other, line) or any(_surely_apart(name, other, line) for name in self._per):
                continue
            if other.units is None:
                return False
            left -= other.units
            if left < 0:
                return False
        return True

    def _surely_later(self, other: Any, line: Any) -> bool:
        if self._by_charge:
            if other.charge is None or line.charge is None:
                return False
            if other.charge != line.charge:
                return bool(other.charge < line.charge)
        return other.number is not None and line.number is not None and other.number >= line.number


def _surely_apart(name: str, other: Any, line: Any) -> bool:
    """Whether two lines are surely not pooled."""
    match name:
        case "code":
            one, two = other.code, line.code
        case "discipline":
            one, two = named_discipline(other.modifiers), named_discipline(line.modifiers)
        case _:
            one, two = (None if one.rendering is None else one.rendering.npi for one in (other, line))
    return one is not None and two is not None and one != two
