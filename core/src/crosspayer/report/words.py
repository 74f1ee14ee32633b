"""Plain words for what an answer says: what to do next, what to ask, and of whom."""

from __future__ import annotations

from collections.abc import Sequence

from crosspayer.determination.lattice import VERDICTS
from crosspayer.determination.model import Determination, Finding
from crosspayer.determination.needs import catalogue_path
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.policy.model import EFFECTS, TOPICS

MAX_QUESTIONS = 3
WHO = {
    "clinician": "clinician",
    "biller": "biller",
    "front_desk": "front desk",
    "payer": "payer",
    "policy_team": "rules",
}
VERDICT_WORDS = {
    "not_covered": "not covered",
    "reduced": "units reduced",
    "auth_needed": "authorization needed",
    "documentation_needed": "documentation needed",
    "conditional": "depends on open facts",
    "clear": "clear: nothing found against it",
    "covered": "covered",
}
SILENCE_WORDS = {
    "no_policy_for_code": "no policy for this code",
    "policy_not_in_force": "no policy in force on this date",
    "plan_not_given": "plan not given",
    "plan_not_known": "plan not known",
    "plugin_unavailable": "no answer: plugin unavailable",
}


def verdict_words(d: Determination) -> str:
    """The verdict as a person reads it; a silence says which one it is."""
    if d.verdict is None:
        return SILENCE_WORDS[d.silence or "no_policy_for_code"]
    words = VERDICT_WORDS[d.verdict]
    if d.verdict == "reduced" and d.units.payable is not None:
        words = f"units reduced to {d.units.payable} of {d.units.billed}"
    if d.verdict == "conditional":
        words = _conditional(d)
    if d.silence in ("plan_not_given", "plan_not_known"):
        words += f" ({SILENCE_WORDS[d.silence]})"
    return words


def _conditional(d: Determination) -> str:
    if "facts_missing" in d.reasons:
        return "depends on open facts"
    if "review" in d.reasons:
        return "for a person to judge"
    if "weak_source" in d.reasons:
        return "a weak source speaks against it"
    return "nothing checked" if "nothing_checked" in d.reasons else "depends on the plan"


def plan_words(d: Determination) -> str:
    """The plan, or how many answered alike."""
    if d.plan is not None:
        return d.plan
    if not d.plans:
        return "–"
    return d.plans[0] if len(d.plans) == 1 else f"{len(d.plans)} plans alike"


def topics_checked(d: Determination) -> str:
    """`7/12`: topics in which a rule was decided, of all topics."""
    return f"{sum(state == 'checked' for state in d.topics.values())}/{len(TOPICS)}"


def against(d: Determination) -> list[Finding]:
    """Failed findings that change the verdict, worst first."""
    failed = [f for f in d.findings if f.kind == "fail" and f.effect in EFFECTS[:5]]
    return sorted(failed, key=lambda f: (EFFECTS.index(f.effect), f.rule))


def advice(d: Determination) -> list[str]:
    """What to do, most pressing first: remedies of what failed, warnings, then what to supply."""
    steps = [f.remedy or f.title or f.rule for f in against(d)]
    steps += [f.remedy or f.title or f.rule for f in d.findings if f.kind == "fail" and f.effect == "warn"]
    if d.detail and d.verdict is None:
        steps.append(d.detail[0].upper() + d.detail[1:] + ".")
    return list(dict.fromkeys(steps))


def questions(determinations: Sequence[Determination]) -> list[tuple[str, str, int]]:
    """The facts asked for, most asked first: path, who can supply it, how many determinations wait for it."""
    waiting: dict[tuple[str, str], int] = {}
    for d in determinations:
        for need in d.info_needed:
            for path in need.paths:
                waiting[path, need.ask] = waiting.get((path, need.ask), 0) + 1
    ranked = sorted(waiting.items(), key=lambda entry: (-entry[1], entry[0]))
    return [(path, who, count) for (path, who), count in ranked]


def fact_words(path: str) -> str:
    """What a path means, in the catalogue's words."""
    if path.startswith("table:"):
        return f"a current version of the table {path.removeprefix('table:')}"
    if path.startswith("parameter:"):
        return f"the value of {path.removeprefix('parameter:')} for the day of service"
    fact = CATALOGUE.get(catalogue_path(path))
    return fact.meaning if fact is not None else path


def worst(determinations: Sequence[Determination]) -> str | None:
    """The worst verdict, or None where there is none."""
    found = [d.verdict for d in determinations if d.verdict is not None]
    return min(found, key=VERDICTS.index, default=None)
