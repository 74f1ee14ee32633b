"""Reading encounters: what absent, null and empty mean, and files of many encounters with bad ones among them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from crosspayer.authoring.facts_of import facts_of
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Type
from crosspayer.encounter.model import attribute
from crosspayer.encounter.read import Encounter, read_encounters
from crosspayer.errors import InputError
from hypothesis import given
from hypothesis import strategies as st

from core.tests.acme import Acme, World, encounter, put, rule


def at(facts: Any, path: str) -> Any:
    """The decoded value at a dotted path without lists."""
    for step in path.split("."):
        facts = getattr(facts, attribute(step)) if facts is not None else None
    return facts


# --- absent, null, empty


@pytest.fixture(scope="module")
def modifiers(acme: Acme) -> World:
    return acme(
        rule("none", "{ fact = 'line.modifiers', is_empty = true }")
        + rule("present", "{ fact = 'coverage.prior_authorization.present', is = true }")
    )


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"lines[0].modifiers": ...}, ("open", "open")),
        ({"lines[0].modifiers": None}, ("open", "open")),
        ({"lines[0].modifiers": []}, ("pass", "open")),
        ({"lines[0].modifiers": ["GP"]}, ("fail", "open")),
        ({"coverages[0].prior_authorization": None}, ("open", "open")),
        ({"coverages[0].prior_authorization": {}}, ("open", "open")),
        ({"coverages[0].prior_authorization.present": None}, ("open", "open")),
        ({"coverages[0].prior_authorization.present": False}, ("open", "fail")),
    ],
)
def test_absent_and_null_are_unknown_and_an_empty_list_is_known(
    modifiers: World, changes: dict[str, Any], kinds: tuple[str, str]
) -> None:
    data = encounter(changes)
    assert (modifiers.kind("none", data), modifiers.kind("present", data)) == kinds


def test_null_means_the_same_as_absent_wherever_it_may_stand() -> None:
    full = encounter(
        {"patient.age": 54, "coverages[0].network": "in", "lines[0].units": 2, "history.lines[0].code": "97760"}
    )
    for path, _ in facts_of(full):
        if path == "id":
            continue
        absent, null = json.loads(json.dumps(full)), json.loads(json.dumps(full))
        put(absent, path, ...)
        put(null, path, None)
        assert Encounter.from_mapping(absent).facts == Encounter.from_mapping(null).facts
    for key in ("patient", "coverages", "history", "diagnoses", "payer_facts", "day"):
        assert Encounter.from_mapping({**full, key: None}).facts is not None


def test_facts_are_decoded_by_the_catalogue() -> None:
    data = encounter(
        {
            "patient.age": 54, "lines[0].charge": 10.5, "lines[0].starts_at": "08:00", "setting": "corf",
            "coverages[0].prior_authorization.from": "2026-01-01", "telehealth": False, "evaluation_date": "9999-12-31",
        }
    )  # fmt: skip
    facts = Encounter.from_mapping(data).facts
    assert (facts.patient.age, facts.setting, facts.telehealth) == (54, "corf", False)
    assert facts.evaluation_date == date.max
    assert facts.coverages[0].prior_authorization.from_ == date(2026, 1, 1)
    line = facts.lines[0]
    assert (line.charge, line.starts_at, line.service_date) == (10.5, "08:00", date(2026, 10, 5))
    assert (line.units, facts.patient.state, facts.history) == (None, None, None)


def test_every_supplied_fact_of_the_encounter_is_unknown_until_it_is_given() -> None:
    facts = Encounter.from_mapping(encounter()).facts
    names = [f.path for f in CATALOGUE.values() if not f.entity and not f.derived and f.type is not Type.CODES]
    assert len(names) > 100
    assert {at(facts, name) for name in names} == {None}


def test_plain_python_data_reads_like_json() -> None:
    data = encounter({"lines[0].service_date": date(2026, 10, 5), "lines[0].units": 2})
    text = json.dumps(encounter({"lines[0].units": 2}))
    assert (
        Encounter.from_mapping(data).facts
        == Encounter.from_json(text).facts
        == Encounter.from_json(text.encode()).facts
    )
    assert Encounter.from_mapping(data).id == "e"


def test_the_order_of_keys_never_matters() -> None:
    data = encounter({"patient.age": 54, "lines[0].units": 2})
    turned = dict(reversed(data.items()))
    assert Encounter.from_mapping(data).raw == Encounter.from_mapping(turned).raw


# --- files

GOOD = '{"id": "%s", "lines": [{"code": "97760"}]}'
BAD = '{"id": "%s", "lines": [{"code": "97760", "units": "2"}]}'
SAYS = "lines[0].units: is a string, expected a whole number or null; write a whole number or null."


def ids(raw: str | bytes) -> tuple[list[str], list[str]]:
    good, bad = read_encounters(raw.encode() if isinstance(raw, str) else raw, "f")
    return [found.id for found in good], [str(problem) for problem in bad]


@pytest.mark.parametrize(
    "raw",
    [
        GOOD % "a",
        f"\n\n  {GOOD % 'a'}\n",
        json.dumps(json.loads(GOOD % "a"), indent=2),
        "\ufeff" + GOOD % "a",
        f"[{GOOD % 'a'}]",
        f" [\n{GOOD % 'a'}\n]\n",
    ],
)
def test_one_encounter_in_a_file(raw: str) -> None:
    assert ids(raw) == (["a"], [])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n \n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_one_encounter_a_line(end: str, mark: str) -> None:
    raw = mark + "".join(GOOD % name + end for name in ("a", "b", "c"))
    assert ids(raw) == (["a", "b", "c"], [])


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_bad_line_of_many_is_listed_with_its_number_and_the_others_are_read(place: int) -> None:
    lines = [GOOD % name for name in ("a", "b", "c")]
    rest = [name for index, name in enumerate("abc") if index != place]
    lines[place] = BAD % "x"
    assert ids("\n".join(lines)) == (rest, [f"f:{place + 1}:41: {SAYS}"])
    lines[place] = '{"id": "x", "lines": [}'
    assert ids("\n".join(lines)) == (
        rest,
        [f"f:{place + 1}:23: has no value here; write text in double quotes, a number, true, false or null."],
    )
    lines[place] = '{"id": "x'
    assert ids("\n".join(lines))[0] == rest
    raw = [line.encode() for line in lines]
    raw[place] = b'{"id": "\xff"}'
    assert ids(b"\n".join(raw)) == (rest, [f"f:{place + 1}: the input is not UTF-8 text; save it as UTF-8."])


def test_a_broken_document_over_several_lines_is_one_document() -> None:
    raw = json.dumps(json.loads(GOOD % "a"), indent=2).replace('"code":', '"code"')
    assert ids(raw) == ([], ["f:5:14: has a key without ':'; write \"key\": value."])


@pytest.mark.parametrize("gap", ["", " ", "\n", "\n\n  "])
def test_a_bad_encounter_of_a_list_is_listed_with_its_place_in_the_file(gap: str) -> None:
    raw = f"[{gap}{GOOD % 'é'},{gap}{BAD % 'x'},{gap}{GOOD % 'c'}]"
    before = raw[: raw.index('"units"')]
    row, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    assert ids(raw) == (["é", "c"], [f"f:{row}:{column}: [1].{SAYS}"])


def test_faults_found_after_decoding_have_their_place_in_the_file_too() -> None:
    odd = '{"id": "x", "lines": [{"code": "97760", "charge": 1.001}]}'
    says = "[1].lines[0].charge: the amount has more than two decimals; round it to cents."
    assert ids(f"[{GOOD % 'a'}, {odd}]") == (["a"], [f"f:1:85: {says}"])
    assert ids(f"{GOOD % 'a'}\n{odd}") == (["a"], [f"f:2:41: {says.removeprefix('[1].')}"])
    twice = '{"id": "x", "lines": [{"code": "97760", "code": "97761"}]}'
    assert ids(f"[{GOOD % 'a'}, {twice}]") == (["a"], ["f:1:85: [1].lines[0].code: is given twice; keep one of them."])


def test_two_encounters_may_not_share_an_id() -> None:
    says = "another encounter has the same id; give each its own id."
    assert ids(f"{GOOD % 'a'}\n{GOOD % 'b'}\n{GOOD % 'a'}") == (["a", "b"], [f"f:3: id: {says}"])
    assert ids(f"[{GOOD % 'a'},{GOOD % 'a'}]") == (["a"], [f"f:1: [1].id: {says}"])


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("", "f: the input is empty; give one encounter as a JSON object."),
        (" \n \ufeff".strip("\ufeff"), "f: the input is empty; give one encounter as a JSON object."),
        (f"[{GOOD % 'a'}", "f:1:43: has two values without a comma between them; add the comma, or close the bracket."),
        ("[1, 2]", "f:1:2: [0]: is a whole number, expected an object; write an object."),
    ],
)
def test_a_file_that_cannot_be_read_at_all(raw: str, says: str) -> None:
    good, bad = ids(raw)
    assert (good, bad[0]) == ([], says)


def test_an_empty_list_holds_no_encounter() -> None:
    assert ids("[]") == ([], [])


@given(st.lists(st.sampled_from([GOOD, BAD, '{"id": "%s"', "%s"]), min_size=2, max_size=5))
def test_good_records_are_read_whatever_stands_beside_them(kinds: list[str]) -> None:
    lines = [kind % f"r{index}" for index, kind in enumerate(kinds)]
    expected = [f"r{index}" for index, kind in enumerate(kinds) if kind == GOOD]
    if not expected:
        return
    good, bad = read_encounters("\n".join(lines).encode(), "f")
    assert [found.id for found in good] == expected
    assert {problem.line for problem in bad} == {i for i, kind in enumerate(kinds, 1) if kind != GOOD}


def test_a_fault_of_consistency_names_the_file_and_the_place(acme: Acme) -> None:
    world = acme(rule("r", "{ fact = 'line.units', at_most = 4 }"))
    raw = f'{GOOD % "a"}\n{{"id": "b", "lines": [{{}}], "payer_facts": {{"acme": {{"gold": true}}}}}}'
    good, _ = read_encounters(raw.encode(), "f")
    with pytest.raises(InputError) as error:
        world.engine.evaluate(good[1])
    assert str(error.value) == "f:2:53: payer_facts.acme.gold: acme has no such fact; it knows none."
