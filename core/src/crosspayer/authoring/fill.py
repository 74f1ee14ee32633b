"""An encounter filled in question by question: which fact is asked next, and what the encounter then says.

A new encounter starts with the facts that almost every answer needs; everything after that is ranked afresh after each
answer by how many determinations it settles. A fact that nobody can supply now stays absent, and is not asked again.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from crosspayer.authoring.facts_of import facts_of, put_fact
from crosspayer.authoring.typed_answer import choice, typed_answer
from crosspayer.determination.model import Answer, Determination
from crosspayer.determination.needs import catalogue_path
from crosspayer.determination.unknowns import COVERAGE_PLAN, Unknown, unknowns
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Fact
from crosspayer.encounter.model import FORMAT
from crosspayer.encounter.profile import Profile
from crosspayer.encounter.read import Encounter
from crosspayer.engine.derived import DISCIPLINE_OF
from crosspayer.engine.engine import Engine

MOST_QUESTIONS = 12
PAYER = "coverages[0].payer"
ALWAYS = (PAYER, "lines[0].service_date", "lines[0].code")
"""Without these hardly a rule can be held against the encounter."""
AT_FIRST = (
    "stage", *ALWAYS, "lines[0].modifiers", "lines[0].units", "lines[0].minutes", "rendering.discipline",
    "place_of_service",
)  # fmt: skip
"""What a new encounter starts with."""
BEFORE_THE_VISIT = ("order", "schedule")
AFTER_THE_VISIT = ("lines[0].modifiers", "lines[0].units", "lines[0].minutes")
"""What cannot be known before the visit, and is not asked then."""


@dataclass(frozen=True)
class Asked:
    """Who is to answer, as `evaluate` takes it, and which determinations count."""

    engine: Engine
    payers: tuple[str, ...]
    plans: tuple[str, ...]
    all_payers: bool
    profile: Profile | None
    counted: Callable[[Sequence[Determination]], list[Determination]]

    def answer(self, encounter: Encounter, payer: str | None = None) -> Answer:
        """What the payers say, or those the patient has and this one. Raises `InputError` for facts that contradict."""
        if payer is not None:
            plans = [plan for plan in self.plans if plan.partition("/")[0] == payer]
            return self.engine.evaluate(encounter, payers=(payer,), plans=plans, profile=self.profile)
        return self.engine.evaluate(
            encounter, payers=self.payers, plans=self.plans, all_payers=self.all_payers, profile=self.profile
        )

    def facts(self) -> dict[str, Fact]:
        """The facts that the loaded payers declare, by path."""
        return {path: fact for payer in self.engine.payers.values() for path, fact in payer.facts.items()}


class Next(NamedTuple):
    """The question to ask: where its answer goes, what may be answered, and why it is asked (None: at the start)."""

    path: str
    fact: Fact
    choices: tuple[str, ...]
    unknown: Unknown | None


@dataclass
class Filling:
    """The encounter so far. Not for threads."""

    asked: Asked
    data: dict[str, Any]
    first: tuple[str, ...]
    seen: set[str] = field(default_factory=set)

    @classmethod
    def new(cls, asked: Asked, name: str) -> Filling:
        """An encounter of which nothing is known but the name its file gives it."""
        return cls(asked, {"format": FORMAT, "id": name, "lines": [{"number": 1}]}, AT_FIRST)

    @classmethod
    def of(cls, asked: Asked, encounter: Encounter) -> Filling:
        """A partial encounter."""
        return cls(asked, msgspec.json.decode(encounter.raw), ALWAYS)

    @property
    def encounter(self) -> Encounter:
        """What is known."""
        return Encounter.from_mapping(self.data)

    def questions(self) -> Iterator[Next]:
        """The next question, again and again, at most a dozen; each must be put an answer to or be passed."""
        for _ in range(MOST_QUESTIONS):
            following = self._next()
            if following is None:
                return
            self.seen.add(following.path)
            yield following

    def put(self, question: Next, text: str) -> None:
        """Take an answer. Raises `Refused` for what does not fit, `InputError` for what contradicts other facts."""
        data = copy.deepcopy(self.data)
        if question.path == PAYER:
            said = text.strip().lower()
            named = said if said in self.asked.engine.payers else choice(said, question.choices)
            payer, _, plan = named.partition("/")
            put_fact(data, PAYER, payer)
            if plan:
                put_fact(data, "coverages[0].plan", plan)
        elif question.choices:
            put_fact(data, question.path, choice(text.strip(), question.choices))
        else:
            value = typed_answer(text, question.fact)
            if question.path == "diagnoses":
                value = [{"code": code} for code in value]
            put_fact(data, question.path, value)
        self.asked.answer(Encounter.from_mapping(data))
        self.data = data

    def _next(self) -> Next | None:
        known = {path for path, value in facts_of(self.data) if value is not None}
        if any(path.startswith("coverages[") and path.endswith("].payer") for path in known):
            known.add(PAYER)
        for path in self.first:
            if path not in self.seen | known and self._fits(path):
                return Next(path, CATALOGUE[catalogue_path(path)], self._choices(path), None)
        declared = self.asked.facts()
        found = self.asked.counted(self.asked.answer(self.encounter).determinations)
        for unknown in unknowns(found):
            place = self._place(unknown)
            fact = _fact(place, declared) if place is not None else None
            if place is not None and fact is not None and place not in self.seen:
                return Next(place, fact, self._choices(place), unknown)
        return None

    def _fits(self, path: str) -> bool:
        """Whether a question of the start can be answered, and is not answered by another."""
        line = self.data["lines"][0]
        if path in AFTER_THE_VISIT:
            return self.data.get("stage") not in BEFORE_THE_VISIT
        return path != "rendering.discipline" or not set(line.get("modifiers") or ()) & set(DISCIPLINE_OF)

    def _place(self, unknown: Unknown) -> str | None:
        """Where an encounter carries the fact; None for what is no fact of it: a table, a coverage it does not hold."""
        if not unknown.path.startswith("coverage."):
            return unknown.path
        payers = {place.payer for place in unknown.waiting}
        for index, coverage in enumerate(self.data.get("coverages") or ()):
            if unknown.path == COVERAGE_PLAN and coverage.get("payer") in payers and not coverage.get("plan"):
                return f"coverages[{index}].plan"
        return None

    def _choices(self, path: str) -> tuple[str, ...]:
        payers = self.asked.engine.payers
        if path == PAYER:
            return tuple(
                name
                for payer in payers.values()
                for name in ([f"{payer.id}/{p.id}" for p in payer.plans] or [payer.id])
            )
        if path.startswith("coverages[") and path.endswith("].plan"):
            index = int(path.removeprefix("coverages[").partition("]")[0])
            payer = payers.get(self.data["coverages"][index].get("payer"))
            return tuple(plan.id for plan in payer.plans) if payer is not None else ()
        return _fact_words(CATALOGUE.get(catalogue_path(path)) or self.asked.facts().get(path))


def _fact(path: str, declared: Mapping[str, Fact]) -> Fact | None:
    fact = CATALOGUE.get(catalogue_path(path)) or declared.get(path)
    return fact if fact is not None and (not fact.derived or path == "diagnoses") else None


def _fact_words(fact: Fact | None) -> tuple[str, ...]:
    return fact.words if fact is not None else ()


def encounter_file(encounter: Encounter) -> bytes:
    """The encounter as its file holds it: format and id, then facts in the catalogue's order; unknown ones left out."""
    facts = msgspec.json.decode(msgspec.json.encode(encounter.facts, order="deterministic"))
    document = {"format": FORMAT, "id": encounter.id, **facts}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
