"""The short answer: what one plan says of one line, with the findings that stand against payment or are open."""

from __future__ import annotations

import msgspec

from crosspayer.determination.model import Covered, Determination, Finding, PriorAuth, Silence, Verdict


class Decision(msgspec.Struct, frozen=True, gc=False):
    """One plan's answer on one line; every field means what it means in the `Determination`.

    `payable` are the units the caps leave; `findings` those that failed or are open, with their evidence; traced they
    are those of every rule, in order of the rules' ids.
    """

    line: int
    code: str | None
    payer: str
    plan: str | None
    order: str | None
    verdict: Verdict | None
    covered: Covered
    prior_auth: PriorAuth
    silence: Silence | None
    payable: int | None
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, determination: Determination, *, trace: bool = False) -> Decision:
        """What a determination comes to; `trace`: with every finding."""
        d = determination
        if trace:
            found = tuple(sorted((*d.findings, *d.deferred), key=lambda finding: finding.rule))
        else:
            found = tuple(finding for finding in d.findings if finding.kind in ("fail", "open"))
        return cls(
            d.line, d.code, d.payer, d.plan, d.order, d.verdict, d.covered, d.prior_auth, d.silence, d.units.payable,
            found,
        )  # fmt: skip
