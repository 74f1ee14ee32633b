"""The table for people: one line a payer, the next step, what to ask. The payers and their rules are invented."""

from __future__ import annotations

import io
from typing import Any

import msgspec
import pytest
from crosspayer.determination.lattice import add_up
from crosspayer.report import table
from crosspayer.report.words import advice, questions, shared_verdict, verdict_words

from core.tests.acme import HEAD, TWO_PLANS, Acme, World, encounter, rule
from core.tests.determination.findings import finding

ORDER = rule("order", "{ fact = 'coverage.referral.present', is = true }", remedy="'Obtain the referral.'")
NETWORK = rule("network", "{ fact = 'coverage.network', is = 'in' }")
EXCHANGE = rule("exchange", "{ fact = 'line.units', at_most = 1 }", plans="['exchange']", remedy="'Bill one unit.'")
NOBODY: dict[str, Any] = {"coverages": []}


def printed(world: World, data: dict[str, Any], **asked: Any) -> list[str]:
    """The lines of the table, without blank ones and trailing blanks."""
    out = io.StringIO()
    table.write(world.answer(data, **asked), out)
    return [line.rstrip() for line in out.getvalue().splitlines() if line.strip()]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("   ") if cell.strip()]


@pytest.fixture(scope="module")
def one_plan(acme: Acme) -> World:
    return acme(ORDER + NETWORK)


@pytest.fixture(scope="module")
def two_plans(acme: Acme) -> World:
    return acme(ORDER + EXCHANGE, manifest=TWO_PLANS)


def test_a_held_coverage_shows_what_to_do(one_plan: World) -> None:
    shown = printed(one_plan, encounter({"coverages[0].referral.present": False, "coverages[0].network": "in"}))
    assert shown[0:2] == ["Encounter e", "Held coverages"]
    assert cells(shown[2]) == ["Payer", "Plan", "Line", "Code", "Verdict", "What to do", "Topics"]
    assert cells(shown[4]) == ["acme", "commercial", "1", "97760", "not covered", "• Obtain the referral.", "1/12"]


def test_an_open_line_names_the_fact_that_settles_it(one_plan: World) -> None:
    shown = printed(one_plan, encounter({"coverages[0].network": "in"}))
    told = "• Say yes or no: a referral or prescription is on file (front desk)."
    assert cells(shown[4])[:5] == ["acme", "commercial", "1", "97760", "depends on open facts"]
    assert told.startswith(cells(shown[4])[5])
    asked = "  ? a referral or prescription is on file [coverages[0].referral.present] – ask: front desk"
    assert shown[shown.index("To settle what is open:") + 1] == asked


def test_a_clear_line_has_nothing_to_do(one_plan: World) -> None:
    shown = printed(one_plan, encounter({"coverages[0].referral.present": True, "coverages[0].network": "in"}))
    assert cells(shown[4])[4:] == ["clear: nothing found against it", "–", "1/12"]
    assert "To settle what is open:" not in shown


def test_another_payer_is_one_line_for_all_its_plans(two_plans: World) -> None:
    shown = printed(two_plans, encounter({"lines[0].units": 3}, **NOBODY))
    assert shown[1] == "Payers asked"
    assert cells(shown[2]) == ["Payer", "Plans", "Verdict", "What to do", "Topics"]
    assert cells(shown[4]) == [
        "acme", "2", "1 plan not covered, 1 plan open", "Name the plan (--plan acme/PLAN).", "0/12",
    ]  # fmt: skip
    assert [line for line in shown if line.lstrip().startswith("acme")] == [shown[4]]


def test_plans_that_say_the_same_are_not_counted(two_plans: World) -> None:
    shown = printed(two_plans, encounter({"lines[0].units": 1}, **NOBODY))
    assert cells(shown[4])[:3] == ["acme", "2", "depends on open facts"]


def test_lines_that_differ_are_told_apart_in_the_same_row(one_plan: World) -> None:
    data = encounter({"lines[1].code": "99999", "lines[1].number": 2, "lines[1].service_date": "2026-10-05"}, **NOBODY)
    shown = printed(one_plan, data)
    assert cells(shown[4])[:3] == ["acme", "commercial", "line 1: depends on open facts"]
    assert "line 2: no policy for this code" in shown[5]


def test_a_held_coverage_without_a_plan_is_one_row_a_line(two_plans: World) -> None:
    data = encounter({"coverages[0].plan": ..., "coverages[0].referral.present": True, "lines[0].units": 3})
    shown = printed(two_plans, data)
    row, rest = cells(shown[4]), cells(shown[5])
    assert row[:4] == ["acme", "any of 2", "1", "97760"]
    assert f"{row[4]} {rest[0]}" == "1 plan not covered, 1 plan with nothing against it"
    assert row[5:] == ["• Name the plan (--plan acme/PLAN).", "1/12"]


