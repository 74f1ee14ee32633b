"""The explanation of a payer's answer, rule by rule. The payer, its rules and its sources are invented."""

from __future__ import annotations

import io
import json
from typing import Any

from crosspayer.report import explanation
from crosspayer.report.table import PIPED_WIDTH

from core.tests.acme import MANIFEST, Acme, World, encounter, rule

CAP = """\
[parameters.daily_cap]
unit = 'units'
values = [
  { from = 2025-01-01, to = 2025-12-31, value = 4, cites = ['notice'] },
  { from = 2026-01-01, to = 2026-12-31, value = 2, cites = ['notice'] },
]
"""
WITHIN_CAP = rule("cap", "{ fact = 'line.units', at_most = { parameter = 'daily_cap' } }", remedy="'Bill less.'")
LISTED = """\
format = 1
id = 'listed'
title = 'Invented'
codes = ['97760']
covers_to = 2025-12-31
cites = ['notice']
"""


def explained(world: World, data: dict[str, Any], only: str | None = None) -> list[str]:
    out = io.StringIO()
    (payer,) = world.installation.payers
    explanation.write(world.answer(data).determinations, payer, only, out)
    return out.getvalue().splitlines()


def test_a_failed_rule_shows_sentence_facts_effect_remedy_and_source(acme: Acme) -> None:
    shown = explained(acme(CAP + WITHIN_CAP), encounter({"lines[0].units": 3}))
    assert shown[:10] == [
        "e, line 1, 97760: Acme Health, commercial: not covered",
        "",
        "✗ fail  acme/main/cap",
        "    requires: the units billed are at most daily_cap (2)",
        "    fact: lines[0].units = 3",
        "    effect: not covered",
        "    to do: Bill less.",
        "    source: Acme Health, Invented notice [acme/notice, primary, read 2026-11-23]",
        "",
        "Not checked, because no rule speaks of this line: codes, pairs, modifiers, authorization, necessity, records,",
    ]


def test_a_message_is_a_note_and_no_failure_and_a_payer_without_a_coverage_says_so(acme: Acme) -> None:
    message = rule("message", "{ fact = 'line.units', at_most = 2 }", effect="'inform'")
    shown = explained(acme(message), encounter({"lines[0].units": 3}, coverages=[]))
    assert shown[0].startswith("e, line 1, 97760: Acme Health, ")
    assert "(if it covered the patient)" in shown[0]
    assert "i note  acme/main/message" in shown


def test_the_values_are_those_of_the_day_of_service(acme: Acme) -> None:
    shown = explained(acme(CAP + WITHIN_CAP), encounter({"lines[0].units": 3, "lines[0].service_date": "2025-06-01"}))
    assert shown[2:4] == ["✓ pass  acme/main/cap", "    requires: the units billed are at most daily_cap (4)"]
    assert "    effect if it failed: not covered" in shown


def test_without_a_day_of_service_values_are_named_only(acme: Acme) -> None:
    shown = explained(acme(CAP + WITHIN_CAP), encounter({"lines[0].units": 3, "lines[0].service_date": ...}))
    assert "    requires: the units billed are at most daily_cap" in shown
    assert "    missing: lines[0].service_date (day of service)" in shown


def test_an_open_rule_says_what_is_missing_in_words(acme: Acme) -> None:
    shown = explained(acme(CAP + WITHIN_CAP), encounter())
    assert shown[2] == "? open  acme/main/cap"
    assert "    missing: lines[0].units (units billed)" in shown
    assert "    effect if it fails: not covered" in shown


def test_a_payer_fact_is_explained_in_its_payers_words(acme: Acme) -> None:
    declared = "[[facts]]\nname = 'gold_card'\ntype = 'boolean'\nmeaning = 'The group is exempt.'\nask = 'payer'\n"
    world = acme(rule("gold", "{ fact = 'payer_facts.acme.gold_card', is = true }"), manifest=MANIFEST + declared)
    shown = explained(world, encounter())
    assert "    requires: the group is exempt" in shown
    assert "    missing: payer_facts.acme.gold_card (the group is exempt)" in shown


def test_a_weak_source_and_a_table_that_ended_are_told_apart(acme: Acme) -> None:
    rules = rule("weak", "{ fact = 'telehealth', is = false }", cites="['secondary']", effect="'warn'")
    rules += rule("late", "{ fact = 'line.code', not_in = { table = 'listed' } }")
    shown = explained(acme(rules, tables={"listed.toml": LISTED}), encounter({"telehealth": True}))
    assert [line for line in shown if line.startswith("    effect")] == [
        "    effect: warn (a table it uses ends before the day of service: too weak for more)",
        "    effect: warn (the source is graded secondary with medium confidence: too weak for more)",
    ]


def test_failures_come_first_the_worst_before_the_rest(acme: Acme) -> None:
    one = "{ fact = 'line.units', is = 1 }"
    rules = rule("a-passes", "{ fact = 'line.units', is = 2 }") + rule("b-informs", one, effect="'inform'")
    rules += rule("c-open", "{ fact = 'telehealth', is = false }") + rule("d-denies", one)
    world = acme(rules)
    (found,) = world.answer(encounter({"lines[0].units": 2})).determinations
    ordered = [finding.rule for finding, _, _ in explanation.explained(found, world.installation.payers[0], None)]
    assert ordered == ["acme/main/d-denies", "acme/main/b-informs", "acme/main/c-open", "acme/main/a-passes"]


def test_one_rule_can_be_explained_alone(acme: Acme) -> None:
    world = acme(CAP + WITHIN_CAP + rule("other", "{ fact = 'line.units', is = 3 }"))
    shown = explained(world, encounter({"lines[0].units": 3}), "acme/main/other")
    assert [line for line in shown if line.startswith(("✓", "✗", "?"))] == ["✓ pass  acme/main/other"]


def test_long_sentences_are_wrapped_and_indented(acme: Acme) -> None:
    parts = ", ".join(f"{{ fact = 'line.units', is_not = {number} }}" for number in range(9))
    shown = explained(acme(rule("long", f"{{ all_of = [{parts}] }}")), encounter())
    start = next(number for number, line in enumerate(shown) if line.startswith("    requires:"))
    assert [len(line) - len(line.lstrip()) for line in shown[start : start + 3]] == [4, 6, 6]
    assert max(map(len, shown)) <= PIPED_WIDTH


def test_the_document_carries_the_same_sentences(acme: Acme) -> None:
    world = acme(CAP + WITHIN_CAP)
    (payer,) = world.installation.payers
    found = world.answer(encounter({"lines[0].units": 3})).determinations
    document = json.loads(explanation.as_json(found, payer, None))
    assert document["format"] == "crosspayer/explanation/1"
    (told,) = document["lines"][0]["rules"]
    assert (told["rule"], told["kind"], told["when"]) == ("acme/main/cap", "fail", "always")
    assert told["requires"] == "the units billed are at most daily_cap (2)"
    assert told["stage"] == "order"
    assert [source["id"] for source in told["sources"]] == ["acme/notice"]


def test_what_only_a_weak_source_speaks_of_is_told_apart_from_what_nobody_does(acme: Acme) -> None:
    weak = rule("weak", "{ fact = 'line.units', at_most = 9 }", cites="['secondary']", effect="'warn'")
    shown = " ".join(line.strip() for line in explained(acme(weak), encounter({"lines[0].units": 3})))
    assert "Not counted as checked, because only notes or sources too weak speak of it: units." in shown
    assert "Not checked, because no rule speaks of this line: codes, pairs, modifiers," in shown
