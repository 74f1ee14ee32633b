"""Where a plugin's rules say something: every condition with the place it is written at, and how to put another there.

A named condition that several rules use is written once: its conditions have one place, and that place belongs to all
of these rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from crosspayer.language.tree import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    CountOver,
    HasRow,
    NoneOf,
    Quantifier,
    SumOver,
    walk,
)
from crosspayer.plugins.assemble import Library
from crosspayer.policy.documents import Document
from crosspayer.policy.model import Cap, Payer, Rule
from crosspayer.schemas.positions import KeyPath

CONDITIONS = (Compare, HasRow, AllOf, AnyOf, NoneOf, Quantifier)
KEYS: dict[type, str] = {AllOf: "all_of", AnyOf: "any_of", NoneOf: "none_of"}


class Place(NamedTuple):
    """A key of a document; `origin` names the document in messages."""

    origin: str
    path: KeyPath


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A rule of the plugin itself, and where it is written."""

    rule: Rule
    document: Document
    raw: Mapping[str, Any]
    path: KeyPath

    @property
    def place(self) -> Place:
        """The rule's own."""
        return Place(self.document.origin, self.path)

    def at(self, *keys: str | int) -> Place:
        """A place inside the rule."""
        return Place(self.document.origin, (*self.path, *keys))


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """One condition of one rule. `number` counts the rule's conditions in document order; `parent` is the number of
    the combination it is a part of, if it is."""

    written: Written
    node: Condition
    place: Place
    number: int
    parent: int | None
    put: Callable[[Condition], Rule]  # the rule with another condition here


def own_rules(library: Library, payer: Payer) -> list[Written]:
    """The plugin's own rules that are not switched off, in document order; those of packs belong to the pack."""
    places = [
        (document, raw, ("rules", index))
        for document in library.policies
        for index, raw in enumerate(document.data["rules"])
    ]
    mine = [rule for rule in payer.rules if rule.policy.partition("/")[0] == library.plugin.id]
    found = [Written(rule, *place) for rule, place in zip(mine, places, strict=True)]
    return [written for written in found if not written.rule.off]


def roots(rule: Any) -> list[Condition]:
    """The conditions a rule, or a rule bound to a day, starts from, in a fixed order."""
    found = [rule.when]
    found.append(rule.require.where if isinstance(rule.require, Cap) else rule.require)
    found += [branch.when for branch in rule.branches]
    return [root for root in found if root is not None]


def conditions(rule: Any) -> list[Condition]:
    """Every condition of a rule, or of a rule bound to a day, in the order of their numbers."""
    return [node for root in roots(rule) for node in walk(root) if isinstance(node, CONDITIONS)]


def branch_number(rule: Rule, index: int) -> int:
    """The number of the condition of a branch that has one."""
    before = replace(rule, branches=rule.branches[:index])
    return len(conditions(before))


def spots(written: Written, library: Library) -> list[Spot]:
    """Every condition of the rule, in the order of their numbers."""
    rule, raw = written.rule, written.raw
    walker = _Walker(written, library)
    if rule.when is not None:
        walker.add(rule.when, raw["when"], written.at("when"), lambda c: replace(rule, when=c), None)
    if isinstance(rule.require, Cap):
        cap = rule.require
        if cap.where is not None:
            place = written.at("cap", "units_of", "where")
            inside = raw["cap"]["units_of"]["where"]
            walker.add(cap.where, inside, place, lambda c: replace(rule, require=replace(cap, where=c)), None)
    elif "pair" in raw:
        walker.add(rule.require, None, written.at("pair"), lambda c: replace(rule, require=c), None)
    else:
        walker.add(rule.require, raw["require"], written.at("require"), lambda c: replace(rule, require=c), None)
    for index, branch in enumerate(rule.branches):
        if branch.when is not None:
            inside = raw["otherwise"][index]["when"]
            walker.add(branch.when, inside, written.at("otherwise", index, "when"), _put_branch(rule, index), None)
    return walker.found


def _put_branch(rule: Rule, index: int) -> Callable[[Condition], Rule]:
    def put(condition: Condition) -> Rule:
        branches = list(rule.branches)
        branches[index] = replace(branches[index], when=condition)
        return replace(rule, branches=tuple(branches))

    return put


Put = Callable[[Condition], Rule]


class _Walker:
    """Walks a condition and what is written side by side; `raw` None is a condition core made (of a pair)."""

    def __init__(self, written: Written, library: Library) -> None:
        self.written, self.library = written, library
        self.found: list[Spot] = []

    def add(self, node: Condition, raw: Mapping[str, Any] | None, place: Place, put: Put, parent: int | None) -> None:
        while raw is not None and "condition" in raw:
            named = self.library.space.conditions[raw["condition"]]
            raw, place = named.raw, Place(named.document.origin, named.path)
        number = len(self.found)
        self.found.append(Spot(self.written, node, place, number, parent, put))
        for inner, inside, deeper, inner_put, is_part in _below(node, raw, place, put):
            self.add(inner, inside, deeper, inner_put, number if is_part else None)


def _below(
    node: Condition, raw: Mapping[str, Any] | None, place: Place, put: Put
) -> Iterator[tuple[Condition, Mapping[str, Any] | None, Place, Put, bool]]:
    match node:
        case AllOf(parts) | AnyOf(parts) | NoneOf(parts):
            key = KEYS[type(node)]
            for index, part in enumerate(parts):
                inside = None if raw is None else raw[key][index]
                yield part, inside, _deeper(place, key, index), _put_part(node, index, put), True
        case Quantifier(_, over) | Compare(CountOver(over)) | Compare(SumOver(_, over)):
            body, at = raw, place
            if raw is not None and isinstance(node, Quantifier):
                key = next(iter(raw))
                body, at = raw[key], Place(place.origin, (*place.path, key))
            inside = None if body is None else body.get("where")
            yield over.where, inside, Place(at.origin, (*at.path, "where")), _put_where(node, put), False
        case _:
            return


def _deeper(place: Place, key: str, index: int) -> Place:
    return Place(place.origin, (*place.path, key, index))


def _put_part(node: AllOf | AnyOf | NoneOf, index: int, put: Put) -> Put:
    return lambda c: put(replace(node, parts=(*node.parts[:index], c, *node.parts[index + 1 :])))


def _put_where(node: Quantifier | Compare, put: Put) -> Put:
    if isinstance(node, Quantifier):
        return lambda c: put(replace(node, over=replace(node.over, where=c)))
    left = node.left
    assert isinstance(left, (CountOver, SumOver))
    return lambda c: put(replace(node, left=replace(left, over=replace(left.over, where=c))))
