"""Functions of generated code that are seldom wanted: written and compiled when they are first called."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from threading import RLock
from typing import Any

NAME = re.compile(r"(?<![.\w\"])[a-z_]\w*(?![\w\"=])")  # keywords of calls are no names
_RESERVED = frozenset(
    # words of the language, and what such functions set themselves or are given
    {"and", "append", "continue", "def", "dict", "else", "elif", "enumerate", "for", "fromkeys", "if", "in", "is"}
    | {"len", "not", "one", "or", "return", "round", "tuple", "update"}
    | {"c", "f", "item_paths", "j", "k", "m", "o", "p", "u", "x", "y"}
)
_OF_ITEMS = ("o_", "p_", "k_")


class Late:
    """A function that is not even written yet. Its first call writes it, compiles it and puts it in its own place."""

    __slots__ = ("_environment", "_lock", "_name", "_source", "_write")

    def __init__(self, name: str, write: Callable[[], str], environment: dict[str, Any], lock: RLock) -> None:
        self._name, self._write, self._environment, self._lock = name, write, environment, lock
        self._source: str | None = None

    @property
    def source(self) -> str:
        """Its source."""
        with self._lock:  # what writes is shared by all functions of a form
            if self._source is None:
                self._source = self._write()
            return self._source

    def __call__(self, *given: Any) -> Any:
        """Make it, and call it."""
        with self._lock:
            if self._environment[self._name] is self:
                exec(compile(self.source, "<crosspayer rules>", "exec"), self._environment)
        return self._environment[self._name](*given)


def names_in(lines: Sequence[str], environment: dict[str, Any]) -> list[str]:
    """The locals of the main function that these statements read, in order; not those they set themselves."""
    return locals_of(dict.fromkeys(NAME.findall("\n".join(lines))), environment)


def locals_of(names: Iterable[str], environment: dict[str, Any]) -> list[str]:
    """Those of the names that are locals of the main function."""
    return [
        name for name in names if name not in _RESERVED and name not in environment and not name.startswith(_OF_ITEMS)
    ]
