"""Silences, plans, hypothetical payers, several coverages: who answers what, and what an answer says of itself."""

from __future__ import annotations

from typing import Any

import pytest
from crosspayer.determination.model import Determination
from crosspayer.encounter.read import Encounter
from crosspayer.engine.engine import Engine
from crosspayer.errors import InputError

from core.tests.acme import HEAD, MANIFEST, TWO_PLANS, Acme, World, encounter, rule

UNITS = "{ fact = 'line.units', at_most = 4 }"
NETWORK = "{ fact = 'coverage.network', is = 'in' }"


def short(found: Determination) -> tuple[str | None, tuple[str, ...], str | None, str | None]:
    return found.plan, found.plans, found.silence, found.verdict


def all_of(world: World, data: dict[str, Any], **asked: Any) -> list[tuple[Any, ...]]:
    return [short(d) for d in world.answer(data, **asked).determinations]


# --- silences


@pytest.fixture(scope="module")
def dated(acme: Acme) -> World:
    return acme(rule("r", UNITS), head=HEAD + "from = 2026-01-01\nto = 2026-12-31\n")


@pytest.mark.parametrize(
    ("code", "day", "silence"),
    [
        ("97760", "2026-01-01", None),
        ("97760", "2026-12-31", None),
        ("97760", "2025-12-31", "policy_not_in_force"),
        ("97760", "2027-01-01", "policy_not_in_force"),
        ("97110", "2026-06-01", "no_policy_for_code"),
        ("97110", "2020-01-01", "no_policy_for_code"),
        ("97110", None, "no_policy_for_code"),
        ("97760", None, None),  # it may be in force: open, not silent
        (None, "2026-06-01", None),
    ],
)
def test_no_policy_and_a_policy_not_in_force_are_told_apart(
    dated: World, code: str | None, day: str | None, silence: str | None
) -> None:
    found = dated.one(encounter({"lines[0].code": code, "lines[0].service_date": day, "lines[0].units": 9}))
    assert found.silence == silence
    if silence is None:
        assert found.verdict is not None
        return
    assert (found.verdict, found.covered, found.prior_auth) == (None, "indeterminate", "indeterminate")
    assert (found.reasons, found.findings, found.documentation, found.info_needed) == ((), (), (), ())
    assert found.units.payable is None
    assert set(found.topics.values()) == {"no_rule"}
    assert found.detail


def test_nothing_that_applies_is_not_clear_but_conditional(acme: Acme) -> None:
    world = acme(rule("r", UNITS, when="{ fact = 'telehealth', is = true }"))
    found = world.one(encounter(telehealth=False))
    assert (found.verdict, found.covered, found.reasons) == ("conditional", "conditional", ("nothing_checked",))


# --- plans


@pytest.fixture(scope="module")
def plans(acme: Acme) -> World:
    """Rules for any plan, for one of the two, and a policy of 97110 that only one plan has."""
    own = HEAD.replace("acme/main", "acme/own").replace('"97760", "97761", "97763"', '"97110"')
    return acme(
        rule("any", NETWORK) + rule("limit", UNITS, plans="['exchange']"),
        manifest=TWO_PLANS,
        more={"policies/own.toml": own + "plans = ['commercial']\n" + rule("own", UNITS)},
    )


def held(plan: str | None = None, **changes: Any) -> dict[str, Any]:
    facts = {"coverages[0].network": "in", "lines[0].units": 3, **changes}
    return encounter(facts, coverages=[{"payer": "acme", "plan": plan}])


@pytest.mark.parametrize(
    ("plan", "changes", "expected"),
    [
        ("commercial", {}, [("commercial", (), None, "clear")]),
        ("exchange", {}, [("exchange", (), None, "clear")]),
        ("exchange", {"lines[0].units": 5}, [("exchange", (), None, "not_covered")]),
        ("exchnge", {}, [("exchnge", (), "plan_not_known", "conditional")]),
        ("exchange", {"lines[0].code": "97110"}, [("exchange", (), "no_policy_for_code", None)]),
        ("exchnge", {"lines[0].code": "97110"}, [("exchnge", (), "plan_not_known", None)]),
        ("exchnge", {"lines[0].code": "97112"}, [("exchnge", (), "no_policy_for_code", None)]),
        # not given: one answer for each group of plans that agree, unless all do
        (
            None,
            {"lines[0].units": 5},
            [("commercial", (), "plan_not_given", "conditional"), ("exchange", (), "plan_not_given", "not_covered")],
        ),
        (
            None,
            {"lines[0].code": "97110"},
            [("commercial", (), "plan_not_given", "conditional"), ("exchange", (), "no_policy_for_code", None)],
        ),
        (None, {"lines[0].code": "97112"}, [(None, ("commercial", "exchange"), "no_policy_for_code", None)]),
    ],
)
def test_the_plan_that_is_given_answers_and_without_one_every_plan(
    plans: World, plan: str | None, changes: dict[str, Any], expected: list[tuple[Any, ...]]
) -> None:
    assert all_of(plans, held(plan, **changes)) == expected


