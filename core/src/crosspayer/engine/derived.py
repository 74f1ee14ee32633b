"""Derived facts: what core computes from other facts, with ranges where those are known only in part."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

from msgspec.structs import replace

from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.engine.numbers import Value
from crosspayer.engine.scope import Item, Scope
from crosspayer.engine.truth import Truth, joined
from crosspayer.language.tree import FactRef
from crosspayer.policy.tables import TableView
from crosspayer.timed.assistant import assistant_units
from crosspayer.timed.countable import countable_minutes
from crosspayer.timed.interval import Interval
from crosspayer.timed.settings import TimedSettings
from crosspayer.timed.units import ama_line_units, cms_line_units, units_for_minutes

DISCIPLINE_OF = {"GP": "PT", "GO": "OT", "GN": "SLP"}
"""Discipline of the plan of care that a modifier names (CMS Pub. 100-04 ch. 5 section 20.1)."""


def compute(ref: FactRef, scope: Scope) -> Value:
    """The value of a derived fact in this place; its own path stands first in the evidence."""
    if ref.of and ref.of not in ("line", "coverage"):
        scope = scope.at_line(scope.items[ref.of])
    if scope.shared is None:
        return _computed(ref, scope)
    line, coverage = scope.line, scope.coverage
    places = (None if line is None else line.position, None if coverage is None else coverage.position)
    key = (ref.fact.path, how(ref.timed), places)
    found: Value | None = scope.shared.get(key)
    if found is None:
        found = scope.shared[key] = _computed(ref, scope)
    return found


def _computed(ref: FactRef, scope: Scope) -> Value:
    value = DERIVED[ref.fact.path](scope, ref.timed)
    if not value.known:
        return value
    prefix = ""
    if ref.fact.entity == "line" and scope.line:
        prefix = scope.line.prefix
    elif ref.fact.entity == "coverage":
        prefix = scope.coverage.prefix if scope.coverage else "coverage"
    path = f"{prefix}.{ref.fact.tail}" if prefix else ref.fact.tail
    shown = value.low if value.exact else (value.low, value.high)
    return replace(value, used=joined([((path, shown),), value.used]))


def how(settings: TimedSettings | None) -> Hashable:
    """Everything about the settings that a fact can depend on: equal ones count alike."""
    if settings is None:
        return None
    return codes_of(settings), settings.pool_by, settings.method, settings.assistant_rule, settings.training_codes


def codes_of(settings: TimedSettings) -> frozenset[Any]:
    """The timed codes."""
    return settings.codes.codes if isinstance(settings.codes, TableView) else frozenset()


def _diagnosis_codes(scope: Scope, _: TimedSettings | None) -> Value:
    found = scope.facts.diagnoses
    if found is None:
        return Value(None, None, False, (), ("diagnoses",))
    codes = tuple(diagnosis.code for diagnosis in found)
    return Value(codes, codes, True)


def _discipline(scope: Scope, _: TimedSettings | None) -> Value:
    modifiers, path = scope.read("line", CATALOGUE["line.modifiers"])
    if modifiers is None:
        return Value(None, None, False, (), (path,))
    named = [DISCIPLINE_OF[modifier] for modifier in modifiers if modifier in DISCIPLINE_OF]
    used = ((path, tuple(modifiers)),)
    if len(named) == 1:
        return Value(named[0], named[0], True, used)
    own, own_path = scope.read("line", CATALOGUE["line.rendering.discipline"])
    found = Value.of(own, own_path, own)
    return replace(found, used=joined([used, found.used]))


def _code_billed_here(scope: Scope, _: TimedSettings | None) -> Value:
    """A supply code stands on a line, or someone said so; that it does not must be said."""
    listed = [item for item in scope.lines() if (item.thing.code or "").startswith("L")]
    if listed:
        return Value(True, True, True, tuple((f"{item.prefix}.code", item.thing.code) for item in listed))
    told, path = scope.read("", CATALOGUE["device.billed_here"])
    return Value.of(told, path, told)


def _visits_within_limit(scope: Scope, _: TimedSettings | None) -> Value:
    """Within the limit, or there is none; a benefit without a limit must be said to have none."""
    limited, limited_path = scope.read("coverage", CATALOGUE["coverage.benefit.has_visit_limit"])
    if limited is False:
        return Value(True, True, True, ((limited_path, False),))
    parts = [
        Value.of(value, path, value)
        for value, path in (
            scope.read("coverage", CATALOGUE[f"coverage.benefit.{name}"]) for name in ("visits_used", "visit_limit")
        )
    ]
    used, limit = parts
    if not used.known or not limit.known:
        return Value(None, None, False, (), joined([used.missing, limit.missing]))
    within = used.low <= limit.low
    return Value(within, within, True, joined([used.used, limit.used]))


# --- timed minutes


class Timed(NamedTuple):
    """The timed minutes of one code in the judged line's pool."""

    code: str
    minutes: Interval


