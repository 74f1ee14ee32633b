"""The facts that open findings wait for, ranked by how many determinations each settles.

A determination is open while one of its findings is: the findings that hold its verdict back (see `info_needed`), and
those that wait for a point of the record. A fact *settles* a determination if everything open in it waits for this fact
and nothing else, so that no other fact is asked for whatever its value is. It *decides* a finding that waits for it
alone, and *helps* one that waits for others too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from crosspayer.determination.model import Determination

COVERAGE_PLAN = "coverage.plan"


class Waiting(NamedTuple):
    """One determination that waits for a fact: of which line, by which payer, and for which plan or plans, if any."""

    encounter: str
    line: int
    payer: str
    plan: str | None
    plans: tuple[str, ...]


class Unknown(NamedTuple):
    """A fact to supply.

    `path` is its full path. `payer` is set where the fact is one of a coverage that the encounter does not hold, which
    is another fact for every payer. `who` can supply it. `settles`, `decides` and `helps` are counts of determinations
    and of findings. `verdict` says whether a verdict waits for it, not only a point of the record.
    """

    path: str
    payer: str | None
    who: str
    settles: int
    decides: int
    helps: int
    verdict: bool
    waiting: tuple[Waiting, ...]
    rules: tuple[str, ...]


class _Counts:
    """What is gathered of one fact."""

    def __init__(self, who: str) -> None:
        self.who = who
        self.settles = self.decides = self.helps = 0
        self.verdict = False
        self.waiting: list[Waiting] = []
        self.rules: set[str] = set()


def unknowns(found: Iterable[Determination]) -> list[Unknown]:
    """Every fact that the determinations ask for, the most useful first.

    Facts that a verdict waits for come before points of the record; then those that settle most determinations, those
    most determinations wait for, the plan, those that decide most findings, those that help most, and last the path.
    """
    gathered: dict[tuple[str, str | None], _Counts] = {}
    for d in found:
        opened = _opened(d)
        asked = {path for _, missing in opened for path in missing}
        verdict = {path for need in d.info_needed for path in need.paths}
        who = {need.path: need.ask for need in d.documentation}
        who |= {path: need.ask for need in d.info_needed for path in need.paths}
        where = Waiting(d.encounter, d.line, d.payer, d.plan, d.plans)
        for path in asked:
            key = path, d.payer if path.startswith("coverage.") else None
            counts = gathered.setdefault(key, _Counts(who[path]))
            counts.settles += len(asked) == 1
            counts.verdict = counts.verdict or path in verdict
            counts.waiting.append(where)
            for rule, missing in opened:
                if path in missing:
                    counts.rules |= {rule} if rule else set()
                    counts.decides += len(missing) == 1
                    counts.helps += len(missing) > 1
    ranked = [
        Unknown(
            path, payer, c.who, c.settles, c.decides, c.helps, c.verdict,
            tuple(sorted(c.waiting, key=_order)), tuple(sorted(c.rules)),
        )
        for (path, payer), c in gathered.items()
    ]  # fmt: skip
    return sorted(ranked, key=_rank)


def _opened(d: Determination) -> Sequence[tuple[str, tuple[str, ...]]]:
    """The open findings that matter, as rule and missing facts; the plan, where it is asked for, has no rule."""
    asked = {path for need in d.info_needed for path in need.paths}
    asked |= {need.path for need in d.documentation if need.state == "unknown"}
    told = {rule for need in d.info_needed for rule in need.rules}
    told |= {rule for need in d.documentation for rule in need.rules}
    opened = [
        (f.rule, missing)
        for f in d.findings
        if f.kind == "open" and f.rule in told and (missing := tuple(path for path in f.missing if path in asked))
    ]
    return [*opened, ("", (COVERAGE_PLAN,))] if COVERAGE_PLAN in asked else opened


def _rank(fact: Unknown) -> tuple[bool, int, int, bool, int, int, str, str]:
    return (
        not fact.verdict, -fact.settles, -len(fact.waiting), fact.path != COVERAGE_PLAN, -fact.decides, -fact.helps,
        fact.path, fact.payer or "",
    )  # fmt: skip


def _order(waiting: Waiting) -> tuple[str, int, str, str, tuple[str, ...]]:
    return waiting.encounter, waiting.line, waiting.payer, waiting.plan or "", waiting.plans
