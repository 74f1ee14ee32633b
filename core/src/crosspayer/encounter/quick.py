"""The quick look at a decoded encounter: surely in order, or to be looked at closely.

Almost every encounter of a feed is in order. Whatever raises a doubt here goes through the checks of `read`, which
know what is wrong and where; a doubt too many only costs time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec

from crosspayer.encounter.fact import Fact, Type
from crosspayer.encounter.model import attribute, fact_tree

MOST = 50_000
"""Well-formed codes remembered for each pattern."""
DIAGNOSIS = r"^[A-Z0-9][A-Z0-9.]*$"


class Form:
    """The codes of one pattern that were seen to fit it."""

    def __init__(self, pattern: str) -> None:
        self.good: set[str] = set()
        self._match = re.compile(pattern).fullmatch

    def fits(self, value: str) -> bool:
        """Whether a code fits; it is remembered if it does."""
        if not self._match(value):
            return False
        if len(self.good) >= MOST:
            self.good.clear()
        self.good.add(value)
        return True


def in_order(facts: Any) -> bool:
    """Whether all codes have their form, amounts are in cents, and lines are of one day and numbered upwards."""
    lines = facts.lines
    if not lines:
        return False
    encounter_fits, line_fits, coverage_fits, past_fits, diagnosis = _checks()
    if not encounter_fits(facts):
        return False
    day, number = None, 0
    for line in lines:
        if not line_fits(line):
            return False
        if line.number is not None:
            if line.number <= number:
                return False
            number = line.number
        if line.service_date is not None:
            if day is not None and line.service_date != day:
                return False
            day = line.service_date
        if line.charge is not None and not _in_cents(line.charge):
            return False
        if line.allowed_amount is not None and not _in_cents(line.allowed_amount):
            return False
    for coverage in facts.coverages or ():
        if not coverage_fits(coverage):
            return False
        if coverage.therapy_amount_ytd is not None and not _in_cents(coverage.therapy_amount_ytd):
            return False
    if facts.history is not None:
        for past in facts.history.lines or ():
            if not past_fits(past):
                return False
    good, fits = diagnosis.good, diagnosis.fits
    return all(one.code in good or fits(one.code) for one in facts.diagnoses or ())


def _in_cents(amount: float) -> bool:
    scaled = amount * 100
    return -1e-6 <= scaled - round(scaled) <= 1e-6


def keys_once(data: bytes, facts: Any) -> bool:
    """Whether surely no object of the document gives a key twice.

    A key that a later one replaced has left its colon in the document and nothing in what was decoded. So both must
    have the same number of colons once written out: those after keys, and, no escape being used, those in texts.
    """
    if b"\\" in data:
        return False
    kept = msgspec.json.decode(data) if b"null" in data else facts  # written out, the facts leave nulls away
    return data.count(b":") == msgspec.json.encode(kept).count(b":")


Check = Callable[[Any], bool]


@cache
def _checks() -> tuple[Check, Check, Check, Check, Form]:
    line, coverage, past = (_generated(entity) for entity in ("line", "coverage", "past"))
    return _generated(""), line, coverage, past, Form(DIAGNOSIS)


def _generated(entity: str) -> Check:
    """A function that looks at the codes of one struct: written once, from the catalogue."""
    environment: dict[str, Any] = {}
    lines = ["def check(item):", *_looks(fact_tree(entity), "item", "    ", environment), "    return True"]
    exec(compile("\n".join(lines), f"<checks of {entity or 'encounter'}>", "exec"), environment)
    check: Check = environment["check"]
    return check


def _looks(tree: dict[str, Any], root: str, indent: str, environment: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for key, node in tree.items():
        if isinstance(node, Fact):
            if node.pattern:
                lines += _look(node, f"{root}.{attribute(key)}", indent, environment)
            continue
        inner = f"{root}_{key}"
        below = _looks(node, inner, indent + "    ", environment)
        if below:
            lines += [f"{indent}{inner} = {root}.{attribute(key)}", f"{indent}if {inner} is not None:", *below]
    return lines


def _look(fact: Fact, value: str, indent: str, environment: dict[str, Any]) -> list[str]:
    form = Form(fact.pattern)
    good, fits = f"good{len(environment)}", f"fits{len(environment)}"
    environment[good], environment[fits] = form.good, form.fits
    doubt = f"if value not in {good} and not {fits}(value): return False"
    if fact.type is Type.CODES:
        return [f"{indent}for value in {value} or ():", f"{indent}    {doubt}"]
    return [f"{indent}value = {value}", f"{indent}if value is not None:", f"{indent}    {doubt}"]
