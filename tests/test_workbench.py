"""A new plugin beside the shipped ones: the same form, checked by real editors, built, installed and asked."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest
from crosspayer.authoring.format import formatted, schema_of
from crosspayer.authoring.format_files import format_files
from crosspayer.authoring.key_order import order_of
from crosspayer.authoring.new import files, new_plugin
from crosspayer.testing import PluginContract

ROOT = Path(__file__).parents[1]
UV = os.environ.get("UV", "uv")  # set by `uv run`
SCRIPTS = Path(sysconfig.get_path("scripts"))
EDITORS = {"taplo": ("lint",), "tombi": ("lint", "--offline")}
PLACE = re.compile(r"([^\s/]+\.toml):(\d+):(\d+)$", re.MULTILINE)


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    # Neither the environment nor the folder of this checkout may lend a package to the one under test.
    env = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    env |= {"NO_COLOR": "1"}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, encoding="utf-8", check=False)


def lint(editor: str, folder: Path) -> tuple[int, set[tuple[str, int]]]:
    """The exit code of an editor's tool, and the file and line of everything it complains of."""
    done = run(SCRIPTS / editor, *EDITORS[editor], cwd=folder)
    found = PLACE.findall(done.stdout + done.stderr)
    return done.returncode, {(name, int(line)) for name, line, _ in found}


@pytest.fixture
def humana(tmp_path: Path) -> Path:
    """A new plugin outside of any repository."""
    return new_plugin("humana", tmp_path)


# --- the form


@pytest.mark.parametrize("name", ["cigna", "therapy-common"])
def test_its_pyproject_is_that_of_a_shipped_plugin(name: str, tmp_path: Path) -> None:
    shipped = (ROOT / "plugins" / name / "pyproject.toml").read_text(encoding="utf-8")
    made = dict(files(name, tmp_path, pack=name == "therapy-common"))["pyproject.toml"]

    def comparable(text: str) -> tuple[dict[str, object], list[str]]:
        found = tomllib.loads(text)
        assert found["project"].pop("description")
        found["project"]["dependencies"] = found["project"]["dependencies"][:1]  # a shipped payer uses a pack
        return found, re.findall(r"^#.*$", text, re.MULTILINE)

    assert comparable(made) == comparable(shipped)


