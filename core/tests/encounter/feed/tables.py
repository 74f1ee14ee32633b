"""Reading invented tables by invented maps. All of it is synthetic."""

from __future__ import annotations

import io
import json
from typing import Any

from crosspayer.encounter.feed.columns import ColumnMap
from crosspayer.encounter.feed.gather import Reading, read_table
from crosspayer.encounter.feed.payer_map import PayerMap
from crosspayer.errors import InputError

HEAD = 'format = 1\nencounter = ["claim"]\n'
CODE = '[[columns]]\nheading = "cpt"\nfact = "line.code"\n'
DAY = '[[columns]]\nheading = "dos"\nfact = "line.service_date"\ndates = ["MM/DD/YYYY"]\n'
PLAIN = HEAD + CODE + DAY


def column(heading: str, fact: str, more: str = "") -> str:
    """A column of a map."""
    return f'[[columns]]\nheading = "{heading}"\nfact = "{fact}"\n{more}\n'


def read(
    text: str | bytes, columns: str = PLAIN, payers: str | None = None
) -> tuple[list[dict[str, Any]], list[str], Reading]:
    """The encounters of a table, what is wrong with it, and the reading."""
    reading = Reading("feed.csv")
    raw = text.encode() if isinstance(text, str) else text
    known = PayerMap.from_toml(payers) if payers is not None else None
    made: list[dict[str, Any]] = []
    try:
        for encounter in read_table(io.BytesIO(raw), "feed.csv", ColumnMap.from_toml(columns), known, reading):
            made.append(json.loads(encounter.raw))
    except InputError as error:
        return made, list(map(str, error.problems)), reading
    return made, list(map(str, reading.problems)), reading


def faults_of(text: str) -> list[str]:
    """What is wrong with a map."""
    try:
        ColumnMap.from_toml(text)
    except InputError as error:
        return list(map(str, error.problems))
    return []
