"""The program itself: exit codes, streams and bytes as a shell sees them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from crosspayer import cli
from crosspayer.cli import COMMANDS, main

from core.tests.invented import FOLDER, encounter

PLUGINS = [word for name in ("acme", "basics", "bolt") for word in ("--plugin-dir", str(FOLDER / name))]


def crosspayer(
    *words: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Runs the program; the invented payers are asked by name, whatever else is installed."""
    command = [sys.executable, "-c", "from crosspayer.cli import main; main()", *words]
    return subprocess.run(
        command, input=stdin, capture_output=True, env={**os.environ, **(environment or {})}, check=False
    )


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """What the program does with signals is undone in the process of the tests."""
    before = signal.getsignal(signal.SIGPIPE)
    yield
    signal.signal(signal.SIGPIPE, before)


@pytest.fixture
def visit(tmp_path: Path) -> str:
    path = tmp_path / "visit.json"
    path.write_text(json.dumps(encounter(lines=[{**encounter()["lines"][0], "modifiers": []}])), encoding="utf-8")
    return str(path)


def test_answers_go_to_one_stream_and_complaints_to_the_other(visit: str) -> None:
    done = crosspayer("evaluate", visit, "gone.json", "--format", "ndjson", *PLUGINS)
    assert done.returncode == 2
    assert [json.loads(line)["verdict"] for line in done.stdout.splitlines()] == ["not_covered"]
    assert done.stderr.decode() == (
        "crosspayer: gone.json: there is no such file; correct its name, or use - for standard input.\n"
    )
    assert crosspayer("evaluate", visit, *PLUGINS).returncode == 1


@pytest.mark.parametrize("form", ["table", "json"])
def test_the_bytes_are_the_same_whatever_the_surroundings(form: str, visit: str) -> None:
    words = ["evaluate", visit, "--payer", "bolt", "--format", form, *PLUGINS]
    plain = crosspayer(*words, environment={"PYTHONHASHSEED": "0"})
    assert plain.stdout.decode("utf-8")
    everywhere: tuple[dict[str, str], ...] = (
        {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Kiritimati", "PYTHONIOENCODING": "latin-1", "COLUMNS": "40"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "FORCE_COLOR": "1", "TERM": "xterm-256color"},
    )
    for surroundings in everywhere:
        done = crosspayer(*words, environment=surroundings)
        assert (done.returncode, done.stdout, done.stderr) == (plain.returncode, plain.stdout, plain.stderr)


def test_standard_input(visit: str) -> None:
    text = Path(visit).read_bytes()
    words = ["--format", "json", *PLUGINS]
    assert crosspayer("evaluate", "-", *words, stdin=text).stdout == crosspayer("evaluate", visit, *words).stdout


@pytest.mark.parametrize("word", [[], ["--help"], ["--version"], ["evaluate", "--help"], ["plugins"]])
def test_help_is_no_error_unless_nothing_was_asked(word: list[str]) -> None:
    done = crosspayer(*word)
    assert done.returncode == (0 if "--help" in word or "--version" in word else 2)
    assert b"Traceback" not in done.stderr
    assert done.stdout + done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    done = crosspayer(command, "--help")
    assert (done.returncode, done.stderr) == (0, b"")
    assert f"crosspayer {command}" in " ".join(done.stdout.decode().split()).replace("-c", "crosspayer")


def test_a_fault_of_ours_is_one_sentence_without_its_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stumble(**_: object) -> None:
        raise RuntimeError("a value nobody may see")

    monkeypatch.setattr(cli, "cli", stumble)
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == (
        "",
        "crosspayer: internal error (RuntimeError); please report it with the command you ran.\n",
    )


def test_an_interrupted_command_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("crosspayer.cli.schema.schemas.names", interrupted)
    monkeypatch.setattr(sys, "argv", ["crosspayer", "schema"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2


READ_NO_FURTHER = {
    "evaluate": ["evaluate", "VISIT", *PLUGINS],
    "evaluate json": ["evaluate", "VISIT", "--format", "json", *PLUGINS],
    "evaluate csv": ["evaluate", "VISIT", "--format", "csv", *PLUGINS],
    "explain": ["explain", "VISIT", "--payer", "acme", *PLUGINS],
    "explain denied": ["explain", "VISIT", "--denied", "4", *PLUGINS],
    "ask": ["ask", "VISIT", *PLUGINS],
    "ask change": ["ask", "VISIT", "--what-would-change", *PLUGINS],
    "facts": ["facts"],
    "schema": ["schema", "encounter"],
    "plugins": ["plugins", "list"],
    "policy validate": ["policy", "validate", str(FOLDER / "basics")],
    "policy test": ["policy", "test", str(FOLDER / "basics")],
    "columns": ["columns", "list"],
    "tables": ["tables", "list"],
    "help": ["--help"],
    "an error": ["evaluate", "gone.json"],
}


@pytest.mark.parametrize("name", READ_NO_FURTHER)
def test_a_reader_who_reads_no_further_ends_it_quietly(name: str, visit: str) -> None:
    words = [visit if word == "VISIT" else word for word in READ_NO_FURTHER[name]]
    command = [sys.executable, "-c", "from crosspayer.cli import main; main()", *words]
    unread, end = os.pipe()
    os.close(unread)
    done = subprocess.run(command, stdout=end, stderr=subprocess.PIPE, check=False)
    os.close(end)
    if name == "an error":  # which prints nothing there
        assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    else:
        assert (done.returncode, done.stderr) == (-signal.SIGPIPE, b"")


def test_a_long_search_shows_how_far_it_is_on_a_terminal_and_nowhere_else(tmp_path: Path) -> None:
    path = tmp_path / "open.json"
    path.write_text(json.dumps({**encounter(device={}), "documentation": {}}), encoding="utf-8")
    words = ["ask", str(path), "--what-would-change", "--all-payers", *PLUGINS]
    command = [sys.executable, "-c", "from crosspayer.cli import main; main()", *words]
    master, terminal = os.openpty()
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=terminal, env={**os.environ, "TERM": "xterm"}, check=False
    )
    os.close(terminal)
    shown = os.read(master, 65536)
    os.close(master)
    assert b"what would change answers" in shown
    quiet = crosspayer(*words)
    assert (quiet.stdout, quiet.stderr) == (done.stdout, b"")
    assert quiet.stdout
