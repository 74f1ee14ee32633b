"""The dossier's rules are all there: each of their numbers is carried by a rule of a shipped plugin.

Run as a program (`uv run python tests/test_inventory.py`), it prints which rule carries which number.
"""

from functools import cache
from pathlib import Path

import pytest
from crosspayer.authoring.target import Target
from crosspayer.plugins.build import install
from crosspayer.policy.model import Rule

ROOT = Path(__file__).parents[1]
PLUGINS = sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))
LAST = {"AET": 15, "BCB": 30, "CIG": 16, "COM": 12, "MED": 51, "UHC": 20}
NUMBERS = [f"{series}-{number:02d}" for series, last in LAST.items() for number in range(1, last + 1)]
HOME = {"AET": "aetna", "BCB": "bcbs", "CIG": "cigna", "COM": "therapy-common", "MED": "medicare", "UHC": "uhc"}

NOT_CARRIED: dict[str, str] = {}
"""Numbers that no rule carries, with the reason."""


@cache
def carried() -> dict[str, dict[str, Rule]]:
    """The rules that carry each number: a plugin's own, as it declares them, and a pack's as a payer uses them."""
    found: dict[str, dict[str, Rule]] = {}
    loaded = install(plugins=PLUGINS)
    for name, library in sorted(loaded.libraries.items()):
        for rule in Target(library, loaded).engine().payers[name].rules:
            for number in rule.carries:
                found.setdefault(number, {})[f"{name}: {rule.id}"] = rule
    return found


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_carried(number: str) -> None:
    rules = carried().get(number, {})
    assert bool(rules) == (number not in NOT_CARRIED)
    if rules:
        owner = HOME[number.partition("-")[0]]
        assert any(place.startswith(f"{owner}: ") for place in rules)


def test_no_other_number_is_carried() -> None:
    assert sorted(set(carried()) - set(NUMBERS)) == []
    assert sorted(set(NOT_CARRIED) - set(NUMBERS)) == []


def listing() -> str:
    """One line a number: the rules that carry it, those switched off marked, or the reason why none does."""
    lines = []
    for number in NUMBERS:
        rules = carried().get(number, {})
        where = [f"{place} (off: {rule.off})" if rule.off else place for place, rule in sorted(rules.items())]
        lines.append(f"{number}  {', '.join(where) or NOT_CARRIED.get(number, 'NOT CARRIED')}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(listing())
