"""What the table of `evaluate` promises, law by law: each table whole, and its words in the fields of JSON."""

import re
from typing import Any

import pytest

from core.tests.cli.conftest import Golden, Shell
from core.tests.invented import encounter


def bare(**facts: Any) -> dict[str, Any]:
    """A visit of which hardly anything is known."""
    line = {"number": 1, "service_date": "2026-10-05", "code": "97760"}
    return {"id": "bare-1", "coverages": [{"payer": "acme", "plan": "commercial"}], "lines": [line], **facts}


LAWS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "held-first": (encounter(coverages=[{"payer": "bolt"}]), ("--all-payers",)),
    "plans-in-one-row": (
        encounter(coverages=[{"payer": "acme", "prior_authorization": {"present": True}}]),
        ("--payer", "bolt"),
    ),
    "plans-collapse": (
        encounter(
            coverages=[{"payer": "acme"}],
            lines=[{"number": 1, "service_date": "2026-10-05", "code": "97110", "units": 1}],
        ),
        (),
    ),
    "three-questions": (bare(), ()),
    "nothing-held": (bare(coverages=[]), ()),
}


@pytest.mark.parametrize("law", LAWS)
def test_the_table_of_each_law(law: str, shell: Shell, golden: Golden) -> None:
    data, words = LAWS[law]
    golden(f"law-{law}.txt", shell("evaluate", shell.put("visit.json", data), *words).stdout)


def answered(shell: Shell, law: str) -> tuple[str, list[dict[str, Any]]]:
    """The table and the determinations of JSON."""
    data, words = LAWS[law]
    name = shell.put("visit.json", data)
    return shell("evaluate", name, *words).stdout, shell.json("evaluate", name, *words)["determinations"]


def test_held_coverages_come_first_and_other_payers_are_one_line_each(shell: Shell) -> None:
    table, found = answered(shell, "held-first")
    held, _, others = table.partition("Other payers, if they covered the patient")
    assert [d["payer"] for d in found if not d["hypothetical"]] == ["bolt"]
    assert re.findall(r"^ (acme|bolt) ", held, re.MULTILINE) == ["bolt"]
    assert re.findall(r"^ (acme|bolt) ", others, re.MULTILINE) == ["acme"]


def test_plans_that_agree_are_one_row(shell: Shell) -> None:
    table, (found,) = answered(shell, "plans-collapse")
    assert found["plans"] == ["commercial", "exchange"]
    assert re.findall(r"^ acme .*$", table, re.MULTILINE)
    assert "2 plans alike" in table


def test_at_most_three_questions_are_shown_and_the_rest_counted(shell: Shell) -> None:
    table, found = answered(shell, "three-questions")
    asked = {path for d in found for need in d["info_needed"] for path in need["paths"]}
    shown = re.findall(r"^  \? .*?\[([\w.\[\]]+)\]", table, re.MULTILINE | re.DOTALL)
    (rest,) = re.findall(r"… and (\d+) more fact", table)
    assert len(shown) == 3
    assert set(shown) < asked
    assert len(asked) == 3 + int(rest)


@pytest.mark.parametrize("law", LAWS)
def test_every_verdict_says_how_many_topics_were_checked_and_how_current_its_rules_are(law: str, shell: Shell) -> None:
    table, found = answered(shell, law)
    for d in found:
        if d["verdict"] is None:
            continue
        checked = sum(state == "checked" for state in d["topics"].values())
        assert re.search(rf"^ {d['payer']} .*\b{checked}(–\d+)?/{len(d['topics'])}", table, re.MULTILINE)
        end = d["basis"]["current_through"]
        said = re.findall(r"rules of ([\w, ]+) use (?:is known through ([\d-]+)|has a last day)", table)
        days = [day or None for names, day in said if d["payer"] in re.split(r", | and ", names)]
        assert len(days) == 1
        assert days[0] is None or end is None or days[0] <= end


def test_the_first_questions_of_the_table_are_the_first_that_ask_ranks(shell: Shell) -> None:
    table, _ = answered(shell, "three-questions")
    shown = re.findall(r"^  \? .*?\[([\w.\[\]]+)\]", table, re.MULTILINE | re.DOTALL)
    ranked = shell.json("ask", "visit.json")["questions"]
    assert [question["path"] for question in ranked][:3] == shown


def test_without_the_day_of_service_nothing_is_said_of_how_current_the_rules_are(shell: Shell) -> None:
    name = shell.put("visit.json", bare(lines=[{"number": 1, "code": "97760"}]))
    assert "known through" not in shell("evaluate", name).stdout
    (found,) = shell.json("evaluate", name)["determinations"]
    assert found["basis"]["current_through"] is None
