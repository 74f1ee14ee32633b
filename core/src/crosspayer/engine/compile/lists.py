"""Quantifiers, sums and counts as the generator writes them: one walk over each list for all rules of all seats."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.engine.compile.evidence import Atom, Each, Step, When, only
from crosspayer.engine.compile.expressions import Expr, Pair, all_known
from crosspayer.engine.compile.late import NAME
from crosspayer.engine.compile.operands import Written
from crosspayer.engine.compile.paths import PATHS
from crosspayer.engine.compile.writer import ITEM_OF, Place, Writer
from crosspayer.language.tree import CountOver, ListName, Over, SumOver

if TYPE_CHECKING:
    from crosspayer.engine.compile.conditions import Conditions

SOURCES: dict[ListName, str] = {"lines": "lines", "history": "history_lines", "coverages": "coverages"}
COMPLETE: dict[ListName, str] = {
    "lines": "day.lines_complete",
    "history": "history.complete_since",
    "coverages": "coverages_complete",
}
"""The fact that says how far each list can be trusted."""


@dataclass(slots=True)
class Walk:
    """What is done for each item of a list: statements by the guard they stand under, and what to set before."""

    start: list[str] = field(default_factory=list)
    body: dict[str, list[str]] = field(default_factory=dict)


class Belonging(NamedTuple):
    """An item of a walk: whether it belongs, the parts of that, and the guard the walk stands under.

    `inside` is the window of the history, None for other lists.
    """

    over: Over  # the first that was written of those that are the same
    place: Place
    pair: Pair
    where: Pair
    inside: Pair | None
    guard: str
    before: tuple[str, ...]  # what sets the locals it reads, for each item
    plain: bool  # the interpreter is not asked for them, so that evidence can be written


class Lists:
    """Writes everything that walks a list."""

    def __init__(self, writer: Writer, conditions: Conditions) -> None:
        self.writer, self.conditions, self.texts = writer, conditions, writer.expressions
        self.walks: dict[ListName, Walk] = {}
        self._belonging: dict[Hashable, Belonging] = {}

    # --- truth

    def quantified(self, kind: str, over: Over, place: Place) -> Pair:
        """`any`, `no` or `every` item; on an incomplete list "none" is unknown."""
        item = self._item(over, place)
        pair = item.pair if kind != "every" else self._with(item, item.where.negated)
        key = ("some", over.list, item.guard, pair.true.text, pair.false.text)
        name, new = self.writer.once(key, "q")
        if new:
            self._start(over.list, f"{name} = {name}_maybe = False")
            self._do(over, item, _tally(pair, f"{name} = True", f"{name}_maybe = True"))
        none = (self._complete(over, place), self.texts.atom(f"not {name}"), self.texts.atom(f"not {name}_maybe"))
        some = Pair(self.texts.atom(name), self.texts.every(none))
        return some if kind == "any" else some.negated

    def aggregate(self, node: SumOver | CountOver, place: Place) -> Written | None:
        """A sum or count as a range; None where the interpreter must be asked."""
        over = node.over
        item = self._item(over, place)
        if not item.plain:
            return None
        if isinstance(node, CountOver):
            key: Hashable = ("count", over.list, item.guard, item.pair.true.text, item.pair.false.text)
            name, new = self.writer.once(key, "n")
            if new:
                self._start(over.list, f"{name} = {name}_most = 0")
                most = f"{name}_most += 1"
                self._do(over, item, _tally(item.pair, f"{name} += 1; {most}", most))
            bounded = self._complete(over, place).text
            return self._counted(over, item, place, Written(name, f"{name}_most", (), bounded), None)
        value = self.conditions.operands.write(node.fact, item.place)
        if value is None or not value.exact:
            return None
        key = ("sum", over.list, item.guard, item.pair.true.text, item.pair.false.text, value.low, value.tests)
        name, new = self.writer.once(key, "n")
        if new:
            self._start(over.list, f"{name} = {name}_most = 0", f"{name}_open = False")
            known = " and ".join(value.tests) or "True"
            add = [f"    {name}_most += {value.low}", f"    if {item.pair.true.text}: {name} += {value.low}"]
            body = [f"if {known}:", *add, f"else: {name}_open = True"]
            test = item.pair.false.text
            self._do(over, item, [f"if not {test}:", *("    " + line for line in body)])
        bounded = self.texts.every([self._complete(over, place), self.texts.atom(f"not {name}_open")]).text
        return self._counted(over, item, place, Written(name, f"{name}_most", (), bounded), value)

    def _item(self, over: Over, place: Place) -> Belonging:
        key = self.conditions.structures.key(over, place)
        found = self._belonging.get(key)
        if found is None:
            inner = Place(place.seat, place.by_day, over.item, over.list)
            known = set(self.conditions.operands.of_items)
            where = self.conditions.pair(over.where, inner)
            inside = self._before_service(over, place) if over.list == "history" else None
            before = self._set_first({*self.conditions.operands.of_items} - known, where)
            plain = self.conditions.operands.asking.isdisjoint(before)
            pair = where if inside is None else _both(self, where, inside)
            found = self._belonging[key] = Belonging(
                over, inner, pair, where, inside, self._guard(over, place), tuple(before.values()), plain
            )
        return found

    def _set_first(self, new: set[str], where: Pair) -> dict[str, str]:
        """The locals of an item that a condition or its evidence reads, each with the statement that sets it."""
        wanted = {*new, *where.true.read, *where.false.read}
        found: dict[str, str] = {}
        for name, statement in reversed(self.conditions.operands.of_items.items()):
            if name in wanted:
                found[name] = statement
                wanted.update(NAME.findall(statement))
        return dict(reversed(found.items()))

    def _with(self, item: Belonging, where: Pair) -> Pair:
        return where if item.inside is None else _both(self, where, item.inside)

    def _guard(self, over: Over, place: Place) -> str:
        if not over.skip_self:
            return ""
        if over.list == "lines":
            return "" if place.by_day else "j != i"
        return f"j != at{place.seat.number}" if place.seat.covered else ""

    def _start(self, listed: ListName, *statements: str) -> None:
        self.walks.setdefault(listed, Walk()).start += statements

    def _do(self, over: Over, item: Belonging, statements: Sequence[str]) -> None:
        body = self.walks.setdefault(over.list, Walk()).body.setdefault(item.guard, [])
        body += [statement for statement in item.before if statement not in body]
        body += statements

    def _bound(self, over: Over, place: Place) -> Written | None:
        """The first day of the history that counts."""
        if over.window is None:
            return None
        if over.window.since is not None:
            return self.conditions.operands.write(over.window.since, place)
        self._service_day()
        name = self.writer.earlier(over.window.days or 0)
        return Written(name, name)

    def _service_day(self) -> str:
        return self.writer.fact("l", CATALOGUE["line.service_date"])

    def _before_service(self, over: Over, place: Place) -> Pair:
        day, service = self.writer.fact("p", CATALOGUE["past.service_date"]), self._service_day()
        known = [self.texts.atom(f"{day} is not None")]
        early, late = self.texts.atom(f"{day} < {service}"), self.texts.atom(f"{day} >= {service}")
        bound = self._bound(over, place)
        if bound is None:
            return Pair(self.texts.every([*known, early]), self.texts.every([*known, late]), (known[0].text,))
        tests = [self.texts.atom(test) for test in bound.tests]
        within = self.texts.every([*tests, self.texts.atom(f"{bound.low} <= {day}")])
        too_old = self.texts.every([*tests, self.texts.atom(f"{bound.low} > {day}")])
        return Pair(
            self.texts.every([*known, early, within]),
            self.texts.every([*known, self.texts.some([late, too_old])]),
            None if "False" in bound.tests else (known[0].text, *bound.tests),
        )

    def _complete(self, over: Over, place: Place) -> Expr:
        """Whether everything that could belong is listed."""
        told = self.writer.fact("facts", CATALOGUE[COMPLETE[over.list]])
        if over.list != "history":
            return self.texts.atom(told)
        bound = self._bound(over, place)
        if bound is None:
            return self.texts.never
        tests = (f"{told} is not None", *bound.tests, f"{told} <= {bound.low}")
        return self.texts.every(self.texts.atom(test) for test in tests)

    # --- evidence

    def used(self, kind: str, over: Over, place: Place, truth: bool) -> tuple[Step, ...] | None:
        """The facts that decide a quantifier; None where the interpreter must be asked."""
        item = self._item(over, place)
        if not item.plain:
            return None
        found = truth if kind == "any" else not truth
        of_where = found if kind != "every" else not found
        steps = self._item_used(over, item, place, found, of_where)
        if found:
            pair = item.pair if kind != "every" else self._with(item, item.where.negated)
            return self._each(over, item, only(pair.true.text, steps))
        return (*self._each(over, item, steps), *self._complete_used(over, place))

    def missing(self, kind: str, over: Over, place: Place) -> tuple[Step, ...] | None:
        """The paths that would decide a quantifier."""
        item = self._item(over, place)
        if not item.plain:
            return None
        pair = item.pair if kind != "every" else self._with(item, item.where.negated)
        return (
            *self._each(over, item, only(self.conditions.unknown(pair), self._item_missing(over, item, place))),
            *self._complete_missing(over, place),
        )

    def _counted(self, over: Over, item: Belonging, place: Place, range_: Written, value: Written | None) -> Written:
        """The range with its evidence: the items, then the values of those that belong, then completeness."""
        true, false = item.pair.true.text, item.pair.false.text
        used = [
            *only(true, self._item_used(over, item, place, belongs=True, of_where=True)),
            *only(false, self._item_used(over, item, place, belongs=False, of_where=False)),
        ]
        steps = [*self._each(over, item, used)]
        unknown = only(self.conditions.unknown(item.pair), self._item_missing(over, item, place))
        missing = [*self._each(over, item, unknown)]
        if value is not None:
            known = " and ".join(value.tests)
            steps += self._each(over, item, only(true, only(known or "True", value.used)))
            missing += self._each(over, item, only(f"not {false}", value.missing))
        steps += self._complete_used(over, place)
        missing += self._complete_missing(over, place)
        return Written(range_.low, range_.high, (), range_.bounded, tuple(steps), tuple(missing))

    def _each(self, over: Over, item: Belonging, steps: Sequence[Step]) -> tuple[Step, ...]:
        if not steps:
            return ()
        letter = ITEM_OF[over.list]
        names = {name for text in (*_texts(steps), *item.before) for name in re.findall(rf"\b{letter}_\w+", text)}
        body = [f"if not ({item.guard}): continue"] if item.guard else []
        body += self.writer.subset(letter, names).lines("")
        body += [*item.before, f"item_paths = PATHS_{over.list}[j]"]
        return (Each(f"for j, {letter} in enumerate({SOURCES[over.list]}):", tuple(body), tuple(steps)),)

    def _item_used(self, over: Over, item: Belonging, place: Place, belongs: bool, of_where: bool) -> tuple[Step, ...]:
        """What decides whether an item belongs; `of_where` is the truth that its condition then has."""
        where = self.conditions.used(item.over.where, item.place, of_where)
        if item.inside is None:
            return where
        if belongs:
            return (*self._inside_used(over, place, truth=True), *where)
        wanted = item.where.true if of_where else item.where.false
        return (*only(item.inside.false.text, self._inside_used(over, place, truth=False)), *only(wanted.text, where))

    def _item_missing(self, over: Over, item: Belonging, place: Place) -> tuple[Step, ...]:
        where = self.conditions.if_unknown(item.over.where, item.place)
        if item.inside is None:
            return self.conditions.missing(item.over.where, item.place)
        return (*only(self.conditions.unknown(item.inside), self._inside_missing(over, place)), *where)

    def _past_path(self) -> str:
        return f"item_paths[{PATHS['history'].index('service_date')}]"

    def _inside_used(self, over: Over, place: Place, truth: bool) -> tuple[Step, ...]:
        day, service = self.writer.fact("p", CATALOGUE["past.service_date"]), self._service_day()
        own = Atom(self._past_path(), f"ISO[{day}]")
        bound = self._bound(over, place)
        if bound is None or not bound.used:
            return (own,)
        return (own, *(bound.used if truth else only(f"{day} < {service}", bound.used)))

    def _inside_missing(self, over: Over, place: Place) -> tuple[Step, ...]:
        day = self.writer.fact("p", CATALOGUE["past.service_date"])
        bound = self._bound(over, place)
        unbound = only(f"{day} is not None", bound.missing) if bound is not None else ()
        return (When(f"{day} is None", (Atom(self._past_path()),)), *unbound)

    def _complete_used(self, over: Over, place: Place) -> tuple[Step, ...]:
        told, complete = self.writer.fact("facts", CATALOGUE[COMPLETE[over.list]]), self._complete(over, place).text
        path = self.writer.constant(COMPLETE[over.list])
        if over.list != "history":
            return only(complete, (Atom(path, "True"),))
        bound = self._bound(over, place)
        if bound is None:
            return ()
        return only(complete, (Atom(path, f"ISO[{told}]"), *bound.used))

    def _complete_missing(self, over: Over, place: Place) -> tuple[Step, ...]:
        told, complete = self.writer.fact("facts", CATALOGUE[COMPLETE[over.list]]), self._complete(over, place).text
        path = Atom(self.writer.constant(COMPLETE[over.list]))
        if over.list != "history":
            return only(f"not {complete}", (path,))
        bound = self._bound(over, place)
        if bound is None:
            return (path,)
        known = " and ".join(bound.tests) or "True"
        return (
            *only(f"{told} is not None and not ({known})", bound.missing),
            *only(f"not {complete} and ({told} is None or {known})", (path,)),
        )


def _both(lists: Lists, one: Pair, other: Pair) -> Pair:
    true, false = lists.texts.every([one.true, other.true]), lists.texts.some([one.false, other.false])
    return Pair(true, false, all_known([one, other]))


def _tally(pair: Pair, sure: str, maybe: str) -> list[str]:
    test = f"not {pair.false.text}"
    if pair.known:  # of most items everything is known, and what is not true is false
        test = f"not ({' and '.join(pair.known)}) and {test}"
    return [f"if {pair.true.text}: {sure}", *([f"elif {test}: {maybe}"] if pair.known != () else ())]


def _texts(steps: Sequence[Step]) -> Iterator[str]:
    for step in steps:
        match step:
            case Atom(path, shown):
                yield path
                yield shown
            case When(test, inner):
                yield test
                yield from _texts(inner)
            case Each(_, _, inner):
                yield from _texts(inner)
