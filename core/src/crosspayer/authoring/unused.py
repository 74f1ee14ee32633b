"""What is in order and still wants a look: declarations that nothing uses, and sources that are placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from crosspayer.errors import Problem
from crosspayer.plugins.assemble import Library
from crosspayer.policy.documents import Document, Problems

_PLACEHOLDER = re.compile(r"https?://([^/]+\.)?(example(\.(com|net|org))?|invalid|test)(:\d+)?(/|$)")
Name = tuple[str, str]
"""A kind, as the condition language has it (`parameter`, `condition`, `table`, `source`, `fact`), and a name."""


def unused(library: Library) -> list[Problem]:
    """What a plugin declares and neither its policies nor its tables use.

    A pack's tables, parameters and sources may serve the payers that use the pack: of a pack only conditions are told.
    """
    used = set(_used(library))
    problems = Problems()
    for kind, name, document, path in _declared(library):
        if (kind, name) not in used and not (library.plugin.is_pack and kind != "condition"):
            problems.add(document, path, f"nothing uses the {kind} {name}", "use it, or remove it")
    return problems.found


def placeholders(library: Library) -> list[Problem]:
    """Sources whose address is one that exists for examples only, as `policy new` writes them."""
    problems = Problems()
    document = library.sources
    if document is not None:
        for name, raw in document.data["sources"].items():
            if _PLACEHOLDER.match(raw.get("url", "")):
                what = f"the source {name} is a placeholder"
                remedy = "put the published document in its place that the rules rest on"
                problems.add(document, ("sources", name, "url"), what, remedy)
    return problems.found


def _declared(library: Library) -> Iterator[tuple[str, str, Document, tuple[str | int, ...]]]:
    if library.sources is not None:
        for name in library.sources.data["sources"]:
            yield "source", name, library.sources, ("sources", name)
    for document in library.tables:
        yield "table", document.data["id"], document, ("id",)
    for document in library.policies:
        for kind, key in (("parameter", "parameters"), ("condition", "conditions")):
            for name in document.data.get(key, {}):
                yield kind, name, document, (key, name)
    manifest = library.plugin.manifest
    for index, raw in enumerate(manifest.data.get("facts", [])):
        yield "fact", f"payer_facts.{library.plugin.id}.{raw['name']}", manifest, ("facts", index, "name")


def _used(library: Library) -> Iterator[Name]:
    for document in (library.plugin.manifest, *library.policies, *library.tables):
        yield from _named_in(document.data)


def _named_in(node: Any) -> Iterator[Name]:
    """Everything that a part of a document names, whatever stands around it."""
    if isinstance(node, list):
        for part in node:
            yield from _named_in(part)
    elif isinstance(node, Mapping):
        for key, value in node.items():
            for name in value if isinstance(value, list) else [value]:
                if isinstance(name, str):
                    yield _KINDS.get(key, "fact"), name
            yield from _named_in(value)


_KINDS = {
    "parameter": "parameter",
    "condition": "condition",
    "table": "table",
    "look_up": "table",
    "cites": "source",
    "see_also": "source",
}
"""The keys that name something, and what. All others may name a fact: no word of another kind looks like one."""
