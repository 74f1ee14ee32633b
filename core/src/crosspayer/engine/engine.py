"""The engine: built once from loaded payers, immutable afterwards, asked with one encounter at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import msgspec

from crosspayer.determination.lattice import topic_states
from crosspayer.determination.model import Answer, Basis, Determination, Finding, InfoNeeded, Silence, Units
from crosspayer.encounter.profile import Profile
from crosspayer.encounter.read import Encounter
from crosspayer.engine.below import Below
from crosspayer.engine.collapse import collapsed
from crosspayer.engine.compile.shape import Seated
from crosspayer.engine.consistency import check, check_profile, plan_of_another
from crosspayer.engine.decision import Decision
from crosspayer.engine.determine import ENGINE_VERSION, Seat, determine
from crosspayer.engine.forms import Forms, traced
from crosspayer.engine.panel import panel
from crosspayer.engine.program import Program, Timeline
from crosspayer.engine.routes import Route, Routes, Step
from crosspayer.engine.scope import Item, Shared
from crosspayer.engine.seating import seating
from crosspayer.errors import nearest
from crosspayer.plugins.report import PluginReport
from crosspayer.policy.model import Payer

Execution = Literal["auto", "interpreted", "compiled"]
MOST_STEPS = 2048
"""Codes a route keeps at once, so that hostile input cannot fill the memory."""
ENOUGH = 8
"""Encounters after which `auto` compiles: a form costs as much as interpreting a few."""


class Engine:
    """Holds encounters against the policies of every loaded payer.

    Safe to share between threads; its answers never depend on what it was asked before. It keeps no encounter, only
    what combinations of yes or no, words and codes come to, and never more of them than a fixed number. Both executions
    give the same answer: `interpreted` costs nothing to begin with, `compiled` is far faster from the second encounter
    of a kind on, and `auto` compiles once it has answered a few.
    """

    def __init__(
        self,
        payers: Iterable[Payer],
        plugins: Iterable[PluginReport] = (),
        payer_asserts: Collection[str] = (),
        execution: Execution = "auto",
    ) -> None:
        self._payers = {payer.id: payer for payer in sorted(payers, key=lambda payer: payer.id)}
        self._timelines = {name: Timeline(payer) for name, payer in self._payers.items()}
        self._plugins = tuple(plugins)
        self._payer_asserts = frozenset(payer_asserts)
        self._execution = execution
        self._answered = 0
        self._forms = Forms()
        self._routes = Routes(self._timelines.values())
        self._checked_profiles: set[str] = set()

    @property
    def payers(self) -> Mapping[str, Payer]:
        """The loaded payers by id, in order of their ids."""
        return dict(self._payers)

    @property
    def plugins(self) -> tuple[PluginReport, ...]:
        """Every plugin that was found: loaded, or quarantined with stage and reason."""
        return self._plugins

    def check_profile(self, profile: Profile) -> None:
        """Raise `InputError` for payer facts of a profile that the loaded plugins do not know as given.

        `evaluate` does so too, once for each profile; at start-up it is better done outright.
        """
        if profile.digest not in self._checked_profiles:
            check_profile(profile, self._payers)
            self._checked_profiles.add(profile.digest)

    def evaluate(
        self,
        encounter: Encounter,
        *,
        payers: Collection[str] = (),
        plans: Collection[str] = (),
        all_payers: bool = False,
        profile: Profile | None = None,
    ) -> Answer:
        """What the payers say of every line.

        By default the payers of the encounter's coverages answer, or all loaded payers if it holds none. A coverage
        without a payer is held too, and nobody answers for it: the silence is `payer_not_known`. `payers` adds named
        ones, `plans` (`payer/plan`) plans of theirs, `all_payers` every loaded one; those without a coverage answer
        hypothetically. `profile` speaks where the encounter is silent, and what it said is marked. Raises
        `InputError` for facts that contradict each other or the loaded plugins, and for payers and plans that are asked
        and not known.
        """
        facts = encounter.facts
        asked = seating(facts, self._payers, self._payer_asserts, payers, plans, all_payers=all_payers)
        check(encounter, self._payers)
        digest = f"sha256:{hashlib.sha256(encounter.raw).hexdigest()}"
        below = None
        if profile is not None:
            self.check_profile(profile)
            below = Below(facts, profile)
        found: list[Determination] = []
        shared: Shared = {}
        for index, line in enumerate(facts.lines or []):
            item = Item(line, f"lines[{index}]", index)
            found += [self._unanswered(facts, digest, item, coverage) for coverage in asked.unanswered]
            seats = asked.seats
            programs = [self._timelines[seat.payer.id].on(line.service_date, facts.received_date) for seat in seats]
            if below is None:
                findings = self._compiled_findings(facts, item, seats, programs, shared)
                determined = [
                    determine(facts, digest, item, *given, shared)
                    for given in zip(seats, programs, findings, strict=True)
                ]
            else:
                determined = [self._below(below, digest, item, *given) for given in zip(seats, programs, strict=True)]
            answers = map(self._own_plan, determined)
            for group in asked.groups:
                of_group = [next(answers) for _ in group]
                found += collapsed(of_group) if group[0].silence == "plan_not_given" else of_group
        self._answered += 1
        return Answer(tuple(sorted(found, key=_order)))

    def decide(
        self,
        encounter: Encounter,
        *,
        payers: Collection[str] = (),
        plans: Collection[str] = (),
        all_payers: bool = False,
        profile: Profile | None = None,
        trace: bool = False,
    ) -> tuple[Decision, ...]:
        """The short form of `evaluate`, for streams: verdicts, payable units, and the findings that stand against
        payment or are open, with their evidence; `trace` gives the findings of all rules.

        It asks the same payers and raises the same errors; each decision says what the determination would say.
        """
        if profile is None:
            found = self._decided(encounter, payers, plans, all_payers, trace)
            if found is not None:
                return found
        answer = self.evaluate(encounter, payers=payers, plans=plans, all_payers=all_payers, profile=profile)
        return tuple(Decision.of(determination, trace=trace) for determination in answer.determinations)

    def _decided(
        self, encounter: Encounter, payers: Collection[str], plans: Collection[str], all_payers: bool, trace: bool
    ) -> tuple[Decision, ...] | None:
        """By the compiled form; None where `evaluate` must be asked."""
        facts = encounter.facts
        lines: list[Any] = facts.lines or []
        if lines[0].service_date is None:
            return None
        key = self._routes.key(facts, lines[0].service_date, payers, plans, all_payers, trace)
        route = self._routes.known.get(key, ...)
        if route is ... or facts.payer_facts is not None:
            check(encounter, self._payers)  # contradictions of coverages are the same for the same key
        if route is ...:
            route = self._routes.keep(key, self._route(facts, payers, plans, all_payers=all_payers))
        if route is None:
            return None
        held = facts.coverages
        if not route.in_order:
            held = [None if position is None else held[position] for position in route.coverages]
        steps = route.steps
        shared: Shared = {}
        found: list[Decision] = []
        last, sort = 0, False
        for index, line in enumerate(lines):
            if line.code is None or line.service_date is None:
                return None
            number = line.number if line.number is not None else index + 1
            sort = sort or number <= last
            last = number
            step = steps.get(line.code)
            if step is None:
                if len(steps) >= MOST_STEPS:
                    steps.clear()
                step = steps[line.code] = self._step(facts, line, route.seats, trace=trace)
            if step.silent:
                of_line = step.said.get(number)
                if of_line is None:
                    if len(step.said) >= MOST_STEPS:
                        step.said.clear()
                    of_line = step.said[number] = step.run(facts, held, route.coverages, line, index, shared)
                found += of_line
            else:
                found += step.run(facts, held, route.coverages, line, index, shared)
        return tuple(sorted(found, key=_order_of_decision)) if sort else tuple(found)

    def _route(self, facts: Any, payers: Collection[str], plans: Collection[str], *, all_payers: bool) -> Route | None:
        asked = seating(facts, self._payers, self._payer_asserts, payers, plans, all_payers=all_payers)
        seats = tuple(sorted(asked.seats, key=_order_of_seat))
        if asked.unanswered or any(seat.silence == "plan_not_given" for seat in seats):
            return None
        positions = tuple(None if seat.coverage is None else seat.coverage.position for seat in seats)
        in_order = positions == tuple(range(len(facts.coverages or ())))
        seats = tuple(replace(seat, coverage=_HELD if seat.coverage else None) for seat in seats)
        return Route(seats, positions, in_order, {})

    def _step(self, facts: Any, line: Any, seats: Sequence[Seat], *, trace: bool) -> Step:
        programs = [self._timelines[seat.payer.id].on(line.service_date, facts.received_date) for seat in seats]
        form = self._forms.form(_seated(Item(line, "", 0), seats, programs), facts.stage, trace=trace)
        return Step(form.run, form.silent, {})

    def sources(self, encounter: Encounter, *, payers: Collection[str] = (), plans: Collection[str] = ()) -> list[str]:
        """The code generated for the encounter's lines, each text once: names of facts and bound constants only.

        Lines without a code or a day of service have none: the interpreter answers for them.
        """
        facts = encounter.facts
        seats = seating(facts, self._payers, self._payer_asserts, payers, plans, all_payers=False).seats
        found = []
        for index, line in enumerate(facts.lines or []):
            if line.code is not None and line.service_date is not None:
                item = Item(line, f"lines[{index}]", index)
                chosen = [seat for seat in seats if not payers or seat.payer.id in payers]
                programs = [self._timelines[s.payer.id].on(line.service_date, facts.received_date) for s in chosen]
                found.append(self._forms.form(_seated(item, chosen, programs), facts.stage, trace=False).source)
        return list(dict.fromkeys(found))

    def _below(self, below: Below, digest: str, line: Item, seat: Seat, program: Program) -> Determination:
        """With a profile every seat has facts of its own, so each is asked alone; compiled only with a coverage."""

        def decide(facts: Any, merged: Seat) -> Determination:
            held = seat.coverage is not None
            (findings,) = self._compiled_findings(facts, line, [merged], [program], {}) if held else (None,)
            return determine(facts, digest, line, merged, program, findings)

        return below.determine(seat, decide)

    def _compiled_findings(
        self, facts: Any, line: Item, seats: Sequence[Seat], programs: Sequence[Program], shared: Shared
    ) -> Sequence[Sequence[Finding] | None]:
        """What the compiled form finds, seat by seat; None where the interpreter is to answer."""
        compiled = self._execution == "compiled" or (self._execution == "auto" and self._answered >= ENOUGH)
        if not compiled or line.thing.code is None or line.thing.service_date is None:
            return [None] * len(seats)
        form = self._forms.form(_seated(line, seats, programs), facts.stage, trace=True)
        return traced(form, facts, seats, line, shared)

    def _own_plan(self, found: Determination) -> Determination:
        """The determination; where its plan is another payer's, or misspelt, it says so."""
        if found.silence != "plan_not_known" or found.plan is None:
            return found
        other = plan_of_another(found.plan, self._payers)
        near = nearest(found.plan, (plan.id for plan in self._payers[found.payer].plans))
        if other is not None:
            detail = f"the plan is one of {other}, not of {found.payer}; correct the payer or the plan"
        elif near is not None:
            detail = f"{found.detail}; did you mean {near}?"
        else:
            return found
        return msgspec.structs.replace(found, detail=detail)

    def _unanswered(self, facts: Any, digest: str, line: Item, coverage: Item) -> Determination:
        """Of a coverage whose payer cannot answer, or is not named."""
        name = coverage.thing.payer or ""
        silence: Silence = "plugin_unavailable" if name else "payer_not_known"
        asked = () if name else (InfoNeeded("other", "front_desk", (f"{coverage.prefix}.payer",), ()),)
        broken = next((p for p in self._plugins if p.id == name and p.state == "quarantined"), None)
        if not name:
            detail = "the coverage does not say whose it is, so no payer is asked"
        elif broken is not None:
            detail = f"the plugin {broken.distribution} is quarantined at stage {broken.stage}: {broken.reason}"
        else:
            near = nearest(name, self._payers)
            detail = "no installed plugin answers for this payer" + (f"; did you mean {near}?" if near else "")
        day = line.thing.service_date
        return Determination(
            encounter=facts.id, line=line.thing.number if line.thing.number is not None else line.position + 1,
            code=line.thing.code, service_date=day.isoformat() if day else None, payer=name, plan=coverage.thing.plan,
            plans=(), order=coverage.thing.order, hypothetical=False, asserter="advisory", verdict=None,
            covered="indeterminate", prior_auth="indeterminate", silence=silence, detail=detail,
            reasons=(), topics=topic_states((), ()), units=Units(line.thing.units, None, None, ()), documentation=(),
            info_needed=asked, findings=(), deferred=(),
            basis=Basis(ENGINE_VERSION, "", {}, {}, {}, None, digest, None),
        )  # fmt: skip


def _seated(line: Item, seats: Sequence[Seat], programs: Sequence[Program]) -> tuple[Seated, ...]:
    return tuple(
        Seated(
            seat.payer.id, seat.plan, seat.coverage is not None, seat.silence,
            panel(seat.payer, program, seat.plan, line.thing.code),
        )
        for seat, program in zip(seats, programs, strict=True)
    )  # fmt: skip


_HELD = Item(None, "", 0)
"""Stands in a route for a coverage that is held: routes keep nothing of an encounter."""


def _order_of_seat(seat: Seat) -> tuple[str, str, str]:
    order = seat.coverage.thing.order if seat.coverage is not None else None
    return seat.payer.id, seat.plan or "", order or ""


def _order_of_decision(decision: Decision) -> tuple[int, str, str, str]:
    d = decision
    return d.line, d.payer, d.plan or "", d.order or ""


def _order(determination: Determination) -> tuple[str, int, str, str, tuple[str, ...], str]:
    d = determination
    return d.encounter, d.line, d.payer, d.plan or "", d.plans, d.order or ""
