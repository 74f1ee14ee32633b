"""Why a line is payable: what passed on which facts, what was not checked; and in one line why it is not."""

from typing import Any

import pytest
from crosspayer.report.payable import PayableLine, why_payable

from core.tests.acme import Acme, World, encounter, rule

KIND = "{ fact = 'device.kind', is = 'orthosis' }"
WEAK = {"cites": "['secondary']", "effect": "'warn'", "instead_of": "'not_covered'"}
GOOD = {"device.kind": "orthosis"}


def said(world: World, data: dict[str, Any]) -> PayableLine:
    (line,) = why_payable(world.answer(data).held, world.engine.payers).lines
    return line


def test_a_payable_line_names_what_passed_and_what_was_not_checked(acme: Acme) -> None:
    rules = rule("firm", KIND, topic="'device'", grants="'coverage'") + rule("weak", KIND, **WEAK)
    line = said(acme(rules), encounter(GOOD))
    assert (line.payable, line.why_not, line.verdict) == (True, None, "covered")
    assert [(r.rule, r.facts, r.grants) for r in line.passed] == [
        ("acme/main/firm", {"device.kind": "orthosis"}, "coverage"),
        ("acme/main/weak", {"device.kind": "orthosis"}, None),
    ]
    assert line.weak == ("acme/main/weak",)
    assert "device" not in line.not_checked
    assert "pairs" in line.not_checked


def test_open_things_that_change_nothing_are_named(acme: Acme) -> None:
    rules = rule("firm", KIND) + rule("warned", "{ fact = 'telehealth', is = false }", effect="'warn'")
    (thing,) = said(acme(rules), encounter(GOOD)).open
    assert (thing.rules, thing.missing) == (("acme/main/warned",), ("telehealth",))


@pytest.mark.parametrize(
    ("changes", "begins"),
    [
        ({"device.kind": "prosthesis"}, "Not payable as it stands, not covered: "),
        ({}, "Not known to be payable: depends on open facts; missing: "),
        ({"lines[0].code": "99213"}, "Not answered: no policy for this code"),
    ],
)
def test_what_is_not_payable_says_why_in_one_line(acme: Acme, changes: dict[str, Any], begins: str) -> None:
    line = said(acme(rule("firm", KIND)), encounter(changes))
    assert (line.payable, line.passed) == (False, ())
    assert (line.why_not or "").startswith(begins)
    assert "\n" not in (line.why_not or "")
    assert "prosthesis" not in (line.why_not or "")


def test_the_end_of_what_is_known_is_held_against_the_day(acme: Acme) -> None:
    rules = rule("firm", KIND, to="2026-12-31")
    line = said(acme(rules), encounter(GOOD))
    assert (line.current_through, line.past_current) == ("2026-12-31", False)
