"""Functions of generated code that are seldom wanted: compiled when they are first called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

NAME = re.compile(r"(?<![.\w\"])[a-z_]\w*(?![\w\"])")
_RESERVED = frozenset(
    {"and", "append", "continue", "def", "dict", "else", "elif", "enumerate", "for", "fromkeys", "if", "in", "is"}
    | {"len", "not", "or", "return", "round", "tuple", "update"}
    | {"m", "u", "x"}  # what the statements call their own
)


class Late:
    """A function that is only source as yet. Two threads that call it at once compile it twice, to the same effect."""

    __slots__ = ("_environment", "_name", "source")

    def __init__(self, name: str, source: str, environment: dict[str, Any]) -> None:
        self._name, self.source, self._environment = name, source, environment

    def __call__(self, *given: Any) -> Any:
        """Compile it, put it in its own place, and call it."""
        exec(compile(self.source, "<crosspayer rules>", "exec"), self._environment)
        return self._environment[self._name](*given)


def names_in(lines: Sequence[str], environment: dict[str, Any]) -> list[str]:
    """The locals of the main function that these statements read, in order; not those they set themselves."""
    own: set[str] = set()
    found: dict[str, None] = {}
    for line in lines:
        text = line.strip()
        if text.startswith("for "):
            head, _, text = text.removeprefix("for ").partition(" in ")
            own.update(name.strip() for name in head.split(","))
        for name in NAME.findall(text):
            if name not in _RESERVED and name not in own and name not in environment:
                found[name] = None
        own.update(name for name in text.rpartition(": ")[2].split(" = ")[:-1] if name.isidentifier())
    return [name for name in found if name not in own]
