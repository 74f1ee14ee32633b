"""Payers held against each other. The payer, its plans, rules and sources are invented."""

import io
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from crosspayer.policy.model import COMPARISON_TOPICS, Payer
from crosspayer.report.comparison import TITLES, Cell, Comparison, as_json, codes_known, compare
from crosspayer.report.comparison_text import write_markdown, write_table

from core.tests.acme import MANIFEST, Acme, rule

ROOT = Path(__file__).parents[3]
PLANS = ("commercial", "exchange", "medicaid", "north", "south")
FIVE_PLANS = MANIFEST.partition("[[plans]]")[0] + "".join(
    f'[[plans]]\nid = "{plan}"\nname = "Plan {plan}"\nline_of_business = "commercial"\n' for plan in PLANS
)
UNITS = "{ fact = 'line.units', at_most = 4 }"
DAY = date(2026, 10, 5)


def payer_of(acme: Acme, rules: str, **files: Any) -> Payer:
    (payer,) = acme(rules, manifest=FIVE_PLANS, **files).installation.payers
    return payer


def cells_of(payer: Payer, topic: str = "daily_cap", **asked: Any) -> tuple[Cell, ...]:
    ((name, cells),) = compare([payer], [topic], **asked).topics
    assert name == topic
    return cells


def said(payer: Payer, **asked: Any) -> dict[tuple[str, ...], list[str]]:
    """The texts of every cell by its plans."""
    return {cell.plans: [told.text for told in cell.statements] for cell in cells_of(payer, **asked)}


def compared(name: str, **keys: str) -> str:
    return rule(name, UNITS, compare="'daily_cap'", title=f"'{name}'", **keys)


# --- the key


def test_the_topics_are_the_same_everywhere() -> None:
    schema = json.loads((ROOT / "schemas" / "policy.schema.json").read_text(encoding="utf-8"))
    assert tuple(schema["$defs"]["comparison_topic"]["enum"]) == COMPARISON_TOPICS == tuple(TITLES)
    language = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    section = language.partition("\n## Comparison\n")[2].partition("\n## ")[0]
    assert [topic for topic in COMPARISON_TOPICS if f"`{topic}`" not in section] == []


@pytest.mark.parametrize(
    ("written", "loaded"),
    [
        ("'daily_cap'", ("daily_cap",)),
        ("['visit_limit', 'daily_cap']", ("visit_limit", "daily_cap")),
        ("", ()),
    ],
)
def test_a_rule_answers_one_topic_or_several(acme: Acme, written: str, loaded: tuple[str, ...]) -> None:
    (found,) = payer_of(acme, rule("one", UNITS, compare=written)).rules
    assert found.compare == loaded


@pytest.mark.parametrize("written", ["'dayly_cap'", "['dayly_cap']"])
def test_an_unknown_topic_is_refused_with_a_suggestion(acme: Acme, written: str) -> None:
    (fault,) = acme.faults(rule("one", UNITS, compare=written))
    assert "compare" in fault
    assert 'did you mean "daily_cap"?' in fault


@pytest.mark.parametrize("written", ["[]", "['daily_cap', 'daily_cap']"])
def test_no_topic_and_a_topic_twice_are_refused(acme: Acme, written: str) -> None:
    (fault,) = acme.faults(rule("one", UNITS, compare=written))
    assert "rules[0].compare" in fault


def test_a_payer_inherits_the_topic_of_a_packs_rule(acme: Acme) -> None:
    manifest = FIVE_PLANS + (
        '[[uses]]\npack = "shared"\nversion = ">=2026.11,<2027"\npolicy = "main"\nrules = ["from-pack"]\n'
        'plans = ["north"]\n'
    )
    world = acme(compared("own"), manifest=manifest, pack=compared("from-pack"))
    (payer,) = world.installation.payers
    assert said(payer) == {
        ("north",): ["own", "from-pack"],
        ("commercial", "exchange", "medicaid", "south"): ["own"],
    }


# --- cells


def test_plans_that_agree_share_a_cell(acme: Acme) -> None:
    payer = payer_of(acme, compared("a", plans="['commercial', 'south']") + compared("b", plans="['north']"))
    cells = cells_of(payer)
    assert [(cell.plans, cell.silence) for cell in cells] == [
        (("commercial", "south"), None),
        (("north",), None),
        (("exchange", "medicaid"), "no_rule"),
    ]


def test_agreeing_is_saying_the_same_in_rules_of_any_name(acme: Acme) -> None:
    twins = compared("a", plans="['commercial']") + compared("b", plans="['exchange']")
    payer = payer_of(acme, twins.replace("title = 'b'", "title = 'a'"))
    first, _ = cells_of(payer)
    assert first.plans == ("commercial", "exchange")
    assert [told.rules for told in first.statements] == [("acme/main/a", "acme/main/b")]


