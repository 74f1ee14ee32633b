"""What a planted defect is, and which rule of which plan must name it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from tests.defects.changes import Change, nothing
from tests.defects.lives import ALL_CODES, LIVES, Life

INITIAL = ("97760", "97761")


@dataclass(frozen=True)
class Known:
    """Plans that know a defect: exactly these rules fail on it, and the verdict is this.

    `plans` are patterns, `rules` full rule ids, each separated by blanks. `since` and `until` narrow the plan's days,
    `codes` and `disciplines` what is drawn; `arrange` sets what this plan needs beside the defect's own setting. Where
    `open` is given, the days are other ones than the plan's, on which these rules stay open.
    """

    plans: str
    rules: str
    verdict: str
    since: str = ""
    until: str = ""
    disciplines: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    arrange: Change = nothing
    open: tuple[str, ...] = ()


@dataclass(frozen=True)
class Defect:
    """One known defect: `arrange` makes a clean encounter in which it can occur, `plant` makes it occur.

    `codes` and `disciplines` say of which lines it can be; `assistant` whether an assistant must furnish the service
    (None: either), `alone` that no other line may stand beside the judged one before the defect is planted.
    """

    name: str
    meaning: str
    plant: Change
    known: tuple[Known, ...]
    arrange: Change = nothing
    codes: tuple[str, ...] = ALL_CODES
    disciplines: tuple[str, ...] = ("PT", "OT")
    assistant: bool | None = None
    alone: bool = False


@dataclass(frozen=True)
class Place:
    """One cell of the table of defects and plans."""

    defect: Defect
    known: Known
    plan: str

    @property
    def life(self) -> Life:
        """The days, codes and disciplines of encounters of the plan that can have the defect."""
        whole, known, defect = LIVES[self.plan], self.known, self.defect
        return replace(
            whole,
            since=known.since if known.open else max(whole.since, known.since),
            until=known.until if known.open else min(whole.until, known.until or whole.until),
            open=known.open or whole.open,
            codes=tuple(c for c in whole.codes if c in (known.codes or defect.codes)),
            disciplines=tuple(d for d in whole.disciplines if d in (known.disciplines or defect.disciplines)),
        )

    @property
    def label(self) -> str:
        return f"{self.defect.name} at {self.plan}, {self.life.since} to {self.life.until}"


def places(defects: tuple[Defect, ...]) -> list[Place]:
    """Every plan at which each defect is known."""
    return [
        Place(defect, known, plan)
        for defect in defects
        for known in defect.known
        for plan in LIVES
        if any(fnmatchcase(plan, pattern) for pattern in known.plans.split())
    ]
