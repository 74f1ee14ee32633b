"""Limits on units: which lines keep theirs, in the order the payer counts them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.engine.numbers import Value
from crosspayer.engine.scope import Item, Scope, output
from crosspayer.engine.truth import Decided, Truth, all_of, joined
from crosspayer.language.tree import Condition, FactRef
from crosspayer.policy.model import Cap
from crosspayer.policy.tables import TableView

Decide = Callable[[Condition, Scope], Decided]
POOLS = {
    "code": FactRef("line", CATALOGUE["line.code"]),
    "discipline": FactRef("line", CATALOGUE["line.discipline"]),
    "rendering": FactRef("line", CATALOGUE["line.rendering.npi"]),
}
"""The facts two lines must share to be pooled."""


class Outcome(NamedTuple):
    """Whether the judged line keeps its units, and how many it keeps if not."""

    decided: Decided
    payable: int | None


def judge(cap: Cap, scope: Scope, decide: Decide) -> Outcome:
    """Whether the limit still holds all units of the judged line when its turn comes.

    Units before it are known only to lie between those surely counted before it and those that could be; over the
    limit on the sure part fails, within it on the possible part passes, anything else is open.
    """
    from crosspayer.engine.interpret import value_of

    assert scope.line is not None
    own = _units(scope.line)
    if not own.known:
        return Outcome(Decided(None, (), own.missing), None)
    limit = value_of(cap.at_most, scope)
    if not limit.known:
        return Outcome(Decided(None, (), limit.missing), None)
    counted = _counts(scope.line, cap, scope, decide)
    if counted.truth is False:
        return Outcome(Decided(True, counted.used), None)
    before = _before(cap, scope, decide)
    billed = own.low
    most = billed if limit.high is None else max(0, min(billed, limit.high - before.low))
    least = 0 if before.high is None else max(0, min(billed, limit.low - before.high))
    if most < billed and counted.truth is True:
        return Outcome(Decided(False, joined([own.used, counted.used, before.sure, limit.used])), most)
    if least == billed:
        used = joined([own.used, counted.used, before.sure, before.others, limit.used])
        return Outcome(Decided(True, used), billed)
    return Outcome(Decided(None, (), joined([counted.missing, before.missing, limit.missing])), None)


def _units(item: Item) -> Value:
    return Value.of(item.thing.units, f"{item.prefix}.units", item.thing.units)


class Before(NamedTuple):
    """Units counted before the judged line: surely, and possibly (None: without bound).

    Then the facts of the lines surely counted, those that leave the others out, and what is missing.
    """

    low: int
    high: int | None
    sure: tuple[tuple[str, Any], ...]
    others: tuple[tuple[str, Any], ...]
    missing: tuple[str, ...]


def _before(cap: Cap, scope: Scope, decide: Decide) -> Before:
    """What comes before the judged line; the same for all caps that count the same lines in the same order."""
    assert scope.line is not None
    if scope.shared is None or cap.where is not None:  # a condition may ask for facts of the payer
        return _counted_before(cap, scope, decide)
    codes: Hashable = cap.codes
    if isinstance(cap.codes, TableView):  # every payer has a view of its own
        codes = cap.codes.table.id, cap.codes.complete, cap.codes.codes
    key = ("before", codes, cap.per, cap.highest_charge_first, scope.line.position)
    found: Before | None = scope.shared.get(key)
    if found is None:
        found = scope.shared[key] = _counted_before(cap, scope, decide)
    return found


def _counted_before(cap: Cap, scope: Scope, decide: Decide) -> Before:
    assert scope.line is not None
    low, high = 0, 0
    pool = _pool(cap, scope)
    sure: list[Any] = []
    others: list[Any] = []
    missing: list[Any] = []
    unbounded = False
    for item in scope.lines():
        if item.position == scope.line.position:
            continue
        member = all_of(
            [
                _counts(item, cap, scope, decide),
                _pooled(pool, _pool(cap, scope.at_line(item))),
                _earlier(item, cap, scope),
            ]
        )
        if member.truth is False:
            others.append(member.used)
            continue
        units = _units(item)
        if member.truth is True and units.known:
            low += units.low
            sure += [member.used, units.used]
        else:
            others += [member.used, units.used]
        missing += [member.missing, units.missing]
        if units.known:
            high += units.low
        else:
            unbounded = True
    if scope.facts.day is not None and scope.facts.day.lines_complete:
        others.append((("day.lines_complete", True),))
    else:
        missing.append(("day.lines_complete",))
        unbounded = True
    return Before(low, None if unbounded else high, joined(sure), joined(others), joined(missing))


def _counts(item: Item, cap: Cap, scope: Scope, decide: Decide) -> Decided:
    """Whether the cap counts a line."""
    parts = []
    if cap.codes is not None:
        code, path = item.thing.code, f"{item.prefix}.code"
        if code is None:
            parts.append(Decided(None, (), (path,)))
        elif isinstance(cap.codes, TableView):
            hit: Truth = True if (code,) in cap.codes.rows else False if cap.codes.complete else None
            table = f"table:{cap.codes.table.id}"
            parts.append(Decided(hit, ((path, code),)) if hit is not None else Decided(None, (), (table,)))
        else:
            assert isinstance(cap.codes, frozenset)
            parts.append(Decided(code in cap.codes, ((path, code),)))
    if cap.where is not None:
        parts.append(decide(cap.where, scope.at_line(item)))
    return all_of(parts)


def _pool(cap: Cap, scope: Scope) -> list[Value]:
    """What a line must share with others to be pooled with them."""
    from crosspayer.engine.interpret import value_of

    return [value_of(POOLS[name], scope) for name in cap.per]


def _pooled(one: Sequence[Value], other: Sequence[Value]) -> Decided:
    """Whether two lines are pooled."""
    parts = []
    for ours, theirs in zip(one, other, strict=True):
        if ours.known and theirs.known:
            parts.append(Decided(ours.low == theirs.low, joined([ours.used, theirs.used])))
        else:
            parts.append(Decided(None, (), joined([ours.missing, theirs.missing])))
    return all_of(parts)


def _earlier(item: Item, cap: Cap, scope: Scope) -> Decided:
    """Whether a line counts before the judged one: by number, or by charge with the number deciding ties."""
    assert scope.line is not None
    ours, theirs = scope.line, item
    if cap.highest_charge_first:
        charges = [_sortable(i, "charge") for i in (theirs, ours)]
        if None in (charges[0][0], charges[1][0]):
            return Decided(None, (), tuple(path for value, path in charges if value is None))
        if charges[0][0] != charges[1][0]:
            charge = CATALOGUE["line.charge"]
            shown = tuple((path, output(round(value * 100), charge)) for value, path in charges)
            return Decided(charges[0][0] > charges[1][0], shown)
    numbers = [_sortable(i, "number") for i in (theirs, ours)]
    if None in (numbers[0][0], numbers[1][0]):
        return Decided(None, (), tuple(path for value, path in numbers if value is None))
    return Decided(numbers[0][0] < numbers[1][0], tuple((path, value) for value, path in numbers))


def _sortable(item: Item, name: str) -> tuple[Any, str]:
    return getattr(item.thing, name), f"{item.prefix}.{name}"
