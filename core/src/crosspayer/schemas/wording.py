"""The sentence for a fault: what is wrong and how to mend it, in plain words and without the value."""

from __future__ import annotations

import json
from datetime import datetime, time
from typing import TYPE_CHECKING

from crosspayer.errors import nearest
from crosspayer.schemas.dialect import TomlDate
from crosspayer.schemas.positions import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crosspayer.schemas.faults import Fault

_SHOWN = 12  # words listed before "and N more": one sentence, not a dump of the schema

_TYPES = {
    "string": "a string",
    "date": "a date",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "a boolean",
    "array": "a list",
    "object": "an object",
    "null": "null",
}

# keyword: (what, remedy), where {} is the keyword's value
_BOUNDS = {
    "minimum": ("is too small", "write {} or more"),
    "exclusiveMinimum": ("is too small", "write more than {}"),
    "maximum": ("is too large", "write {} or less"),
    "exclusiveMaximum": ("is too large", "write less than {}"),
    "multipleOf": ("is not a multiple of {}", "write a multiple of it"),
    "minLength": ("is too short", "write at least {} characters"),
    "maxLength": ("is too long", "write at most {} characters"),
    "pattern": ("does not have the form expected here", "write it to match {}"),
    "minItems": ("has too few entries", "give at least {}"),
    "maxItems": ("has too many entries", "give at most {}"),
    "uniqueItems": ("has an entry more than once", "keep each once"),
    "contains": ("has no entry of the kind it needs", "add one"),
    "minContains": ("has too few entries of the kind it needs", "give at least {}"),
    "maxContains": ("has too many entries of one kind", "give at most {}"),
    "items": ("has more entries than are allowed here", "remove the last"),
    "unevaluatedItems": ("has more entries than are allowed here", "remove the last"),
    "unevaluatedProperties": ("has a key that is not allowed here", "remove it"),
    "minProperties": ("has too few keys", "give at least {}"),
    "maxProperties": ("has too many keys", "give at most {}"),
    "propertyNames": ("is not a name allowed here", "choose another"),
    "not": ("has a form that is not allowed here", "choose another"),
}
_EMPTY = {
    "minLength": ("is empty", "write something, or leave the key out"),
    "minItems": ("is empty", "give at least one entry"),
    "minProperties": ("is empty", "give at least one key"),
}


def wording(fault: Fault, quote_values: bool) -> tuple[str, str]:
    """What is wrong and what to do. A value appears only with `quote_values`, in place of a known word."""
    what, remedy = _words(fault, quote_values)
    if fault.remedy and not remedy.startswith("did you mean"):
        remedy = fault.remedy
    return what, remedy.rstrip(".")


def _words(fault: Fault, quote_values: bool) -> tuple[str, str]:
    match fault.kind:
        case "type":
            return _wrong_type(fault)
        case "word":
            return _not_a_word(fault, quote_values)
        case "missing":
            beside = f" beside {quoted(fault.keyword)}" if fault.keyword else ""
            if len(fault.options) == 1:
                return f"has no {quoted(fault.options[0])}{beside}", "add it"
            return f"has none of {_listed(map(quoted, fault.options), 'and')}{beside}", "add one of them"
        case "unexpected":
            if fault.meant:
                return "is not a key here", f"did you mean {quoted(fault.meant)}?"
            known = _listed(map(quoted, fault.options), "and")
            return "is not a key here", f"the keys here are {known}" if known else "remove it"
        case "misplaced":
            return "is not allowed here", "remove it"
        case "together":
            keys = _listed(map(quoted, fault.options), "and")
            if len(fault.options) == 1:
                return f"has {keys}, which is not allowed here", "remove it"
            if keys:
                return f"has {keys}, which exclude each other", "keep one of them"
            return "fits more than one of the forms allowed here", "keep the keys of one form"
        case "bound":
            return _out_of_bounds(fault.keyword, fault.options[0])


def _wrong_type(fault: Fault) -> tuple[str, str]:
    expected = _listed((_TYPES[name] for name in fault.options), "or")
    match fault.options:
        case ("string",) if not isinstance(fault.value, (dict, list)) and fault.value is not None:
            remedy = "put it in double quotes"
        case ("array",):
            remedy = "put it in square brackets"
        case ("date",):
            remedy = "write it as YYYY-MM-DD"
        case ("boolean",):
            remedy = "write true or false, without quotes"
        case ("integer",) | ("number",) if isinstance(fault.value, str) and not isinstance(fault.value, TomlDate):
            remedy = f"write {expected}, without quotes"
        case _:
            remedy = f"write {expected}"
    return f"is {_type_of(fault.value)}, expected {expected}", remedy


def _type_of(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "a whole number"
        case float():
            return "a decimal number" if abs(value) < float("inf") else "not a finite number"
        case TomlDate():
            return "a date"
        case str():
            return "a string"
        case list():
            return "a list"
        case dict():
            return "an object"
        case datetime():
            return "a date with a time"
        case time():
            return "a time of day"
        case _:
            return "of an unknown type"


def _not_a_word(fault: Fault, quote_values: bool) -> tuple[str, str]:
    allowed = _listed((json.dumps(option, ensure_ascii=False) for option in fault.options), "or")
    if not quote_values or not isinstance(fault.value, str):
        return "is not a value allowed here", f"write {allowed}"
    meant = nearest(fault.value, [option for option in fault.options if isinstance(option, str)])
    return f"is {quoted(fault.value)}", f"did you mean {quoted(meant)}?" if meant else f"write {allowed}"


def _out_of_bounds(keyword: str, limit: object) -> tuple[str, str]:
    if keyword == "format":
        return f"is not a {limit}", "write a day that exists as YYYY-MM-DD"
    what, remedy = _EMPTY[keyword] if keyword in _EMPTY and limit == 1 else _BOUNDS[keyword]
    return what.format(limit), remedy.format(limit)


def _listed(words: Iterable[str], joint: str) -> str:
    """`a, b or c`, at most the first twelve."""
    every: Sequence[str] = list(words)
    shown = every[:_SHOWN]
    if len(every) > _SHOWN:
        return f"{', '.join(shown)} {joint} {len(every) - _SHOWN} more"
    return f" {joint} ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)
