"""Lists that are only as complete as they say: quantifiers, sums and counts over lines, history and coverages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from crosspayer.engine.numbers import Value
from crosspayer.engine.scope import Item, Scope, output
from crosspayer.engine.truth import Decided, all_of, joined, opposite
from crosspayer.language.tree import Condition, FactRef, Operand, Over, Window

Decide = Callable[[Condition, Scope], Decided]
ValueOf = Callable[[Operand, Scope], Value]


class Walk(NamedTuple):
    """A list walked: each item with whether it belongs, and whether there may be more than are listed."""

    items: list[tuple[Item, Decided]]
    complete: Decided  # true, or unknown with the fact that would complete it


def quantify(kind: str, over: Over, scope: Scope, decide: Decide) -> Decided:
    """`any`, `no` or `every` item. On an incomplete list "none" is unknown."""
    wanted = opposite if kind == "every" else _same
    walk = _walk(over, scope, lambda where, inner: wanted(decide(where, inner)))
    found = [decided for _, decided in walk.items if decided.truth is True]
    if found:
        some = Decided(True, joined(decided.used for decided in found))
    elif walk.complete.truth is not True or any(decided.truth is None for _, decided in walk.items):
        unknown = [decided for _, decided in walk.items if decided.truth is None]
        some = Decided(None, (), joined([*(d.missing for d in unknown), walk.complete.missing]))
    else:
        some = Decided(False, joined([*(decided.used for _, decided in walk.items), walk.complete.used]))
    return some if kind == "any" else opposite(some)


def _same(value: Decided) -> Decided:
    return value


def count_over(over: Over, scope: Scope, decide: Decide) -> Value:
    """How many items belong: at least those that surely do."""
    walk = _walk(over, scope, decide)
    low = sum(decided.truth is True for _, decided in walk.items)
    maybe = sum(decided.truth is None for _, decided in walk.items)
    return _bounded(low, low + maybe, walk, [])


def sum_over(fact: FactRef, over: Over, scope: Scope, decide: Decide, value_of: ValueOf) -> Value:
    """The sum of a never negative fact: at least what is surely there."""
    walk = _walk(over, scope, decide)
    low, high = 0, 0
    parts: list[Value] = []
    unbounded = False
    for item, decided in walk.items:
        if decided.truth is False:
            continue
        value = value_of(fact, _inside(over, item, scope))
        if decided.truth is True:
            parts.append(value)
            low += value.low if value.known else 0
        if value.known and value.high is not None:
            high += value.high
        else:
            unbounded = True
            if decided.truth is None:
                parts.append(value)
    return _bounded(low, None if unbounded else high, walk, parts)


def _bounded(low: int, high: int | None, walk: Walk, parts: list[Value]) -> Value:
    used = joined(
        [*(d.used for _, d in walk.items if d.truth is not None), *(p.used for p in parts), walk.complete.used]
    )
    missing = joined([*(d.missing for _, d in walk.items), *(p.missing for p in parts), walk.complete.missing])
    return Value(low, high if walk.complete.truth is True else None, True, used, missing)


def total(parts: Iterable[Value]) -> Value:
    """The sum of facts that are never negative: an unknown one makes it "at least"."""
    known = list(parts)
    low = sum(part.low for part in known if part.known)
    bounded = all(part.known and part.high is not None for part in known)
    high = sum(part.high for part in known) if bounded else None
    return Value(low, high, True, joined(p.used for p in known), joined(p.missing for p in known))


def _inside(over: Over, item: Item, scope: Scope) -> Scope:
    inner = scope.at_line(scope.line)
    inner.items[over.item] = item
    return inner


def _walk(over: Over, scope: Scope, decide: Decide) -> Walk:
    bound = _bound(over.window, scope) if over.list == "history" else None
    items = []
    for item in scope.listed(over.list):
        if over.skip_self and item.position == _own_index(over, scope):
            continue
        decided = decide(over.where, _inside(over, item, scope))
        if over.list == "history":
            decided = _only_if(_before(item, bound, scope), decided)
        items.append((item, decided))
    return Walk(items, _completeness(over, scope, bound))


def _only_if(inside: Decided, decided: Decided) -> Decided:
    return all_of([inside, decided])


def _own_index(over: Over, scope: Scope) -> int | None:
    own = scope.line if over.list == "lines" else scope.coverage
    return own.position if own is not None else None


def _completeness(over: Over, scope: Scope, bound: Value | None) -> Decided:
    """True where everything that could belong is listed, else unknown with the fact to supply."""
    if over.list == "history":
        history = scope.facts.history
        since = history.complete_since if history is not None else None
        if bound is None or since is None:
            return Decided(None, (), ("history.complete_since",))
        if not bound.known:
            return Decided(None, (), bound.missing)
        if since > bound.low:
            return Decided(None, (), ("history.complete_since",))
        return Decided(True, joined([(("history.complete_since", since.isoformat()),), bound.used]))
    if over.list == "coverages":
        path, told = "coverages_complete", scope.facts.coverages_complete
    else:
        path, told = "day.lines_complete", scope.facts.day.lines_complete if scope.facts.day is not None else None
    return Decided(True, ((path, True),)) if told else Decided(None, (), (path,))


def _bound(window: Window | None, scope: Scope) -> Value | None:
    """The first day of the history that counts; None if the rule sets no bound."""
    if window is None:
        return None
    if window.since is not None:
        value, path = scope.read(window.since.of, window.since.fact)
        return Value.of(value, path, output(value, window.since.fact))
    if scope.day is None:
        return Value(None, None, False, (), (_undated(scope),))
    try:
        return Value.constant(scope.day - timedelta(days=window.days or 0))
    except OverflowError:  # beyond the first day there is
        return Value.constant(date.min)


def _undated(scope: Scope) -> str:
    """The path of the day of service that is not known."""
    lines = [scope.line] if scope.line else [item for item in scope.lines() if item.thing.service_date is None]
    return f"{lines[0].prefix}.service_date"


def _before(item: Item, bound: Value | None, scope: Scope) -> Decided:
    """Whether an earlier line lies before the day of service and within the bound."""
    day, path = item.thing.service_date, f"{item.prefix}.service_date"
    if day is None:
        return Decided(None, (), (path,))
    if scope.day is None:
        return Decided(None, (), (_undated(scope),))
    used = ((path, day.isoformat()),)
    if day >= scope.day:
        return Decided(False, used)
    if bound is None:
        return Decided(True, used)
    if not bound.known:
        return Decided(None, (), bound.missing)
    return Decided(bound.low <= day, joined([used, bound.used]))
