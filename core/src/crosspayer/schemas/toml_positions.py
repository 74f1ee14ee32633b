"""Where each key of a TOML document stands: `tomllib` gives the values, this gives line and column.

It runs only after something was found wrong, and only on text that `tomllib` has accepted. So it need not
judge the text: it walks through it and notes where each key and each list element begins.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from crosspayer.errors import Problem
from crosspayer.schemas.positions import KeyPath, Place, place_of, places

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")  # also inside lists and inline tables
_BLANK = re.compile(r"[ \t]*+")
_KEY = re.compile(r"""[A-Za-z0-9_-]++|"(?:[^"\\\n]++|\\.)*+"|'[^'\n]*+'""")
_SCALAR = re.compile(
    r'''
      """ (?: [^"\\]++ | \\. | "{1,2}(?!") )*+ "{3,5}   # up to two quotes may stand before the closing three
    | \'\'\' (?: [^']++ | '{1,2}(?!') )*+ '{3,5}
    | " (?: [^"\\\n]++ | \\. )*+ "
    | ' [^'\n]*+ '
    | [0-9]{4}-[0-9]{2}-[0-9]{2} [ ] [0-9] [^\s,\]}#]*+   # a date and time may be joined by one blank
    | [^\s,\]}#]++
    ''',
    re.VERBOSE | re.DOTALL,
)


def key_positions(text: str) -> dict[KeyPath, Place]:
    """The place of every key and list element of a TOML document; the document itself is at 1:1.

    A key is where it is first mentioned, as part of a dotted key or header too. A list element is where its
    value begins, an element of an array of tables at its `[[`. Raises ValueError for text that is not TOML.
    """
    scan = _Scan(text)
    scan.document()
    return places(text, scan.offsets)


def locate(text: str, path: Sequence[str | int]) -> Place | None:
    """The place of `path`, else of the longest beginning of it that the document holds."""
    return place_of(key_positions(text), path)


class Header(NamedTuple):
    """The header of a table: where it begins and ends in the text, its path, and whether it is one of a list."""

    start: int
    end: int
    path: KeyPath
    is_list: bool


def headers(text: str) -> list[Header]:
    """The headers of a TOML document, in the order of its text. Raises ValueError for text that is not TOML."""
    scan = _Scan(text)
    scan.document()
    return scan.headers


