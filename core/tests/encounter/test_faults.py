"""Bad encounters: one value-free sentence with its place for each fault, and never a traceback."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from crosspayer.authoring.facts_of import facts_of
from crosspayer.encounter.read import Encounter, read_encounters
from crosspayer.errors import InputError
from hypothesis import given
from hypothesis import strategies as st

from core.tests.acme import encounter, put

NUMBER = "write a whole number or null."
FORM = "the value has not the form it must have; write it as"
DATE = "is not a date; write a day that exists as YYYY-MM-DD."


def refused(raw: str | bytes) -> list[str]:
    """The sentences an encounter is refused with, without the name of its file."""
    with pytest.raises(InputError) as error:
        Encounter.from_json(raw, "e.json")
    return [str(problem).removeprefix("e.json:") for problem in error.value.problems]


def line(fact: str, value: str) -> str:
    return f'{{"id": "a", "lines": [\n{{"code": "97760",\n"{fact}": {value}}}]}}'


def top(key: str, value: str) -> str:
    return f'{{"id": "a", "lines": [{{"code": "97760"}}],\n"{key}": {value}}}'


LINE_FAULTS: list[tuple[str, str, str]] = [
    # fact of the line, its JSON value, what is said of it
    ("units", '"2"', f"1: lines[0].units: is a string, expected a whole number or null; {NUMBER}"),
    ("units", "2.0", f"1: lines[0].units: is a decimal number, expected a whole number or null; {NUMBER}"),
    ("units", "true", f"1: lines[0].units: is a boolean, expected a whole number or null; {NUMBER}"),
    ("units", "-1", "1: lines[0].units: is too small; write 0 or more."),
    ("units", "1000", "1: lines[0].units: is too large; write 999 or less."),
    ("units", "9" * 5000, "10: lines[0].units: is not a finite number; write one, or null if it is unknown."),
    ("minutes", "-5", "1: lines[0].minutes: is too small; write 0 or more."),
    ("minutes", "1441", "1: lines[0].minutes: is too large; write 1440 or less."),
    ("charge", "10.005", "1: lines[0].charge: the amount has more than two decimals; round it to cents."),
    ("allowed_amount", "0.001",
     "1: lines[0].allowed_amount: the amount has more than two decimals; round it to cents."),
    ("charge", "-0.01", "1: lines[0].charge: is too small; write 0 or more."),
    ("charge", "NaN", "11: lines[0].charge: is not a finite number; write one, or null if it is unknown."),
    ("charge", "-Infinity", "11: lines[0].charge: is not a finite number; write one, or null if it is unknown."),
    ("charge", "1e400", "11: lines[0].charge: is not a finite number; write one, or null if it is unknown."),
    ("modifiers", '"GP"', "1: lines[0].modifiers: is a string, expected a list or null; write a list or null."),
    ("modifiers", '["GP", "gp"]', f"21: lines[0].modifiers[1]: {FORM} ^[A-Z0-9]{{2}}$."),
    ("modifiers", '["GP\\n"]', f"15: lines[0].modifiers[0]: {FORM} ^[A-Z0-9]{{2}}$."),
    ("modifiers", "[null]", "15: lines[0].modifiers[0]: is null, expected a string; write a string."),
    ("modifiers", json.dumps(["GP"] * 40), "1: lines[0].modifiers: has too many entries; give at most 12."),
    ("unit", "2", '1: lines[0].unit: is not a key here; did you mean "units"?'),
    ("starts_at", '"24:00"', f"1: lines[0].starts_at: {FORM} ^([01][0-9]|2[0-3]):[0-5][0-9]$."),
    ("revenue_code", '"420"', f"1: lines[0].revenue_code: {FORM} ^[0-9]{{4}}$."),
    ("device_id", '""', "1: lines[0].device_id: is empty; write something, or leave the key out."),
    ("device_id", json.dumps("x" * 81), "1: lines[0].device_id: is too long; write at most 80 characters."),
    *(
        ("service_date", f'"{text}"', f"1: lines[0].service_date: {DATE}")
        for text in (
            "10/05/2026", "2026-1-5", "2026-02-30", "2026-10-05T00:00:00", "20261005", "10000-01-01", "0000-01-01",
            "2026-10-05 ", "",
        )
    ),
    ("service_date", "20261005", "1: lines[0].service_date: is a whole number, expected a date or null; "
     "write a date or null."),
]  # fmt: skip
TOP_FAULTS: list[tuple[str, str, str]] = [
    ("patients", "{}", '1: patients: is not a key here; did you mean "patient"?'),
    ("patient", '{"aeg": 3}', '13: patient.aeg: is not a key here; did you mean "age"?'),
    ("patient", '{"state": "Ohio"}', f"13: patient.state: {FORM} ^[A-Z]{{2}}$."),
    ("telehealth", '"yes"', "1: telehealth: is a string, expected a boolean or null; write a boolean or null."),
    ("telehealth", "1", "1: telehealth: is a whole number, expected a boolean or null; write a boolean or null."),
    ("stage", '"claims"', "1: stage: is not a value allowed here; "
     'write "order", "schedule", "pre_claim", "claim", "appeal" or null.'),
    ("place_of_service", '"1"', f"1: place_of_service: {FORM} ^[0-9]{{2}}$."),
    ("coverages", '{"payer": "acme"}', "1: coverages: is an object, expected a list or null; write a list or null."),
    ("coverages", '[{"prior_authorization": {"presnt": true}}]',
     '40: coverages[0].prior_authorization.presnt: is not a key here; did you mean "present"?'),
    ("coverages", '[{"therapy_amount_ytd": 1.999}]',
     "16: coverages[0].therapy_amount_ytd: the amount has more than two decimals; round it to cents."),
    ("diagnoses", '["M23"]', "15: diagnoses[0]: is a string, expected an object; write an object."),
    ("diagnoses", "[{}]", '15: diagnoses[0]: has no "code"; add it.'),
    ("diagnoses", '[{"code": "m23"}]',
     "16: diagnoses[0].code: the value is not a diagnosis code; write it in capitals."),
    ("diagnoses", '[{"code": "M23\\n"}]',
     "16: diagnoses[0].code: the value is not a diagnosis code; write it in capitals."),
    ("history", '{"lines": [{"code": "9776"}]}', f"24: history.lines[0].code: {FORM} ^[A-Z0-9]{{5}}$."),
    ("payer_facts", "[]", "1: payer_facts: is a list, expected an object or null; write an object or null."),
    ("format", '"crosspayer/encounter/2"',
     '1: format: is not a value allowed here; write "crosspayer/encounter/1" or null.'),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "value", "says"), LINE_FAULTS)
def test_a_bad_fact_of_a_line_is_named_with_its_place(fact: str, value: str, says: str) -> None:
    assert refused(line(fact, value)) == [f"3:{says}"]


@pytest.mark.parametrize(("key", "value", "says"), TOP_FAULTS)
def test_a_bad_fact_of_the_encounter_is_named_with_its_place(key: str, value: str, says: str) -> None:
    assert refused(top(key, value)) == [f"2:{says}"]


@pytest.mark.parametrize("code", ["97760\\n", "9776", "977600", "9776a", " 97760", "\uff197760"])
def test_a_code_has_its_whole_form_and_nothing_after_it(code: str) -> None:
    assert refused(f'{{"id": "a", "lines": [{{"code": "{code}"}}]}}') == [
        f"1:24: lines[0].code: {FORM} ^[A-Z0-9]{{5}}$."
    ]


DOCUMENTS: list[tuple[str, list[str]]] = [
    ('{"lines": [{"code": "97760"}]}', ['1:1: has no "id"; add it.']),
    ('{"id": "", "lines": [{}]}', ["1:2: id: is empty; write something, or leave the key out."]),
    ('{"id": 5, "lines": [{}]}', ["1:2: id: is a whole number, expected a string; put it in double quotes."]),
    ('{"id": "a"}', ["1:1: lines: the encounter has no lines; list at least one service line."]),
    ('{"id": "a",\n "lines": []}', ["2:2: lines: the encounter has no lines; list at least one service line."]),
    ('{"id": "a", "lines": [null]}', ["1:23: lines[0]: is null, expected an object; write an object."]),
    ("[1]", ["1:1: is a list, expected an object; write an object."]),
    ("5", ["1:1: is a whole number, expected an object; write an object."]),
    ("null", ["1:1: is null, expected an object; write an object."]),
    ("", ["1:1: has no value here; write text in double quotes, a number, true, false or null."]),
    ('{"id": "a",}', ["1:12: has no key here; put keys in double quotes, and no comma after the last."]),
    ('{"id": "a" "lines": []}', [
        "1:12: has two values without a comma between them; add the comma, or close the bracket.",
    ]),
    ('{"id": "a", "lines": [{}]} x', ["1:28: goes on after the end of the document; keep one document."]),
    ('{"id": "a', ["1:8: has a string that is not closed; close it with a double quote."]),
    ('{"id": "a\x01", "lines": [{}]}', [
        "1:10: has a line break or control character in a string; close or escape it.",
    ]),
    ('{"id": "\\ud800", "lines": [{}]}', ["1:8: id: has half of a surrogate pair; write the whole character."]),
    ('\ufeff{"id": "a", "lines": [{}]}', [
        "1:1: begins with a byte order mark; save it as UTF-8 without one.",
    ]),
    ('{"id": "a",\n"lines": [{"units": 1,\n"units": 2}],\n"id": "b"}', [
        "3:1: lines[0].units: is given twice; keep one of them.",
        "4:1: id: is given twice; keep one of them.",
    ]),
    ('{"id": "a", "lines": [\n{"number": 1, "service_date": "2026-10-05"},\n'
     '{"number": 1, "service_date": "2026-10-06"}]}', [
        "3:2: lines[1].number: another line has the same number; number the lines of an encounter apart.",
        "3:15: lines[1].service_date: the day of service differs from the one of lines[0]; "
        "make one encounter of each day of service.",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "says"), DOCUMENTS)
def test_a_document_that_is_no_encounter_is_refused_with_its_place(raw: str, says: list[str]) -> None:
    assert refused(raw) == says


def test_bytes_that_are_no_text_are_refused_with_their_line() -> None:
    assert refused(b'{"id": "a",\n"lines": [{"device_id": "\xff"}]}') == [
        "2: the input is not UTF-8 text; save it as UTF-8."
    ]
    assert refused('{"id": "a"}'.encode("utf-16")) == ["1: the input is not UTF-8 text; save it as UTF-8."]
    assert refused('{"id": "\ud800"}') == ["1: the input is not UTF-8 text; save it as UTF-8."]


@pytest.mark.parametrize("depth", [65, 500, 3000])
def test_deep_nesting_is_refused_not_followed(depth: int) -> None:
    for raw in ("[" * depth + "]" * depth, '{"patient": ' * depth + "1" + "}" * depth):
        (fault,) = refused(raw)
        assert fault.endswith("nests deeper than 64 levels; flatten it.")
    assert len(refused("[" * depth * 30)) == 1


def test_too_large_an_input_is_refused_unread() -> None:
    from crosspayer.encounter import read

    huge = b" " * (read.MAX_BYTES + 1)
    assert refused(huge) == [" the input is larger than 64 MiB; split it."]
    good, (fault,) = read_encounters(huge, "e.json")
    assert (good, fault.what) == ([], "the input is larger than 64 MiB")


def test_every_fault_of_an_encounter_is_reported_at_once() -> None:
    raw = '{"id": "a",\n"stage": "soon",\n"lines": [{"units": -1, "unit": 1}],\n"patient": {"age": "four"}}'
    assert [fault.partition(": ")[0] for fault in refused(raw)] == ["2:1", "3:12", "3:25", "4:13"]
    later = '{"id": "a",\n"patient": {"state": "oh"},\n"lines": [{"code": "9", "charge": 1.001}]}'
    assert [fault.partition(": ")[0] for fault in refused(later)] == ["2:13", "3:12", "3:25"]


# --- no value ever leaks

CANARY = "Q7CANARY"
FULL = encounter(
    {
        "patient.state": "OH", "patient.age": 54, "diagnoses[0].code": "M23", "lines[0].modifiers": ["GP"],
        "lines[0].charge": 10.5, "lines[0].units": 2, "lines[0].starts_at": "08:00", "telehealth": True,
        "coverages[0].network": "in", "coverages[0].therapy_amount_ytd": 10, "history.complete_since": "2026-01-01",
        "history.lines[0].code": "97760", "rendering.npi": "1", "payer_facts.acme.gold": True,
    }
)  # fmt: skip
WRONG: list[Any] = [
    CANARY,
    f"{CANARY}\n",
    [CANARY],
    [[CANARY]],
    {"a": CANARY},
    77_345_178.123,
    -77_345_178,
    [77_345_178],
]


@pytest.mark.parametrize("path", [path for path, _ in facts_of(FULL) if path != "id"])
@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_no_message_holds_a_value_of_the_encounter(path: str, wrong: Any) -> None:
    data = json.loads(json.dumps(FULL))
    put(data, path, wrong)
    error = error_of(json.dumps({**data, "id": f"{CANARY}-id"}))
    if error is None:
        return  # a text, or a fact of another payer, may be anything
    assert CANARY not in str(error)
    assert CANARY not in repr(error)
    assert "77" not in re.sub(r"e\.json:\d+:\d+|97760|1440", "", str(error))
    assert error.__context__ is None or error.__suppress_context__
    assert all(problem.line == 1 and problem.remedy for problem in error.problems)


def error_of(raw: str | bytes) -> InputError | None:
    """What an encounter is refused with, if it is."""
    try:
        Encounter.from_json(raw, "e.json")
    except InputError as error:
        return error
    return None


@given(st.text(max_size=60))
def test_any_text_that_is_no_encounter_is_refused_with_a_place(text: str) -> None:
    error = error_of(text)
    assert error is not None
    assert all(problem.line is not None for problem in error.problems)


@given(st.binary(max_size=60))
def test_any_bytes_that_are_no_encounter_are_refused(raw: bytes) -> None:
    assert error_of(raw) is not None
    good, bad = read_encounters(raw, "e.json")
    assert good == []
    assert bad or raw.strip() == b"[]"
