"""How much a source can carry: grades, confidence, and the effects they allow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, get_args

from crosspayer.policy.vocabulary import Confidence, Effect, Grade

GRADES: tuple[Grade, ...] = get_args(Grade)
"""Strongest first."""
CONFIDENCE: tuple[Confidence, ...] = get_args(Confidence)
"""Surest first."""


class Standing(NamedTuple):
    """Grade and confidence of one fact, on one day. `stale`: from a table past the last day it covers."""

    grade: Grade
    confidence: Confidence
    stale: bool = False

    @property
    def firm(self) -> bool:
        """Whether it may deny or demand."""
        if self.stale or self.confidence == "low":
            return False
        return self.grade in ("primary", "quoted") or (self.grade == "association" and self.confidence == "high")

    def effect(self, wanted: Effect) -> Effect:
        """The effect it can carry: the wanted one, or `warn`, or `inform` where nothing was verified."""
        if self.firm or wanted == "inform":
            return wanted
        return "inform" if self.grade == "unverified" else "warn"


def weakest(standings: Iterable[Standing]) -> Standing:
    """The weakest grade, the lowest confidence and staleness among facts that are all indispensable."""
    found = list(standings)
    firm = [standing for standing in found if not standing.firm] or found
    worst = max(firm, key=lambda s: (GRADES.index(s.grade), CONFIDENCE.index(s.confidence)))
    grade = max((s.grade for s in found), key=GRADES.index)
    return Standing(grade, worst.confidence, any(s.stale for s in found))
