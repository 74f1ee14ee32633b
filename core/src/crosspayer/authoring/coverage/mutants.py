"""Every small wrong change to a plugin's rules, each made once where it is written, for all rules it is written for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from crosspayer.authoring.coverage.changes import changes, moved_by, shown
from crosspayer.authoring.coverage.equivalent import same
from crosspayer.authoring.coverage.kill import telling
from crosspayer.authoring.coverage.spots import Place, Written, spots
from crosspayer.engine.bind import rule_nodes
from crosspayer.language.tree import Condition, Literal, ParameterRef
from crosspayer.plugins.assemble import Library
from crosspayer.policy.dating import Span
from crosspayer.policy.model import Cap, Parameter, ParameterValue, Rule
from crosspayer.policy.vocabulary import Effect

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, eq=False)
class Mutant:
    """One wrong change: where it is made, what is done, the changed rules by the rules they take the place of.

    `reached` are the numbers of the changed condition in each rule, where it is a condition. `days` are the only days
    on which it can show. `same` says why it changes nothing; then it does not count. `case` says what a case that would
    catch it is like.
    """

    place: Place
    what: str
    swap: dict[Rule, Rule]
    reached: dict[Rule, int]
    case: str
    days: frozenset[date] | None = None
    same: str = ""

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the changed rules, sorted."""
        return tuple(sorted({rule.id for rule in self.swap}))


def mutants(rules: Sequence[Written], library: Library) -> list[Mutant]:
    """In the order of the documents; nothing twice."""
    by_place: dict[tuple[Place, str], list[Mutant]] = defaultdict(list)
    for written in rules:
        for one in (*_of_conditions(written, library), *_of_rule(written)):
            by_place[one.place, one.what].append(one)
    for one in (*_of_policies(rules), *_of_parameters(rules, library)):
        by_place[one.place, one.what].append(one)
    return sorted((_joined(found) for found in by_place.values()), key=_order)


def _order(mutant: Mutant) -> tuple[str, list[tuple[bool, int, str]], str]:
    path = [(isinstance(key, str), key if isinstance(key, int) else 0, str(key)) for key in mutant.place.path]
    return mutant.place.origin, path, mutant.what


def _joined(found: list[Mutant]) -> Mutant:
    """One change that concerns several rules; it changes nothing only if it changes nothing in any of them."""
    first = found[0]
    swap = {old: new for one in found for old, new in one.swap.items()}
    reached = {rule: number for one in found for rule, number in one.reached.items()}
    return replace(first, swap=swap, reached=reached, same=first.same if all(one.same for one in found) else "")


# --- conditions


def _of_conditions(written: Written, library: Library) -> Iterator[Mutant]:
    for spot in spots(written, library):
        seen: list[Condition] = [spot.node]
        for change in changes(spot.node):
            if change.node in seen:
                continue
            seen.append(change.node)
            yield Mutant(
                spot.place, change.what, {written.rule: spot.put(change.node)}, {written.rule: spot.number},
                telling(spot.node, change.node, written.rule), same=same(spot.node, change.node, written.rule),
            )  # fmt: skip


# --- the rule around them


def _of_rule(written: Written) -> Iterator[Mutant]:
    rule, raw = written.rule, written.raw

    def made(keys: tuple[str | int, ...], what: str, changed: Rule, case: str, same: str = "") -> Mutant:
        return Mutant(written.at(*keys), what, {rule: changed}, {}, case, same=same)

    if rule.when is not None:
        yield made(("when",), "when dropped", replace(rule, when=None), "to which the rule does not apply")
    if rule.effect is not None and "effect" in raw:
        other = _other_effect(rule.effect)
        unreachable = bool(rule.branches) and rule.branches[-1].when is None
        why = "a branch without when stands before it" if unreachable else ""
        yield made(
            ("effect",), f"effect = {rule.effect} → {other}", replace(rule, effect=other), _failing(rule.effect), why
        )
    for index, branch in enumerate(rule.branches):
        at = ("otherwise", index)
        rest = (*rule.branches[:index], *rule.branches[index + 1 :])
        if rest or rule.effect is not None:
            follows = {b.effect for b in rule.branches[index + 1 :]} | ({rule.effect} if rule.effect else set())
            if branch.when is None and rule.effect is None:
                follows = set()
            if rule.effect is not None or rest[-1].when is None:
                why = "what follows has the same effect" if follows == {branch.effect} else ""
                yield made(at, "branch dropped", replace(rule, branches=rest), _failing(branch.effect, index), why)
        if branch.when is not None:
            after = {b.effect for b in rule.branches[index + 1 :]} | ({rule.effect} if rule.effect else set())
            why = "what follows has the same effect" if after == {branch.effect} else ""
            always = (*rule.branches[:index], replace(branch, when=None), *rule.branches[index + 1 :])
            past = f"that fails while the when of otherwise[{index}] does not hold, and that states its effect"
            yield made((*at, "when"), "when dropped", replace(rule, branches=always), past, why)
        other = _other_effect(branch.effect)
        changed = (*rule.branches[:index], replace(branch, effect=other), *rule.branches[index + 1 :])
        turned = replace(rule, branches=changed)
        yield made((*at, "effect"), f"effect = {branch.effect} → {other}", turned, _failing(branch.effect, index))
    if isinstance(rule.require, Cap):
        yield from _of_cap(written, rule.require)
    for key, values in (("judges", rule.judges), ("plans", rule.plans)):
        if key in raw and isinstance(values, frozenset) and len(values) > 1:
            for value in sorted(values):
                yield made((key,), f"{value} dropped from {key}", _without(rule, key, value), _judging(key, value))
    yield from _of_days(written.at, ("from", "to"), [rule], raw)


