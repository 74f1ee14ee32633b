"""One generated function: all rules of all seats for a line of one code, on one stretch of days, at one stage.

Lines whose code or day is not known are left to the interpreter.
"""

from __future__ import annotations

from collections.abc import Sequence

from crosspayer.engine.bind import BoundRule
from crosspayer.engine.compile.frame import PACKED
from crosspayer.engine.compile.lists import SOURCES
from crosspayer.engine.compile.rules import Rules
from crosspayer.engine.compile.shape import Form, Seated
from crosspayer.engine.compile.totals import Totals
from crosspayer.engine.compile.writer import ITEM_OF, Place, Seat, Writer
from crosspayer.language.tree import ListName
from crosspayer.policy.model import Cap

COVERAGES = {"cov": "held", "at": "at"}
"""The locals of each seat's coverage and of its position, and where all of them are given."""


def generate(seats: Sequence[Seated], stage: str | None, *, trace: bool) -> Form:
    """The function; `trace`: with every finding, else with those that failed or are open."""
    return _Generator(tuple(seats), stage, trace).form()


class _Generator:
    def __init__(self, seats: tuple[Seated, ...], stage: str | None, trace: bool) -> None:
        self.seats = seats
        self.writer = Writer([index for index, seat in enumerate(seats) if seat.covered])
        self.totals = tuple(
            Totals(
                in_policy=seat.panel.in_policy,
                lapsed=seat.panel.lapsed,
                silence=seat.silence,
                silent=seat.panel.silent(seat.silence),
            )
            for seat in seats
        )
        self.rules = Rules(seats, self.totals, stage, self.writer, trace=trace)

    def form(self) -> Form:
        judged = [self._judged(index, seat) for index, seat in enumerate(self.seats)]
        self.rules.write(judged)
        source = "\n".join(self._source())
        environment = self.writer.environment
        exec(compile(source, "<crosspayer rules>", "exec"), environment)
        silent = not any(judged) and not any(seat.panel.in_policy for seat in self.seats)
        return Form(source, self.writer.lates, environment["run"], silent)

    def _judged(self, index: int, seated: Seated) -> list[tuple[BoundRule, Place]]:
        seat = Seat(index, seated.payer, seated.plan, seated.covered)
        every = (*seated.panel.rules, *seated.panel.late)
        return [(bound, Place(seat, bound.rule.by_day)) for bound in sorted(every, key=lambda b: b.rule.id)]

    def _source(self) -> list[str]:
        writer = self.writer
        recalled = self.rules.recalled.looked_up()
        walks = [line for name in self.rules.conditions.lists.walks for line in self._walk(name)]
        body = [
            *writer.reads["facts"].lines(""),
            "lines = facts.lines or ()",
            "coverages = facts.coverages or ()",
            "history_lines = (facts.history.lines if facts.history is not None else None) or ()",
            *self._coverages(),
            "e = {}",
            PACKED,
            *writer.reads["l"].lines(""),
            *recalled,
            *(f"{name} = {scope}" for name, scope in sorted(writer.scopes.items())),
            *([writer.earlier_statement] if writer.earlier_days else ()),
            *writer.line_values,
            *walks,
            *self.rules.conditions.statements,
            *(f"f{index} = []; k{index} = 0" for index in range(len(self.seats))),
            *self.rules.lines,
            *self._answers(),
        ]
        return ["def run(facts, held, at, l, i, shared):", *(f"  {line}" for line in body)]

    def _answers(self) -> list[str]:
        lines = ["number = l.number if l.number is not None else i + 1", "code = l.code; units = l.units"]
        for index, seated in enumerate(self.seats):
            capped = any(isinstance(bound.require, Cap) for bound in seated.panel.rules)
            total = self.writer.thing(self.totals[index])
            known = self.writer.thing(self.totals[index].known)
            payer, plan = self.writer.constant(seated.payer), self.writer.constant(seated.plan)
            order = f"cov{index}.order" if seated.covered else "None"
            left = "units if paid or units is None else 0"
            if capped or not seated.panel.in_policy:
                left = f"payable(f{index}, units, verdict)"
            lines += [
                f"verdict, covered, prior_auth, silence, paid = {known}.get(k{index}) or {total}.short(k{index})",
                f"a{index} = Decision(number, code, {payer}, {plan}, {order}, verdict, covered, prior_auth, silence,"
                f" {left}, tuple(f{index}))",
            ]
        return [*lines, f"return [{', '.join(f'a{index}' for index in range(len(self.seats)))}]"]

    def _coverages(self) -> list[str]:
        if not any(seated.covered for seated in self.seats):
            return []
        numbers = range(len(self.seats))
        lines = [f"{''.join(f'{name}{number}, ' for number in numbers)}= {of}" for name, of in COVERAGES.items()]
        for number in numbers:
            reads = self.writer.reads.get(f"cov{number}")
            lines += reads.lines("") if reads is not None else []
        return lines

    def _walk(self, listed: ListName) -> list[str]:
        walk, letter = self.rules.conditions.lists.walks[listed], ITEM_OF[listed]
        reads = self.writer.reads.get(letter)
        lines = [*walk.start, f"for j, {letter} in enumerate({SOURCES[listed]}):"]
        lines += reads.lines("  ") if reads is not None else []
        for guard, body in walk.body.items():
            if guard:
                lines.append(f"  if {guard}:")
            lines += [f"{'    ' if guard else '  '}{line}" for line in body]
        return lines
