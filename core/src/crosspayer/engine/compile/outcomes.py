"""What follows where a rule does not quietly pass: functions that say how it ends, on which evidence, and tell it.

They are seldom wanted, and compiled when they are. One that answers for a single rule tells its finding itself; one
that answers for rules of several seats returns how they end, and each seat's own function tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from crosspayer.engine.bind import BoundRule
from crosspayer.engine.compile.conditions import Conditions
from crosspayer.engine.compile.evidence import Evidence, Step, only
from crosspayer.engine.compile.expressions import Pair
from crosspayer.engine.compile.telling import FAIL, NOT_APPLICABLE, OPEN, PASS, UNSURE, teller, template, tracer
from crosspayer.engine.compile.totals import Totals
from crosspayer.engine.compile.writer import Place
from crosspayer.policy.model import Cap

Ending = Callable[[int, str, str], list[str]]
"""Statements that end a function: how the rule ends, the expression of its evidence, the indentation."""


class Outcomes:
    """Writes the functions, and the statements that call them."""

    def __init__(self, totals: tuple[Totals, ...], conditions: Conditions, *, trace: bool) -> None:
        self.totals, self.conditions, self.trace = totals, conditions, trace
        self.writer = conditions.writer
        self.evidence = Evidence(self.writer)
        self._shared: dict[Hashable, str] = {}  # the calls of functions that answer for several rules, by their key

    def told(self, key: Hashable, rules: Sequence[tuple[BoundRule, Place]], indent: str) -> list[str]:
        """Statements that tell the findings of rules with the same conditions."""
        bound, place = rules[0]
        if len(rules) == 1 and not (self.trace and bound.rule.grants):
            return [f"{indent}k{place.seat.number} |= {self._telling(bound, place)}"]
        lines = [f"{indent}w = {self.outcome(key, bound, place)}"]
        return [*lines, *(f"{indent}{self.telling(bound, place.seat.number, 'w')}" for bound, place in rules)]

    def outcome(self, key: Hashable, bound: BoundRule, place: Place) -> str:
        """The call of a function that says how rules with this key end, and on what."""
        call = self._shared.get(key)
        if call is None:
            call = self._shared[key] = self.writer.late(
                lambda: self._body(bound, place, _returned), self._read(bound, place)
            )
        return call

    def telling(self, bound: BoundRule, index: int, outcome: str) -> str:
        """The statement that appends the finding of an outcome."""
        make = tracer if self.trace else teller
        name = self.writer.made(lambda: make(bound, self.totals[index]))
        return f"k{index} |= {name}(f{index}, {outcome})"

    def _telling(self, bound: BoundRule, place: Place) -> str:
        """The call of a function that appends the rule's own finding, and gives its bit."""
        totals, names = self.totals[place.seat.number], dict[int, tuple[str, str]]()

        def end(outcome: int, shown: str, indent: str) -> list[str]:
            if outcome not in names:
                one = template(bound, outcome)
                names[outcome] = self.writer.thing(one.__copy__), repr(totals.bit(one))  # type: ignore[attr-defined]
            new, bit = names[outcome]
            put = f'x = {new}(); put(x, "{"missing" if outcome == OPEN else "facts"}", {shown}); f.append(x)'
            return [f"{indent}{put}", f"{indent}return {bit}"]

        first = {"f": f"f{place.seat.number}"}
        return self.writer.late(lambda: self._body(bound, place, end), self._read(bound, place), first)

    def _read(self, bound: BoundRule, place: Place) -> set[str]:
        """The names in the rule's tests: its evidence needs most of them and few others."""
        assert not isinstance(bound.require, Cap)
        asked = [bound.require] if bound.when is None else [bound.when, bound.require]
        return set().union(*(self.conditions.read(node, place) for node in asked))

    # --- bodies

    def _body(self, bound: BoundRule, place: Place, end: Ending) -> list[str]:
        assert not isinstance(bound.require, Cap)
        conditions, texts = self.conditions, self.writer.expressions
        when = conditions.pair(bound.when, place) if bound.when is not None else None
        require = conditions.pair(bound.require, place)
        lines: list[str] = []
        if self.trace:
            lines += self._settled(bound, place, when, require, end)
        fails = texts.every([*((when.true,) if when else ()), require.false])
        if fails is not texts.never:
            used = conditions.used(bound.when, place, truth=True) if bound.when is not None else ()
            used = (*used, *conditions.used(bound.require, place, truth=False))
            lines.append(f"    if {fails.text}:")
            lines += self._ended(FAIL, used, "        ", end)
        missing = conditions.if_unknown(bound.when, place) if bound.when is not None else ()
        unknown = conditions.if_unknown if when else conditions.missing
        return lines + self._ended(OPEN, (*missing, *unknown(bound.require, place)), "    ", end)

    def _settled(self, bound: BoundRule, place: Place, when: Pair | None, require: Pair, end: Ending) -> list[str]:
        """A rule that does not apply, or passes."""
        assert not isinstance(bound.require, Cap)
        lines = []
        steps = self.conditions.used(bound.require, place, truth=True)
        if when is not None and bound.when is not None:
            if when.false is not self.writer.expressions.never:
                lines.append(f"    if {when.false.text}:")
                used = self.conditions.used(bound.when, place, truth=False)
                lines += self._ended(NOT_APPLICABLE, used, "        ", end)
            steps = (*only(when.true.text, self.conditions.used(bound.when, place, truth=True)), *steps)
        lines.append(f"    if {require.true.text}:")
        returned = self._ended(PASS, steps, "        ", end)
        if when is not None and bound.rule.grants:
            returned[-1] = returned[-1].replace("return 1,", f"return 1 if {when.true.text} else {UNSURE},")
        return lines + returned

    def _ended(self, outcome: int, steps: Sequence[Step], indent: str, end: Ending) -> list[str]:
        write = self.evidence.missing if outcome == OPEN else self.evidence.used
        before, shown = write(steps, indent)
        return [*before, *end(outcome, shown, indent)]


def _returned(outcome: int, shown: str, indent: str) -> list[str]:
    return [f"{indent}return {outcome}, {shown}"]
