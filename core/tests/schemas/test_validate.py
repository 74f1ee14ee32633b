import json
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from crosspayer.schemas import json_positions, toml_positions
from crosspayer.schemas.positions import MAX_DEPTH, KeyPath, Place
from crosspayer.schemas.validate import problems

Ship = Callable[[dict[str, Any]], None]

STRING = {"type": "string"}
CONDITION = {
    "type": "object",
    "oneOf": [
        {"properties": {"all_of": {"items": {"$ref": "#"}}}, "required": ["all_of"]},
        {"properties": {"condition": STRING}, "required": ["condition"]},
    ],
}
DATE = {"type": "string", "format": "date"}


def test_problems_carry_the_lines_of_a_toml_document(ship: Ship) -> None:
    text = """\
format = 1
[[rules]]
id = "a"
when = { from = 2026-01-01, too = 2026-12-31 }
[[rules]]
when.from = "2026-1-1"
"""
    dated = {"properties": {"from": DATE, "to": DATE}, "additionalProperties": False}
    rule = {"properties": {"id": STRING, "when": dated}, "required": ["id"]}
    ship({"own": {"properties": {"format": {"const": 1}, "rules": {"items": rule}}}})
    found = problems(tomllib.loads(text), "own", "units.toml", lambda: toml_positions.key_positions(text))
    assert [str(problem) for problem in found] == [
        'units.toml:4:29: rules[0].when.too: is not a key here; did you mean "to"?',
        'units.toml:5:1: rules[1]: has no "id"; add it.',
        "units.toml:6:6: rules[1].when.from: is not a date; write a day that exists as YYYY-MM-DD.",
    ]


def test_problems_carry_the_lines_of_a_json_document(ship: Ship) -> None:
    text = '{"lines": [\n  {"units": 1},\n  {"units": "1",  "unit": 2}]}'
    line = {"properties": {"units": {"type": "integer"}}, "additionalProperties": False}
    ship({"own": {"properties": {"lines": {"items": line}}, "required": ["id"]}})
    found = problems(json.loads(text), "own", "e.json", lambda: json_positions.key_positions(text))
    assert [str(problem) for problem in found] == [
        'e.json:1:1: has no "id"; add it.',
        "e.json:3:4: lines[1].units: is a string, expected a whole number; write a whole number, without quotes.",
        'e.json:3:19: lines[1].unit: is not a key here; did you mean "units"?',
    ]


def test_positions_are_asked_for_only_when_something_is_wrong_and_then_once(ship: Ship) -> None:
    calls = []

    def positions() -> Mapping[KeyPath, Place]:
        calls.append(1)
        return {}

    ship({"own": {"items": STRING}})
    assert problems(["a"], "own", "x", positions) == []
    assert calls == []
    assert len(problems([1, 2], "own", "x", positions)) == 2
    assert calls == [1]


@pytest.mark.parametrize("recursive", [CONDITION, {"items": {"$ref": "#"}, "additionalProperties": {"$ref": "#"}}])
def test_documents_may_nest_up_to_the_limit_and_are_refused_beyond(ship: Ship, recursive: dict[str, Any]) -> None:
    ship({"own": recursive})
    text = '{"condition": "a"}'
    for _ in range((MAX_DEPTH - 1) // 2):
        text = f'{{"all_of": [{text}]}}'
    assert problems(json.loads(text), "own", "x", dict) == []
    deep = f'{{"all_of": [{text}]}}'
    (problem,) = problems(json.loads(deep), "own", "x", lambda: json_positions.key_positions(deep))
    assert (problem.what, problem.line) == (f"nests deeper than {MAX_DEPTH} levels", 1)
    assert problem.path.count("all_of") == MAX_DEPTH // 2


def test_a_quoted_date_in_toml_is_no_date() -> None:
    source = {"publisher": "p", "title": "t", "grade": "primary", "read": "2026-11-23"}
    document = {"format": 1, "sources": {"a": source}}
    assert [str(p) for p in problems(document, "sources", "sources.toml", dict, quote_values=True)] == [
        "sources.toml: sources.a.read: is not a date; write the day as YYYY-MM-DD, without quotes."
    ]
