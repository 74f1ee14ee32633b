"""Evaluating with a profile: what it settles, how it is marked, and that nothing else changes. All of it invented."""

from typing import Any, get_args

import msgspec
import pytest
from crosspayer.determination.model import Answer
from crosspayer.encounter.profile import Profile
from crosspayer.encounter.read import Encounter
from crosspayer.engine.decision import Decision
from crosspayer.engine.engine import Engine, Execution
from crosspayer.errors import InputError
from hypothesis import given
from hypothesis import strategies as st

from core.tests.acme import TWO_PLANS, Acme, World, condition_rules, encounter

MANIFEST = TWO_PLANS + "".join(
    f"[[facts]]\nname = '{name}'\ntype = '{kind}'\nmeaning = 'Invented'\nask = 'payer'\n{more}\n"
    for name, kind, more in (
        ("gold_card", "boolean", "holds_for = 'contract'"),
        ("since", "date", "holds_for = 'contract'"),
        ("tier", "word", "values = ['a', 'b']\nholds_for = 'contract'"),
        ("licensed", "boolean", "holds_for = 'provider'"),
        ("signed", "boolean", ""),
    )
)
RULES = condition_rules(
    {
        "vendor": "{ fact = 'coverage.prior_authorization.vendor', is = 'Reviewer' }",
        "cap": "{ fact = 'line.units', at_most = { fact = 'coverage.contract_unit_cap' } }",
        "setting": "{ fact = 'setting', is = 'private_practice' }",
        "gold": "{ fact = 'payer_facts.acme.gold_card', is = true }",
        "other": "{ any_coverage = { where = { fact = 'other.network', is = 'out' } } }",
    }
)
FACTS = """
[[entries]]
facts.setting = "private_practice"
[[entries]]
payer = "acme"
facts.coverage = { contract_unit_cap = 4, prior_authorization = { vendor = "Reviewer" } }
facts.payer_facts.acme.gold_card = true
"""
CAP = "[[entries]]\n{}\nfacts.coverage.contract_unit_cap = {}\n"


@pytest.fixture(scope="module")
def world(acme: Acme) -> World:
    return acme(RULES, manifest=MANIFEST)


def profile(entries: str = FACTS) -> Profile:
    return Profile.from_toml(f"format = 1\n{entries}")


def visit(**changes: Any) -> dict[str, Any]:
    return encounter({"lines[0].units": 2, **changes})


def test_facts_of_the_profile_settle_rules_and_are_marked(world: World) -> None:
    data, known = visit(), profile()
    assert set(world.kinds(data).values()) == {"open"}
    found = world.one(data, profile=known)
    kinds = {finding.rule.rpartition("/")[2]: finding.kind for finding in found.findings}
    assert kinds == {"vendor": "pass", "cap": "pass", "setting": "pass", "gold": "pass", "other": "open"}
    assert {path: value for finding in found.findings for path, value in finding.facts.items()} == {
        "coverages[0].prior_authorization.vendor": "Reviewer",
        "lines[0].units": 2,
        "coverages[0].contract_unit_cap": 4,
        "setting": "private_practice",
        "payer_facts.acme.gold_card": True,
    }
    assert found.from_profile == (
        "coverages[0].contract_unit_cap", "coverages[0].prior_authorization.vendor", "payer_facts.acme.gold_card",
        "setting",
    )  # fmt: skip
    assert found.basis.profile == known.digest
    assert found.profile_notes == ()


def test_a_fact_that_rules_out_a_branch_is_evidence_and_marked(acme: Acme) -> None:
    limited = condition_rules({"limit": "{ fact = 'line.units', at_most = 1 }"})
    branch = "  [[rules.otherwise]]\n  when = { fact = 'coverage.cap_exception', is = true }\n  effect = 'inform'\n"
    found = acme(limited + branch).one(visit(), profile=profile("[[entries]]\nfacts.coverage.cap_exception = false\n"))
    (finding,) = found.findings
    assert (finding.kind, finding.effect) == ("fail", "not_covered")
    assert finding.facts == {"lines[0].units": 2, "coverages[0].cap_exception": False}
    assert found.from_profile == ("coverages[0].cap_exception",)


def test_without_a_profile_nothing_says_profile(world: World) -> None:
    found = world.one(visit())
    assert (found.basis.profile, found.from_profile, found.profile_notes) == (None, (), ())


def test_the_encounter_holds_and_the_disagreement_is_named_once(world: World) -> None:
    found = world.one(visit(**{"coverages[0].contract_unit_cap": 1}), profile=profile())
    assert next(f.kind for f in found.findings if f.rule == "acme/main/cap") == "fail"
    assert "coverages[0].contract_unit_cap" not in found.from_profile
    assert [msgspec.to_builtins(note) for note in found.profile_notes] == [
        {"path": "coverages[0].contract_unit_cap", "kind": "overruled", "entries": ("entries[1]",), "needs": ()}
    ]


def test_what_cannot_be_decided_is_named_where_the_fact_is_missing(world: World) -> None:
    keyed = profile(CAP.format('state = "OH"', 4) + '[[entries]]\nstate = "OH"\nfacts.coverage.network = "in"\n')
    found = world.one(visit(), profile=keyed)
    assert [(note.path, note.kind, note.needs) for note in found.profile_notes] == [
        ("coverages[0].contract_unit_cap", "undecided", ("billing.state",))
    ]


