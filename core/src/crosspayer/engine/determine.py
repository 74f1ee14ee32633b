"""From the rules of one plan to its determination of one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from crosspayer.determination.lattice import add_up, reservations, told, topic_states
from crosspayer.determination.model import Basis, Determination, Finding, Silence, UnitLimit, Units
from crosspayer.determination.needs import documentation, info_needed
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.engine import derived
from crosspayer.engine.compile import timed
from crosspayer.engine.judge import judge, undated
from crosspayer.engine.panel import Panel, panel
from crosspayer.engine.program import Program
from crosspayer.engine.scope import Item, Scope, Shared
from crosspayer.language.tree import FactRef
from crosspayer.policy.model import Payer
from crosspayer.policy.tables import TableView

ENGINE_VERSION = "0.1.0"


@dataclass(frozen=True, slots=True)
class Seat:
    """From where a payer answers: a coverage of the patient's or none, a plan or none, and the silence of that."""

    payer: Payer
    plan: str | None
    coverage: Item | None
    silence: Silence | None
    asserter: Literal["advisory", "payer"]


def determine(
    facts: Any,
    input_digest: str,
    line: Item,
    seat: Seat,
    program: Program,
    findings: Sequence[Finding] | None = None,
    shared: Shared | None = None,
) -> Determination:
    """The determination of one line by one plan of one payer.

    `findings` are those of the compiled form, where it was asked, and `shared` is where it kept derived facts.
    """
    payer = seat.payer
    code, day = line.thing.code, line.thing.service_date
    compiled = findings is not None
    scope = Scope(facts, payer.id, seat.plan, day, line, seat.coverage, shared=shared if compiled else None)
    seated = panel(payer, program, seat.plan, code)
    if findings is None:
        findings = interpreted(seated, scope, line)
    silent = not told(findings, seated.in_policy)
    silence = seated.silent(seat.silence) if silent else seat.silence
    billed = line.thing.units
    held_back = tuple(sorted((f for f in findings if f.kind == "deferred"), key=lambda f: f.rule))
    spoken = tuple(sorted((f for f in findings if f.kind != "deferred"), key=lambda f: f.rule))
    topics = topic_states(spoken, held_back)
    reasons = reservations(silence, seated.lapsed, topics)
    total = _NOTHING if silent else add_up(spoken, billed, reasons)
    return Determination(
        encounter=facts.id,
        line=line.thing.number if line.thing.number is not None else line.position + 1,
        code=code,
        service_date=day.isoformat() if day is not None else None,
        payer=payer.id,
        plan=seat.plan,
        plans=(),
        order=seat.coverage.thing.order if seat.coverage is not None else None,
        hypothetical=seat.coverage is None,
        asserter=seat.asserter,
        verdict=None if silent else total.verdict,
        covered="indeterminate" if silent else total.covered,
        prior_auth="indeterminate" if silent else total.prior_auth,
        silence=silence,
        detail=(_SILENT if silent else _SAYS).get(silence or ""),
        reasons=() if silent else total.reasons,
        topics=topics,
        units=Units(
            billed, _supported(scope, seated, plain=compiled), total.payable if not silent else None, _limits(spoken)
        ),
        documentation=() if silent else documentation(spoken, payer.facts),
        info_needed=() if silent else info_needed(spoken, payer.facts, silence == "plan_not_given"),
        findings=spoken,
        deferred=held_back,
        basis=Basis(
            engine=ENGINE_VERSION,
            plugin=f"{payer.distribution} {payer.version}",
            policies=seated.policies,
            tables=seated.tables,
            packs=dict(sorted(payer.packs.items())),
            profile=None,
            input=input_digest,
            current_through=seated.current_through if day is not None else None,
        ),
    )


_NOTHING = add_up((), None)
"""What is left unsaid of a line that no rule speaks of."""


def interpreted(seated: Panel, scope: Scope, line: Item) -> list[Finding]:
    """What the interpreter finds."""
    paths = {"service_date": f"{line.prefix}.service_date", "received_date": "received_date"}
    late = [undated(bound, paths[bound.rule.dated_by], scope.facts.stage) for bound in seated.late]
    return [*(judge(bound, scope) for bound in seated.rules), *late]


_SILENT = {
    "policy_not_in_force": "the payer's policies for the code are not in force on the day of service",
    "no_policy_for_code": "no policy of the payer speaks of the code",
    "plan_not_known": "the plan is not one the plugin knows, and no rule for all plans speaks of the code",
}
_SAYS = {
    "plan_not_given": "the plan is not given and the payer's plans answer differently",
    "plan_not_known": "the plan is not one the plugin knows; only rules for all plans were checked",
}


def _supported(scope: Scope, seated: Panel, *, plain: bool) -> tuple[int, int | None] | None:
    """Fewest and most units a correct allocation supports, if the plan counts minutes; `plain`: the short way first."""
    settings = seated.timed
    if settings is None or scope.line is None or scope.line.thing.code is None:
        return None
    found = timed.supported(scope, settings) if plain else None
    if found is not None:
        return found
    if isinstance(settings.codes, TableView) and (scope.line.thing.code,) not in settings.codes.rows:
        return None
    ends = [
        derived.compute(FactRef("line", CATALOGUE[f"line.{name}"], settings), scope)
        for name in ("units_least", "units_supported")
    ]
    least, most = ends
    if not most.exact and most.high is None and least.low == 0:
        return None
    return least.low, most.high


def _limits(findings: tuple[Finding, ...]) -> tuple[UnitLimit, ...]:
    return tuple(UnitLimit(f.rule, f.payable) for f in findings if f.kind == "fail" and f.payable is not None)
