"""Which conditions are the same, whether they depend on who answers, and which closed facts alone decide them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import NamedTuple

from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Fact, Type
from crosspayer.engine.bind import BoundRule
from crosspayer.engine.compile.writer import Place
from crosspayer.engine.derived import how
from crosspayer.engine.scope import SAID
from crosspayer.language.tree import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    CountOver,
    Days,
    FactRef,
    HasRow,
    Literal,
    LookUp,
    Node,
    NoneOf,
    Over,
    Quantifier,
    SumOfFacts,
    SumOver,
    TableCodes,
    Window,
)
from crosspayer.policy.model import Cap

Read = tuple[str, str]
"""A fact that is read: of what (`line`, `coverage`, or nothing for the encounter), and its path."""
Reads = frozenset[Read]
NO_READS: Reads = frozenset()

VALUES = {Type.BOOLEAN: 3, Type.CODE: 64, Type.CODES: 64}
"""How many values of a closed kind an encounter will show, roughly; of words it is known."""
MOST_STATES = 50_000
"""Combinations of values beyond which remembering what they come to would not pay."""
INPUTS = {"line.discipline": ("line.modifiers", "line.rendering.discipline")}
"""Derived facts that closed facts decide."""


class Structure(NamedTuple):
    """A node seen without its identity: equal numbers are equal structures.

    `seated`: it depends on who answers. `closed`: the facts that alone decide it, all of them yes or no, words or
    codes; None where anything else does.
    """

    number: int
    seated: bool
    closed: Reads | None


class Structures:
    """Numbers structures; each node is looked at once."""

    def __init__(self) -> None:
        self.facts: dict[str, Fact] = {}  # read by closed conditions, by path
        self._made_before: dict[Hashable, Structure] = {}
        self._known: dict[int, tuple[Node, Structure]] = {}

    def of(self, node: Node) -> Structure:
        """The structure of a bound node."""
        found = self._known.get(id(node))
        if found is None:
            found = self._known[id(node)] = node, self._made(node)  # holds the node, so that its id stays its own
        return found[1]

    def key(self, node: Node, place: Place) -> Hashable:
        """Nodes with the same key are the same, asked in the same place."""
        structure = self.of(node)
        if place.listed is not None:  # each list's walk asks for itself
            return id(node), place
        return structure.number, place.seat if structure.seated else None, place.by_day

    def rule_key(self, bound: BoundRule, place: Place) -> Hashable:
        """Rules with the same key come to the same on the same evidence. Branches make a rule one of its own, and so
        does what it grants where it applies."""
        if bound.branches or (bound.when is not None and bound.rule.grants is not None):
            return id(bound), place.seat
        when = None if bound.when is None else self.key(bound.when, place)
        if isinstance(bound.require, Cap):
            return when, self._cap_key(bound.require, place)
        return when, self.key(bound.require, place)

    def _cap_key(self, cap: Cap, place: Place) -> Hashable:
        where = None if cap.where is None else self.key(cap.where, place)
        codes = cap.codes if isinstance(cap.codes, frozenset) else id(cap.codes)
        return "cap", codes, where, cap.per, cap.highest_charge_first, self.key(cap.at_most, place)

    def closed(self, bound: BoundRule) -> Reads | None:
        """The facts that alone decide what a rule says; None where others do, or where they have too many values."""
        if isinstance(bound.require, Cap):
            return None
        reads = NO_READS
        for root in _roots(bound):
            closed = self.of(root).closed
            if closed is None:
                return None
            reads |= closed
        states = 1
        for _, path in reads:
            fact = self.facts[path]
            states *= len(fact.words) + 1 if fact.type is Type.WORD else VALUES[fact.type]
        return reads if states <= MOST_STATES else None

    def seated(self, bound: BoundRule) -> bool:
        """Whether what a rule without a cap says depends on who answers."""
        return any(self.of(root).seated for root in _roots(bound))

    def _made(self, node: Node) -> Structure:
        match node:  # the most frequent first
            case Compare(left, operator, right):
                return self._over((operator,), (left, *(right if isinstance(right, tuple) else (right,))))
            case FactRef(of, fact, timed):
                read = (of, fact.path) if timed is None else (of, fact.path, how(timed))
                known = self._made_before.get(read)
                if known is not None:
                    return known
                seated = of == "coverage" or (timed is not None and timed.method == "by_contract")
                return self._structure(read, seated, self._closed(of, fact))
            case Literal(value, kind, parameter):
                return self._structure((kind, type(value), value, parameter), False, NO_READS)
            case AllOf(parts) | AnyOf(parts) | NoneOf(parts):
                return self._over((type(node).__name__,), parts)
            case TableCodes(table):
                return self._structure(("codes", id(table)), False, NO_READS)
            case LookUp(table, by, column):
                key = ("cell", id(table), column, *(name for name, _ in by))
                return self._over(key, [operand for _, operand in by])
            case Days(start, end, business):
                return self._over(("days", business), (start, end), closed=False)
            case SumOfFacts(parts):
                return self._over(("sum",), parts)
            case SumOver(fact_ref, over):
                return self._over(("sum of",), (fact_ref, over), closed=False)
            case CountOver(over):
                return self._over(("count of",), (over,), closed=False)
            case Over(listed, item, where, window, skip_self):
                inside = (where,) if window is None else (where, window)
                key = ("over", listed, item, skip_self)
                return self._over(key, inside, closed=False, seated=listed == "coverages" and skip_self)
            case Window(since, days):
                return self._over(("window", days), () if since is None else (since,), closed=False)
            case Quantifier(kind, over):
                return self._over((kind,), (over,), closed=False)
            case HasRow(look_up, expected):
                return self._over(("row", expected), (look_up,))
        raise AssertionError(node)  # binding replaced parameters

    def _over(
        self, key: tuple[Hashable, ...], parts: Iterable[Node], *, closed: bool = True, seated: bool = False
    ) -> Structure:
        numbers: list[Hashable] = [key]
        reads: Reads | None = NO_READS if closed else None
        for part in parts:
            found = self.of(part)
            numbers.append(found.number)
            seated = seated or found.seated
            if reads is not None:
                reads = None if found.closed is None else reads | found.closed
        return self._structure(tuple(numbers), seated, reads)

    def _structure(self, key: Hashable, seated: bool, closed: Reads | None) -> Structure:
        found = self._made_before.get(key)
        if found is None:
            found = self._made_before[key] = Structure(len(self._made_before), seated, closed)
        return found

    def _closed(self, of: str, fact: Fact) -> Reads | None:
        if of not in ("", "line", "coverage"):
            return None
        if fact.path in SAID:
            return NO_READS
        if fact.derived:
            if not of or fact.path not in INPUTS:
                return None
            return _together(self._closed(of, CATALOGUE[path]) for path in INPUTS[fact.path])
        if fact.type not in VALUES and fact.type is not Type.WORD:
            return None
        self.facts[fact.path] = fact
        outer = CATALOGUE[fact.falls_back_to] if fact.falls_back_to else None
        own = frozenset([(of, fact.path)])
        return own if outer is None else _together((own, self._closed("", outer)))


def _roots(bound: BoundRule) -> list[Condition]:
    asked = (bound.when, bound.require, *(branch.when for branch in bound.branches))
    return [root for root in asked if root is not None and not isinstance(root, Cap)]


def _together(reads: Iterable[Reads | None]) -> Reads | None:
    found = NO_READS
    for one in reads:
        if one is None:
            return None
        found |= one
    return found
