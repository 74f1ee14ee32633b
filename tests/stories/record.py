"""Writes what the stories print now into them: `uv run python -m tests.stories.record [STORY.md …]`.

Without names it records all but the heavy ones. Read what changed (`git diff tests/stories`) before you commit it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.documents import rewrite
from tests.stories.replay import STORIES, is_heavy, replay, text


def record(story: Path) -> None:
    """Replay a story and put what is printed into it."""
    with tempfile.TemporaryDirectory() as home:
        told = {block: text(steps) for block, steps in replay(story, Path(home))}
    rewrite(story, told)


def main() -> None:
    named = [Path(name).resolve() for name in sys.argv[1:]]
    for story in named or [story for story in STORIES if not is_heavy(story)]:
        print(f"recording {story.name}", flush=True)
        record(story)


if __name__ == "__main__":
    main()
