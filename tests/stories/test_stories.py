"""The stories are true: followed step by step, their commands print what the pages say."""

from pathlib import Path

import pytest

from tests.stories.record import record
from tests.stories.replay import STORIES, is_heavy, replay, steps

TOLD = [pytest.param(story, id=story.stem, marks=[pytest.mark.heavy] if is_heavy(story) else []) for story in STORIES]

STORY = """\
# A story

<!-- file: said.txt -->
```text
one
two
```

```console
$ cat said.txt
one
two
$ for word in a \\
> b; do echo "$word "; done; echo " "; exit 3
a
b
[exit 3]
```
"""


@pytest.mark.parametrize("story", TOLD)
def test_a_story_comes_out_as_it_is_told(story: Path, tmp_path: Path) -> None:
    for block, now in replay(story, tmp_path):
        # to record anew: uv run python -m tests.stories.record
        assert steps(block) == now, f"{story.name}:{block.line}"


def test_the_four_stories_are_told() -> None:
    assert [story.stem for story in STORIES] == [
        "denied-97760", "integrators-first-day", "order-before-the-visit", "sixth-payer",
    ]  # fmt: skip


# --- the replay itself


def told(folder: Path, text: str) -> Path:
    story = folder / "story.md"
    story.write_text(text, encoding="utf-8")
    return story


def differences(story: Path, home: Path) -> list[str]:
    home.mkdir()
    return [
        step.command for block, now in replay(story, home) for step, came in zip(steps(block), now, strict=True)
        if step != came
    ]  # fmt: skip


def test_a_story_is_followed_in_its_folder(tmp_path: Path) -> None:
    assert differences(told(tmp_path, STORY), tmp_path / "home") == []


@pytest.mark.parametrize(
    ("was", "now"), [("[exit 3]", "[exit 2]"), ("[exit 3]\n", ""), ("a\nb\n[", "a\nb\nc\n["), ("one\ntwo\n$", "one\n$")]
)
def test_what_comes_out_otherwise_is_found(was: str, now: str, tmp_path: Path) -> None:
    assert was in STORY
    assert len(differences(told(tmp_path, STORY.replace(was, now)), tmp_path / "home")) == 1


def test_recording_mends_a_story_and_leaves_a_true_one_alone(tmp_path: Path) -> None:
    story = told(tmp_path, STORY.replace("a\nb\n[exit 3]\n", "x\n").replace("one\ntwo\n$", "$"))
    record(story)
    assert story.read_text(encoding="utf-8") == STORY
    record(story)
    assert story.read_text(encoding="utf-8") == STORY


def test_a_block_without_a_command_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"story\.md:1: the block does not begin with a command"):
        list(replay(told(tmp_path, "```console\nonly output\n```\n"), tmp_path))
