"""The template asks for what the loaded rules read, loads as it is, and takes no line without an answer."""

import re
import tomllib
from typing import Any

import pytest
from crosspayer.encounter.profile import Profile
from crosspayer.errors import InputError
from crosspayer.report.profile_template import template

from core.tests.acme import MANIFEST, TWO_PLANS, Acme, condition_rules, rule

DECLARED = """
[[facts]]
name = "gold_card"
type = "boolean"
meaning = "The practice holds the card."
ask = "payer"
holds_for = "contract"
[[facts]]
name = "unread"
type = "boolean"
meaning = "No rule reads it."
ask = "payer"
holds_for = "contract"
[[facts]]
name = "signed"
type = "boolean"
meaning = "The form is signed."
ask = "biller"
"""


def only(text: str) -> list[str]:
    """The facts a template asks for, in order."""
    return re.findall(r"^# facts\.(\S+) =", text, re.MULTILINE)


def filled(text: str, answers: dict[str, Any] | None = None) -> str:
    """The template with the first # of each line taken away, and answers in the place of "?"."""
    lines = [re.sub(r"^# ?", "", line) for line in text.partition("# ---")[2].splitlines()]
    lines[0] = "#" + lines[0]
    written = "\n".join(re.sub(r"^--- .*", "", line) for line in lines)
    for key, value in (answers or {}).items():
        written = re.sub(
            rf'^(facts\.)?{re.escape(key)} = "\?"', f"{key_of(key)} = {value}", written, flags=re.MULTILINE
        )
    return "format = 1\n" + written


def key_of(key: str) -> str:
    return key if key in ("plan", "rendering_npi") else f"facts.{key}"


@pytest.fixture(scope="module")
def text(acme: Acme) -> str:
    rules = condition_rules(
        {
            "setting": "{ fact = 'setting', is = 'private_practice' }",
            "specialty": "{ fact = 'line.rendering.specialty', is = '65' }",
            "cap": "{ fact = 'line.units', at_most = { fact = 'coverage.contract_unit_cap' } }",
            "visits": "{ fact = 'coverage.benefit.visits_within_limit', is = true }",
            "gold": "{ fact = 'payer_facts.acme.gold_card', is = true }",
            "signed": "{ fact = 'payer_facts.acme.signed', is = true }",
            "approval": "{ fact = 'coverage.prior_authorization.present', is = true }",
        }
    ) + rule("switched-off", "{ fact = 'contractor', is = 'A1' }", off="'not yet decided'")
    return template(acme(rules, manifest=TWO_PLANS + DECLARED).engine.payers)


ANSWERS = {
    "setting": '"private_practice"',
    "rendering_npi": '"1111111112"',
    "rendering.specialty": '"65"',
    "plan": '"commercial"',
    "coverage.benefit.has_visit_limit": "true",
    "coverage.benefit.visit_limit": "30",
    "coverage.contract_unit_cap": "4",
    "payer_facts.acme.gold_card": "false",
}


def test_it_asks_for_what_rules_read_and_a_profile_may_say(text: str) -> None:
    assert only(text) == [name for name in ANSWERS if key_of(name).startswith("facts.")]


def test_each_value_has_its_question_and_each_group_its_keys(text: str) -> None:
    assert (
        "# --- Contracts with Acme Health\n\n"
        "# [[entries]]\n"
        '# payer = "acme"\n'
        '# plan = "?"  # leave it out for all plans: commercial, exchange\n'
    ) in text
    assert (
        "#\n# # Timed units a day that the contract pays: a number, in units (ask: payer)\n"
        '# facts.coverage.contract_unit_cap = "?"\n'
    ) in text
    assert (
        '#\n# # The practice holds the card: true or false (ask: payer)\n# facts.payer_facts.acme.gold_card = "?"\n'
    ) in text


def test_it_loads_as_it_is(text: str) -> None:
    assert Profile.from_toml(text).entries == ()


def test_taken_in_without_answers_every_line_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(InputError) as error:
        Profile.from_toml(filled(text))
    refused = {problem.path.partition(".")[2].removeprefix("facts.") for problem in error.value.problems}
    assert refused == set(ANSWERS)
    assert all(problem.line is not None for problem in error.value.problems)


def test_answered_it_loads_and_says_what_was_answered(text: str) -> None:
    profile = Profile.from_toml(filled(text, ANSWERS))
    assert [dict(entry.keys) for entry in profile.entries] == [
        {},
        {"rendering_npi": "1111111112"},
        {"payer": "acme", "plan": "commercial"},
    ]
    said = {path: value for entry in profile.entries for path, value in entry.facts.items()}
    told = {name: tomllib.loads(f"x = {value}")["x"] for name, value in ANSWERS.items()}
    assert said == {name: told[name] for name in only(text)}


def test_a_payer_whose_rules_read_nothing_of_the_kind_is_left_out(acme: Acme) -> None:
    world = acme(rule("modifiers", "{ fact = 'line.modifiers', has = 'GP' }"), manifest=MANIFEST)
    assert "[[entries]]\n" not in template(world.engine.payers).partition("format = 1")[2]
    assert Profile.from_toml(template(world.engine.payers)).entries == ()


def test_a_policy_that_counts_by_contract_asks_for_the_method(acme: Acme) -> None:
    table = (
        "format = 1\nid = 'timed'\ntitle = 'Invented timed codes'\ncodes = ['97760']\ncites = ['notice']\n"
        "open_ended = 'No end is published.'\n"
    )
    minutes = rule("minutes", "{ fact = 'line.units', at_most = { fact = 'line.units_supported' } }")

    def asked(method: str) -> list[str]:
        settings = f"[timed]\ncodes = {{ table = 'timed' }}\nmethod = {method}\n"
        return only(template(acme(settings + minutes, tables={"timed.toml": table}).engine.payers))

    assert asked("{ fact = 'coverage.unit_method' }") == ["coverage.unit_method"]
    assert asked("'cms_total'") == []
