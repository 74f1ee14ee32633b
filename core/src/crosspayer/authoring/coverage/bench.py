"""A plugin's cases on the bench: each is answered once and what every rule said is recorded; then rules are swapped.

The record says of each case which conditions of the rule it tests were true, false or unknown. Coverage is read off it,
and a changed rule is only tried on the cases that reach the changed condition, one rule on one line, by the
interpreter. Only where the finding comes out otherwise is the determination added up again and held against the case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from crosspayer.authoring.cases import Case, compare, judged_line
from crosspayer.authoring.coverage.spots import Place, Written, conditions, own_rules
from crosspayer.authoring.target import Target
from crosspayer.determination.model import Determination, Finding
from crosspayer.encounter.read import Encounter
from crosspayer.engine.bind import Binder, BoundRule
from crosspayer.engine.collapse import collapsed
from crosspayer.engine.determine import Seat, determine, interpreted
from crosspayer.engine.judge import judge
from crosspayer.engine.panel import panel
from crosspayer.engine.program import Program, Timeline
from crosspayer.engine.scope import Item, Scope
from crosspayer.engine.seating import seating
from crosspayer.engine.truth import Decided, Truth
from crosspayer.errors import InputError, Problem
from crosspayer.language.tree import Condition
from crosspayer.policy.model import Payer, Rule
from crosspayer.schemas.positions import KeyPath, place_of

Swap = Mapping[Rule, Rule]
"""Changed rules by the rules they take the place of."""


@dataclass(slots=True, eq=False)
class Trial:
    """One case, answered: `findings` seat by seat, and of the tested rule what each of its conditions came to."""

    case: Case
    encounter: Encounter
    line: Item
    groups: list[list[Seat]]
    program: Program
    findings: list[list[Finding]] = field(default_factory=list)
    rule: Rule | None = None  # the version of the tested rule that was in force
    truths: dict[int, set[Truth]] = field(default_factory=dict)  # by the number of the condition
    judged: set[Rule] = field(default_factory=set)  # every rule that spoke of the line

    @property
    def seats(self) -> list[Seat]:
        """All seats, group by group."""
        return [seat for group in self.groups for seat in group]

    @property
    def service(self) -> date | None:
        """The day of service."""
        day: date | None = self.line.thing.service_date
        return day

    def day_of(self, rule: Rule) -> date | None:
        """The day that dates the rule."""
        received: date | None = self.encounter.facts.received_date
        return self.service if rule.dated_by == "service_date" else received


class Bench:
    """The trials of one plugin. Raises `InputError` for cases that cannot be read, or that do not hold as it is."""

    def __init__(self, target: Target) -> None:
        self.library = target.library
        engine = target.engine()
        self.payer: Payer = engine.payers[target.id]
        self.rules: list[Written] = own_rules(self.library, self.payer)
        self._timeline = Timeline(self.payer)
        self._binders: dict[date, Binder] = {}
        self._bound: dict[tuple[Rule, date], BoundRule] = {}
        self._positions: dict[str, Mapping[KeyPath, tuple[int, int]]] = {}
        self.trials: list[Trial] = []
        self.by_rule: dict[Rule, list[Trial]] = defaultdict(list)
        self.by_id: dict[str, list[Trial]] = defaultdict(list)
        faults = []
        for case in target.cases():
            try:
                trial = self.trial(case)
            except InputError as error:
                faults.append(_does_not_hold(case, str(error)))
                continue
            said = self.differences(trial, {})
            if said:
                faults.append(_does_not_hold(case, said[0]))
                continue
            self.trials.append(trial)
            self.by_id[case.rule].append(trial)
            if trial.rule is not None:
                self.by_rule[trial.rule].append(trial)
        if faults:
            raise InputError(faults)

    # --- one case, as the rules are

    def trial(self, case: Case) -> Trial:
        """The case answered. Raises `InputError` for an encounter that cannot be used."""
        encounter = Encounter.from_mapping({"id": case.id, **case.encounter}, f"{case.origin}: {case.id}")
        facts = encounter.facts
        plans = (f"{case.payer}/{case.plan}",) if case.plan else ()
        groups = seating(facts, {self.payer.id: self.payer}, (), (case.payer,), plans, all_payers=False).groups
        lines = facts.lines or []
        numbers = [line.number if line.number is not None else index + 1 for index, line in enumerate(lines)]
        wanted = judged_line(case, numbers)
        if wanted not in numbers:
            raise InputError([Problem(case.origin, None, None, case.id, "the encounter has no such line", "add it")])
        index = numbers.index(wanted)
        line = Item(lines[index], f"lines[{index}]", index)
        program = self._timeline.on(line.thing.service_date, facts.received_date)
        trial = Trial(case, encounter, line, groups, program)
        seen: dict[int, set[Truth]] = defaultdict(set)

        def record(node: Condition, decided: Decided) -> None:
            seen[id(node)].add(decided.truth)

        for seat in trial.seats:
            scope = self._scope(trial, seat)
            scope.seen = record
            seated = panel(self.payer, program, seat.plan, line.thing.code)
            found = interpreted(seated, scope, line)
            trial.findings.append(found)
            for bound, finding in zip((*seated.rules, *seated.late), found, strict=True):
                trial.judged.add(bound.rule)
                if finding.rule != case.rule:
                    continue
                trial.rule = bound.rule
                for number, node in enumerate(conditions(bound)):
                    trial.truths.setdefault(number, set()).update(seen.get(id(node), ()))
        return trial

    def _scope(self, trial: Trial, seat: Seat) -> Scope:
        return Scope(trial.encounter.facts, self.payer.id, seat.plan, trial.service, trial.line, seat.coverage)

    # --- with rules swapped

    def kills(self, trial: Trial, swap: Swap) -> bool:
        """Whether the case tells the changed rules from the ones that are there."""
        return bool(self.differences(trial, swap, only_if_changed=True))

    def differences(self, trial: Trial, swap: Swap, *, only_if_changed: bool = False) -> tuple[str, ...]:
        """How the answer differs from what the case expects, with the rules swapped."""
        answered = zip(trial.seats, trial.findings, strict=True)
        findings = [self._swapped(trial, seat, found, swap) for seat, found in answered]
        if only_if_changed and findings == trial.findings:
            return ()
        determined = [
            determine(trial.encounter.facts, "", trial.line, seat, trial.program, found)
            for seat, found in zip(trial.seats, findings, strict=True)
        ]
        answers = iter(determined)
        said: list[Determination] = []
        for group in trial.groups:
            of_group = [next(answers) for _ in group]
            said += collapsed(of_group) if group[0].silence == "plan_not_given" else of_group
        said.sort(key=lambda d: (d.line, d.payer, d.plan or "", d.plans, d.order or ""))
        return compare(trial.case, said).differences

    def _swapped(self, trial: Trial, seat: Seat, found: Sequence[Finding], swap: Swap) -> list[Finding]:
        seated = panel(self.payer, trial.program, seat.plan, trial.line.thing.code)
        there = {bound.rule: finding for bound, finding in zip(seated.rules, found, strict=False)}
        new = list(found)
        for old, changed in swap.items():
            now = self._judged(trial, seat, changed)
            before = there.get(old)
            if before is not None:
                index = next(i for i, finding in enumerate(new) if finding is before)
                new[index : index + 1] = [] if now is None else [now]
            elif now is not None:
                new.append(now)
        return new

    def _judged(self, trial: Trial, seat: Seat, rule: Rule) -> Finding | None:
        """What a rule says of the case's line; None where it does not speak of it."""
        day = trial.day_of(rule)
        if day is None or day not in rule.span or not (rule.plans is None or seat.plan in rule.plans):
            return None
        bound = self.bound(rule, day)
        code = trial.line.thing.code
        if code is not None and code not in bound.judges:
            return None
        return judge(bound, self._scope(trial, seat))

    def bound(self, rule: Rule, day: date) -> BoundRule:
        """The rule on a day; kept until `forget`."""
        found = self._bound.get((rule, day))
        if found is None:
            binder = self._binders.get(day)
            if binder is None:
                binder = self._binders[day] = Binder(day)
            found = self._bound[rule, day] = binder.rule(rule)
        return found

    def forget(self) -> None:
        """Let go of the changed rules that were bound."""
        self._bound.clear()

    def where(self, place: Place) -> str:
        """`file:line` of a place in the plugin's policies."""
        return f"{place.origin}:{self.line(place)}"

    def line(self, place: Place) -> int:
        """The line of a place in its file, from 1."""
        from crosspayer.schemas.toml_positions import key_positions

        origin, path = place
        document = next(policy for policy in self.library.policies if policy.origin == origin)
        if origin not in self._positions:
            self._positions[origin] = key_positions(document.text)
        line, _ = place_of(self._positions[origin], document.written(path)) or (1, 1)
        return line

    def told(self, rules: Collection[Rule]) -> Iterable[Trial]:
        """The cases whose expectation can depend on these rules: those that test them first, then those that say what
        they find besides, or expect a verdict and have one of them among what was judged."""
        ids = {rule.id for rule in rules}
        first = [trial for name in sorted(ids) for trial in self.by_id.get(name, ())]
        yield from first
        for trial in self.trials:
            case = trial.case
            if case.rule in ids:
                continue
            if not ids.isdisjoint(case.findings) or (case.verdict is not None and not trial.judged.isdisjoint(rules)):
                yield trial


def _does_not_hold(case: Case, why: str) -> Problem:
    what = f"the case does not hold: {why}"
    return Problem(case.origin, *case.place(), case.id, what, "mend the case or the rule first")
