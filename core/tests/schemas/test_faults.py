from collections.abc import Callable

import pytest

Check = Callable[..., list[str]]

CANARY = "CANARY"
STRING = {"type": "string"}

# Keys.

RULE = {
    "type": "object",
    "properties": {"id": STRING, "cites": {"type": "array"}, "effect": {"enum": ["warn", "inform"]}},
    "required": ["id"],
    "additionalProperties": False,
}


def test_each_unexpected_key_is_one_problem_with_the_near_key_or_all_of_them(check: Check) -> None:
    assert check(RULE, {"id": "a", "cite": [], "zzz": 1, "effect ": "warn"}) == [
        '"effect ": is not a key here; did you mean "effect"?',
        'cite: is not a key here; did you mean "cites"?',
        'zzz: is not a key here; the keys here are "id", "cites" and "effect".',
    ]


def test_a_key_that_is_only_misspelt_is_not_also_missing(check: Check) -> None:
    assert check(RULE, {"ids": "a"}) == ['ids: is not a key here; did you mean "id"?']
    assert check(RULE, {"effect": "warn"}) == ['has no "id"; add it.']


def test_keys_that_a_pattern_allows_are_not_unexpected(check: Check) -> None:
    schema = {
        "patternProperties": {"^x-": STRING},
        "properties": {"id": STRING},
        "additionalProperties": False,
    }
    assert check(schema, {"x-note": "a", "id": "b"}) == []
    assert check(schema, {"y-note": "a"}) == ['y-note: is not a key here; the keys here are "id".']


def test_a_long_list_of_words_is_cut_short(check: Check) -> None:
    words = [f"w{n:02}" for n in range(30)]
    (sentence,) = check({"enum": words}, "x")
    shown = ", ".join(f'"{word}"' for word in words[:12])
    assert sentence == f"is not a value allowed here; write {shown} or 18 more."


# Alternatives.

CONDITION = {
    "type": "object",
    "oneOf": [
        {
            "properties": {"fact": STRING, "at_least": {"type": "integer"}},
            "required": ["fact", "at_least"],
            "additionalProperties": False,
        },
        {
            "properties": {
                "fact": STRING,
                "is": {"anyOf": [STRING, {"type": "boolean"}, {"$ref": "#/$defs/side"}]},
            },
            "required": ["fact", "is"],
            "additionalProperties": False,
        },
        {
            "properties": {"all_of": {"type": "array", "items": {"$ref": "#/$defs/condition"}, "minItems": 1}},
            "required": ["all_of"],
            "additionalProperties": False,
        },
        {
            "properties": {"condition": STRING},
            "required": ["condition"],
            "additionalProperties": False,
        },
    ],
}
SIDE = {
    "type": "object",
    "properties": {"parameter": STRING},
    "required": ["parameter"],
    "additionalProperties": False,
}
POLICY = {"$ref": "#/$defs/condition", "$defs": {"condition": CONDITION, "side": SIDE}}


@pytest.mark.parametrize(
    ("document", "sentences"),
    [
        ({"fact": "a", "at_lest": 3}, ['at_lest: is not a key here; did you mean "at_least"?']),
        ({"fact": "a"}, ['has none of "at_least" and "is"; add one of them.']),
        ({}, ['has none of "all_of" and "condition"; add one of them.']),
        ({"fact": 1, "is": "x"}, ["fact: is a whole number, expected a string; put it in double quotes."]),
        (
            {"fact": "a", "at_least": "x"},
            ["at_least: is a string, expected a whole number; write a whole number, without quotes."],
        ),
        (
            {"fact": "a", "is": []},
            ["is: is a list, expected a string, a boolean or an object; write a string, a boolean or an object."],
        ),
        (
            {"fact": "a", "is": {"parametr": "x"}},
            ['is.parametr: is not a key here; did you mean "parameter"?'],
        ),
        ({"all_of": []}, ["all_of: is empty; give at least one entry."]),
        (
            {
                "all_of": [
                    {"condition": "a"},
                    {"all_of": [{"fact": "a", "at_least": True}, {"conditon": "b"}]},
                ]
            },
            [
                "all_of[1].all_of[0].at_least: is a boolean, expected a whole number; write a whole number.",
                'all_of[1].all_of[1].conditon: is not a key here; did you mean "condition"?',
            ],
        ),
        (
            {"fact": "a", "is": "x", "at_least": 1},
            ['has "at_least" and "is", which exclude each other; keep one of them.'],
        ),
        (
            {"condition": "a", "all_of": [{"condition": "b"}], "zzz": 1},
            [
                'has "all_of" and "condition", which exclude each other; keep one of them.',
                'zzz: is not a key here; the keys here are "all_of" and "condition".',
            ],
        ),
        (["a"], ["is a list, expected an object; write an object."]),
    ],
)
def test_the_alternative_that_fits_best_speaks(check: Check, document: object, sentences: list[str]) -> None:
    found = check(POLICY, document)
    assert len(found) == len(sentences)
    for sentence, beginning in zip(found, sentences, strict=True):
        assert sentence.startswith(beginning)


