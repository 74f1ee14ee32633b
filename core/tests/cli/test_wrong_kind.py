"""A file of another kind than a command wants is told in one clear sentence."""

from pathlib import Path

import pytest

from core.tests.cli.conftest import Shell
from core.tests.invented import FOLDER, encounter

MARKDOWN = "# Notes\n\nPlease [look](there), don't touch.\n"
NOT_JSON = "the file is not JSON; give encounters as JSON, as crosspayer schema encounter describes them."
IS_FILE = "is a file, and a plugin is a folder; name the folder that holds payer.toml."
NO_PLUGIN = "has no payer.toml or pack.toml; name the folder of one plugin, or make one with crosspayer policy new."


@pytest.fixture
def files(shell: Shell, acme: Path) -> Path:
    """The folder with a file of each kind, and the plugin acme."""
    shell.put("note.md", MARKDOWN)
    shell.put("policy.toml", (acme / "policies/units.toml").read_text(encoding="utf-8"))
    shell.put("table-first.toml", "[encounters.one]\nid = 1\n")
    shell.put("sheet.xlsx", b"PK\x03\x04\x00\xff")
    shell.put("prose.txt", "true to form, no JSON\n")
    shell.put("visit.json", encounter())
    shell.put("rows.csv", "Code\n97760\n")
    (shell.home / "empty").mkdir()
    return shell.home


ENCOUNTERS = {
    "note.md": NOT_JSON,
    "policy.toml": NOT_JSON,
    "table-first.toml": NOT_JSON,
    "sheet.xlsx": NOT_JSON,
    "prose.txt": NOT_JSON,
    "empty": "is a folder, not a file of encounters; name the files in it.",
}


@pytest.mark.parametrize("command", [("evaluate",), ("ask",), ("explain", "--payer", "acme"), ("ask", "--fill")])
@pytest.mark.parametrize("name", ENCOUNTERS)
@pytest.mark.usefixtures("files")
def test_where_an_encounter_is_wanted(shell: Shell, name: str, command: tuple[str, ...]) -> None:
    if (name, command) == ("empty", ("ask", "--fill")):
        return  # which would write there: it asks for the name of a file
    result = shell(*command, name)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"crosspayer: {name}: {ENCOUNTERS[name]}\n")


PLUGINS = {
    "note.md": IS_FILE,
    "visit.json": IS_FILE,
    "empty": NO_PLUGIN,
    "acme/payer.toml": "is a file, and a plugin is a folder; name acme, the folder of the plugin.",
    "acme/policies/units.toml": "is a file, and a plugin is a folder; name acme, the folder of the plugin.",
    "nowhere": "there is no such plugin; name a folder that holds payer.toml, or an installed plugin.",
}


@pytest.mark.parametrize("command", ["validate", "test", "coverage"])
@pytest.mark.parametrize("name", PLUGINS)
@pytest.mark.usefixtures("files")
def test_where_a_plugin_is_wanted(shell: Shell, name: str, command: str) -> None:
    result = shell("policy", command, name)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"crosspayer: {name}: {PLUGINS[name]}\n")


@pytest.mark.parametrize("command", ["validate", "test"])
@pytest.mark.usefixtures("files")
def test_where_the_folder_of_a_pack_is_wanted(shell: Shell, command: str) -> None:
    for name, says in {
        "note.md": "is a file; give --plugin-dir the folder that holds payer.toml.",
        "empty": NO_PLUGIN,
        "nowhere": "there is no such folder; give --plugin-dir the folder that holds payer.toml.",
    }.items():
        result = shell("policy", command, str(FOLDER / "acme"), "--plugin-dir", name)
        assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"crosspayer: {name}: {says}\n")


@pytest.mark.parametrize(
    "words",
    [("visit.json", "--profile"), ("rows.csv", "--columns"), ("rows.csv", "--columns", "webpt-charges", "--payer-map")],
)
@pytest.mark.usefixtures("files")
def test_where_a_toml_document_is_wanted(shell: Shell, words: tuple[str, ...]) -> None:
    for name, says in {
        "note.md": "the file is not TOML; give a TOML file.",
        "visit.json": "the file is JSON, not TOML; give a TOML file.",
        "empty": "is a folder, not a file; name the file in it that is meant.",
    }.items():
        result = shell("evaluate", *words, name)
        assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"crosspayer: {name}: {says}\n")


def test_a_policy_that_is_json(shell: Shell, files: Path) -> None:
    (files / "acme/policies/units.toml").write_text('{"format": 1}', encoding="utf-8")
    result = shell("policy", "validate", "acme")
    assert result.stdout.splitlines() == [
        "acme/policies/units.toml: error: the file is JSON, not TOML; give a TOML file.",
        "acme: 1 error in 6 documents.",
    ]


def test_a_line_that_is_none_leaves_the_other_records(shell: Shell) -> None:
    shell.put("many.ndjson", "no record\n" + '{"id": "a", "lines": [{"number": 1, "code": "97760"}]}\n')
    result = shell("evaluate", "many.ndjson")
    assert result.stderr.startswith("crosspayer: many.ndjson:1:1: has no value here; ")
    assert "Encounter a" in result.stdout


def test_a_file_of_a_plugin_leads_to_its_folder_from_wherever_it_is_named(
    shell: Shell, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files / "acme/policies")
    for name, home in {
        "units.toml": "..",
        "../payer.toml": "..",
        str(files / "acme/payer.toml"): str(files / "acme"),
    }.items():
        says = f"crosspayer: {name}: is a file, and a plugin is a folder; name {home}, the folder of the plugin.\n"
        assert shell("policy", "validate", name).stderr == says