def test_an_unknown_plan_is_no_better_than_conditional_and_says_what_was_checked(plans: World) -> None:
    found = plans.one(held("exchnge"))
    assert (found.covered, found.reasons) == ("conditional", ("plan_not_known",))
    assert [f.rule for f in found.findings] == ["acme/main/any"]
    said = "the plan is not one the plugin knows; only rules for all plans were checked"
    assert found.detail == f"{said}; did you mean exchange?"
    assert plans.one(held("zzz")).detail == said


def test_a_missing_plan_is_asked_for_where_it_matters_and_only_there(acme: Acme, plans: World) -> None:
    asked = [need.paths for d in plans.answer(held()).determinations for need in d.info_needed]
    assert asked == [("coverage.plan",), ("coverage.plan",)]
    unanimous = acme(rule("any", UNITS), manifest=TWO_PLANS)
    found = unanimous.one(held())
    assert short(found) == (None, ("commercial", "exchange"), None, "clear")
    assert (found.reasons, found.info_needed, found.covered) == ((), (), "indeterminate")


def test_plans_that_agree_are_unanimous_also_about_what_they_do_not_know(acme: Acme) -> None:
    world = acme(rule("any", NETWORK), manifest=TWO_PLANS)
    found = world.one(held(**{"coverages[0].network": None}))
    assert short(found) == (None, ("commercial", "exchange"), None, "conditional")
    assert (found.reasons, [n.paths for n in found.info_needed]) == (("facts_missing",), [("coverages[0].network",)])


def test_each_plans_answer_names_its_own_documents(acme: Acme) -> None:
    both = {
        f"policies/{plan}.toml": HEAD.replace("acme/main", f"acme/{plan}") + f"plans = ['{plan}']\nto = {end}\n"
        + rule("same", UNITS)
        for plan, end in (("commercial", "2026-12-31"), ("exchange", "2027-12-31"))
    }  # fmt: skip
    world = acme("", manifest=TWO_PLANS, more=both)
    first, second = world.answer(held()).determinations
    assert (set(first.basis.policies), first.basis.current_through) == ({"acme/commercial"}, "2026-12-31")
    assert (set(second.basis.policies), second.basis.current_through) == ({"acme/exchange"}, "2027-12-31")
    silent = world.one(held(**{"lines[0].code": "97112"}))
    assert (silent.basis.policies, silent.basis.current_through) == ({}, None)


# --- who answers


@pytest.fixture(scope="module")
def two(acme: Acme) -> Engine:
    """Acme and bolt, two invented payers."""
    first = acme(
        rule("r", NETWORK) + rule("own", "{ any_coverage = { where = { fact = 'other.network', is = 'in' } } }")
    )
    manifest = TWO_PLANS.replace("acme", "bolt")
    second = acme.load(manifest=manifest, more=policy_of_bolt(rule("r", NETWORK)))
    payers = [*first.installation.payers, *second.installation.payers]
    return Engine(payers, [*first.engine.plugins, *second.engine.plugins], execution="interpreted")


def policy_of_bolt(text: str) -> dict[str, str]:
    return {"policies/main.toml": HEAD.replace("acme/main", "bolt/main") + text}


def who(engine: Engine, data: dict[str, Any], **asked: Any) -> list[tuple[str, str | None, bool]]:
    found = engine.evaluate(Encounter.from_mapping(data), **asked).determinations
    return [(d.payer, d.plan, d.hypothetical) for d in found]


