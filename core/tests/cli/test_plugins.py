"""`crosspayer plugins list`: what is installed and what became of it."""

from pathlib import Path

import pytest
from crosspayer.plugins import discovery

from core.tests.cli.conftest import Golden, Shell
from core.tests.invented import copied


@pytest.fixture
def broken(shell: Shell) -> Path:
    """A folder with a payer of which two documents are faulty."""
    root = copied("bolt", shell.home / "mine")
    for name in ("sources.toml", "policies/benefit.toml"):
        path = root / name
        path.write_text(path.read_text(encoding="utf-8").replace("title", "titel"), encoding="utf-8")
    return root.relative_to(shell.home)


@pytest.mark.parametrize(("form", "ending"), [("table", "txt"), ("json", "json")])
def test_the_formats(form: str, ending: str, shell: Shell, broken: Path, golden: Golden) -> None:
    result = shell("plugins", "list", "--plugin-dir", str(broken), "--format", form)
    assert (result.exit_code, result.stderr) == (0, "")
    golden(f"plugins.{ending}", result.stdout)


def test_every_fault_is_listed(shell: Shell, broken: Path) -> None:
    found = shell.json("plugins", "list", "--plugin-dir", str(broken))
    assert found["format"] == "crosspayer/plugins/1"
    assert [(p["id"], p["distribution"], p["state"], p["stage"]) for p in found["plugins"]] == [
        ("acme", "crosspayer-acme", "loaded", None),
        ("basics", "crosspayer-basics", "loaded", None),
        ("bolt", "folder bolt", "quarantined", "document"),
    ]
    faults = found["plugins"][2]["reason"].splitlines()
    assert [fault.rpartition(": is not")[0] for fault in faults] == [
        "mine/bolt/policies/benefit.toml:3:1: titel",
        "mine/bolt/policies/benefit.toml:8:1: rules[0].titel",
        "mine/bolt/policies/benefit.toml:17:1: rules[1].titel",
        "mine/bolt/sources.toml:5:1: sources.contract.titel",
    ]


def test_strict_makes_a_quarantine_an_error(shell: Shell, broken: Path) -> None:
    assert shell("plugins", "list", "--strict").exit_code == 0
    result = shell("plugins", "list", "--plugin-dir", str(broken), "--strict")
    assert result.exit_code == 2
    assert "quarantined at document" in result.stdout


def test_a_folder_that_is_missing(shell: Shell) -> None:
    result = shell("plugins", "list", "--plugin-dir", "gone")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "crosspayer: gone: there is no such folder; give --plugin-dir the folder that holds payer.toml.\n"
    )


def test_without_plugins_it_says_how_to_get_one(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "installed", list)
    assert shell.json("plugins", "list")["plugins"] == []
    assert "No plugin is installed. Install one" in shell("plugins", "list").stdout