def test_many_plans_alike_come_last(acme: Acme) -> None:
    payer = payer_of(acme, compared("most", plans="['commercial', 'exchange', 'medicaid', 'south']"))
    assert [cell.plans for cell in cells_of(payer)] == [("north",), ("commercial", "exchange", "medicaid", "south")]


def test_an_opened_payer_shows_every_plan(acme: Acme) -> None:
    payer = payer_of(acme, compared("a"))
    assert said(payer) == {PLANS: ["a"]}
    assert said(payer, opened=["acme"]) == {(plan,): ["a"] for plan in PLANS}
    assert said(payer, opened=["other"]) == {PLANS: ["a"]}


def test_own_rules_come_before_those_of_packs_and_strong_ones_first(acme: Acme) -> None:
    uses = '[[uses]]\npack = "shared"\nversion = ">=2026.11,<2027"\npolicy = "main"\nrules = ["strong"]\n'
    rules = compared("mild", effect="'warn'") + compared("b") + compared("a") + compared("open", effect="'inform'")
    world = acme(rules, manifest=FIVE_PLANS + uses, pack=compared("strong"))
    assert said(world.installation.payers[0]) == {PLANS: ["a", "b", "mild", "open", "strong"]}


def test_a_rule_that_is_switched_off_or_not_tagged_is_not_compared(acme: Acme) -> None:
    payer = payer_of(acme, compared("off", off="'too weak'") + rule("untagged", UNITS))
    assert [(cell.plans, cell.silence) for cell in cells_of(payer)] == [(PLANS, "no_rule")]


# --- days and codes


def versions() -> str:
    old = compared("limit", to="2025-12-31").replace("title = 'limit'", "title = 'old'")
    return old + compared("limit", **{"from": "2026-01-01", "to": "2026-12-31"})


@pytest.mark.parametrize(
    ("on", "texts", "silence"),
    [
        (None, ["limit"], None),
        (date(2025, 12, 31), ["old"], None),
        (date(2026, 1, 1), ["limit"], None),
        (date(2027, 1, 1), [], "not_in_force"),
    ],
)
def test_the_day_picks_the_version_else_the_latest_is_taken(
    acme: Acme, on: date | None, texts: list[str], silence: str | None
) -> None:
    (cell,) = cells_of(payer_of(acme, versions()), on=on)
    assert ([told.text for told in cell.statements], cell.silence) == (texts, silence)


def test_versions_are_told_apart_per_plan(acme: Acme) -> None:
    rules = compared("limit", to="2025-12-31") + compared(
        "limit", **{"from": "2026-01-01", "plans": "['north']", "effect": "'warn'"}
    )
    cells = cells_of(payer_of(acme, rules))
    assert {cell.plans: [told.in_force for told in cell.statements] for cell in cells} == {
        ("north",): [("2026-01-01", None)],
        ("commercial", "exchange", "medicaid", "south"): [(None, "2025-12-31")],
    }


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        (None, ["beside", "own", "subsequent"]),
        ("97760", ["beside", "own"]),
        ("97763", ["beside", "own", "subsequent"]),
        ("97164", ["beside"]),
    ],
)
def test_a_code_keeps_the_rules_that_speak_of_it_or_of_services_beside_it(
    acme: Acme, code: str | None, texts: list[str]
) -> None:
    rules = compared("own") + compared("subsequent", judges="['97763']") + compared("beside", judges="['97164']")
    payer = payer_of(acme, rules)
    assert said(payer, code=code) == {PLANS: texts}
    assert codes_known([payer]) == {"97760", "97761", "97763", "97164"}


# --- what is printed


SMALL = compared("four|units", plans="['north']", **{"from": "2026-01-01"}).replace("id = 'four|units'", "id = 'four'")
SOURCES_WITH_ADDRESS = (
    "format = 1\n[sources.notice]\npublisher = 'Acme Health'\ntitle = 'Invented notice'\n"
    "url = 'https://example.org/notice_(1)'\nread = 2026-11-23\ngrade = 'primary'\n"
)


@pytest.fixture(scope="module")
def small(acme: Acme) -> Comparison:
    payer = payer_of(acme, SMALL, sources=SOURCES_WITH_ADDRESS)
    return compare([payer], ["visit_limit", "daily_cap"], on=DAY)


