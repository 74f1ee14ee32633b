"""Timed minutes where everything about them is known: the plain case of `engine.derived`, without its ranges.

Whatever is missing, incomplete or special makes these functions give up, and the interpreter is asked instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from crosspayer.engine.derived import DISCIPLINE_OF
from crosspayer.engine.scope import Scope
from crosspayer.policy.tables import TableView
from crosspayer.timed.settings import TimedSettings

COMPUTED = (
    "day.timed_minutes", "day.timed_units", "day.units_supported",
    "line.units_supported", "line.units_least", "line.units_ceiling",
)  # fmt: skip
"""The derived facts that have a plain case."""
BY_METHOD = ("day.units_supported", "line.units_supported", "line.units_least")
"""Those that depend on how minutes become units, so that a contract's method is among the facts used."""


class Counting(NamedTuple):
    """How minutes are counted, ready for use."""

    codes: frozenset[Any]
    by_discipline: bool
    method: str
    training_codes: frozenset[str]


class Pool(NamedTuple):
    """Minutes by code, units billed, and the lines they come from, in order."""

    minutes: dict[str, int]
    units: int
    members: list[int]
    whole: bool
    stated: int | None


Plain = tuple[int, int, bool, None]
"""An exact value in the shape of `numbers.Value`, its evidence left to `used`."""


def counting(settings: TimedSettings) -> Counting:
    """The settings of a policy on one day."""
    return Counting(codes_of(settings), settings.pool_by == "discipline", settings.method, settings.training_codes)


def codes_of(settings: TimedSettings) -> frozenset[Any]:
    """The timed codes."""
    assert isinstance(settings.codes, TableView)
    return _codes(settings.codes)


@lru_cache(maxsize=256)
def _codes(view: TableView) -> frozenset[Any]:
    return frozenset(key[0] for key in view.rows)


def pool(lines: Sequence[Any], line: Any, how: Counting, day: Any) -> Pool | None:
    """The lines counted together with the judged one; None where anything about them is not plain."""
    if day is None or day.lines_complete is not True:
        return None
    own = _discipline(line) if how.by_discipline else ""
    if own is None:
        return None
    minutes: dict[str, int] = {}
    units, members, whole = 0, [], True
    for index, item in enumerate(lines):
        code = item.code
        if code is None:
            return None
        if code not in how.codes:
            continue
        if how.by_discipline and item is not line:
            other = _discipline(item)
            if other is None:
                return None
            if other != own:
                whole = False
                continue
        counted, billed = item.minutes, item.units
        if counted is None or billed is None or code in how.training_codes:
            return None
        if item.aide_minutes is not None or item.setup_minutes is not None:
            return None
        minutes[code] = minutes.get(code, 0) + counted
        units += billed
        members.append(index)
    return Pool(minutes, units, members, whole, day.total_timed_minutes)


def _discipline(line: Any) -> str | None:
    modifiers = line.modifiers
    if modifiers is None:
        return None
    named = [DISCIPLINE_OF[modifier] for modifier in modifiers if modifier in DISCIPLINE_OF]
    return named[0] if len(named) == 1 else None


def value(path: str, found: Pool | None, line: Any, method: str | None) -> Plain | None:
    """The fact's value; None where it is not plain."""
    if found is None:
        return None
    number: int | None
    match path:
        case "day.timed_units":
            number = found.units
        case "day.timed_minutes":
            number = _total(found)
        case "day.units_supported":
            number = _day_units(found, method)
        case "line.units_ceiling":
            own = found.minutes.get(line.code)
            number = None if own is None else own // 15 + 1 if own else 0
        case _:
            number = _line_units(found, line.code, method, most=path == "line.units_supported")
    return None if number is None else (number, number, True, None)


def _total(found: Pool) -> int:
    return found.stated if found.stated is not None and found.whole else sum(found.minutes.values())


def _day_units(found: Pool, method: str | None) -> int | None:
    if method == "cms_total":
        return (_total(found) + 7) // 15
    return sum((minutes + 7) // 15 for minutes in found.minutes.values()) if method == "ama_midpoint" else None


def _line_units(found: Pool, code: str, method: str | None, *, most: bool) -> int | None:
    if code not in found.minutes or method is None:
        return None
    minutes, own = list(found.minutes.values()), list(found.minutes).index(code)
    if method == "ama_midpoint":
        return (minutes[own] + 7) // 15
    return cms_units(minutes, own)[1 if most else 0]


def cms_units(minutes: Sequence[int], own: int) -> tuple[int, int]:
    """Fewest and most units of one code in a correct allocation: `timed.units.cms_line_units` for known minutes."""
    remainders = [line % 15 for line in minutes]
    total, mine, quarters = sum(remainders), remainders[own], minutes[own] // 15
    larger = sum([other > mine for other in remainders])
    as_large = sum([other >= mine for other in remainders]) - 1
    return quarters + (total - 15 * as_large >= 8), quarters + (total - 15 * larger >= 8)


def supported(scope: Scope, settings: TimedSettings) -> tuple[int, int] | None:
    """Fewest and most units the minutes support for the judged line's code, in the plain case."""
    assert scope.line is not None
    line, how = scope.line.thing, counting(settings)
    found = pool(scope.facts.lines, line, how, scope.facts.day)
    if found is None or line.code not in found.minutes:
        return None
    method = how.method
    if method == "by_contract":
        if scope.coverage is None:
            return None
        method = scope.coverage.thing.unit_method
    if method is None:
        return None
    minutes, own = list(found.minutes.values()), list(found.minutes).index(line.code)
    if method == "ama_midpoint":
        units = (minutes[own] + 7) // 15
        return units, units
    return cms_units(minutes, own)


def used(path: str, plain: Plain, found: Pool, lines: Sequence[Any], position: int, how: Counting) -> dict[str, Any]:
    """The evidence of a plain value, as `engine.derived` gives it."""
    own = f"lines[{position}].{path.partition('.')[2]}" if path.startswith("line.") else path
    facts: dict[str, Any] = {own: plain[0]}
    if found.stated is not None:
        facts["day.total_timed_minutes"] = found.stated
    if how.by_discipline:
        facts[f"lines[{position}].modifiers"] = tuple(lines[position].modifiers)
    for index in found.members:
        item, prefix = lines[index], f"lines[{index}]"
        if how.by_discipline and index != position:
            facts[f"{prefix}.modifiers"] = tuple(item.modifiers)
        facts[f"{prefix}.minutes"] = item.minutes
        if item.training_minutes is not None:
            facts[f"{prefix}.training_minutes"] = item.training_minutes
    return facts
