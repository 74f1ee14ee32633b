"""The case that would tell a changed condition from the one that is there, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crosspayer.authoring.coverage.changes import STRICT, shown
from crosspayer.authoring.coverage.equivalent import compared, possible, thresholds, truth
from crosspayer.encounter.fact import Type
from crosspayer.language.sentences import sentence
from crosspayer.language.tree import AllOf, AnyOf, Compare, Condition, FactRef, Literal, NoneOf
from crosspayer.policy.model import Rule

SCALARS = (Type.INTEGER, Type.MONEY, Type.DATE, Type.WORD, Type.CODE, Type.TEXT)
HELD = dict.fromkeys(
    ("has_any_of", "has_none_of", "has_one_of", "has_only"), "holds {} and no other that is listed"
) | {"has_all_of": "lacks {} and holds the others that are listed"}
"""What a list is like that tells whether a member is listed, by operator."""


def telling(before: Condition, after: Condition, rule: Rule) -> str:
    """What is true of an encounter for which the two conditions come out differently."""
    if isinstance(before, (AllOf, AnyOf, NoneOf)):
        return _of_parts(before, after)
    value = _telling_value(before, after, rule)
    if value is not None:
        return f"in which {value}, and nothing else decides"
    if isinstance(before, Compare) and isinstance(after, Compare) and before.left == after.left:
        if before.right == after.right and STRICT.get(before.operator) == after.operator:
            return "in which the two sides are equal, and nothing else decides"
        member = _dropped_member(before.right, after.right)
        if member is not None and before.operator in HELD and isinstance(before.left, FactRef):
            return f"in which {before.left.name} {HELD[before.operator].format(member)}"
    return f'in which this comes out otherwise than what is written: "{sentence(after)}"'


def _dropped_member(before: object, after: object) -> Any:
    """The one member of a list that is left out of another."""
    lists = [side.value for side in (before, after) if isinstance(side, Literal) and isinstance(side.value, tuple)]
    return next((member for member in lists[0] if member not in lists[1]), None) if len(lists) == 2 else None


def _of_parts(before: AllOf | AnyOf | NoneOf, after: Condition) -> str:
    if isinstance(after, type(before)):
        rest = iter(after.parts)
        following = next(rest, None)
        for part in before.parts:
            if part != following:
                holds = "does not hold" if isinstance(before, AllOf) else "holds"
                return f'in which, of these conditions, only this one {holds}: "{sentence(part)}"'
            following = next(rest, None)
    if isinstance(before, NoneOf):
        return "in which one of these conditions holds, and nothing else decides"
    return "in which one of these conditions holds and another does not"


def _telling_value(before: Condition, after: Condition, rule: Rule) -> str | None:
    """`fact is value`, for a comparison of one fact with what is written."""
    sides = compared(before), compared(after)
    if sides[0] is None or sides[1] is None:
        return None
    ref = sides[0].left
    if not isinstance(ref, FactRef) or sides[1].left != ref or ref.fact.type not in SCALARS:
        return None
    for value in _candidates(ref, rule, [*thresholds(sides[0]), *thresholds(sides[1])]):
        if truth(before, value) is not truth(after, value):
            return f"{ref.name} is {shown(Literal(value, ref.fact.type))}"
    return None


def _candidates(ref: FactRef, rule: Rule, given: list[Any]) -> Iterator[Any]:
    yield from possible(ref, rule, given)
    yield from given
