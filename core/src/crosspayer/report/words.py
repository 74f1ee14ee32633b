"""Plain words for what an answer says: what to do next, what to ask, and of whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from crosspayer.determination.lattice import VERDICTS
from crosspayer.determination.model import Determination, Finding
from crosspayer.determination.needs import catalogue_path
from crosspayer.determination.unknowns import unknowns
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Fact, Type
from crosspayer.language.sentences import meaning
from crosspayer.policy.model import EFFECTS, TOPICS

MAX_QUESTIONS = 3
WHO = {
    "clinician": "clinician",
    "biller": "biller",
    "front_desk": "front desk",
    "payer": "payer",
    "policy_team": "policy team",
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
    "payer_not_known": "payer not known",
    "plugin_unavailable": "no answer: plugin unavailable",
}


CONDITIONAL_WORDS = {
    "facts_missing": "depends on open facts",
    "review": "for a person to judge",
    "weak_source": "a weak source casts doubt",
    "policy_not_in_force": "the payer's own rules are not in force on this date",
    "nothing_checked": "nothing checked",
}
SHORT = {
    "depends on open facts": "open",
    "a weak source casts doubt": "in doubt by a weak source",
    "clear: nothing found against it": "clear",
    "depends on the plan": "with nothing against it",
}
"""Verdicts as they stand behind a number of plans."""
PayerFacts = Mapping[str, Fact]
"""The facts that payers declare, by path."""
NO_FACTS: PayerFacts = {}
UNCHECKED = {"nothing_checked", "policy_not_in_force"}
"""Reasons of an answer that only the payer can mend."""
NAME_THE_PLAN = "Name the plan (--plan {payer}/PLAN)."


class Question(NamedTuple):
    """A fact to supply: its path, who can supply it, how many determinations wait for it."""

    path: str
    who: str
    answers: int


def verdict_words(d: Determination) -> str:
    """The verdict as a person reads it; a silence says which one it is."""
    words = outcome_words(d)
    if d.verdict is not None and d.silence in ("plan_not_given", "plan_not_known"):
        words += f" ({SILENCE_WORDS[d.silence]})"
    return words


def outcome_words(d: Determination) -> str:
    """The verdict alone, without what is said of the plan."""
    if d.verdict is None:
        return SILENCE_WORDS[d.silence or "no_policy_for_code"]
    if d.verdict == "reduced" and d.units.payable is not None:
        return f"units reduced to {d.units.payable} of {d.units.billed}"
    if d.verdict == "conditional":
        return next(
            (words for reason, words in CONDITIONAL_WORDS.items() if reason in d.reasons), "depends on the plan"
        )
    return VERDICT_WORDS[d.verdict]


def shared_verdict(found: Sequence[Determination]) -> str:
    """What a payer's plans say of one line: in full where all say the same, else how many plans say what."""
    counts: Counter[str] = Counter()
    for d in sorted(found, key=lambda d: VERDICTS.index(d.verdict) if d.verdict is not None else len(VERDICTS)):
        counts[outcome_words(d)] += max(1, len(d.plans))
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{counted(n, 'plan')} {SHORT.get(words, words)}" for words, n in counts.items())