def test_a_payer_without_a_coverage_answers_from_its_contracts_and_stays_hypothetical(world: World) -> None:
    found = world.one(visit(coverages=[]), profile=profile(), plans=["acme/commercial"])
    assert (found.hypothetical, found.order) == (True, None)
    assert "coverage.contract_unit_cap" in found.from_profile
    assert next(f.facts for f in found.findings if f.rule == "acme/main/cap")["coverage.contract_unit_cap"] == 4


def test_a_fact_of_one_plan_speaks_for_that_plan_only(world: World) -> None:
    keyed = profile(CAP.format('payer = "acme"\nplan = "commercial"', 4))
    answer = world.answer(visit(**{"coverages[0].plan": ...}), profile=keyed)
    said = {d.plan: {f.rule: f.kind for f in d.findings}["acme/main/cap"] for d in answer.determinations}
    assert said == {"commercial": "pass", "exchange": "open"}
    named = world.one(visit(**{"coverages[0].plan": ...}), profile=keyed, plans=["acme/commercial"])
    assert named.from_profile == ("coverages[0].contract_unit_cap",)


def test_plans_that_agree_collapse_and_keep_what_is_said_of_each(world: World) -> None:
    keyed = profile(
        CAP.format('payer = "acme"\nplan = "commercial"', 4) + CAP.format('payer = "acme"\nplan = "exchange"', 5)
    )
    changes = {"coverages[0].plan": ..., "coverages[0].contract_unit_cap": 3}
    (found,) = world.answer(visit(**changes), profile=keyed).determinations
    assert found.plans == ("commercial", "exchange")
    assert [note.entries for note in found.profile_notes] == [("entries[0]",), ("entries[1]",)]


def test_another_coverage_is_read_with_the_facts_of_its_own_contract(world: World) -> None:
    data = visit(coverages_complete=True, **{"coverages[1].payer": "bolt"})
    known = profile('[[entries]]\npayer = "bolt"\nfacts.coverage.network = "out"\n')
    (found,) = [d for d in world.answer(data, profile=known).determinations if d.payer == "acme"]
    assert next(f.kind for f in found.findings if f.rule == "acme/main/other") == "pass"
    assert found.from_profile == ("coverages[1].network",)


@pytest.mark.parametrize("changes", [{}, {"coverages[0].plan": ...}, {"coverages": []}, {"lines[0].code": ...}])
def test_every_execution_gives_the_same_bytes(world: World, changes: dict[str, Any]) -> None:
    asked = Encounter.from_mapping(visit(**changes))
    payers = world.installation.payers

    def answer(execution: Execution) -> Answer:
        return Engine(payers, execution=execution).evaluate(asked, profile=profile())

    found = {execution: answer(execution).to_json() for execution in get_args(Execution)}
    assert len(set(found.values())) == 1
    decided = Engine(payers).decide(asked, profile=profile())
    assert decided == tuple(map(Decision.of, answer("compiled").determinations))


UNREAD = st.fixed_dictionaries(
    {},
    optional={
        "contractor": st.sampled_from(["A1", "B2"]),
        "coverage.assistant_rate": st.integers(0, 100),
        "coverage.benefit.visit_limit": st.integers(0, 99),
        "billing.kind": st.sampled_from(["therapist", "hospital"]),
        "payer_facts.bolt.member": st.booleans(),
    },
).filter(bool)


@given(UNREAD, st.sampled_from(["", 'payer = "acme"\nplan = "commercial"', 'state = "OH"', "from = 2026-01-01"]))
def test_a_profile_never_changes_an_answer_whose_rules_do_not_read_its_facts(
    world: World, facts: dict[str, Any], keys: str
) -> None:
    keys = "" if "payer_facts.bolt.member" in facts else keys
    written = "".join(f"facts.{path} = {msgspec.json.encode(value).decode()}\n" for path, value in facts.items())
    data = visit(setting="private_practice")
    plain, found = world.one(data), world.one(data, profile=profile(f"[[entries]]\n{keys}\n{written}"))
    assert found.basis.profile is not None
    assert msgspec.structs.replace(found, basis=plain.basis) == plain


# --- payer facts against their declarations


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        ("gold_cart = true", "gold_cart: acme has no such fact; did you mean gold_card?"),
        ("gold_card = 'yes'", "gold_card: the value is not a boolean; correct it, or leave it out."),
        ("since = '2026-01-01'", "since: the value is not a date; write it as YYYY-MM-DD, without quotes."),
        ("tier = 'c'", "tier: the value is not a word (a, b); correct it, or leave it out."),
        ("signed = true", "signed: acme asks it for each visit; leave it to the encounter."),
        ("licensed = true", "licensed: is a fact of one provider; add rendering_npi to the entry."),
    ],
)
def test_a_payer_fact_must_be_as_its_plugin_declares_it(world: World, fact: str, sentence: str) -> None:
    wrong = profile(f"[[entries]]\nfacts.payer_facts.acme.{fact}\n")
    with pytest.raises(InputError) as error:
        world.engine.check_profile(wrong)
    assert str(error.value) == f"profile.toml:3:24: entries[0].facts.payer_facts.acme.{sentence}"
    with pytest.raises(InputError):
        world.answer(visit(), profile=wrong)


def test_payer_facts_as_declared_and_those_of_payers_not_loaded_are_let_through(world: World) -> None:
    declared = "{ since = 2026-01-01, gold_card = false, tier = 'b' }"
    known = profile(f"[[entries]]\nfacts.payer_facts = {{ acme = {declared}, bolt = {{ anything = 3 }} }}\n")
    world.engine.check_profile(known)
    assert world.one(visit(), profile=known).from_profile == ("payer_facts.acme.gold_card",)
