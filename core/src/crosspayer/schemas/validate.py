"""Holds a document against a shipped schema and says, all at once, where and how it differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crosspayer.errors import Problem
from crosspayer.schemas.positions import MAX_DEPTH, KeyPath, Place, dotted, place_of, too_deep

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def problems(
    document: object,
    schema: str,
    origin: str,
    positions: Callable[[], Mapping[KeyPath, Place]],
    quote_values: bool = False,
) -> list[Problem]:
    """Everything that keeps `document` from being a `schema` document, sorted; empty if nothing does.

    `document` is as `tomllib` or `strict_json` returns it, `schema` one of `schemas.names()`, `origin` the
    file as the user named it. `positions` (for instance `lambda: key_positions(text)`) is called only if
    something is wrong; for a document without a text let it return an empty mapping, and its problems have
    no line.

    Problems are made from paths, key names, types and the schema's own words, never from a value.
    `quote_values` is for a plugin's TOML files, which hold no patient's data: a word that is none of a closed list
    is shown with a suggestion, and a quoted date is no date. A schema may say a remedy of its own under `x-remedy`,
    beside the keyword it belongs to.
    """
    if too_deep(document):
        return _too_deep(origin, positions())
    from crosspayer.schemas.dialect import as_json, validator
    from crosspayer.schemas.faults import faults
    from crosspayer.schemas.wording import wording

    found = faults(validator(schema).iter_errors(as_json(document, toml=quote_values)))
    if not found:
        return []
    where = positions()
    return sorted({_problem(origin, where, fault.path, *wording(fault, quote_values)) for fault in found})


def _too_deep(origin: str, where: Mapping[KeyPath, Place]) -> list[Problem]:
    deepest = max(where, key=len, default=())
    what = f"nests deeper than {MAX_DEPTH} levels"
    return [_problem(origin, where, deepest[:MAX_DEPTH], what, "flatten it")]


def _problem(origin: str, where: Mapping[KeyPath, Place], path: KeyPath, what: str, remedy: str) -> Problem:
    line, column = place_of(where, path) or (None, None)
    return Problem(origin, line, column, dotted(path), what, remedy)
