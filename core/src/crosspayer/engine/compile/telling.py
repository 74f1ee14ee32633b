"""How a rule can end, as generated code counts, and its finding without evidence."""

from __future__ import annotations

import msgspec

from crosspayer.determination.model import Finding, Kind
from crosspayer.engine.bind import BoundRule
from crosspayer.engine.compile.runtime import Fixed
from crosspayer.engine.judge import finding
from crosspayer.engine.truth import Decided

NOT_APPLICABLE, PASS, FAIL, OPEN, UNSURE = range(5)
"""`UNSURE` is a pass of a rule that may not apply."""
KINDS: tuple[Kind, ...] = ("not_applicable", "pass", "fail", "open", "pass")


def template(bound: BoundRule, outcome: int) -> Finding:
    """The finding of a rule that ends so, without evidence."""
    plain = finding(bound, KINDS[outcome], None, Decided(None), applies=outcome != UNSURE)
    return msgspec.structs.replace(plain, facts=Fixed())
