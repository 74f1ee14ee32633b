"""Changes that change nothing: shown from the range of a fact, its closed list of words, or the days a rule holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from crosspayer.encounter.fact import Fact, Type
from crosspayer.engine.interpret import decide
from crosspayer.engine.numbers import Value
from crosspayer.engine.scope import Scope
from crosspayer.engine.truth import Truth
from crosspayer.language.tree import Compare, Condition, FactRef, Literal, NoneOf
from crosspayer.policy.model import Rule

NOWHERE = Scope(None, "", None, None, None, None)
"""Literals ask nothing of an encounter."""


def same(before: Condition, after: Condition, rule: Rule) -> str:
    """Why two conditions cannot be told apart, or an empty text where they can be."""
    parts = compared(before), compared(after)
    if parts[0] is None or parts[1] is None:
        return ""
    ref = parts[0].left
    if not isinstance(ref, FactRef) or parts[1].left != ref:
        return ""
    values = list(possible(ref, rule, [*thresholds(parts[0]), *thresholds(parts[1])]))
    if values and all(truth(before, value) is truth(after, value) for value in values):
        return f"{ref.name} is {_range(ref.fact, rule)}"
    return ""


def possible(ref: FactRef, rule: Rule, thresholds: list[Any]) -> Iterator[Any]:
    """Values that stand for all the fact can have; none where nothing bounds it."""
    fact = ref.fact
    if fact.type is Type.WORD:
        yield from fact.words
    elif fact.type in (Type.INTEGER, Type.MONEY) and thresholds and fact.low is not None:
        scale = 100 if fact.type is Type.MONEY else 1
        low, high = fact.low * scale, None if fact.high is None else fact.high * scale
        near = {low, *(t + step for t in thresholds for step in (-1, 0, 1))}
        yield from sorted(v for v in near if v >= low and (high is None or v <= high))
    elif fact.type is Type.DATE and thresholds and ref.name == _dated_by(rule):
        first, last = rule.span
        near = {first, last}
        near |= {t + timedelta(days=step) for t in thresholds for step in (-1, 0, 1) if date.min < t < date.max}
        yield from sorted(v for v in near if first <= v <= last)


def _dated_by(rule: Rule) -> str:
    return "line.service_date" if rule.dated_by == "service_date" else "received_date"


def _range(fact: Fact, rule: Rule) -> str:
    if fact.type is Type.WORD:
        return f"one of {', '.join(fact.words)}"
    if fact.type is Type.DATE:
        first, last = rule.span
        ends = ([f"from {first}"] if first > date.min else []) + ([f"to {last}"] if last < date.max else [])
        return f"{' '.join(ends)} while the rule is in force"
    return f"never below {fact.low}" + (f" nor above {fact.high}" if fact.high is not None else "")


def compared(node: Condition) -> Compare | None:
    """The comparison with literals that a condition is, or that it negates; None if it is another."""
    if isinstance(node, NoneOf) and len(node.parts) == 1:
        return compared(node.parts[0])
    if not isinstance(node, Compare):
        return None
    rights = node.right if isinstance(node.right, tuple) else (node.right,)
    return node if all(isinstance(right, Literal) for right in rights) else None


def thresholds(node: Compare) -> list[Any]:
    """The values a comparison names."""
    rights = node.right if isinstance(node.right, tuple) else (node.right,)
    found: list[Any] = []
    for right in rights:
        assert isinstance(right, Literal)
        found += right.value if isinstance(right.value, tuple) else (right.value,)
    return [value for value in found if value is not None]


def truth(node: Condition, value: Any) -> Truth:
    """What the condition comes to for a value of its fact."""
    if isinstance(node, NoneOf):
        inner = truth(node.parts[0], value)
        return None if inner is None else not inner
    assert isinstance(node, Compare)
    return decide(replace(node, left=Literal(Value.constant(value).low, _kind(node))), NOWHERE).truth


def _kind(node: Compare) -> Type:
    assert isinstance(node.left, FactRef)
    return node.left.fact.type
