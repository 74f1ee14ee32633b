"""The invented plugins of `plugins_fixture`, as if they were installed, and an encounter of their members.

Everything here is synthetic.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crosspayer.encounter.read import Encounter
from crosspayer.engine.engine import Engine
from crosspayer.plugins.build import Installation, install
from crosspayer.plugins.discovery import Candidate

FOLDER = Path(__file__).parent / "plugins_fixture"
NAMES = ("acme", "basics", "bolt")
ENCOUNTER: dict[str, Any] = {
    "format": "crosspayer/encounter/1",
    "id": "visit-1",
    "stage": "claim",
    "coverages": [{"payer": "acme", "plan": "commercial", "order": "primary"}],
    "day": {"lines_complete": True},
    "lines": [{"number": 1, "service_date": "2026-10-05", "code": "97760", "modifiers": ["GP"], "units": 2}],
    "episode": {"first_treatment_on": "2026-10-01", "earlier_initial_encounter": False},
    "plan_of_care": {"certified_on": "2026-10-03"},
    "device": {"kind": "orthosis", "fit": "custom_fitted"},
    "documentation": {"wear_schedule": True},
}


def as_installed(name: str, root: Path | None = None) -> Candidate:
    """An invented plugin as discovery would find its distribution; `root` is its folder, by default the fixture's."""
    return Candidate(name, f"crosspayer-{name}", "2026.11.0", "", root or FOLDER / name, f"crosspayer-{name}")


def all_installed() -> list[Candidate]:
    return [as_installed(name) for name in NAMES]


def copied(name: str, into: Path) -> Path:
    """A copy of an invented plugin that a test may spoil."""
    return Path(shutil.copytree(FOLDER / name, into / name))


def encounter(**facts: Any) -> dict[str, Any]:
    """The encounter with some facts in place of its own."""
    return copy.deepcopy(ENCOUNTER) | facts


def answers(found: Installation, payers: Iterable[str] = ()) -> dict[str, bytes]:
    """What each payer says of the encounter, whether it is held or not, as the bytes of its answer."""
    engine = Engine(found.payers, found.reports)
    data = Encounter.from_mapping(encounter(coverages=[]))
    names = list(payers) or list(engine.payers)
    return {name: engine.evaluate(data, payers=[name]).to_json() for name in names}


def load(*candidates: Candidate, **options: Any) -> Installation:
    return install(candidates=candidates, **options)
