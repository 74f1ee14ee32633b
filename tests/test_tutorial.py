"""The tutorial is true: followed from top to bottom in an empty folder, it prints what it shows.

Run as a program (`uv run python -m tests.test_tutorial`), it writes what is printed now into the page.
"""

import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.documents import ROOT, Block, blocks, crosspayer, rewrite, trimmed, where, write_file

PAGE = ROOT / "docs" / "tutorial.md"


def followed(home: Path) -> Iterator[tuple[Block, str, str]]:
    """Each block that shows what is printed, with what is printed now, on standard output and standard error."""
    for block in blocks(PAGE):
        kind, _, what = block.marker.partition(": ")
        if kind == "file":
            assert (home / what).is_file(), f"{where(block)}: {what} is not there to be replaced"
            write_file(block, home)
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
        # to mend: uv run python -m tests.test_tutorial
        assert trimmed(block.text) == trimmed(printed), where(block)


def test_it_ends_with_a_plugin_in_order(tmp_path: Path) -> None:
    for _ in followed(tmp_path):
        pass
    done = crosspayer("policy", "validate", "acme", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "acme: nothing wrong in 5 documents, 3 rules, 10 cases.\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        now = list(followed(Path(folder)))
    if wrong := [f"{where(block)}: {complaint}" for block, _, complaint in now if complaint]:
        sys.exit("\n".join(wrong))
    rewrite(PAGE, {block: trimmed(printed) for block, printed, _ in now})