def test_an_unknown_payer_says_why_nobody_answers(one_plan: World) -> None:
    shown = " ".join(printed(one_plan, encounter({"coverages[0].payer": "acmee"})))
    assert "no answer: plugin unavailable" in shown
    assert "did you mean acme?" in shown


def test_a_plan_nobody_knows_is_said(one_plan: World) -> None:
    data = encounter({"coverages[0].plan": "gold", "coverages[0].network": "in", "coverages[0].referral.present": True})
    found = one_plan.answer(data).determinations
    assert advice(found) == ["The plan is not one the plugin knows; only rules for all plans were checked."]


def test_what_no_fact_can_settle_is_for_a_person_and_says_what_to_look_at(one_plan: World) -> None:
    data = encounter({"coverages[0].network": "in", "coverages[0].referral.present": True})
    (given,) = one_plan.answer(data).determinations
    left_open = finding("open", "not_covered", remedy="Look into the note.")
    total = add_up([left_open], 1)
    found = msgspec.structs.replace(given, verdict=total.verdict, reasons=total.reasons, findings=(left_open,))
    assert (verdict_words(found), advice([found])) == ("for a person to judge", ["Look into the note."])


def test_many_questions_are_counted(acme: Acme) -> None:
    flags = ("telehealth", "group_session", "student_involved", "same_encounter_rehabilitation")
    world = acme("".join(rule(flag.replace("_", "-"), f"{{ fact = '{flag}', is = false }}") for flag in flags))
    shown = printed(world, encounter())
    assert sum(line.startswith("  ? ") for line in shown) == 3
    assert "  … and 1 more fact (crosspayer ask, or --format json)" in shown


def test_unknown_points_of_the_record_are_counted(acme: Acme) -> None:
    need = rule("record", "{ fact = 'documentation.wear_schedule', is = true }", effect="'documentation_needed'")
    shown = printed(acme(need), encounter())
    assert "  1 point of the record is not known (crosspayer explain)." in shown


def test_the_end_of_what_is_known_is_said(acme: Acme) -> None:
    head = HEAD + "to = 2026-12-31\n"
    shown = printed(acme(ORDER, head=head), encounter())
    assert "  Everything the rules of acme use is known through 2026-12-31." in shown


def test_a_question_that_settles_more_rules_comes_first(acme: Acme) -> None:
    both = "{ all_of = [{ fact = 'telehealth', is = false }, { fact = 'group_session', is = false }] }"
    alone = "{ fact = 'group_session', is = false }"
    world = acme(rule("both", both) + rule("alone", alone))
    asked = questions(world.answer(encounter()).determinations)
    assert [question.path for question in asked] == ["group_session", "telehealth"]
    assert [question.answers for question in asked] == [1, 1]


def test_the_plan_is_asked_before_facts_as_many_answers_wait_for(two_plans: World) -> None:
    found = two_plans.answer(encounter({"lines[0].units": 3, "coverages[0].plan": ...})).determinations
    assert [question.path for question in questions(found)] == ["coverage.plan", "coverages[0].referral.present"]
    assert shared_verdict(found) == "1 plan not covered, 1 plan open"


def test_no_line_is_wider_than_a_pipe_expects(two_plans: World) -> None:
    shown = printed(two_plans, encounter({"coverages[0].plan": ..., "lines[0].units": 3}), all_payers=True)
    assert 100 < max(map(len, shown)) <= table.PIPED_WIDTH


INFORM = {"effect": "'inform'", "topic": "'units'"}
WEAK = {"effect": "'inform'", "instead_of": "'not_covered'", "topic": "'modifiers'", "cites": "['unverified']"}
UNITS = "{ fact = 'line.units', at_most = 1 }"
MODIFIERS = "{ fact = 'line.modifiers', has_one_of = ['GP'] }"


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        (rule("notes", UNITS, **INFORM), "its rules speak of this line, but only inform"),
        (rule("weak", MODIFIERS, **WEAK), "its rules speak of this line, but rest on sources too weak to count"),
        (
            rule("notes", UNITS, **INFORM) + rule("weak", MODIFIERS, **WEAK),
            "its rules speak of this line, but only inform, or rest on sources too weak to count",
        ),
        (
            rule("notes", UNITS, **INFORM, when="{ fact = 'line.units', at_least = 9 }"),
            "none of its rules could be held against this line",
        ),
    ],
)
@pytest.mark.parametrize("modifiers", [["GP"], ["GO"]])
def test_why_nothing_counts_as_checked(rules: str, why: str, modifiers: list[str], acme: Acme) -> None:
    found = acme(rules).one(encounter({"lines[0].units": 1, "lines[0].modifiers": modifiers}))
    assert "nothing_checked" in found.reasons
    assert advice([found]) == [f"Ask the payer: {why}."]
