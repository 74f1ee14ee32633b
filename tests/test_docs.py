"""The documentation is true: what it shows is what is printed, its code runs, its examples answer, its links lead on.

Run as a program (`uv run python -m tests.test_docs`), it writes what is printed now into the README and these pages.
"""

import json
import re
import shlex
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest
from crosspayer import cli
from crosspayer.authoring.format import formatted, schema_of
from crosspayer.encounter.schema import encounter_schema
from jsonschema import Draft202012Validator, FormatChecker

from tests.documents import ROOT, Block, blocks, crosspayer, documents, marked, rewrite, run, trimmed, where, write_file

README = ROOT / "README.md"
PAGES = (ROOT / "docs/coverage.md", ROOT / "docs/testing.md")
"""Pages whose commands are run in the repository."""
EXAMPLES = sorted((ROOT / "examples").glob("*.json"))
PAYERS = {"aetna", "bcbs", "cigna", "medicare", "uhc"}

LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#+ (?P<title>.+)$", re.MULTILINE)
COMMAND = re.compile(r"`crosspayer ((?:[a-z]+ ?)+)")


def follow(home: Path) -> Path:
    """Do in a folder what the README has its reader do: the examples are there, its files are written."""
    (home / "examples").symlink_to(ROOT / "examples", target_is_directory=True)
    for block in marked(README, "file"):
        write_file(block, home)
    return home


def printed_now(home: Path) -> list[tuple[Block, subprocess.CompletedProcess[str]]]:
    """Each block of the README that shows what is printed, with what is printed now."""
    found = []
    for block in marked(README, "prints"):
        program, *arguments = shlex.split(block.marker.partition(": ")[2])
        assert program == "crosspayer"
        found.append((block, crosspayer(*arguments, cwd=home)))
    (code,), (shown,) = marked(README, "runs"), marked(README, "printed")
    return [*found, (shown, run(["-W", "error", "-c", code.text], home))]


PLUGIN_FILES = [
    (block, schema)
    for path in documents()
    for block in marked(path, "file")
    if (schema := schema_of(Path("/plugin") / block.marker.partition(": ")[2])) is not None
]
"""The files of plugins that pages show whole."""


@pytest.mark.parametrize(("block", "schema"), PLUGIN_FILES, ids=[where(block) for block, _ in PLUGIN_FILES])
def test_a_file_of_a_plugin_that_is_shown_whole_is_in_canonical_form(block: Block, schema: str) -> None:
    assert block.text + "\n" == formatted(block.text + "\n", schema, where(block))


def test_pages_for_policy_authors_show_whole_files() -> None:
    assert {block.path.name for block, _ in PLUGIN_FILES} == {"README.md", "tutorial.md", "sixth-payer.md"}


def test_the_readme_shows_what_is_printed(tmp_path: Path) -> None:
    for block, done in printed_now(follow(tmp_path)):
        assert (done.stderr, done.returncode in (0, 1, 3)) == ("", True)
        # to mend: uv run python -m tests.test_docs
        assert trimmed(block.text) == trimmed(done.stdout), where(block)


def printed_here(page: Path) -> list[tuple[Block, subprocess.CompletedProcess[str]]]:
    """The same for a page whose commands need nothing but the repository."""
    shown = marked(page, "prints")
    return [(block, crosspayer(*shlex.split(block.marker.partition(": ")[2])[1:])) for block in shown]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_shows_what_is_printed(page: Path) -> None:
    shown = printed_here(page)
    assert shown
    for block, done in shown:
        assert (done.stderr, done.returncode) == ("", 0)
        # to mend: uv run python -m tests.test_docs
        assert trimmed(block.text) == trimmed(done.stdout), where(block)


def test_the_readme_prints_the_answer_of_its_main_command() -> None:
    (main,) = marked(README, "ci")[:1]
    command = main.text.partition("uv run ")[2]
    assert command in [block.marker.partition(": ")[2] for block in marked(README, "prints")]


