"""Where the keys of a document stand in its text: what the TOML and the JSON scanner have in common."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KeyPath: TypeAlias = tuple[str | int, ...]
"""Keys and (0-based) list indexes from the document's root; the empty path is the document."""

Place: TypeAlias = tuple[int, int]
"""Line and column, both from 1; columns count characters."""

MAX_DEPTH = 64
"""How deeply lists and objects may nest: far beyond any real document, far within the interpreter's stack."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def dotted(path: Sequence[str | int]) -> str:
    """`path` as people write it: `rules[2].require.all_of[0].at_lest`; unusual keys are quoted."""
    parts = []
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        else:
            parts.append("." if parts else "")
            parts.append(step if _BARE_KEY.fullmatch(step) else quoted(step))
    return "".join(parts)


def quoted(word: str) -> str:
    """`word` in double quotes, on one line whatever it holds."""
    import json

    return json.dumps(word, ensure_ascii=not word.isprintable())


def place_of(positions: Mapping[KeyPath, Place], path: Sequence[str | int]) -> Place | None:
    """The place of `path`, else of the longest beginning of it that has one; None if none has."""
    for length in range(len(path), -1, -1):
        place = positions.get(tuple(path[:length]))
        if place is not None:
            return place
    return None


class Lines:
    """The lines of a text, to turn offsets into places."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(newline.end() for newline in re.finditer("\n", text))]

    def place(self, offset: int) -> Place:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def places(text: str, offsets: Mapping[KeyPath, int]) -> dict[KeyPath, Place]:
    """Lines and columns for offsets into `text`."""
    lines = Lines(text)
    return {path: lines.place(offset) for path, offset in offsets.items()}


def too_deep(document: object) -> bool:
    """Whether lists and objects nest deeper than `MAX_DEPTH`."""
    level = [document]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in _children(node)]
    return any(isinstance(node, (dict, list)) for node in level)


def _children(node: object) -> Sequence[object]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else ()
