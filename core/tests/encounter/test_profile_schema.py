"""Which facts may stand in a profile, and that the shipped schema says so."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from crosspayer import schemas
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Ask
from crosspayer.encounter.profile_schema import profile_facts, profile_schema
from jsonschema import Draft202012Validator, FormatChecker


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for part in schema.values():
            yield from parts(part)


def test_the_shipped_schema_is_the_one_made_from_the_catalogue() -> None:
    made = json.dumps(profile_schema(), indent=2, ensure_ascii=False) + "\n"
    assert schemas.text("profile") == made, "run: python -m crosspayer.authoring.write_schemas schemas"


def test_every_object_is_closed_and_every_key_has_help() -> None:
    for part in parts(profile_schema()):
        if part.get("type") == "object":
            assert part["additionalProperties"] is False
            assert all("description" in value or "$ref" in value for value in part.get("properties", {}).values())


def test_no_fact_of_a_visit_a_line_or_the_past_may_stand_in_a_profile() -> None:
    allowed = profile_facts().values()
    assert {fact.entity for fact in allowed} == {"", "coverage"}
    assert [fact.path for fact in allowed if fact.derived or fact.ask is Ask.CLINICIAN] == []
    heads = {fact.path.partition(".")[0] for fact in allowed}
    assert heads == {"setting", "contractor", "rendering", "billing", "coverage"}


def test_what_an_entry_is_found_by_is_not_among_its_facts() -> None:
    keys = {"coverage.payer", "coverage.plan", "billing.npi", "rendering.npi"}
    assert keys <= set(CATALOGUE)
    assert keys & set(profile_facts()) == set()


@pytest.mark.parametrize(
    ("facts", "valid"),
    [
        ({"coverage": {"unit_method": "cms_total"}}, True),
        ({"coverage": {"unit_method": None}}, False),
        ({"coverage": {}}, False),
        ({"payer_facts": {"acme": {"gold_card": True}}}, True),
        ({"payer_facts": {"acme": {"gold_card": {"a": 1}}}}, False),
        ({"payer_facts": {"acme": {"tier": "?"}}}, False),
        ({"patient": {"age": 54}}, False),
    ],
)
def test_any_validator_decides_alike(facts: dict[str, Any], valid: bool) -> None:
    validator = Draft202012Validator(profile_schema(), format_checker=FormatChecker(["date"]))
    assert validator.is_valid({"format": 1, "entries": [{"facts": facts, "from": "2026-01-01"}]}) is valid
