"""Plans that answer alike are one answer."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from crosspayer.determination.lattice import add_up, reservations
from crosspayer.determination.model import Basis, Determination
from crosspayer.encounter.merge import ProfileNote


def collapsed(determinations: Sequence[Determination]) -> list[Determination]:
    """One determination for all plans where they are unanimous; else one for each group of plans that agree.

    Unanimous means that findings and verdict are the same: then the plan does not matter and is not asked for.
    """
    groups: dict[bytes, list[Determination]] = {}
    for determination in determinations:
        groups.setdefault(_said(determination), []).append(determination)
    if len(groups) == 1 and determinations[0].silence == "plan_not_given":
        (group,) = groups.values()
        return [_unanimous(group)]
    return [_as_one(group) for group in groups.values()]


def _said(determination: Determination) -> bytes:
    """What a determination says, the plan and the policies behind it left out."""
    d = determination
    return msgspec.json.encode((d.verdict, d.silence, d.detail, d.topics, d.units, d.findings, d.deferred))


def _as_one(group: list[Determination]) -> Determination:
    first = group[0]
    if len(group) == 1:
        return first
    return msgspec.structs.replace(
        first, plan=None, plans=_plans(group), basis=_basis(group), profile_notes=_profile_notes(group)
    )


def _unanimous(group: list[Determination]) -> Determination:
    """The plan does not matter: the answer without the doubt about it."""
    first = group[0]
    reasons = reservations(None, "policy_not_in_force" in first.reasons, first.topics)
    total = add_up(first.findings, first.units.billed, reasons)
    needed = tuple(
        msgspec.structs.replace(need, paths=tuple(path for path in need.paths if path != "coverage.plan"))
        for need in first.info_needed
    )
    return msgspec.structs.replace(
        first,
        plan=None,
        plans=_plans(group),
        silence=None,
        detail=None,
        verdict=total.verdict,
        covered=total.covered,
        prior_auth=total.prior_auth,
        reasons=total.reasons,
        info_needed=tuple(need for need in needed if need.paths),
        basis=_basis(group),
        profile_notes=_profile_notes(group),
    )


def _plans(group: list[Determination]) -> tuple[str, ...]:
    return tuple(sorted(d.plan for d in group if d.plan is not None))


def _profile_notes(group: list[Determination]) -> tuple[ProfileNote, ...]:
    """What a profile says of one of the plans need not be said of another."""
    return tuple(sorted({note for d in group for note in d.profile_notes}))


def _basis(group: list[Determination]) -> Basis:
    """The policies and tables of all plans, current as far as the least current."""
    policies = {name: digest for d in group for name, digest in d.basis.policies.items()}
    tables = {name: digest for d in group for name, digest in d.basis.tables.items()}
    ends = [d.basis.current_through for d in group if d.basis.current_through is not None]
    return msgspec.structs.replace(
        group[0].basis,
        policies=dict(sorted(policies.items())),
        tables=dict(sorted(tables.items())),
        current_through=min(ends, default=None),
    )
