"""Conditions with one mistake each: all are refused, at the key where the mistake stands, in one sentence."""

import tomllib
from collections.abc import Callable

import pytest
from crosspayer.schemas.toml_positions import key_positions
from crosspayer.schemas.validate import problems

Refused = Callable[[str, str, str], None]

RULE = """
format = 1
id = "acme/units"
title = "Units"
codes = ["97760"]

[[rules]]
id = "four-units"
topic = "units"
effect = "warn"
cites = ["notice"]
require = """

CONDITIONS = [
    ("{}", ""),
    ("'line.units'", ""),
    ("{ fcat = 'line.units', at_most = 4 }", ".fcat"),
    ("{ fact = 'line.units' }", ""),
    ("{ fact = 'line.units', at_lest = 4 }", ".at_lest"),
    ("{ fact = 'line.units', at_least = 4, at_most = 5 }", ""),
    ("{ fact = 'line.units', at_most = 4, title = 'x' }", ".title"),
    ("{ fact = 'lines[0].units', at_most = 4 }", ".fact"),
    ("{ fact = 4, at_most = 4 }", ".fact"),
    ("{ fact = 'a', condition = 'b', is = true }", ""),
    ("{ all_of = [], any_of = [] }", ""),
    ("{ all_of = [] }", ".all_of"),
    ("{ all_of = { fact = 'a', is = true } }", ".all_of"),
    ("{ all_of = [{ fact = 'a', is = true }], is = true }", ".is"),
    ("{ any_of = [{ fact = 'a', is = true }, { fact = 'a', si = true }] }", ".any_of[1].si"),
    ("{ none_of = [{ all_of = [{ fact = 'a', at_lest = 4 }] }] }", ".none_of[0].all_of[0].at_lest"),
    ("{ days_from = 'a', at_most = 4 }", ""),
    ("{ days_from = 'a', to = 'b' }", ""),
    ("{ days_from = 'a', to = 'b', has = 'GP' }", ".has"),
    ("{ days_from = 'a', to = 'b', between = [1, 'y'] }", ".between[1]"),
    ("{ days_from = 'a', to = 2025-01-01, at_most = 4 }", ".to"),
    ("{ business_days_from = 'a', to = 'b', at_mots = 4 }", ".at_mots"),
    ("{ sum_of = [], at_most = 4 }", ".sum_of"),
    ("{ sum_of = ['a'], over = 'lines', at_most = 4 }", ".over"),
    ("{ sum_of = 'other.units', at_most = 4 }", ""),
    ("{ sum_of = 'other.units', over = 'claims', at_most = 4 }", ".over"),
    ("{ sum_of = 'other.units', over = 'lines', within_days = 4, at_most = 4 }", ".within_days"),
    ("{ count_of = 'line', at_most = 4 }", ".count_of"),
    ("{ count_of = 'lines' }", ""),
    ("{ count_of = 'lines', were = { fact = 'a', is = true }, at_most = 4 }", ".were"),
    ("{ count_of = 'lines', where = { fact = 'a', si = true }, at_most = 4 }", ".where.si"),
    (
        "{ count_of = 'history', since = { fact = 'a' }, within_days = 9, at_most = 4 }",
        ".within_days",
    ),
    ("{ count_of = 'history', since = 2025-01-01, at_most = 4 }", ".since"),
    ("{ count_of = 'history', within_days = 0, at_most = 4 }", ".within_days"),
    ("{ no_line = {} }", ".no_line"),
    ("{ no_line = { where = { fact = 'a', is = true }, fact = 'a' } }", ".no_line.fact"),
    ("{ no_lines = { where = { fact = 'a', is = true } } }", ".no_lines"),
    (
        "{ any_line = { where = { fact = 'a', is = true }, since = { fact = 'b' } } }",
        ".any_line.since",
    ),
    (
        "{ any_past_line = { where = { fact = 'a', is = true }, as = 'an-other' } }",
        ".any_past_line.as",
    ),
    ("{ any_coverage = { where = { fact = 'a', is = true } }, at_most = 4 }", ".at_most"),
    ("{ look_up = 't', by = { a = 1 } }", ""),
    ("{ look_up = 't', by = {}, has_row = true }", ".by"),
    ("{ look_up = 't', has_row = true }", ""),
    ("{ look_up = 't', by = { a = 1 }, has_row = 'yes' }", ".has_row"),
    ("{ look_up = 't', by = { a = 1 }, has_row = true, column = 'b' }", ".column"),
    ("{ look_up = 't', by = { a = 1 }, column = 'b' }", ""),
    ("{ look_up = 't', by = { a = 1 }, column = 'b', has = 'GP' }", ".has"),
    ("{ look_up = 't', by = { a = [1] }, column = 'b', is = 1 }", ".by.a"),
    ("{ condition = 'cap-in-force' }", ".condition"),
    ("{ condition = 'cap_in_force', is = true }", ".is"),
]

