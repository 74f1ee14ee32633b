"""Markdown documents that are held against the program: their fenced blocks, and running what they show."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
SKIPPED = {".venv", ".git", "node_modules"}
FENCE = re.compile(r"^(?P<indent> *)(?P<fence>```+)(?P<language>\w*)$")
MARKER = re.compile(r"^<!-- (?P<text>.+) -->$")


class Block(NamedTuple):
    """A fenced block of a Markdown file: the marker on the line before it, its language, its text."""

    path: Path
    line: int
    marker: str
    language: str
    text: str


def documents() -> list[Path]:
    """Every Markdown file of the repository."""
    found = ROOT.rglob("*.md")
    return sorted(path for path in found if not SKIPPED & set(path.relative_to(ROOT).parts))


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a file, in their order."""
    found: list[Block] = []
    marker, opened = "", None
    body: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fence = FENCE.match(line)
        if opened is None and fence:
            opened, body = (number, fence["fence"], fence["language"]), []
        elif opened is not None and fence and fence["fence"] == opened[1] and not fence["language"]:
            found.append(Block(path, opened[0], marker, opened[2], "\n".join(body)))
            opened, marker = None, ""
        elif opened is not None:
            body.append(line)
        else:
            comment = MARKER.match(line)
            marker = comment["text"] if comment else "" if line.strip() else marker
    assert opened is None, f"{path.name}: the fence of line {opened and opened[0]} is not closed"
    return found


def marked(path: Path, kind: str) -> list[Block]:
    """The blocks of a file whose marker begins so."""
    return [block for block in blocks(path) if block.marker.partition(":")[0] == kind]


def where(block: Block) -> str:
    return f"{block.path.relative_to(ROOT)}:{block.line}"


def write_file(block: Block, home: Path) -> None:
    """Write the file that a block marked `file: NAME` holds."""
    path = home / block.marker.partition(": ")[2]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text + "\n", encoding="utf-8")


def rewrite(path: Path, texts: Mapping[Block, Sequence[str]]) -> None:
    """Put these lines into the blocks of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for block in sorted(texts, key=lambda block: block.line, reverse=True):
        lines[block.line : block.line + len(block.text.splitlines())] = texts[block]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def trimmed(text: str) -> list[str]:
    """Lines without the blanks at their ends, and without blank lines around them."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n").splitlines()


def environment() -> dict[str, str]:
    """The variables of this process, but for those of its terminal and its warnings."""
    left_out = ("COLUMNS", "FORCE_COLOR", "PYTHONWARNINGS")
    return {key: value for key, value in os.environ.items() if key not in left_out}


def run(arguments: list[str], cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run Python quietly, whatever the terminal and the warnings settings of this process."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment(), check=False, capture_output=True, encoding="utf-8"
    )


def crosspayer(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return run(["-c", "from crosspayer.cli import main; main()", *arguments], cwd)
