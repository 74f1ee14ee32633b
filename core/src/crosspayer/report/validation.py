"""What is to mend in plugins, for people, for programs, and for editors and code hosts (SARIF 2.1.0)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from pathlib import PurePath
from typing import Any, Literal, TextIO

import msgspec

from crosspayer.authoring.validate import Level, Remark, Validation
from crosspayer.report.words import counted

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
KINDS: Mapping[str, str] = {
    "case": "A case names something that is not there, or its encounter cannot be read.",
    "import": "How files become a table is not said in a way that fits the table.",
    "manifest": "The manifest of the plugin has a fault.",
    "placeholder": "A source still is the placeholder that a new plugin begins with.",
    "policy": "A policy has a fault: its form, a name, a type, a date, or an effect its sources cannot carry.",
    "sources": "The list of sources has a fault.",
    "table": "A table or one of its rows has a fault.",
    "unused": "Something is declared and nothing uses it.",
}
"""What each kind of remark is about."""
MANY = 4
"""So many places of which the same is said most likely have one cause, and people are told once."""


class RemarkEntry(msgspec.Struct, frozen=True):
    """One thing to mend, and where; lines and columns count from 1, and are null where they are not known.

    `path` names the place inside the document; `what` continues the sentence that it begins; `remedy` says what to do.
    """

    level: Level
    kind: str
    origin: str
    line: int | None
    column: int | None
    path: str
    what: str
    remedy: str


class ValidatedPlugin(msgspec.Struct, frozen=True):
    """One plugin: how much was read, and everything to mend."""

    id: str
    kind: Literal["payer", "pack"]
    documents: int
    rules: int
    cases: int
    remarks: tuple[RemarkEntry, ...]


class ValidationDocument(msgspec.Struct, frozen=True):
    """What is to mend in plugins."""

    format: Literal["crosspayer/validation/1"]
    errors: int
    warnings: int
    plugins: tuple[ValidatedPlugin, ...]


def write(found: Sequence[Validation], out: TextIO) -> None:
    """One line a remark, as compilers write it, and a summary of every plugin.

    What is said of many places alike is one line, with the other places behind it.
    """
    for one in found:
        alike: dict[tuple[str, str, str], list[Remark]] = {}
        for remark in one.remarks:
            alike.setdefault(_says(remark), []).append(remark)
        for remark in one.remarks:
            same = alike[_says(remark)]
            if len(same) < MANY:
                out.write(f"{_line(remark)}\n")
            elif remark is same[0]:
                out.write(f"{_line(remark)} {_elsewhere(same[1:])}\n")
        read = f"{counted(one.documents, 'document')}, {counted(one.rules, 'rule')}, {counted(one.cases, 'case')}"
        if one.errors:
            said = f"{counted(one.errors, 'error')} in {counted(one.documents, 'document')}"
        else:
            said = f"nothing wrong in {read}"
        also = f", {counted(one.warnings, 'warning')}" if one.warnings else ""
        out.write(f"{one.id}: {said}{also}.\n")


def _says(remark: Remark) -> tuple[str, str, str]:
    return remark.level, remark.problem.what, remark.problem.remedy


def _elsewhere(same: Sequence[Remark]) -> str:
    """`The same in 4 more places: units.toml:18, 26; care.toml:7, 9.`"""
    lines: dict[str, list[str]] = {}
    for remark in same:
        lines.setdefault(remark.problem.origin, []).append(str(remark.problem.line or 1))
    listed = "; ".join(f"{origin}:{', '.join(numbers)}" for origin, numbers in lines.items())
    return f"The same in {len(same)} more places: {listed}."


def _line(remark: Remark) -> str:
    problem = remark.problem
    place = ":".join(str(part) for part in (problem.origin, problem.line, problem.column) if part)
    return f"{place}: {remark.level}: {str(problem).removeprefix(place).removeprefix(': ')}"


def as_json(found: Sequence[Validation]) -> str:
    """The same for programs."""
    plugins = tuple(
        ValidatedPlugin(
            one.id, one.kind, one.documents, one.rules, one.cases,
            tuple(RemarkEntry(r.level, r.kind, *astuple(r.problem)) for r in one.remarks),
        )
        for one in found
    )  # fmt: skip
    errors, warnings = sum(one.errors for one in found), sum(one.warnings for one in found)
    return msgspec.json.encode(ValidationDocument("crosspayer/validation/1", errors, warnings, plugins)).decode()


def as_sarif(found: Sequence[Validation], version: str) -> str:
    """A SARIF 2.1.0 log, as code hosts and editors read it; paths are as the plugin's folder was named."""
    kinds = sorted(KINDS)
    rules = [{"id": kind, "shortDescription": {"text": KINDS[kind]}} for kind in kinds]
    driver = {"name": "crosspayer policy validate", "semanticVersion": version, "rules": rules}
    results = [_result(remark, kinds.index(remark.kind)) for one in found for remark in one.remarks]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _result(remark: Remark, index: int) -> dict[str, Any]:
    from urllib.parse import quote

    problem = remark.problem
    path = PurePath(problem.origin)
    uri = path.as_uri() if path.is_absolute() else quote(path.as_posix())
    location: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    region = {"startLine": problem.line, "startColumn": problem.column}
    location["region"] = {key: number for key, number in region.items() if number} or {"startLine": 1}
    says = str(problem).removeprefix(problem.origin).lstrip(":0123456789").lstrip()
    return {
        "ruleId": remark.kind,
        "ruleIndex": index,
        "level": remark.level,
        "message": {"text": says},
        "locations": [{"physicalLocation": location}],
    }
