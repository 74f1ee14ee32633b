"""Operands as the generator writes them: what their value is, when it is known, what they leave as evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Fact, Type
from crosspayer.engine.compile import timed
from crosspayer.engine.compile.evidence import Atom, Splice, Step, When
from crosspayer.engine.compile.paths import PATHS
from crosspayer.engine.compile.structure import Structures
from crosspayer.engine.compile.writer import ITEM_OF, Place, Writer
from crosspayer.language.tree import Days, FactRef, Literal, Operand, SumOfFacts


class Written(NamedTuple):
    """An operand: `tests` must hold for it to be known; `high` is the upper end, `bounded` whether it has one.

    An exact operand has one text for both ends. `used` and `missing` are its evidence.
    """

    low: str
    high: str
    tests: tuple[str, ...] = ()
    bounded: str = "True"
    used: tuple[Step, ...] = ()
    missing: tuple[Step, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether it has one value, if it has any."""
        return self.low == self.high and self.bounded == "True"


def local(kind: str, place: Place) -> str:
    """How the name of a local begins; that of a list item's with the item's letter."""
    return kind if place.listed is None else f"{ITEM_OF[place.listed]}_{kind}"


ALWAYS_KNOWN = ("line.code", "line.service_date")
"""Of the judged line; the interpreter answers for lines without."""


