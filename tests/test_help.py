"""The examples of every command's `--help` are run, with the installed plugins, in a folder like the repository.

What an example cannot name stands as a word in capitals, or belongs to the invented payer acme; the test puts something
real in its place:

- `PAYER` is a payer's id: here the one whose coverage the first example holds;
- `acme` is an invented plugin, which is loaded for the examples that name it or the tables that were imported for it;
- `limits.csv` is a file of acme's: the test writes it.

Patterns such as `plugins/*` are the names they fit, as a shell makes them.
"""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from crosspayer.cli import cli

from core.tests.imports import plugin_folder
from tests.documents import ROOT, environment

PLACEHOLDERS = {"PAYER": "medicare"}
OF_ACME = ("acme", "site-tables")
MENTIONED = ("examples", "plugins")


def commands(command: click.Command = cli, name: str = "crosspayer") -> Iterator[tuple[str, click.Command]]:
    """Every command that is no group, by its full name."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for word in command.list_commands(context):
            below = command.get_command(context, word)
            assert below is not None
            yield from commands(below, f"{name} {word}")
    else:
        yield name, command


def examples(command: click.Command) -> list[str]:
    """The lines of a command's help that begin with the program's name; a backslash ends a line that goes on."""
    text = (command.help or "").replace("\\\n", " ")
    return [" ".join(line.split()) for line in text.splitlines() if line.strip().startswith("crosspayer ")]


EVERY = dict(commands())


def completed(words: list[str], acme: Path) -> list[str]:
    """An example's words with what stands for its placeholders; where it writes to a file, up to there."""
    words = words[: words.index(">")] if ">" in words else words
    words = [name for word in words for name in (sorted(map(str, Path().glob(word))) if "*" in word else [word])]
    named = "new" not in words and any(mark in word for word in words for mark in OF_ACME)
    return [PLACEHOLDERS.get(word, word) for word in words] + (["--plugin-dir", str(acme)] if named else [])


@pytest.mark.parametrize("name", EVERY)
def test_every_command_shows_examples_of_itself(name: str) -> None:
    shown = examples(EVERY[name])
    assert shown
    assert [line for line in shown if not line.startswith(f"{name} ") and line != name] == []


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All in one folder and in order, since one may read what another wrote."""
    acme = plugin_folder(tmp_path / "invented")
    home = tmp_path / "home"
    home.mkdir()
    for folder in MENTIONED:
        (home / folder).symlink_to(ROOT / folder, target_is_directory=True)
    (home / "limits.csv").write_text("Code,Units\n97760,4\n", encoding="utf-8")
    monkeypatch.chdir(home)
    ended = {}
    for command in EVERY.values():
        for line in examples(command):
            _, *words = completed(shlex.split(line), acme)
            result = CliRunner().invoke(cli, words, input="")
            ended[line] = "" if result.exit_code in (0, 1, 3) else result.stderr or repr(result.exception)
    assert ended == dict.fromkeys(ended, "")


# --- shell completion


BASH = """
source {script}
COMP_WORDS=({words}) COMP_CWORD={number} COMP_TYPE=9
_crosspayer_completion crosspayer "{last}" ""
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("crosspayer ev", ["evaluate"]),
        ("crosspayer plugins l", ["list"]),
        ("crosspayer evaluate --fail-on auth", ["auth_needed"]),
        ("crosspayer ask --wh", ["--what-would-change"]),
    ],
)
def test_bash_completes(words: str, offered: list[str], tmp_path: Path) -> None:
    bin_folder = Path(sys.executable).parent
    program = bin_folder / "crosspayer"
    environ = environment() | {"PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}
    made = subprocess.run(
        [str(program)], env=environ | {"_CROSSPAYER_COMPLETE": "bash_source"}, capture_output=True, check=True
    )
    script = tmp_path / "completion.bash"
    script.write_bytes(made.stdout)
    *_, last = words.split()
    text = BASH.format(script=script, words=words, number=words.count(" "), last=last)
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", text], env=environ, capture_output=True, encoding="utf-8", check=True
    )
    assert (done.stdout.split(), done.stderr) == (offered, "")
