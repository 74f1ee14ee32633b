"""What an answer still asks for: documentation to hold and facts to supply, by kind and by who can supply them."""

from __future__ import annotations

from typing import Any

import pytest
from crosspayer.determination.needs import ask_for, catalogue_path, documentation, info_code, info_needed
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Ask, Fact, Type

from core.tests.acme import MANIFEST, Acme, World, encounter, rule
from core.tests.determination.findings import finding

GOLD = {"payer_facts.acme.gold": Fact("payer_facts.acme.gold", Type.BOOLEAN, "in the programme", Ask.PAYER)}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("lines[2].units", "line.units"),
        ("lines[10].rendering.npi", "line.rendering.npi"),
        ("coverages[0].prior_authorization.from", "coverage.prior_authorization.from"),
        ("history.lines[3].code", "past.code"),
        ("history.complete_since", "history.complete_since"),
        ("diagnoses", "diagnosis_codes"),
        ("coverage.network", "coverage.network"),
        ("patient.age", "patient.age"),
        ("payer_facts.acme.gold", "payer_facts.acme.gold"),
        ("day.lines_complete", "day.lines_complete"),
    ],
)
def test_a_full_path_leads_back_to_the_catalogues_name(path: str, name: str) -> None:
    assert catalogue_path(path) == name


@pytest.mark.parametrize(
    ("path", "ask"),
    [
        ("lines[0].units", "biller"),
        ("lines[0].minutes", "clinician"),
        ("coverages[1].benefit.visit_limit", "payer"),
        ("coverage.plan", "front_desk"),
        ("payer_facts.acme.gold", "payer"),
        ("table:acme/pairs", "policy_team"),
        ("parameter:cap", "policy_team"),
        ("history.complete_since", "biller"),
        ("coverages_complete", "front_desk"),
    ],
)
def test_who_can_supply_a_fact(path: str, ask: str) -> None:
    assert ask_for(path, GOLD) == ask


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("rendering.discipline", "performer"),
        ("lines[0].rendering.npi", "performer"),
        ("certifying.npi_on_claim", "performer"),
        ("place_of_service", "location"),
        ("lines[0].place_of_service", "location"),
        ("patient.stay", "location"),
        ("lines[0].service_date", "timeframe"),
        ("received_date", "timeframe"),
        ("lines[0].modifiers", "detail_code"),
        ("lines[0].code", "detail_code"),
        ("lines[0].units", "other"),
        ("coverages[0].network", "other"),
        ("parameter:cap", "other"),
    ],
)
def test_the_standard_code_of_a_missing_fact(path: str, code: str) -> None:
    assert info_code(path) == code


def test_every_fact_of_the_catalogue_has_someone_to_ask_and_a_code() -> None:
    askers = {ask_for(path, {}) for path in CATALOGUE}
    assert askers == {ask.value for ask in Ask}
    assert {info_code(path) for path in CATALOGUE} == {"performer", "location", "timeframe", "detail_code", "other"}


# --- documentation


def test_a_failed_demand_lists_what_is_known_to_be_missing_and_an_open_one_what_is_not_known() -> None:
    found = documentation(
        [
            finding(
                "fail", "documentation_needed", rule="b", facts={"documentation.reason": False, "telehealth": True}
            ),
            finding("fail", "documentation_needed", rule="a", facts={"documentation.reason": False}),
            finding("open", "documentation_needed", rule="c", missing=("documentation.reason", "lines[0].units")),
        ],
        {},
    )
    assert [(d.element, d.state, d.needed, d.ask, d.rules) for d in found] == [
        ("reason", "missing", "clinical", "clinician", ("a", "b")),
        ("reason", "unknown", "clinical", "clinician", ("c",)),
        ("lines[0].units", "unknown", "admin", "biller", ("c",)),
    ]


def test_a_failed_demand_without_an_absent_element_lists_every_fact_it_used() -> None:
    dates = {"episode.first_treatment_on": "2026-01-01", "plan_of_care.certified_on": "2026-03-01"}
    found = documentation([finding("fail", "documentation_needed", facts=dates)], {})
    assert [d.path for d in found] == sorted(dates)


@pytest.mark.parametrize("kind", ["pass", "not_applicable"])
def test_what_is_satisfied_is_not_listed(kind: str) -> None:
    assert documentation([finding(kind, "documentation_needed", facts={"documentation.reason": False})], {}) == ()


@pytest.mark.parametrize("effect", ["not_covered", "warn", "inform", "auth_needed", "review", "reduce_units"])
def test_only_demands_for_documentation_are_listed(effect: str) -> None:
    assert documentation([finding("fail", effect, facts={"documentation.reason": False})], {}) == ()


# --- facts to supply


@pytest.mark.parametrize(
    ("effect", "weak", "waits"),
    [
        ("not_covered", False, True),
        ("reduce_units", False, True),
        ("auth_needed", False, True),
        ("review", False, True),
        ("warn", True, True),
        ("inform", True, True),
        ("warn", False, False),
        ("inform", False, False),
        ("documentation_needed", False, False),
    ],
)
def test_facts_are_asked_for_where_they_keep_the_answer_conditional(effect: str, weak: bool, waits: bool) -> None:
    found = info_needed([finding("open", effect, weak_source=weak, missing=("telehealth",))], {}, plan_missing=False)
    assert bool(found) is waits


def test_facts_are_grouped_by_code_and_asker_with_the_rules_that_wait() -> None:
    open_ones = [
        finding("open", "not_covered", rule="b", missing=("lines[0].modifiers", "lines[0].units")),
        finding("open", "auth_needed", rule="a", missing=("lines[0].units", "coverages[0].network")),
        finding("fail", "not_covered", rule="c", missing=("ignored",)),
    ]
    found = info_needed(open_ones, {}, plan_missing=True)
    assert [(i.code, i.ask, i.paths, i.rules) for i in found] == [
        ("detail_code", "biller", ("lines[0].modifiers",), ("b",)),
        ("other", "biller", ("lines[0].units",), ("a", "b")),
        ("other", "front_desk", ("coverage.plan", "coverages[0].network"), ("a",)),
    ]


# --- in an answer


@pytest.fixture(scope="module")
def world(acme: Acme) -> World:
    manifest = MANIFEST + "[[facts]]\nname = 'gold'\ntype = 'boolean'\nmeaning = 'In the programme.'\nask = 'payer'\n"
    return acme(
        rule("note", "{ fact = 'documentation.note_signed', is = true }", effect="'documentation_needed'")
        + rule("gold", "{ fact = 'payer_facts.acme.gold', is = true }", effect="'auth_needed'"),
        manifest=manifest,
    )


@pytest.mark.parametrize(
    ("note", "gold", "verdict", "elements", "asked"),
    [
        (True, True, "clear", [], []),
        (False, True, "documentation_needed", [("note_signed", "missing")], []),
        (None, True, "clear", [("note_signed", "unknown")], []),  # listed, but no reason to doubt payment
        (True, False, "auth_needed", [], []),
        (True, None, "conditional", [], ["payer_facts.acme.gold"]),
    ],
)
def test_an_answer_lists_documentation_and_facts_to_supply(
    world: World, note: bool | None, gold: bool | None, verdict: str, elements: list[Any], asked: list[str]
) -> None:
    found = world.one(encounter({"documentation.note_signed": note, "payer_facts.acme.gold": gold}))
    assert found.verdict == verdict
    assert [(d.element, d.state) for d in found.documentation] == elements
    assert [path for need in found.info_needed for path in need.paths] == asked
    assert [need.ask for need in found.info_needed] == ["payer"] * len(asked)
