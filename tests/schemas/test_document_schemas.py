"""The schemas of the documents that policy authors write: what they accept, what they refuse, and where."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import time
from pathlib import Path
from typing import Any, get_args

import pytest
from crosspayer.encounter.catalogue.coverage import LINES_OF_BUSINESS
from crosspayer.encounter.fact import Ask, Type
from crosspayer.language.operands import MAX_LIST
from crosspayer.language.operators import OPERATORS
from crosspayer.language.parse import MAX_DEPTH, QUANTIFIERS
from crosspayer.policy.grades import CONFIDENCE, GRADES
from crosspayer.policy.model import EFFECTS, STAGES, TOPICS
from crosspayer.policy.vocabulary import Grants
from crosspayer.schemas.positions import KeyPath, dotted
from crosspayer.schemas.validate import problems
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[2]
LANGUAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
NAMES = ("case", "import", "pack", "payer", "policy", "sources", "table")
SCHEMAS: dict[str, dict[str, Any]] = {
    name: json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")) for name in NAMES
}
Places = Callable[[str, Any], set[KeyPath]]


# --- the schemas themselves


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_valid_and_says_what_it_is(name: str) -> None:
    schema = SCHEMAS[name]
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"https://crosspayer.dev/schemas/{name}.schema.json"
    assert schema["title"]
    assert schema["description"]


def subschemas(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for part in schema.values():
            yield from subschemas(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from subschemas(part)


@pytest.mark.parametrize("name", NAMES)
def test_every_key_an_author_writes_has_help(name: str) -> None:
    definitions = SCHEMAS[name]["$defs"]

    def helps(schema: Any) -> bool:
        if "description" in schema:
            return True
        return "$ref" in schema and helps(definitions[schema["$ref"].removeprefix("#/$defs/")])

    mute = [
        key
        for schema in subschemas(SCHEMAS[name])
        if "additionalProperties" in schema
        for key, value in schema.get("properties", {}).items()
        if value is not True and "not" not in value and not helps(value)
    ]
    assert mute == []


@pytest.mark.parametrize("name", NAMES)
def test_every_object_is_closed(name: str) -> None:
    open_objects = [
        schema
        for schema in subschemas(SCHEMAS[name])
        if schema.get("type") == "object" and ("properties" in schema or "patternProperties" in schema)
        if schema.get("additionalProperties") is not False
    ]
    assert open_objects == []


def test_a_definition_is_the_same_in_every_schema() -> None:
    seen: dict[str, Any] = {}
    for schema in SCHEMAS.values():
        for key, definition in schema["$defs"].items():
            assert seen.setdefault(key, definition) == definition


@pytest.mark.parametrize("name", NAMES)
def test_every_definition_is_used(name: str) -> None:
    used = {schema["$ref"].removeprefix("#/$defs/") for schema in subschemas(SCHEMAS[name]) if "$ref" in schema}
    assert used == set(SCHEMAS[name]["$defs"])


# --- the same words as the engine and the language page


def named_by(definition: str) -> tuple[str, ...]:
    """The keys a `oneOf` of required keys tells apart."""
    return tuple(key for branch in SCHEMAS["policy"]["$defs"][definition]["oneOf"] for key in branch["required"])


def test_the_vocabularies_are_the_engines() -> None:
    policy, payer, table = (SCHEMAS[name]["$defs"] for name in ("policy", "payer", "table"))
    rule = policy["rule"]["properties"]
    assert tuple(rule["topic"]["enum"]) == TOPICS
    assert tuple(policy["effect"]["enum"]) == EFFECTS
    assert tuple(rule["stage"]["enum"]) == STAGES
    assert tuple(rule["grants"]["enum"]) == get_args(Grants)
    assert tuple(policy["confidence"]["enum"]) == CONFIDENCE
    assert tuple(SCHEMAS["sources"]["$defs"]["source"]["properties"]["grade"]["enum"]) == GRADES
    assert tuple(payer["plan"]["properties"]["line_of_business"]["enum"]) == LINES_OF_BUSINESS
    assert tuple(payer["fact_declaration"]["properties"]["ask"]["enum"]) == tuple(Ask)
    assert set(payer["fact_declaration"]["properties"]["type"]["enum"]) == set(Type) - {Type.TIME}
    assert set(table["column"]["properties"]["type"]["enum"]) == set(Type) - {Type.TIME, Type.CODES}
    assert policy["codes"]["maxItems"] == policy["words"]["else"]["maxItems"] == MAX_LIST


def test_the_operators_are_the_engines() -> None:
    assert set(named_by("one_operator")) == set(OPERATORS)
    assert set(named_by("one_column_operator")) == {n for n, o in OPERATORS.items() if o.left - {Type.CODES}}
    assert set(named_by("one_number_operator")) == {n for n, o in OPERATORS.items() if Type.INTEGER in o.left}


def test_the_keys_that_name_a_condition_are_all_known() -> None:
    definitions = SCHEMAS["policy"]["$defs"]
    assert set(definitions["condition"]["then"]["then"]["dependentSchemas"]) == set(named_by("one_naming_key"))
    assert set(QUANTIFIERS) == set(definitions["quantified_condition"]["properties"])
    written = {key for name in definitions if "condition" in name for key in definitions[name].get("properties", ())}
    written |= set(definitions["combination"]["properties"]) | set(definitions["sum_of_facts"]["properties"])
    written |= set(definitions["sum_over_list"]["properties"])
    assert set(definitions["unnamed_condition"]["properties"]) == written


def words_of(row: str) -> list[str]:
    """The words in code marks in the second cell of a row of the language page."""
    (cell,) = re.findall(rf"^\| `{row}` \| (.+) \|$", LANGUAGE, re.MULTILINE)
    return re.findall(r"`([a-z_]+)`", cell)


def test_the_vocabularies_are_the_language_pages() -> None:
    definitions = SCHEMAS["policy"]["$defs"]
    rule = definitions["rule"]["properties"]
    assert words_of("topic") == rule["topic"]["enum"]
    assert words_of("effect") == definitions["effect"]["enum"]
    assert words_of("confidence") == definitions["confidence"]["enum"]
    assert words_of("stage")[:5] == rule["stage"]["enum"]
    assert words_of("grants") == rule["grants"]["enum"]
    assert words_of("scope")[:2] == rule["scope"]["enum"]
    assert words_of("dated_by") == rule["dated_by"]["enum"]
    assert set(re.findall(r"^\| `([a-z_]+)`(?:, `to`)? \|", section("Rules"), re.MULTILINE)) <= set(rule)


# --- the examples of the language page


def section(title: str) -> str:
    return LANGUAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def blocks(title: str) -> list[str]:
    found = re.findall(r"```toml\n(.*?)```", section(title), re.DOTALL)
    return [block.replace('"…"', '"https://example.org/document"') for block in found]


HEADER = 'format = 1\nid = "acme/units"\ntitle = "Units"\ncodes = ["97760"]\n'
RULE = '[[rules]]\nid = "example"\ntopic = "units"\neffect = "warn"\ncites = ["notice"]\n'
REQUIRE = 'require = { fact = "line.units", at_most = 4 }\n'
MANIFEST, PACK_USE = blocks("The manifest")[0], blocks("Packs")[0]

EXAMPLES = {
    "A policy file": ("policy", [block + RULE + REQUIRE for block in blocks("A policy file")]),
    "Rules": ("policy", [HEADER + block for block in blocks("Rules")]),
    "Tables and look-ups": ("table", blocks("Tables and look-ups")),
    "Caps": ("policy", [HEADER + block for block in blocks("Caps")]),
    # The page breaks the long inline table, which TOML 1.0 does not allow.
    "Pairs": ("policy", [HEADER + RULE + re.sub(r",\n +", ", ", block) for block in blocks("Pairs")]),
    "Timed minutes": ("policy", [HEADER + block + RULE + REQUIRE for block in blocks("Timed minutes")]),
    "Parameters": ("policy", [HEADER + block + RULE + REQUIRE for block in blocks("Parameters")]),
    "Sources and grades": ("sources", blocks("Sources and grades")),
    "Packs": ("payer", [MANIFEST.split("[[uses]]")[0] + block for block in blocks("Packs")]),
    "Cases": ("case", blocks("Cases")),
    "The manifest": ("payer", [MANIFEST.replace("[[uses]]\n# packs, see above\n", PACK_USE)]),
}
DOCUMENTS = [(name, tomllib.loads(text)) for name, texts in EXAMPLES.values() for text in texts]


def test_every_example_block_of_the_language_page_is_tested() -> None:
    assert LANGUAGE.count("```toml") == sum(len(blocks(title)) for title in EXAMPLES)


@pytest.mark.parametrize("title", EXAMPLES)
def test_the_examples_of_the_language_page_are_valid(places: Places, title: str) -> None:
    name, texts = EXAMPLES[title]
    assert texts
    for text in texts:
        assert places(name, tomllib.loads(text)) == set()
        assert problems(tomllib.loads(text), name, "example.toml", dict) == []


def rule_with(condition: str) -> dict[str, Any]:
    return tomllib.loads(f"{HEADER}{RULE}require = {condition}")


CONDITIONS = [
    example.replace("{ … }", "{ condition = 'x' }").replace("…", "{ condition = 'x' }")
    for row in section("Conditions").split("| condition | example |")[1].split("\n\n")[0].splitlines()
    for example in re.findall(r"`(\{.*?\})`", row)
]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_conditions_of_the_language_page_are_valid(places: Places, condition: str) -> None:
    assert places("policy", rule_with(condition)) == set()


def test_every_kind_of_condition_is_among_the_examples() -> None:
    examples = "".join(CONDITIONS)
    kinds = set(named_by("one_naming_key")) - set(QUANTIFIERS)
    assert {kind for kind in kinds if f"{{ {kind} = " not in examples} == set()


VALUES = {
    "is": ["true", "4", "45.93", '"GP"', "2025-01-01", '{ fact = "a.b" }', '{ parameter = "p" }'],
    "is_not": ['{ look_up = "t", by = { state = { fact = "patient.state" } }, column = "visits" }'],
    "at_least": ["4", "45.93", '{ parameter = "p" }'],
    "at_most": ['{ fact = "day.units_supported" }'],
    "more_than": ["4"],
    "less_than": ["4"],
    "between": ["[0, 30]", '["97010", "97028"]', "[2025-01-01, 2025-12-31]", '["08:00", "17:30"]'],
    "on_or_after": ["2025-01-01", '"23:59"', '{ fact = "a.b" }'],
    "on_or_before": ["2025-01-01"],
    "after": ["2025-01-01"],
    "before": ['{ fact = "a.b" }'],
    "in": ['["primary"]', '{ table = "codes" }', '{ table = "pack/codes" }'],
    "not_in": ['["a", "b"]'],
    "starts_with": ['"M2"', '["M20.", "M21"]'],
    "has": ['"GP"', '{ fact = "line.code" }'],
    "has_any_of": ['["GP"]', '{ table = "codes" }'],
    "has_all_of": ['["GP"]'],
    "has_none_of": ['["GP"]'],
    "has_one_of": ['["GP", "GO"]'],
    "has_only": ['["GP"]'],
    "any_starts_with": ['"M2"', '["M20."]'],
    "is_empty": ["true", "false"],
}


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_takes_its_right_hand_sides(places: Places, operator: str) -> None:
    for value in VALUES[operator]:
        assert places("policy", rule_with(f'{{ fact = "line.x", {operator} = {value} }}')) == set()


def test_conditions_may_nest_as_deep_as_the_language_lets_them(places: Places) -> None:
    condition = "{ fact = 'line.x', is = true }"
    for _ in range(MAX_DEPTH):
        condition = f"{{ none_of = [{condition}] }}"
    assert places("policy", rule_with(condition)) == set()
    assert places("policy", rule_with(condition.replace("is", "si"))) != set()


# --- laws over every key and value of the examples


def nodes(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every value below the document with its path, but for encounters and changed facts: they are free."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        yield (*path, key), part
        if (*path, key) != ("encounters", "base") and key != "change":
            yield from nodes(part, (*path, key))


def changed(document: Any, path: KeyPath, change: Callable[[Any, Any], None]) -> Any:
    """A copy with `change` done to the holder of the last step of `path`."""
    copy = holder = deepcopy(document)
    for step in path[:-1]:
        holder = holder[step]
    change(holder, path[-1])
    return copy


@pytest.mark.parametrize(("name", "document"), DOCUMENTS)
def test_every_misspelt_key_is_found_at_the_key(places: Places, name: str, document: dict[str, Any]) -> None:
    def misspell(holder: dict[str, Any], key: str) -> None:
        holder[f"{key}Q"] = holder.pop(key)

    for path, _ in nodes(document):
        if isinstance(path[-1], str):
            wrong = (*path[:-1], f"{path[-1]}Q")
            assert wrong in places(name, changed(document, path, misspell)), dotted(path)


@pytest.mark.parametrize(("name", "document"), DOCUMENTS)
def test_every_value_of_a_wrong_type_is_found_at_its_place(places: Places, name: str, document: dict[str, Any]) -> None:
    def spoil(holder: Any, key: Any) -> None:
        holder[key] = time(8, 0)  # no key takes a TOML time

    for path, _ in nodes(document):
        assert path in places(name, changed(document, path, spoil)), dotted(path)
