"""What a fact is: one typed value of an encounter, named by a dotted path."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import Literal, NamedTuple


class Type(StrEnum):
    """The types a fact, a parameter or a table column can have."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    MONEY = "money"  # JSON: number with at most two decimals; inside the engine: integer cents
    DATE = "date"
    TIME = "time"  # "HH:MM", 24 hours
    TEXT = "text"  # an identifier; only compared for equality
    CODE = "code"  # upper-case letters, digits and points
    WORD = "word"  # one of a closed list
    CODES = "codes"  # list of codes

    @property
    def article(self) -> str:
        """How a sentence begins to speak of one."""
        return "an" if self is Type.INTEGER else "a"


class Ask(StrEnum):
    """Who can supply a fact."""

    CLINICIAN = "clinician"
    BILLER = "biller"
    FRONT_DESK = "front_desk"
    PAYER = "payer"


HoldsFor = Literal["visit", "practice", "provider", "contract"]
"""For what a fact stays the same: one visit or its patient, the practice, one provider, one contract or plan."""


class Fact(NamedTuple):
    """One entry of the catalogue.

    `path` starts with the entity it belongs to: `line.` is the judged line (`lines[]`), `coverage.` the coverage of
    the payer that answers (`coverages[]`), `past.` an earlier line (`history.lines[]`); everything else is the
    encounter itself. `low` and `high` bound integers (units as given) and money (whole currency units). `x12` and
    `fhir` name where the 837 and FHIR R4 carry it; empty means they do not. A `derived` fact is computed by core and
    never supplied. `falls_back_to` names the encounter's fact that holds where the line is silent. `holds_for` is the
    closed rule of what may stand in a profile: everything but the facts of one visit or patient.
    """

    path: str
    type: Type
    meaning: str
    ask: Ask
    unit: str = ""
    words: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    pattern: str = ""
    x12: str = ""
    fhir: str = ""
    derived: bool = False
    falls_back_to: str = ""
    holds_for: HoldsFor = "visit"

    @property
    def entity(self) -> str:
        """`line`, `coverage` or `past` for facts of list items, else an empty string."""
        return entity_and_tail(self.path)[0]

    @property
    def tail(self) -> str:
        """The path within the line, coverage or earlier line, or within the encounter."""
        return entity_and_tail(self.path)[1]


@cache
def entity_and_tail(path: str) -> tuple[str, str]:
    """A fact's path in two: what it belongs to, empty for the encounter, and the path in it."""
    head, _, tail = path.partition(".")
    return (head, tail) if head in ("line", "coverage", "past") else ("", path)
