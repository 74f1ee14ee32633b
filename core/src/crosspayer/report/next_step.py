"""What to do about a denial that a rule may explain: correct the claim, appeal, supply facts, or write off.

The step follows from the rule and its finding alone, by the table of docs/denials.md. None of them asks for a change
of what happened: a claim is corrected to what the record says, never the record to the claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from crosspayer.determination.model import Finding
from crosspayer.determination.needs import ask_for, catalogue_path
from crosspayer.encounter.fact import Ask
from crosspayer.language.tree import FactRef, walk
from crosspayer.policy.model import Cap, Rule
from crosspayer.report.explanation import weakness
from crosspayer.report.words import PayerFacts, fact_words

State = Literal["failed", "open", "passed", "not_in_force", "not_applicable", "deferred"]
StepKind = Literal["corrected_claim", "appeal", "supply_facts", "write_off", "name_the_stage"]
STATES: Mapping[str, State] = {
    "fail": "failed", "open": "open", "pass": "passed", "not_applicable": "not_applicable", "deferred": "deferred",
}  # fmt: skip
STATE_ORDER: tuple[State, ...] = ("failed", "open", "passed", "not_in_force", "not_applicable", "deferred")
"""The state that says most about a denial first."""
STEP_WORDS: Mapping[StepKind, str] = {
    "corrected_claim": "corrected claim",
    "appeal": "appeal",
    "supply_facts": "find out what is open",
    "write_off": "write off, or check the contract",
    "name_the_stage": "say that the claim was sent",
}
ON_THE_CLAIM = frozenset(
    {
        "line.code", "line.modifiers", "line.units", "line.revenue_code", "bill_type", "frequency",
        "rendering.npi", "line.rendering.npi", "billing.npi", "referring.npi", "certifying.npi_on_claim",
    }
)  # fmt: skip
"""Facts that are what the biller wrote on the claim, and nothing else. Where the patient was, and why, is not."""
CODING = ("codes", "modifiers", "pairs")
"""Topics whose rules are about the code or the modifier itself."""
DOUBT = "Find the payer's own current text before you rely on it: {weakness}."


class NextStep(msgspec.Struct, frozen=True):
    """What to do, in one word and in a sentence, and what to send along (facts in words)."""

    kind: StepKind
    text: str
    attach: tuple[str, ...] = ()


def next_step(rule: Rule, finding: Finding | None, payer_facts: PayerFacts) -> NextStep:
    """The step for a rule that carries the denial's code; `finding` is None where it was not in force."""
    if finding is None:
        return NextStep("appeal", "The rule was not in force on the day of service: appeal with its dates.")
    step = _STEPS[STATES[finding.kind]](rule, finding, payer_facts)
    if finding.weak_source and finding.kind in ("fail", "open"):
        return msgspec.structs.replace(step, text=f"{step.text} {DOUBT.format(weakness=weakness(finding))}")
    return step


def _deferred(rule: Rule, finding: Finding, payer_facts: PayerFacts) -> NextStep:
    del finding, payer_facts
    return NextStep(
        "name_the_stage",
        f"The rule is checked from the stage {rule.stage} on: give the encounter the stage claim and ask again.",
    )


def _not_applicable(rule: Rule, finding: Finding, payer_facts: PayerFacts) -> NextStep:
    del rule
    return NextStep(
        "appeal",
        "The published rule does not apply to this line: if it is the payer's reason, appeal with the facts above.",
        _record(finding.facts, payer_facts),
    )


def _passed(rule: Rule, finding: Finding, payer_facts: PayerFacts) -> NextStep:
    del rule
    return NextStep(
        "appeal",
        "The published rule is met: if it is the payer's reason, the denial contradicts it. Appeal and cite it.",
        _record(finding.facts, payer_facts),
    )


def _open(rule: Rule, finding: Finding, payer_facts: PayerFacts) -> NextStep:
    del rule
    if all(ask_for(path, payer_facts) == "policy_team" for path in finding.missing):
        return NextStep(
            "supply_facts", "No fact of the visit is missing: load the payer's current table, and ask again."
        )
    return NextStep(
        "supply_facts",
        "What is missing decides it: if the record shows that the rule is met, appeal with that record; if it shows "
        "that it is not, ask again with the facts.",
        _record(finding.missing, payer_facts),
    )


def _failed(rule: Rule, finding: Finding, payer_facts: PayerFacts) -> NextStep:
    if finding.effect == "documentation_needed":
        lacking = [path for path, value in finding.facts.items() if value is False] or list(finding.facts)
        return NextStep(
            "appeal",
            "Appeal only with a record that was made at the time and shows what is said to be lacking; without one, "
            "write off.",
            _record(lacking, payer_facts),
        )
    if finding.effect == "auth_needed":
        return NextStep(
            "write_off",
            "No authorization is on file: ask the payer whether it still grants one; if not, write off. If one was "
            "granted before the service, correct the encounter and ask again.",
        )
    if finding.effect == "reduce_units":
        left = "" if finding.payable is None else f" It leaves {finding.payable}."
        return NextStep(
            "write_off",
            f"Units stand above the rule's limit.{left} Correct the claim if it says more than the record; else write "
            "off the rest, or follow the rule's advice.",
        )
    if rule.topic == "liability":
        return NextStep("write_off", "The claim itself asked for this outcome: the group code says who bears the cost.")
    if finding.remedy and (rule.topic in CODING or _reads_only_the_claim(rule)):
        return NextStep(
            "corrected_claim",
            "Send a corrected claim if the record bears out the rule's advice; the record itself is not changed.",
        )
    return NextStep(
        "write_off",
        "No correction of the claim alone mends it: follow the rule's advice if there is one; else write off, or "
        "check what the contract says.",
    )


_STEPS = {
    "failed": _failed, "open": _open, "passed": _passed, "not_applicable": _not_applicable, "deferred": _deferred,
}  # fmt: skip


def _reads_only_the_claim(rule: Rule) -> bool:
    """Whether all that the requirement reads stands on the claim."""
    if isinstance(rule.require, Cap):
        return False
    read = {node.name for node in walk(rule.require) if isinstance(node, FactRef)}
    return bool(read) and read <= ON_THE_CLAIM


def _record(paths: Iterable[str], payer_facts: PayerFacts) -> tuple[str, ...]:
    """What the record must show, in words: facts that the biller did not write on the claim."""
    shown = [
        path
        for path in paths
        if catalogue_path(path) not in ON_THE_CLAIM
        and (ask_for(path, payer_facts) not in (Ask.BILLER, "policy_team") or path.startswith(("coverage", "abn")))
    ]
    return tuple(dict.fromkeys(fact_words(path, payer_facts) for path in shown))
