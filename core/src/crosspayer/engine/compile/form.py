"""One generated function: all rules of all seats for lines of one code, on one stretch of days, at one stage.

Lines whose code or day is not known are left to the interpreter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crosspayer.determination.model import Finding, Kind
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.engine.bind import BoundRule
from crosspayer.engine.compile.conditions import Conditions
from crosspayer.engine.compile.evidence import Atom, Step, facts_used, only, paths_missing
from crosspayer.engine.compile.expressions import Expr, Pair
from crosspayer.engine.compile.lists import SOURCES
from crosspayer.engine.compile.runtime import maker
from crosspayer.engine.compile.shape import Form, Seated
from crosspayer.engine.compile.totals import Totals
from crosspayer.engine.compile.writer import ITEM_OF, Place, Seat, Writer
from crosspayer.engine.judge import deferred, finding
from crosspayer.engine.truth import Decided
from crosspayer.language.tree import ListName
from crosspayer.policy.model import Cap


def generate(seats: Sequence[Seated], stage: str | None, *, trace: bool) -> Form:
    """The function; `trace`: with every finding, else with those that failed or are open."""
    return _Generator(seats, stage, trace).form()


class _Generator:
    def __init__(self, seats: Sequence[Seated], stage: str | None, trace: bool) -> None:
        self.seats, self.stage, self.trace = seats, stage, trace
        self.writer = Writer()
        self.conditions = Conditions(self.writer)
        self.rules: list[str] = []
        self.names = 0
        self.checked: list[bool] = []  # for each seat, whether something is surely checked
        self.totals = tuple(
            Totals(
                in_policy=seat.panel.in_policy,
                lapsed=seat.panel.lapsed,
                silence=seat.silence,
                silent=seat.panel.silent(seat.silence),
            )
            for seat in seats
        )

    def form(self) -> Form:
        judged = [self._judged(index, seat) for index, seat in enumerate(self.seats)]
        for of_seat in judged:
            self.checked.append(any(self._surely_checks(bound) for bound, _ in of_seat))
            for bound, place in of_seat:
                self._ask(bound, place)
        for index, of_seat in enumerate(judged):
            self.rules.append(f"    f{index} = []" if self.trace else f"    f{index} = []; k{index} = 0")
            for bound, place in of_seat:
                self._rule(bound, place)
        source = "\n".join(self._source())
        environment = self.writer.environment
        exec(compile(source, "<crosspayer rules>", "exec"), environment)
        silent = not any(judged) and not any(seat.panel.in_policy for seat in self.seats)
        return Form(source, environment["run"], silent)

    def _judged(self, index: int, seated: Seated) -> list[tuple[BoundRule, Place]]:
        seat = Seat(index, seated.payer, seated.plan, seated.covered)
        every = (*seated.panel.rules, *seated.panel.late)
        return [(bound, Place(seat, bound.rule.by_day)) for bound in sorted(every, key=lambda b: b.rule.id)]

    # --- the function's text

    def _source(self) -> list[str]:
        writer = self.writer
        walks = [line for name in self.conditions.lists.walks for line in self._walk(name)]
        return [
            "def run(facts, seats, judged):",
            *writer.reads["facts"].lines("  "),
            "  lines = facts.lines or ()",
            "  coverages = facts.coverages or ()",
            "  history_lines = (facts.history.lines if facts.history is not None else None) or ()",
            *self._coverages(),
            "  answers = []",
            "  for line in judged:",
            "    l, i = line.thing, line.position",
            "    line_paths = PATHS_lines[i]",
            *writer.reads["l"].lines("    "),
            *(
                f"    {'d' if by_day else 's'}{index} = {writer.new_scope(self._seat(index), by_day)}"
                for index, by_day in sorted(writer.scopes)
            ),
            *(f"    {line}" for line in writer.line_values),
            *walks,
            *(f"    {line}" for line in self.conditions.statements),
            *self.rules,
            *self._answers(),
            "  return answers",
        ]

    def _answers(self) -> list[str]:
        if self.trace:
            return [f"    answers.append([{', '.join(f'f{index}' for index in range(len(self.seats)))}])"]
        lines = ["    number = l.number if l.number is not None else i + 1", "    units = l.units"]
        for index, seated in enumerate(self.seats):
            capped = any(isinstance(bound.require, Cap) for bound in seated.panel.rules)
            total = self.writer.thing(self.totals[index])
            known = self.writer.thing(self.totals[index].known)
            payer, plan = self.writer.constant(seated.payer), self.writer.constant(seated.plan)
            order = f"cov{index}.order" if seated.covered else "None"
            left = "units if t[4] or units is None else 0"
            if capped or not seated.panel.in_policy:
                left = f"payable(f{index}, units, t)"
            lines += [
                f"    t = {known}.get(k{index}) or {total}.short(k{index})",
                f"    answers.append(Decision(number, l.code, {payer}, {plan}, {order}, t[0], t[1], t[2], t[3], {left},"
                f" tuple(f{index})))",
            ]
        return lines

    def _seat(self, index: int) -> Seat:
        seated = self.seats[index]
        return Seat(index, seated.payer, seated.plan, seated.covered)

    def _coverages(self) -> list[str]:
        lines = []
        for index, seated in enumerate(self.seats):
            if seated.covered:
                lines.append(f"  c{index} = seats[{index}]; cov{index} = c{index}.thing")
                lines.append(f"  cov_paths{index} = PATHS_coverages[c{index}.position]")
                reads = self.writer.reads.get(f"cov{index}")
                lines += reads.lines("  ") if reads is not None else []
        return lines

    def _walk(self, listed: ListName) -> list[str]:
        walk, letter = self.conditions.lists.walks[listed], ITEM_OF[listed]
        reads = self.writer.reads.get(letter)
        lines = [f"    {start}" for start in walk.start]
        lines.append(f"    for j, {letter} in enumerate({SOURCES[listed]}):")
        lines += reads.lines("      ") if reads is not None else []
        for guard, body in walk.body.items():
            if guard:
                lines.append(f"      if {guard}:")
            lines += [f"{'        ' if guard else '      '}{line}" for line in body]
        return lines

    # --- sharing

    def _ask(self, bound: BoundRule, place: Place) -> None:
        """Write the rule's conditions, and count what is asked for where."""
        if deferred(bound.rule, self.stage) or bound in self.seats[place.seat.index].panel.late:
            return
        when, require = self._pairs(bound, place)
        if when is not None:
            when.false.uses += 1
        if require is not None:
            require.true.uses += 1

    def _pairs(self, bound: BoundRule, place: Place) -> tuple[Pair | None, Pair | None]:
        when = self.conditions.pair(bound.when, place) if bound.when is not None else None
        if isinstance(bound.require, Cap):
            self.writer.scope(place, now=True)
            return when, None
        return when, self.conditions.pair(bound.require, place)

    def _test(self, expr: Expr) -> str:
        """The expression by the local it was given, or with the locals of its parts; shared ones get one now."""
        if expr.name:
            return expr.name
        parts = f" {expr.joint} ".join(self._test(part) for part in expr.parts)
        text = f"({parts})" if parts else expr.text
        if expr.uses < 2 or not (expr.parts or " " in expr.text):
            return text
        self.names += 1
        expr.name = f"h{self.names}"
        self.rules.append(f"    {expr.name} = {text}")
        return expr.name

    # --- one rule

    def _rule(self, bound: BoundRule, place: Place) -> None:
        index = place.seat.index
        if deferred(bound.rule, self.stage):
            told = self._told(bound, place, "deferred", (), "    ")
            self.rules += told if self.trace else [f"    k{index} |= {self._bit(bound, index, 'deferred')}"]
        elif bound in self.seats[index].panel.late:  # the day of service is known, so it is the other one
            self.rules += self._told(bound, place, "open", (Atom(self.writer.constant("received_date")),), "    ")
        elif isinstance(bound.require, Cap) and not self.trace:
            self._capped(bound, bound.require, place)
        elif isinstance(bound.require, Cap) or (bound.branches and self.trace):
            self.rules += self._asked(bound, place, "    ")
        elif self.trace:
            self._traced(bound, place)
        else:
            self._explained(bound, place)

    def _explained(self, bound: BoundRule, place: Place) -> None:
        """Findings that stand against payment or are open; a pass counts only where it matters."""
        when, require = self._pairs(bound, place)
        assert require is not None
        assert not isinstance(bound.require, Cap)
        index = place.seat.index
        passes, applies = self._test(require.true), self._test(when.false) if when else "False"
        if self._pass_matters(bound, index):
            bit: object = self.totals[index].bit(self._template(bound, "pass"))
            if when is not None and bound.rule.grants:
                unsure = self.totals[index].bit(self._template(bound, "pass", applies=False))
                bit = f"{bit} if {self._seen(when.true)} else {unsure}"
            self.rules.append(f"    if {passes}:")
            self.rules.append(f"        {'' if applies == 'False' else f'if not {applies}: '}k{index} |= {bit}")
            self.rules.append("    else:" if applies == "False" else f"    elif not {applies}:")
        else:
            self.rules.append(f"    if not {passes}:" if applies == "False" else f"    if not ({passes} or {applies}):")
        if bound.branches:
            self.rules += self._asked(bound, place, "        ")
        else:
            self.rules += self._against(bound, place, when, require, "        ")

    def _capped(self, bound: BoundRule, cap: Cap, place: Place) -> None:
        """A cap that does not apply, or that all units of the day keep, says nothing; else the interpreter is asked."""
        when, _ = self._pairs(bound, place)
        passed = [self._test(when.false)] if when is not None else []
        if not self._pass_matters(bound, place.seat.index):
            units, new = self.writer.once("units of the day", "n")
            if new:
                complete = self.writer.fact("facts", CATALOGUE["day.lines_complete"])
                self.writer.line_values.append(f"{units} = units_of_day(lines) if {complete} else None")
            limit = self.conditions.operand(cap.at_most, place)
            passed.append(f"({' and '.join((f'{units} is not None', *limit.tests, f'{units} <= {limit.low}'))})")
        test = f"if not ({' or '.join(passed)}):" if passed else "if True:"
        self.rules += [f"    {test}", *self._asked(bound, place, "        ")]

    def _pass_matters(self, bound: BoundRule, index: int) -> bool:
        """Whether a pass can change the sum: it grants something, or nothing else may have been checked."""
        return self._template(bound, "pass").grants is not None or not self.checked[index]

    def _surely_checks(self, bound: BoundRule) -> bool:
        """Whether the rule checks something of every line it judges, however it ends."""
        if bound.when is not None or bound.branches or isinstance(bound.require, Cap):
            return False
        template = self._template(bound, "pass")
        return template.effect != "inform" and not template.weak_source

    def _against(self, bound: BoundRule, place: Place, when: Pair | None, require: Pair, indent: str) -> list[str]:
        """Failed, or open."""
        assert not isinstance(bound.require, Cap)
        deeper = indent + "    "
        texts = self.writer.expressions
        fails = texts.every([*((when.true,) if when else ()), require.false])
        used = self.conditions.used(bound.when, place, truth=True) if bound.when is not None else ()
        used = (*used, *self.conditions.used(bound.require, place, truth=False))
        missing = self.conditions.if_unknown(bound.when, place) if bound.when is not None else ()
        unknown = self.conditions.if_unknown if when else self._surely_unknown
        missing = (*missing, *unknown(bound.require, place))
        opened = self._told(bound, place, "open", missing, deeper)
        if fails is texts.never:
            return [line.removeprefix("    ") for line in opened]
        return [
            f"{indent}if {self._seen(fails)}:", *self._told(bound, place, "fail", used, deeper),
            f"{indent}else:", *opened,
        ]  # fmt: skip

    def _surely_unknown(self, node: Any, place: Place) -> tuple[Step, ...]:
        return self.conditions.missing(node, place)

    def _seen(self, expr: Expr) -> str:
        """The expression with the locals it has already; none is made for it."""
        if expr.name or not expr.parts:
            return expr.name or expr.text
        return f"({f' {expr.joint} '.join(self._seen(part) for part in expr.parts)})"

    def _traced(self, bound: BoundRule, place: Place) -> None:
        """The finding of a rule, whatever it is."""
        when, require = self._pairs(bound, place)
        assert require is not None
        assert not isinstance(bound.require, Cap)
        keyword = "if"
        if when is not None and bound.when is not None and when.false is not self.writer.expressions.never:
            steps = self.conditions.used(bound.when, place, truth=False)
            self.rules.append(f"    if {self._test(when.false)}:")
            self.rules += self._told(bound, place, "not_applicable", steps, "        ")
            keyword = "elif"
        steps = self.conditions.used(bound.require, place, truth=True)
        if when is not None and bound.when is not None:
            applies = self.conditions.used(bound.when, place, truth=True)
            steps = (*only(when.true.text, applies), *steps)
        passes = self._test_inside(require.true, keyword)
        self.rules.append(f"    {keyword} {passes}:")
        if when is not None and bound.rule.grants:
            self.rules.append(f"        if {self._seen(when.true)}:")
            self.rules += self._told(bound, place, "pass", steps, "            ")
            self.rules.append("        else:")
            self.rules += self._told(bound, place, "pass", steps, "            ", applies=False)
        else:
            self.rules += self._told(bound, place, "pass", steps, "        ")
        self.rules.append("    else:")
        self.rules += self._against(bound, place, when, require, "        ")

    def _test_inside(self, expr: Expr, keyword: str) -> str:
        """An `elif` leaves no room for a new local before it."""
        if keyword == "if":
            return self._test(expr)
        return self._seen(expr)

    def _template(self, bound: BoundRule, kind: Kind, *, applies: bool = True) -> Finding:
        return finding(bound, kind, None, Decided(None), applies=applies)

    def _bit(self, bound: BoundRule, index: int, kind: Kind) -> int:
        return self.totals[index].bit(self._template(bound, kind))

    def _told(
        self, bound: BoundRule, place: Place, kind: Kind, steps: Sequence[Step], indent: str, *, applies: bool = True
    ) -> list[str]:
        """Append the finding, with evidence in the shape its kind has."""
        template = self._template(bound, kind, applies=applies)
        index = place.seat.index
        make = self.writer.constant(maker(template), ("maker", id(bound), kind, applies))
        if kind in ("open", "deferred"):
            before, missing = paths_missing(steps, indent)
            evidence = f"{{}}, {missing}"
        else:
            before, used = facts_used(steps, indent)
            evidence = f"{used}, ()"
        append = f"{indent}f{index}.append({make}({evidence}))"
        return [*before, append if self.trace else f"{append}; k{index} |= {self.totals[index].bit(template)}"]

    def _asked(self, bound: BoundRule, place: Place, indent: str) -> list[str]:
        """Ask the interpreter for the finding: caps, and rules with branches."""
        seat = place.seat
        scope = self.writer.scope(Place(seat, by_day=False), now=True)
        total = self.writer.thing(self.totals[seat.index])
        call = f"judge({self.writer.thing(bound)}, {scope})"
        if self.trace:
            return [f"{indent}f{seat.index}.append({call})"]
        return [
            f"{indent}g = {call}; k{seat.index} |= {total}.bit(g)",
            f'{indent}if g.kind == "fail" or g.kind == "open": f{seat.index}.append(g)',
        ]
