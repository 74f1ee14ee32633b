"""The appeal sheet: facts, rule, citation and digests of what speaks against a denial, for a person to sign.

One structure is written as Markdown or HTML. Names and the claim's number are blanks, since no encounter holds them.
"""

from __future__ import annotations

from dataclasses import dataclass

from crosspayer.report.denial import Denial, DeniedLine, DeniedRule
from crosspayer.report.denial_codes import DenialCode
from crosspayer.report.templating import rendered

BLANKS = ("Claim number", "Patient’s name", "Member number", "Provider’s name and NPI", "Date of the denial")
SPEAKS = ("appeal", "supply_facts")
"""Steps of rules that may be put before the payer; a rule that failed otherwise speaks for the payer."""
STATE_SAYS = {
    "failed": "The record as entered does not show what this rule asks for. Appeal only with a record that does.",
    "open": "Not settled yet: the facts marked as missing decide whether this rule is met. Find them before sending.",
    "passed": "This rule is met by the facts below.",
    "not_in_force": "This rule was not in force on the day of service.",
    "not_applicable": "By its own words this rule does not apply to this line.",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """One line of the sheet: what was denied, the rules that speak against it, and those that speak for the denial."""

    line: DeniedLine
    rules: tuple[DeniedRule, ...]
    against: tuple[DeniedRule, ...]

    @property
    def policies(self) -> dict[str, str]:
        """The digest of each policy that is cited."""
        named = {rule.policy for rule in self.rules}
        return {name: digest for name, digest in self.line.basis.policies.items() if name in named}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole sheet; `claims` is empty where nothing speaks for an appeal."""

    code: DenialCode
    claims: tuple[Claim, ...]
    blanks: tuple[str, ...] = BLANKS


def sheet(answer: Denial) -> Sheet:
    """The sheet of a denial: the lines with at least one rule that may be put before the payer."""
    claims = []
    for line in answer.lines:
        rules = tuple(rule for rule in line.rules if rule.next_step.kind in SPEAKS)
        if rules:
            against = tuple(rule for rule in line.rules if rule.next_step.kind not in SPEAKS and rule.state == "failed")
            claims.append(Claim(line, rules, against))
    return Sheet(answer.denied, tuple(claims))


def text(made: Sheet, form: str) -> str:
    """The sheet as `markdown` or `html`."""
    name = "appeal.html.j2" if form == "html" else "appeal.md.j2"
    return rendered(name, {"sheet": made, "code": str(made.code), "says": STATE_SAYS})