@pytest.mark.parametrize(
    ("coverages", "asked", "expected"),
    [
        ([{"payer": "acme"}], {}, [("acme", None, False)]),
        ([{"payer": "acme"}], {"payers": ["bolt"]}, [("acme", None, False), ("bolt", None, True)]),
        ([{"payer": "acme"}], {"all_payers": True}, [("acme", None, False), ("bolt", None, True)]),
        ([], {}, [("acme", None, True), ("bolt", None, True)]),
        (None, {}, [("acme", None, True), ("bolt", None, True)]),
        ([], {"payers": ["bolt"]}, [("bolt", None, True)]),
        ([{"network": "in"}], {}, [("", None, False)]),  # a coverage whose payer is not said: none is asked
        ([{"network": "in"}, {"payer": "acme"}], {}, [("", None, False), ("acme", None, False)]),
        ([{"network": "in"}], {"payers": ["bolt"]}, [("bolt", None, True)]),
        ([{"network": "in"}], {"all_payers": True}, [("", None, False), ("acme", None, True), ("bolt", None, True)]),
        ([], {"plans": ["bolt/exchange"]}, [("bolt", "exchange", True)]),
        (
            [],
            {"plans": {"bolt/exchange", "bolt/commercial"}},
            [("bolt", "commercial", True), ("bolt", "exchange", True)],
        ),
        ([{"payer": "bolt"}], {"plans": ["bolt/exchange"]}, [("bolt", "exchange", False)]),
        (
            [{"payer": "bolt", "plan": "commercial"}],
            {"plans": ["bolt/exchange"]},
            [("bolt", "commercial", False), ("bolt", "exchange", True)],
        ),
    ],
)
def test_held_coverages_answer_and_others_when_asked(
    two: Engine, coverages: Any, asked: dict[str, Any], expected: list[tuple[str, str | None, bool]]
) -> None:
    assert who(two, encounter(coverages=coverages), **asked) == expected


def test_a_payer_that_is_not_loaded_cannot_be_asked(two: Engine) -> None:
    for asked in ({"payers": ["zeta"]}, {"plans": ["zeta/any"]}):
        with pytest.raises(InputError, match="no loaded plugin answers for zeta"):
            who(two, encounter(), **asked)
    with pytest.raises(TypeError, match="a collection of names"):
        who(two, encounter(), payers="acme")


def test_a_hypothetical_payer_knows_nothing_of_the_coverages_but_as_others(two: Engine) -> None:
    data = encounter(coverages=[{"payer": "bolt", "network": "in"}], coverages_complete=True)
    found = {d.payer: d for d in two.evaluate(Encounter.from_mapping(data), payers=["acme"]).determinations}
    own, network = found["acme"].findings
    assert (network.kind, network.missing) == ("open", ("coverage.network",))
    assert (own.kind, own.facts) == ("pass", {"coverages[0].network": "in"})
    assert found["acme"].order is None
    assert [f.kind for f in found["bolt"].findings] == ["pass"]
    assert found["bolt"].hypothetical is False


def test_each_coverage_of_one_payer_is_answered_from_its_own_facts(two: Engine) -> None:
    coverages = [
        {"payer": "acme", "order": "secondary", "network": "out"},
        {"payer": "acme", "order": "primary", "network": "in"},
    ]
    found = two.evaluate(Encounter.from_mapping(encounter(coverages=coverages))).determinations
    assert [(d.order, {f.rule: f.kind for f in d.findings}["acme/main/r"]) for d in found] == [
        ("primary", "pass"),
        ("secondary", "fail"),
    ]


def test_answers_are_in_order_of_line_payer_and_plan(two: Engine) -> None:
    lines = [{"number": n, "code": "97760", "service_date": "2026-10-05"} for n in (10, 2, 1)]
    found = two.evaluate(Encounter.from_mapping(encounter(lines=lines)), all_payers=True).determinations
    order = [(d.line, d.payer) for d in found]
    assert order == sorted(order)
    assert [line for line, _ in order] == [1, 1, 2, 2, 10, 10]


def test_groups_of_plans_are_in_order_of_their_names_whatever_the_manifests_order(acme: Acme) -> None:
    plan = "[[plans]]\nid = '{0}'\nname = 'Plan {0}'\nline_of_business = 'commercial'\n"
    manifest = MANIFEST.partition("[[plans]]")[0] + "".join(map(plan.format, "badc"))
    world = acme(rule("r", UNITS) + rule("two", UNITS, plans="['b', 'd']"), manifest=manifest)
    coverages = [{"payer": "acme", "order": order} for order in ("secondary", "primary")]
    found = world.answer(encounter(coverages=coverages)).determinations
    expected = [(plans, order) for plans in (("a", "c"), ("b", "d")) for order in ("primary", "secondary")]
    assert [(d.plans, d.order) for d in found] == expected


