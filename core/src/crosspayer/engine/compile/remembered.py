"""What rules come to that few closed facts decide: asked of the interpreter once for each combination of their values.

Only yes or no, words and codes are remembered; never a text, a number, a day or an amount, nor whose they are.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

import msgspec

from crosspayer.determination.model import Finding
from crosspayer.engine.bind import BoundRule
from crosspayer.engine.compile.runtime import Fixed, scope_at
from crosspayer.engine.compile.totals import Totals
from crosspayer.engine.judge import alike, judge

MOST = 4096
"""Combinations remembered for one group of rules; beyond it they are worked out afresh."""


class Asked(NamedTuple):
    """A rule of a seat. `counts`: whether a pass can change the sum. Rules with the same `key` come to the same."""

    bound: BoundRule
    payer: str
    plan: str | None
    seat: int
    counts: bool
    key: Hashable
    totals: Totals


class Remembered(dict[Hashable, tuple[Any, ...]]):
    """By the values of their facts, what a group of rules says.

    The bit of the finding with the finding in a tuple. Untraced it is None for a rule that says nothing against payment
    and whose pass does not matter, and the tuple is empty for a pass that does; a group of which no rule says anything
    is empty.
    """

    def __init__(self, rules: Sequence[Asked], trace: bool) -> None:
        super().__init__()
        self._rules = tuple(rules)
        self._said: Callable[[Asked, Finding], Any] = _traced if trace else _explained

    def find(
        self, key: Hashable, facts: Any, line: Any, position: int, held: Sequence[Any], at: Sequence[int | None]
    ) -> tuple[Any, ...]:
        """Ask the interpreter, and remember what it says."""
        judged: dict[Hashable, Finding] = {}
        said = []
        for rule in self._rules:
            same = judged.get(rule.key)
            if same is None:
                scope = scope_at(facts, rule.payer, rule.plan, line, position, held[rule.seat], at[rule.seat])
                one = judged[rule.key] = judge(rule.bound, scope)
            else:
                one = alike(rule.bound, same)
            said.append(self._said(rule, one))
        found = tuple(said)
        if not any(found):
            found = ()
        if len(self) >= MOST:
            self.clear()
        self[key] = found
        return found


def _traced(rule: Asked, one: Finding) -> tuple[int, tuple[Finding, ...]]:
    return rule.totals.bit(one), (msgspec.structs.replace(one, facts=Fixed(one.facts)),)


def _explained(rule: Asked, one: Finding) -> tuple[int, tuple[Finding, ...]] | None:
    if one.kind in ("fail", "open"):
        return _traced(rule, one)
    return (rule.totals.bit(one), ()) if one.kind == "pass" and rule.counts else None
