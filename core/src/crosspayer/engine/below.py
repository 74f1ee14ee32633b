"""A profile below the encounter that is evaluated: what each seat sees, and the mark on what came from the profile.

The mark is put on a determination after it was decided, from the paths in its findings. So no execution of the rules
knows of profiles, the evidence of a fact looks the same wherever it came from, and every route marks alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from crosspayer.determination.model import Determination
from crosspayer.encounter.merge import Merged, merge
from crosspayer.encounter.profile import Profile
from crosspayer.engine.determine import Seat
from crosspayer.engine.scope import Item


class Below:
    """One profile below one encounter; each seat is merged once."""

    def __init__(self, facts: Any, profile: Profile) -> None:
        self._facts, self._profile = facts, profile
        self._merged: dict[tuple[str, str | None, int | None], Merged] = {}

    def determine(self, seat: Seat, decide: Callable[[Any, Seat], Determination]) -> Determination:
        """The determination of a seat, decided over the merged facts.

        A payer without a coverage sees the profile's facts of its contracts, and stays hypothetical.
        """
        position = seat.coverage.position if seat.coverage is not None else None
        key = (seat.payer.id, seat.plan, position)
        merged = self._merged.get(key)
        if merged is None:
            merged = self._merged[key] = merge(self._facts, self._profile, *key)
        answering = seat.coverage or Item(None, "coverage", -1)
        found = decide(merged.facts, replace(seat, coverage=answering._replace(thing=merged.coverage)))
        return self._marked(found, merged, hypothetical=seat.coverage is None)

    def _marked(self, found: Determination, merged: Merged, *, hypothetical: bool) -> Determination:
        findings = (*found.findings, *found.deferred)
        used = {path for finding in findings for path in finding.facts}
        missing = {path for finding in findings for path in finding.missing}
        return msgspec.structs.replace(
            found,
            hypothetical=hypothetical,
            basis=msgspec.structs.replace(found.basis, profile=self._profile.digest),
            from_profile=tuple(sorted(merged.supplied & used)),
            profile_notes=tuple(n for n in merged.notes if n.kind == "overruled" or n.path in missing),
        )
