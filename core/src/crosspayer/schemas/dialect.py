"""The JSON Schema dialect of the shipped schemas: draft 2020-12, read strictly and told apart key by key.

What differs from `jsonschema`'s defaults:

- a TOML date counts as the string `YYYY-MM-DD`, so one schema serves TOML and JSON
- `format: date` is enforced, for days that exist
- a whole number is an `int` (2.0 is none), and a number is finite
- `multipleOf` is exact for decimals, and patterns see ASCII digits and no trailing line break
- unexpected keys, forbidden keys and ill-formed key names are one error each, at the key
- `$ref` finds the shipped schemas by their `$id` and nothing else, never the network

A schema closes its objects with `additionalProperties: false` beside `properties`. `unevaluatedProperties` would
not name the key, and takes time exponential in the depth of nested conditions.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from crosspayer import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema import ValidationError
    from jsonschema.protocols import Validator
    from referencing import Registry

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class TomlDate(str):
    """A TOML date as the string that JSON would hold in its place."""

    __slots__ = ()


class TomlText(str):
    """A TOML string: never a date, even where it looks like one, since TOML has dates of its own."""

    __slots__ = ()


def as_json(document: object, *, toml: bool = False) -> Any:
    """A copy of `document` with TOML dates (but not date-times) as strings; `toml` tells them apart from strings."""
    if isinstance(document, dict):
        return {key: as_json(value, toml=toml) for key, value in document.items()}
    if isinstance(document, list):
        return [as_json(value, toml=toml) for value in document]
    if isinstance(document, date) and not isinstance(document, datetime):
        return TomlDate(document.isoformat())
    return TomlText(document) if toml and isinstance(document, str) else document


@cache
def validator(name: str) -> Validator:
    """The validator for documents of schema `name`."""
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.validators import extend

    draft: Any = Draft202012Validator
    dialect: Any = extend
    types = draft.TYPE_CHECKER.redefine_many({"integer": _is_integer, "number": _is_number})
    keywords = {
        "properties": _properties,
        "additionalProperties": _additional_properties,
        "propertyNames": _property_names,
        "multipleOf": _multiple_of,
        "pattern": _pattern,
    }
    formats = FormatChecker(formats=())
    formats.checks("date", raises=ValueError)(_is_date)
    kind = dialect(draft, validators=keywords, type_checker=types)
    schema = {"$ref": schemas.load(name)["$id"]}
    built: Validator = kind(schema, registry=_registry(), format_checker=formats)
    return built


@cache
def _registry() -> Registry[Any]:
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    registry: Registry[Any] = Registry()
    for name in schemas.names():
        # With `$schema`, jsonschema would go on with its own validator of that draft instead of this one.
        schema = {key: value for key, value in schemas.load(name).items() if key != "$schema"}
        registry = registry.with_resource(str(schema["$id"]), DRAFT202012.create_resource(schema))
    return registry


def _is_integer(_checker: object, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(_checker: object, value: object) -> bool:
    return _is_integer(_checker, value) or (isinstance(value, float) and math.isfinite(value))


def _is_date(value: object) -> bool:
    """For `format: date`. Raises ValueError for a day that does not exist."""
    if not isinstance(value, str):
        return True  # formats are about strings
    if isinstance(value, TomlText):
        return False
    return _DATE.fullmatch(value) is not None and bool(date.fromisoformat(value))


def _multiple_of(validator: Any, step: float, value: Any, _schema: object) -> Iterator[ValidationError]:
    from fractions import Fraction

    if validator.is_type(value, "number") and (Fraction(repr(value)) / Fraction(repr(step))).denominator != 1:
        yield _error()


def _pattern(validator: Any, pattern: str, value: Any, _schema: object) -> Iterator[ValidationError]:
    # Python's $ also matches before a trailing line break, JSON Schema's does not.
    strict = pattern[:-1] + r"\Z" if pattern.endswith("$") and not pattern.endswith(r"\$") else pattern
    if validator.is_type(value, "string") and not re.search(strict, value, re.ASCII):
        yield _error()


def _properties(validator: Any, parts: Any, value: Any, _schema: object) -> Iterator[ValidationError]:
    if not validator.is_type(value, "object"):
        return
    for key, part in parts.items():
        if key in value and part is False:
            yield _error(key)
        elif key in value:
            yield from validator.descend(value[key], part, path=key, schema_path=key)


def _additional_properties(
    validator: Any, allowed: Any, value: Any, schema: dict[str, Any]
) -> Iterator[ValidationError]:
    if not validator.is_type(value, "object"):
        return
    named = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    for key in value:
        if key in named or any(re.search(pattern, key) for pattern in patterns):
            continue
        if allowed is False:
            yield _error(key)
        else:
            yield from validator.descend(value[key], allowed, path=key)


def _property_names(validator: Any, names: Any, value: Any, _schema: object) -> Iterator[ValidationError]:
    if validator.is_type(value, "object"):
        for key in value:
            if not validator.evolve(schema=names).is_valid(key):
                yield _error(key)


def _error(*path: str) -> ValidationError:
    from jsonschema import ValidationError

    return ValidationError("", path=path)
