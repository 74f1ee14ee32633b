"""`policy new`: a whole plugin that loads, answers and holds its own cases, or a sentence and nothing written."""

import ast
import json
import re
import shlex
from pathlib import Path

import pytest
from crosspayer.authoring import new
from crosspayer.authoring.cases import run_case
from crosspayer.authoring.target import open_target

from core.tests.cli.conftest import Shell

PACKAGE = [
    "__init__.py",
    "cases/therapy.toml",
    "policies/therapy.toml",
    "sources.toml",
    "tables/therapy-codes.toml",
]
TOP = ["CHANGELOG.md", "LICENSE", "NOTICE", "README.md", "pyproject.toml", "tests/test_contract.py"]
EDITORS = [".taplo.toml", "tombi.toml"]
SCHEMAS = [f"schemas/{name}.schema.json" for name in ("case", "import", "policy", "sources", "table")]


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def make(shell: Shell, *words: str) -> str:
    """What the command prints; it must succeed."""
    result = shell("policy", "new", *words)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def test_a_payer_is_complete(shell: Shell) -> None:
    make(shell, "nut-wood")
    package = [f"src/crosspayer_nut_wood/{name}" for name in [*PACKAGE, "payer.toml"]]
    schemas = [*SCHEMAS, "schemas/payer.schema.json"]
    assert tree(shell.home / "nut-wood") == sorted([*TOP, *EDITORS, *package, *schemas, "visit.json"])


def test_a_pack_is_complete(shell: Shell) -> None:
    make(shell, "nuts", "--pack")
    package = [f"src/crosspayer_nuts/{name}" for name in [*PACKAGE, "pack.toml"]]
    assert tree(shell.home / "nuts") == sorted([*TOP, *EDITORS, *package, *SCHEMAS, "schemas/pack.schema.json"])


def test_its_test_runs_the_contract_kit_in_three_lines(shell: Shell) -> None:
    make(shell, "nut-wood")
    text = (shell.home / "nut-wood" / "tests" / "test_contract.py").read_text(encoding="utf-8")
    _, *statements = ast.parse(text).body
    assert [ast.unparse(statement) for statement in statements] == [
        "from crosspayer.testing import PluginContract",
        "class TestContract(PluginContract):\n    plugin = 'nut-wood'",
    ]


def test_nothing_of_the_template_is_left_open(shell: Shell) -> None:
    for words in (["nut-wood"], ["nuts", "--pack"]):
        make(shell, *words)
        for path in (shell.home / words[0]).rglob("*"):
            if path.is_file() and path.parent.name != "schemas":
                text = path.read_text(encoding="utf-8")
                assert not re.search(r"\$\{?[a-z]", text), path
                assert text.endswith("\n")


def test_a_repository_with_schemas_of_its_own_needs_none_in_the_plugin(shell: Shell) -> None:
    shell.put("schemas/policy.schema.json", {})
    (shell.home / "plugins").mkdir()
    make(shell, "nuts", "--into", "plugins")
    found = tree(shell.home / "plugins" / "nuts")
    assert [name for name in found if name in EDITORS or name.startswith("schemas/")] == []


@pytest.mark.parametrize("words", [["nut-wood"], ["nuts", "--pack"]], ids=["payer", "pack"])
def test_the_next_commands_are_printed_and_work(shell: Shell, words: list[str]) -> None:
    lines = make(shell, *words).splitlines()
    assert lines[0].startswith(f"Made {words[0]}. ")
    commands = [shlex.split(line) for line in lines[2:]]
    assert [command[:3] for command in commands[:2]] == [
        ["crosspayer", "policy", "validate"],
        ["crosspayer", "policy", "test"],
    ]
    assert len(commands) == 3
    for program, *arguments in (commands[0], commands[2]):
        assert program == "crosspayer"
        result = shell(*arguments)
        assert (result.exit_code in (0, 1, 3), result.stderr) == (True, "")


@pytest.mark.parametrize("words", [["nut-wood"], ["nuts", "--pack"]], ids=["payer", "pack"])
def test_validate_finds_nothing_but_the_placeholders(shell: Shell, words: list[str]) -> None:
    make(shell, *words)
    found = shell.json("policy", "validate", words[0])
    remarks = found["plugins"][0]["remarks"]
    assert [(remark["level"], remark["kind"]) for remark in remarks] == [("warning", "placeholder")] * 2