# --- payers that cannot answer


def test_a_payer_whose_plugin_is_quarantined_or_missing_is_named_with_the_reason(acme: Acme) -> None:
    broken = acme.load(rule("r", "{ fact = 'line.unit', is = 1 }"))
    found = broken.one(encounter({"lines[0].units": 3}))
    assert (found.silence, found.verdict, found.covered, found.hypothetical) == (
        "plugin_unavailable", None, "indeterminate", False,
    )  # fmt: skip
    assert found.detail is not None
    assert found.detail.startswith("the plugin folder acme is quarantined at stage document: ")
    assert "no fact is named line.unit; did you mean line.units?" in found.detail
    assert (found.units.billed, found.units.payable) == (3, None)
    good = acme(rule("r", UNITS))
    for name, detail in (("acmee", "; did you mean acme?"), ("zeta", "")):
        (other,) = good.answer(encounter({"coverages[0].payer": name})).determinations
        assert (other.payer, other.silence) == (name, "plugin_unavailable")
        assert other.detail == f"no installed plugin answers for this payer{detail}"


# --- what an answer says of itself


def test_an_answer_names_its_documents_and_how_long_they_hold(acme: Acme) -> None:
    table = "format = 1\nid = 't'\ntitle = 'T'\ncodes = ['97760']\ncites = ['notice']\ncovers_to = 2026-11-30\n"
    value = "{ from = 2026-01-01, to = 2026-12-31, value = 4, cites = ['notice'] }"
    parameter = f"[parameters.p]\nunit = 'units'\nvalues = [{value}]\n"
    in_table = "{ fact = 'line.code', in = { table = 't' } }"
    limit = "{ fact = 'line.units', at_most = { parameter = 'p' } }"
    through = {}
    for name, text in (("plain", UNITS), ("limit", limit), ("table", in_table)):
        found = acme(parameter + rule("r", text), tables={"t.toml": table}).one(encounter())
        through[name] = (found.basis.current_through, set(found.basis.tables))
        assert set(found.basis.policies) == {"acme/main"}
        assert found.basis.plugin == "folder acme 2026.11.0"
    assert through == {"plain": (None, set()), "limit": ("2026-12-31", set()), "table": ("2026-11-30", {"acme/t"})}


def test_the_same_input_has_the_same_digest_and_another_one_another(dated: World) -> None:
    first, same, other = (dated.one(encounter({"lines[0].units": n})).basis.input for n in (1, 1, 2))
    assert first == same
    assert first.startswith("sha256:")
    assert first != other


def test_the_host_says_which_payers_answers_are_the_payers_own(acme: Acme) -> None:
    world = acme(rule("r", UNITS))
    assert world.one(encounter()).asserter == "advisory"
    own = Engine(world.installation.payers, payer_asserts=["acme"])
    assert own.evaluate(Encounter.from_mapping(encounter())).determinations[0].asserter == "payer"


def test_lines_are_known_by_their_numbers_or_their_places(dated: World) -> None:
    lines = [{"code": "97760", "service_date": "2026-06-01"}, {"code": "97761", "service_date": "2026-06-01"}]
    assert [(d.line, d.code) for d in dated.answer(encounter(lines=lines)).determinations] == [
        (1, "97760"),
        (2, "97761"),
    ]


def test_a_coverage_without_a_payer_says_so_and_asks_for_it(two: Engine) -> None:
    data = encounter(coverages=[{"payer": "acme"}, {"order": "secondary"}])
    silent, said = two.evaluate(Encounter.from_mapping(data)).determinations
    assert (silent.payer, silent.order, silent.verdict, silent.silence) == ("", "secondary", None, "payer_not_known")
    assert silent.detail == "the coverage does not say whose it is, so no payer is asked"
    assert [(need.ask, need.paths) for need in silent.info_needed] == [("front_desk", ("coverages[1].payer",))]
    assert said.payer == "acme"
    decided = two.decide(Encounter.from_mapping(data))
    assert [(d.payer, d.silence) for d in decided] == [("", "payer_not_known"), ("acme", said.silence)]
