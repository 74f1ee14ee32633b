"""What cases exercise and which wrong rules they catch: text for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from crosspayer.authoring.coverage.account import KINDS, Goal
from crosspayer.authoring.coverage.mutants import Mutant
from crosspayer.authoring.coverage.score import Score
from crosspayer.authoring.coverage.spots import Place

FORMAT = "crosspayer/coverage/1"
Where = Callable[[Place], str]
"""`file:line` of a place."""
NAMES = {"finding": "findings", "branch": "branches", "day": "boundary days"}


@dataclass(frozen=True, slots=True)
class Survivor:
    """A wrong rule that no case catches; `reached` says whether a case gets as far as what was changed."""

    mutant: Mutant
    reached: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was found out about one plugin; no score where mutants were not asked for."""

    plugin: str
    cases: int
    goals: Sequence[Goal]
    where: Where
    score: Score | None = None
    survivors: Sequence[Survivor] = ()

    @property
    def missing(self) -> list[Goal]:
        """Goals no case exercises."""
        return [goal for goal in self.goals if not goal.exercised]

    @property
    def rules(self) -> tuple[int, int]:
        """Rules whose three findings are exercised, and all."""
        places = {goal.place for goal in self.goals if goal.kind == "finding"}
        return len(places - {goal.place for goal in self.missing if goal.kind == "finding"}), len(places)

    def counts(self, kind: str | None = None) -> tuple[int, int]:
        """Goals exercised and all, of one kind or of every kind."""
        chosen = [goal for goal in self.goals if kind in (None, goal.kind)]
        return sum(goal.exercised for goal in chosen), len(chosen)

    def mutant_counts(self) -> tuple[int, int]:
        """Mutants killed and all that count."""
        return (len(self.score.killed), self.score.total) if self.score is not None else (0, 0)


def reaches(counts: tuple[int, int], percent: float) -> bool:
    """Whether so many of so many are at least the percentage; nothing of nothing is."""
    done, total = counts
    return done * 100 >= percent * total


def percentage(counts: tuple[int, int]) -> float:
    """To one decimal, rounded down, so that 100.0 means all of them."""
    done, total = counts
    return done * 1000 // total / 10 if total else 100.0


def _of(counts: tuple[int, int]) -> str:
    return f"{counts[0]} of {counts[1]}"


def write_text(found: Coverage, file: TextIO) -> None:
    """The figures in one line, then what is missing, then the mutants that survived."""
    parts = [f"{NAMES[kind]} {_of(found.counts(kind))}" for kind in KINDS]
    figures = ", ".join([f"rules {_of(found.rules)}", *parts])
    file.write(f"{found.plugin}: {found.cases} cases exercise {percentage(found.counts())} %: {figures}.\n")
    for goal in found.missing:
        file.write(f"  {found.where(goal.place)} {goal.whose}: {goal.what} is not exercised\n    {goal.case}\n")
    if found.score is None:
        return
    counts = found.mutant_counts()
    same = len(found.score.equivalent)
    file.write(f"{found.plugin}: {_of(counts)} mutants killed, {percentage(counts)} %")
    file.write(f"; {same} more would change nothing.\n" if same else ".\n")
    for survivor in found.survivors:
        mutant = survivor.mutant
        file.write(f"  {found.where(mutant.place)} {_whose(mutant)}: {mutant.what} survives{_unreached(survivor)}\n")
        file.write(f"    {remedy(mutant)}\n")


def _whose(mutant: Mutant) -> str:
    first, *others = mutant.rules
    return first + (f" and {len(others)} more" if others else "")


def _unreached(survivor: Survivor) -> str:
    return "" if survivor.reached else "; no case gets there"


def remedy(mutant: Mutant) -> str:
    """The case that would kill the mutant, in words."""
    return f"add a case of {mutant.rules[0]} {mutant.case}"


def as_data(found: Coverage) -> dict[str, Any]:
    """The coverage of one plugin as a document."""
    data: dict[str, Any] = {
        "plugin": found.plugin,
        "cases": found.cases,
        "coverage": _figures(found.counts(), "exercised"),
        "rules": _figures(found.rules, "exercised"),
        "findings": _figures(found.counts("finding"), "exercised"),
        "branches": _figures(found.counts("branch"), "exercised"),
        "days": _figures(found.counts("day"), "exercised"),
        "missing": [
            {"whose": g.whose, "kind": g.kind, "what": g.what, "where": found.where(g.place), "case": g.case}
            for g in found.missing
        ],
    }
    if found.score is not None:
        data["mutants"] = {
            **_figures(found.mutant_counts(), "killed"),
            "equivalent": [_mutant(found, m) | {"why": m.same} for m in found.score.equivalent],
            "survivors": [
                _mutant(found, s.mutant) | {"reached": s.reached, "case": remedy(s.mutant)} for s in found.survivors
            ],
        }
    return data


def _figures(counts: tuple[int, int], name: str) -> Mapping[str, float]:
    return {name: counts[0], "all": counts[1], "percent": percentage(counts)}


def _mutant(found: Coverage, mutant: Mutant) -> dict[str, Any]:
    return {"rules": list(mutant.rules), "where": found.where(mutant.place), "what": mutant.what}


def as_json(found: Iterable[Coverage]) -> str:
    """The coverage of several plugins."""
    import json

    return json.dumps({"format": FORMAT, "plugins": [as_data(one) for one in found]}, indent=2, ensure_ascii=False)
