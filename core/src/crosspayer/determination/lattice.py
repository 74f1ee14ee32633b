"""How findings add up. The lattice is fixed; the order of findings never matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from crosspayer.determination.model import Covered, Finding, PriorAuth, Silence, TopicState, Verdict
from crosspayer.policy.model import TOPICS
from crosspayer.policy.vocabulary import Grants

VERDICTS: tuple[Verdict, ...] = (
    "not_covered", "reduced", "auth_needed", "documentation_needed", "conditional", "clear", "covered",
)  # fmt: skip
"""Worst first."""


class Sum(NamedTuple):
    """What findings add up to, and why the verdict is conditional where it is."""

    verdict: Verdict
    covered: Covered
    prior_auth: PriorAuth
    payable: int | None
    reasons: tuple[str, ...]


def _one(finding: Finding) -> tuple[Verdict, str] | None:
    """The worst a finding alone allows, with the reason if that is conditional; None if it stands against nothing."""
    if finding.kind not in ("fail", "open"):
        return None
    failed = finding.kind == "fail"
    # Open with every fact known: the source itself does not settle it, so a person must.
    waits = "facts_missing" if finding.missing else "review"
    match finding.effect:
        case "not_covered":
            return ("not_covered", "") if failed else ("conditional", waits)
        case "reduce_units":
            if not failed:
                return "conditional", waits
            return ("not_covered" if finding.payable == 0 else "reduced"), ""
        case "auth_needed":
            return ("auth_needed", "") if failed else ("conditional", waits)
        case "documentation_needed":
            return ("documentation_needed", "") if failed else None
        case "review":
            return "conditional", "review"
        case _:
            return ("conditional", "weak_source") if finding.weak_source else None


def obstacle(finding: Finding) -> Verdict | None:
    """The worst verdict a finding alone allows; None if it stands against nothing."""
    one = _one(finding)
    return one[0] if one is not None else None


def add_up(findings: Sequence[Finding], billed: int | None, at_best_conditional: Iterable[str] = ()) -> Sum:
    """The verdict over all findings. `at_best_conditional` are reasons of the plan, such as `plan_not_given`."""
    found = [one for finding in findings if (one := _one(finding)) is not None]
    found += [("conditional", reason) for reason in at_best_conditional]
    granted = {f.grants for f in findings if f.kind == "pass" and f.grants is not None}
    best: Verdict = "covered" if "coverage" in granted else "clear"
    verdict = min([*(verdict for verdict, _ in found), best], key=VERDICTS.index)
    reasons = tuple(sorted({reason for _, reason in found if reason}))
    payable = billed
    caps = [f.payable for f in findings if f.kind == "fail" and f.effect == "reduce_units" and f.payable is not None]
    if billed is not None:
        payable = 0 if verdict == "not_covered" else min([billed, *caps])
    return Sum(verdict, _covered(verdict, reasons, granted), _prior_auth(findings, granted), payable, reasons)


def _covered(verdict: Verdict, reasons: tuple[str, ...], granted: set[Grants]) -> Covered:
    if verdict == "not_covered":
        return "not_covered"
    if reasons:
        return "conditional"
    return "covered" if "coverage" in granted else "indeterminate"


def _prior_auth(findings: Sequence[Finding], granted: set[Grants]) -> PriorAuth:
    states = {f.kind for f in findings if f.effect == "auth_needed"}
    if "fail" in states:
        return "auth_needed"
    if "open" in states:
        return "conditional"
    if "satisfied" in granted:
        return "satisfied"
    return "no_auth" if "no_auth" in granted else "indeterminate"


def told(findings: Sequence[Finding], in_policy: bool) -> bool:
    """Whether the payer says something of a line.

    Of a line outside its policies' codes it does so only where a pair, a cap or a rule that names the code fails on it,
    or cannot be decided: such a line passing is no answer about the line itself.
    """
    return in_policy or any(f.kind in ("fail", "open") and f.effect != "inform" for f in findings)


def reservations(silence: Silence | None, lapsed: bool, topics: Mapping[str, TopicState]) -> tuple[str, ...]:
    """Why an answer is conditional at best, whatever its findings: the plan, the date, or nothing checked at all."""
    found: list[str] = [silence] if silence in ("plan_not_given", "plan_not_known") else []
    if lapsed:
        found.append("policy_not_in_force")
    if all(state == "no_rule" for state in topics.values()):
        found.append("nothing_checked")
    return tuple(found)


def topic_states(findings: Sequence[Finding], deferred: Sequence[Finding]) -> dict[str, TopicState]:
    """For every topic whether something was checked, is open, or no rule speaks of the line.

    Only a rule that passed or failed checked something: one that does not apply said nothing of this line. Messages and
    passes that rest on weak sources check nothing either. A rule whose stage has not come leaves its topic open only
    where no other rule checked it.
    """
    states: dict[str, TopicState] = dict.fromkeys(TOPICS, "no_rule")
    for finding in findings:
        if finding.effect == "inform":
            continue
        if finding.kind == "open":
            states[finding.topic] = "open"
        elif states[finding.topic] == "no_rule" and finding.kind in ("pass", "fail") and not finding.weak_source:
            states[finding.topic] = "checked"
    for finding in deferred:
        if finding.effect != "inform" and states[finding.topic] == "no_rule":
            states[finding.topic] = "open"
    return states
