"""What follows where a rule does not quietly pass: functions that say how it ends, on which evidence, and tell it.

They are seldom wanted, and written when they are. One function tells the findings of all rules that ask the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from crosspayer.determination.model import Finding, Kind
from crosspayer.engine.bind import BoundRule
from crosspayer.engine.compile.conditions import Conditions
from crosspayer.engine.compile.evidence import Evidence, Step, only
from crosspayer.engine.compile.expressions import Pair
from crosspayer.engine.compile.runtime import Fixed
from crosspayer.engine.compile.totals import Totals
from crosspayer.engine.compile.writer import Place
from crosspayer.engine.judge import finding
from crosspayer.engine.truth import Decided
from crosspayer.policy.model import Cap

Ending = Callable[[Kind, bool, str, str], list[str]]
"""Statements that end a function: how the rule ends and whether it surely applies, the expression of its evidence, the
indentation."""


def template(bound: BoundRule, kind: Kind, *, applies: bool = True) -> Finding:
    """The finding of a rule that ends so, without evidence."""
    plain = finding(bound, kind, None, Decided(None), applies=applies)
    return msgspec.structs.replace(plain, facts=Fixed())


class Outcomes:
    """Writes the functions, and the statements that call them."""

    def __init__(self, totals: tuple[Totals, ...], conditions: Conditions, *, trace: bool) -> None:
        self.totals, self.conditions, self.trace = totals, conditions, trace
        self.writer = conditions.writer
        self.evidence = Evidence(self.writer)

    def told(self, rules: Sequence[tuple[BoundRule, Place]], indent: str) -> list[str]:
        """Statements that tell the findings of rules with the same conditions and without branches."""
        seats = list(dict.fromkeys(place.seat.number for _, place in rules))
        call = self._call(rules, seats)
        if len(seats) == 1:
            return [f"{indent}k{seats[0]} |= {call}"]
        bits = "; ".join(f"k{seat} |= x[{number}]" for number, seat in enumerate(seats))
        return [f"{indent}x = {call}", f"{indent}{bits}"]

    def told_or_failed(self, bound: BoundRule, place: Place) -> list[str]:
        """The same for one rule with branches; the local `x` is None where it failed, and nothing is told of it yet."""
        index = place.seat.number
        return [f"x = {self._call([(bound, place)], [index])}", f"if x is not None: k{index} |= x"]

    def _call(self, rules: Sequence[tuple[BoundRule, Place]], seats: Sequence[int]) -> str:
        """The call of a function that appends the findings to the lists of the seats, and gives each seat's bits."""
        bound, place = rules[0]

        def end(kind: Kind, applies: bool, shown: str, indent: str) -> list[str]:
            if kind == "fail" and bound.branches:
                return [f"{indent}return None"]
            key, lines = "missing" if kind == "open" else "facts", list[str]()
            if len(rules) > 1:  # none of them may change what it shares with the others
                lines.append(f"{indent}y = {shown if kind == 'open' else f'Fixed({shown})'}")
                shown = "y"
            bits = dict.fromkeys(seats, 0)
            for each, at in rules:
                one, seat = template(each, kind, applies=applies), at.seat.number
                lines.append(f"{indent}f{seat}.append(given({self.writer.thing(one)}, {key}={shown}))")
                bits[seat] |= self.totals[seat].bit(one)
            found = tuple(bits.values()) if len(seats) > 1 else bits[seats[0]]
            return [*lines, f"{indent}return {found}"]

        lists = {f"f{seat}": f"f{seat}" for seat in seats}
        return self.writer.late(lambda: self._body(bound, place, end), self._read(bound, place), lists)

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
            lines += self._ended("fail", used, "        ", end)
        missing = conditions.if_unknown(bound.when, place) if bound.when is not None else ()
        unknown = conditions.if_unknown if when else conditions.missing
        return lines + self._ended("open", (*missing, *unknown(bound.require, place)), "    ", end)

    def _settled(self, bound: BoundRule, place: Place, when: Pair | None, require: Pair, end: Ending) -> list[str]:
        """A rule that does not apply, or passes."""
        assert not isinstance(bound.require, Cap)
        lines = []
        steps = self.conditions.used(bound.require, place, truth=True)
        if when is not None and bound.when is not None:
            if when.false is not self.writer.expressions.never:
                lines.append(f"    if {when.false.text}:")
                used = self.conditions.used(bound.when, place, truth=False)
                lines += self._ended("not_applicable", used, "        ", end)
            steps = (*only(when.true.text, self.conditions.used(bound.when, place, truth=True)), *steps)
        lines.append(f"    if {require.true.text}:")
        if when is None or not bound.rule.grants:
            return lines + self._ended("pass", steps, "        ", end)
        lines.append(f"        if {when.true.text}:")
        return [
            *lines, *self._ended("pass", steps, "            ", end),
            *self._ended("pass", steps, "        ", end, applies=False),
        ]  # fmt: skip

    def _ended(self, kind: Kind, steps: Sequence[Step], indent: str, end: Ending, *, applies: bool = True) -> list[str]:
        write = self.evidence.missing if kind == "open" else self.evidence.used
        before, shown = write(steps, indent)
        return [*before, *end(kind, applies, shown, indent)]
