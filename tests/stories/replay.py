"""Replays a story: its files are written, its commands are run in a fresh folder, and what they print is compared.

A story is a Markdown page. A block marked `<!-- file: NAME -->` is a file that is written. A block of the language
`console` is a piece of a session: a line that begins with `$ ` is a command for bash (lines that begin with `> ` go on
with it), the lines after it are what is printed, and `[exit N]` closes a command that does not exit 0.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.documents import ROOT, Block, blocks, environment, trimmed, write_file

STORIES = sorted(path for path in Path(__file__).parent.glob("*.md") if path.name != "README.md")
FIRST, MORE, EXIT = "$ ", "> ", "[exit {}]"
HEAVY = "<!-- heavy -->"
"""Stands in a story that builds wheels or environments."""


@dataclass(frozen=True)
class Step:
    """A command of a story, as it is written there, and the lines that must follow it."""

    lines: tuple[str, ...]
    printed: tuple[str, ...]

    @property
    def command(self) -> str:
        return "\n".join(line.removeprefix(FIRST).removeprefix(MORE) for line in self.lines)


def steps(block: Block) -> list[Step]:
    """The commands of a console block. Raises AssertionError where it does not begin with one."""
    found: list[tuple[list[str], list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith(FIRST):
            found.append(([line], []))
            continue
        assert found, f"{block.path.name}:{block.line}: the block does not begin with a command"
        command, printed = found[-1]
        (command if line.startswith(MORE) and not printed else printed).append(line)
    return [Step(tuple(command), tuple(trimmed("\n".join(printed)))) for command, printed in found]


def is_heavy(story: Path) -> bool:
    return HEAVY in story.read_text(encoding="utf-8").splitlines()


def run(command: str, home: Path, *, heavy: bool) -> tuple[str, ...]:
    """The lines that the command prints, on both streams as a terminal would show them, and its exit code if not 0.

    A heavy story finds the Python this one was made from, and nothing of the checkout's environment.
    """
    own = str(Path(sys.base_prefix) / "bin") if heavy else sysconfig.get_path("scripts")
    told = {
        "PATH": f"{own}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }  # fmt: skip
    left_out = {"VIRTUAL_ENV", "PYTHONPATH"}
    env = {name: value for name, value in environment().items() if name not in left_out} | told
    done = subprocess.run(
        ["bash", "-c", command], cwd=home, env=env, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, encoding="utf-8",
    )  # fmt: skip
    code = [EXIT.format(done.returncode)] if done.returncode else []
    return (*trimmed(done.stdout), *code)


def replay(story: Path, home: Path) -> Iterator[tuple[Block, list[Step]]]:
    """Follow a story in a folder: each console block with its steps as they come out now.

    The repository stands in the folder as `checkout`, its examples as `examples`.
    """
    (home / "checkout").symlink_to(ROOT, target_is_directory=True)
    (home / "examples").symlink_to(ROOT / "examples", target_is_directory=True)
    heavy = is_heavy(story)
    for block in blocks(story):
        if block.marker.startswith("file: "):
            write_file(block, home)
        elif block.language == "console":
            yield block, [Step(step.lines, run(step.command, home, heavy=heavy)) for step in steps(block)]


def text(told: list[Step]) -> list[str]:
    """The lines of a console block."""
    return [line for step in told for line in (*step.lines, *step.printed)]
