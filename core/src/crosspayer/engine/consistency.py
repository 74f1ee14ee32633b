"""Facts that contradict each other or the loaded plugins: refused before anything is decided on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from crosspayer.encounter.fact import Fact, Type
from crosspayer.encounter.profile import OF_PROVIDER, Profile
from crosspayer.encounter.read import Encounter, problems_at
from crosspayer.errors import InputError, Problem, nearest
from crosspayer.language.names import cents
from crosspayer.policy.model import Payer

Fault = tuple[tuple[str | int, ...], str, str]
ANY_BUSINESS = ("", "other")


def check(encounter: Encounter, payers: Mapping[str, Payer]) -> None:
    """Raise `InputError` for payer facts that no loaded plugin knows as given, and for coverages that contradict
    themselves. What belongs to payers that are not loaded is left alone."""
    facts = encounter.facts
    found = [*_payer_facts(facts.payer_facts or {}, payers), *_coverages(facts.coverages or [], payers)]
    if found:
        raise InputError(problems_at(found, encounter))


def check_profile(profile: Profile, payers: Mapping[str, Payer]) -> None:
    """Raise `InputError` for payer facts of a profile that a loaded plugin does not declare, does not declare as
    given, or declares to hold for one visit only. What belongs to payers that are not loaded is left alone."""
    found: list[Fault] = []
    for entry in profile.entries:
        for path, value in entry.facts.items():
            head, _, rest = path.partition(".")
            payer = payers.get(rest.partition(".")[0]) if head == "payer_facts" else None
            if payer is not None:
                faults = _profile_fact(path, value, payer, of_provider="rendering_npi" in entry.keys)
                found += [(entry.place(path), what, remedy) for what, remedy in faults]
    if found:
        raise InputError(profile.problems(found))


def slips(profile: Profile, payers: Mapping[str, Payer]) -> list[Problem]:
    """Entries whose payer or plan nobody knows, but somebody nearly: they would never speak. Not an error, since an
    installation need not have every plugin, nor a plugin every plan."""
    found: list[Fault] = []
    for entry in profile.entries:
        name, plan = entry.keys.get("payer"), entry.keys.get("plan")
        payer = payers.get(name or "")
        known = [p.id for p in payer.plans] if payer is not None else []
        place = ("entries", entry.number)
        if name is not None and payer is None and (near := nearest(name, payers)):
            found.append(((*place, "payer"), "no loaded plugin answers for this payer", f"did you mean {near}?"))
        elif plan is not None and known and plan not in known and (near := nearest(plan, known)):
            found.append(((*place, "plan"), f"{name} knows no such plan", f"did you mean {near}?"))
    return profile.problems(found)


def _profile_fact(path: str, value: Any, payer: Payer, *, of_provider: bool) -> Iterator[tuple[str, str]]:
    fact = payer.facts.get(path)
    if fact is None:
        yield _unknown(path.rpartition(".")[2], payer)
    elif fact.holds_for == "visit":
        yield f"{payer.id} asks it for each visit", "leave it to the encounter"
    elif fact.holds_for == "provider" and not of_provider:
        yield OF_PROVIDER
    elif fact.type is Type.DATE and not isinstance(value, date):
        yield "the value is not a date", "write it as YYYY-MM-DD, without quotes"
    elif fact.type is not Type.DATE and not fits(value, fact):
        yield _unfit(fact)


def _unknown(name: str, payer: Payer) -> tuple[str, str]:
    known = [path.rpartition(".")[2] for path in payer.facts]
    near = nearest(name, known)
    remedy = f"did you mean {near}?" if near else f"it knows {', '.join(known) or 'none'}"
    return f"{payer.id} has no such fact", remedy


def _unfit(fact: Fact) -> tuple[str, str]:
    words = f" ({', '.join(fact.words)})" if fact.words else ""
    return f"the value is not a {fact.type.value}{words}", "correct it, or leave it out"


def _payer_facts(given: Mapping[str, Any], payers: Mapping[str, Payer]) -> Iterator[Fault]:
    for payer_id, values in given.items():
        payer = payers.get(payer_id)
        if payer is None:
            continue
        for name, value in (values or {}).items():
            place = ("payer_facts", payer_id, name)
            fact = payer.facts.get(f"payer_facts.{payer_id}.{name}")
            if fact is None:
                yield place, *_unknown(name, payer)
            elif value is not None and not fits(value, fact):
                yield place, *_unfit(fact)


def _coverages(given: list[Any], payers: Mapping[str, Payer]) -> Iterator[Fault]:
    seen: dict[tuple[str, str | None, str | None], int] = {}
    for index, coverage in enumerate(given):
        if coverage.payer is None:
            continue
        key = (coverage.payer, coverage.plan, coverage.order)
        if key in seen:
            yield (
                ("coverages", index),
                f"coverages[{seen[key]}] is given again",
                "keep one of the two, or say their plans or order",
            )
        seen.setdefault(key, index)
        payer = payers.get(coverage.payer)
        plan = next((p for p in payer.plans if p.id == coverage.plan), None) if payer else None
        told = coverage.line_of_business
        if plan and told and plan.line_of_business not in (*ANY_BUSINESS, told):
            what = f"the line of business contradicts the plan {plan.id}, which is {plan.line_of_business}"
            yield ("coverages", index, "line_of_business"), what, "correct the plan or the line of business"


def fits(value: Any, fact: Fact) -> bool:
    """Whether a value is of the fact's type."""
    match fact.type:
        case Type.BOOLEAN:
            return isinstance(value, bool)
        case Type.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool) and value >= 0
        case Type.MONEY:
            amount = cents(value)
            return amount is not None and amount >= 0
        case Type.CODES:
            return isinstance(value, list)
        case Type.WORD:
            return value in fact.words
        case Type.DATE:
            return _is_date(value)
        case _:
            return isinstance(value, str)


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def plan_of_another(plan: str, payers: Mapping[str, Payer]) -> str | None:
    """The payer that has a plan of this id, if one has."""
    return next((payer.id for payer in payers.values() if any(p.id == plan for p in payer.plans)), None)
