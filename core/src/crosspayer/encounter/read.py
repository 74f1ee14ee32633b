"""Reading encounters: strict, value-free in its complaints, one bad record never spoils the others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import PurePath
from typing import Any

import msgspec

from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Fact, Type
from crosspayer.encounter.model import attributes, decoder
from crosspayer.encounter.quick import DIAGNOSIS, in_order, keys_once
from crosspayer.errors import InputError, Problem

MAX_BYTES = 64 * 1024 * 1024
MAX_EXPLAINED = 1024 * 1024
"""Largest record whose every fault is looked for; no record in order is that large."""


class Encounter(msgspec.Struct, frozen=True, gc=False):
    """A decoded encounter: `facts` is the struct built from the catalogue, `raw` the bytes it came from."""

    facts: Any
    raw: bytes
    origin: str = "encounter"
    first_line: int = 1  # of the record in its file
    first_column: int = 1

    @property
    def id(self) -> str:
        """The encounter's key."""
        return str(self.facts.id)

    @classmethod
    def from_json(
        cls, raw: bytes | str, origin: str = "encounter", first_line: int = 1, first_column: int = 1
    ) -> Encounter:
        """Decode one JSON object. Raises `InputError` naming the place of every fault, never a value."""
        data = raw.encode(errors="surrogatepass") if isinstance(raw, str) else raw
        if len(data) > MAX_BYTES:
            raise InputError([Problem(origin, None, None, "", "the input is larger than 64 MiB", "split it")])
        try:
            facts = decoder().decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            found = _explain(data, origin) if len(data) <= MAX_EXPLAINED else [_unexplained(error, origin)]
            raise InputError(_moved(p, first_line, first_column) for p in found) from None
        encounter = cls(facts, data, origin, first_line, first_column)
        if not keys_once(data, facts):
            _no_duplicate_keys(encounter)
        return encounter if in_order(facts) else _checked(encounter)

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any], origin: str = "encounter") -> Encounter:
        """The same from plain Python data (dates may be `datetime.date`)."""
        return cls.from_json(msgspec.json.encode(dict(data), order="deterministic"), origin)


def _unexplained(error: Exception, origin: str) -> Problem:
    """The first fault of a record that is too large to be gone through for every one; its place, never a value."""
    place = re.search(r"`\$\.?([\w.\[\]]*)`$", str(error))
    what = "the encounter is not as its schema wants it, and too large to list every fault"
    return Problem(origin, None, None, place[1] if place else "", what, "compare it with the encounter schema")


def _explain(data: bytes, origin: str) -> list[Problem]:
    """Every fault of a record that the strict decoder refused, with its place in the record."""
    from crosspayer.schemas.json_positions import key_positions, strict_json
    from crosspayer.schemas.validate import problems

    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return [Problem(origin, line, None, "", "the input is not UTF-8 text", "save it as UTF-8")]
    try:
        document = strict_json(text, origin, MAX_BYTES)
    except InputError as error:
        return list(error.problems)
    found = problems(document, "encounter", origin, lambda: key_positions(text))
    if not found:
        found = [Problem(origin, 1, 1, "", "the encounter cannot be read", "compare it with the encounter schema")]
    return found


@cache
def _patterns() -> tuple[tuple[Fact, tuple[str, ...], re.Pattern[str]], ...]:
    return tuple(
        (fact, attributes(fact.tail), re.compile(fact.pattern))
        for fact in CATALOGUE.values()
        if fact.pattern and not fact.derived
    )


_DIAGNOSIS = re.compile(DIAGNOSIS)


def _checked(encounter: Encounter) -> Encounter:
    """The checks types cannot express: code patterns, cents, one day of service, unique line numbers."""
    facts, found = encounter.facts, list[tuple[tuple[str | int, ...], str, str]]()
    lines = facts.lines or []
    if not lines:
        found.append((("lines",), "the encounter has no lines", "list at least one service line"))
    entities: dict[str, list[tuple[tuple[str | int, ...], Any]]] = {
        "": [((), facts)],
        "line": [(("lines", i), line) for i, line in enumerate(lines)],
        "coverage": [(("coverages", i), c) for i, c in enumerate(facts.coverages or [])],
        "past": [(("history", "lines", i), p) for i, p in enumerate((facts.history and facts.history.lines) or [])],
    }
    for fact, steps, pattern in _patterns():
        for prefix, item in entities[fact.entity]:
            value = item
            for step in steps:
                value = getattr(value, step, None)
                if value is None:
                    break
            if value is None:
                continue
            place = (*prefix, *fact.tail.split("."))
            if fact.type is Type.CODES:
                bad = [(*place, i) for i, code in enumerate(value) if not pattern.fullmatch(code)]
            else:
                bad = [] if pattern.fullmatch(value) else [place]
            found += [(p, "the value has not the form it must have", f"write it as {fact.pattern}") for p in bad]
    for index, diagnosis in enumerate(facts.diagnoses or []):
        if not _DIAGNOSIS.fullmatch(diagnosis.code):
            found.append((("diagnoses", index, "code"), "the value is not a diagnosis code", "write it in capitals"))
    found += _line_faults(lines)
    for index, coverage in enumerate(facts.coverages or []):
        if _has_fractions(coverage.therapy_amount_ytd):
            found.append(
                (
                    ("coverages", index, "therapy_amount_ytd"),
                    "the amount has more than two decimals",
                    "round it to cents",
                )
            )
    if found:
        raise InputError(problems_at(found, encounter))
    return encounter


