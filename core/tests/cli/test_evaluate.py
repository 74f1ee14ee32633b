"""`crosspayer evaluate`: its formats, whom it asks, and its exit codes."""

import csv
import io
import json
from typing import Any

import pytest
from crosspayer.cli.app import LEVELS
from crosspayer.determination.lattice import VERDICTS
from crosspayer.schemas.validate import problems

from core.tests.cli.conftest import Golden, Shell
from core.tests.invented import encounter

FORMATS = {"table": "txt", "json": "json", "ndjson": "ndjson", "csv": "csv", "findings-csv": "findings.csv"}


def line(**changes: Any) -> dict[str, Any]:
    return {**encounter()["lines"][0], **changes}


@pytest.fixture
def visits(shell: Shell) -> str:
    """Two invented visits: one without a fault, one of an unknown plan with several lines and faults."""
    troubled = encounter(
        id="visit-2",
        coverages=[{"payer": "acme", "order": "primary"}, {"payer": "nobody", "plan": "basic", "order": "secondary"}],
        lines=[
            line(modifiers=["GP", "GO"], units=3),
            line(number=2, code="97763", units=2),
            line(number=3, code="97112"),
        ],
        device={"fit": "off_the_shelf"},
        plan_of_care={"certified_on": "2026-11-20"},
    )
    return shell.put("visits.json", [encounter(), troubled])


@pytest.mark.parametrize("form", FORMATS)
def test_the_formats(form: str, shell: Shell, visits: str, golden: Golden) -> None:
    result = shell("evaluate", visits, "--all-payers", "--format", form)
    assert (result.exit_code, result.stderr) == (1, "")
    golden(f"evaluate.{FORMATS[form]}", result.stdout)


def test_the_answer_is_valid_and_the_other_formats_derive_from_it(shell: Shell, visits: str) -> None:
    answer = shell.json("evaluate", visits, "--all-payers")
    assert problems(answer, "answer", "answer", dict) == []
    found = answer["determinations"]
    assert [(d["encounter"], d["line"], d["payer"]) for d in found] == sorted(
        (d["encounter"], d["line"], d["payer"]) for d in found
    )
    lines = shell("evaluate", visits, "--all-payers", "--format", "ndjson").stdout.splitlines()
    assert [json.loads(text) for text in lines] == found
    rows = list(csv.DictReader(io.StringIO(shell("evaluate", visits, "--all-payers", "--format", "csv").stdout)))
    assert [(r["encounter"], r["line"], r["payer"], r["verdict"]) for r in rows] == [
        (d["encounter"], str(d["line"]), d["payer"], d["verdict"] or "") for d in found
    ]


def test_a_row_for_each_rule_says_what_the_answer_says(shell: Shell, visits: str) -> None:
    found = shell.json("evaluate", visits, "--all-payers")["determinations"]
    rows = csv.DictReader(io.StringIO(shell("evaluate", visits, "--all-payers", "--format", "findings-csv").stdout))
    assert [(r["encounter"], r["line"], r["payer"], r["rule"], r["kind"], r["facts_missing"]) for r in rows] == [
        (d["encounter"], str(d["line"]), d["payer"], f["rule"], f["kind"], " ".join(f["missing"]))
        for d in found
        for f in sorted((*d["findings"], *d["deferred"]), key=lambda finding: str(finding["rule"]))
    ]


def test_what_was_rejected_is_part_of_the_answer(shell: Shell) -> None:
    visits = shell.put("visits.json", [encounter(), encounter(id="bad", lines=[])])
    result = shell("evaluate", visits, "gone.json", "--format", "json")
    assert result.exit_code == 2
    answer = json.loads(result.stdout)
    assert problems(answer, "answer", "answer", dict) == []
    assert [d["encounter"] for d in answer["determinations"]] == ["visit-1"]
    assert [(r["origin"], r["path"], r["what"]) for r in answer["rejected"]] == [
        ("gone.json", "", "there is no such file"),
        ("visits.json", "[1].lines", "the encounter has no lines"),
    ]
    assert len(result.stderr.splitlines()) == 2


def test_the_route_does_not_matter(shell: Shell, visits: str) -> None:
    text = (shell.home / visits).read_text(encoding="utf-8")
    compact = "\n".join(json.dumps(one) for one in json.loads(text))
    whole = shell("evaluate", visits, "--format", "csv").stdout
    assert shell("evaluate", "-", "--format", "csv", stdin=text).stdout == whole
    assert shell("evaluate", "-", "--format", "csv", stdin=compact).stdout == whole
    names = [shell.put(f"{one['id']}.json", one) for one in json.loads(text)]
    assert shell("evaluate", *reversed(names), "--format", "csv").stdout == whole
    assert shell("evaluate", visits, "--format", "json").stdout == shell("evaluate", visits, "--format", "json").stdout


@pytest.mark.parametrize(
    ("coverages", "options", "asked"),
    [
        ([{"payer": "acme", "plan": "commercial"}], [], [("acme", False)]),
        ([{"payer": "acme", "plan": "commercial"}], ["--payer", "bolt"], [("acme", False), ("bolt", True)]),
        ([{"payer": "acme", "plan": "commercial"}], ["--payer", "acme"], [("acme", False)]),
        ([{"payer": "acme", "plan": "commercial"}], ["--all-payers"], [("acme", False), ("bolt", True)]),
        ([{"payer": "acme", "plan": "commercial"}], ["--plan", "bolt/standard"], [("acme", False), ("bolt", True)]),
        ([], [], [("acme", True), ("bolt", True)]),
        ([], ["--payer", "bolt"], [("bolt", True)]),
        ([], ["--plan", "acme/exchange"], [("acme", True)]),
        ([{"payer": "nobody"}], [], [("nobody", False)]),
    ],
)
def test_who_is_asked(
    coverages: list[dict[str, str]], options: list[str], asked: list[tuple[str, bool]], shell: Shell
) -> None:
    name = shell.put("visit.json", encounter(coverages=coverages))
    found = shell.json("evaluate", name, *options)["determinations"]
    assert sorted({(d["payer"], d["hypothetical"]) for d in found}) == asked


