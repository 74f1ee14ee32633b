"""The unknown facts as questions, for people and as JSON: what to say, who can say it, what waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NotRequired, TextIO, TypedDict

import msgspec

from crosspayer.determination.needs import catalogue_path
from crosspayer.determination.unknowns import COVERAGE_PLAN, Unknown, Waiting
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Fact, Type
from crosspayer.report.table import console, paragraph
from crosspayer.report.words import WHO, PayerFacts, counted, fact_words

MANY = 3


class WaitingAnswer(TypedDict):
    """A determination that waits for the fact: of which line, by which payer, and for which plan or plans, if any."""

    encounter: str
    line: int
    payer: str
    plan: str | None
    plans: tuple[str, ...]


class Question(TypedDict):
    """A fact to supply.

    `payer` is set where it is a fact of a coverage the encounter does not hold. `ask` can supply it. `type` is null
    where it is no fact but a value that the published sources do not give. `settles` counts the answers that need
    nothing else. `profile` says whether it may stand in a profile. What limits the answer is left out where nothing
    does.
    """

    path: str
    payer: str | None
    question: str
    ask: str
    type: str | None
    settles: int
    waiting: list[WaitingAnswer]
    rules: tuple[str, ...]
    decides: Literal["verdict", "record"]
    profile: bool
    unit: NotRequired[str]
    words: NotRequired[list[str]]
    minimum: NotRequired[int]
    maximum: NotRequired[int]
    pattern: NotRequired[str]


class Questions(TypedDict):
    """The unknown facts as questions, the most useful first."""

    format: Literal["crosspayer/questions/1"]
    questions: list[Question]


def fact_of(path: str, payer_facts: PayerFacts) -> Fact | None:
    """The catalogue's fact, or the payer's, of a full path; None for what is no fact (a table, a parameter)."""
    return CATALOGUE.get(catalogue_path(path)) or payer_facts.get(path)


def question_words(path: str, payer_facts: PayerFacts) -> str:
    """The question a person is asked."""
    said = fact_words(path, payer_facts)
    fact = fact_of(path, payer_facts)
    return f"{said[0].upper()}{said[1:]}" + (f": {_asked(fact)}" if fact is not None else ".")


def _asked(fact: Fact) -> str:
    match fact.type:
        case Type.BOOLEAN:
            return "yes or no?"
        case Type.INTEGER | Type.MONEY:
            return f"how many {fact.unit}?" if fact.unit else "which number?"
        case Type.DATE:
            return "which day?"
        case Type.TIME:
            return "what time?"
        case Type.CODES:
            return "which codes?"
        case Type.CODE:
            return "which code?"
        case _:
            return "which?"


def allowed_words(fact: Fact) -> str:
    """What may be answered, in words."""
    match fact.type:
        case Type.BOOLEAN:
            return "yes or no"
        case Type.WORD:
            return ", ".join(fact.words)
        case Type.INTEGER | Type.MONEY:
            return f"{fact.low} to {fact.high}" if fact.high is not None else f"{fact.low or 0} or more"
        case Type.DATE:
            return "a day as YYYY-MM-DD"
        case Type.TIME:
            return "a time of day as HH:MM"
        case Type.CODES:
            return "codes, parted by spaces; none where there are none"
        case Type.CODE:
            return "a code"
        case _:
            return "text"


def as_json(ranked: Sequence[Unknown], payer_facts: PayerFacts) -> str:
    """The questions as a document; docs/asking.md describes it."""
    questions = [_entry(unknown, payer_facts) for unknown in ranked]
    return msgspec.json.encode(Questions(format="crosspayer/questions/1", questions=questions)).decode()


def _entry(unknown: Unknown, payer_facts: PayerFacts) -> Question:
    fact = fact_of(unknown.path, payer_facts)
    entry: Question = {
        "path": unknown.path,
        "payer": unknown.payer,
        "question": question_words(unknown.path, payer_facts),
        "ask": unknown.who,
        "type": fact.type.value if fact is not None else None,
        "settles": unknown.settles,
        "waiting": [
            {"encounter": w.encounter, "line": w.line, "payer": w.payer, "plan": w.plan, "plans": w.plans}
            for w in unknown.waiting
        ],
        "rules": unknown.rules,
        "decides": "verdict" if unknown.verdict else "record",
        "profile": fact is not None and fact.holds_for != "visit",
    }
    if fact is None:
        return entry
    if fact.unit:
        entry["unit"] = fact.unit
    if fact.words:
        entry["words"] = list(fact.words)
    if fact.low is not None:
        entry["minimum"] = fact.low
    if fact.high is not None:
        entry["maximum"] = fact.high
    if fact.pattern:
        entry["pattern"] = fact.pattern
    return entry


def write(ranked: Sequence[Unknown], encounters: int, file: TextIO, payer_facts: PayerFacts) -> None:
    """The questions one below the other, the most useful first; points of the record apart."""
    out = console(file)
    if not ranked:
        paragraph(out, "No fact is asked for.")
        return
    of_verdict = [unknown for unknown in ranked if unknown.verdict]
    of_record = [unknown for unknown in ranked if not unknown.verdict]
    for title, some in (("To settle the answer", of_verdict), ("Points of the record", of_record)):
        if not some:
            continue
        out.print(f"{title}:", style="bold", markup=False)
        for number, unknown in enumerate(some, 1 if some is of_verdict else len(of_verdict) + 1):
            paragraph(out, f"{number:>3}. {question_words(unknown.path, payer_facts)}")
            for text in _about(unknown, encounters, payer_facts):
                paragraph(out, f"     {text}")
        out.print()


def _about(unknown: Unknown, encounters: int, payer_facts: PayerFacts) -> Sequence[str]:
    fact = fact_of(unknown.path, payer_facts)
    of_payer = f" of {unknown.payer}" if unknown.payer else ""
    allowed = f" ({allowed_words(fact)})" if fact is not None and fact.type is not Type.BOOLEAN else ""
    lines = [f"{unknown.path}{of_payer}{allowed}; ask: {WHO[unknown.who]}"]
    lines += reasons(unknown, encounters)
    if unknown.path != COVERAGE_PLAN and fact is not None and fact.holds_for != "visit":
        lines.append(f"the same for the whole {fact.holds_for}: it may stand in a profile")
    return lines


def reasons(unknown: Unknown, encounters: int = 1) -> list[str]:
    """Which answers and rules wait for a fact."""
    one = len(unknown.waiting) == 1
    places = _few(list(dict.fromkeys(_place(place, encounters) for place in unknown.waiting)))
    settled = "" if not unknown.settles else "; settles it" if one else f"; settles {unknown.settles} of them"
    said = [f"{counted(len(unknown.waiting), 'answer')} wait{'s' * one} for it: {places}{settled}"]
    return [*said, f"rules: {_few(unknown.rules)}"] if unknown.rules else said


def _few(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - MANY
    return ", ".join(names[:MANY]) + (f" and {more} more" if more > 0 else "")


def _place(place: Waiting, encounters: int) -> str:
    of = f"{place.encounter} " if encounters > 1 else ""
    plans = (place.plan,) if place.plan else place.plans
    plan = f"/{plans[0]}" if len(plans) == 1 else f" ({len(plans)} plans)" if plans else ""
    return f"{of}line {place.line} {place.payer}{plan}"
