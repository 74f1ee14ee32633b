"""What would settle a determination that is not payable: remedies its rules' authors wrote, and facts that are missing.

Every failed rule needs its remedy; the facts are searched for: the smallest sets of missing facts with which, for some
values, nothing stays open and nothing else stands against payment. Each set is tried by evaluating the encounter with
it, so what is proposed really settles the determination. Values come from the rules that wait; known facts are never
changed. The search is bounded: sets have few facts, and a number of trials is the end of it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations, product
from typing import Any, NamedTuple

import msgspec

from crosspayer.authoring.facts_of import put_fact
from crosspayer.authoring.fill import Asked
from crosspayer.determination.lattice import obstacle
from crosspayer.determination.model import Determination, Finding
from crosspayer.determination.needs import catalogue_path
from crosspayer.determination.unknowns import COVERAGE_PLAN
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Fact, Type
from crosspayer.encounter.read import Encounter
from crosspayer.engine.bind import Binder, rule_nodes
from crosspayer.errors import InputError
from crosspayer.language.tree import Literal, TableCodes
from crosspayer.policy.model import Payer
from crosspayer.policy.tables import TableView

MOST_FACTS = 3
MOST_TRIALS = 600
MOST_OF_TABLE = 3
"""Keys of a table that are tried; the others are alike as far as being in it goes."""
SHOWN = (Type.BOOLEAN, Type.WORD)
"""Types whose settling values are named; of others the rule's own sentence says more."""
UNSETTLED = {"nothing_checked", "policy_not_in_force", "plan_not_known"}
"""Reasons of an answer that no missing fact removes."""
PAYABLE = ("clear", "covered")
Watched = Callable[[Sequence[Determination], str], Iterable[Determination]]
"""Hands on the determinations one by one and may show how far it is."""


class Needed(NamedTuple):
    """A missing fact of a set; `values` are those with which the set settles, where the type has few."""

    path: str
    values: tuple[bool | str, ...]


class FactSet(NamedTuple):
    """Missing facts that settle together. `example` is one assignment that does; it is for tests, never shown."""

    facts: tuple[Needed, ...]
    rules: tuple[str, ...]
    example: Mapping[str, Any]


class Settling(NamedTuple):
    """What would settle one determination.

    `failed` are the findings whose remedy it takes. `judged` are rules and reasons that no fact settles: a person or
    the payer must. `sets` are the smallest sets of missing facts, any one of them; empty where no fact is missing, or
    where `searched` is False or no set of few facts settles it: then `missing` says what is open.
    """

    determination: Determination
    failed: tuple[Finding, ...]
    judged: tuple[str, ...]
    missing: tuple[str, ...]
    sets: tuple[FactSet, ...]
    searched: bool


def settling(asked: Asked, encounter: Encounter, found: Sequence[Determination], watched: Watched) -> list[Settling]:
    """What would settle each determination that is neither clear nor covered; those without a verdict are left out."""
    searched = [d for d in found if d.encounter == encounter.id and d.verdict not in (None, *PAYABLE)]
    return [_of(asked, encounter, d) for d in watched(searched, "what would change answers")]


def _of(asked: Asked, encounter: Encounter, d: Determination) -> Settling:
    against = [f for f in d.findings if obstacle(f) is not None]
    failed = tuple(f for f in against if f.kind == "fail" and obstacle(f) != "conditional")
    opened = [f for f in against if f.kind == "open" and f.missing]
    judged = {f.rule for f in against if f not in failed and f not in opened}
    reasons = tuple(r for r in d.reasons if r in UNSETTLED)
    waits = [f.missing for f in opened]
    if d.silence == "plan_not_given":
        waits.append((COVERAGE_PLAN,))
    missing = tuple(sorted({path for paths in waits for path in paths}))
    accepted = {f.rule for f in failed} | judged
    search = _Search(asked, encounter, d, accepted, reasons, opened)
    sets = search.smallest(missing, waits) if missing else ()
    return Settling(d, failed, (*sorted(judged), *reasons), missing, sets, search.trials < MOST_TRIALS)