class Pool(NamedTuple):
    """The timed lines that are counted together with the judged line."""

    codes: list[Timed]  # in order of appearance, lines of one code added up
    complete: bool
    whole_day: bool  # it surely holds every timed line of the day
    used: tuple[tuple[str, Any], ...]
    missing: tuple[str, ...]
    units: Interval  # billed


def _minutes(item: Item, settings: TimedSettings, scope: Scope) -> Value:
    """Countable minutes of a line as a range."""
    parts = {}
    for name in ("minutes", "aide_minutes", "setup_minutes", "training_minutes"):
        parts[name] = (getattr(item.thing, name), f"{item.prefix}.{name}")
    billed: Value = Value.constant(False)
    if item.thing.code in settings.training_codes:
        billed = _code_billed_here(scope, None)
    device_billed: Truth = billed.low if billed.known else None
    counted = countable_minutes(
        parts["minutes"][0],
        device_billed=device_billed,
        aide_minutes=parts["aide_minutes"][0],
        setup_minutes=parts["setup_minutes"][0],
        training_minutes=parts["training_minutes"][0],
    )
    used = [(path, value) for value, path in parts.values() if value is not None]
    missing = [parts["minutes"][1]] if parts["minutes"][0] is None else []
    if device_billed is not False and not counted.is_exact:
        missing += billed.missing
        if parts["training_minutes"][0] is None:
            missing.append(parts["training_minutes"][1])
    return Value(counted.low, counted.high, True, joined([tuple(used), billed.used]), tuple(missing))


def _pool(scope: Scope, settings: TimedSettings) -> Pool:
    if scope.shared is None:
        return _pooled(scope, settings)
    position = scope.line.position if scope.line is not None else None
    key = ("pool", codes_of(settings), settings.pool_by, settings.training_codes, position)
    found: Pool | None = scope.shared.get(key)
    if found is None:
        found = scope.shared[key] = _pooled(scope, settings)
    return found


def _pooled(scope: Scope, settings: TimedSettings) -> Pool:
    codes = codes_of(settings)
    own = _discipline(scope, None) if settings.pool_by == "discipline" else None
    used: list[tuple[tuple[str, Any], ...]] = [own.used] if own else []
    missing: list[tuple[str, ...]] = [own.missing] if own else []
    found: dict[str, Interval] = {}
    units = Interval(0, 0)
    sure = True
    for item in scope.lines():
        if item.thing.code is None:
            missing.append((f"{item.prefix}.code",))
            found[""], units, sure = Interval(0, None), units.plus(Interval(0, None)), False
            continue
        used.append(((f"{item.prefix}.code", item.thing.code),))
        if item.thing.code not in codes:
            continue
        member = _member(item, own, scope)
        used.append(member.used)
        if member.low is False:
            sure = False
            continue
        minutes = _minutes(item, settings, scope)
        used.append(minutes.used)
        missing += [member.missing, minutes.missing]
        low = minutes.low if member.low is True else 0
        line = Interval(low, minutes.high)
        found[item.thing.code] = found[item.thing.code].plus(line) if item.thing.code in found else line
        billed = item.thing.units
        if billed is None:
            missing.append((f"{item.prefix}.units",))
        units = units.plus(Interval(billed if billed and member.low is True else 0, billed))
        sure = sure and member.low is True
    complete = scope.facts.day is not None and scope.facts.day.lines_complete is True
    if complete:
        used.append((("day.lines_complete", True),))
    else:
        missing.append(("day.lines_complete",))
    whole = settings.pool_by == "day" or (complete and sure)
    return Pool(
        [Timed(code, minutes) for code, minutes in found.items()], complete, whole, joined(used), joined(missing),
        units if complete else Interval(units.low, None),
    )  # fmt: skip


