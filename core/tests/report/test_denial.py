"""A denial held against rules: what matches, in which state, what to do, and what is never advised."""

from typing import Any

import pytest
from crosspayer.report.appeal import sheet, text
from crosspayer.report.denial import Denial, DeniedLine, DeniedRule, denial
from crosspayer.report.denial_codes import denial_code
from crosspayer.report.next_step import ON_THE_CLAIM, STATE_ORDER, STEP_WORDS

from core.tests.acme import Acme, World, encounter, rule

ADJUSTED = "{ group = 'CO', carc = '4', rarc = 'N519' }"
PLAIN = "{ carc = '4' }"
WEAK = {"cites": "['secondary']", "effect": "'warn'", "instead_of": "'not_covered'"}
GP = "{ fact = 'line.modifiers', has = 'GP' }"
KIND = "{ fact = 'device.kind', is = 'orthosis' }"


def asked(world: World, data: dict[str, Any], *code: str) -> Denial:
    return denial(denial_code(*(code or ("4",))), world.answer(data).held, world.engine.payers)


def line_of(world: World, data: dict[str, Any], *code: str) -> DeniedLine:
    (line,) = asked(world, data, *code).lines
    return line


def only(world: World, data: dict[str, Any], *code: str) -> DeniedRule:
    (found,) = line_of(world, data, *code).rules
    return found


ROWS: list[tuple[dict[str, str], str, dict[str, Any], str, bool, str]] = [
    # rule's keys, requirement, changed facts, state, explains, step
    ({"topic": "'modifiers'", "remedy": "'Add GP.'"}, GP, {"lines[0].modifiers": []}, "failed", True,
     "corrected_claim"),
    ({"topic": "'codes'", "remedy": "'Bill 97761.'"}, KIND, {"device.kind": "prosthesis"}, "failed", True,
     "corrected_claim"),
    ({"topic": "'benefit'", "remedy": "'Add GP.'"}, GP, {"lines[0].modifiers": []}, "failed", True, "corrected_claim"),
    ({"topic": "'device'", "remedy": "'Bill 97761.'"}, KIND, {"device.kind": "prosthesis"}, "failed", True,
     "write_off"),
    ({"topic": "'modifiers'"}, GP, {"lines[0].modifiers": []}, "failed", True, "write_off"),
    ({"topic": "'liability'", "remedy": "'Do so.'"}, GP, {"lines[0].modifiers": []}, "failed", True, "write_off"),
    ({"topic": "'authorization'", "effect": "'auth_needed'", "remedy": "'Ask.'"}, KIND, {"device.kind": "prosthesis"},
     "failed", True, "write_off"),
    ({"topic": "'records'", "effect": "'documentation_needed'"}, "{ fact = 'documentation.wear_schedule', is = true }",
     {"documentation.wear_schedule": False}, "failed", True, "appeal"),
    ({}, KIND, {}, "open", False, "supply_facts"),
    ({}, KIND, {"device.kind": "orthosis"}, "passed", False, "appeal"),
    ({"when": "{ fact = 'line.modifiers', has = 'GO' }"}, KIND, {"lines[0].modifiers": []}, "not_applicable", False,
     "appeal"),
    ({"stage": "'claim'"}, KIND, {"stage": "order"}, "deferred", False, "name_the_stage"),
    ({"to": "2025-12-31"}, KIND, {"device.kind": "prosthesis"}, "not_in_force", False, "appeal"),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "require", "changes", "state", "explains", "step"), ROWS)
def test_the_decision_table(
    acme: Acme, keys: dict[str, str], require: str, changes: dict[str, Any], state: str, explains: bool, step: str
) -> None:
    found = only(acme(rule("r", require, adjustment=PLAIN, **keys)), encounter(changes))
    assert (found.state, found.explains, found.next_step.kind) == (state, explains, step)


def test_units_above_a_cap_are_written_off_with_what_is_left(acme: Acme) -> None:
    cap = "{ units_of = { codes = ['97760'] }, per = ['day'], at_most = 1, keep_first_by = 'line.number' }"
    world = acme(rule("r", cap=cap, effect="'reduce_units'", adjustment=PLAIN))
    found = only(world, encounter({"lines[0].units": 3}))
    assert (found.state, found.next_step.kind) == ("failed", "write_off")
    assert "It leaves 1." in found.next_step.text


def test_every_state_and_step_is_in_the_table() -> None:
    assert {row[3] for row in ROWS} == set(STATE_ORDER)
    assert {row[5] for row in ROWS} == set(STEP_WORDS)


def test_no_step_speaks_of_changing_the_record(acme: Acme) -> None:
    """A claim is corrected to the record; nothing tells anyone to alter what happened."""
    for keys, require, changes, *_ in ROWS:
        step = only(acme(rule("r", require, adjustment=PLAIN, **keys)), encounter(changes)).next_step
        assert not any(word in step.text for word in ("change the record", "alter", "amend", "add to the record"))
        if step.kind == "corrected_claim":
            assert "the record itself is not changed" in step.text
    assert not any(path.startswith(("documentation.", "patient.", "device.", "diagnos")) for path in ON_THE_CLAIM)


