"""The schema of encounters and the decoder say the same: both come from the catalogue."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Fact, Type
from crosspayer.encounter.read import Encounter
from crosspayer.encounter.schema import encounter_schema
from crosspayer.errors import InputError
from crosspayer.schemas.validate import problems

ROOT = Path(__file__).parents[3]
SUPPLIED = [fact for fact in CATALOGUE.values() if not fact.derived]
LISTS = {"line": "lines", "coverage": "coverages", "past": "lines"}
VALID: dict[Type, Any] = {
    Type.BOOLEAN: True,
    Type.INTEGER: 1,
    Type.MONEY: 12.5,
    Type.DATE: "2026-10-05",
    Type.TIME: "23:59",
    Type.TEXT: "some text",
}
CODES = {
    "^[A-Z]{2}$": "OH", "^[0-9]{2}$": "11", "^[0-9]{4}$": "0420", "^[A-Z0-9]{5}$": "97760", "^[A-Z0-9]{2}$": "GP",
    "^[A-Z][0-9]{4}$": "L1832", "^[0-9]{2,3}[0-9X]?$": "131", "": "ABC",
}  # fmt: skip


def valid(fact: Fact) -> Any:
    match fact.type:
        case Type.WORD:
            return fact.words[0]
        case Type.CODE:
            return CODES[fact.pattern]
        case Type.CODES:
            return [CODES[fact.pattern]]
    return VALID[fact.type]


def with_fact(fact: Fact, value: Any) -> dict[str, Any]:
    """An encounter with one line and this fact."""
    data: dict[str, Any] = {"id": "e", "lines": [{}]}
    steps = fact.path.split(".")
    node: Any = data
    if fact.entity:
        home = data.setdefault("history", {}) if fact.entity == "past" else data
        node = home.setdefault(LISTS[fact.entity], [{}])[0]
        steps = steps[1:]
    for step in steps[:-1]:
        node = node.setdefault(step, {})
    node[steps[-1]] = value
    return data


def refused(data: dict[str, Any]) -> tuple[bool, bool]:
    """Whether the schema and the reader refuse the encounter."""
    by_schema = bool(problems(data, "encounter", "encounter", dict))
    try:
        Encounter.from_json(json.dumps(data))
    except InputError:
        return by_schema, True
    return by_schema, False


@pytest.mark.parametrize("fact", SUPPLIED, ids=lambda fact: fact.path)
def test_every_fact_may_be_given_or_null(fact: Fact) -> None:
    assert refused(with_fact(fact, valid(fact))) == (False, False)
    assert refused(with_fact(fact, None)) == (False, False)


@pytest.mark.parametrize("fact", SUPPLIED, ids=lambda fact: fact.path)
def test_a_value_of_another_type_is_refused_by_both(fact: Fact) -> None:
    wrong: Any
    for wrong in ({"a": 1}, [[]], "yes" if fact.type is Type.BOOLEAN else False):
        assert refused(with_fact(fact, wrong)) == (True, True)


@pytest.mark.parametrize(
    "fact", [fact for fact in SUPPLIED if fact.low is not None or fact.high is not None], ids=lambda fact: fact.path
)
def test_the_bounds_are_those_of_the_catalogue(fact: Fact) -> None:
    for bound, step in ((fact.low, -1), (fact.high, 1)):
        if bound is not None:
            assert refused(with_fact(fact, bound)) == (False, False)
            assert refused(with_fact(fact, bound + step)) == (True, True)


@pytest.mark.parametrize("fact", [fact for fact in SUPPLIED if fact.pattern], ids=lambda fact: fact.path)
def test_a_code_of_another_form_is_refused_by_both(fact: Fact) -> None:
    wrong = "no-code!"
    assert refused(with_fact(fact, [wrong] if fact.type is Type.CODES else wrong)) == (True, True)


@pytest.mark.parametrize("fact", [fact for fact in CATALOGUE.values() if fact.derived], ids=lambda fact: fact.path)
def test_a_derived_fact_is_never_supplied(fact: Fact) -> None:
    assert refused(with_fact(fact, 1)) == (True, True)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda e: e.pop("id"),
        lambda e: e.pop("lines"),
        lambda e: e.update(id=""),
        lambda e: e.update(id=None),
        lambda e: e.update(lines=[]),
        lambda e: e.update(lines=None),
        lambda e: e.update(format="crosspayer/encounter/2"),
        lambda e: e.update(claim={}),
        lambda e: e.update(diagnoses=[{}]),
        lambda e: e.update(payer_facts=[]),
        lambda e: e["lines"].append({"units": 2.5}),
        lambda e: e.update(lines=[{}] * 1001),
    ],
)
def test_a_document_of_another_shape_is_refused_by_both(spoil: Any) -> None:
    data: dict[str, Any] = {"id": "e", "lines": [{}]}
    assert refused(copy.deepcopy(data)) == (False, False)
    spoil(data)
    assert refused(data) == (True, True)


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.json")), ids=lambda path: path.stem)
def test_the_examples_are_valid(path: Path) -> None:
    assert problems(json.loads(path.read_text(encoding="utf-8")), "encounter", path.name, dict) == []


def test_every_fact_is_described_with_its_unit() -> None:
    text = json.dumps(encounter_schema(), ensure_ascii=False)
    for fact in SUPPLIED:
        unit = f" ({fact.unit})" if fact.unit else ""
        assert json.dumps(f"{fact.meaning}{unit}", ensure_ascii=False) in text