def test_the_document_is_complete(small: Comparison) -> None:
    document: Mapping[str, Any] = json.loads(as_json(small))
    assert document == {
        "format": "crosspayer/comparison/1",
        "on": "2026-10-05",
        "code": None,
        "payers": [{"id": "acme", "name": "Acme Health", "plans": [{"id": p, "name": f"Plan {p}"} for p in PLANS]}],
        "topics": [
            {
                "id": "daily_cap",
                "title": "Daily cap",
                "cells": [
                    {
                        "payer": "acme",
                        "plans": ["north"],
                        "silence": None,
                        "statements": [
                            {
                                "rules": ["acme/main/four"],
                                "text": "four|units",
                                "applies": "always",
                                "reads": [],
                                "details": [],
                                "effects": ["not_covered"],
                                "instead_of": None,
                                "grants": None,
                                "in_force": ["2026-01-01", None],
                                "grade": "primary",
                                "confidence": "medium",
                                "sources": ["acme/notice"],
                                "notes": "",
                            }
                        ],
                    },
                    {
                        "payer": "acme",
                        "plans": ["commercial", "exchange", "medicaid", "south"],
                        "silence": "no_rule",
                        "statements": [],
                    },
                ],
            },
            {
                "id": "visit_limit",
                "title": "Limits of visits, days and amounts",
                "cells": [{"payer": "acme", "plans": list(PLANS), "silence": "no_rule", "statements": []}],
            },
        ],
        "sources": [
            {
                "id": "acme/notice",
                "publisher": "Acme Health",
                "title": "Invented notice",
                "section": "",
                "url": "https://example.org/notice_(1)",
                "read": "2026-11-23",
                "grade": "primary",
            }
        ],
    }


def test_the_page_is_complete(small: Comparison) -> None:
    page = io.StringIO()
    write_markdown(small, page)
    assert page.getvalue().partition("\n\n")[2].partition("\n\n")[2] == (
        "The rules in force on 2026-10-05. Advice from published sources, not the payers' word.\n"
        "\n"
        "## Daily cap\n"
        "\n"
        "| Payer | Plans | What the rules say |\n"
        "|---|---|---|\n"
        "| acme | north | **four\\|units** – *denies; from 2026-01-01; primary, medium confidence* ([acme/notice]) |\n"
        "| acme | the other 4 plans | no rule |\n"
        "\n"
        "## Limits of visits, days and amounts\n"
        "\n"
        "| Payer | Plans | What the rules say |\n"
        "|---|---|---|\n"
        "| acme | all 5 plans | no rule |\n"
        "\n"
        "## Sources\n"
        "\n"
        "| Source | Document | Grade | Read |\n"
        "|---|---|---|---|\n"
        "| [acme/notice] | Acme Health, Invented notice | primary | 2026-11-23 |\n"
        "\n"
        "[acme/notice]: <https://example.org/notice_(1)>\n"
    )


def test_the_table_says_the_same(small: Comparison) -> None:
    printed = io.StringIO()
    write_table(small, printed)
    lines = [" ".join(line.split()) for line in printed.getvalue().splitlines()]
    assert lines[0] == "The rules in force on 2026-10-05."
    assert [line for line in lines if line.startswith(("acme", "denies"))] == [
        "acme north • four|units",
        "denies; from 2026-01-01; primary, medium confidence [acme/notice]",
        "acme the other 4 plans no rule",
        "acme all 5 plans no rule",
        "acme/notice: Acme Health, Invented notice (primary, read 2026-11-23)",
    ]


def printed(payer: Payer, **asked: Any) -> str:
    page = io.StringIO()
    write_markdown(compare([payer], ["daily_cap"], **asked), page)
    return page.getvalue()


def test_the_page_says_what_it_was_asked_for(acme: Acme) -> None:
    payer = payer_of(acme, versions())
    assert "\nThe latest version of each rule, with the days it holds for. " in printed(payer)
    assert "\nThe rules in force on 2027-01-01 that speak of 97760 or of services beside it. " in printed(
        payer, on=date(2027, 1, 1), code="97760"
    )
    assert "| acme | all 5 plans | no rule in force on 2027-01-01 |" in printed(payer, on=date(2027, 1, 1))


def test_no_authorization_and_a_weak_source_are_said(acme: Acme) -> None:
    rules = compared("free", effect="'inform'", instead_of="'not_covered'", grants="'no_auth'", cites="['unverified']")
    assert (
        "*where met, no authorization is needed; else informs (would deny on a firm source); undated; unv"
        in printed(payer_of(acme, rules))
    )


def test_a_long_condition_becomes_the_facts_it_depends_on(acme: Acme) -> None:
    short = "{ fact = 'claim_type', is = 'professional' }"
    assert "– if the kind of claim form is professional –" in printed(payer_of(acme, compared("a", when=short)))
    long = f"{{ all_of = [ {', '.join([short] * 8)}, {UNITS} ] }}"
    assert "– depending on claim_type, line.units –" in printed(payer_of(acme, compared("a", when=long)))


def test_every_plan_is_named_where_several_large_groups_differ(acme: Acme) -> None:
    more = "".join(f'[[plans]]\nid = "more-{n}"\nname = "More"\nline_of_business = "commercial"\n' for n in range(3))
    world = acme(compared("a", plans="['commercial', 'exchange', 'north', 'south']"), manifest=FIVE_PLANS + more)
    page = printed(world.installation.payers[0])
    assert "| acme | commercial, exchange, north, south | **a**" in page
    assert "| acme | medicaid, more-0, more-1, more-2 | no rule |" in page
