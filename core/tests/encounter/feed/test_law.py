"""Written as a table with a column for every fact, and read back, an encounter is the same encounter."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from crosspayer.encounter.fact import Fact, Type
from crosspayer.encounter.feed.columns import ColumnMap
from crosspayer.encounter.feed.gather import Reading, read_table
from crosspayer.encounter.feed.schema import DIAGNOSES, column_facts
from crosspayer.encounter.read import Encounter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FACTS = column_facts()
DAY = "2026-10-05"
SECOND = {"coverage.payer", "coverage.order", "coverage.benefit.visit_limit", "coverage.active"}
"""Facts that the table holds of a second coverage too."""
MADE = {
    "^[A-Z]{2}$": ["OH", "CA"],
    "^[0-9]{2}$": ["11", "02"],
    "^[0-9]{4}$": ["0420"],
    "^[A-Z0-9]{5}$": ["97760", "97763", "L1833"],
    "^[A-Z0-9]{2}$": ["GP", "59"],
    "^[A-Z][0-9]{4}$": ["L1833"],
    "^[0-9]{2,3}[0-9X]?$": ["131", "74X"],
    "^([01][0-9]|2[0-3]):[0-5][0-9]$": ["00:00", "23:59"],
    "^[A-Z0-9][A-Z0-9.]*$": ["M23.221", "Z47"],
}
"""Codes that fit each pattern of the catalogue."""


def value(fact: Fact) -> st.SearchStrategy[Any]:
    match fact.type:
        case Type.BOOLEAN:
            return st.booleans()
        case Type.INTEGER:
            return st.integers(fact.low, fact.high)
        case Type.MONEY:
            return st.integers(0, 99_999_99).map(lambda cents: cents / 100)
        case Type.DATE:
            return st.dates(date(2000, 1, 1), date(2099, 12, 31)).map(str)
        case Type.WORD:
            return st.sampled_from(fact.words)
        case Type.CODES:
            return st.lists(st.sampled_from(MADE.get(fact.pattern, ["A1", "B2"])), max_size=3)
        case _ if fact.pattern:
            return st.sampled_from(MADE[fact.pattern])
        case _:
            return st.sampled_from(['=1+1', 'a,b;c|d', 'two "quoted"', "Ä", "plain"])  # fmt: skip


def drawn(draw: st.DrawFn, paths: list[str]) -> dict[str, Any]:
    """Values of some of the facts, by path."""
    chosen = draw(st.sets(st.sampled_from(paths), max_size=8))
    return {path: draw(value(FACTS[path])) for path in sorted(chosen)}


def nested(values: dict[str, Any]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for path, said in values.items():
        node = root
        *steps, last = path.split(".")
        for step in steps:
            node = node.setdefault(step, {})
        node[last] = said
    return root


OWN = [p for p, f in FACTS.items() if not f.entity and p != DIAGNOSES]
OF_LINES = [
    p for p, f in FACTS.items() if f.entity == "line" and p not in ("line.code", "line.service_date", "line.number")
]
OF_COVERAGES = [p for p, f in FACTS.items() if f.entity == "coverage"]


@st.composite
def encounters(draw: st.DrawFn) -> dict[str, Any]:
    document = nested(drawn(draw, OWN))
    coverages = [nested(drawn(draw, OF_COVERAGES)).get("coverage"), nested(drawn(draw, sorted(SECOND))).get("coverage")]
    if any(coverages):
        document["coverages"] = [one for one in coverages if one]
    diagnoses = draw(st.lists(st.sampled_from(MADE["^[A-Z0-9][A-Z0-9.]*$"]), max_size=3))
    document["diagnoses"] = [{"code": code} for code in diagnoses]
    lines = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        own = {"number": number, "code": draw(st.sampled_from(MADE["^[A-Z0-9]{5}$"])), "service_date": DAY}
        lines.append({**own, **nested(drawn(draw, OF_LINES)).get("line", {})})
    return {"format": "crosspayer/encounter/1", "id": draw(st.sampled_from(["A", "B-1"])), **document, "lines": lines}


def columns() -> Iterator[tuple[str, str, int]]:
    """Heading, fact, and which coverage."""
    yield from ((path, path, 1) for path in FACTS)
    yield from ((f"second {path}", path, 2) for path in sorted(SECOND))


def full_map() -> str:
    text = 'format = 1\nencounter = ["id"]\n'
    for heading, path, coverage in columns():
        text += f'[[columns]]\nheading = "{heading}"\nfact = "{path}"\n'
        text += f"coverage = {coverage}\n" if coverage > 1 else ""
        match FACTS[path].type:
            case Type.DATE:
                text += 'dates = ["YYYY-MM-DD"]\n'
            case Type.CODES:  # a list that is known to be empty is written as a cell of its own
                text += 'split = " "\nempty = "none"\nunknown = ["?"]\n'
    return text


FULL = ColumnMap.from_toml(full_map())


def cell(document: dict[str, Any], line: dict[str, Any], path: str, coverage: int) -> str:
    if path == DIAGNOSES:
        said: Any = [one["code"] for one in document["diagnoses"]] if "diagnoses" in document else None
    else:
        head, _, rest = path.partition(".")
        node: Any = document
        steps = path.split(".")
        if head == "line":
            node, steps = line, rest.split(".")
        elif head == "coverage":
            listed = document.get("coverages", [])
            node, steps = (listed[coverage - 1] if coverage <= len(listed) else {}), rest.split(".")
        for step in steps:
            node = node.get(step) if isinstance(node, dict) else None
        said = node
    match said:
        case None:
            return "?" if FACTS[path].type is Type.CODES else ""
        case bool():
            return str(said).lower()
        case list():
            return " ".join(said)
        case _:
            return str(said)


def table(document: dict[str, Any]) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["id", *(heading for heading, _, _ in columns())])
    for line in document["lines"]:
        rows.writerow([document["id"], *(cell(document, line, path, n) for _, path, n in columns())])
    return text.getvalue().encode()


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(encounters())
def test_an_encounter_written_as_a_table_is_read_as_the_same_encounter(document: dict[str, Any]) -> None:
    expected = Encounter.from_mapping(document)
    reading = Reading("law.csv")
    (read,) = read_table(io.BytesIO(table(document)), "law.csv", FULL, None, reading)
    assert (reading.problems, reading.notes) == ([], [])
    assert json.loads(read.raw) == json.loads(expected.raw)
    assert read.facts == expected.facts
