"""The JSON Schema of answers, written from the structs they are made of: one definition, no second list of fields."""

from __future__ import annotations

from typing import Any

import msgspec

from crosspayer.determination.model import Answer
from crosspayer.errors import Problem


def answer_schema() -> dict[str, Any]:
    """The whole schema; `schemas/answer.schema.json` is its text.

    Fields without a default are required; those with one may be lacking in answers of earlier versions. Further ones
    are allowed: readers ignore those they do not know.
    """
    _, parts = msgspec.json.schema_components([Answer, Problem], ref_template="#/$defs/{name}")
    for part in parts.values():
        part["description"] = " ".join(part["description"].split())  # docstrings are broken and indented
    answer = parts.pop("Answer")
    rejected = {
        "description": "What is wrong with records that were not answered; left out where there is none.",
        "type": "array",
        "minItems": 1,
        "items": {"$ref": "#/$defs/Problem"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://crosspayer.dev/schemas/answer.schema.json",
        **answer,
        "required": ["format", "determinations"],
        "properties": {
            "format": {"enum": answer["properties"]["format"]["enum"]},
            "determinations": answer["properties"]["determinations"],
            "rejected": rejected,
        },
        "$defs": dict(sorted(parts.items())),
    }
