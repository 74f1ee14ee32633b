"""Timed minutes where nothing about them is special: the plain cases of `engine.derived`.

Whatever else is missing, incomplete or special makes these functions give up, and the interpreter is asked instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from crosspayer.engine.compile.paths import Paths
from crosspayer.engine.derived import DISCIPLINE_OF, codes_of
from crosspayer.engine.scope import Scope
from crosspayer.timed.settings import TimedSettings

BY_METHOD = ("day.units_supported", "line.units_supported", "line.units_least")
"""Those that depend on how minutes become units, so that a contract's method is among the facts used."""


class Counting(NamedTuple):
    """How minutes are counted, ready for use."""

    codes: frozenset[Any]
    by_discipline: bool
    method: str
    training_codes: frozenset[str]


class Pool(msgspec.Struct, gc=False):
    """The lines of one day that are counted together.

    Minutes by code, with nothing for a line whose minutes are unknown; units billed; the lines, by position, and those
    of them without minutes, `open`, of which some may have the judged line's code, `own_open`. `total` are the minutes
    there surely are, and all there are where `settled`. `stated` is the total the note gives. `evidence` is what they
    come from, once it is asked for.
    """

    minutes: dict[str, int]
    units: int
    members: list[int]
    open: list[int]
    own_open: bool
    total: int
    settled: bool
    stated: int | None
    evidence: dict[str, Any] | None = None


class Plain(msgspec.Struct, frozen=True, gc=False):
    """A value or range in the shape of `numbers.Value`; of what it comes from, its pool, the function `used` tells."""

    low: int
    high: int | None
    pool: Pool
    missing: tuple[str, ...] = ()
    known: bool = True
    used: None = None


def counting(settings: TimedSettings) -> Counting:
    """The settings of a policy on one day."""
    return Counting(codes_of(settings), settings.pool_by == "discipline", settings.method, settings.training_codes)


def pool(lines: Sequence[Any], line: Any, how: Counting, facts: Any) -> Pool | None:
    """The lines counted together with the judged one; None where anything about them is not plain."""
    day = facts.day
    if day is None or day.lines_complete is not True:
        return None
    codes, by_discipline, _, training_codes = how
    own = named_discipline(line.modifiers) if by_discipline else ""
    if own is None:
        return None
    minutes: dict[str, int] = {}
    units, members, whole, own_open = 0, [], True, False
    unknown: list[int] = []
    for index, item in enumerate(lines):
        code = item.code
        if code not in codes:
            if code is None:
                return None
            continue
        if by_discipline and item is not line:
            other = named_discipline(item.modifiers)
            if other is None:
                return None
            if other != own:
                whole = False
                continue
        counted, billed = item.minutes, item.units
        if billed is None or item.aide_minutes is not None or item.setup_minutes is not None:
            return None
        if code in training_codes and not _surely_no_device(lines, facts.device):
            return None
        if counted is None:
            unknown.append(index)
            own_open = own_open or code == line.code
            counted = 0
        minutes[code] = minutes[code] + counted if code in minutes else counted
        units += billed
        members.append(index)
    stated = day.total_timed_minutes
    told = stated is not None and whole
    total = stated if told else sum(minutes.values())
    return Pool(minutes, units, members, unknown, own_open, total, told or not unknown, stated)


def _surely_no_device(lines: Sequence[Any], device: Any) -> bool:
    """Whether the device is surely not billed on this day, so that all minutes count."""
    if device is None or device.billed_here is not False:
        return False
    return not any(line.code is None or line.code.startswith("L") for line in lines)


def named_discipline(modifiers: Sequence[str] | None) -> str | None:
    """The discipline that the modifiers name, if it is one."""
    found = None
    for modifier in modifiers or ():  # a loop is faster than a list
        if modifier in DISCIPLINE_OF:
            if found is not None:
                return None
            found = DISCIPLINE_OF[modifier]
    return found


def _exact(number: int | None, found: Pool) -> Plain | None:
    return None if number is None else Plain(number, number, found)


def _from(least: int, found: Pool) -> Plain:
    return Plain(least, None, found, tuple(PATHS[index][1] for index in found.open))


def _timed_units(found: Pool, _line: Any, _method: str | None) -> Plain | None:
    return Plain(found.units, found.units, found)


def _timed_minutes(found: Pool, _line: Any, _method: str | None) -> Plain | None:
    if found.settled:
        return Plain(found.total, found.total, found)
    return _from(found.total, found) if found.stated is None else None


def _units_of_day(found: Pool, _line: Any, method: str | None) -> Plain | None:
    if method != "cms_total":
        return _exact(_midpoints(found), found) if method == "ama_midpoint" and not found.open else None
    units = (found.total + 7) // 15
    if found.settled:
        return Plain(units, units, found)
    return _from(units, found) if found.stated is None else None


def _ceiling(found: Pool, line: Any, _method: str | None) -> Plain | None:
    own = found.minutes.get(line.code)
    if own is None:
        return None
    units = own // 15 + 1 if own else 0
    return _from(units, found) if found.own_open else Plain(units, units, found)


def _most(found: Pool, line: Any, method: str | None) -> Plain | None:
    return _exact(_line_units(found, line.code, method, most=True), found)


def _least(found: Pool, line: Any, method: str | None) -> Plain | None:
    return _exact(_line_units(found, line.code, method, most=False), found)


COMPUTED: dict[str, Callable[[Pool, Any, str | None], Plain | None]] = {
    "day.timed_minutes": _timed_minutes,
    "day.timed_units": _timed_units,
    "day.units_supported": _units_of_day,
    "line.units_supported": _most,
    "line.units_least": _least,
    "line.units_ceiling": _ceiling,
}
"""The derived facts that have a plain case, each with what it comes to for a line; None where it is not plain."""


def _midpoints(found: Pool) -> int:
    return sum((minutes + 7) // 15 for minutes in found.minutes.values())


def _line_units(found: Pool, code: str, method: str | None, *, most: bool) -> int | None:
    if found.open or code not in found.minutes or method is None:
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
    found = pool(scope.facts.lines, line, how, scope.facts)
    if found is None or found.open or line.code not in found.minutes:
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


PATHS = Paths("lines", ["modifiers", "minutes", "training_minutes", "code"])


def used(path: str, plain: Plain, lines: Sequence[Any], position: int, how: Counting) -> dict[str, Any]:
    """The evidence of a plain value, as `engine.derived` gives it."""
    found = plain.pool
    if found.evidence is None:
        found.evidence = _evidence(found, lines, position, how)
    own = f"lines[{position}].{path.partition('.')[2]}" if path.startswith("line.") else path
    return {own: plain.low if plain.low == plain.high else (plain.low, plain.high), **found.evidence}


def _evidence(found: Pool, lines: Sequence[Any], position: int, how: Counting) -> dict[str, Any]:
    """What every value of a pool comes from."""
    facts: dict[str, Any] = {}
    if found.stated is not None:
        facts["day.total_timed_minutes"] = found.stated
    if how.by_discipline:
        facts[PATHS[position][0]] = tuple(lines[position].modifiers)
    for index, item in enumerate(lines):
        paths = PATHS[index]
        facts[paths[3]] = item.code
        if item.code not in how.codes:
            continue
        if how.by_discipline and index != position:
            facts[paths[0]] = tuple(item.modifiers)
        if index not in found.members:
            continue
        if item.minutes is not None:
            facts[paths[1]] = item.minutes
        if item.training_minutes is not None:
            facts[paths[2]] = item.training_minutes
        if item.code in how.training_codes:
            facts["device.billed_here"] = False
    facts["day.lines_complete"] = True
    return facts
