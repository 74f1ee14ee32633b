"""The schema of answers says what the structs say, and lets later versions add to them."""

import copy
import json
from typing import Any

import msgspec
import pytest
from crosspayer.determination import model
from crosspayer.determination.lattice import VERDICTS
from crosspayer.determination.schema import answer_schema
from crosspayer.encounter.read import Encounter
from crosspayer.engine.engine import Engine
from crosspayer.errors import Problem
from crosspayer.report.writers import as_json
from crosspayer.schemas.validate import problems

from core.tests.invented import all_installed, encounter, load

STRUCTS = {
    name: struct
    for name, struct in vars(model).items()
    if isinstance(struct, type) and issubclass(struct, msgspec.Struct) and struct is not model.Answer
}


PLAN = {"certified_on": "2026-11-20", "certification_refused": False}


@pytest.fixture(scope="module")
def answer() -> Any:
    """An answer of the invented payers with findings of every kind, documentation, questions and a rejected record."""
    found = load(*all_installed())
    lines = [
        {"number": 1, "code": "97760", "service_date": "2026-10-05", "modifiers": [], "units": 5},
        {"number": 2, "code": "97763", "service_date": "2026-10-05", "modifiers": ["GP"]},
        {"number": 3, "code": "99213"},
    ]
    data = encounter(stage="order", lines=lines, plan_of_care=PLAN, coverages=[{"payer": "acme"}, {"payer": "nobody"}])
    asked = Encounter.from_mapping(data)
    said = Engine(found.payers, found.reports).evaluate(asked, all_payers=True)
    return json.loads(as_json(said, [Problem("visit.json", 1, 2, "lines", "is empty", "add one")]))


def faults(document: Any) -> list[str]:
    return [problem.path for problem in problems(document, "answer", "answer", dict)]


def test_an_answer_with_everything_in_it_is_valid(answer: Any) -> None:
    kinds = {f["kind"] for d in answer["determinations"] for f in (*d["findings"], *d["deferred"])}
    assert kinds == {"pass", "fail", "open", "deferred"}
    assert any(d["documentation"] for d in answer["determinations"])
    assert any(d["info_needed"] for d in answer["determinations"])
    assert any(d["units"]["limits"] for d in answer["determinations"])
    assert answer["rejected"]
    assert faults(answer) == []


def test_a_reader_ignores_what_it_does_not_know(answer: Any) -> None:
    later = copy.deepcopy(answer)
    later["new"] = {"a": 1}
    later["determinations"][0]["new"] = 1
    later["determinations"][0]["findings"][0]["new"] = None
    later["rejected"][0]["new"] = "x"
    assert faults(later) == []
    assert 'additionalProperties": false' not in json.dumps(answer_schema())


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda a: a.pop("format"), ""),
        (lambda a: a.update(format="crosspayer/answer/2"), "format"),
        (lambda a: a.pop("determinations"), ""),
        (lambda a: a["determinations"][0].pop("verdict"), "determinations[0]"),
        (lambda a: a["determinations"][0].update(verdict="fine"), "determinations[0].verdict"),
        (lambda a: a["determinations"][0].update(line="1"), "determinations[0].line"),
        (lambda a: a["determinations"][0]["topics"].update(units="maybe"), "determinations[0].topics.units"),
        (lambda a: a["determinations"][0]["basis"].pop("input"), "determinations[0].basis"),
        (lambda a: a["determinations"][0]["findings"][0].update(kind="?"), "determinations[0].findings[0].kind"),
        (lambda a: a["rejected"][0].pop("what"), "rejected[0]"),
        (lambda a: a.update(rejected=[]), "rejected"),
    ],
)
def test_what_is_no_answer_is_refused(spoil: Any, place: str, answer: Any) -> None:
    spoilt = copy.deepcopy(answer)
    spoil(spoilt)
    assert faults(spoilt) == [place]


@pytest.mark.parametrize("name", STRUCTS)
def test_every_struct_is_described_with_its_fields(name: str) -> None:
    part = answer_schema()["$defs"][name]
    fields = msgspec.structs.fields(STRUCTS[name])
    assert list(part["properties"]) == [field.name for field in fields]
    assert part["required"] == [field.name for field in fields if field.required]
    assert part["description"] == " ".join((STRUCTS[name].__doc__ or "").split())


def test_the_verdicts_are_those_of_the_lattice() -> None:
    verdict = answer_schema()["$defs"]["Determination"]["properties"]["verdict"]
    assert verdict == {"anyOf": [{"enum": sorted(VERDICTS)}, {"type": "null"}]}
