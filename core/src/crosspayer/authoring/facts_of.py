"""Facts of an encounter given as plain data, by their full path: listed, set and taken away."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

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


def put_fact(data: Any, path: str, value: Any) -> None:
    """Set the fact at `path`, as in `lines[0].units`; what leads there is made where it is not there yet."""
    steps = steps_of(path)
    for step, following in itertools.pairwise(steps):
        if isinstance(step, int):
            while len(data) <= step:
                data.append({})
            data = data[step]
        else:
            data = data.setdefault(step, [] if isinstance(following, int) else {})
    last = steps[-1]
    if isinstance(last, int) and last == len(data):
        data.append(value)
    else:
        data[last] = value


def drop_fact(data: Any, path: str) -> None:
    """Take the fact at `path` away, so that it is unknown; nothing happens where it is not there."""
    steps = steps_of(path)
    for step in steps[:-1]:
        if isinstance(step, str) and (not isinstance(data, dict) or step not in data):
            return
        data = data[step]
    if isinstance(data, dict):
        data.pop(steps[-1], None)
    else:
        del data[steps[-1]]


def steps_of(path: str) -> list[str | int]:
    """The keys and indexes of a fact's full path."""
    return [int(index) if index else name for name, index in _STEP.findall(path)]
