from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import pytest
from crosspayer.schemas.validate import problems
from crosspayer.schemas.wording import _BOUNDS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

Ship = Callable[[dict[str, Any]], None]
Check = Callable[..., list[str]]

STRING = {"type": "string"}

# One keyword at a time. CANARY stands for a patient's value, and so does 86420.

CANARY = "CANARY"
NUMBER = 86420
VIOLATIONS: list[tuple[dict[str, Any], Any, str]] = [
    (
        {"type": "integer"},
        CANARY,
        "is a string, expected a whole number; write a whole number, without quotes.",
    ),
    ({"type": "number"}, CANARY, "is a string, expected a number; write a number, without quotes."),
    ({"type": "boolean"}, CANARY, "is a string, expected a boolean; write true or false, without quotes."),
    ({"type": "integer"}, 86420.5, "is a decimal number, expected a whole number; write a whole number."),
    ({"type": "integer"}, 86420.0, "is a decimal number, expected a whole number; write a whole number."),
    ({"type": "integer"}, True, "is a boolean, expected a whole number; write a whole number."),
    ({"type": "number"}, float("nan"), "is not a finite number, expected a number; write a number."),
    ({"type": "number"}, float("-inf"), "is not a finite number, expected a number; write a number."),
    ({"type": "string"}, NUMBER, "is a whole number, expected a string; put it in double quotes."),
    ({"type": "string"}, [CANARY], "is a list, expected a string; write a string."),
    ({"type": "array"}, CANARY, "is a string, expected a list; put it in square brackets."),
    ({"type": "object"}, [CANARY], "is a list, expected an object; write an object."),
    (
        {"type": ["string", "array", "null"]},
        {"a": CANARY},
        "is an object, expected a string, a list or null; write a string, a list or null.",
    ),
    (
        {"type": "string", "format": "date"},
        NUMBER,
        "is a whole number, expected a date; write it as YYYY-MM-DD.",
    ),
    ({"type": "string", "format": "date"}, CANARY, "is not a date; write a day that exists as YYYY-MM-DD."),
    ({"enum": ["warn", "inform"]}, CANARY, 'is not a value allowed here; write "warn" or "inform".'),
    ({"enum": ["é", 1, None]}, NUMBER, 'is not a value allowed here; write "é", 1 or null.'),
    ({"const": 1}, NUMBER, "is not a value allowed here; write 1."),
    ({"minimum": 100000}, NUMBER, "is too small; write 100000 or more."),
    ({"maximum": 0.5}, NUMBER, "is too large; write 0.5 or less."),
    ({"exclusiveMinimum": 100000}, NUMBER, "is too small; write more than 100000."),
    ({"exclusiveMaximum": 0}, NUMBER, "is too large; write less than 0."),
    ({"multipleOf": 0.01}, 864.205, "is not a multiple of 0.01; write a multiple of it."),
    ({"multipleOf": 7}, NUMBER, "is not a multiple of 7; write a multiple of it."),
    ({"minLength": 1}, "", "is empty; write something, or leave the key out."),
    ({"minLength": 7}, CANARY, "is too short; write at least 7 characters."),
    ({"maxLength": 5}, CANARY, "is too long; write at most 5 characters."),
    (
        {"pattern": "^[0-9]{5}$"},
        CANARY,
        "does not have the form expected here; write it to match ^[0-9]{5}$.",
    ),
    ({"minItems": 1}, [], "is empty; give at least one entry."),
    ({"minItems": 2}, [CANARY], "has too few entries; give at least 2."),
    ({"maxItems": 1}, [CANARY, NUMBER], "has too many entries; give at most 1."),
    ({"uniqueItems": True}, [CANARY, CANARY], "has an entry more than once; keep each once."),
    ({"contains": {"const": 1}}, [CANARY], "has no entry of the kind it needs; add one."),
    (
        {"contains": STRING, "minContains": 2},
        [CANARY],
        "has too few entries of the kind it needs; give at least 2.",
    ),
    (
        {"contains": STRING, "maxContains": 1},
        [CANARY, CANARY],
        "has too many entries of one kind; give at most 1.",
    ),
    (
        {"prefixItems": [True], "items": False},
        [1, CANARY],
        "has more entries than are allowed here; remove the last.",
    ),
    (
        {"prefixItems": [True], "unevaluatedItems": False},
        [1, CANARY],
        "has more entries than are allowed here; remove the last.",
    ),
    ({"minProperties": 1}, {}, "is empty; give at least one key."),
    ({"minProperties": 3}, {"a": CANARY}, "has too few keys; give at least 3."),
    ({"maxProperties": 1}, {"a": CANARY, "b": NUMBER}, "has too many keys; give at most 1."),
    (
        {"propertyNames": {"pattern": "^[a-z]+$"}},
        {"A": CANARY},
        "A: is not a name allowed here; choose another.",
    ),
    ({"required": ["a", "b"]}, {"b": CANARY}, 'has no "a"; add it.'),
    ({"dependentRequired": {"from": ["to"]}}, {"from": CANARY}, 'has no "to" beside "from"; add it.'),
    ({"properties": {"a": False}}, {"a": CANARY}, "a: is not allowed here; remove it."),
    ({"properties": {"a": {"not": {}}}}, {"a": CANARY}, "a: is not allowed here; remove it."),
    ({"additionalProperties": False}, {"a": CANARY}, "a: is not a key here; remove it."),
    (
        {"additionalProperties": STRING},
        {"a": NUMBER},
        "a: is a whole number, expected a string; put it in double quotes.",
    ),
    (
        {"properties": {"to": STRING}, "unevaluatedProperties": False},
        {"from": CANARY},
        "has a key that is not allowed here; remove it.",
    ),
    (
        {"not": {"required": ["from", "to"]}},
        {"from": CANARY, "to": NUMBER},
        'has "from" and "to", which exclude each other; keep one of them.',
    ),
    ({"not": {"required": ["from"]}}, {"from": CANARY}, 'has "from", which is not allowed here; remove it.'),
    (
        {"not": {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}},
        {"b": CANARY},
        'has "b", which is not allowed here; remove it.',
    ),
    ({"not": STRING}, CANARY, "has a form that is not allowed here; choose another."),
]


