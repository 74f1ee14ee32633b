"""The JSON Schema of answers."""

from __future__ import annotations

from typing import Any

from crosspayer.determination.model import Answer
from crosspayer.errors import Problem
from crosspayer.schemas.from_types import schema_of


def answer_schema() -> dict[str, Any]:
    """The whole schema; `schemas/answer.schema.json` is its text."""
    schema = schema_of("answer", Answer, Problem)
    schema["properties"]["rejected"] = {
        "description": "What is wrong with records that were not answered; left out where there is none.",
        "type": "array",
        "minItems": 1,
        "items": {"$ref": "#/$defs/Problem"},
    }
    return schema