def _line_faults(lines: list[Any]) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    days: dict[date, int] = {}
    numbers: set[int] = set()
    for index, line in enumerate(lines):
        for name in ("charge", "allowed_amount"):
            if _has_fractions(getattr(line, name)):
                yield ("lines", index, name), "the amount has more than two decimals", "round it to cents"
        if line.number is not None:
            if line.number in numbers:
                yield (
                    ("lines", index, "number"),
                    "another line has the same number",
                    "number the lines of an encounter apart",
                )
            numbers.add(line.number)
        if line.service_date is not None:
            if days and line.service_date not in days:
                what = f"the day of service differs from the one of lines[{next(iter(days.values()))}]"
                yield ("lines", index, "service_date"), what, "make one encounter of each day of service"
            days.setdefault(line.service_date, index)


def _has_fractions(amount: float | None) -> bool:
    return amount is not None and abs(amount * 100 - round(amount * 100)) > 1e-6


def problems_at(found: list[tuple[tuple[str | int, ...], str, str]], encounter: Encounter) -> list[Problem]:
    """Faults of an encounter (path, what, remedy) as problems with their place in the file it came from."""
    from crosspayer.policy.documents import path_text
    from crosspayer.schemas.json_positions import key_positions

    positions = key_positions(encounter.raw.decode())
    problems = []
    for path, what, remedy in found:
        place = path
        while place and place not in positions:
            place = place[:-1]
        problem = Problem(encounter.origin, *positions.get(place, (1, 1)), path_text(path), what, remedy)
        problems.append(_moved(problem, encounter.first_line, encounter.first_column))
    return problems


def _moved(problem: Problem, line: int, column: int) -> Problem:
    """A problem of a record as one of the file in which the record begins at this line and column.

    Column 0: the record was made from a row of a table, and its text stands in no file.
    """
    if problem.line is None:
        return problem
    if column == 0:
        return replace(problem, line=line, column=None)
    shift = column - 1 if problem.line == 1 and problem.column is not None else 0
    return replace(problem, line=problem.line + line - 1, column=problem.column and problem.column + shift)


def read_encounters(raw: bytes, origin: str) -> tuple[list[Encounter], list[Problem]]:
    """The encounters of a file (one JSON object, a JSON array, or one object a line) and what is wrong with the others.

    A file that cannot be read at all gives problems only.
    """
    if len(raw) > MAX_BYTES:
        return [], [
            Problem(origin, None, None, "", "the input is larger than 64 MiB", "split it, or use NDJSON in parts")
        ]
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if not raw.strip():
        return [], [Problem(origin, None, None, "", "the input is empty", "give one encounter as a JSON object")]
    if _is_no_json(raw, origin):
        remedy = "give encounters as JSON, as crosspayer schema encounter describes them"
        return [], [Problem(origin, None, None, "", "the file is not JSON", remedy)]
    records = list(_records(raw, origin))
    good: list[Encounter] = []
    bad: list[Problem] = []
    seen: set[str] = set()
    for record in records:
        if isinstance(record, Problem):
            bad.append(record)
            continue
        place, line, column, data = record
        try:
            encounter = Encounter.from_json(data, origin, line, column)
        except InputError as error:
            bad += [replace(p, path=".".join(filter(None, (place, p.path)))) for p in error.problems]
            continue
        if encounter.id in seen:
            path = f"{place}.id".lstrip(".")
            bad.append(Problem(origin, line, None, path, "another encounter has the same id", "give each its own id"))
            continue
        seen.add(encounter.id)
        good.append(encounter)
    return good, bad


def _is_no_json(raw: bytes, origin: str) -> bool:
    """Whether a file is something else altogether: then no place in it is worth naming."""
    if PurePath(origin).suffix.casefold() in (".toml", ".md"):
        return True
    if raw.lstrip()[:1] in (b"{", b"["):
        return False
    try:
        msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return all(_object(line) is None for line in raw.split(b"\n"))
    return False


def _no_duplicate_keys(encounter: Encounter) -> None:
    """A key given twice would silently lose a value: refuse it."""
    from crosspayer.schemas.json_positions import strict_json

    try:
        strict_json(encounter.raw.decode(), encounter.origin, MAX_BYTES)
    except InputError as error:
        place = encounter.first_line, encounter.first_column
        raise InputError(_moved(p, *place) for p in error.problems) from None


def _records(raw: bytes, origin: str) -> Iterator[tuple[str, int, int, bytes] | Problem]:
    """Each record's place, first line and column, and bytes."""
    stripped = raw.lstrip()
    if stripped.startswith(b"["):
        try:
            items = msgspec.json.decode(raw, type=list[msgspec.Raw])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            yield from _explain(raw, origin)
            return
        before, after, row, column = 0, 0, 1, 1
        for index, item in enumerate(items):
            data = bytes(item)
            start = raw.index(data, after)
            *ended, last = raw[before:start].split(b"\n")
            row, column = row + len(ended), len(last.decode(errors="replace")) + (1 if ended else column)
            yield f"[{index}]", row, column, data
            before, after = start, start + len(data)
        return
    lines = [(number, line) for number, line in enumerate(raw.split(b"\n"), 1) if line.strip()]
    # one broken line does not make the others one document
    if len(lines) > 1 and (_object(lines[0][1]) is not None or any("id" in (_object(line) or ()) for _, line in lines)):
        for number, line in lines:
            yield "", number, 1, line
        return
    yield "", 1, 1, raw


def _object(line: bytes) -> dict[str, Any] | None:
    """The JSON object a line is by itself, if it is one."""
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
