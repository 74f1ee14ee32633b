"""Conditions in plain English, made from the tree itself."""

from __future__ import annotations

from datetime import date

from crosspayer.encounter.fact import Type
from crosspayer.language.operators import OPERATORS
from crosspayer.language.tree import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    CountOver,
    Days,
    FactRef,
    HasRow,
    Literal,
    LookUp,
    NoneOf,
    Operand,
    Over,
    ParameterRef,
    Quantifier,
    Scalar,
    SumOfFacts,
    SumOver,
    TableCodes,
    Window,
)
from crosspayer.policy.model import Cap
from crosspayer.policy.tables import Table, TableView

LISTS = {
    "lines": ("line of the day", "lines of the day"),
    "history": ("earlier line", "earlier lines"),
    "coverages": ("coverage", "coverages"),
}


def sentence(node: Condition) -> str:
    """What the condition says, without capital or full stop."""
    match node:
        case AllOf(()):
            return "always"
        case AllOf(parts):
            return " and ".join(_grouped(part) for part in parts)
        case AnyOf(parts):
            joined = " or ".join(_grouped(part) for part in parts)
            return f"either {joined}" if len(parts) > 1 else joined
        case NoneOf((part,)):
            return f"it is not so that {_grouped(part)}"
        case NoneOf(parts):
            return "none of these holds: " + "; ".join(_grouped(part) for part in parts)
        case Quantifier(kind, over):
            return _quantified(kind, over)
        case HasRow(look_up, expected):
            return f"there is {'a' if expected else 'no'} row of {_row(look_up)}"
        case Compare(left, operator, right):
            return _comparison(left, operator, right)


def cap_sentence(cap: Cap) -> str:
    """What a cap says."""
    pooled = f" per {' and '.join(cap.per)}" if cap.per else ""
    order = "the highest charge first" if cap.highest_charge_first else "in the order of the line numbers"
    which = f" of lines where {sentence(cap.where)}" if cap.where is not None else ""
    if cap.codes is not None:
        which = f" of the codes in {_codes(cap)}{which.replace(' of lines', '', 1)}"
    return f"the units{which} on one day{pooled} are at most {_operand(cap.at_most)}, kept {order}"


def _codes(cap: Cap) -> str:
    if isinstance(cap.codes, frozenset):
        return ", ".join(sorted(cap.codes))
    assert cap.codes is not None
    return table_name(cap.codes)


def table_name(table: Table | TableView) -> str:
    """How a sentence names a table or its view."""
    return f"the table {table.id}"


def _grouped(part: Condition) -> str:
    text = sentence(part)
    compound = isinstance(part, (AllOf, AnyOf, NoneOf)) and len(part.parts) > 1
    return f"({text})" if compound else text


def _quantified(kind: str, over: Over) -> str:
    one, _ = LISTS[over.list]
    if over.skip_self:
        one = f"other {one}"
    where = "" if over.where == AllOf(()) else f" where {sentence(over.where)}"
    start = {"any": f"there is {_article(one)}", "no": f"there is no {one}", "every": f"for every {one}"}[kind]
    if kind == "every":
        return f"{start}{_window(over.window)}: {sentence(over.where)}"
    return f"{start}{_window(over.window)}{where}"


def _article(noun: str) -> str:
    return (
        "another " + noun.removeprefix("other ")
        if noun.startswith("other ")
        else f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
    )


def _window(window: Window | None) -> str:
    if window is None:
        return ""
    if window.since is not None:
        return f" since {_operand(window.since)}"
    return f" in the {window.days} days before the service"


def _row(look_up: LookUp) -> str:
    key = " and ".join(f"{name} {_operand(operand)}" for name, operand in look_up.by)
    return f"{table_name(look_up.table)} with {key}"


def _comparison(left: Operand, operator: str, right: Operand | tuple[Operand, ...]) -> str:
    if isinstance(left, FactRef) and left.fact.type is Type.BOOLEAN and isinstance(right, Literal):
        statement = f"{_owner(left)}{left.fact.meaning}"
        return statement if right.value is True else f"not: {statement}"
    words = OPERATORS[operator].words
    if operator == "is_empty":
        assert isinstance(right, Literal)
        return f"{_operand(left)} {words if right.value is True else OPERATORS[operator].negated}"
    if isinstance(right, tuple):
        return f"{_operand(left)} {words} {_operand(right[0])} and {_operand(right[1])}"
    return f"{_operand(left)} {words} {_operand(right)}"


def _owner(ref: FactRef) -> str:
    return (
        ""
        if ref.of in ("", "line", "coverage")
        else f"on the {'earlier' if ref.fact.entity == 'past' else ref.of} one, "
    )


def _operand(node: Operand) -> str:
    match node:
        case FactRef(of, fact, _):
            own = "" if of in ("", "line", "coverage") else "its "
            return f"{own}{fact.meaning}"
        case Literal(None, _, parameter):
            return f"{parameter} (no value on this day)"
        case Literal(value, kind, parameter):
            text = _value(value, kind)
            return f"{parameter} ({text})" if parameter else text
        case ParameterRef(name, _):
            return name
        case TableCodes(table):
            return table_name(table)
        case LookUp(_, _, column):
            return f"{column} of {_row(node)}"
        case Days(start, end, business):
            return f"the {'business ' if business else ''}days from {_operand(start)} to {_operand(end)}"
        case SumOfFacts(parts):
            return f"the sum of {' and '.join(_operand(part) for part in parts)}"
        case SumOver(fact, over):
            return f"the sum of {fact.fact.meaning} over {_items(over)}"
        case CountOver(over):
            return f"the number of {_items(over)}"


def _items(over: Over) -> str:
    _, many = LISTS[over.list]
    where = "" if over.where == AllOf(()) else f" where {sentence(over.where)}"
    return f"{many}{_window(over.window)}{where}"


def _value(value: Scalar | tuple[Scalar, ...] | None, kind: Type) -> str:
    if isinstance(value, tuple):
        return ", ".join(_value(element, kind) for element in value)
    if kind is Type.MONEY and isinstance(value, int):
        return f"{value / 100:.2f}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return (
        value.isoformat()
        if isinstance(value, date)
        else str(value).replace("_", " ")
        if kind is Type.WORD
        else str(value)
    )
