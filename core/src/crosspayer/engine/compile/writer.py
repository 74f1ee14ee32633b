"""What all parts of the generator share: constants, locals of facts, and the sections the function is made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from threading import RLock
from typing import Any, NamedTuple

from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Fact, Type
from crosspayer.encounter.model import attributes
from crosspayer.engine.compile.expressions import Expressions
from crosspayer.engine.compile.frame import unpacked
from crosspayer.engine.compile.late import NAME, Late, locals_of, names_in
from crosspayer.engine.compile.paths import PATHS
from crosspayer.engine.compile.runtime import ENVIRONMENT, Bounds, Masks
from crosspayer.language.tree import ListName


class Seat(NamedTuple):
    """Who answers, as far as code depends on it: which coverage's facts are read, if any."""

    number: int
    payer: str
    plan: str | None
    covered: bool


class Place(NamedTuple):
    """Where a condition stands: for which seat, whether it judges the whole day, inside which list item."""

    seat: Seat
    by_day: bool
    item: str = ""  # what the policy calls the item
    listed: ListName | None = None


@dataclass(slots=True)
class Reads:
    """The facts read from one struct, nested as the struct is, so that each level is looked into once."""

    root: str
    tree: dict[str, Any] = field(default_factory=dict)
    given: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    after: list[str] = field(default_factory=list)  # conversions, once everything is read

    def add(self, steps: tuple[str, ...], local: str) -> None:
        """Read the attribute these steps lead to into a local."""
        self.given.append((steps, local))
        node = self.tree
        for step in steps[:-1]:
            node = node.setdefault(step, {})
        node.setdefault("", []).append((local, steps[-1]))

    def lines(self, indent: str) -> list[str]:
        """The statements."""
        return [*_read(self.root, self.tree, indent), *(indent + line for line in self.after)]


def _read(root: str, tree: dict[str, Any], indent: str) -> list[str]:
    lines = [f"{indent}{local} = {root}.{name}" for local, name in tree.get("", ())]
    for step, inner in tree.items():
        if step:
            below = f"{root}_{step}".replace(".", "_")
            lines.append(f"{indent}{below} = {root}.{step}")
            lines.append(f"{indent}if {below} is None: {' = '.join(_locals(inner))} = None")
            lines.append(f"{indent}else:")
            lines += _read(below, inner, indent + "    ")
    return lines


def _locals(tree: dict[str, Any]) -> list[str]:
    found = [local for local, _ in tree.get("", ())]
    for step, inner in tree.items():
        if step:
            found += _locals(inner)
    return found


NONE: Mapping[str, str] = {}
ITEM_OF: dict[ListName, str] = {"lines": "o", "history": "p", "coverages": "k"}
"""What generated code calls an item of each list."""