@pytest.mark.parametrize(("schema", "document", "sentence"), VIOLATIONS)
def test_each_keyword_has_a_plain_sentence(
    check: Check, schema: dict[str, Any], document: object, sentence: str
) -> None:
    assert check(schema, document) == [sentence]


def test_every_keyword_that_can_fail_is_among_them() -> None:
    reached = {keyword for schema, _, _ in VIOLATIONS for keyword in schema}
    assert _BOUNDS.keys() <= reached
    branching = {"$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "dependentSchemas", "patternProperties"}
    assert Draft202012Validator.VALIDATORS.keys() - branching <= reached


def shown(sentences: Iterable[str]) -> list[str]:
    """The sentences that hold a value."""
    return [text for text in sentences if any(value in text for value in (CANARY, "8642", "864.2"))]


@pytest.mark.parametrize(("schema", "document"), [(schema, document) for schema, document, _ in VIOLATIONS])
@pytest.mark.parametrize("wrap", ["properties", "items", "anyOf", "oneOf", "allOf", "then", "else", "$ref"])
def test_no_message_holds_a_value_however_the_keyword_is_reached(
    ship: Ship, schema: dict[str, Any], document: object, wrap: str
) -> None:
    reached: dict[str, tuple[dict[str, Any], object]] = {
        "properties": ({"properties": {"a": schema}}, {"a": document}),
        "items": ({"items": schema}, [document]),
        "anyOf": ({"anyOf": [schema, {"type": "object", "required": ["e"]}]}, document),
        "oneOf": ({"oneOf": [{"type": "array", "minItems": 99}, schema]}, document),
        "allOf": ({"allOf": [schema, {"minItems": 99}]}, document),
        "then": ({"if": True, "then": schema}, document),
        "else": ({"if": False, "else": schema}, document),
        "$ref": ({"$ref": "#/$defs/a", "$defs": {"a": schema}}, document),
    }
    whole, value = reached[wrap]
    ship({"own": whole})
    found = [str(problem) for problem in problems(value, "own", "encounter.json", dict)]
    assert found
    assert shown(found) == []


TREE = st.recursive(
    st.sampled_from([CANARY, NUMBER, 864.205, "", None, True, float("nan"), date(8642, 1, 1)]),
    lambda child: st.lists(child, max_size=3) | st.dictionaries(st.sampled_from("abcd"), child, max_size=4),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TREE, st.lists(st.sampled_from([schema for schema, _, _ in VIOLATIONS]), min_size=1, max_size=6))
def test_no_message_holds_a_value_in_documents_and_schemas_drawn_at_random(
    ship: Ship, document: object, schemas: list[dict[str, Any]]
) -> None:
    everywhere = {
        "allOf": schemas,
        "anyOf": [*schemas, {"required": ["e"]}],
        "additionalProperties": {"$ref": "#"},
        "items": {"$ref": "#"},
    }
    ship({"own": everywhere})
    assert shown(str(problem) for problem in problems(document, "own", "encounter.json", dict)) == []


# Words that may be shown.


def test_a_word_of_a_policy_is_shown_with_the_near_one(check: Check) -> None:
    schema = {"properties": {"effect": {"enum": ["warn", "inform", 1]}}}
    assert check(schema, {"effect": "wran"}, quote_values=True) == ['effect: is "wran"; did you mean "warn"?']
    assert check(schema, {"effect": "x\ny"}, quote_values=True) == ['effect: is "x\\ny"; write "warn", "inform" or 1.']
    assert check(schema, {"effect": 2}, quote_values=True) == [
        'effect: is not a value allowed here; write "warn", "inform" or 1.'
    ]


def test_only_words_of_closed_lists_are_ever_shown(check: Check) -> None:
    for schema, document, sentence in VIOLATIONS:
        if not {"enum", "const"} & schema.keys():
            assert check(schema, document, quote_values=True) == [sentence]