def test_licence_and_notice_are_those_of_the_repository(tmp_path: Path) -> None:
    made = dict(files("humana", tmp_path))
    for name in ("LICENSE", "NOTICE"):
        assert made[name] == (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("pack", [False, True], ids=["payer", "pack"])
def test_it_passes_the_contract_kit(pack: bool, tmp_path: Path) -> None:
    class Made(PluginContract):
        plugin = str(new_plugin("humana", tmp_path, pack=pack))

    tests = [name for name in dir(Made) if name.startswith("test_")]
    assert len(tests) >= 8
    for name in tests:
        getattr(Made(), name)()


# --- the canonical form

SHIPPED = sorted(path for path in ROOT.glob("plugins/*/src/*/**/*.toml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.relative_to(ROOT / "plugins").as_posix())
def test_a_shipped_document_is_in_canonical_form(path: Path) -> None:
    text, schema = path.read_text(encoding="utf-8"), schema_of(path)
    assert schema is not None
    # to mend: crosspayer policy fmt plugins/*
    assert formatted(text, schema, path.name) == text


LISTED = {
    "a policy": ("policy", ()),
    "a rule": ("policy", ("rules",)),
    "a branch": ("policy", ("rules", "otherwise")),
    "a cap": ("policy", ("rules", "cap")),
    "a pair": ("policy", ("rules", "pair")),
    "a parameter's value": ("policy", ("parameters", "p", "values")),
    "a source": ("sources", ("sources", "s")),
    "a table": ("table", ()),
    "a case": ("case", ("cases",)),
    "a use of a pack": ("payer", ("uses",)),
}


def test_the_page_lists_the_order_of_keys() -> None:
    text = (ROOT / "docs" / "workbench.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| (an? [\w ']+) \| (`format`.*|`\w+` `.*) \|$", text, re.MULTILINE))
    found = {name: tuple(re.findall(r"`(\w+)`", keys)) for name, keys in listed.items()}
    assert found == {name: order_of(schema, context) for name, (schema, context) in LISTED.items()}


def test_a_new_plugin_is_in_canonical_form(humana: Path) -> None:
    done = format_files([str(humana)], write=False)
    assert (len(done.kept), done.changed, done.problems) == (5, [], [])


# --- editors


@pytest.mark.parametrize("editor", EDITORS)
def test_an_editor_finds_nothing_in_the_shipped_plugins(editor: str) -> None:
    assert lint(editor, ROOT) == (0, set())


@pytest.mark.parametrize("editor", EDITORS)
def test_an_editor_finds_nothing_in_a_new_plugin(editor: str, humana: Path) -> None:
    assert lint(editor, humana) == (0, set())


FAULTS = {
    "word": ("policies/therapy.toml", 'topic = "modifiers"', 'topic = "modifier"', EDITORS),
    "source": ("sources.toml", 'grade = "unverified"', 'grade = "unverifed"', EDITORS),
    "manifest": ("payer.toml", 'line_of_business = "commercial"', 'line_of_business = "comercial"', EDITORS),
    "case": ("cases/therapy.toml", 'expect = "pass"', 'expect = "passes"', EDITORS),
    "table": ("tables/therapy-codes.toml", "covers_from = 2026-01-01", 'covers_from = "soon"', ["tombi"]),
    # taplo does not know draft 2020-12, so inside a condition only tombi sees the fault
    "operator": ("policies/therapy.toml", "has_one_of =", "has_one_off =", ["tombi"]),
    "syntax": ("policies/therapy.toml", 'topic = "modifiers"', 'topic = "modifiers', EDITORS),
}


@pytest.mark.parametrize(("fault", "editor"), [(name, editor) for name, row in FAULTS.items() for editor in row[3]])
def test_an_editor_shows_a_fault_at_its_line(fault: str, editor: str, humana: Path) -> None:
    name, old, new, _ = FAULTS[fault]
    path = humana / "src" / "crosspayer_humana" / name
    text = path.read_text(encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    code, found = lint(editor, humana)
    assert code == 1
    assert (path.name, line) in found
    assert {name for name, _ in found} == {path.name}


# --- from nothing to an answer


@pytest.mark.heavy
def test_a_new_plugin_builds_installs_and_answers_in_an_empty_environment(tmp_path: Path) -> None:
    """As its author would: core installed, a plugin made, built, installed, and an encounter held against it."""

    def must(*command: str | Path, cwd: Path = tmp_path) -> str:
        done = run(*command, cwd=cwd)
        assert done.returncode == 0, f"{command[0]} exits {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stdout

    wheels, environment = tmp_path / "wheels", tmp_path / "environment"
    must(UV, "build", "--package", "crosspayer", "--wheel", "--out-dir", wheels, ROOT, cwd=ROOT)
    must(UV, "venv", "--python", sys.executable, environment)
    must(UV, "pip", "install", "--python", environment, *wheels.glob("*.whl"))
    crosspayer = Path(sysconfig.get_path("scripts", vars={"base": str(environment)}), "crosspayer")
    printed = must(crosspayer, "policy", "new", "humana")
    assert "crosspayer policy validate humana" in printed

    beside = run(
        crosspayer, "evaluate", "humana/visit.json", "--plugin-dir", "humana", "--format", "json", cwd=tmp_path
    )
    must(UV, "build", "--wheel", "--out-dir", wheels, tmp_path / "humana")
    must(UV, "pip", "install", "--python", environment, *wheels.glob("crosspayer_humana-*.whl"))
    must(crosspayer, "policy", "validate", "humana")
    must(crosspayer, "policy", "test", "humana")
    must(UV, "pip", "install", "--python", environment, "pytest>=8.4,<10")
    python = crosspayer.with_name("python")
    passed = must(python, "-m", "pytest", "-q", "-W", "error", "humana/tests")
    assert re.search(r"^\d+ passed", passed, re.MULTILINE), passed
    installed = run(crosspayer, "evaluate", "humana/visit.json", "--format", "json", "--strict", cwd=tmp_path)
    assert (beside.stderr, installed.stderr, installed.returncode) == ("", "", beside.returncode)
    by_name = installed.stdout.replace("crosspayer-humana 2026.1.0", "folder humana 2026.1.0")
    assert json.loads(by_name) == json.loads(beside.stdout)
    assert {d["payer"] for d in json.loads(installed.stdout)["determinations"]} == {"humana"}
    assert run(crosspayer, "policy", "new", "humana", "--into", "wheels", cwd=tmp_path).stderr == (
        "crosspayer: humana: crosspayer-humana 2026.1.0 is installed and has this name; "
        "choose another, or uninstall it.\n"
    )
