"""Facts of an encounter given as plain data, by their full path: listed, set and taken away."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from crosspayer.schemas.positions import dotted

_STEP = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]")


def facts_of(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every fact of an encounter by its full path; lists of codes are one fact, an empty list is one too."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from facts_of(value, f"{path}.{key}" if path else key)
    elif isinstance(node, list) and node and isinstance(node[0], dict):
        for index, value in enumerate(node):
            yield from facts_of(value, f"{path}[{index}]")
    else:
        yield path, node


class FactPathError(ValueError):
    """A path that leads through something that is no list or no record; says where."""


def put_fact(data: Any, path: str, value: Any) -> None:
    """Set the fact at `path`, as in `lines[0].units`; what leads there is made where it is not there yet.

    Raises `FactPathError` where it cannot be: `lines[0].units.x` asks for a part of a number.
    """
    steps = steps_of(path)
    for count, (step, following) in enumerate(itertools.pairwise(steps)):
        _check_step(data, step, steps[:count])
        if isinstance(step, int):
            while len(data) <= step:
                data.append({})
            data = data[step]
        else:
            data = data.setdefault(step, [] if isinstance(following, int) else {})
    last = steps[-1]
    _check_step(data, last, steps[:-1])
    if isinstance(last, int) and last == len(data):
        data.append(value)
    elif isinstance(last, int) and last > len(data):
        raise FactPathError(f"{dotted(steps[:-1])} has only {len(data)} elements")
    else:
        data[last] = value


def _check_step(data: Any, step: str | int, before: list[str | int]) -> None:
    where = dotted(before) or "the encounter"
    if isinstance(step, int) and not isinstance(data, list):
        raise FactPathError(f"{where} is no list")
    if isinstance(step, str) and not isinstance(data, dict):
        raise FactPathError(f"{where} has no parts of its own")


def drop_fact(data: Any, path: str) -> bool:
    """Take the fact at `path` away, so that it is unknown. Whether it was there."""
    steps = steps_of(path)
    for step in steps[:-1]:
        if not _has(data, step):
            return False
        data = data[step]
    if not _has(data, steps[-1]):
        return False
    del data[steps[-1]]
    return True


def _has(data: Any, step: str | int) -> bool:
    if isinstance(step, int):
        return isinstance(data, list) and step < len(data)
    return isinstance(data, dict) and step in data


def steps_of(path: str) -> list[str | int]:
    """The keys and indexes of a fact's full path."""
    return [int(index) if index else name for name, index in _STEP.findall(path)]
