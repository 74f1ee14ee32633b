"""JSON Schemas of documents crosspayer writes, made from the types they are made of: no second list of fields."""

from __future__ import annotations

from typing import Any


def schema_of(name: str, root: type, *others: type) -> dict[str, Any]:
    """The schema `name` of documents that are a `root`; `others` are types it has `$defs` for as well.

    Fields without a default are required, and the format is; those with one may be lacking in documents of earlier
    versions. Further ones are allowed: readers ignore those they do not know.
    """
    import msgspec

    _, parts = msgspec.json.schema_components([root, *others], ref_template="#/$defs/{name}")
    for part in parts.values():
        part["description"] = " ".join(part["description"].split())  # docstrings are broken and indented
    document = parts.pop(root.__name__)
    fields = {"format": document["properties"].pop("format"), **document["properties"]}
    required = ["format", *(field for field in document["required"] if field != "format")]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://crosspayer.dev/schemas/{name}.schema.json",
        **document,
        "required": required,
        "properties": {field: _without_default(shape) for field, shape in fields.items()},
        "$defs": dict(sorted(parts.items())),
    }


def _without_default(shape: dict[str, Any]) -> dict[str, Any]:
    """The shape of a field of the document itself: nothing stands in for it."""
    return {key: value for key, value in shape.items() if key != "default"}
