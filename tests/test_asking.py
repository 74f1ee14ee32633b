"""docs/asking.md is true: its sessions print what it shows."""

from pathlib import Path

from tests.documents import ROOT
from tests.stories.replay import replay, steps

PAGE = ROOT / "docs/asking.md"


def test_the_sessions_of_the_page_come_out_as_shown(tmp_path: Path) -> None:
    replayed = list(replay(PAGE, tmp_path))
    assert len(replayed) == 3
    for block, now in replayed:
        # to record anew: uv run python -m tests.stories.record docs/asking.md
        assert steps(block) == now, f"line {block.line}"
