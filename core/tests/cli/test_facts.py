"""`crosspayer facts`: the catalogue, with the facts that only one payer asks for."""

import pytest
from crosspayer.encounter.catalogue import CATALOGUE

from core.tests.cli.conftest import Golden, Shell


@pytest.mark.parametrize(("form", "ending"), [("table", "txt"), ("json", "json")])
def test_a_group_of_facts(form: str, ending: str, shell: Shell, golden: Golden) -> None:
    result = shell("facts", "payer_facts.acme", "--format", form)
    assert (result.exit_code, result.stderr) == (0, "")
    golden(f"facts.{ending}", result.stdout)


def test_every_fact_is_listed_in_the_order_of_the_catalogue_then_by_payer(shell: Shell) -> None:
    found = shell.json("facts")
    assert found["format"] == "crosspayer/facts/1"
    assert [fact["path"] for fact in found["facts"]] == [*CATALOGUE, "payer_facts.acme.gold_card"]
    table = shell("facts")
    assert table.exit_code == 0
    assert all(f" {path} " in table.stdout for path in CATALOGUE)


def test_every_fact_says_what_it_is(shell: Shell) -> None:
    for found in shell.json("facts")["facts"][: len(CATALOGUE)]:
        fact = CATALOGUE[found["path"]]
        assert (found["type"], found["meaning"], found["ask"]) == (fact.type.value, fact.meaning, fact.ask.value)
        assert (found["derived"], found.get("words", [])) == (fact.derived, list(fact.words))
        assert (found.get("minimum"), found.get("maximum")) == (fact.low, fact.high)


def test_one_fact_in_full(shell: Shell) -> None:
    said = shell("facts", "line.units").stdout
    assert said.splitlines() == [
        "line.units: units billed",
        "  type: integer, in units",
        "  from 0 to 999",
        "  837: SV104",
        "  FHIR R4: item.quantity",
        "  ask: biller",
    ]


def test_the_beginning_of_a_path_names_whole_steps(shell: Shell) -> None:
    paths = [fact["path"] for fact in shell.json("facts", "line.rendering")["facts"]]
    assert paths
    assert all(path.startswith("line.rendering.") for path in paths)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("line.unit", "there is no fact line.unit; did you mean line.units?"),
        ("gold_card", "there is no fact gold_card; "),
        ("zz", "there is no fact zz; see crosspayer facts."),
    ],
)
def test_a_fact_that_is_not_there(path: str, sentence: str, shell: Shell) -> None:
    result = shell("facts", path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"crosspayer: {sentence}")