def test_the_readme_gives_ci_two_commands() -> None:
    assert [(block.marker, block.text) for block in marked(README, "ci")] == [
        (
            "ci:main",
            "pip install uv && uv run crosspayer evaluate examples/knee-orthosis-initial.json --all-payers",
        ),
        ("ci:test", "pip install uv && uv run pytest"),
    ]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_keeps_to_the_schema(path: Path) -> None:
    validator = Draft202012Validator(encounter_schema(), format_checker=FormatChecker())
    document = json.loads(path.read_text(encoding="utf-8"))
    assert [error.json_path for error in validator.iter_errors(document)] == []
    assert document["id"] == path.stem


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_answered(path: Path) -> None:
    done = crosspayer("evaluate", str(path), "--all-payers", "--format", "json", "--strict")
    assert (done.stderr, done.returncode in (0, 1, 3)) == ("", True)
    found = json.loads(done.stdout)["determinations"]
    assert {determination["payer"] for determination in found} == PAYERS
    held = [determination for determination in found if not determination["hypothetical"]]
    assert held
    assert any(determination["findings"] for determination in held)


def test_the_examples_are_held_by_all_payers() -> None:
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in EXAMPLES]
    assert {coverage["payer"] for document in documents for coverage in document["coverages"]} == PAYERS


def test_the_readme_of_the_examples_lists_them() -> None:
    listed = re.findall(r"^\| `([^`]+)` \|", (ROOT / "examples/README.md").read_text(encoding="utf-8"), re.MULTILINE)
    files = {path.name for path in (ROOT / "examples").iterdir() if path.suffix in (".json", ".py")}
    assert sorted(listed) == sorted(files)


def test_no_npi_of_an_example_could_be_someone_s() -> None:
    npis = [npi for path in EXAMPLES for npi in re.findall(r'"npi": "(\d+)"', path.read_text(encoding="utf-8"))]
    assert npis
    assert [npi for npi in npis if not re.fullmatch(r"199999\d{4}", npi)] == []


def test_the_python_example_runs() -> None:
    done = run(["-W", "error", str(ROOT / "examples/python_api.py")])
    assert (done.stderr, done.returncode) == ("", 0)
    said = done.stdout.splitlines()
    assert said[0] == "medicare/original-medicare line 1 97760: clear"
    assert "uhc/medicare-advantage line 1 97760: auth_needed" in said
    assert any(line.startswith("  auth_needed: uhc/authorization-medicare-advantage/") for line in said)


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    missing = []
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        if not found.exists() or (anchor and anchor not in anchors(found)):
            missing.append(target)
    assert missing == []


def anchors(path: Path) -> set[str]:
    """The anchors of a file's headings, as they are made where the repository is shown."""
    titles = HEADING.findall(path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


PARSERS = {"json": json.loads, "toml": tomllib.loads}
PARSED = [block for path in documents() for block in blocks(path) if block.language in PARSERS]


@pytest.mark.parametrize("block", PARSED, ids=where)
def test_every_toml_and_json_block_parses(block: Block) -> None:
    assert PARSERS[block.language](block.text)


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_that_is_named_exists(path: Path) -> None:
    named = {words.split()[0] for words in COMMAND.findall(path.read_text(encoding="utf-8"))}
    assert sorted(named - set(cli.COMMANDS)) == []


def test_the_design_names_tests_that_exist() -> None:
    named = re.findall(r"`((?:core/|plugins/[\w-]+/)?tests/[\w/.-]+)`", (ROOT / "docs/design.md").read_text("utf-8"))
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def record() -> None:
    """Put what is printed now into the README and the pages."""
    with tempfile.TemporaryDirectory() as home:
        shown = {README: printed_now(follow(Path(home))), **{page: printed_here(page) for page in PAGES}}
    for path, found in shown.items():
        for block, done in found:
            if done.stderr:
                sys.exit(f"{where(block)}: {done.stderr}")
        rewrite(path, {block: trimmed(done.stdout) for block, done in found})


if __name__ == "__main__":
    record()
