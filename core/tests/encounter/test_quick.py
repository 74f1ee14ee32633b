"""The quick look never lets through what the close look refuses, and keys given twice never pass."""

from __future__ import annotations

import json
from typing import Any

import pytest
from crosspayer import Encounter, InputError
from crosspayer.encounter.model import decoder
from crosspayer.encounter.quick import in_order, keys_once
from hypothesis import given
from hypothesis import strategies as st

LINE = {"number": 1, "code": "97760", "service_date": "2026-10-05", "charge": 10.5, "modifiers": ["GP"]}
FAULTS: list[dict[str, Any]] = [
    {"lines": []},
    {"lines": [{**LINE, "code": "9776"}]},
    {"lines": [{**LINE, "modifiers": ["gp"]}]},
    {"lines": [{**LINE, "charge": 0.001}]},
    {"lines": [LINE, LINE]},
    {"lines": [LINE, {**LINE, "number": 2, "service_date": "2026-10-06"}]},
    {"lines": [LINE], "patient": {"state": "Ohio"}},
    {"lines": [LINE], "diagnoses": [{"code": "m21"}]},
    {"lines": [LINE], "coverages": [{"payer": "x", "therapy_amount_ytd": 1.001}]},
    {"lines": [LINE], "coverages": [{"payer": "x", "state": "oh"}]},
    {"lines": [LINE], "history": {"lines": [{"code": "x"}]}},
]


@pytest.mark.parametrize("fault", FAULTS)
def test_what_the_close_look_refuses_is_in_doubt(fault: dict[str, Any]) -> None:
    raw = json.dumps({"id": "e", **fault}).encode()
    assert not in_order(decoder().decode(raw))
    with pytest.raises(InputError):
        Encounter.from_json(raw)


def test_lines_not_numbered_upwards_are_in_doubt_and_still_accepted() -> None:
    raw = json.dumps({"id": "e", "lines": [{**LINE, "number": 2}, LINE]}).encode()
    assert not in_order(decoder().decode(raw))
    assert Encounter.from_json(raw).id == "e"


KEYS = st.sampled_from(['"age":3', '"age":null', '"sex":"male"', '"sex":null', '"state":"OH"', '"stay":"none"'])


@given(st.lists(KEYS, max_size=6), st.sampled_from(["", " ", "\n"]))
def test_a_key_given_twice_is_never_taken_for_once(members: list[str], space: str) -> None:
    written = ",".join(member.replace(":", f"{space}:{space}", 1) for member in members)
    raw = f'{{"id":"e:1","patient":{{{written}}},"lines":[{{"code":"97760","starts_at":"08:00"}}]}}'.encode()
    names = [member.partition(":")[0] for member in members]
    assert keys_once(raw, decoder().decode(raw)) is (len(set(names)) == len(names))
