"""Comparisons as the generator writes them: for each operator when it is definitely true and definitely false."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crosspayer.engine.compile.expressions import Expr, Expressions, Pair
from crosspayer.engine.compile.operands import Written
from crosspayer.engine.compile.runtime import Masks

Ordered = Callable[[Expressions, Written, Written], Pair]
Member = tuple[str, str]


def _holding(texts: Expressions, left: Written, right: Written, *parts: str) -> Expr:
    tests = dict.fromkeys((*left.tests, *right.tests))
    return texts.every([texts.never if part == "False" else texts.atom(part) for part in (*tests, *parts)])


def _known(*operands: Written) -> tuple[str, ...] | None:
    """Tests under which a comparison of these is known; None where they may be ranges, or never are."""
    tests = tuple(dict.fromkeys(test for operand in operands for test in operand.tests))
    return tests if all(operand.exact for operand in operands) and "False" not in tests else None


def _bounded(operand: Written) -> tuple[str, ...]:
    return () if operand.bounded == "True" else (operand.bounded,)


def _less(strict: bool) -> Ordered:
    def pair(texts: Expressions, a: Written, b: Written) -> Pair:
        below, above = ("<", ">=") if strict else ("<=", ">")
        return Pair(
            _holding(texts, a, b, *_bounded(a), f"{a.high} {below} {b.low}"),
            _holding(texts, a, b, *_bounded(b), f"{a.low} {above} {b.high}"),
            _known(a, b),
        )

    return pair


def _more(strict: bool) -> Ordered:
    less = _less(strict)
    return lambda texts, a, b: less(texts, b, a)


def _equal(texts: Expressions, a: Written, b: Written) -> Pair:
    for one, other in ((a, b), (b, a)):
        if one.low in ("True", "False") and other.exact:
            opposite = "False" if one.low == "True" else "True"
            tests = () if other.low.isidentifier() else other.tests
            true, false = (
                texts.every(map(texts.atom, (*tests, f"{other.low} is {truth}"))) for truth in (one.low, opposite)
            )
            return Pair(true, false, _known(other))
    if a.exact and b.exact:
        alone = a.low.isidentifier() and not b.tests  # what is not known equals nothing that is
        tests = () if alone else (*a.tests, *b.tests)
        return Pair(
            texts.every(map(texts.atom, (*dict.fromkeys(tests), f"{a.low} == {b.low}"))),
            _holding(texts, a, b, f"{a.low} != {b.low}"),
            _known(a, b),
        )
    apart = [" and ".join((*_bounded(one), f"{one.high} < {other.low}")) for one, other in ((a, b), (b, a))]
    return Pair(
        _holding(texts, a, b, *_bounded(a), *_bounded(b), f"{a.low} == {a.high} == {b.low} == {b.high}"),
        _holding(texts, a, b, f"({apart[0]} or {apart[1]})"),
    )


def _unequal(texts: Expressions, a: Written, b: Written) -> Pair:
    return _equal(texts, a, b).negated


ORDERED: dict[str, Ordered] = {
    "is": _equal,
    "is_not": _unequal,
    "at_most": _less(strict=False),
    "less_than": _less(strict=True),
    "more_than": _more(strict=True),
    "at_least": _more(strict=False),
    "on_or_before": _less(strict=False),
    "before": _less(strict=True),
    "after": _more(strict=True),
    "on_or_after": _more(strict=False),
}
"""Comparisons of ordered values and ranges."""

MEMBERS: dict[str, Member] = {
    "in": ("{left} in {right}", "{left} not in {right}"),
    "not_in": ("{left} not in {right}", "{left} in {right}"),
    "starts_with": ("{left}.startswith({right})", "not {left}.startswith({right})"),
    "has": ("{right} in {left}", "{right} not in {left}"),
    "has_any_of": ("not {right}.isdisjoint({left})", "{right}.isdisjoint({left})"),
    "has_all_of": ("{right}.issubset({left})", "not {right}.issubset({left})"),
    "has_none_of": ("{right}.isdisjoint({left})", "not {right}.isdisjoint({left})"),
    "has_one_of": ("len({right}.intersection({left})) == 1", "len({right}.intersection({left})) != 1"),
    "has_only": ("{right}.issuperset({left})", "not {right}.issuperset({left})"),
    "any_starts_with": ("any_starts_with({left}, {right})", "not any_starts_with({left}, {right})"),
    "is_empty": ("(not {left}) is {right}", "(not {left}) is not {right}"),
}
"""Membership and prefixes, on exact values; the right-hand side is a set, prefixes, a member or a flag."""

TABLES: dict[str, tuple[str, str]] = {
    "in": ("{left} in {keys}", "complete and {left} not in {keys}"),
    "not_in": ("complete and {left} not in {keys}", "{left} in {keys}"),
    "has_any_of": ("not {keys}.isdisjoint({left})", "complete and {keys}.isdisjoint({left})"),
    "has_none_of": ("complete and {keys}.isdisjoint({left})", "not {keys}.isdisjoint({left})"),
    "has_only": ("{keys}.issuperset({left})", "complete and not {keys}.issuperset({left})"),
    "has_one_of": (
        "complete and len({keys}.intersection({left})) == 1",
        "len({keys}.intersection({left})) > 1 or complete and not {keys}.intersection({left})",
    ),
    "has_all_of": ("complete and {keys}.issubset({left})", "not {keys}.issubset({left})"),
}
"""Membership in a table's key column, on exact values; `complete` says whether a code that is not there is known."""


def ordered(texts: Expressions, operator: str, left: Written, right: Written) -> Pair:
    """A comparison of ordered values."""
    return ORDERED[operator](texts, left, right)


def member(texts: Expressions, operator: str, left: Written, right: Written) -> Pair:
    """Membership in a list that stands in the policy."""
    parts = []
    for text in MEMBERS[operator]:
        test = text.format(left=left.low, right=right.low)
        # what is not known is in no list, so that a hit needs no test of its own
        hit = text == "{left} in {right}" and not right.tests and left.low.isidentifier()
        parts.append(texts.atom(test) if hit else _holding(texts, left, right, test))
    true, false = parts
    return Pair(true, false, _known(left, right))


MASKED: dict[str, tuple[str, bool]] = {
    "has": ("in", True),
    "has_any_of": ("in", True),
    "has_none_of": ("in", False),
    "has_only": ("not_in", False),
    "any_starts_with": ("starts_with", True),
}
"""Tests of a list of codes that look at its codes one by one: the test of a code, and whether one may meet it."""


def masked(texts: Expressions, operator: str, left: Written, mask: str, masks: Masks, right: Any) -> Pair:
    """A test of a list by the bits that its codes meet."""
    kind, wanted = MASKED[operator]
    bit = masks.bit(kind, right)
    pair = Pair(texts.atom(f"{mask} & {bit}"), _holding(texts, left, left, f"not {mask} & {bit}"))
    return pair if wanted else pair.negated


def in_table(texts: Expressions, operator: str, left: Written, keys: str, *, complete: bool) -> Pair:
    """Membership in a table; on an incomplete one only a hit is known."""

    def written(text: str) -> Expr:
        test = text.format(left=left.low, keys=keys)
        if not complete:
            parts = [part for part in test.split(" or ") if "complete" not in part]
            if not parts:
                return texts.never
            test = parts[0]
        return texts.every(texts.atom(part) for part in (*left.tests, f"({test.replace('complete and ', '')})"))

    true, false = TABLES[operator]
    return Pair(written(true), written(false))