class Operands:
    """Writes operands."""

    def __init__(self, writer: Writer, structures: Structures) -> None:
        self.writer, self.structures = writer, structures
        self.of_items: dict[str, str] = {}  # locals of list items, each with the statement that sets it for an item
        self.asking: set[str] = set()  # those of them for which the interpreter is asked

    def write(self, node: Operand, place: Place) -> Written | None:
        """The operand; None where only the interpreter knows what to do."""
        match node:
            case Literal(None, _, parameter):
                path = self.writer.constant(f"parameter:{parameter}")
                return Written("None", "None", ("False",), missing=(Atom(path),))
            case Literal(value, _, _):
                text = self.writer.constant(frozenset(value) if isinstance(value, tuple) else value)
                return Written(text, text)
            case FactRef(of, fact, _):
                return self._fact(node, of, fact, place)
            case Days():
                return self.distance(node, place)
            case SumOfFacts(parts):
                return self._sum([self._certain(part, place) for part in parts])
        return None

    def _certain(self, ref: FactRef, place: Place) -> Written:
        return self.write(ref, place) or self.asked(ref, place)

    def asked(self, node: Operand, place: Place) -> Written:
        """An operand that the interpreter is asked for, once for each line."""
        key = ("value", self.structures.key(node, place))
        name, new = self.writer.once(key, local("v", place))
        if new:
            call = f"{name} = value_of({self.writer.thing(node)}, {self.writer.scope(place, now=True)})"
            if place.listed is None:
                self.writer.line_values.append(call)
            else:
                self.of_items[name] = call
                self.asking.add(name)
        return Written(
            f"{name}.low", f"{name}.high", (f"{name}.known",), f"{name}.high is not None",
            (Splice(f"{name}.used"),), (Splice(f"{name}.missing"),),
        )  # fmt: skip

    def _timed(self, ref: FactRef, place: Place) -> Written | None:
        """A fact of timed minutes: the plain case at once, else the interpreter's."""
        if ref.timed is None or ref.fact.path not in timed.COMPUTED or place.by_day or place.listed is not None:
            return None
        how = timed.counting(ref.timed)
        by_contract = how.method == "by_contract"
        method = self.writer.constant(how.method)
        if by_contract:
            if not place.seat.covered:
                return None
            method = self.writer.fact(f"cov{place.seat.number}", CATALOGUE["coverage.unit_method"])
        settings, path = self.writer.constant(how), self.writer.constant(ref.fact.path)
        pool, new = self.writer.once(("pool", how.codes, how.by_discipline, how.training_codes), "p")
        if new:
            self.writer.line_values.append(f"{pool} = timed_pool(lines, l, {settings}, facts)")
        # the interpreter's answer does not depend on the seat either, unless the contract says how to count
        key = ("timed", how, ref.fact.path, place.seat if by_contract else None)
        name, new = self.writer.once(key, "v")
        if new:
            asked = f"value_of({self.writer.thing(ref)}, {self.writer.scope(place, now=False)})"
            plain = f"{self.writer.thing(timed.COMPUTED[ref.fact.path])}({pool}, l, {method})"
            self.writer.line_values.append(f"{name} = ({pool} and {plain}) or {asked}")
        used = f"timed_used({path}, {name}, lines, i, {settings})"
        if by_contract and ref.fact.path in timed.BY_METHOD:
            index = PATHS["coverages"].index("unit_method")
            used += f" | {{cov_paths{place.seat.number}[{index}]: {method}}}"
        shown = f"({name}.used if {name}.used is not None else {used})"
        missing = Splice(f"{name}.missing")
        bounded = f"{name}.high is not None"
        return Written(f"{name}.low", f"{name}.high", (f"{name}.known",), bounded, (Splice(shown),), (missing,))

    # --- facts

    def closed(self, of: str, fact: Fact, place: Place) -> str | None:
        """The local of a closed fact as a key can hold it; None where the seat has none."""
        if fact.path.startswith("payer_facts."):
            local = self._payer_local(fact)
            root = "facts"
        elif of == "coverage" and not place.seat.covered:
            return None
        else:
            root = {"": "facts", "line": "l", "coverage": f"cov{place.seat.number}"}[of]
            local = self.writer.fact(root, fact)
        if fact.type is not Type.CODES:
            return local
        name, new = self.writer.once(("key", local), "x")
        if new:
            self.writer.reads[root].after.append(f"{name} = None if {local} is None else tuple({local})")
        return name

    def _fact(self, ref: FactRef, of: str, fact: Fact, place: Place) -> Written | None:
        if fact.derived:
            match fact.path:
                case "diagnosis_codes":
                    return self._diagnoses()
                case "line.discipline":
                    return self._discipline(of, place)
            return self._timed(ref, place)
        if fact.path.startswith("payer_facts."):
            return self._payer_fact(fact)
        if not of:
            return self._shown("facts", fact, self.writer.constant(fact.path))
        tail = fact.path.partition(".")[2]
        if of == "line":
            return None if place.by_day else self._shown("l", fact, self._path("lines", tail, "line_paths"))
        if of == "coverage":
            return self._coverage(fact, tail, place)
        if of != place.item or place.listed is None:
            return None
        return self._shown(ITEM_OF[place.listed], fact, self._path(place.listed, tail, "item_paths"))

    def _path(self, listed: str, tail: str, table: str) -> str:
        index = PATHS[listed].index(tail)
        return f"{table}[{index}]"

    def _shown(self, root: str, fact: Fact, path: str) -> Written:
        local = self.writer.fact(root, fact)
        if root == "l" and fact.path in ALWAYS_KNOWN:
            return self._known(local, fact.type, path)._replace(tests=(), missing=())
        if fact.falls_back_to:
            outer = self.writer.constant(fact.falls_back_to)
            path = f"({path} if {local} is not None else {outer})"
            local = self.writer.fallen_back(root, fact)
        return self._known(local, fact.type, path)

    def _known(self, local: str, kind: Type, path: str) -> Written:
        shown = {Type.MONEY: f"{local} / 100", Type.DATE: f"ISO[{local}]", Type.CODES: f"tuple({local})"}
        used = Atom(path, shown.get(kind, local))
        return Written(
            local, local, (f"{local} is not None",), used=(used,), missing=(When(f"{local} is None", (Atom(path),)),)
        )

    def _coverage(self, fact: Fact, tail: str, place: Place) -> Written:
        seat = place.seat
        path = f"cov_paths{seat.number}[{PATHS['coverages'].index(tail)}]"
        if not seat.covered:
            path = self.writer.constant(f"coverage.{tail}")
        said = {"coverage.payer": seat.payer, "coverage.plan": seat.plan}
        value = said.get(fact.path)
        if value is not None:
            text = self.writer.constant(value)
            return Written(text, text, used=(Atom(path, text),))
        if not seat.covered or fact.path in said:
            return Written("None", "None", ("False",), missing=(Atom(path),))
        return self._known(self.writer.fact(f"cov{seat.number}", fact), fact.type, path)

    def _payer_local(self, fact: Fact) -> str:
        name, new = self.writer.once(("payer_fact", fact.path), "x")
        if new:
            self.writer.reads["facts"].after.append(f"{name} = payer_fact(facts, {self.writer.thing(fact)})")
        return name

    def _payer_fact(self, fact: Fact) -> Written:
        return self._known(self._payer_local(fact), fact.type, self.writer.constant(fact.path))

    def _diagnoses(self) -> Written:
        name, new = self.writer.once("diagnoses", "x")
        if new:
            read = f"{name} = None if facts.diagnoses is None else tuple([one.code for one in facts.diagnoses])"
            self.writer.reads["facts"].after.append(read)
        used = Atom(self.writer.constant("diagnosis_codes"), name)
        unknown = When(f"{name} is None", (Atom(self.writer.constant("diagnoses")),))
        return Written(name, name, (f"{name} is not None",), used=(used,), missing=(unknown,))

    def _discipline(self, of: str, place: Place) -> Written | None:
        """The one that the modifiers name, else that of who rendered the line."""
        if of == "line" and not place.by_day:
            root, paths, listed = "l", "line_paths", "lines"
        elif of == place.item and place.listed == "lines":
            root, paths, listed = ITEM_OF["lines"], "item_paths", "lines"
        else:
            return None
        modifiers = self.writer.fact(root, CATALOGUE["line.modifiers"])
        own = self._shown(
            root, CATALOGUE["line.rendering.discipline"], self._path(listed, "rendering.discipline", paths)
        )
        named, local = f"{root}_named", f"{root}_discipline"
        _, new = self.writer.once(("discipline", root), "x")
        if new:
            self.writer.reads[root].after += [
                f"{named} = named_discipline({modifiers})",
                f"{local} = {named} if {named} is not None or {modifiers} is None else {own.low}",
            ]
        told = Atom(self._path(listed, "modifiers", paths), f"tuple({modifiers})")
        used = (Atom(self._path(listed, "discipline", paths), local), told, When(f"{named} is None", own.used))
        missing = (
            When(f"{modifiers} is None", (Atom(told.path),)),
            When(f"{modifiers} is not None and {local} is None", own.missing),
        )
        return Written(local, local, (f"{local} is not None",), used=used, missing=missing)

    # --- computed

    def ends(self, node: Days, place: Place) -> tuple[Written, Written]:
        """The two days."""
        return self._certain(node.start, place), self._certain(node.end, place)

    def distance(self, node: Days, place: Place, *, local: bool = True) -> Written:
        """The days between two days; `local`: in a local, so that it is worked out once."""
        start, end = self.ends(node, place)
        text = f"business_days({start.low}, {end.low})" if node.business else f"({end.low} - {start.low}).days"
        tests = tuple(dict.fromkeys((*start.tests, *end.tests)))
        used, missing = (*start.used, *end.used), (*start.missing, *end.missing)
        if not local or place.listed is not None or "False" in tests:
            return Written(text, text, tests, used=used, missing=missing)
        name, new = self.writer.once(("days", text), "x")
        if new:
            known = " and ".join(tests)
            self.writer.line_values.append(f"{name} = {text} if {known} else None" if known else f"{name} = {text}")
        return Written(name, name, (f"{name} is not None",) if tests else (), used=used, missing=missing)

    def _sum(self, parts: Sequence[Written]) -> Written:
        """The least it can be, and the most: without bound where a part is unknown."""
        hopeless = any("False" in part.tests for part in parts)
        missing = tuple(step for part in parts for step in part.missing)
        parts = [part for part in parts if "False" not in part.tests]
        known = [" and ".join(part.tests) for part in parts]
        low = " + ".join(
            f"({part.low} if {test} else 0)" if test else part.low for part, test in zip(parts, known, strict=True)
        )
        every = tuple(dict.fromkeys(test for part in parts for test in part.tests))
        bounds = tuple(part.bounded for part in parts if part.bounded != "True")
        high = " + ".join(part.high for part in parts)
        bounded = "False" if hopeless else " and ".join((*every, *bounds)) or "True"
        used: list[Step] = []
        for part, test in zip(parts, known, strict=True):
            used += [When(test, part.used)] if test and part.used else part.used
        return Written(f"({low or 0})", f"({high or 0})", (), bounded, tuple(used), missing)
