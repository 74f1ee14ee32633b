"""The tutorial is true: followed from top to bottom in an empty folder, it prints what it shows.

Run as a program (`uv run python tests/test_tutorial.py`), it writes what is printed now into the page.
"""

import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.test_docs import Block, blocks, crosspayer, trimmed, where  # noqa: E402

PAGE = ROOT / "docs" / "tutorial.md"


def followed(home: Path) -> Iterator[tuple[Block, str, str]]:
    """Each block that shows what is printed, with what is printed now, on standard output and standard error."""
    for block in blocks(PAGE):
        kind, _, what = block.marker.partition(": ")
        if kind == "file":
            assert (home / what).is_file(), f"{where(block)}: {what} is not there to be replaced"
            (home / what).write_text(f"{block.text}\n", encoding="utf-8")
        elif kind == "prints":
            program, *arguments = shlex.split(what)
            assert program == "crosspayer"
            done = crosspayer(*arguments, cwd=home)
            yield block, done.stdout, done.stderr


def test_the_tutorial_shows_what_is_printed(tmp_path: Path) -> None:
    found = list(followed(tmp_path))
    assert len(found) >= 8
    for block, printed, complaint in found:
        assert complaint == "", where(block)
        # to mend: uv run python tests/test_tutorial.py
        assert trimmed(block.text) == trimmed(printed), where(block)


def test_it_ends_with_a_plugin_in_order(tmp_path: Path) -> None:
    for _ in followed(tmp_path):
        pass
    done = crosspayer("policy", "validate", "acme", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "acme: nothing wrong in 5 documents, 3 rules, 10 cases.\n")


def rewrite() -> None:
    """Put what is printed now into the page."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    with tempfile.TemporaryDirectory() as home:
        found = list(followed(Path(home)))
    for block, printed, complaint in sorted(found, key=lambda entry: entry[0].line, reverse=True):
        if complaint:
            sys.exit(f"{where(block)}: {complaint}")
        lines[block.line : block.line + len(block.text.splitlines())] = trimmed(printed)
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    rewrite()
