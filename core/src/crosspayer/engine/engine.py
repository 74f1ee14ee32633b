"""The engine: built once from loaded payers, immutable afterwards, asked with one encounter at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal

import msgspec

from crosspayer.determination.lattice import topic_states
from crosspayer.determination.model import Answer, Basis, Determination, Silence, Units
from crosspayer.encounter.read import Encounter
from crosspayer.engine.collapse import collapsed
from crosspayer.engine.consistency import check, plan_of_another
from crosspayer.engine.determine import ENGINE_VERSION, Seat, determine
from crosspayer.engine.program import Timeline
from crosspayer.engine.scope import Item
from crosspayer.errors import nearest
from crosspayer.plugins.report import PluginReport
from crosspayer.policy.model import Payer


class Engine:
    """Holds encounters against the policies of every loaded payer.

    Immutable and safe to share between threads; `evaluate` keeps nothing of an encounter.
    """

    def __init__(
        self, payers: Iterable[Payer], plugins: Iterable[PluginReport] = (), payer_asserts: Collection[str] = ()
    ) -> None:
        self._payers = {payer.id: payer for payer in sorted(payers, key=lambda payer: payer.id)}
        self._timelines = {name: Timeline(payer) for name, payer in self._payers.items()}
        self._plugins = tuple(plugins)
        self._payer_asserts = frozenset(payer_asserts)

    @property
    def payers(self) -> Mapping[str, Payer]:
        """The loaded payers by id, in order of their ids."""
        return dict(self._payers)

    @property
    def plugins(self) -> tuple[PluginReport, ...]:
        """Every plugin that was found: loaded, or quarantined with stage and reason."""
        return self._plugins

    def evaluate(
        self,
        encounter: Encounter,
        *,
        payers: Collection[str] = (),
        plans: Collection[str] = (),
        all_payers: bool = False,
    ) -> Answer:
        """What the payers say of every line.

        By default the payers of the encounter's coverages answer, or all loaded payers if it holds none. `payers` adds
        named ones, `plans` (`payer/plan`) plans of theirs, `all_payers` every loaded one; those without a coverage
        answer hypothetically. Raises `InputError` for facts that contradict each other or the loaded plugins, and
        `KeyError` for a payer that is not loaded.
        """
        facts = encounter.facts
        chosen = [plan.partition("/")[::2] for plan in sorted(set(plans))]
        for name in (*payers, *(payer for payer, _ in chosen)):
            if name not in self._payers:
                raise KeyError(name)
        check(encounter, self._payers)
        digest = f"sha256:{hashlib.sha256(encounter.raw).hexdigest()}"
        held = [Item(c, f"coverages[{i}]", i) for i, c in enumerate(facts.coverages or [])]
        named = [item for item in held if item.thing.payer is not None]
        wanted = set(payers) if payers or chosen or named else set(self._payers)
        if all_payers:
            wanted |= set(self._payers)
        found: list[Determination] = []
        for index, line in enumerate(facts.lines or []):
            item = Item(line, f"lines[{index}]", index)
            for coverage in named:
                found += self._covered_by(facts, digest, item, coverage, dict(chosen))
            held_plans = {(c.thing.payer, c.thing.plan or dict(chosen).get(c.thing.payer)) for c in named}
            for name, plan in chosen:
                if (name, plan) not in held_plans:
                    found += self._by(facts, digest, item, self._payers[name], plan, None)
            answered = {coverage.thing.payer for coverage in named} | {name for name, _ in chosen}
            for name in sorted(wanted - answered):
                found += self._by(facts, digest, item, self._payers[name], None, None)
        return Answer(tuple(sorted(found, key=_order)))

    def _covered_by(
        self, facts: Any, digest: str, line: Item, coverage: Item, chosen: Mapping[str, str]
    ) -> list[Determination]:
        payer = self._payers.get(coverage.thing.payer)
        if payer is None:
            return [self._unavailable(facts, digest, line, coverage)]
        return self._by(facts, digest, line, payer, coverage.thing.plan or chosen.get(payer.id), coverage)

    def _by(
        self, facts: Any, digest: str, line: Item, payer: Payer, plan: str | None, coverage: Item | None
    ) -> list[Determination]:
        program = self._timelines[payer.id].on(line.thing.service_date, facts.received_date)
        asserter: Literal["advisory", "payer"] = "payer" if payer.id in self._payer_asserts else "advisory"
        known = [p.id for p in payer.plans]

        def at(plan: str | None, silence: Silence | None) -> Determination:
            return determine(facts, digest, line, Seat(payer, plan, coverage, silence, asserter), program)

        if plan is not None and plan not in known:
            found = at(plan, "plan_not_known")
            other = plan_of_another(plan, self._payers)
            if other is not None and found.silence == "plan_not_known":
                detail = f"the plan is one of {other}, not of {payer.id}; correct the payer or the plan"
                found = msgspec.structs.replace(found, detail=detail)
            return [found]
        if plan is not None:
            return [at(plan, None)]
        if not known:
            return [at(None, None)]
        return collapsed([at(name, "plan_not_given") for name in known])

    def _unavailable(self, facts: Any, digest: str, line: Item, coverage: Item) -> Determination:
        name = coverage.thing.payer
        broken = next((p for p in self._plugins if p.id == name and p.state == "quarantined"), None)
        if broken is not None:
            detail = f"the plugin {broken.distribution} is quarantined at stage {broken.stage}: {broken.reason}"
        else:
            near = nearest(name, self._payers)
            detail = "no installed plugin answers for this payer" + (f"; did you mean {near}?" if near else "")
        day = line.thing.service_date
        return Determination(
            encounter=facts.id, line=line.thing.number if line.thing.number is not None else line.position + 1,
            code=line.thing.code, service_date=day.isoformat() if day else None, payer=name, plan=coverage.thing.plan,
            plans=(), order=coverage.thing.order, hypothetical=False, asserter="advisory", verdict=None,
            covered="indeterminate", prior_auth="indeterminate", silence="plugin_unavailable", detail=detail,
            reasons=(), topics=topic_states((), ()), units=Units(line.thing.units, None, None, ()), documentation=(),
            info_needed=(), findings=(), deferred=(), basis=Basis(ENGINE_VERSION, "", {}, {}, {}, None, digest, None),
        )  # fmt: skip


def _order(determination: Determination) -> tuple[str, int, str, str, str]:
    d = determination
    return d.encounter, d.line, d.payer, d.plan or "", d.order or ""
