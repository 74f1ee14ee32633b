"""The canonical form of a plugin's documents: keys in order, one blank line where there are several, comments kept.

Rules, cases, sources, parameters and rows keep their order: it is their author's, who groups them under comments and
tells a story with it. So do tables, except that the sections of a document come in one order, and `otherwise` last in
its rule. A value that stands on several lines keeps its line breaks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import dropwhile
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from crosspayer.authoring.key_order import Context, placed
from crosspayer.errors import InputError, Problem
from crosspayer.schemas.positions import KeyPath
from crosspayer.schemas.toml_document import loads
from crosspayer.schemas.toml_positions import headers

if TYPE_CHECKING:
    from tomlkit.items import Array, Item

STEP = "  "
SCHEMAS = {
    "payer.toml": "payer",
    "pack.toml": "pack",
    "sources.toml": "sources",
    "policies": "policy",
    "tables": "table",
    "imports": "import",
    "cases": "case",
}
"""The schema of a document, by its name or its folder's."""


@dataclass(slots=True)
class _Statement:
    """A key with its value, on one line or several, and the comments and blank lines above it."""

    lead: list[str]
    key: str  # the first part of the key, which decides its place
    text: str


@dataclass(slots=True)
class _Section:
    """The document, or a table with a header: what stands above it, its statements, and the tables within it."""

    lead: list[str]
    path: KeyPath
    header: str = ""
    indent: str = ""
    is_list: bool = False
    statements: list[_Statement] = field(default_factory=list)
    sections: list[_Section] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)  # what stands at the end of the document

    @property
    def context(self) -> Context:
        """Its keys, without the indexes of lists."""
        return tuple(step for step in self.path if isinstance(step, str))


def schema_of(path: PurePath) -> str | None:
    """The schema of a plugin's document, by where it stands; None for any other file."""
    return SCHEMAS.get(path.name) or (SCHEMAS.get(path.parent.name) if path.suffix == ".toml" else None)


def formatted(text: str, schema: str, origin: str) -> str:
    """The canonical form of a document. Raises `InputError` where it is not TOML."""
    from tomlkit.exceptions import TOMLKitError

    text = text.replace("\r\n", "\n")
    before = loads(text, origin)
    try:
        lines = _written(_Reader(text, schema).read(), schema)
        after = "\n".join(_single_blanks(lines)).strip("\n") + "\n"
        same = tomllib.loads(after) == before
    except (TOMLKitError, tomllib.TOMLDecodeError, RecursionError):
        same = False
    if not same:
        what = "the document cannot be written in another order without changing what it says"
        raise InputError([Problem(origin, None, None, "", what, "leave it as it is, and please report it")])
    return after


class _Reader:
    """Takes a document apart; `lead` are the comments and blank lines since the last key or header."""

    def __init__(self, text: str, schema: str) -> None:
        self.text, self.schema, self.lead = text, schema, list[str]()

    def read(self) -> _Section:
        """The document as a tree of sections."""
        root = _Section([], ())
        found = headers(self.text)
        starts = [header.start for header in found]
        self._statements(self.text[: starts[0] if starts else None], root)
        open_ = [root]
        for header, end in zip(found, [*starts, len(self.text)][1:], strict=True):
            while header.path[: len(open_[-1].path)] != open_[-1].path:
                open_.pop()
            parent = open_[-1]
            line, _, rest = self.text[header.start : end].partition("\n")
            comment = line[header.end - header.start :].rstrip()
            indent = parent.indent + (STEP if header.is_list and parent.is_list else "")
            written = self.text[header.start : header.end]
            section = _Section(self._taken(), header.path, written + comment, indent, header.is_list)
            parent.sections.append(section)
            open_.append(section)
            self._statements(rest, section)
        root.tail = self.lead
        return root

    def _statements(self, text: str, section: _Section) -> None:
        import tomlkit

        self._items(tomlkit.parse(text).body, (), (), section)

    def _items(self, body: list[Any], keys: Context, names: tuple[str, ...], section: _Section) -> None:
        """`keys` are the first parts of a key with points, `names` the same as they are written."""
        from tomlkit.items import Table

        for key, item in body:
            if key is None:
                self.lead += [line.strip() for line in item.as_string().split("\n")[:-1]]
                continue
            below, written = (*keys, key.key), (*names, key.as_string().strip())
            if isinstance(item, Table):
                self._items(item.value.body, below, written, section)
                continue
            value = _value(item, self.schema, (*section.context, *below))
            value = _shifted(value, len(section.indent) - len(item.trivia.indent))
            lead = self._taken()
            if not section.statements:
                lead = _begun(lead)
                if not section.header:
                    section.lead, lead = lead, []  # what stands at the top is about the whole document
            text = f"{'.'.join(written)} = {value}{_comment(item)}"
            section.statements.append(_Statement(lead, below[0], text))

    def _taken(self) -> list[str]:
        lead, self.lead = self.lead, []
        return lead


