"""What a condition may refer to, and the typing of literals."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from typing import Any, NamedTuple

from crosspayer.encounter.fact import Fact, Type
from crosspayer.errors import nearest
from crosspayer.language.tree import Condition, Scalar
from crosspayer.policy.tables import Table
from crosspayer.timed.settings import TimedSettings

MAX_LISTED = 8
Path = tuple[str | int, ...]
Report = Callable[[Path, str, str], None]
"""Takes the place in the document, what is wrong, and how to mend it."""


@dataclass(frozen=True, slots=True)
class RawCondition:
    """A named condition as its document gives it, with the place it stands at and whom to tell of its faults."""

    raw: Mapping[str, Any]
    path: Path
    report: Report


class Parsed(NamedTuple):
    """A named condition as a tree: of how many conditions, and how many levels below the place that names it."""

    condition: Condition
    parts: int
    height: int


class Spoilt:
    """Names whose declarations have faults of their own: who uses one is not told that nothing bears it.

    A kind is `source`, `table`, `parameter`, `condition`, `fact`, `plan`, `rule` …; `pack/` stands for all names of a
    pack.
    """

    def __init__(self) -> None:
        self._names: set[tuple[str, str]] = set()
        self._kinds: set[str] = set()

    def add(self, kind: str, name: object = None) -> None:
        """A name of this kind is spoilt; without a name, any may be: nobody knows what a broken document declares."""
        if isinstance(name, str):
            self._names.add((kind, name))
        else:
            self._kinds.add(kind)

    def among(self, kind: str, known: Iterable[str]) -> tuple[str, ...]:
        """The known names of a kind and the spoilt ones: what a misspelt one may have been meant to be."""
        return (*known, *sorted(name for of, name in self._names if of == kind))

    def holds(self, kind: str, name: str) -> bool:
        """Whether the name may be declared where nobody can read it."""
        pack, slash, _ = name.partition("/")
        whole = pack + slash
        return kind in self._kinds or not self._names.isdisjoint({(kind, name), (kind, whole)})


@dataclass(frozen=True, slots=True)
class Names:
    """Everything in a plugin's name space that a condition may refer to."""

    facts: Mapping[str, Fact]
    parameters: Mapping[str, tuple[Type, str]] = field(default_factory=dict)  # type and unit
    tables: Mapping[str, Table] = field(default_factory=dict)
    conditions: Mapping[str, RawCondition] = field(default_factory=dict)
    timed: TimedSettings | None = None
    timed_known: bool = True  # false where the section that would say it has faults
    spoilt: Spoilt = field(default_factory=Spoilt)
    parsed: dict[Hashable, Parsed | None] = field(default_factory=dict)  # named conditions so far; None: with a fault


def suggestion(word: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    """A remedy for a misspelt name: the nearest known one, or the names there are where they are few."""
    found = nearest(word, known)
    if found:
        return f"did you mean {found}?"
    if not known:
        return "none is declared"
    if len(known) > MAX_LISTED:
        return "see the list of known names"
    return f"use {'one of ' if len(known) > 1 else ''}{', '.join(sorted(known))}"


def literal(value: Any, kind: Type, words: tuple[str, ...] = (), pattern: str = "") -> Scalar | None:
    """The value as the engine holds it (money in cents), or None where it is not of that type."""
    match kind:
        case Type.BOOLEAN:
            return value if isinstance(value, bool) else None
        case Type.INTEGER:
            return value if isinstance(value, int) and not isinstance(value, bool) else None
        case Type.MONEY:
            return cents(value)
        case Type.DATE:
            return value if isinstance(value, date) and not isinstance(value, datetime) else None
        case _ if not isinstance(value, str):
            return None
        case Type.WORD:
            return value if value in words else None
        case _:
            return value if not pattern or re.fullmatch(pattern, value) else None


def cents(value: Any) -> int | None:
    """Whole currency units or two decimals as cents; None for anything else, more decimals included."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, float) and not isfinite(value):
        return None
    scaled = round(value * 100)
    return scaled if abs(value * 100 - scaled) < 1e-6 else None