RIGHT_HAND_SIDES = [
    ("is = ['GP']", "is"),
    ("is = {}", "is"),
    ("is = { fcat = 'a' }", "is.fcat"),
    ("is = { fact = 'a', parameter = 'b' }", "is.parameter"),
    ("is = { table = 'codes' }", "is.table"),
    ("is = { look_up = 't', by = { a = 1 } }", "is"),
    ("at_most = '4'", "at_most"),
    ("at_most = { parameter = 'kx-threshold' }", "at_most.parameter"),
    ("at_most = [4]", "at_most"),
    ("between = 4", "between"),
    ("between = [4]", "between"),
    ("between = [1, 2, 3]", "between"),
    ("between = [1, true]", "between[1]"),
    ("on_or_after = 2025", "on_or_after"),
    ("before = '25:00'", "before"),
    ("in = 'GP'", "in"),
    ("in = []", "in"),
    ("in = [1]", "in[0]"),
    ("in = { fact = 'a' }", "in.fact"),
    ("in = { table = 'Codes' }", "in.table"),
    ("starts_with = []", "starts_with"),
    ("has = ['GP']", "has"),
    ("has_any_of = 'GP'", "has_any_of"),
    ("has_one_of = ['gp']", "has_one_of[0]"),
    ("has_only = ['GP', 'GP']", "has_only"),
    ("is_empty = 'yes'", "is_empty"),
]


@pytest.mark.parametrize(("condition", "place"), CONDITIONS)
def test_a_mistake_is_found_where_it_stands(refused: Refused, condition: str, place: str) -> None:
    refused("policy", RULE + condition, f"rules[0].require{place}")


@pytest.mark.parametrize(("written", "place"), RIGHT_HAND_SIDES)
def test_a_mistake_on_the_right_is_found_where_it_stands(refused: Refused, written: str, place: str) -> None:
    refused("policy", f"{RULE}{{ fact = 'line.x', {written} }}", f"rules[0].require.{place}")


SENTENCES = {
    "{ all_of = [{ fact = 'line.units', at_lest = 4 }] }": (
        'policy.toml:12:46: rules[0].require.all_of[0].at_lest: is not a key here; did you mean "at_least"?'
    ),
    "{ fact = 'line.units', at_least = 4, at_most = 5 }": (
        'policy.toml:12:1: rules[0].require: has "at_least" and "at_most", which exclude each other; keep one of them.'
    ),
    "{ look_up = 't', by = { a = 1 } }": (
        'policy.toml:12:1: rules[0].require: has no "column"; add column with an operator, or has_row.'
    ),
    "{ fact = 'line.modifiers', has_any_of = ['gp'] }": (
        "policy.toml:12:52: rules[0].require.has_any_of[0]: does not have the form expected here; "
        "write the code in quotes, with upper-case letters, digits and points only."
    ),
}


@pytest.mark.parametrize("condition", SENTENCES)
def test_a_mistake_is_explained_in_one_sentence(condition: str) -> None:
    text = RULE + condition
    found = problems(tomllib.loads(text), "policy", "policy.toml", lambda: key_positions(text))
    assert [str(problem) for problem in found] == [SENTENCES[condition]]
