"""A pair of codes on one day, written as a condition on the line that loses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crosspayer.language.names import Names, Report, suggestion
from crosspayer.language.parse import Parser
from crosspayer.language.tree import (
    AllOf,
    AnyOf,
    Condition,
    NoneOf,
    Over,
    Quantifier,
)

Path = tuple[str | int, ...]


def pair_condition(
    raw: Mapping[str, Any], path: Path, parser: Parser, names: Names, report: Report
) -> tuple[frozenset[str], Condition | None]:
    """The codes that can lose, and "no other line wins over this one".

    A line loses where another line of the day stands in the winning column of a row with it, the facts under `same`
    are equal, `where` holds, and no bypass does. Returns None after reporting faults.
    """
    table = names.tables.get(raw["table"])
    if table is None:
        _no_table(raw["table"], (*path, "table"), names, report)
        return frozenset(), None
    loses = raw.get("loses", "column_2")
    wins = "column_1" if loses == "column_2" else "column_2"
    for column in (loses, wins):
        if column not in table.key:
            report((*path, "table"), f"{table.id} has no key column {column}", "key the table by column_1 and column_2")
            return frozenset(), None
    both = {"line": "line", "other": "line"}
    parts: list[Condition | None] = []
    raw_by = {
        **raw.get("by", {}),
        loses: {"fact": "line.code"},
        wins: {"fact": "other.code"},
    }
    for shared in raw.get("same", []):
        ours, theirs = _line_fact(shared, "line"), _line_fact(shared, "other")
        alike = Parser(names, _first_of(report), used=parser.used)  # one name for both: a fault of it is told once
        alike.items = both
        parts.append(alike.condition({"fact": theirs, "is": {"fact": ours}}, (*path, "same")))
    parser.items = both
    row: dict[str, Any] = {"look_up": raw["table"], "by": raw_by}
    hit = parser.condition({**row, "has_row": True}, path)
    parts.insert(0, hit)
    if "where" in raw:
        parts.append(parser.condition(raw["where"], (*path, "where")))
    if "bypass_with" in raw:
        bypass = [_bypass(raw, path, parser, names, report)]
        if "bypass_when" in raw:
            test = dict(raw["bypass_when"])
            bypass.insert(0, parser.condition({**row, **test}, (*path, "bypass_when")))
        if None in bypass:
            return frozenset(), None
        parts.append(NoneOf((AllOf(tuple(part for part in bypass if part is not None)),)))
    parser.items = {"line": "line"}
    if None in parts:
        return frozenset(), None
    where = AllOf(tuple(part for part in parts if part is not None))
    position = table.key.index(loses)
    losers = frozenset(str(entry.key[position]) for entry in table.rows)
    return losers, Quantifier("no", Over("lines", "other", where, None, skip_self=True))


def _no_table(name: str, path: Path, names: Names, report: Report) -> None:
    if not names.spoilt.holds("table", name):
        report(path, f"no table is named {name}", suggestion(name, names.spoilt.among("table", names.tables)))


def _first_of(report: Report) -> Report:
    told: list[Path] = []

    def once(path: Path, what: str, remedy: str) -> None:
        if not told:
            report(path, what, remedy)
        told.append(path)

    return once


def _line_fact(path: str, item: str) -> str:
    """`rendering.npi` of a line is the line's own, or the encounter's where the line is silent."""
    return f"{item}.{path.removeprefix('line.')}"


def _bypass(raw: Mapping[str, Any], path: Path, parser: Parser, names: Names, report: Report) -> Condition | None:
    wanted = raw["bypass_with"]
    place = (*path, "bypass_with")
    if isinstance(wanted, list):
        right: Any = wanted
    elif wanted.get("table") in names.tables:
        right = wanted
    else:
        _no_table(str(wanted.get("table")), (*place, "table"), names, report)
        return None
    items = ("line",) if raw.get("bypass_on", "either") == "loser" else ("line", "other")
    found = [parser.condition({"fact": f"{item}.modifiers", "has_any_of": right}, place) for item in items]
    if None in found:
        return None
    return AnyOf(tuple(part for part in found if part is not None))
