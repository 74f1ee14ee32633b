"""Kleene's three values and their evidence: what decided a condition, or what is missing to decide it.

True, False and None (unknown). A decided node names the facts of the parts that decide it; an unknown node names
the facts missing in its unknown parts; both in document order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import msgspec

Truth = bool | None


class Decided(msgspec.Struct, frozen=True, gc=False):
    """A truth value with its evidence: `used` facts (path, value) if decided, `missing` paths if unknown."""

    truth: Truth
    used: tuple[tuple[str, Any], ...] = ()
    missing: tuple[str, ...] = ()


def opposite(value: Decided) -> Decided:
    """Not: unknown stays unknown, on the same evidence."""
    return value if value.truth is None else Decided(not value.truth, value.used)


def all_of(parts: Sequence[Decided]) -> Decided:
    """False if one part is false, else unknown if one is unknown, else true."""
    return _combined(parts, decisive=False)


def any_of(parts: Sequence[Decided]) -> Decided:
    """True if one part is true, else unknown if one is unknown, else false."""
    return _combined(parts, decisive=True)


def _combined(parts: Sequence[Decided], *, decisive: bool) -> Decided:
    deciding = [part for part in parts if part.truth is decisive]
    if deciding:
        return Decided(decisive, joined(part.used for part in deciding))
    unknown = [part for part in parts if part.truth is None]
    if unknown:
        return Decided(None, (), joined(part.missing for part in unknown))
    return Decided(not decisive, joined(part.used for part in parts))


def joined(groups: Iterable[tuple[Any, ...]]) -> tuple[Any, ...]:
    """The groups one after the other, each element once; no group has one twice."""
    filled = [group for group in groups if group]
    if len(filled) < 2:
        return filled[0] if filled else ()
    return tuple(dict.fromkeys(chain.from_iterable(filled)))