def test_a_key_that_no_alternative_knows_is_told_the_keys_of_all(check: Check) -> None:
    one, two = ({"properties": {key: STRING}, "additionalProperties": False} for key in ("at_least", "is"))
    assert check({"oneOf": [one, two]}, {"zzz": 1}) == [
        'zzz: is not a key here; the keys here are "at_least" and "is".'
    ]


def test_a_constant_tells_alternatives_apart(check: Check) -> None:
    data = {
        "properties": {"kind": {"const": "data"}, "plans": {"type": "array"}},
        "required": ["kind", "plans", "id"],
    }
    pack = {"properties": {"kind": {"const": "pack"}}, "required": ["kind"]}
    assert check({"oneOf": [data, pack]}, {"kind": "data"}) == [
        'has no "id"; add it.',
        'has no "plans"; add it.',
    ]
    assert check({"oneOf": [pack, {**data, "required": ["kind"]}]}, {"kind": CANARY}) == [
        'kind: is not a value allowed here; write "pack" or "data".'
    ]


def test_alternatives_of_one_word_each_are_listed_together(check: Check) -> None:
    words = {"oneOf": [{"const": "warn", "title": "a"}, {"const": "inform", "title": "b"}]}
    assert check(words, CANARY) == ['is not a value allowed here; write "warn" or "inform".']
    assert check(words, "wran", quote_values=True) == ['is "wran"; did you mean "warn"?']


def test_what_fits_more_than_one_alternative_names_the_keys_that_exclude_each_other(check: Check) -> None:
    keys = {"oneOf": [{"required": ["fact", key]} for key in ("is", "at_least", "at_most")]}
    assert check(keys, {"fact": "a", "is": 1, "at_most": 2}) == [
        'has "at_most" and "is", which exclude each other; keep one of them.'
    ]
    assert check({"oneOf": [STRING, {"minLength": 1}]}, CANARY) == [
        "fits more than one of the forms allowed here; keep the keys of one form."
    ]


# The schema's own remedies.


def test_a_schema_says_its_own_remedy_beside_the_keyword(check: Check) -> None:
    code = {"type": "string", "pattern": "^[0-9]{5}$", "x-remedy": "write the five digits of the code."}
    assert check({"properties": {"code": code}}, {"code": CANARY}) == [
        "code: does not have the form expected here; write the five digits of the code."
    ]
    names = {"propertyNames": {"pattern": "^[a-z]+$", "x-remedy": "use small letters"}}
    assert check(names, {"A": 1}) == ["A: is not a name allowed here; use small letters."]
    choice = {"oneOf": [{"required": ["a"]}, {"required": ["b"]}], "x-remedy": "say which"}
    assert check(choice, {}) == ['has none of "a" and "b"; say which.']
    assert check(choice, {"a": 1, "b": 1}) == ['has "a" and "b", which exclude each other; say which.']


def test_a_suggestion_is_worth_more_than_the_schemas_remedy(check: Check) -> None:
    schema = {**RULE, "x-remedy": "see the guide"}
    assert check(schema, {"id": "a", "cite": 1}) == ['cite: is not a key here; did you mean "cites"?']
    assert check(schema, {"id": "a", "zzz": 1}) == ["zzz: is not a key here; see the guide."]
