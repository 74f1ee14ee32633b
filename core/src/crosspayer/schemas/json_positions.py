"""JSON, read strictly, and where each of its keys stands."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crosspayer.errors import InputError, Problem
from crosspayer.schemas.positions import MAX_DEPTH, KeyPath, Lines, Place, dotted, place_of, places, too_deep

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_CHARACTERS = 16 * 1024 * 1024

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{},:]|[^\s\[\]{},:"]++', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")

# What the standard library's messages begin with, in our words.
_SYNTAX = (
    ("Expecting value", "has no value here", "write text in double quotes, a number, true, false or null"),
    ("Expecting property", "has no key here", "put keys in double quotes, and no comma after the last"),
    ("Illegal trailing", "has a comma after the last entry", "remove it"),
    ("Expecting ':'", "has a key without ':'", 'write "key": value'),
    ("Expecting ','", "has two values without a comma between them", "add the comma, or close the bracket"),
    ("Unterminated string", "has a string that is not closed", "close it with a double quote"),
    ("Invalid control", "has a line break or control character in a string", "close or escape it"),
    ("Invalid \\", "has an unknown escape in a string", "write a backslash twice"),
    ("Extra data", "goes on after the end of the document", "keep one document"),
    ("Unexpected UTF-8 BOM", "begins with a byte order mark", "save it as UTF-8 without one"),
)


def key_positions(text: str) -> dict[KeyPath, Place]:
    """The place of every key, every list element's value, and (under the empty path) the document's value.

    `text` must be JSON as `strict_json` accepts it.
    """
    return places(text, _Walk(text).offsets)


def locate(text: str, path: Sequence[str | int]) -> Place | None:
    """The place of `path`, else of the longest beginning of it that the document holds."""
    return place_of(key_positions(text), path)


def strict_json(text: str, origin: str, max_characters: int = MAX_CHARACTERS) -> object:
    """The document in `text`, or an InputError with every reason why it cannot be trusted.

    Beyond syntax these are: a key given twice, NaN and infinity (also a number too large to be finite),
    half of a surrogate pair, nesting deeper than `MAX_DEPTH`, and more than `max_characters`. Whole numbers
    are `int`, others `float`. `origin` is the file as the user named it.
    """
    if len(text) > max_characters:
        what = f"has more than {max_characters} characters"
        raise InputError([Problem(origin, None, None, "", what, "split it into smaller documents")])
    document, suspect = _parse(text)
    if isinstance(document, json.JSONDecodeError):
        raise InputError([_syntax_problem(origin, document)])
    if suspect or _SURROGATE.search(text) or too_deep(document):
        lines = Lines(text)
        problems = [
            Problem(origin, *lines.place(offset), dotted(path), what, remedy)
            for path, offset, what, remedy in _Walk(text).flaws
        ]
        if problems:
            raise InputError(problems)
    return document


def _parse(text: str) -> tuple[object, bool]:
    """The document, or the error that stopped the parser; and whether there is anything to look into.

    The error is returned, not raised on, because it holds the whole text.
    """
    suspect = False

    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal suspect
        found = dict(pairs)
        suspect = suspect or len(found) != len(pairs)
        return found

    def number(kind: Callable[[str], object]) -> Callable[[str], object]:
        def read(literal: str) -> object:
            nonlocal suspect
            if math.isfinite(float(literal)):
                return kind(literal)
            suspect = True
            return None

        return read

    try:
        document: object = json.loads(
            text,
            object_pairs_hook=members,
            parse_int=number(int),
            parse_float=number(float),
            parse_constant=number(float),
        )
    except json.JSONDecodeError as error:
        return error, True
    except RecursionError:
        if not _Walk(text).flaws:  # the caller had used up the stack: not the document's fault
            raise
        return None, True
    return document, suspect


def _syntax_problem(origin: str, error: json.JSONDecodeError) -> Problem:
    for beginning, what, remedy in _SYNTAX:
        if error.msg.startswith(beginning):
            return Problem(origin, error.lineno, error.colno, "", what, remedy)
    return Problem(origin, error.lineno, error.colno, "", "is not JSON", "mend the line")


@dataclass(slots=True)
class _Open:
    """A list or object whose closing bracket is still to come."""

    path: KeyPath
    next: KeyPath  # path of the value to come
    is_list: bool
    names: set[str] = field(default_factory=set)
    name_is_due: bool = True


class _Walk:
    """One walk through a document that the standard library could parse: where things are, what is wrong."""

    def __init__(self, text: str) -> None:
        self.offsets: dict[KeyPath, int] = {}
        self.flaws: list[tuple[KeyPath, int, str, str]] = []  # path, offset, what, remedy
        self.open: list[_Open] = []
        for token in _TOKEN.finditer(text):
            self.step(token[0], token.start())
            if len(self.open) > MAX_DEPTH:
                what = f"nests deeper than {MAX_DEPTH} levels"
                self.flaws.append((self.open[-1].path, token.start(), what, "flatten it"))
                break

    def step(self, token: str, offset: int) -> None:
        inside = self.open[-1] if self.open else None
        if token == ":":
            return
        if token in ("]", "}"):
            self.open.pop()
        elif token == "," and inside is not None:
            inside.name_is_due = True
            if inside.is_list:
                inside.next = (*inside.path, int(inside.next[-1]) + 1)
        elif inside is not None and not inside.is_list and inside.name_is_due:
            self.name(inside, token, offset)
        else:
            self.value(inside, token, offset)

    def name(self, inside: _Open, token: str, offset: int) -> None:
        name = json.loads(token)
        inside.name_is_due = False
        inside.next = (*inside.path, name)
        self.offsets.setdefault(inside.next, offset)
        if name in inside.names:
            self.flaws.append((inside.next, offset, "is given twice", "keep one of them"))
        inside.names.add(name)
        self.string(inside.next, token, offset)

    def value(self, inside: _Open | None, token: str, offset: int) -> None:
        path = inside.next if inside else ()
        self.offsets.setdefault(path, offset)
        if token in ("[", "{"):
            is_list = token == "["
            self.open.append(_Open(path, (*path, 0) if is_list else path, is_list))
        elif token[0] == '"':
            self.string(path, token, offset)
        elif token not in ("true", "false", "null") and not math.isfinite(float(token)):
            self.flaws.append((path, offset, "is not a finite number", "write one, or null if it is unknown"))

    def string(self, path: KeyPath, token: str, offset: int) -> None:
        if _SURROGATE.search(token) and any("\ud800" <= c <= "\udfff" for c in json.loads(token)):
            self.flaws.append((path, offset, "has half of a surrogate pair", "write the whole character"))
