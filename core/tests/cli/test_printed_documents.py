"""What commands print for programs keeps to its schema, and the schema describes what is printed and nothing else."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from crosspayer import schemas
from crosspayer.authoring.write_schemas import PRINTED
from jsonschema import Draft202012Validator

from core.tests.cli.conftest import Shell
from core.tests.cli.spoiling import spoil
from core.tests.invented import FOLDER, copied, encounter

CARD = """\
format = 1
[[entries]]
payer = "acme"
facts.payer_facts.acme.gold_card = true
"""


def visits(shell: Shell) -> dict[str, str]:
    """Encounters of which rules pass, fail and stay open, by what they are."""
    line = encounter()["lines"][0]
    bare = {key: value for key, value in line.items() if key not in ("modifiers", "units")}
    made = {
        "open": {**encounter(lines=[bare], device={}), "documentation": {}},
        "failing": encounter(lines=[{**line, "modifiers": ["GP", "GO"]}]),
        "passing": encounter(),
        "ordered": encounter(stage="order"),
        "bare": {"id": "bare", "lines": [{"number": 1, "code": "97760"}]},
    }
    return {name: shell.put(f"{name}.json", data) for name, data in made.items()}


def printed(shell: Shell, name: str) -> Iterator[Any]:
    """Real documents of this name."""
    files = visits(shell)
    match name:
        case "attestation":
            spoil(copied("basics", shell.home) / "cases/codes.toml", ('expect = "fail"', 'expect = "pass"'))
            yield shell.json("plugins", "test", "--on", "2026-11-25")
        case "case-results":
            folder = copied("basics", shell.home)
            spoil(folder / "cases/codes.toml", ('expect = "fail"', 'expect = "pass"'))
            yield shell.json("policy", "test", "acme", str(folder))
        case "comparison":
            told = ('topic = "authorization"', 'topic = "authorization"\ncompare = "authorization"')
            spoil(copied("acme", shell.home) / "policies/care.toml", told)
            yield shell.json("plugins", "compare", "--plugin-dir", "acme")
            yield shell.json("plugins", "compare", "--plugin-dir", "acme", "--on", "2026-10-05", "--code", "97760")
        case "explanation":
            shell.put("profile.toml", CARD)
            named = 'name = "gold_card"'
            spoil(copied("acme", shell.home) / "payer.toml", (named, f'{named}\nholds_for = "contract"'))
            exchange = [{"payer": "acme", "plan": "exchange"}]
            card = {"acme": {"gold_card": False}}
            files["overruled"] = shell.put("overruled.json", encounter(coverages=exchange, payer_facts=card))
            for file in files.values():
                yield shell.json(
                    "explain", file, "--payer", "acme", "--profile", "profile.toml", "--plugin-dir", "acme"
                )
        case "facts":
            yield shell.json("facts")
        case "plugins":
            spoil(copied("acme", shell.home) / "payer.toml", ("api = 1", "api = 2"))
            yield shell.json("plugins", "list", "--plugin-dir", "acme")
        case "tables":
            yield shell.json("tables", "list")
        case "validation":
            spoil(copied("basics", shell.home) / "cases/codes.toml", ('expect = "fail"', 'expect = "fails"'))
            yield shell.json("policy", "validate", "basics")
            yield shell.json("policy", "validate", str(FOLDER / "bolt"))
        case "coverage":
            yield shell.json("policy", "coverage", str(FOLDER / "basics"), str(FOLDER / "acme"), "--mutants")
            yield shell.json("policy", "coverage", str(FOLDER / "bolt"))
        case "questions":
            for file in files.values():
                yield shell.json("ask", file, "--all-payers")
        case "settling":
            for file in files.values():
                yield shell.json("ask", file, "--all-payers", "--what-would-change")
        case "denial":
            for file in files.values():
                for code in (("4",), ("CO-4", "--remark", "N519"), ("182",)):
                    yield shell.json("explain", file, "--denied", *code)
        case "payable":
            for file in files.values():
                yield shell.json("explain", file, "--why-payable")


def closed(schema: Any) -> Any:
    """The schema with no room for what it does not describe."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(value) for key, value in schema.items()}
    return {**made, "additionalProperties": False} if "properties" in made and "type" in made else made


def faults(schema: Any, document: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(document)]


def records(schema: Any, node: Any, parts: Any, name: str = "") -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Every object in a document that the schema describes field by field: its part, that part's schema, the object."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from records(parts[name], node, parts, name)
    for branch in schema.get("anyOf", ()):
        if not faults({**branch, "$defs": parts}, node):
            yield from records(branch, node, parts, name)
    if isinstance(node, list):
        for part in node:
            yield from records(schema.get("items") or {}, part, parts, name)
    if isinstance(node, dict) and "properties" in schema:
        yield name, schema, node
        for field, shape in schema["properties"].items():
            if field in node:
                yield from records(shape, node[field], parts, name)


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_printed_is_what_the_schema_describes(name: str, shell: Shell) -> None:
    schema: Any = schemas.load(name)
    seen = set[tuple[str, str]]()
    for document in printed(shell, name):
        assert faults(closed(schema), document) == []
        assert faults(schema, document) == []
        seen |= {(part, field) for part, _, node in records(schema, document, schema["$defs"]) for field in node}
    parts = {"": schema, **schema["$defs"]}
    unseen = {(part, field) for part, shape in parts.items() for field in shape.get("properties", ())} - seen
    assert unseen == set()


@pytest.mark.parametrize("name", PRINTED)
def test_a_document_that_changed_is_refused(name: str, shell: Shell) -> None:
    schema: Any = schemas.load(name)
    document = max(printed(shell, name), key=lambda one: len(json.dumps(one)))
    fullest: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}  # of each kind of object one is enough
    for part, shape, node in records(schema, document, schema["$defs"]):
        if len(node) > len(fullest.get(part, ({}, {}))[1]):
            fullest[part] = shape, node
    assert len(fullest) > 1
    for shape, node in fullest.values():
        for field, value in list(node.items()):
            kept = dict(node)
            del node[field]
            assert bool(faults(schema, document)) == (field in shape["required"])
            node[f"{field}_renamed"] = value
            assert faults(closed(schema), document)
            del node[f"{field}_renamed"]
            node[field] = [[]]
            assert bool(faults(schema, document)) == (shape["properties"][field] not in ANYTHING)
            node.clear()
            node.update(kept)
    assert faults(closed(schema), document) == []


ANYTHING: tuple[Any, ...] = ({},)
"""What the schema says of a value that may be of any type: one of an encounter."""


@pytest.mark.parametrize("name", PRINTED)
def test_readers_ignore_what_they_do_not_know(name: str, shell: Shell) -> None:
    schema: Any = schemas.load(name)
    document = max(printed(shell, name), key=lambda one: len(json.dumps(one)))
    for _, _, node in list(records(schema, document, schema["$defs"])):
        node["of_a_later_version"] = {"new": 1}
    assert faults(schema, document) == []
    assert faults(closed(schema), document)
