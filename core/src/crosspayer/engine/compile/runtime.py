"""What generated code calls: the interpreter's own functions, and small helpers for facts, lists and paths."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from crosspayer.encounter.fact import Fact
from crosspayer.engine.compile import timed
from crosspayer.engine.compile.totals import payable
from crosspayer.engine.decision import Decision
from crosspayer.engine.interpret import business_days, decide, value_of
from crosspayer.engine.judge import alike, judge
from crosspayer.engine.scope import Item, Scope, Shared

MOST_DAYS = 4096
MOST_CODES = 50_000
"""Days and codes whose rendering or tests are remembered; beyond it the store is emptied."""


def inside(scope: Scope, name: str, item: Item) -> Scope:
    """The same place with a list item under a name."""
    inner = scope.at_line(scope.line)
    inner.items[name] = item
    return inner


def payer_fact(facts: Any, fact: Fact) -> Any:
    """A payer's own fact."""
    value, _ = Scope(facts, "", None, None, None, None).read("", fact)
    return value


class Bounds(dict[date, tuple[date, ...]]):
    """For a day the days so much earlier; the first day there is has none before it."""

    def __init__(self) -> None:
        super().__init__()
        self.back: list[timedelta] = []

    def __missing__(self, day: date) -> tuple[date, ...]:
        if len(self) >= MOST_DAYS:
            self.clear()
        found = self[day] = tuple(_days_before(day, back) for back in self.back)
        return found


def _days_before(day: date, back: timedelta) -> date:
    try:
        return day - back
    except OverflowError:
        return date.min


class Masks(dict[str, int]):
    """For a code the bits of all tests on its list that it meets."""

    def __init__(self) -> None:
        super().__init__()
        self._tests: list[tuple[str, Any]] = []

    def bit(self, kind: str, values: Any) -> int:
        """The bit of a test: `starts_with`, `in` or `not_in`. Only while code is generated."""
        test = (kind, values)
        if test not in self._tests:
            self._tests.append(test)
        return 1 << self._tests.index(test)

    def __missing__(self, code: str) -> int:
        mask = 0
        for index, (kind, values) in enumerate(self._tests):
            met = code.startswith(values) if kind == "starts_with" else (code in values) is (kind == "in")
            mask |= met << index
        if len(self) >= MOST_CODES:
            self.clear()
        self[code] = mask
        return mask


def any_starts_with(values: Sequence[str], prefixes: tuple[str, ...]) -> bool:
    """Whether one of the values begins with one of the prefixes."""
    for value in values:  # noqa: SIM110 - a loop is faster than a generator
        if value.startswith(prefixes):
            return True
    return False


class Fixed(dict[str, Any]):
    """Evidence that several findings share: a dict that cannot be changed."""

    __slots__ = ()

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise TypeError("the evidence of a finding cannot be changed")

    __setitem__ = __delitem__ = __ior__ = _refuse
    update = setdefault = pop = popitem = clear = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)


class Iso(dict[date, str]):
    """Days as text."""

    def __missing__(self, day: date) -> str:
        if len(self) >= MOST_DAYS:
            self.clear()
        found = self[day] = day.isoformat()
        return found


def scope_at(
    facts: Any, payer: str, plan: str | None, line: Any, position: int, coverage: Any, at: int | None,
    shared: Shared | None = None,
    by_day: bool = False,
) -> Scope:  # fmt: skip
    """The interpreter's place for a line, by its position, and a coverage, if there is one."""
    return Scope(
        facts, payer, plan, line.service_date,
        None if by_day else Item(line, f"lines[{position}]", position),
        None if at is None else Item(coverage, f"coverages[{at}]" if at >= 0 else "coverage", at),
        {}, shared,
    )  # fmt: skip


ENVIRONMENT: dict[str, Any] = {
    "Decision": Decision, "Fixed": Fixed, "ISO": Iso(), "Item": Item, "alike": alike,
    "given": msgspec.structs.replace,
    "any_starts_with": any_starts_with,
    "business_days": business_days, "decide": decide, "inside": inside,
    "judge": judge, "named_discipline": timed.named_discipline, "payable": payable, "payer_fact": payer_fact,
    "scope_at": scope_at,
    "timed_pool": timed.pool, "timed_used": timed.used,
    "value_of": value_of,
}  # fmt: skip
"""Names that generated code may use besides its own."""
