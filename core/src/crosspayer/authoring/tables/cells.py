"""A cell of a publisher's file as a cell of the table: CSV text as tables hold it, or why it does not fit."""

from __future__ import annotations

import re

from crosspayer.authoring.tables.mapping import FileColumn
from crosspayer.encounter.fact import Type
from crosspayer.encounter.feed.cells import Misfit, day_in
from crosspayer.policy.tables import Column

CODE = re.compile(r"[A-Z0-9][A-Z0-9.]{0,19}")
WHOLE = re.compile(r"-?[0-9]{1,15}")
AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
MAX_TEXT = 500


def table_cell(text: str, given: FileColumn, column: Column) -> str:
    """The cell as CSV text of the table; empty where it is none. Raises `Misfit`."""
    text = text.strip()
    if text in given.none:
        return ""
    if not text:
        raise Misfit("is empty", "fill the cell")
    if given.first_word:
        text = text.split()[0]
    if given.values is not None:
        if text not in given.values:
            raise Misfit("is none of the known values", f"it may be {', '.join(given.values)}")
        value = given.values[text]
        return str(value).lower() if isinstance(value, bool) else str(value)
    match column.type:
        case Type.DATE:
            return day_in(text, given.dates).isoformat()
        case Type.INTEGER if WHOLE.fullmatch(text):
            return str(int(text))
        case Type.MONEY if AMOUNT.fullmatch(text):
            return text
        case Type.CODE if is_code(text, given.length):
            return text
        case Type.WORD if text in column.words:
            return text
        case Type.TEXT if text.isprintable() and len(text) <= MAX_TEXT:
            return text
    raise Misfit(f"is no {column.type.value}", _wanted(given, column))


def is_code(text: str, length: int | None) -> bool:
    """Whether a cell is written as a code is."""
    return length in (None, len(text)) and CODE.fullmatch(text) is not None


def _wanted(given: FileColumn, column: Column) -> str:
    match column.type:
        case Type.WORD:
            return f"it may be {', '.join(column.words)}"
        case Type.CODE if given.length is not None:
            return f"a code has {given.length} characters, upper-case letters and digits"
    return "correct the cell"