def _member(item: Item, own: Value | None, scope: Scope) -> Value:
    """Whether a line belongs to the pool: true, false, or None for not known."""
    if own is None or (scope.line is not None and item.position == scope.line.position):
        return Value.constant(True)
    other = _discipline(scope.at_line(item), None)
    if not own.known or not other.known:
        return Value(None, None, False, (), other.missing)
    same = own.low == other.low
    return Value(same, same, True, other.used)


def _total(scope: Scope, pool: Pool) -> Interval:
    """Timed minutes of the pool; the note's stated total where the pool is the whole day."""
    listed = Interval(0, 0 if pool.complete else None)
    for timed in pool.codes:
        listed = listed.plus(timed.minutes)
    stated, _ = scope.read("", CATALOGUE["day.total_timed_minutes"])
    if stated is None:
        return listed
    if pool.whole_day:
        return Interval(stated, stated)
    return listed.least(Interval(stated, stated)) if listed.low <= stated else listed


class Method(NamedTuple):
    """The fact that chose how minutes are counted, or that would."""

    used: tuple[tuple[str, Any], ...] = ()
    missing: tuple[str, ...] = ()


BY_POLICY = Method()
"""No fact: the policy says how."""


def _evidence(interval: Interval, pool: Pool, scope: Scope, method: Method = BY_POLICY) -> Value:
    stated, path = scope.read("", CATALOGUE["day.total_timed_minutes"])
    used = joined([((path, stated),) if stated is not None else (), pool.used, method.used])
    missing = joined([pool.missing, method.missing]) if not interval.is_exact else ()
    return Value(interval.low, interval.high, True, used, missing)


def _settings(settings: TimedSettings | None) -> TimedSettings:
    assert settings is not None  # the parser gives every such fact its policy's settings
    return settings


def _by_method(
    scope: Scope, settings: TimedSettings, cms: Callable[[], Interval], ama: Callable[[], Interval]
) -> tuple[Interval, Method]:
    """The range by the policy's method, or by the contract's; where that is unknown, the range that covers both."""
    if settings.method != "by_contract":
        return (cms() if settings.method == "cms_total" else ama()), BY_POLICY
    told, path = scope.read("coverage", CATALOGUE["coverage.unit_method"])
    if told is None:
        return cms().hull(ama()), Method(missing=(path,))
    return (cms() if told == "cms_total" else ama()), Method(used=((path, told),))


def _timed_minutes(scope: Scope, settings: TimedSettings | None) -> Value:
    pool = _pool(scope, _settings(settings))
    return _evidence(_total(scope, pool), pool, scope)


def _timed_units(scope: Scope, settings: TimedSettings | None) -> Value:
    pool = _pool(scope, _settings(settings))
    return _evidence(pool.units, pool, scope)


def _day_units(scope: Scope, settings: TimedSettings | None) -> Value:
    timed = _settings(settings)
    pool = _pool(scope, timed)

    def ama() -> Interval:
        total = Interval(0, 0 if pool.complete else None)
        for units in ama_line_units([code.minutes for code in pool.codes]):
            total = total.plus(units)
        return total

    interval, method = _by_method(scope, timed, lambda: _total(scope, pool).lift(units_for_minutes), ama)
    return _evidence(interval, pool, scope, method)