def _failing(effect: str, branch: int | None = None) -> str:
    """A case that fails, by the rule's own effect or in a branch."""
    where = "" if branch is None else f" in otherwise[{branch}]"
    return f'that fails{where} and states effect = "{effect}"'


def _judging(key: str, value: str) -> str:
    return f"under the plan {value}" if key == "plans" else f"of a line with the code {value}"


def _without(rule: Rule, key: str, value: str) -> Rule:
    if key == "plans":
        return replace(rule, plans=(rule.plans or frozenset()) - {value})
    assert isinstance(rule.judges, frozenset)
    return replace(rule, judges=rule.judges - {value})


def _other_effect(effect: Effect) -> Effect:
    return "inform" if effect != "inform" else "warn"


def _of_cap(written: Written, cap: Cap) -> Iterator[Mutant]:
    rule = written.rule

    def made(key: str, what: str, changed: Cap, case: str) -> Mutant:
        return Mutant(written.at("cap", key), what, {rule: replace(rule, require=changed)}, {}, case)

    if isinstance(cap.at_most, Literal):
        for step in (-1, 1):
            moved = moved_by(cap.at_most, step)
            if moved is not None:
                most = moved if step > 0 else cap.at_most
                what = f"at_most = {shown(cap.at_most)} → {shown(moved)}"
                yield made("at_most", what, replace(cap, at_most=moved), f"in which {shown(most)} units count")
    for part in cap.per:
        rest = tuple(p for p in cap.per if p != part)
        yield made(
            "per",
            f"{part} dropped from per",
            replace(cap, per=rest),
            f"of two lines that differ in {part}, each within the limit",
        )
    flipped = replace(cap, highest_charge_first=not cap.highest_charge_first)
    if cap.highest_charge_first:
        yield made(
            "keep_first_by", "-line.charge → line.number", flipped, "in which the later line has the higher charge"
        )
    if isinstance(cap.codes, frozenset) and len(cap.codes) > 1:
        for code in sorted(cap.codes):
            yield made(
                "units_of",
                f"{code} dropped from codes",
                replace(cap, codes=cap.codes - {code}),
                f"over the limit by a line of {code}",
            )


# --- days, codes and plans a policy says for all its rules


def _of_policies(rules: Sequence[Written]) -> Iterator[Mutant]:
    by_policy: dict[str, list[Written]] = defaultdict(list)
    for written in rules:
        by_policy[written.rule.policy].append(written)
    for found in by_policy.values():
        document = found[0].document

        def at(*keys: str | int, origin: str = document.origin) -> Place:  # bound now: the loop goes on
            return Place(origin, keys)

        raw = document.data
        heirs = [w.rule for w in found if "judges" not in w.raw and not w.rule.loser]
        yield from _dropped(at("codes"), raw["codes"], heirs, "judges")
        heirs = [w.rule for w in found if "plans" not in w.raw]
        yield from _dropped(at("plans"), raw.get("plans", []), heirs, "plans")
        for key in ("from", "to"):
            if key in raw:
                inherit = [w.rule for w in found if _inherits(w, raw, key)]
                yield from _of_days(at, (key,), inherit, raw)