class _Scan:
    """One walk through a document; `offsets` and `headers` are what it finds."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.offsets: dict[KeyPath, int] = {(): 0}
        self.headers: list[Header] = []
        self.latest: dict[KeyPath, int] = {}  # path of an array of tables → index of its latest element

    def document(self) -> None:
        table: KeyPath = ()
        self.skip(_GAP)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                start = self.at
                table = self.header()
                self.headers.append(Header(start, self.at, table, self.text.startswith("[[", start)))
            else:
                self.pair(table)
            self.skip(_GAP)

    def header(self) -> KeyPath:
        """`[a.b]` or `[[a.b]]`: the path of the table it opens."""
        start = self.at
        if not self.text.startswith("[[", start):
            self.at += 1
            path = self.reach((), self.keys())
            self.take("]")
            return path
        self.at += 2
        *parents, (last, offset) = self.keys()
        self.take("]]")
        array: KeyPath = (*self.reach((), parents), last)
        self.offsets.setdefault(array, offset)
        index = self.latest.get(array, -1) + 1
        self.latest[array] = index
        self.offsets[(*array, index)] = start
        return (*array, index)

    def pair(self, table: KeyPath) -> None:
        """`a.b = value`."""
        path = self.reach(table, self.keys())
        self.take("=")
        self.skip(_BLANK)
        self.value(path)

    def keys(self) -> list[tuple[str, int]]:
        """The parts of a dotted key, each with its offset."""
        found = []
        while True:
            self.skip(_BLANK)
            offset = self.at
            found.append((_name(self.skip(_KEY)), offset))
            self.skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return found
            self.at += 1

    def reach(self, table: KeyPath, keys: Sequence[tuple[str, int]]) -> KeyPath:
        """Follows `keys` down from `table`, into the latest element of each array of tables on the way."""
        for key, offset in keys:
            table = (*table, key)
            self.offsets.setdefault(table, offset)
            if table in self.latest:
                table = (*table, self.latest[table])
        return table

    def value(self, path: KeyPath) -> None:
        if self.text.startswith("[", self.at):
            self.at += 1
            index = 0
            while not self.closed("]"):
                self.offsets[(*path, index)] = self.at
                self.value((*path, index))
                index += 1
        elif self.text.startswith("{", self.at):
            self.at += 1
            while not self.closed("}"):
                self.pair(path)
        else:
            self.skip(_SCALAR)

    def closed(self, bracket: str) -> bool:
        """Steps over gaps and a comma; whether the list or inline table ends here."""
        self.skip(_GAP)
        if self.text.startswith(",", self.at):
            self.at += 1
            self.skip(_GAP)
        if self.text.startswith(bracket, self.at):
            self.at += 1
            return True
        return False

    def take(self, mark: str) -> None:
        self.skip(_BLANK)
        if not self.text.startswith(mark, self.at):
            raise ValueError(f"not TOML: no {mark!r} at offset {self.at}")
        self.at += len(mark)

    def skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise ValueError(f"not TOML at offset {self.at}")
        self.at = found.end()
        return found[0]


def _name(key: str) -> str:
    """A key without its quotes and escapes, as `tomllib` reads it."""
    if key[0] not in "\"'":
        return key
    (name,) = tomllib.loads(f"{key} = 0")
    return name


_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")

# What tomllib's messages begin with, in our words: its own may hold parts of the text.
_SYNTAX = (
    ("Invalid statement", "has a line that is neither a key nor a table", "write key = value, or [table]"),
    ("Cannot declare", "declares the same table twice", "merge the two tables"),
    ("Cannot overwrite", "gives the same key twice", "keep one of them"),
    ("Duplicate inline", "gives the same key of an inline table twice", "keep one of them"),
    ("Cannot redefine", "adds to a table that is already complete", "move the keys to where it is declared"),
    ("Cannot mutate", "adds to an inline table or list", "move the keys into its braces"),
    ("Expected '='", "has a key without '='", "write key = value"),
    ("Expected ']", "has a table header that is not closed", "close it with the brackets it began with"),
    ("Expected newline", "goes on after the end of a value", "put text in quotes, each key on a line"),
    ("Unclosed array", "has a list that is not closed", "put commas between, and close it with ]"),
    ("Unclosed inline", "has an inline table that is not closed", "put commas between, and close it with }"),
    ("Unterminated string", "has a string that is not closed", "close it with the quotes it began with"),
    ("Unescaped", "has a backslash that escapes nothing", "write it twice, or use single quotes"),
    ("Invalid hex", "has an escape that is not a character", "write four or eight hexadecimal digits"),
    ("Escaped character", "has an escape that is not a character", "write another character"),
    ("Illegal character", "has a line break or control character in a string", "close or escape it"),
    ("Found invalid", "has a line break or control character that is not allowed here", "remove it"),
    ("Expected \"'", "has a string that is not closed", "close it with the quotes it began with"),
    ("Invalid date", "has a date that does not exist", "write dates as YYYY-MM-DD, without quotes"),
    ("Invalid value", "has no value that can be read here", "put text in double quotes"),
    ("Invalid initial", "has no key here", "write key = value, and quote keys other than words"),
)


def toml_syntax_problem(text: str, origin: str, error: tomllib.TOMLDecodeError) -> Problem:
    """What `tomllib` could not read in `text`, with line and column and without a word of the text.

    A file of another kind is told as that: no place in it is worth naming.
    """
    ending = PurePath(origin).suffix.casefold()
    if text.lstrip().startswith("{") or ending in (".json", ".md", ".csv"):
        what = "the file is JSON, not TOML" if text.lstrip().startswith("{") else "the file is not TOML"
        return Problem(origin, None, None, "", what, "give a TOML file")
    message = str(error)
    place = _PLACE.search(message)
    if place:
        line, column = int(place[1]), int(place[2])
    else:  # "(at end of document)"
        line, column = text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1
    for beginning, what, remedy in _SYNTAX:
        if message.startswith(beginning):
            return Problem(origin, line, column, "", what, remedy)
    return Problem(origin, line, column, "", "is not TOML", "mend the line")