def _own(pool: Pool, scope: Scope) -> int | None:
    assert scope.line is not None
    return next((i for i, timed in enumerate(pool.codes) if timed.code == scope.line.thing.code), None)


def _line_units(scope: Scope, settings: TimedSettings | None, *, most: bool) -> Value:
    """The most, or fewest, units a correct allocation gives the code."""
    timed = _settings(settings)
    pool = _pool(scope, timed)
    own = _own(pool, scope)
    if own is None:
        return _evidence(Interval(0, None), pool, scope)
    minutes = [code.minutes for code in pool.codes]

    def cms() -> Interval:
        units = cms_line_units(minutes, pool.complete)[own]
        if pool.complete and all(line.is_exact for line in minutes):
            end = units.high if most else units.low
            return Interval(end or 0, end)
        return units

    interval, method = _by_method(scope, timed, cms, lambda: ama_line_units(minutes)[own])
    return _evidence(interval, pool, scope, method)


def _units_ceiling(scope: Scope, settings: TimedSettings | None) -> Value:
    pool = _pool(scope, _settings(settings))
    own = _own(pool, scope)
    minutes = pool.codes[own].minutes if own is not None else Interval(0, None)
    return _evidence(minutes.lift(lambda m: m // 15 + 1 if m else 0), pool, scope)


def _methods_agree(scope: Scope, settings: TimedSettings | None) -> Value:
    pool = _pool(scope, _settings(settings))
    own = _own(pool, scope)
    minutes = [code.minutes for code in pool.codes]
    if own is None or not pool.complete or not all(line.is_exact for line in minutes):
        return Value(None, None, False, (), pool.missing)
    cms, ama = cms_line_units(minutes, complete=True)[own], ama_line_units(minutes)[own]
    agree = cms.is_exact and cms == ama
    return Value(agree, agree, True, pool.used)


def _assistant_units(scope: Scope, settings: TimedSettings | None) -> Value:
    timed = _settings(settings)
    assert scope.line is not None
    same = [item for item in scope.lines() if item.thing.code == scope.line.thing.code]
    values = [
        [(getattr(i.thing, n), f"{i.prefix}.{n}") for i in same]
        for n in ("therapist_minutes", "assistant_minutes", "units")
    ]
    missing = [f"{item.prefix}.code" for item in scope.lines() if item.thing.code is None]  # it may be of this code
    missing += [path for facts in values for value, path in facts if value is None]
    used = tuple((path, value) for facts in values for value, path in facts if value is not None)
    if not (scope.facts.day is not None and scope.facts.day.lines_complete is True):
        missing.append("day.lines_complete")
    if missing:
        return Value(0, None, True, used, tuple(missing))
    therapist, assistant, units = (sum(value for value, _ in facts) for facts in values)
    found = assistant_units(therapist, assistant, units, timed.assistant_rule).with_modifier
    return Value(found.low, found.high, True, used)


def _countable(scope: Scope, settings: TimedSettings | None) -> Value:
    assert scope.line is not None
    return _minutes(scope.line, _settings(settings), scope)


DERIVED: dict[str, Callable[[Scope, TimedSettings | None], Value]] = {
    "diagnosis_codes": _diagnosis_codes,
    "line.discipline": _discipline,
    "device.code_billed_here": _code_billed_here,
    "coverage.benefit.visits_within_limit": _visits_within_limit,
    "line.countable_minutes": _countable,
    "line.units_supported": lambda scope, settings: _line_units(scope, settings, most=True),
    "line.units_least": lambda scope, settings: _line_units(scope, settings, most=False),
    "line.units_ceiling": _units_ceiling,
    "line.unit_methods_agree": _methods_agree,
    "line.assistant_units": _assistant_units,
    "day.timed_minutes": _timed_minutes,
    "day.timed_units": _timed_units,
    "day.units_supported": _day_units,
}
"""How each derived fact is computed."""
