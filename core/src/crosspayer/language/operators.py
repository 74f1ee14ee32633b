"""The closed set of operators: which types they take on the left, what stands on the right."""

from __future__ import annotations

from typing import Literal, NamedTuple

from crosspayer.encounter.fact import Type

Right = Literal["same", "list", "range", "flag", "prefixes", "member"]


class Operator(NamedTuple):
    """`right` is the shape of the right-hand side: one value of the same type, a list of them, a `[low, high]`
    range, true/false, prefixes, or one member of the list on the left."""

    name: str
    left: frozenset[Type]
    right: Right
    words: str  # how a sentence says it
    negated: str  # how a sentence says the opposite


_ANY_SCALAR = frozenset(Type) - {Type.CODES}
_NUMBERS = frozenset({Type.INTEGER, Type.MONEY})
_DAYS = frozenset({Type.DATE, Type.TIME})
_NAMES = frozenset({Type.WORD, Type.TEXT, Type.CODE})
_LIST = frozenset({Type.CODES})

OPERATORS: dict[str, Operator] = {
    operator.name: operator
    for operator in (
        Operator("is", _ANY_SCALAR, "same", "is", "is not"),
        Operator("is_not", _ANY_SCALAR - {Type.BOOLEAN}, "same", "is not", "is"),
        Operator("at_least", _NUMBERS, "same", "is at least", "is below"),
        Operator("at_most", _NUMBERS, "same", "is at most", "is above"),
        Operator("more_than", _NUMBERS, "same", "is more than", "is at most"),
        Operator("less_than", _NUMBERS, "same", "is less than", "is at least"),
        Operator("on_or_after", _DAYS, "same", "is on or after", "is before"),
        Operator("on_or_before", _DAYS, "same", "is on or before", "is after"),
        Operator("after", _DAYS, "same", "is after", "is on or before"),
        Operator("before", _DAYS, "same", "is before", "is on or after"),
        Operator("between", _NUMBERS | _DAYS | {Type.CODE}, "range", "is between", "is not between"),
        Operator("in", _NAMES, "list", "is one of", "is none of"),
        Operator("not_in", _NAMES, "list", "is none of", "is one of"),
        Operator("starts_with", frozenset({Type.CODE}), "prefixes", "starts with", "does not start with"),
        Operator("has", _LIST, "member", "contains", "does not contain"),
        Operator("has_any_of", _LIST, "list", "contains any of", "contains none of"),
        Operator("has_all_of", _LIST, "list", "contains all of", "lacks one of"),
        Operator("has_none_of", _LIST, "list", "contains none of", "contains one of"),
        Operator("has_one_of", _LIST, "list", "contains exactly one of", "does not contain exactly one of"),
        Operator("has_only", _LIST, "list", "contains nothing but", "contains something other than"),
        Operator("any_starts_with", _LIST, "prefixes", "has a code starting with", "has no code starting with"),
        Operator("is_empty", _LIST, "flag", "is empty", "is not empty"),
    )
}


def operators_for(kind: Type) -> tuple[str, ...]:
    """Names of the operators that take this type on the left."""
    return tuple(name for name, operator in OPERATORS.items() if kind in operator.left)
