"""From the validator's errors to faults: what is wrong at one place, as precisely as the schema allows.

The validator's own messages are never used: they hold values. A fault is built from the schema, from key
names and from the kinds of values; `wording` turns it into a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from crosspayer.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jsonschema import ValidationError

    from crosspayer.schemas.positions import KeyPath

Kind = Literal["type", "missing", "word", "unexpected", "misplaced", "together", "bound"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at `path`.

    `kind` says what the rest means:
    - `type`: the value has none of the types `options`
    - `missing`: the object at `path` has none of the keys `options`
    - `word`: the value is none of `options` (JSON values)
    - `unexpected`: the object knows no such key; it knows `options`, of which `meant` is near
    - `misplaced`: the key is not allowed here, or not beside the object's other keys
    - `together`: the object at `path` has the keys `options`, which exclude each other
    - `bound`: the value breaks the schema's `keyword`, whose value is `options[0]`
    """

    path: KeyPath
    kind: Kind
    options: tuple[Any, ...] = ()
    keyword: str = ""
    remedy: str = ""  # the schema's own (`x-remedy`)
    value: object = field(default=None, repr=False)  # for its type, and for words that may be shown
    meant: str | None = None


def faults(errors: Iterable[ValidationError]) -> list[Fault]:
    """The faults behind `errors`, without those that only follow from another."""
    each_once = {
        (fault.path, fault.kind, fault.keyword, repr(fault.options)): fault for error in errors for fault in _of(error)
    }
    found = list(each_once.values())
    wrong_type = {fault.path for fault in found if fault.kind == "type"}
    meant = {(*fault.path[:-1], fault.meant) for fault in found}

    def follows(fault: Fault) -> bool:
        if fault.path in wrong_type:
            return fault.kind != "type"
        return fault.kind == "missing" and any((*fault.path, key) in meant for key in fault.options)

    return [fault for fault in found if not follows(fault)]


def _of(error: ValidationError) -> list[Fault]:
    path: KeyPath = tuple(error.absolute_path)
    keyword: Any = error.validator
    schema: Any = error.schema
    limit: Any = error.validator_value
    value: Any = error.instance
    remedy = schema.get("x-remedy", "") if isinstance(schema, dict) else ""
    if keyword in ("anyOf", "oneOf"):
        return _best_branch(error, path, remedy)
    if keyword == "additionalProperties":
        known = tuple(schema.get("properties", ()))
        return [Fault(path, "unexpected", known, remedy=remedy, meant=nearest(str(path[-1]), known))]
    if keyword in (None, "properties") or (keyword == "not" and limit in (True, {})):
        return [Fault(path, "misplaced", remedy=remedy)]
    if keyword == "type":
        return [Fault(path, "type", _types(schema, limit), remedy=remedy, value=value)]
    if keyword in ("enum", "const"):
        words = tuple(limit) if keyword == "enum" else (limit,)
        return [Fault(path, "word", words, remedy=remedy, value=value)]
    if keyword == "required":
        return [Fault(path, "missing", (key,), remedy=remedy) for key in limit if key not in value]
    if keyword == "dependentRequired":
        return [
            Fault(path, "missing", (key,), keyword=present, remedy=remedy)
            for present, keys in limit.items()
            if present in value
            for key in keys
            if key not in value
        ]
    if keyword == "not" and (held := _held([limit, *limit.get("anyOf", ())], value)):
        return [Fault(path, "together", tuple(sorted(set().union(*held))), remedy=remedy)]
    if keyword == "propertyNames" and isinstance(limit, dict):
        remedy = limit.get("x-remedy", remedy)
    return [Fault(path, "bound", (limit,), keyword=keyword, remedy=remedy)]


def _types(schema: dict[str, Any], limit: str | list[str]) -> tuple[str, ...]:
    names = [limit] if isinstance(limit, str) else limit
    return tuple("date" if name == "string" and schema.get("format") == "date" else name for name in names)


def _held(branches: Iterable[Any], value: object) -> list[set[str]]:
    """What the branches require, for each of which `value` has all keys."""
    required = [set(branch.get("required", ())) for branch in branches if isinstance(branch, dict)]
    return [keys for keys in required if keys and isinstance(value, dict) and keys <= value.keys()]


def _best_branch(error: ValidationError, path: KeyPath, remedy: str) -> list[Fault]:
    """The faults of the alternative that fits best; of several equally good ones what they have in common."""
    schemas: Any = error.validator_value
    branches: dict[object, list[ValidationError]] = {}
    for child in error.context or ():
        branches.setdefault(child.relative_schema_path[0], []).append(child)
    if not branches:  # it fits more than one
        held = _held(schemas, error.instance)
        differing = {key for keys in held for key in keys if not all(key in other for other in held)}
        return [Fault(path, "together", tuple(sorted(differing)), remedy=remedy)]
    scored = [(_misfit(path, found), found) for found in map(faults, branches.values())]
    least = min(score for score, _ in scored)
    best = [found for score, found in scored if score == least]
    return _merged(best, remedy) if len(best) > 1 else best[0]


def _misfit(path: KeyPath, found: Sequence[Fault]) -> tuple[int, int, int, int]:
    """How badly an alternative fits the value at `path`: in kind, in keys, in number, in depth."""
    types = [fault for fault in found if fault.kind == "type" and fault.path == path]
    below = [fault for fault in found if fault.path[:-1] == path != fault.path]
    constants = [fault for fault in below if fault.kind == "word" and len(fault.options) == 1]
    keys = [fault for fault in below if fault.kind in ("unexpected", "misplaced")]
    own = [fault for fault in found if fault.path == path]
    return (
        len(types) + len(constants),  # a constant tells alternatives apart
        len(own) + len(keys),
        len(found),
        -max(len(fault.path) for fault in found),
    )


def _merged(best: Sequence[Sequence[Fault]], remedy: str) -> list[Fault]:
    """What equally good alternatives say together; the first speaks where they have too little in common."""
    first = best[0][0]
    every = [fault for found in best for fault in found]
    one_place = len({(fault.path, fault.kind, fault.keyword) for fault in every}) == 1 and len(best) == len(every)
    if one_place and first.kind in ("type", "missing", "word"):
        options = {repr(option): option for fault in every for option in fault.options}
        return [replace(first, options=tuple(options.values()), remedy=remedy)]
    if {(fault.path[:-1], fault.kind) for fault in every} == {(first.path[:-1], "unexpected")}:
        # Each takes the keys of the others for unexpected.
        keys = [{fault.path[-1] for fault in found} for found in best]
        common = set.intersection(*keys)
        differing = tuple(sorted(str(key) for key in set().union(*keys) - common))
        together = [Fault(first.path[:-1], "together", differing, remedy=remedy)] if differing else []
        known = tuple(dict.fromkeys(key for fault in every for key in fault.options))
        return [replace(fault, options=known) for fault in best[0] if fault.path[-1] in common] + together
    return list(best[0])