class Writer:
    """Collects what a generated function needs while its parts are written."""

    def __init__(self, covered: Sequence[int]) -> None:
        """`covered` are the numbers of the seats with a coverage."""
        self.covered = covered
        self.expressions = Expressions()
        self.environment: dict[str, Any] = dict(ENVIRONMENT)
        for name, paths in PATHS.items():
            self.environment[f"PATHS_{name}"] = paths
        self.reads: dict[str, Reads] = {"facts": Reads("facts"), "l": Reads("l")}
        self.read: set[str] = set()
        self._names: dict[tuple[str, str], str] = {}
        self.line_values: list[str] = []  # statements of the line that need its facts, before the lists are walked
        self.scopes: dict[str, str] = {}  # by the local of each
        self.bounds, self.earlier_days = Bounds(), list[str]()
        self.masks: dict[str, Masks] = {}
        self.things: list[object] = []  # kept, so that their ids stay their own
        self.lates: dict[str, Late] = {}
        self._lock = RLock()
        self._constants: dict[Hashable, str] = {}
        self._values: dict[Hashable, str] = {}

    # --- constants and names

    def constant(self, value: Any, key: Hashable = None) -> str:
        """A name bound to the value; equal values share one. Small whole numbers and truths stand as they are."""
        if value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 10**9):
            return repr(value)
        known = key if key is not None else (type(value), value)
        name = self._constants.get(known)
        if name is None:
            name = self._constants[known] = f"K{len(self._constants)}"
            self.environment[name] = value
        return name

    def thing(self, value: Any) -> str:
        """A name bound to this very object."""
        return self.constant(value, ("is", id(value)))

    def once(self, key: Hashable, kind: str) -> tuple[str, bool]:
        """The local for something computed once, and whether it is new."""
        name = self._values.get(key)
        if name is not None:
            return name, False
        name = self._values[key] = f"{kind}{len(self._values)}"
        return name, True

    def earlier(self, days: int) -> str:
        """The local of the day so many days before the service."""
        name, new = self.once(("earlier", days), "b")
        if new:
            self.bounds.back.append(timedelta(days))
            self.earlier_days.append(name)
        return name

    @property
    def earlier_statement(self) -> str:
        """What sets those locals."""
        names = "".join(f"{name}, " for name in self.earlier_days)
        return f"{names}= {self.thing(self.bounds)}[l_line_service_date]"

    def mask(self, codes: str) -> tuple[str, Masks]:
        """The local of the bits that a list of codes meets, and what gives them bits."""
        name, new = self.once(("mask", codes), "m")
        if new:
            masks = self.masks[name] = Masks()
            each = f"for y in {codes} or (): {name} |= {self.thing(masks)}[y]"
            self.line_values += [f"{name} = 0", each]
        return name, self.masks[name]

    def late(self, lines: Callable[[], Sequence[str]], read: Iterable[str], first: Mapping[str, str] = NONE) -> str:
        """The call of a function with this body, written when it is first called.

        It is given the values in `first` under their names, where the line stands, and the locals among those `read`.
        """
        name = f"W{len(self.lates)}"
        given = sorted(set(locals_of(read, self.environment)))

        def write() -> str:
            body = lines()
            before = (f"    {line}" for line in unpacked(self, body, (*first, *given)))
            return "\n".join((f"def {name}({', '.join((*first, 'c', *given))}):", *before, *body))

        self._keep(name, write)
        return f"{name}({', '.join((*first.values(), 'c', *given))})"

    def helper(self, lines: Sequence[str], first: str) -> str:
        """The call of a function of such functions: it is given the local `first` and what its body reads."""
        name = f"E{len(self.lates)}"
        given = ", ".join((first, *(one for one in names_in(lines, self.environment) if one != first)))
        self._keep(name, lambda: "\n".join((f"def {name}({given}):", *lines)))
        return f"{name}({given})"

    def _keep(self, name: str, write: Callable[[], str]) -> None:
        self.lates[name] = self.environment[name] = Late(name, write, self.environment, self._lock)

    # --- facts

    def fact(self, root: str, fact: Fact) -> str:
        """The local that holds a supplied fact of a struct (money in cents), without what it falls back to."""
        name = self._names.get((root, fact.path))
        if name is None:
            name = self._names[root, fact.path] = re.sub(r"\W", "_", f"{root}_{fact.path}")
            reads = self.reads.setdefault(root, Reads(root))
            reads.add(attributes(fact.tail), name)
            if fact.type is Type.MONEY:
                # the decoder has made sure that it is in whole cents
                reads.after.append(f"if {name} is not None: {name} = round({name} * 100)")
        return name

    def fallen_back(self, root: str, fact: Fact) -> str:
        """The local of a line's fact, or of the encounter's where the line is silent."""
        own = self.fact(root, fact)
        name = f"{own}_or"
        if name not in self.read:
            self.read.add(name)
            outer = self.fact("facts", CATALOGUE[fact.falls_back_to])
            self.reads[root].after.append(f"{name} = {own} if {own} is not None else {outer}")
        return name

    @property
    def roots(self) -> list[str]:
        """The structs whose facts are read, but for items of lists."""
        return [root for root in self.reads if root not in ITEM_OF.values()]

    def subset(self, root: str, names: set[str]) -> Reads:
        """Reading only these facts of a struct, for evidence that is seldom wanted."""
        found = Reads(root)
        whole = self.reads.get(root)
        if whole is None:
            return found
        names = set(names)
        for line in reversed(whole.after):
            local = line.partition(" = ")[0].rpartition(" ")[2]
            if local in names:
                found.after.insert(0, line)
                names |= set(NAME.findall(line))
        for steps, local in whole.given:
            if local in names:
                found.add(steps, local)
        return found

    def of_seats(self) -> dict[str, str]:
        """The statements that set each seat's coverage, and the paths of the facts of the line and of coverages."""
        found = {"line_paths": "line_paths = PATHS_lines[i]"}
        for index in self.covered:
            found[f"cov{index}"] = f"cov{index} = held[{index}]"
            found[f"at{index}"] = f"at{index} = at[{index}]"
            found[f"cov_paths{index}"] = f"cov_paths{index} = PATHS_coverages[at[{index}]]"
        return found

    # --- places

    def scope(self, place: Place, *, now: bool) -> str:
        """The expression of the interpreter's scope for a place; `now`: it is surely needed for every line."""
        seat = place.seat
        outer = f"{'d' if place.by_day else 's'}{seat.number}"
        if now:
            self.scopes[outer] = self.new_scope(seat, place.by_day)
        elif outer not in self.scopes:
            outer = self.new_scope(seat, place.by_day)
        if place.listed is None:
            return outer
        letter = ITEM_OF[place.listed]
        prefix = f'f"{PATHS[place.listed].prefix}[{{j}}]"'
        return f"inside({outer}, {self.constant(place.item)}, Item({letter}, {prefix}, j))"

    def new_scope(self, seat: Seat, by_day: bool) -> str:
        """The expression that makes a scope."""
        coverage = f"cov{seat.number}, at{seat.number}" if seat.covered else "None, None"
        payer, plan = self.constant(seat.payer), self.constant(seat.plan)
        return f"scope_at(facts, {payer}, {plan}, l, i, {coverage}, shared{', True' if by_day else ''})"
