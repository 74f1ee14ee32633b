"""Functions of generated code that are seldom wanted: compiled when they are first called."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

NAME = re.compile(r"(?<![.\w\"])[a-z_]\w*(?![\w\"])")
_RESERVED = frozenset(
    {"and", "append", "continue", "def", "dict", "else", "elif", "enumerate", "for", "fromkeys", "if", "in", "is"}
    | {"len", "not", "or", "return", "round", "tuple", "update"}
    | {"item_paths", "j", "k", "m", "o", "p", "u", "x"}  # what such functions set themselves, beside facts of items
)
_OF_ITEMS = ("o_", "p_", "k_")


Bind = Callable[[], Mapping[str, Any]]
"""What a function needs besides, by name: made when it is first called."""


class Late:
    """A function that is only source as yet. Two threads that call it at once compile it twice, to the same effect."""

    __slots__ = ("_bind", "_environment", "_name", "source")

    def __init__(self, name: str, source: str, environment: dict[str, Any], bind: Bind) -> None:
        self._name, self.source, self._environment, self._bind = name, source, environment, bind

    def __call__(self, *given: Any) -> Any:
        """Bind what only it needs, compile it, put it in its own place, and call it."""
        self._environment.update(self._bind())
        exec(compile(self.source, "<crosspayer rules>", "exec"), self._environment)
        return self._environment[self._name](*given)


def names_in(lines: Sequence[str], environment: dict[str, Any]) -> list[str]:
    """The locals of the main function that these statements read, in order; not those they set themselves."""
    names = dict.fromkeys(NAME.findall("\n".join(lines)))
    return [
        name for name in names if name not in _RESERVED and name not in environment and not name.startswith(_OF_ITEMS)
    ]


class Made:
    """A function that is made when it is first called, and then stands in its own place."""

    __slots__ = ("_environment", "_make", "_name")

    def __init__(self, name: str, make: Callable[[], Callable[..., Any]], environment: dict[str, Any]) -> None:
        self._name, self._make, self._environment = name, make, environment

    def __call__(self, *given: Any) -> Any:
        """Make it and call it."""
        made = self._environment[self._name] = self._make()
        return made(*given)
