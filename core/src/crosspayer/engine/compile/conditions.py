"""Conditions as the generator writes them: their truth as a pair of expressions, their evidence as steps."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from crosspayer.engine.compile import comparisons
from crosspayer.engine.compile.evidence import Atom, Splice, Step, When, only
from crosspayer.engine.compile.expressions import Expr, Pair, all_known
from crosspayer.engine.compile.late import NAME
from crosspayer.engine.compile.lists import Lists
from crosspayer.engine.compile.operands import Operands, Written, local
from crosspayer.engine.compile.rows import Rows, by_key
from crosspayer.engine.compile.structure import Structures
from crosspayer.engine.compile.writer import Place, Writer
from crosspayer.engine.interpret import table_path
from crosspayer.engine.numbers import COMPARE
from crosspayer.language.tree import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    CountOver,
    Days,
    HasRow,
    Literal,
    LookUp,
    NoneOf,
    Operand,
    Quantifier,
    SumOver,
    TableCodes,
)
from crosspayer.policy.tables import TableView


class Conditions:
    """Writes conditions; nodes that are the same are written once."""

    def __init__(self, writer: Writer) -> None:
        self.writer, self.texts = writer, writer.expressions
        self.structures = Structures()
        self.operands = Operands(writer, self.structures)
        self.lists = Lists(writer, self)
        self.statements: list[str] = []  # what the conditions written so far need first
        self._pairs: dict[Hashable, Pair] = {}
        self._operands: dict[Hashable, Written] = {}
        self._ends: dict[int, tuple[Compare, AllOf]] = {}

    def pair(self, node: Condition, place: Place) -> Pair:
        """When the condition is definitely true, and when definitely false."""
        key = self.structures.key(node, place)
        found = self._pairs.get(key)
        if found is None:
            found = self._pairs[key] = self._pair(node, place)
        return found

    def _pair(self, node: Condition, place: Place) -> Pair:
        match node:
            case AllOf(parts):
                pairs = [self.pair(part, place) for part in parts]
                true, false = self.texts.every(p.true for p in pairs), self.texts.some(p.false for p in pairs)
                return Pair(true, false, all_known(pairs))
            case AnyOf(parts):
                pairs = [self.pair(part, place) for part in parts]
                true, false = self.texts.some(p.true for p in pairs), self.texts.every(p.false for p in pairs)
                return Pair(true, false, all_known(pairs))
            case NoneOf(parts):
                return self._pair(AnyOf(parts), place).negated
            case Compare(left, _, (_, _)) if not isinstance(left, LookUp):
                return self._pair(self._as_ends(node), place)
            case HasRow() | Compare(LookUp()):
                return self._looked_up(node, place) or self.asked(node, place)
            case Compare():
                return self._compared(node, place) or self.asked(node, place)
            case Quantifier(kind, over) if place.listed is None:
                return self.lists.quantified(kind, over, place) or self.asked(node, place)
        return self.asked(node, place)

    def _as_ends(self, node: Compare) -> AllOf:
        """A range as its two comparisons."""
        assert isinstance(node.right, tuple)
        low, high = node.right
        ends = AllOf((Compare(node.left, "at_least", low), Compare(node.left, "at_most", high)))
        return self._ends.setdefault(id(node), (node, ends))[1]

    def asked(self, node: Condition, place: Place) -> Pair:
        """A condition that the interpreter is asked for, each time."""
        of_seat = (place.seat.payer, place.seat.plan, place.seat.number)
        name, new = self.writer.once(("decided", id(node), of_seat, place.by_day, place.item), local("t", place))
        if new:
            call = f"{name} = decide({self.writer.thing(node)}, {self.writer.scope(place, now=True)}).truth"
            self._first(name, call, place)
            if place.listed is not None:
                self.operands.asking.add(name)
        return Pair(self.texts.atom(f"{name} is True"), self.texts.atom(f"{name} is False"))

    def _first(self, name: str, statement: str, place: Place) -> None:
        """What sets a local that the condition reads."""
        if place.listed is None:
            self.statements.append(statement)
        else:
            self.operands.of_items[name] = statement

    def _looked_up(self, node: HasRow | Compare, place: Place) -> Pair | None:
        """A look-up by its key, whether all of that is known or not."""
        keys = self._keys(node, place)
        if keys is None:
            return None
        of_seat = (place.seat.payer, place.seat.plan, place.seat.number)
        name, new = self.writer.once(("decided", id(node), of_seat, place.by_day, place.item), local("t", place))
        if new:
            key = "".join(f"{_or_none(part)}, " for part in keys)
            self._first(name, f"{name} = {self.writer.thing(Rows(node))}[({key})]", place)
        return Pair(self.texts.atom(f"{name} is True"), self.texts.atom(f"{name} is False"))

    def _keys(self, node: HasRow | Compare, place: Place) -> list[Written] | None:
        """The parts of a look-up's key; None where what it comes to does not depend on these alone."""
        look_up = by_key(node)
        if look_up is None:
            return None
        keys = [self.operands.write(operand, place) for _, operand in look_up.by]
        return [key for key in keys if key is not None] if all(key is not None and key.exact for key in keys) else None

    def read(self, node: Condition, place: Place) -> set[str]:
        """The names that tests of the condition and of its parts read, whether or not they decide the whole."""
        if isinstance(node, (AllOf, AnyOf, NoneOf)):
            return set().union(*(self.read(part, place) for part in node.parts))
        pair = self.pair(node, place)
        found = {*pair.true.read, *pair.false.read}
        if isinstance(node, Compare) and not isinstance(node.left, LookUp):
            if isinstance(node.right, tuple):
                return found | self.read(self._as_ends(node), place)
            left = self._left(node, place)
            found.update(NAME.findall(" ".join((left.low, left.high, *left.tests, left.bounded))))
        return found

    # --- comparisons

    def operand(self, node: Operand, place: Place) -> Written:
        """An operand, with the interpreter's help where it needs that."""
        key = self.structures.key(node, place)
        found = self._operands.get(key)
        if found is None:
            found = self._operands[key] = self._operand(node, place)
        return found

    def _operand(self, node: Operand, place: Place) -> Written:
        if place.listed is None and isinstance(node, (SumOver, CountOver)):
            return self.lists.aggregate(node, place) or self.operands.asked(node, place)
        return self.operands.write(node, place) or self.operands.asked(node, place)

    def _compared(self, node: Compare, place: Place) -> Pair | None:
        if isinstance(node.left, LookUp) or isinstance(node.right, tuple):
            return None
        if _is_order(node):
            assert isinstance(node.left, Days)
            start, end = self.operands.ends(node.left, place)
            return comparisons.ordered(self.texts, node.operator, end, start)
        left = self.operand(node.left, place)
        if isinstance(node.right, TableCodes):
            view = node.right.table
            assert isinstance(view, TableView)
            keys = self.writer.constant(view.codes, ("keys", id(view)))
            return comparisons.in_table(self.texts, node.operator, left, keys, complete=view.complete)
        if node.operator in COMPARE:
            return comparisons.ordered(self.texts, node.operator, left, self.operand(node.right, place))
        if node.operator in comparisons.MASKED and place.listed is None and isinstance(node.right, Literal):
            right = node.right.value
            if right is not None and left.low.isidentifier():
                prefixes = node.operator == "any_starts_with"
                values = right if prefixes else frozenset(right if isinstance(right, tuple) else (right,))
                return comparisons.masked(self.texts, node.operator, left, *self.writer.mask(left.low), values)
        return comparisons.member(self.texts, node.operator, left, self._members(node, place))

    def _members(self, node: Compare, place: Place) -> Written:
        assert not isinstance(node.right, tuple)
        if node.operator in ("starts_with", "any_starts_with") and isinstance(node.right, Literal):
            text = self.writer.constant(node.right.value)
            return Written(text, text)
        return self.operand(node.right, place)

    # --- evidence

    def used(self, node: Condition, place: Place, truth: bool) -> tuple[Step, ...]:
        """The facts that decide the condition where it is known to be so."""
        match node:
            case AllOf(parts) | AnyOf(parts):
                decisive = isinstance(node, AnyOf)
                if truth is not decisive or len(parts) == 1:
                    return tuple(step for part in parts for step in self.used(part, place, truth))
                found: list[Step] = []
                for part in parts:
                    found += only(self._known(part, place, truth).text, self.used(part, place, truth))
                return tuple(found)
            case NoneOf(parts):
                return self.used(AnyOf(parts), place, not truth)
            case HasRow() | Compare(LookUp()) if (keys := self._keys(node, place)) is not None:
                return tuple(step for key in keys for step in only(" and ".join(key.tests) or "True", key.used))
            case Compare(left, _, (_, _)) if not isinstance(left, LookUp):
                return self.used(self._as_ends(node), place, truth)
            case Compare(left, _, right) if not isinstance(left, LookUp):
                assert not isinstance(right, tuple)
                steps = self._left(node, place).used
                return steps if isinstance(right, TableCodes) else (*steps, *self.operand(right, place).used)
            case Quantifier(kind, over) if place.listed is None:
                decided = self.lists.used(kind, over, place, truth)
                return self._asked_evidence(node, place, "used") if decided is None else decided
        return self._asked_evidence(node, place, "used")

    def missing(self, node: Condition, place: Place) -> tuple[Step, ...]:
        """The paths that would decide the condition where it is unknown."""
        match node:
            case AllOf(parts) | AnyOf(parts) | NoneOf(parts):
                if len(parts) == 1:
                    return self.missing(parts[0], place)
                return tuple(step for part in parts for step in self.if_unknown(part, place))
            case Compare(left, _, (_, _)) if not isinstance(left, LookUp):
                return self.missing(self._as_ends(node), place)
            case Compare(left, _, right) if not isinstance(left, LookUp):
                assert not isinstance(right, tuple)
                return self._missing_of(self._left(node, place), right, place)
            case Quantifier(kind, over) if place.listed is None:
                unknown = self.lists.missing(kind, over, place)
                return self._asked_evidence(node, place, "missing") if unknown is None else unknown
        return self._asked_evidence(node, place, "missing")

    def _left(self, node: Compare, place: Place) -> Written:
        if _is_order(node):
            assert isinstance(node.left, Days)
            return self.operands.distance(node.left, place, local=False)
        return self.operand(node.left, place)

    def _missing_of(self, left: Written, right: Operand, place: Place) -> tuple[Step, ...]:
        if isinstance(right, TableCodes):
            assert isinstance(right.table, TableView)
            known = " and ".join(left.tests) or "True"
            table = Atom(self.writer.constant(table_path(right.table)))
            unknown = left.missing if known != "True" else ()
            return (*unknown, *(() if right.table.complete else only(known, (table,))))
        other = self.operand(right, place)
        steps = (*left.missing, *other.missing)
        if len(left.tests) == len(steps) == 1 and not other.tests and left.exact and other.exact:
            return _surely(steps)
        return steps

    def if_unknown(self, node: Condition, place: Place) -> tuple[Step, ...]:
        """The missing paths, where it is unknown."""
        pair = self.pair(node, place)
        return only(self.unknown(pair), self.missing(node, place))

    def unknown(self, pair: Pair) -> str:
        """When neither is known."""
        tests = [f"not {expr.text}" for expr in (pair.true, pair.false) if expr is not self.texts.never]
        if self.texts.always in (pair.true, pair.false):
            return "False"
        return " and ".join(f"({test})" for test in tests) or "True"

    def _known(self, node: Condition, place: Place, truth: bool) -> Expr:
        pair = self.pair(node, place)
        return pair.true if truth else pair.false

    def _asked_evidence(self, node: Condition, place: Place, kind: str) -> tuple[Step, ...]:
        scope = self.writer.scope(place, now=False)
        return (Splice(f"decide({self.writer.thing(node)}, {scope}).{kind}"),)


def _or_none(key: Written) -> str:
    """The part of a key, None where it is not known."""
    if not key.tests or key.low.isidentifier() or key.low == "None":
        return key.low
    return f"({key.low} if {' and '.join(key.tests)} else None)"


def _is_order(node: Compare) -> bool:
    """Whether a distance is only compared with none, so that the two days can be compared themselves."""
    if not isinstance(node.left, Days) or node.left.business or node.operator not in COMPARE:
        return False
    return isinstance(node.right, Literal) and node.right.value == 0


def _surely(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Steps under the test of their own fact, where it is known that the fact is missing."""
    found: list[Step] = []
    for step in steps:
        found += step.steps if isinstance(step, When) else (step,)
    return tuple(found)
