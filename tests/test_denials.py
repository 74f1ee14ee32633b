"""docs/denials.md is true: its commands end as it says, its fields are those of the documents."""

import json
import re
import shlex
from pathlib import Path

import msgspec
import pytest
from crosspayer.report.denial import DeniedLine, DeniedRule, FactToCheck, Hint
from crosspayer.report.next_step import STATE_ORDER, STEP_WORDS, NextStep
from crosspayer.report.payable import OpenThing, PassedRule, PayableLine

from tests.documents import ROOT, Block, blocks, crosspayer, where

PAGE = ROOT / "docs/denials.md"
SHOWN = [block for block in blocks(PAGE) if block.marker.startswith("runs:")]


@pytest.mark.parametrize("block", SHOWN, ids=where)
def test_every_command_of_the_page_ends_as_it_says(block: Block, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples", target_is_directory=True)
    program, *words = shlex.split(block.text)
    done = crosspayer(*words, cwd=tmp_path)
    assert (program, done.stderr) == ("crosspayer", "")
    assert done.returncode == int(block.marker.partition(": ")[2])
    assert done.stdout


def test_the_page_names_every_field() -> None:
    named = set(re.findall(r"`([a-z_]+)`", PAGE.read_text(encoding="utf-8")))
    structs = (DeniedLine, DeniedRule, FactToCheck, Hint, NextStep, PayableLine, PassedRule, OpenThing)
    fields = {field.name for struct in structs for field in msgspec.structs.fields(struct)}
    assert sorted((fields | set(STATE_ORDER) | set(STEP_WORDS)) - named) == []


def test_a_shipped_rule_explains_a_planted_denial(tmp_path: Path) -> None:
    """The shipped example without its discipline modifier: the code of that denial leads to the rule and the step."""
    data = json.loads((ROOT / "examples/knee-orthosis-initial.json").read_text(encoding="utf-8"))
    data["lines"][0]["modifiers"] = ["RT"]
    (tmp_path / "visit.json").write_text(json.dumps(data), encoding="utf-8")
    done = crosspayer("explain", "visit.json", "--denied", "CO-4", "--format", "json", cwd=tmp_path)
    (line,) = json.loads(done.stdout)["lines"]
    assert (done.returncode, line["explained"], line["next_step"]["kind"]) == (1, True, "corrected_claim")
    assert line["rules"][0]["rule"] == "medicare/modifiers/discipline-modifier"