def test_the_options_choose_the_plan_that_answers(shell: Shell) -> None:
    name = shell.put("visit.json", encounter(coverages=[]))
    found = shell.json("evaluate", name, "--plan", "acme/exchange")["determinations"]
    assert [(d["plan"], d["prior_auth"]) for d in found] == [("exchange", "conditional")]


def test_a_payer_that_is_not_installed_is_a_silence_with_a_suggestion(shell: Shell) -> None:
    name = shell.put("visit.json", encounter(coverages=[{"payer": "acmee", "plan": "commercial"}]))
    result = shell("evaluate", name, "--format", "json")
    assert (result.exit_code, result.stderr) == (3, "")
    answer = json.loads(result.stdout)
    assert problems(answer, "answer", "answer", dict) == []
    (found,) = answer["determinations"]
    assert (found["silence"], found["verdict"], found["covered"]) == ("plugin_unavailable", None, "indeterminate")
    assert found["detail"] == "no installed plugin answers for this payer; did you mean acme?"


@pytest.mark.parametrize(
    ("facts", "silence", "code"),
    [
        ({"lines": [line(service_date="2019-12-31")]}, "policy_not_in_force", 3),
        ({"lines": [line(code="99213")]}, "no_policy_for_code", 0),  # nothing to act on, and no fact to supply
        ({"coverages": [{"payer": "acme"}], "payer_facts": {"acme": {"gold_card": None}}}, "plan_not_given", 3),
        ({"coverages": [{"payer": "acme", "plan": "platinum"}]}, "plan_not_known", 3),
    ],
)
def test_the_silences_are_told_apart(facts: dict[str, Any], silence: str, code: int, shell: Shell) -> None:
    name = shell.put("visit.json", encounter(**facts))
    result = shell("evaluate", name, "--format", "json")
    assert (result.exit_code, result.stderr) == (code, "")
    assert {d["silence"] for d in json.loads(result.stdout)["determinations"]} == {silence}


# --- exit codes

VISITS: dict[str, dict[str, Any]] = {
    "not_covered": {"lines": [line(modifiers=[])]},
    "reduced": {"lines": [line(units=5)]},
    "auth_needed": {
        "coverages": [{"payer": "acme", "plan": "exchange", "prior_authorization": {"present": False}}],
        "payer_facts": {"acme": {"gold_card": False}},
    },
    "documentation_needed": {
        "plan_of_care": {"certified_on": "2026-11-20", "certification_refused": False},
    },
    "conditional": {"lines": [line(modifiers=None)]},
    "clear": {},
    "covered": {"coverages": [{"payer": "bolt", "plan": "standard", "referral": {"present": True}}]},
}


def test_every_verdict_has_a_visit() -> None:
    assert tuple(VISITS) == VERDICTS


@pytest.mark.parametrize("verdict", VERDICTS)
def test_exit_codes(verdict: str, shell: Shell) -> None:
    name = shell.put("visit.json", encounter(**VISITS[verdict]))
    result = shell("evaluate", name, "--format", "json")
    assert [d["verdict"] for d in json.loads(result.stdout)["determinations"]] == [verdict]
    assert result.exit_code == {"conditional": 3, "clear": 0, "covered": 0}.get(verdict, 1)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("verdict", VERDICTS)
def test_fail_on_moves_the_line(verdict: str, level: str, shell: Shell) -> None:
    name = shell.put("visit.json", encounter(**VISITS[verdict]))
    worse = level != "never" and VERDICTS.index(verdict) <= VERDICTS.index(level)
    assert shell("evaluate", name, "--fail-on", level).exit_code == int(worse)


def test_the_worst_of_several_visits_counts_and_each_counts_what_it_holds(shell: Shell) -> None:
    clear = shell.put("clear.json", encounter())
    opened = shell.put("open.json", encounter(id="open", **VISITS["conditional"]))
    denied = shell.put("denied.json", encounter(id="denied", **VISITS["not_covered"]))
    held_by_nobody = shell.put("none.json", encounter(id="none", coverages=[], **VISITS["not_covered"]))
    assert shell("evaluate", clear, opened).exit_code == 3
    assert shell("evaluate", clear, opened, denied).exit_code == 1
    assert shell("evaluate", clear, held_by_nobody).exit_code == 1


def test_a_payer_the_patient_has_not_does_not_change_the_exit_code(shell: Shell) -> None:
    name = shell.put("visit.json", encounter(device={"kind": "orthosis", "fit": "off_the_shelf"}))
    assert shell("evaluate", name).exit_code == 0
    assert shell("evaluate", name, "--all-payers").exit_code == 0
    assert shell("evaluate", name, "--payer", "bolt").exit_code == 0


# --- the day of evaluation


def test_the_day_of_evaluation_is_an_input(shell: Shell) -> None:
    name = shell.put("visit.json", encounter())
    plain = shell.json("evaluate", name)["determinations"][0]
    dated = shell.json("evaluate", name, "--evaluation-date", "2026-11-01")["determinations"][0]
    assert dated["basis"].pop("input") != plain["basis"].pop("input")
    assert dated == plain  # no rule of acme asks for it


def test_the_encounters_own_day_of_evaluation_holds(shell: Shell) -> None:
    name = shell.put("visit.json", encounter(evaluation_date="2026-10-20"))
    assert shell.json("evaluate", name, "--evaluation-date", "2026-11-01") == shell.json("evaluate", name)
