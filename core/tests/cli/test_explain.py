"""`crosspayer explain`: every rule of one payer, what it found, on which facts and sources."""

import json
from typing import Any

import pytest

from core.tests.cli.conftest import Golden, Shell
from core.tests.invented import encounter


@pytest.fixture
def visit(shell: Shell) -> str:
    """An invented visit with something of everything: a failure, a weak one, an open rule, passes."""
    line = {**encounter()["lines"][0], "modifiers": ["GP", "GO"]}
    return shell.put("visit.json", encounter(lines=[line], device={}, documentation={"wear_schedule": False}))


@pytest.mark.parametrize(("form", "ending"), [("table", "txt"), ("json", "json")])
def test_the_formats(form: str, ending: str, shell: Shell, visit: str, golden: Golden) -> None:
    result = shell("explain", visit, "--payer", "acme", "--format", form)
    assert (result.exit_code, result.stderr) == (1, "")
    golden(f"explain.{ending}", result.stdout)


def explained(shell: Shell, *words: str) -> dict[str, Any]:
    """The rules of the only line explained, by id."""
    document = shell.json("explain", *words)
    assert document["format"] == "crosspayer/explanation/1"
    (line,) = document["lines"]
    return {rule["rule"]: rule for rule in line["rules"]}


def test_every_finding_is_explained_and_agrees_with_the_answer(shell: Shell, visit: str) -> None:
    (answered,) = shell.json("evaluate", visit)["determinations"]
    rules = explained(shell, visit, "--payer", "acme")
    findings = [*answered["findings"], *answered["deferred"]]
    assert {name: rule["kind"] for name, rule in rules.items()} == {f["rule"]: f["kind"] for f in findings}
    assert {f["rule"]: f["facts"] for f in findings} == {name: rule["facts"] for name, rule in rules.items()}
    assert all(rule["sources"] and rule["requires"] and rule["when"] for rule in rules.values())


def test_a_rule_is_explained_with_the_values_and_the_source_of_its_day(shell: Shell, visit: str) -> None:
    rule = explained(shell, visit, "--payer", "acme", "--rule", "acme/units/units-a-day")["acme/units/units-a-day"]
    assert "3" in rule["requires"]
    assert [source["id"] for source in rule["sources"]] == ["acme/billing-guide"]
    assert rule["in_force"] == ["2020-01-01", None]


@pytest.mark.parametrize(
    ("plan", "source", "effect"),
    [("commercial", "basics/society", "not_covered"), ("exchange", "acme/device-notice", "warn")],
)
def test_a_rule_of_a_pack_is_explained_as_the_plan_uses_it(plan: str, source: str, effect: str, shell: Shell) -> None:
    name = shell.put("visit.json", encounter(coverages=[{"payer": "acme", "plan": plan}]))
    rule = explained(shell, name, "--payer", "acme", "--rule", "basics/codes/valid-device")["basics/codes/valid-device"]
    assert rule["sources"][0]["id"] == source
    assert rule["effect"] == effect
    assert rule["cites"][0] == source


def test_one_rule_alone(shell: Shell, visit: str) -> None:
    result = shell("explain", visit, "--payer", "acme", "--rule", "acme/units/discipline-modifier")
    assert "acme/units/discipline-modifier" in result.stdout
    assert "units-a-day" not in result.stdout
    assert result.exit_code == 1


def test_one_line_alone(shell: Shell) -> None:
    lines = [{**encounter()["lines"][0], "number": number} for number in (1, 2)]
    name = shell.put("visit.json", encounter(lines=lines))
    everything = shell.json("explain", name, "--payer", "acme")["lines"]
    assert [line["line"] for line in everything] == [1, 2]
    assert shell.json("explain", name, "--payer", "acme", "--line", "2")["lines"] == everything[1:]


def test_a_payer_the_patient_has_not_explains_itself_too(shell: Shell, visit: str) -> None:
    assert sorted(explained(shell, visit, "--payer", "bolt")) == ["bolt/benefit/custom-device", "bolt/benefit/referral"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--payer", "acmee"], "no loaded plugin answers for the payer acmee; did you mean acme?"),
        (
            ["--payer", "acme", "--plan", "comercial"],
            "the payer acme knows no plan comercial; did you mean acme/commer",
        ),
        (
            ["--payer", "acme", "--rule", "acme/units/discipline-modifer"],
            "acme has no rule acme/units/discipline-modifer; did you mean acme/units/discipline-modifier?",
        ),
        (["--payer", "acme", "--rule", "x"], "acme has no rule x; see crosspayer explain without --rule."),
        (
            ["--payer", "acme", "--line", "9"],
            "visit.json: no line has the number 9; leave --line out to see every line.",
        ),
    ],
)
def test_what_is_asked_for_and_is_not_there(words: list[str], sentence: str, shell: Shell, visit: str) -> None:
    result = shell("explain", visit, *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"crosspayer: {sentence}")
    assert len(result.stderr.splitlines()) == 1


def test_the_good_one_of_two_is_explained(shell: Shell) -> None:
    bad = encounter(id="bad", payer_facts={"acme": {"gold_card": "yes"}})
    name = shell.put("two.json", json.dumps([encounter(), bad]))
    result = shell("explain", name, "--payer", "acme", "--format", "json")
    assert result.exit_code == 2
    assert [line["encounter"] for line in json.loads(result.stdout)["lines"]] == ["visit-1"]
    assert "payer_facts.acme.gold_card: the value is not a boolean" in result.stderr


def test_a_plan_may_be_written_with_its_payer(shell: Shell) -> None:
    name = shell.put("visit.json", encounter())
    alone = shell("explain", name, "--payer", "acme", "--plan", "exchange").stdout
    assert shell("explain", name, "--payer", "acme", "--plan", "acme/exchange").stdout == alone
    assert "exchange" in alone