@pytest.mark.parametrize(
    ("adjustment", "code", "remark"),
    [
        (ADJUSTED, ("4",), "not_asked"),
        (ADJUSTED, ("4", "N519"), "named"),
        (ADJUSTED, ("4", "N822"), None),
        (ADJUSTED, ("CO-4",), "not_asked"),
        (ADJUSTED, ("PR-4",), None),
        (PLAIN, ("PR-4", "N822"), "not_named"),
        (PLAIN, ("5",), None),
    ],
)
def test_group_and_remark_rule_out_only_what_the_source_says_otherwise(
    acme: Acme, adjustment: str, code: tuple[str, ...], remark: str | None
) -> None:
    line = line_of(acme(rule("r", KIND, adjustment=adjustment)), encounter(), *code)
    assert [found.remark for found in line.rules] == ([] if remark is None else [remark])


def test_a_rule_that_failed_by_another_branch_does_not_explain_the_denial(acme: Acme) -> None:
    branches = (
        "[[rules.otherwise]]\nwhen = { fact = 'telehealth', is = true }\neffect = 'not_covered'\n"
        "adjustment = { carc = '4' }\n[[rules.otherwise]]\neffect = 'documentation_needed'\n"
    )
    world = acme(rule("r", KIND, effect="") + branches)
    facts = {"device.kind": "prosthesis"}
    assert only(world, encounter({**facts, "telehealth": True})).explains is True
    assert only(world, encounter({**facts, "telehealth": False})).explains is False


def test_rules_of_other_codes_are_counted_apart(acme: Acme) -> None:
    line = line_of(acme(rule("r", KIND, adjustment=PLAIN, judges="['97761']")), encounter())
    assert (line.rules, line.other_lines) == ((), ("acme/main/r",))


def test_topics_are_hints_and_never_an_explanation(acme: Acme) -> None:
    world = acme(rule("r", GP, topic="'modifiers'") + rule("s", KIND, topic="'device'"))
    line = line_of(world, encounter({"lines[0].modifiers": []}))
    assert (line.explained, line.rules, line.next_step) == (False, (), None)
    assert [(hint.rule, hint.state, hint.grade) for hint in line.by_topic] == [("acme/main/r", "failed", "secondary")]


def test_what_explains_the_denial_comes_first(acme: Acme) -> None:
    world = acme(
        rule("a", KIND, adjustment=PLAIN) + rule("b", GP, adjustment=PLAIN, topic="'modifiers'", remedy="'Add GP.'")
    )
    line = line_of(world, encounter({"lines[0].modifiers": []}))
    assert [found.rule for found in line.rules] == ["acme/main/b", "acme/main/a"]
    assert line.next_step == line.rules[0].next_step
    assert line.explained


def test_a_weak_source_is_doubted(acme: Acme) -> None:
    world = acme(rule("r", GP, adjustment=PLAIN, topic="'modifiers'", remedy="'Add GP.'", **WEAK))
    found = only(world, encounter({"lines[0].modifiers": []}))
    assert found.weak_source
    assert "graded secondary" in found.next_step.text


def test_facts_name_who_can_supply_them(acme: Acme) -> None:
    found = only(acme(rule("r", KIND, adjustment=PLAIN)), encounter())
    (fact,) = found.facts
    assert (fact.path, fact.known, fact.value, fact.ask) == ("device.kind", False, None, "clinician")


def test_a_sheet_holds_only_what_may_be_put_before_the_payer(acme: Acme) -> None:
    failing = rule("f", GP, adjustment=PLAIN, topic="'modifiers'", remedy="'Add GP.'")
    passing = rule("p", KIND, adjustment=PLAIN)
    facts = encounter({"lines[0].modifiers": [], "device.kind": "orthosis"})
    (claim,) = sheet(asked(acme(failing + passing), facts)).claims
    assert [found.rule for found in claim.rules] == ["acme/main/p"]
    assert [found.rule for found in claim.against] == ["acme/main/f"]
    assert sheet(asked(acme(failing), facts)).claims == ()


HOSTILE = "<script>alert(1)</script> [x](javascript:1) *b* | c\u202e"


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_a_sheet_escapes_what_an_encounter_says(acme: Acme, form: str) -> None:
    world = acme(rule("r", KIND, adjustment=PLAIN))
    written = text(sheet(asked(world, encounter({"device.kind": "orthosis"}, id=HOSTILE))), form)
    assert "\u202e" not in written
    if form == "html":
        assert "<script" not in written
    else:
        assert "[x](" not in written
        assert "<script" not in written.replace("\\<", "")
