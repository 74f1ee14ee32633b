"""Who is to answer: the encounter's coverages, and the payers and plans the caller adds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from crosspayer.engine.determine import Seat
from crosspayer.engine.scope import Item
from crosspayer.errors import InputError, Problem, nearest
from crosspayer.policy.model import Payer


class Seating(NamedTuple):
    """Seats, those of one payer and coverage in one group; and coverages that no one answers for: their payer is not
    loaded, or they do not say whose they are."""

    groups: list[list[Seat]]
    unanswered: list[Item]

    @property
    def seats(self) -> list[Seat]:
        """All seats, group by group."""
        return [seat for group in self.groups for seat in group]


def seating(
    facts: Any,
    loaded: Mapping[str, Payer],
    asserting: Collection[str],
    payers: Collection[str],
    plans: Collection[str],
    *,
    all_payers: bool,
) -> Seating:
    """Held coverages first; a payer without a coverage answers hypothetically.

    A coverage that does not name its payer is held too: that nobody knows whose it is is no reason to ask them all.

    Raises `InputError` for payers that are not loaded and plans they do not know.
    """
    chosen = [plan.partition("/")[::2] for plan in sorted(set(plans))] if plans else []
    if payers or chosen:
        _check_asked(loaded, payers, chosen)
    given = [Item(c, f"coverages[{i}]", i) for i, c in enumerate(facts.coverages or [])]
    held = [coverage for coverage in given if coverage.thing.payer is not None]
    nameless = [] if payers or chosen else [coverage for coverage in given if coverage.thing.payer is None]
    preferred = dict(chosen)
    groups, unanswered = [], nameless
    for coverage in held:
        payer = loaded.get(coverage.thing.payer)
        if payer is None:
            unanswered.append(coverage)
        else:
            plan = coverage.thing.plan or preferred.get(payer.id)
            groups.append(_group(payer, plan, coverage, asserting))
    held_plans = {(c.thing.payer, c.thing.plan or preferred.get(c.thing.payer)) for c in held}
    groups += [_group(loaded[name], plan, None, asserting) for name, plan in chosen if (name, plan) not in held_plans]
    wanted = set(payers) if payers or chosen or given else set(loaded)
    if all_payers:
        wanted |= set(loaded)
    answered = {coverage.thing.payer for coverage in held} | {name for name, _ in chosen}
    groups += [_group(loaded[name], None, None, asserting) for name in sorted(wanted - answered)]
    return Seating(groups, unanswered)


def _check_asked(loaded: Mapping[str, Payer], payers: Collection[str], chosen: Sequence[tuple[str, str]]) -> None:
    if isinstance(payers, str):
        raise TypeError("payers takes a collection of names, not one name")
    found = [
        Problem("payers", None, None, "", f"no loaded plugin answers for {name}", _near(name, loaded))
        for name in (*payers, *(payer for payer, _ in chosen))
        if name not in loaded
    ]
    for name, plan in chosen:
        known = [p.id for p in loaded[name].plans] if name in loaded else [plan]
        if plan not in known:
            found.append(Problem("plans", None, None, "", f"{name} knows no plan {plan}", _near(plan, known)))
    if found:
        raise InputError(found)


def _near(name: str, known: Iterable[str]) -> str:
    words = list(known)
    near = nearest(name, words)
    return f"did you mean {near}?" if near else f"known: {', '.join(words) or 'none'}"


def _group(payer: Payer, plan: str | None, coverage: Item | None, asserting: Collection[str]) -> list[Seat]:
    """The payer's plans that answer: the given one, or every one it has."""
    asserter: Literal["advisory", "payer"] = "payer" if payer.id in asserting else "advisory"
    known = [p.id for p in payer.plans]
    if plan is not None:
        return [Seat(payer, plan, coverage, None if plan in known else "plan_not_known", asserter)]
    if not known:
        return [Seat(payer, None, coverage, None, asserter)]
    return [Seat(payer, name, coverage, "plan_not_given", asserter) for name in known]
