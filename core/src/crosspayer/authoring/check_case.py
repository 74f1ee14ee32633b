"""Checking a case without running it: whether its plan is there and its encounter can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crosspayer.authoring.facts_of import steps_of
from crosspayer.encounter.read import Encounter
from crosspayer.errors import InputError
from crosspayer.language.names import Path, suggestion
from crosspayer.plugins.assemble import Library
from crosspayer.policy.documents import Problems

if TYPE_CHECKING:
    from crosspayer.authoring.cases import Case


def check_case(case: Case, library: Library, problems: Problems) -> None:
    """Check a case of a plugin; faults go to `problems`, at the place where they are written."""
    document, place = case.document, ("cases", case.index)
    raw = document.data["cases"][case.index]
    spoilt = library.space.spoilt
    plans = [plan["id"] for plan in library.plugin.manifest.data.get("plans", [])]
    if "plan" in raw and case.plan is not None and case.plan not in plans and not spoilt.holds("plan", case.plan):
        what = f"the manifest knows no plan {case.plan}"
        problems.add(document, (*place, "plan"), what, suggestion(case.plan, tuple(plans)))
    try:
        Encounter.from_mapping({"id": case.id, **case.encounter})
    except InputError as error:
        for problem in error.problems:
            problems.add(document, _stated(problem.path, case), problem.what, problem.remedy)


def _stated(fact: str, case: Case) -> Path:
    """Where a fact of a case's encounter is stated: as a change, its own or an earlier case's, or at the base."""
    cases = case.document.data["cases"]
    by_id = {raw["id"]: index for index, raw in enumerate(cases)}
    index = case.index
    while True:
        raw = cases[index]
        for changed in raw.get("change", {}):
            if fact.startswith(changed):
                return ("cases", index, "change", changed)
        if "from" not in raw:
            named = raw["encounter"]
            home = ("cases", index, "encounter") if isinstance(named, dict) else ("encounters", named)
            return (*home, *steps_of(fact))
        index = by_id[raw["from"]]
