"""What remains of a document with faults, so that one run tells the faults of all the rest.

A part is one rule, one parameter, one source, one row …: a part in which a fault stands is left out whole, and the
name it declares is *spoilt*, so that nobody who uses it is told that there is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from crosspayer.errors import InputError, Problem
from crosspayer.hookspecs import PluginDocument
from crosspayer.language.names import Spoilt
from crosspayer.policy.documents import Document, Problems, ValidatedDigests, read_shape

_PART = re.compile(r"(?P<key>[A-Za-z0-9_-]+)(\[(?P<index>\d+)\]|\.(?P<name>[A-Za-z0-9_-]+))?")
PARTS: Mapping[str, Mapping[str, str]] = {
    "policy": {"rules": "rule", "parameters": "parameter", "conditions": "condition"},
    "sources": {"sources": "source"},
    "table": {"rows": "row"},
    "payer": {"plans": "plan", "facts": "fact", "uses": "use"},
    "pack": {},
    "case": {"cases": "case", "encounters": "encounter"},
}
"""The parts a document of each schema is made of, by their key, and what each of them declares."""
NEEDED: Mapping[str, Mapping[str, Any]] = {
    "policy": {"title": "", "codes": [], "rules": []},
    "sources": {"sources": {}},
    "table": {"title": "", "cites": []},
    "payer": {"name": "", "version": "0"},
    "pack": {"name": "", "version": "0"},
    "case": {"encounters": {}, "cases": []},
}
"""What stands in for a key that is missing or has faults, where the rest can be checked without it."""

OWN_NAME: Mapping[str, str] = {"policy": "rule", "table": "table", "payer": "payer", "pack": "payer"}
"""The documents that have an id, and what nobody can name where it is not known."""


def read_parts(
    given: PluginDocument, schema: str, plugin: str, validated: ValidatedDigests, problems: Problems, spoilt: Spoilt
) -> Document | None:
    """The document without its parts that have faults, or None where nothing of it can be used.

    Faults go to `problems`, the names that are lost with them to `spoilt`. `plugin` is the id of the plugin.
    """
    try:
        document, found = read_shape(given.content, given.origin, schema, validated)
    except InputError as error:
        problems.extend(error.problems)
        for kind in (*PARTS[schema].values(), *OWN_NAME.get(schema, "").split(), "version"):
            spoilt.add(kind)
        return None
    if not found:
        return document
    problems.extend(found)
    return _without(document, found, schema, plugin, spoilt)


def _without(document: Document, found: list[Problem], schema: str, plugin: str, spoilt: Spoilt) -> Document | None:
    data, kept = dict(document.data), dict[str, tuple[int, ...]]()
    damaged = [match for problem in found if (match := _PART.match(problem.path))]
    misnamed = any(problem.path.isidentifier() or not problem.path for problem in found)  # a key of the document itself
    for key, kind in PARTS[schema].items():
        bad = {match["index"] or match["name"] for match in damaged if match["key"] == key}
        value = data.get(key)
        if key not in data and misnamed:
            spoilt.add(kind)
        elif None in bad:
            spoilt.add(kind)
            del data[key]
        elif bad and isinstance(value, list):
            kept[key] = tuple(index for index in range(len(value)) if str(index) not in bad)
            for index in bad:
                spoilt.add(kind, _declared(kind, value[int(index)], document))
            data[key] = [value[index] for index in kept[key]]
        elif bad and isinstance(value, dict):
            for name in bad:
                spoilt.add(kind, name)
            data[key] = {name: part for name, part in value.items() if name not in bad}
    head = {match["key"] for match in damaged} - PARTS[schema].keys()
    for key in head & data.keys():
        del data[key]
    if schema == "table" and not ("codes" in data or {"key", "columns", "rows"} <= data.keys()):
        spoilt.add("table", document.data.get("id"))
        return None
    if "timed" in head:
        spoilt.add("timed", document.origin)
    if "version" not in data:
        spoilt.add("version")
    stand_in = {"policy": f"{plugin}/{PurePath(document.origin).stem}", "table": PurePath(document.origin).stem}
    if schema in OWN_NAME and "id" not in data:
        data["id"] = stand_in.get(schema, plugin)
        spoilt.add(OWN_NAME[schema])
    return replace(document, data={**NEEDED[schema], **data}, kept=kept)


def _declared(kind: str, part: Any, document: Document) -> object:
    """The name that a part of a list declares, as far as it says one."""
    if not isinstance(part, dict):
        return None
    match kind:
        case "rule":
            return f"{document.data.get('id')}/{part.get('id')}"
        case "fact":
            return f"payer_facts.{document.data.get('id')}.{part.get('name')}"
    return part.get("id")