class _Search:
    """The sets of one determination, tried one by one."""

    def __init__(
        self,
        asked: Asked,
        encounter: Encounter,
        d: Determination,
        accepted: set[str],
        reasons: tuple[str, ...],
        opened: Sequence[Finding],
    ) -> None:
        self.asked, self.d, self.accepted, self.reasons, self.opened = asked, d, accepted, reasons, opened
        self.data = msgspec.json.decode(encounter.raw)
        self.literals = _literals(asked.engine.payers[d.payer], d, {f.rule for f in opened})
        self.trials = 0

    def smallest(self, missing: Sequence[str], waits: Sequence[tuple[str, ...]]) -> tuple[FactSet, ...]:
        """The settling sets of the smallest size that has any."""
        places = {path: place for path in missing if (place := self._place(path)) is not None}
        values = {path: self._values(path) for path in places}
        for size in range(1, MOST_FACTS + 1):
            found = []
            for paths in combinations(places, size):
                # a finding that waits stays open unless one of the facts it waits for is given
                if all(set(wait) & set(paths) for wait in waits):
                    settled = list(self._settled(paths, places, values))
                    if settled:
                        found.append(self._set(paths, places, settled))
            if found or self.trials >= MOST_TRIALS:
                return tuple(found)
        return ()

    def _settled(
        self, paths: Sequence[str], places: Mapping[str, str], values: Mapping[str, Sequence[Any]]
    ) -> Iterator[tuple[Any, ...]]:
        for chosen in product(*(values[path] for path in paths)):
            if self.trials >= MOST_TRIALS:
                return
            self.trials += 1
            if self._settles({places[path]: value for path, value in zip(paths, chosen, strict=True)}):
                yield chosen

    def _settles(self, given: Mapping[str, Any]) -> bool:
        data = copy.deepcopy(self.data)
        try:
            for place, value in given.items():
                put_fact(data, place, value)
            answer = self.asked.answer(Encounter.from_mapping(data), self.d.payer)
        except InputError:
            return False
        found = next((d for d in answer.determinations if self._same(d)), None)
        return found is not None and settled(found, self.accepted, self.reasons)

    def _same(self, other: Determination) -> bool:
        d = self.d
        if (other.line, other.payer, other.order, other.hypothetical) != (d.line, d.payer, d.order, d.hypothetical):
            return False
        mine, theirs = set(d.plans or (d.plan,)), set(other.plans or (other.plan,))
        return bool(mine & theirs)

    def _set(self, paths: Sequence[str], places: Mapping[str, str], settled: Sequence[tuple[Any, ...]]) -> FactSet:
        facts = []
        for index, path in enumerate(paths):
            fact = self._fact(path)
            few = path == COVERAGE_PLAN or (fact is not None and fact.type in SHOWN)
            seen = dict.fromkeys(chosen[index] for chosen in settled) if few else {}
            facts.append(Needed(path, tuple(seen)))
        rules = tuple(f.rule for f in self.opened if set(f.missing) & set(paths))
        return FactSet(tuple(facts), rules, {places[p]: v for p, v in zip(paths, settled[0], strict=True)})

    def _fact(self, path: str) -> Fact | None:
        return CATALOGUE.get(catalogue_path(path)) or self.asked.facts().get(path)

    def _place(self, path: str) -> str | None:
        """Where the encounter carries the fact; None for what it cannot: a table, a coverage it does not hold."""
        if path == COVERAGE_PLAN:
            for index, coverage in enumerate(self.data.get("coverages") or ()):
                if coverage.get("payer") == self.d.payer and not coverage.get("plan"):
                    return f"coverages[{index}].plan"
        fact = self._fact(path)
        if path.startswith("coverage.") or fact is None or (fact.derived and path != "diagnoses"):
            return None
        return path

    def _values(self, path: str) -> Sequence[Any]:
        """Values to try, those first that the waiting rules name."""
        if path == COVERAGE_PLAN:
            return self.d.plans or (self.d.plan,)
        fact = self._fact(path)
        assert fact is not None
        if path == "diagnoses":
            return [[], *([{"code": code}] for code in self.literals.get(Type.CODE, ()))]
        return list(dict.fromkeys(_candidates(fact, self.literals, self.d))) if fact.type is not Type.CODES else [
            [], *([code] for code in self.literals.get(Type.CODE, ())), sorted(self.literals.get(Type.CODE, ())),
        ]  # fmt: skip


def settled(found: Determination, accepted: Iterable[str], reasons: Iterable[str]) -> bool:
    """Whether nothing waits for facts and nothing stands against payment but what is accepted: rules and reasons."""
    if "facts_missing" in found.reasons or found.silence == "plan_not_given":
        return False
    if not set(found.reasons) & UNSETTLED <= set(reasons):
        return False
    return found.verdict is not None and {f.rule for f in found.findings if obstacle(f) is not None} <= set(accepted)


def _literals(payer: Payer, d: Determination, rules: set[str]) -> dict[Type, list[Any]]:
    """The constants in the conditions of rules, bound to the day, by type; codes also out of lists."""
    day = date.fromisoformat(d.service_date) if d.service_date is not None else None
    found: dict[Type, dict[Any, None]] = {}
    for rule in payer.rules:
        if rule.id not in rules or (day is not None and not rule.span.first <= day <= rule.span.last):
            continue
        for node in rule_nodes(Binder(day).rule(rule) if day is not None else rule):
            if isinstance(node, Literal) and node.value is not None:
                kind = Type.CODE if node.type is Type.CODES else node.type
                for value in node.value if isinstance(node.value, tuple) else (node.value,):
                    found.setdefault(kind, {})[value] = None
            elif isinstance(node, TableCodes) and isinstance(node.table, TableView):
                for key in list(node.table.rows)[:MOST_OF_TABLE]:
                    found.setdefault(Type.CODE, {})[key[0]] = None
    return {kind: list(values) for kind, values in found.items()}


def _candidates(fact: Fact, literals: Mapping[Type, Sequence[Any]], d: Determination) -> Iterator[Any]:
    named = literals.get(fact.type, ())
    match fact.type:
        case Type.BOOLEAN:
            yield from (True, False)
        case Type.WORD:
            texts = {str(value) for values in literals.values() for value in values}
            yield from sorted(fact.words, key=lambda word: word not in texts)
        case Type.INTEGER | Type.MONEY:
            low, high = fact.low or 0, fact.high if fact.high is not None else 9999
            scale = 100 if fact.type is Type.MONEY else 1
            near = [value / scale + step for value in named for step in (0, -1, 1)]
            for number in (*near, low, high):
                if low <= number <= high:
                    yield int(number) if fact.type is Type.INTEGER else number
        case Type.DATE:
            days = [value for value in named if isinstance(value, date)]
            if d.service_date is not None:
                days.append(date.fromisoformat(d.service_date))
            for day in days:
                for step in (0, -1, 1, -30):
                    yield (day + timedelta(days=step)).isoformat()
        case _:
            yield from (str(value) for value in named)
