"""What generated code calls: the interpreter's own functions, and small helpers for facts, lists and paths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from crosspayer.determination.model import Finding
from crosspayer.encounter.fact import Fact
from crosspayer.engine.compile import timed
from crosspayer.engine.compile.totals import payable
from crosspayer.engine.decision import Decision
from crosspayer.engine.interpret import business_days, decide, value_of
from crosspayer.engine.judge import judge
from crosspayer.engine.scope import Item, Scope


class Paths(dict[int, tuple[str, ...]]):
    """The full paths of the facts of a list's items, by position: made once for each position."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.prefix, self.tails = prefix, list[str]()

    def index(self, tail: str) -> int:
        """Where the path of this fact stands in each tuple. Only while code is generated."""
        if tail not in self.tails:
            self.tails.append(tail)
        return self.tails.index(tail)

    def __missing__(self, position: int) -> tuple[str, ...]:
        found = self[position] = tuple(f"{self.prefix}[{position}].{tail}" for tail in self.tails)
        return found


def inside(scope: Scope, name: str, item: Item) -> Scope:
    """The same place with a list item under a name."""
    inner = scope.at_line(scope.line)
    inner.items[name] = item
    return inner


def payer_fact(facts: Any, fact: Fact) -> Any:
    """A payer's own fact."""
    value, _ = Scope(facts, "", None, None, None, None).read("", fact)
    return value


def days_before(day: date, back: timedelta) -> date:
    """So much earlier; the first day there is has none before it."""
    try:
        return day - back
    except OverflowError:
        return date.min


def cents(amount: float) -> int | None:
    """`language.names.cents` for an amount that the decoder has made sure is a number."""
    scaled = amount * 100
    whole = round(scaled)
    return whole if -1e-6 < scaled - whole < 1e-6 else None


def units_of_day(lines: Sequence[Any]) -> int | None:
    """All units billed; None where some are not known."""
    total = 0
    for line in lines:
        if line.units is None:
            return None
        total += line.units
    return total


def any_starts_with(values: Sequence[str], prefixes: tuple[str, ...]) -> bool:
    """Whether one of the values begins with one of the prefixes."""
    for value in values:  # noqa: SIM110 - a loop is faster than a generator
        if value.startswith(prefixes):
            return True
    return False


def maker(template: Finding) -> Callable[[dict[str, Any], tuple[str, ...]], Finding]:
    """A function that makes findings like the template from their facts and missing paths."""
    t = template
    rule, kind, effect, topic, title, cites = t.rule, t.kind, t.effect, t.topic, t.title, t.cites
    grade, confidence, weak, adjustment, remedy = t.grade, t.confidence, t.weak_source, t.adjustment, t.remedy
    payable, grants, carries = t.payable, t.grants, t.carries

    def make(facts: dict[str, Any], missing: tuple[str, ...]) -> Finding:
        return Finding(
            rule, kind, effect, topic, title, facts, missing, cites, grade, confidence, weak, adjustment, remedy,
            payable, grants, carries,
        )  # fmt: skip

    return make


ENVIRONMENT: dict[str, Any] = {
    "Decision": Decision, "Finding": Finding, "Item": Item, "Scope": Scope, "any_starts_with": any_starts_with,
    "business_days": business_days, "cents": cents, "days_before": days_before, "decide": decide, "inside": inside,
    "judge": judge, "payable": payable, "payer_fact": payer_fact,
    "timed_pool": timed.pool, "timed_used": timed.used, "timed_value": timed.value,
    "units_of_day": units_of_day, "value_of": value_of,
}  # fmt: skip
"""Names that generated code may use besides its own."""
