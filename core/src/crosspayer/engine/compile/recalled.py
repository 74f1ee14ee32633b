"""Rules that closed facts alone decide, as the generator writes them: looked up by the values of those facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from crosspayer.engine.bind import BoundRule
from crosspayer.engine.compile.conditions import Conditions
from crosspayer.engine.compile.remembered import Asked, Remembered
from crosspayer.engine.compile.shape import Seated
from crosspayer.engine.compile.totals import Totals
from crosspayer.engine.compile.writer import Place


class Recall(NamedTuple):
    """Where to find what a rule says: the local of its group, its place in it, and its seat."""

    group: str
    number: int
    seat: int


@dataclass(slots=True)
class _Group:
    """Rules that the same closed facts decide."""

    name: str
    rules: list[Asked] = field(default_factory=list)


class Recalled:
    """Groups of such rules, each asked for once for a line."""

    def __init__(
        self, seats: tuple[Seated, ...], totals: tuple[Totals, ...], conditions: Conditions, *, trace: bool
    ) -> None:
        self.seats, self.totals, self.conditions, self.trace = seats, totals, conditions, trace
        self._groups: dict[tuple[str, ...], _Group] = {}

    def take(self, bound: BoundRule, place: Place, *, counts: bool) -> Recall | None:
        """Where the rule will be found; None if other facts decide it. `counts`: whether a pass can change the sum."""
        structures, index = self.conditions.structures, place.seat.number
        reads = structures.closed(bound)
        if reads is None:
            return None
        locals_ = [self.conditions.operands.closed(of, structures.facts[path], place) for of, path in sorted(reads)]
        parts = [local for local in locals_ if local is not None]
        if any(of == "line" for of, _ in reads):
            parts.append("i")
        if place.seat.covered and structures.seated(bound):
            parts.append(f"at{index}")
        group = self._groups.setdefault(tuple(parts), _Group(f"r{len(self._groups)}"))
        seated = self.seats[index]
        counts = counts and not self.trace
        key = structures.rule_key(bound, place)
        group.rules.append(Asked(bound, seated.payer, seated.plan, index, counts, key, self.totals[index]))
        return Recall(group.name, len(group.rules) - 1, index)

    def looked_up(self) -> list[str]:
        """Statements that look up what the groups say."""
        lines, writer = [], self.conditions.writer
        for parts, group in self._groups.items():
            remembered = Remembered(group.rules, self.trace)
            get, find = writer.thing(remembered.get), writer.thing(remembered.find)
            writer.things.append(remembered)
            key = parts[0] if len(parts) == 1 else f"({', '.join(parts)})"
            if len(parts) > 1:
                lines.append(f"y = {key}")
                key = "y"
            lines.append(f"{group.name} = {get}({key})")
            lines.append(f"if {group.name} is None: {group.name} = {find}({key}, facts, l, i, held, at)")
        return lines

    def told(self, recalls: Sequence[Recall]) -> list[str]:
        """Statements that add what rules of one group say."""
        if self.trace:
            return [
                f"x = {one.group}[{one.number}]; k{one.seat} |= x[0]; f{one.seat} += x[1]" for one in recalls
            ]  # fmt: skip
        lines = [f"if {recalls[0].group}:"]
        for one in recalls:
            lines.append(f"    x = {one.group}[{one.number}]")
            lines.append(f"    if x: k{one.seat} |= x[0]; f{one.seat} += x[1]")
        return lines
