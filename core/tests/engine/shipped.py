"""The repository's own plugins and the encounters of their cases, for laws that hold for every encounter."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from crosspayer.authoring.cases import read_cases
from crosspayer.authoring.facts_of import facts_of
from crosspayer.encounter.read import Encounter
from crosspayer.engine.engine import Engine
from crosspayer.plugins.build import Installation, install
from crosspayer.policy.documents import ValidatedDigests

ROOT = Path(__file__).parents[3]
PLUGINS = sorted(path for path in (ROOT / "plugins").iterdir() if (path / "src").is_dir())


class Tried(NamedTuple):
    """An encounter of a case, whom it asks, and the full paths of the facts it gives."""

    payer: str
    plan: str | None
    data: dict[str, Any]
    paths: tuple[str, ...]


@cache
def installation() -> Installation:
    return install(candidates=[], plugin_dirs=PLUGINS)


@cache
def engine() -> Engine:
    found = installation()
    return Engine(found.payers, found.reports, execution="interpreted")


@cache
def encounters() -> tuple[Tried, ...]:
    """Every different encounter of the payers' cases."""
    found: dict[str, Tried] = {}
    validated = ValidatedDigests()
    packs = [library for library in installation().libraries.values() if library.plugin.is_pack]
    for _, library in sorted(installation().libraries.items()):
        for case in [] if library.plugin.is_pack else read_cases(library, validated, packs):
            data = msgspec.json.decode(msgspec.json.encode({**case.encounter, "id": case.id}))
            paths = tuple(path for path, value in facts_of(data) if value is not None)
            key = json.dumps([case.payer, case.plan, {**data, "id": ""}], sort_keys=True)
            found.setdefault(key, Tried(case.payer, case.plan, data, paths))
    return tuple(found.values())


def digest_of_answers() -> str:
    """SHA-256 over the answers of every payer on a sample of the encounters."""
    whole = hashlib.sha256()
    for tried in encounters()[::40]:
        whole.update(engine().evaluate(Encounter.from_mapping(tried.data), all_payers=True).to_json())
    return whole.hexdigest()
