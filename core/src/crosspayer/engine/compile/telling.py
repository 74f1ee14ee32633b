"""Findings from what generated code works out: how a rule ends, and on which evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from crosspayer.determination.model import Finding, Kind
from crosspayer.engine.bind import BoundRule
from crosspayer.engine.compile.runtime import Fixed, put
from crosspayer.engine.compile.totals import Totals
from crosspayer.engine.judge import finding
from crosspayer.engine.truth import Decided

NOT_APPLICABLE, PASS, FAIL, OPEN, UNSURE = range(5)
"""How a rule can end, as generated code counts; `UNSURE` is a pass of a rule that may not apply."""
KINDS: tuple[Kind, ...] = ("not_applicable", "pass", "fail", "open", "pass")

Outcome = tuple[int, Any]
"""How a rule ends, and its evidence: the facts used as a dict, or the missing paths where it is open."""


def template(bound: BoundRule, outcome: int) -> Finding:
    """The finding of a rule that ends so, without evidence."""
    plain = finding(bound, KINDS[outcome], None, Decided(None), applies=outcome != UNSURE)
    return msgspec.structs.replace(plain, facts=Fixed())


def teller(bound: BoundRule, totals: Totals) -> Callable[[list[Finding], Outcome], int]:
    """Appends the finding of a rule that failed or is open; its bit is returned."""
    fail, opened = template(bound, FAIL), template(bound, OPEN)
    fail_bit, open_bit = totals.bit(fail), totals.bit(opened)
    new_fail, new_open = fail.__copy__, opened.__copy__  # type: ignore[attr-defined]

    def tell(found: list[Finding], outcome: Outcome) -> int:
        if outcome[0] == FAIL:
            one: Finding = new_fail()
            put(one, "facts", outcome[1])
            found.append(one)
            return fail_bit
        one = new_open()
        put(one, "missing", outcome[1])
        found.append(one)
        return open_bit

    return tell


def tracer(bound: BoundRule, totals: Totals) -> Callable[[list[Finding], Outcome], int]:
    """Appends the finding of a rule, however it ends; its bit is returned."""
    plain = [template(bound, outcome) for outcome in range(5)]
    new = [one.__copy__ for one in plain]  # type: ignore[attr-defined]
    bits = [totals.bit(one) for one in plain]

    def trace(found: list[Finding], outcome: Outcome) -> int:
        ended = outcome[0]
        one: Finding = new[ended]()
        put(one, "missing" if ended == OPEN else "facts", outcome[1])
        found.append(one)
        return bits[ended]

    return trace
