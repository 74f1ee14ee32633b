"""Checking a plugin's cases without running them: whether what they name is there and their encounters can be read."""

from __future__ import annotations

from collections.abc import Iterable

from crosspayer.authoring.cases import Case, cases_of, rule_ids
from crosspayer.authoring.facts_of import steps_of
from crosspayer.encounter.read import Encounter
from crosspayer.errors import InputError, nearest
from crosspayer.language.names import Path, suggestion
from crosspayer.plugins.assemble import Library
from crosspayer.policy.documents import Problems, ValidatedDigests
from crosspayer.policy.parts import read_parts


def check_cases(library: Library, packs: Iterable[Library], validated: ValidatedDigests, problems: Problems) -> int:
    """Check every case of a plugin that uses these packs; faults go to `problems`. How many cases there are."""
    known = rule_ids(library).union(*map(rule_ids, packs))
    count = 0
    for given in library.plugin.cases():
        document = read_parts(given, "case", library.plugin.id, validated, problems, library.space.spoilt)
        if document is not None:
            for case in cases_of(document, library, problems):
                count += 1
                _check(case, library, known, problems)
    return count


def _check(case: Case, library: Library, known: set[str], problems: Problems) -> None:
    document, place = case.document, ("cases", case.index)
    raw = document.data["cases"][case.index]
    spoilt = library.space.spoilt
    if "rule" in raw and case.rule not in known and not spoilt.holds("rule", case.rule):
        near = nearest(case.rule, known)
        remedy = f"did you mean {near}?" if near else "correct its name, or use the rule in the manifest"
        problems.add(document, (*place, "rule"), f"no rule is named {case.rule}", remedy)
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
