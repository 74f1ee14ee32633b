"""`policy fmt`: files in one form, told file by file; what cannot be formatted is left as it is."""

import importlib.util
from pathlib import Path

import pytest

from core.tests.cli.conftest import Shell
from core.tests.invented import copied


@pytest.fixture
def acme(shell: Shell) -> Path:
    """The invented payer acme in canonical form in the folder `acme`."""
    root = copied("acme", shell.home)
    assert shell("policy", "fmt", "acme").exit_code == 0
    return root


def untidy(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace("\n\n", "\n\n\n"), encoding="utf-8")


def test_what_is_in_canonical_form_is_left_alone(shell: Shell, acme: Path) -> None:
    result = shell("policy", "fmt", "acme")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "6 documents, 6 in canonical form.\n", "")
    assert acme.is_dir()


def test_check_tells_and_changes_nothing(shell: Shell, acme: Path) -> None:
    path = acme / "policies" / "units.toml"
    tidy = path.read_bytes()
    untidy(path)
    before = path.read_bytes()
    result = shell("policy", "fmt", "--check", "acme")
    assert (result.exit_code, result.stderr) == (1, "")
    assert result.stdout == "Would format acme/policies/units.toml\n6 documents, 5 in canonical form.\n"
    assert path.read_bytes() == before
    result = shell("policy", "fmt", "acme")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "Formatted acme/policies/units.toml\n6 documents, 5 in canonical form already.\n"
    assert path.read_bytes() == tidy
    assert shell("policy", "fmt", "--check", "acme").exit_code == 0


def test_the_current_folder_is_the_default(shell: Shell, acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(acme)
    assert shell("policy", "fmt", "--check").stdout == "6 documents, 6 in canonical form.\n"


def test_single_files_are_formatted(shell: Shell, acme: Path) -> None:
    for name in ("sources.toml", "payer.toml"):
        untidy(acme / name)
    result = shell("policy", "fmt", "acme/sources.toml", "acme/sources.toml")
    assert result.stdout == "Formatted acme/sources.toml\n1 document, 0 in canonical form already.\n"
    assert "\n\n\n" in (acme / "payer.toml").read_text(encoding="utf-8")


def test_bad_files_are_told_and_left_while_the_others_are_formatted(shell: Shell, acme: Path) -> None:
    half, latin, good = acme / "payer.toml", acme / "sources.toml", acme / "cases" / "units.toml"
    half.write_bytes(half.read_bytes()[:-3])
    latin.write_bytes(latin.read_bytes() + "# f\u00fcr\n".encode("latin-1"))
    untidy(good)
    before = {path: path.read_bytes() for path in (half, latin)}
    result = shell("policy", "fmt", "acme")
    assert result.exit_code == 2
    assert result.stdout == "Formatted acme/cases/units.toml\n4 documents, 3 in canonical form already.\n"
    first, second = result.stderr.splitlines()
    assert first.startswith("crosspayer: acme/payer.toml:")
    assert first.endswith("has a string that is not closed; close it with the quotes it began with.")
    assert second == "crosspayer: acme/sources.toml: the file is not UTF-8 text; save it as UTF-8."
    assert {path: path.read_bytes() for path in (half, latin)} == before
    assert list(shell.home.rglob(".*")) == []


def test_what_is_no_document_is_refused(shell: Shell, acme: Path) -> None:
    shell.put("pyproject.toml", "")
    (shell.home / "empty").mkdir()
    result = shell("policy", "fmt", "pyproject.toml", "nowhere", "empty", "acme/payer.toml")
    assert result.exit_code == 2
    assert result.stdout == "1 document, 1 in canonical form.\n"
    assert result.stderr.splitlines() == [
        "crosspayer: empty: the folder holds no plugin; name the folder that holds payer.toml, or the project around "
        "it.",
        "crosspayer: nowhere: there is no such file or folder; correct its name.",
        "crosspayer: pyproject.toml: the file is no document of a plugin; name payer.toml, pack.toml, sources.toml, or "
        "a .toml file in policies, tables, imports, cases.",
    ]
    assert acme.is_dir()


def test_permissions_are_kept(shell: Shell, acme: Path) -> None:
    path = acme / "payer.toml"
    untidy(path)
    path.chmod(0o640)
    assert shell("policy", "fmt", "acme").exit_code == 0
    assert path.stat().st_mode & 0o777 == 0o640


def test_without_tomlkit_it_says_what_to_install(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    result = shell("policy", "fmt")
    says = "crosspayer: policy fmt needs the package tomlkit; install it with: pip install 'crosspayer[workbench]'\n"
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", says)