def _inherits(written: Written, raw: Any, key: str) -> bool:
    """Whether the policy's day is the rule's too: it names none, or names a wider one."""
    own = written.raw.get(key)
    return own is None or (own < raw["from"] if key == "from" else own > raw["to"])


def _dropped(place: Place, values: Sequence[str], rules: list[Rule], key: str) -> Iterator[Mutant]:
    if len(values) > 1 and rules:
        name = "codes" if key == "judges" else key
        for value in values:
            swap = {rule: _without(rule, key, value) for rule in rules}
            yield Mutant(place, f"{value} dropped from {name}", swap, {}, _judging(key, value))


def _of_days(at: Callable[..., Place], keys: Iterable[str], rules: list[Rule], raw: Any) -> Iterator[Mutant]:
    """First and last day moved by one; only the rules for which this day is the first or last."""
    for key in keys:
        day = raw.get(key)
        if not isinstance(day, date):
            continue
        mine = [rule for rule in rules if (rule.span.first if key == "from" else rule.span.last) == day]
        for step in (-DAY, DAY):
            moved = day + step
            swap = {}
            for rule in mine:
                span = Span(moved, rule.span.last) if key == "from" else Span(rule.span.first, moved)
                if span.first <= span.last:
                    swap[rule] = replace(rule, span=span)
            if swap:
                shows = day if (step > timedelta()) == (key == "from") else moved
                case = f"with {mine[0].dated_by} = {shows}"
                yield Mutant(at(key), f"{key} = {day} → {moved}", swap, {}, case, days=frozenset({shows}))


# --- parameters


def _of_parameters(rules: Sequence[Written], library: Library) -> Iterator[Mutant]:
    users: dict[str, list[Rule]] = defaultdict(list)
    for written in rules:
        for name in sorted({n.name for n in rule_nodes(written.rule) if isinstance(n, ParameterRef)}):
            users[name].append(written.rule)
    for document in library.policies:
        for name in document.data.get("parameters", {}):
            parameter = library.space.parameters[name]
            place = Place(document.origin, ("parameters", name, "values"))
            if users[name]:
                yield from _of_parameter(place, parameter, users[name])


def _of_parameter(place: Place, parameter: Parameter, users: list[Rule]) -> Iterator[Mutant]:
    values = parameter.values

    def made(index: int, what: str, changed: dict[int, ParameterValue], days: Span) -> Mutant:
        new = tuple(changed.get(i, value) for i, value in enumerate(values))
        new_parameter = replace(parameter, values=new)
        swap = {rule: replace(rule, parameters={**rule.parameters, parameter.name: new_parameter}) for rule in users}
        why = ""
        if all(rule.span.meets(days) is None for rule in users):
            why = "no rule that uses it is in force on that day"
        dated = f"with {users[0].dated_by} = {days.first}" if days.first == days.last else f"dated {_range(days)}"
        case = f"{dated} that comes out otherwise if {parameter.name} changes: {what}"
        on = frozenset({days.first}) if days.first == days.last else None
        return Mutant(Place(place.origin, (*place.path, index)), what, swap, {}, case, days=on, same=why)

    for index, value in enumerate(values):
        literal = Literal(value.value, parameter.type)
        for step in (-1, 1):
            moved = moved_by(literal, step)
            if moved is not None:
                what = f"value = {shown(literal)} → {shown(moved)}"
                new = {index: replace(value, value=moved.value)}  # type: ignore[arg-type]
                yield made(index, what, new, value.span)
        first, last = value.span
        if index == 0 and first > date.min:
            for step_day in (-DAY, DAY):
                shows = first if step_day > timedelta() else first - DAY
                changed = {0: replace(value, span=Span(first + step_day, last))}
                yield made(index, f"from = {first} → {first + step_day}", changed, Span(shows, shows))
        if last < date.max:
            for step_day in (-DAY, DAY):
                shows = last if step_day < timedelta() else last + DAY
                changed = {index: replace(value, span=Span(first, last + step_day))}
                if index + 1 < len(values):
                    following = values[index + 1]
                    if following.value == value.value:
                        continue
                    start = following.span.first + step_day
                    changed[index + 1] = replace(following, span=Span(start, following.span.last))
                yield made(index, f"to = {last} → {last + step_day}", changed, Span(shows, shows))


def _range(days: Span) -> str:
    first = [f"from {days.first}"] if days.first > date.min else []
    return " ".join([*first, *([f"to {days.last}"] if days.last < date.max else [])]) or "any day"