def _shifted(value: str, by: int) -> str:
    """The value with its further lines indented by so much more, or less. Texts on several lines are left alone."""
    if '"""' in value or "'''" in value:
        return value
    first, *others = (line.rstrip() for line in value.split("\n"))
    shifted = (" " * by + line if by > 0 else line[min(-by, len(line) - len(line.lstrip())) :] for line in others)
    return "\n".join([first, *(line.rstrip() for line in shifted)])


def _comment(item: Any) -> str:
    """The comment at the end of a line, with the blanks before it, which may align it with others."""
    comment = item.trivia.comment
    return f"{item.trivia.comment_ws or '  '}{comment}".rstrip() if comment else ""


def _value(item: Item, schema: str, context: Context) -> str:
    """The value in canonical form: on one line with one blank between its parts, or with the line breaks it has."""
    from tomlkit.items import Array, InlineTable

    if isinstance(item, InlineTable):
        if any(key is not None and key.is_dotted() for key, _ in item.value.body):
            return item.as_string()
        parts = [(key, part) for key, part in item.value.body if key is not None]
        parts.sort(key=lambda part: placed(schema, context, part[0].key))
        written = [f"{k.as_string().strip()} = {_value(v, schema, (*context, k.key))}" for k, v in parts]
        return f"{{ {', '.join(written)} }}" if written else "{}"
    if isinstance(item, bool):  # tomlkit gives a list's truth values as Python's
        return str(item).lower()
    if not isinstance(item, Array):
        return item.as_string()
    elements = [_value(element, schema, context) for element in item]
    if "\n" in item.as_string():
        return _with_breaks(item, elements)
    between = " " if any(isinstance(element, (Array, InlineTable)) for element in item) else ""
    return f"[{between}{', '.join(elements)}{between}]" if elements else "[]"


def _with_breaks(array: Array, elements: list[str]) -> str:
    """A list on several lines, with other texts for its elements."""
    from tomlkit.items import Item, Trivia

    class Verbatim(Item):
        def __init__(self, text: str) -> None:
            super().__init__(Trivia())
            self._text = text

        def as_string(self) -> str:
            return self._text

        def unwrap(self) -> str:
            return self._text

    for index, text in enumerate(elements):
        array[index] = Verbatim(text)
    return array.as_string()


def _written(section: _Section, schema: str) -> Iterator[str]:
    """The lines of a section and of those within it; a statement is one, even where it has line breaks."""
    yield from (line and section.indent + line for line in section.lead)
    if section.header:
        yield section.indent + section.header
    statements = sorted(section.statements, key=lambda one: placed(schema, section.context, one.key))
    for index, statement in enumerate(statements):
        lead = _begun(statement.lead) if index == 0 else statement.lead
        yield from (line and section.indent + line for line in lead)
        yield section.indent + statement.text
    depth = len(section.path)
    sections = sorted(section.sections, key=lambda one: placed(schema, section.context, str(one.path[depth])))
    for part in sections:
        if sections != section.sections:
            yield ""
        yield from _written(part, schema)
    yield from section.tail


def _begun(lead: list[str]) -> list[str]:
    """Without blank lines at the beginning: there is none below a header."""
    return list(dropwhile(lambda line: not line, lead))


def _single_blanks(lines: Iterable[str]) -> Iterator[str]:
    """The lines without a second blank one after another."""
    blank = True
    for line in lines:
        if line or not blank:
            yield line
        blank = not line
