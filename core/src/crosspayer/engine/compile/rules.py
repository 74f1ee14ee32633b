"""Rules as the generator writes them: tests that say nothing stands against a line, and what follows when they fail.

Rules of all seats that ask the same, or the same with other numbers, are written together, so that one test speaks for
them all.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import msgspec

from crosspayer.determination.model import Finding, Kind
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.engine.bind import BoundRule
from crosspayer.engine.compile.caps import Holds
from crosspayer.engine.compile.conditions import Conditions
from crosspayer.engine.compile.expressions import Expr, Pair
from crosspayer.engine.compile.outcomes import Outcomes, template
from crosspayer.engine.compile.recalled import Recall, Recalled
from crosspayer.engine.compile.runtime import Fixed
from crosspayer.engine.compile.shape import Seated
from crosspayer.engine.compile.together import grouped, shape, strictest
from crosspayer.engine.compile.totals import Totals
from crosspayer.engine.compile.writer import Place, Writer
from crosspayer.engine.judge import deferred, finding
from crosspayer.engine.truth import Decided
from crosspayer.language.tree import Condition
from crosspayer.policy.model import Cap


class Asked(NamedTuple):
    """A rule of a seat.

    Rules with the same `key` come to the same, on the same evidence; those with the same `group` are written together.
    """

    bound: BoundRule
    place: Place
    key: Hashable
    group: Hashable

    @property
    def seat(self) -> int:
        """The number of its seat."""
        return self.place.seat.number


class Rules:
    """Writes the rules of all seats."""

    def __init__(
        self, seats: tuple[Seated, ...], totals: tuple[Totals, ...], stage: str | None, writer: Writer, *, trace: bool
    ) -> None:
        self.seats, self.totals, self.stage, self.writer, self.trace = seats, totals, stage, writer, trace
        self.conditions = Conditions(writer)
        self.recalled = Recalled(seats, totals, self.conditions, trace=trace)
        self.outcomes = Outcomes(totals, self.conditions, trace=trace)
        self.checked: list[bool] = []  # for each seat, whether something is surely checked
        self.lines: list[str] = []
        self._names = 0

    def write(self, judged: Sequence[Sequence[tuple[BoundRule, Place]]]) -> None:
        """Write the rules of each seat, in order of their ids."""
        self.checked = [any(self._surely_checks(bound) for bound, _ in of_seat) for of_seat in judged]
        asked = [[self._asked(bound, place) for bound, place in of_seat] for of_seat in judged]
        groups = grouped(asked, lambda one: one.group)
        for group in groups:  # before anything is written: what is asked for, and how often
            if self._is_settled(group[0]):
                continue
            if self.trace:
                self._pairs(group[0])
                continue
            for expr in self._quiet(group):
                expr.uses += 1
        for group in groups:
            self._group(group)

    # --- what is written together

    def _asked(self, bound: BoundRule, place: Place) -> Asked:
        alone = id(bound), place.seat
        if deferred(bound.rule, self.stage) or self._waits(bound, place):
            return Asked(bound, place, alone, alone)
        matters = self._pass_matters(bound, place.seat.number)
        recall = self.recalled.take(bound, place, counts=matters)
        if recall is not None:
            return Asked(bound, place, recall, recall.group)
        structures = self.conditions.structures
        key = structures.rule_key(bound, place)
        if matters and not self.trace:
            return Asked(bound, place, key, alone)
        if self.trace or bound.branches or isinstance(bound.require, Cap) or structures.seated(bound):
            return Asked(bound, place, key, key)
        asks_when = None if bound.when is None else shape(bound.when, structures)
        return Asked(bound, place, key, (asks_when, shape(bound.require, structures), place.by_day))

    def _waits(self, bound: BoundRule, place: Place) -> bool:
        """Whether the rule waits for a day that is not known."""
        return bound in self.seats[place.seat.number].panel.late

    def _is_settled(self, one: Asked) -> bool:
        """Whether nothing is to be asked of the rule's conditions."""
        return isinstance(one.key, Recall) or deferred(one.bound.rule, self.stage) or self._waits(one.bound, one.place)

    def _pass_matters(self, bound: BoundRule, index: int) -> bool:
        """Whether a pass can change the sum: it grants something, or nothing else may have been checked."""
        return not self.checked[index] or (bound.rule.grants is not None and bound.standing.firm)

    def _surely_checks(self, bound: BoundRule) -> bool:
        """Whether the rule checks something of every line it judges, however it ends."""
        if bound.when is not None or bound.branches or isinstance(bound.require, Cap):
            return False
        one = template(bound, "pass")
        return one.effect != "inform" and not one.weak_source

    # --- tests

    def _quiet(self, group: Sequence[Asked]) -> list[Expr]:
        """Expressions of which any one says that every rule of the group passes or does not apply."""
        place = group[0].place
        requires = [one.bound.require for one in group if not isinstance(one.bound.require, Cap)]
        whens = [one.bound.when for one in group if one.bound.when is not None]
        found = [self._strictest(requires, place, truth=True).true] if requires else []
        return [*found, self._strictest(whens, place, truth=False).false] if whens else found

    def _strictest(self, nodes: Sequence[Condition], place: Place, *, truth: bool) -> Pair:
        numbers = {self.conditions.structures.of(node).number for node in nodes}
        return self.conditions.pair(nodes[0] if len(numbers) == 1 else strictest(nodes, truth=truth), place)

    def _test(self, expr: Expr) -> str:
        """The expression by the local it was given, or with the locals of its parts; shared ones get one now."""
        if expr.name:
            return expr.name
        parts = f" {expr.joint} ".join(self._test(part) for part in expr.parts)
        text = f"({parts})" if parts else expr.text
        if expr.uses < (2 if expr.parts or "(" in text else 4):
            return text
        self._names += 1
        expr.name = f"h{self._names}"
        self.lines.append(f"{expr.name} = {text}")
        return expr.name

    def _pairs(self, one: Asked) -> tuple[Pair | None, Pair | None]:
        """What the rule asks whether it applies, and what it requires, if that is no cap."""
        when, require = one.bound.when, one.bound.require
        return (
            None if when is None else self.conditions.pair(when, one.place),
            None if isinstance(require, Cap) else self.conditions.pair(require, one.place),
        )

    # --- writing

    def _group(self, group: Sequence[Asked]) -> None:
        one = group[0]
        if deferred(one.bound.rule, self.stage):
            self._deferred(one)
        elif self._waits(one.bound, one.place):  # the day of service is known, so it is the other one
            found = finding(one.bound, "open", None, Decided(None, (), ("received_date",)))
            self._append(one.seat, found, self._bit(one.bound, one.seat, "open"))
        elif isinstance(one.key, Recall):
            self.lines += self.recalled.told([member.key for member in group if isinstance(member.key, Recall)])
        elif isinstance(one.bound.require, Cap):
            self._capped(group, one.bound.require)
        elif self.trace:
            self._traced(group)
        elif self._pass_matters(one.bound, one.seat):
            self._with_its_pass(one)
        else:
            self._explained(group)

    def _deferred(self, one: Asked) -> None:
        bit = self._bit(one.bound, one.seat, "deferred")
        if self.trace:
            self._append(one.seat, template(one.bound, "deferred"), bit)
        else:
            self.lines.append(f"k{one.seat} |= {bit}")

    def _append(self, index: int, found: Finding, bit: int) -> None:
        """Append a finding that is always the same."""
        shared = msgspec.structs.replace(found, facts=Fixed(found.facts))
        self.lines.append(f"f{index}.append({self.writer.thing(shared)}); k{index} |= {bit}")

    def _explained(self, group: Sequence[Asked]) -> None:
        """Findings that stand against payment or are open; nothing is told of a pass."""
        same: dict[Hashable, list[Asked]] = {}
        for one in group:
            same.setdefault(one.key, []).append(one)
        self.lines.append(f"if not ({' or '.join(map(self._test, self._quiet(group)))}):")
        if len(same) == 1:
            self._against(group, "    ")
            return
        for members in same.values():  # what has no local yet gets none here, where it would not always be set
            self.lines.append(f"    if not ({' or '.join(map(_seen, self._quiet(members)))}):")
            self._against(members, "        ")

    def _with_its_pass(self, one: Asked) -> None:
        """A rule of whose pass the sum must know."""
        bound, index = one.bound, one.seat
        when, require = self._pairs(one)
        assert require is not None
        passes, applies = self._test(require.true), "" if when is None else self._test(when.false)
        bit: object = self._bit(bound, index, "pass")
        if when is not None and bound.rule.grants:
            unsure = self.totals[index].bit(template(bound, "pass", applies=False))
            bit = f"{bit} if {_seen(when.true)} else {unsure}"
        self.lines.append(f"if {passes}:")
        self.lines.append(f"    {f'if not {applies}: ' if applies else ''}k{index} |= {bit}")
        self.lines.append(f"elif not {applies}:" if applies else "else:")
        self._against([one], "    ")

    def _against(self, members: Sequence[Asked], indent: str) -> None:
        one = members[0]
        if one.bound.branches:
            self.lines += self._judged([one], indent)
        else:
            self.lines += self.outcomes.told([(each.bound, each.place) for each in members], indent)

    def _traced(self, group: Sequence[Asked]) -> None:
        """The finding of each rule, whatever it is."""
        one = group[0]
        if not one.bound.branches:
            self.lines += self.outcomes.told([(each.bound, each.place) for each in group], "")
            return
        self.lines += [*self.outcomes.told_or_failed(one.bound, one.place), "else:"]
        self.lines += self._judged([one], "    ")

    def _capped(self, group: Sequence[Asked], cap: Cap) -> None:
        """A cap that does not apply, or under which the line surely keeps its units; else the interpreter is asked."""
        one = group[0]
        if self.trace:
            self.lines += self._judged(group)
            return
        when, _ = self._pairs(one)
        complete = self.writer.fact("facts", CATALOGUE["day.lines_complete"])
        limit = self.conditions.operand(cap.at_most, one.place)
        holds = f"{self.writer.thing(Holds(cap))}(lines, i, {limit.low})"
        passes = " and ".join((complete, *limit.tests, holds))
        applies = self._test(when.false) if when is not None else "False"
        if self._pass_matters(one.bound, one.seat):
            if one.bound.rule.grants:  # whether it grants depends on whether it applies
                self.lines.append(f"if not {applies}:")
            else:
                bit = self._bit(one.bound, one.seat, "pass")
                self.lines.append(f"if not {applies} and {passes}: k{one.seat} |= {bit}")
                self.lines.append(f"elif not {applies}:")
        else:
            self.lines.append(f"if not ({applies} or {passes}):")
        self.lines += self._judged(group, "    ")

    def _judged(self, group: Sequence[Asked], indent: str = "") -> list[str]:
        """Ask the interpreter for the finding: caps, and rules with branches. The others of a group find the same."""
        first, lines = group[0], list[str]()
        scope = self.writer.scope(Place(first.place.seat, by_day=False), now=self.trace)
        for one in group:
            bound, total = self.writer.thing(one.bound), self.writer.thing(self.totals[one.seat])
            call = f"judge({bound}, {scope})" if one is first else f"alike({bound}, g)"
            test = "" if self.trace else 'if g.kind == "fail" or g.kind == "open": '
            lines.append(f"{indent}g = {call}; k{one.seat} |= {total}.bit(g)")
            lines.append(f"{indent}{test}f{one.seat}.append(g)")
        return lines

    def _bit(self, bound: BoundRule, index: int, kind: Kind) -> int:
        return self.totals[index].bit(template(bound, kind))


def _seen(expr: Expr) -> str:
    """The expression with the locals it has already; none is made for it."""
    if expr.name or not expr.parts:
        return expr.name or expr.text
    return f"({f' {expr.joint} '.join(_seen(part) for part in expr.parts)})"
