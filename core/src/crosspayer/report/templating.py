"""Documents from templates: HTML with every value escaped, Markdown with its marks escaped.

The templates stand in `templates/`. Jinja2 is imported when a document is made, not before.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crosspayer.report.explanation import shown
from crosspayer.report.words import WHO, counted

if TYPE_CHECKING:
    from jinja2 import Environment

_MARKS = "\\`*_[]<>|#~"


def rendered(template: str, values: Mapping[str, Any]) -> str:
    """The template's text. An unknown name in a template is an error, never an empty string."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(["html.j2"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"md": markdown, "shown": shown, "counted": counted, "plain": printable, "spaced": _spaced}
    made.globals |= {"WHO": WHO}
    return made


def printable(text: str) -> str:
    """The text on one line, without characters that control a terminal or a page."""
    return "".join(c for c in " ".join(str(text).split()) if c.isprintable())


def markdown(text: str) -> str:
    """Text that Markdown shows as it is."""
    said = printable(text)
    for mark in _MARKS:
        said = said.replace(mark, f"\\{mark}")
    return said


def _spaced(word: str) -> str:
    return word.replace("_", " ")
