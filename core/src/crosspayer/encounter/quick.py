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

from crosspayer.encounter.fact import Ask, Fact, Type
from crosspayer.encounter.model import attribute, fact_tree

MOST = 50_000
"""Well-formed codes remembered for each pattern."""
_ENCODER = msgspec.json.Encoder()
DIAGNOSIS = r"^[A-Z0-9][A-Z0-9.]*$"


class Form:
    """The codes of one pattern that were seen to fit it; what is not given fits, too."""

    def __init__(self, pattern: str) -> None:
        self.good: set[str | None] = {None}
        self._match = re.compile(pattern).fullmatch

    def fits(self, value: str) -> bool:
        """Whether a code fits; it is remembered if it does."""
        if not self._match(value):
            return False
        if len(self.good) >= MOST:
            self.good.clear()
            self.good.add(None)
        self.good.add(value)
        return True


def in_order(facts: Any) -> bool:
    """Whether all codes have their form, amounts are in cents, and lines are of one day and numbered upwards."""
    lines = facts.lines
    if not lines or not _check()(facts):
        return False
    day, number = lines[0].service_date, 0
    for line in lines:
        if line.number is not None:
            if line.number <= number:
                return False
            number = line.number
        if line.service_date is not day and line.service_date != day:
            return False
    return True


def keys_once(data: bytes, facts: Any) -> bool:
    """Whether surely no object of the document gives a key twice.

    A key that a later one replaced has left its colon in the document and nothing in what was decoded. So both must
    have the same number of colons once written out: those after keys, and, no escape being used, those in texts.
    """
    if b"\\" in data:
        return False
    colons = data.count(b":")
    written = bytearray(len(data))  # of the size it will have, so that it need not grow
    _ENCODER.encode_into(facts, written)
    if colons == written.count(b":"):
        return True
    # written out, the facts leave nulls away
    return b"null" in data and colons == msgspec.json.encode(msgspec.json.decode(data)).count(b":")


Check = Callable[[Any], bool]
LISTS = {"line": "lines", "coverage": "coverages", "past": "history.lines"}


@cache
def _check() -> Check:
    """A function that looks at the codes and amounts of an encounter: written once, from the catalogue."""
    environment: dict[str, Any] = {}
    lines = ["def check(facts):", *_looks(fact_tree(""), "facts", "    ", environment)]
    for entity, listed in LISTS.items():
        owner = listed.rpartition(".")[0]
        indent = "    "
        if owner:
            lines.append(f"{indent}if facts.{owner} is not None:")
            indent += "    "
        lines.append(f"{indent}for {entity} in facts.{listed} or ():")
        lines += _looks(fact_tree(entity), entity, indent + "    ", environment)
    diagnosis = Fact("diagnosis.code", Type.CODE, "", Ask.BILLER, pattern=DIAGNOSIS)
    lines += [
        "    for diagnosis in facts.diagnoses or ():",
        *_look(diagnosis, "diagnosis.code", "        ", environment),
    ]
    exec(compile("\n".join([*lines, "    return True"]), "<checks of encounters>", "exec"), environment)
    check: Check = environment["check"]
    return check


def _looks(tree: dict[str, Any], root: str, indent: str, environment: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for key, node in tree.items():
        if isinstance(node, Fact):
            if node.pattern or node.type is Type.MONEY:
                lines += _look(node, f"{root}.{attribute(key)}", indent, environment)
            continue
        inner = f"{root}_{key}"
        below = _looks(node, inner, indent + "    ", environment)
        if below:
            lines += [f"{indent}{inner} = {root}.{attribute(key)}", f"{indent}if {inner} is not None:", *below]
    return lines


def _look(fact: Fact, value: str, indent: str, environment: dict[str, Any]) -> list[str]:
    if fact.type is Type.MONEY:
        doubt = "if 1e-6 < value * 100 % 1 < 1 - 1e-6: return False"  # in cents it is whole
        return [f"{indent}value = {value}", f"{indent}if value is not None:", f"{indent}    {doubt}"]
    form = Form(fact.pattern)
    good, fits = f"good{len(environment)}", f"fits{len(environment)}"
    environment[good], environment[fits] = form.good, form.fits
    if fact.type is Type.CODES:
        return [f"{indent}for value in {value} or ():", f"{indent}    {_doubt('value', good, fits)}"]
    return [indent + _doubt(value, good, fits)]


def _doubt(value: str, good: str, fits: str) -> str:
    return f"if {value} not in {good} and not {fits}({value}): return False"