def counted(number: int, noun: str) -> str:
    """`1 plan`, `2 plans`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def plan_words(d: Determination) -> str:
    """The plan, or how many answered alike."""
    if d.plan is not None:
        return d.plan
    if not d.plans:
        return "–"
    return d.plans[0] if len(d.plans) == 1 else f"{len(d.plans)} plans alike"


def topics_checked(found: Sequence[Determination]) -> str:
    """`7/12`: topics in which a rule was decided, of all topics; `2–4/12` where the plans differ."""
    counts = sorted({sum(state == "checked" for state in d.topics.values()) for d in found})
    low, high = counts[0], counts[-1]
    return f"{low}/{len(TOPICS)}" if low == high else f"{low}–{high}/{len(TOPICS)}"


def against(d: Determination) -> list[Finding]:
    """Failed findings that change the verdict, worst first."""
    failed = [f for f in d.findings if f.kind == "fail" and f.effect in EFFECTS[:5]]
    return sorted(failed, key=lambda f: (EFFECTS.index(f.effect), f.rule))


def unsettled(d: Determination) -> list[Finding]:
    """Open findings that wait for no fact: the source leaves it to a person."""
    return [f for f in d.findings if f.kind == "open" and f.effect in EFFECTS[:5] and not f.missing]


def advice(found: Sequence[Determination], payer_facts: PayerFacts = NO_FACTS) -> list[str]:
    """What to do about a line, most pressing first: remedies of what failed, warnings, then the most useful fact.

    Where the plans of a payer say different things, the plan is asked for and nothing else: the rest hangs on it.
    """
    plan = "coverage.plan" in {path for d in found for need in d.info_needed for path in need.paths}
    if plan and len({(d.line, outcome_words(d)) for d in found}) > len({d.line for d in found}):
        return [NAME_THE_PLAN.format(payer=found[0].payer)]
    failed = [finding for d in found for finding in (*against(d), *unsettled(d))]
    failed += [f for d in found for f in d.findings if f.kind == "fail" and f.effect == "warn"]
    steps = [f.remedy or f.title or f.rule for f in failed]
    said = [d.detail for d in found if d.detail and d.silence in ("plugin_unavailable", "plan_not_known")]
    steps += [f"{detail[0].upper()}{detail[1:]}{'' if detail.endswith('?') else '.'}" for detail in said]
    facts = [question for question in questions(found) if question.path != "coverage.plan"]
    if facts:
        steps.append(_request(facts[0], payer_facts))
    elif plan:
        steps.append(NAME_THE_PLAN.format(payer=found[0].payer))
    elif unchecked := [d for d in found if not UNCHECKED.isdisjoint(d.reasons)]:
        steps.append(f"Ask the payer: {_why_unchecked(unchecked)}.")
    return list(dict.fromkeys(steps))


def _why_unchecked(found: Sequence[Determination]) -> str:
    """Why the payer's rules settle nothing of a line: none speaks of it, or those that do are weak or only notes."""
    spoken = [f for d in found for f in d.findings if f.kind in ("pass", "fail")]
    if not spoken:
        return "none of its rules could be held against this line"
    if any("policy_not_in_force" in d.reasons for d in found):
        return "its own rules are not in force on this date"
    only = ["only inform"] if any(not f.weak_source for f in spoken) else []
    weak = ["rest on sources too weak to count"] if any(f.weak_source for f in spoken) else []
    return f"its rules speak of this line, but {', or '.join([*only, *weak])}"


def _request(question: Question, payer_facts: PayerFacts) -> str:
    fact = CATALOGUE.get(catalogue_path(question.path)) or payer_facts.get(question.path)
    verb = "Say yes or no" if fact is not None and fact.type is Type.BOOLEAN else "Supply"
    return f"{verb}: {fact_words(question.path, payer_facts)} ({WHO[question.who]})."


def questions(found: Sequence[Determination]) -> list[Question]:
    """The facts that verdicts wait for, in the order of `unknowns`; one fact of several payers' coverages together."""
    asked: dict[tuple[str, str], int] = {}
    for unknown in unknowns(found):
        if unknown.verdict:
            key = unknown.path, unknown.who
            asked[key] = asked.get(key, 0) + len(unknown.waiting)
    return [Question(path, who, answers) for (path, who), answers in asked.items()]


def fact_words(path: str, payer_facts: PayerFacts = NO_FACTS) -> str:
    """What a path means, in the catalogue's words or the payer's; the path itself where neither knows it."""
    if path.startswith("table:"):
        return f"a current version of the table {path.removeprefix('table:')}"
    if path.startswith("parameter:"):
        return f"the value of {path.removeprefix('parameter:')} for the day of service"
    fact = CATALOGUE.get(catalogue_path(path)) or payer_facts.get(path)
    return meaning(fact) if fact is not None else path


def worst(determinations: Sequence[Determination]) -> str | None:
    """The worst verdict, or None where there is none."""
    found = [d.verdict for d in determinations if d.verdict is not None]
    return min(found, key=VERDICTS.index, default=None)
