"""The JSON Schema of encounters, written from the fact catalogue."""

from __future__ import annotations

from typing import Any

from crosspayer.encounter.fact import Fact, Type
from crosspayer.encounter.model import FORMAT, LIMITS, MAX_TEXT, Tree, fact_tree


def value_schema(fact: Fact) -> dict[str, Any]:
    """The schema of one fact's value."""
    match fact.type:
        case Type.BOOLEAN:
            shape: dict[str, Any] = {"type": "boolean"}
        case Type.INTEGER:
            shape = {"type": "integer", "minimum": fact.low, "maximum": fact.high}
        case Type.MONEY:
            shape = {"type": "number", "minimum": fact.low, "maximum": fact.high}
        case Type.DATE:
            shape = {"type": "string", "format": "date"}
        case Type.WORD:
            shape = {"enum": list(fact.words)}
        case Type.CODES:
            most = LIMITS["modifiers" if fact.path.endswith("modifiers") else "codes"]
            items = {"type": "string", "pattern": fact.pattern} if fact.pattern else {"type": "string"}
            shape = {"type": "array", "maxItems": most, "items": items}
        case _:
            shape = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}
            if fact.pattern:
                shape["pattern"] = fact.pattern
    unit = f" ({fact.unit})" if fact.unit else ""
    return {**shape, "description": f"{fact.meaning}{unit}"}


def _value(fact: Fact) -> dict[str, Any]:
    """The schema of one fact of an encounter; null says the same as leaving it out."""
    shape = value_schema(fact)
    if "enum" in shape:
        return {**shape, "enum": [*shape["enum"], None]}
    return {**shape, "type": [shape["type"], "null"]}


def _object(tree: Tree, extra: dict[str, Any] | None = None, *, null: bool = True) -> dict[str, Any]:
    properties = {key: _value(node) if isinstance(node, Fact) else _object(node) for key, node in tree.items()}
    return {
        "type": ["object", "null"] if null else "object",
        "additionalProperties": False,
        "properties": {**properties, **(extra or {})},
    }


def _list(item: dict[str, Any], most: int, meaning: str) -> dict[str, Any]:
    return {"type": ["array", "null"], "maxItems": most, "items": item, "description": meaning}


def encounter_schema() -> dict[str, Any]:
    """The whole schema; `schemas/encounter.schema.json` is its text."""
    tree = fact_tree("")
    history = tree.pop("history")
    code = {"type": "string", "minLength": 1, "maxLength": 10, "pattern": "^[A-Z0-9][A-Z0-9.]*$"}
    diagnosis = _object({}, {"code": {**code, "description": "diagnosis code"}}, null=False) | {"required": ["code"]}
    lines = _list(_object(fact_tree("line"), null=False), LIMITS["lines"], "the service lines of one day")
    value = {"type": ["boolean", "integer", "number", "string", "array", "null"]}
    extra = {
        "format": {"enum": [FORMAT, None], "description": "format of this document"},
        "id": {"type": "string", "minLength": 1, "maxLength": MAX_TEXT, "description": "key of the encounter"},
        "coverages": _list(_object(fact_tree("coverage"), null=False), LIMITS["coverages"], "the patient's insurances"),
        "diagnoses": _list(diagnosis, LIMITS["diagnoses"], "diagnoses"),
        "lines": {**lines, "type": "array", "minItems": 1},
        "history": _object(
            history,
            {"lines": _list(_object(fact_tree("past"), null=False), LIMITS["history"], "earlier service lines")},
        ),
        "payer_facts": {
            "type": ["object", "null"],
            "additionalProperties": {"type": ["object", "null"], "additionalProperties": value},
            "description": "facts only one payer asks for, by payer and name",
        },
    }
    body = _object(tree, extra, null=False)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://crosspayer.dev/schemas/encounter.schema.json",
        "title": "Encounter",
        "description": (
            "One visit of one patient. A fact that is absent or null is unknown; known absence is said outright "
            "(false, an empty list). All lines have one date of service."
        ),
        **body,
        "required": ["id", "lines"],
    }