@pytest.mark.parametrize("words", [["nut-wood"], ["nuts", "--pack"]], ids=["payer", "pack"])
def test_its_cases_hold_and_every_rule_passes_fails_and_stays_open(shell: Shell, words: list[str]) -> None:
    make(shell, *words)
    target = open_target(words[0])
    engine = target.engine()
    cases = target.cases()
    assert [(case.id, run_case(case, engine).differences) for case in cases if run_case(case, engine).differences] == []
    rules = {rule.id for rule in engine.payers[words[0]].rules}
    assert {(case.rule, case.expect) for case in cases} >= {(r, k) for r in rules for k in ("pass", "fail", "open")}


def test_it_answers_at_once_and_its_inventions_deny_nothing(shell: Shell) -> None:
    make(shell, "nut-wood")
    answer = shell.json("evaluate", "nut-wood/visit.json", "--plugin-dir", "nut-wood", "--strict")
    found = {d["line"]: d for d in answer["determinations"] if not d["hypothetical"]}
    assert {line: d["payer"] for line, d in found.items()} == {1: "nut-wood", 2: "nut-wood"}
    assert {line: d["verdict"] for line, d in found.items()} == {1: "conditional", 2: "conditional"}
    findings = [finding for d in found.values() for finding in d["findings"]]
    assert {finding["effect"] for finding in findings} == {"inform"}
    assert {finding["grade"] for finding in findings} == {"unverified"}


def test_every_rule_and_source_says_that_it_is_invented(shell: Shell) -> None:
    make(shell, "nut-wood")
    payer = open_target("nut-wood").engine().payers["nut-wood"]
    texts = [rule.title for rule in payer.rules] + [source.title for source in payer.sources.values()]
    texts += [table.title for table in payer.tables.values()] + [policy.title for policy in payer.policies]
    assert len(texts) == 7
    assert [text for text in texts if not text.startswith("PLACEHOLDER")] == []


def refused(shell: Shell, *words: str) -> str:
    """What is said of a plugin that cannot be made; nothing may be written."""
    before = sorted(shell.home.rglob("*"))
    result = shell("policy", "new", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sorted(shell.home.rglob("*")) == before
    (line,) = result.stderr.splitlines()
    return line.removeprefix("crosspayer: ")


NAMES = {
    "Nut Wood": "; nut-wood would do.",
    "NUTS": "; nuts would do.",
    "nuts_and_bolts": "; nuts-and-bolts would do.",
    "../nuts": "; nuts would do.",
    "-": "as in acme-health.",
    "12": "as in acme-health.",
    "n\u00fcsse": "; n-sse would do.",
    "n" * 81: "as in acme-health.",
    "": "as in acme-health.",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_no_id_is_refused_with_one_that_would_do(shell: Shell, name: str) -> None:
    said = refused(shell, "--", name)
    assert "cannot be the id of a plugin" in said
    assert said.endswith(NAMES[name])


def test_what_is_there_is_never_touched(shell: Shell) -> None:
    shell.put("nuts/notes.txt", "mine")
    shell.put("bolts", "a file")
    there = "it is there already; remove it, or choose another name or folder."
    assert refused(shell, "nuts") == f"nuts: {there}"
    assert refused(shell, "bolts") == f"bolts: {there}"
    (shell.home / "empty").mkdir()
    make(shell, "empty")
    assert (shell.home / "empty" / "README.md").is_file()


def test_the_name_of_an_installed_plugin_is_refused(shell: Shell) -> None:
    assert refused(shell, "acme") == (
        "acme: crosspayer-acme 2026.11.0 is installed and has this name; choose another, or uninstall it."
    )


def test_the_folder_around_it_must_be_there(shell: Shell) -> None:
    says = "nowhere: there is no such folder; make it first, or name another with --into."
    assert refused(shell, "nuts", "--into", "nowhere") == says


@pytest.mark.parametrize("after", [0, 1, 7])
def test_a_plugin_that_cannot_be_written_whole_is_not_written_at_all(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    written = Path.write_text
    count = 0

    def full(path: Path, *arguments: str, **options: str) -> int:
        nonlocal count
        count += 1
        if count > after:
            raise OSError(28, "No space left on device")
        return written(path, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", full)
    assert refused(shell, "nuts") == "nuts: the folder cannot be written; check that you may write there."


def test_the_same_bytes_are_written_every_time(shell: Shell) -> None:
    first, second = (dict(new.files("nuts", shell.home)) for _ in range(2))
    assert first == second
    assert json.loads(first["visit.json"])["coverages"][0]["payer"] == "nuts"
