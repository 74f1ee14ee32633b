"""An invented pack with one rule of the test's own, and its cases."""

from collections.abc import Callable
from pathlib import Path

import pytest
from crosspayer.authoring.coverage.bench import Bench
from crosspayer.authoring.target import open_target
from crosspayer.plugins import discovery

from core.tests.invented import all_installed, copied

POLICY = """\
format = 1
id = "basics/codes"
title = "The right code"
codes = ["97760", "97761"]
from = 2020-01-01

[[rules]]
id = "tested"
title = "What the test requires"
topic = "codes"
confidence = "high"
remedy = "Mend it."
cites = ["society"]
{rule}
"""
CASES = """\
format = 1

# Synthetic encounters.
[encounters.visit]
coverages = [ {{ payer = "basics" }} ]
day = {{ lines_complete = true }}
lines = [ {{ number = 1, code = "97760", service_date = 2026-10-05, modifiers = ["GP"], units = 2 }} ]
device = {{ kind = "orthosis" }}
episode = {{ earlier_initial_encounter = false }}

[encounters.prosthesis]
coverages = [ {{ payer = "basics" }} ]
day = {{ lines_complete = true }}
lines = [ {{ number = 1, code = "97761", service_date = 2026-10-05, modifiers = ["GP"], units = 4 }} ]
device = {{ kind = "prosthesis" }}

{cases}
"""
Build = Callable[..., Path]
MakeBench = Callable[..., Bench]


def case(number: int, expect: str, change: str = "", *more: str, of: str = "visit") -> str:
    """A case of the rule: an encounter with a change, as TOML."""
    lines = [
        "[[cases]]", f'id = "case-{number}"', 'rule = "codes/tested"', f'encounter = "{of}"', f'expect = "{expect}"',
        *([f"change = {{ {change} }}"] if change else []), *more,
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Writes the pack; its folder."""
    monkeypatch.setattr(discovery, "installed", all_installed)

    def make(rule: str, *cases: str) -> Path:
        folder = tmp_path / "basics"
        if not folder.exists():
            copied("basics", tmp_path)
        text = POLICY.format(rule=rule)
        (folder / "policies" / "codes.toml").write_text(text, encoding="utf-8", newline="\n")
        whole = CASES.format(cases="\n".join(cases))
        (folder / "cases" / "codes.toml").write_text(whole, encoding="utf-8", newline="\n")
        return folder

    return make


@pytest.fixture
def make_bench(build: Build) -> MakeBench:
    """The pack on the bench."""

    def make(rule: str, *cases: str) -> Bench:
        return Bench(open_target(str(build(rule, *cases))))

    return make
