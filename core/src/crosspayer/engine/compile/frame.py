"""What functions that are seldom called are given of what the main function worked out, and what they do again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from crosspayer.engine.compile.late import names_in

if TYPE_CHECKING:
    from crosspayer.engine.compile.writer import Writer

PLACE = ("facts", "held", "at", "l", "i", "e", "lines", "coverages", "history_lines", "shared")
"""Where the line stands: every such function is given these, in one tuple, `c`."""
PACKED = f"c = ({', '.join(PLACE)})"


def unpacked(writer: Writer, body: Sequence[str], given: Iterable[str]) -> list[str]:
    """Statements that set the locals which the body of a function reads beyond those it is given."""

    def read(statements: Sequence[str]) -> set[str]:
        return set(names_in(statements, writer.environment)) - known

    known = set(given)
    wanted = read(body)
    found: list[str] = []
    for statement in reversed(writer.line_values):
        if statement.partition(" = ")[0] in wanted:
            found.insert(0, statement)
            wanted |= read([statement])
    if not wanted.isdisjoint(writer.earlier_days):
        found.insert(0, writer.earlier_statement)
        wanted |= read(found[:1])
    for root in sorted(writer.roots, key="facts".__eq__):  # a line's facts fall back to the encounter's
        reads = writer.subset(root, wanted).lines("")
        found = reads + found
        wanted |= read(reads)
    scopes = [f"{name} = {scope}" for name, scope in writer.scopes.items() if name in wanted]
    wanted |= read(scopes)
    of_seats = [statement for name, statement in writer.of_seats().items() if name in wanted]
    found = [*of_seats, *scopes, *found]
    wanted |= read(found)
    return [*(f"{name} = c[{place}]" for place, name in enumerate(PLACE) if name in wanted), *found]
