"""One rule as the generator writes it: tests that say nothing stands against it, and a function for when they fail."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import msgspec

from crosspayer.determination.model import Finding, Kind
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.engine.bind import BoundRule
from crosspayer.engine.compile.caps import Holds
from crosspayer.engine.compile.conditions import Conditions
from crosspayer.engine.compile.evidence import Evidence, Step, only
from crosspayer.engine.compile.expressions import Expr, Pair
from crosspayer.engine.compile.remembered import Asked, Remembered
from crosspayer.engine.compile.runtime import Fixed
from crosspayer.engine.compile.shape import Seated
from crosspayer.engine.compile.structure import Reads
from crosspayer.engine.compile.telling import FAIL, NOT_APPLICABLE, OPEN, PASS, UNSURE, teller, tracer
from crosspayer.engine.compile.totals import Totals
from crosspayer.engine.compile.writer import Place, Writer
from crosspayer.engine.judge import deferred, finding
from crosspayer.engine.truth import Decided
from crosspayer.policy.model import Cap


@dataclass(slots=True)
class Group:
    """Rules that the same closed facts decide."""

    name: str
    rules: list[Asked] = field(default_factory=list)


class Rules:
    """Writes rules one after the other; those with the same conditions share what they come to."""

    def __init__(
        self, seats: tuple[Seated, ...], totals: tuple[Totals, ...], stage: str | None, writer: Writer, *, trace: bool
    ) -> None:
        self.seats, self.totals, self.stage, self.writer, self.trace = seats, totals, stage, writer, trace
        self.conditions = Conditions(writer)
        self.evidence = Evidence(writer)
        self.groups: dict[tuple[str, ...], Group] = {}
        self.checked: list[bool] = []  # for each seat, whether something is surely checked
        self.lines: list[str] = []
        self._uses: dict[Hashable, int] = {}
        self._shared: dict[Hashable, str] = {}
        self._remembered: dict[tuple[int, int], str] = {}  # by bound rule and seat
        self._names = 0

    # --- before anything is written: what is asked for, and how often

    def ask(self, bound: BoundRule, place: Place) -> None:
        """Write the rule's conditions, and count who else asks for them."""
        if deferred(bound.rule, self.stage) or self._late(bound, place):
            return
        reads = self.conditions.structures.closed(bound)
        if reads is not None:
            self._remember(bound, place, reads)
            return
        key = self._key(bound, place)
        self._uses[key] = self._uses.get(key, 0) + 1
        if self._uses[key] > 1:
            return
        when, require = self._pairs(bound, place)
        if when is not None:
            when.false.uses += 1
        if require is not None:
            require.true.uses += 1

    def _remember(self, bound: BoundRule, place: Place, reads: Reads) -> None:
        index, structures = place.seat.number, self.conditions.structures
        locals_ = [self.conditions.operands.closed(of, structures.facts[path], place) for of, path in sorted(reads)]
        parts = [local for local in locals_ if local is not None]
        if any(of == "line" for of, _ in reads):
            parts.append("i")
        if place.seat.covered and structures.seated(bound):
            parts.append(f"at{index}")
        group = self.groups.setdefault(tuple(parts), Group(f"r{len(self.groups)}"))
        self._remembered[id(bound), index] = f"{group.name}_{len(group.rules)}"
        seated = self.seats[index]
        counts = not self.trace and self._pass_matters(bound, index)
        group.rules.append(Asked(bound, seated.payer, seated.plan, index, counts, self.totals[index]))

    def recall(self) -> list[str]:
        """Statements that look up what the groups say."""
        lines = []
        for parts, group in self.groups.items():
            remembered = Remembered(group.rules, self.trace)
            get, find = self.writer.thing(remembered.get), self.writer.thing(remembered.find)
            self.writer.things.append(remembered)
            locals_ = "".join(f"{group.name}_{number}, " for number in range(len(group.rules)))
            key = parts[0] if len(parts) == 1 else f"({', '.join(parts)})"
            if len(parts) > 1:
                lines.append(f"y = {key}")
                key = "y"
            lines.append(f"{locals_}= {get}({key}) or {find}({key}, facts, l, i, held, at)")
        return lines

    def _late(self, bound: BoundRule, place: Place) -> bool:
        return bound in self.seats[place.seat.number].panel.late

    def _key(self, bound: BoundRule, place: Place) -> Hashable:
        """Rules with the same key come to the same, on the same evidence."""
        if isinstance(bound.require, Cap) or bound.branches:
            return id(bound), place.seat
        when = self.conditions.structures.key(bound.when, place) if bound.when is not None else None
        return when, self.conditions.structures.key(bound.require, place), self._grants(bound)

    def _grants(self, bound: BoundRule) -> bool:
        return bound.when is not None and bound.rule.grants is not None

    def _pairs(self, bound: BoundRule, place: Place) -> tuple[Pair | None, Pair | None]:
        when = self.conditions.pair(bound.when, place) if bound.when is not None else None
        return when, None if isinstance(bound.require, Cap) else self.conditions.pair(bound.require, place)

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

    # --- one rule

    def rule(self, bound: BoundRule, place: Place) -> None:
        """Write the rule."""
        index = place.seat.number
        remembered = self._remembered.get((id(bound), index))
        if deferred(bound.rule, self.stage):
            bit = self._bit(bound, index, "deferred")
            if self.trace:
                self._append(index, self._template(bound, "deferred"), bit)
            else:
                self.lines.append(f"k{index} |= {bit}")
        elif self._late(bound, place):  # the day of service is known, so it is the other one
            found = finding(bound, "open", None, Decided(None, (), ("received_date",)))
            self._append(index, found, self._bit(bound, index, "open"))
        elif remembered is not None:
            test = "" if self.trace else f"if {remembered}: "
            self.lines.append(f"{test}k{index} |= {remembered}[0]; f{index} += {remembered}[1]")
        elif isinstance(bound.require, Cap):
            if self.trace:
                self.lines += self._asked(bound, place)
            else:
                self._capped(bound, bound.require, place)
        elif self.trace:
            self._traced(bound, place)
        else:
            self._explained(bound, place)

    def _append(self, index: int, found: Finding, bit: int) -> None:
        """Append a finding that is always the same."""
        shared = msgspec.structs.replace(found, facts=Fixed(found.facts))
        self.lines.append(f"f{index}.append({self.writer.thing(shared)}); k{index} |= {bit}")

    def _explained(self, bound: BoundRule, place: Place) -> None:
        """Findings that stand against payment or are open; a pass counts only where it matters."""
        key = self._key(bound, place)
        if self._pass_matters(bound, place.seat.number):
            when, require = self._pairs(bound, place)
            assert require is not None
            passes, applies = self._test(require.true), self._test(when.false) if when else "False"
            self._passed(bound, place, when, passes, applies)
            against = "else:" if applies == "False" else f"elif not {applies}:"
        elif self._uses[key] > 1 and not bound.branches:
            self.lines.append(f"if {self._outcome(bound, place, key)}:")
            self._told(bound, place.seat.number, self._shared[key], "    ")
            return
        else:
            against = f"if not {self._quiet(bound, place)}:"
        self.lines.append(against)
        if bound.branches:
            self.lines += self._asked(bound, place, "    ")
            return
        self.lines.append(f"    w = {self._worked_out(bound, place)}")
        self._told(bound, place.seat.number, "w", "    ")

    def _passed(self, bound: BoundRule, place: Place, when: Pair | None, passes: str, applies: str) -> None:
        index = place.seat.number
        bit: object = self._bit(bound, index, "pass")
        if when is not None and bound.rule.grants:
            unsure = self.totals[index].bit(self._template(bound, "pass", applies=False))
            bit = f"{bit} if {_seen(when.true)} else {unsure}"
        self.lines.append(f"if {passes}:")
        self.lines.append(f"    {'' if applies == 'False' else f'if not {applies}: '}k{index} |= {bit}")

    def _quiet(self, bound: BoundRule, place: Place) -> str:
        """When the rule passed or does not apply."""
        when, require = self._pairs(bound, place)
        assert require is not None
        passes = self._test(require.true)
        return f"({passes} or {self._test(when.false)})" if when else passes

    def _outcome(self, bound: BoundRule, place: Place, key: Hashable) -> str:
        """The local of what rules with this key come to: None where nothing is to be said, else how, and on what."""
        found = self._shared.get(key)
        if found is None:
            found = self._shared[key] = f"w{len(self._shared)}"
            worked_out = self._worked_out(bound, place)
            text = worked_out if self.trace else f"None if {self._quiet(bound, place)} else {worked_out}"
            self.lines.append(f"{found} = {text}")
        return found

    def _told(self, bound: BoundRule, index: int, outcome: str, indent: str) -> None:
        """Append the finding of an outcome that stands against payment or is open."""
        name = self.writer.made(lambda: teller(bound, self.totals[index]))
        self.lines.append(f"{indent}k{index} |= {name}(f{index}, {outcome})")

    def _traced(self, bound: BoundRule, place: Place) -> None:
        """The finding of a rule, whatever it is."""
        index = place.seat.number
        outcome = self._outcome(bound, place, self._key(bound, place))
        name = self.writer.made(lambda: tracer(bound, self.totals[index]))
        text = f"k{index} |= {name}(f{index}, {outcome})"
        if not bound.branches:
            self.lines.append(text)
            return
        self.lines.append(f"if {outcome}[0] == 2:")
        self.lines += self._asked(bound, place, "    ")
        self.lines.append(f"else: {text}")

    def _capped(self, bound: BoundRule, cap: Cap, place: Place) -> None:
        """A cap that does not apply, or under which the line surely keeps its units; else the interpreter is asked."""
        when, _ = self._pairs(bound, place)
        index = place.seat.number
        complete = self.writer.fact("facts", CATALOGUE["day.lines_complete"])
        limit = self.conditions.operand(cap.at_most, place)
        holds = f"{self.writer.thing(Holds(cap))}(lines, i, {limit.low})"
        passes = " and ".join((complete, *limit.tests, holds))
        applies = self._test(when.false) if when is not None else "False"
        if self._pass_matters(bound, index):
            if bound.rule.grants:  # whether it grants depends on whether it applies
                self.lines.append(f"if not {applies}:")
            else:
                self.lines.append(f"if not {applies} and {passes}: k{index} |= {self._bit(bound, index, 'pass')}")
                self.lines.append(f"elif not {applies}:")
        else:
            self.lines.append(f"if not ({applies} or {passes}):")
        self.lines += self._asked(bound, place, "    ")

    def _pass_matters(self, bound: BoundRule, index: int) -> bool:
        """Whether a pass can change the sum: it grants something, or nothing else may have been checked."""
        return not self.checked[index] or (bound.rule.grants is not None and bound.standing.firm)

    def surely_checks(self, bound: BoundRule) -> bool:
        """Whether the rule checks something of every line it judges, however it ends."""
        if bound.when is not None or bound.branches or isinstance(bound.require, Cap):
            return False
        template = self._template(bound, "pass")
        return template.effect != "inform" and not template.weak_source

    # --- what an outcome rests on

    def _worked_out(self, bound: BoundRule, place: Place) -> str:
        """The call of a function that says how the rule ends, and on which evidence."""
        assert not isinstance(bound.require, Cap)
        when, require = self._pairs(bound, place)
        assert require is not None
        conditions, texts = self.conditions, self.writer.expressions
        lines: list[str] = []
        if self.trace:
            lines += self._settled(bound, place, when, require)
        fails = texts.every([*((when.true,) if when else ()), require.false])
        if fails is not texts.never:
            used = conditions.used(bound.when, place, truth=True) if bound.when is not None else ()
            used = (*used, *conditions.used(bound.require, place, truth=False))
            lines.append(f"    if {fails.text}:")
            lines += self._returned(FAIL, used, "        ")
        missing = conditions.if_unknown(bound.when, place) if bound.when is not None else ()
        unknown = conditions.if_unknown if when else conditions.missing
        lines += self._returned(OPEN, (*missing, *unknown(bound.require, place)), "    ")
        return self.writer.late("W", lines)

    def _settled(self, bound: BoundRule, place: Place, when: Pair | None, require: Pair) -> list[str]:
        """A rule that does not apply, or passes."""
        assert not isinstance(bound.require, Cap)
        lines = []
        steps = self.conditions.used(bound.require, place, truth=True)
        if when is not None and bound.when is not None:
            if when.false is not self.writer.expressions.never:
                lines.append(f"    if {when.false.text}:")
                lines += self._returned(
                    NOT_APPLICABLE, self.conditions.used(bound.when, place, truth=False), "        "
                )
            steps = (*only(when.true.text, self.conditions.used(bound.when, place, truth=True)), *steps)
        lines.append(f"    if {require.true.text}:")
        returned = self._returned(PASS, steps, "        ")
        if when is not None and bound.rule.grants:
            returned[-1] = returned[-1].replace("return 1,", f"return 1 if {when.true.text} else {UNSURE},")
        return lines + returned

    def _returned(self, outcome: int, steps: Sequence[Step], indent: str) -> list[str]:
        write = self.evidence.missing if outcome == OPEN else self.evidence.used
        before, evidence = write(steps, indent)
        return [*before, f"{indent}return {outcome}, {evidence}"]

    def _template(self, bound: BoundRule, kind: Kind, *, applies: bool = True) -> Finding:
        return finding(bound, kind, None, Decided(None), applies=applies)

    def _bit(self, bound: BoundRule, index: int, kind: Kind) -> int:
        return self.totals[index].bit(self._template(bound, kind))

    def _asked(self, bound: BoundRule, place: Place, indent: str = "") -> list[str]:
        """Ask the interpreter for the finding: caps, and rules with branches."""
        seat = place.seat
        scope = self.writer.scope(Place(seat, by_day=False), now=self.trace)
        call = f"judge({self.writer.thing(bound)}, {scope})"
        total = self.writer.thing(self.totals[seat.number])
        test = "" if self.trace else 'if g.kind == "fail" or g.kind == "open": '
        return [
            f"{indent}g = {call}; k{seat.number} |= {total}.bit(g)",
            f"{indent}{test}f{seat.number}.append(g)",
        ]


def _seen(expr: Expr) -> str:
    """The expression with the locals it has already; none is made for it."""
    if expr.name or not expr.parts:
        return expr.name or expr.text
    return f"({f' {expr.joint} '.join(_seen(part) for part in expr.parts)})"
