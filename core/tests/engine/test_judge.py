"""One rule on one line: when and require, branches, stages, grants, and what a finding says."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from core.tests.acme import Acme, Truth, World, encounter, rule

TRUTHS: tuple[Truth, ...] = (True, False, None)
WHEN = "{ fact = 'telehealth', is = true }"
REQUIRE = "{ fact = 'group_session', is = true }"
STAGES = ("order", "schedule", "pre_claim", "claim", "appeal")


@pytest.fixture(scope="module")
def world(acme: Acme) -> World:
    return acme(
        rule("guarded", REQUIRE, when=WHEN, remedy="'Note it.'", title="'A guarded rule'", carries="['ACM-1']")
        + rule("plain", REQUIRE, adjustment="{ group = 'CO', carc = '4', rarc = 'N519', cites = ['quoted'] }")
        + rule("own-adjustment", REQUIRE, adjustment="{ carc = '50' }", cites="['notice', 'quoted']")
        + rule("grants", REQUIRE, when=WHEN, grants="'coverage'")
        + rule("grants-weak", REQUIRE, effect="'warn'", cites="['secondary']", grants="'coverage'")
        + rule("off", REQUIRE, off="'Switched off by default.'")
        + "".join(rule(f"stage-{stage.replace('_', '-')}", REQUIRE, stage=f"'{stage}'") for stage in STAGES)
    )


@pytest.mark.parametrize(("when", "require"), list(product(TRUTHS, TRUTHS)))
def test_when_and_require_decide_the_finding(world: World, when: Truth, require: Truth) -> None:
    finding = world.finding("guarded", encounter(telehealth=when, group_session=require))
    expected = {
        (True, True): ("pass", {"telehealth": True, "group_session": True}, ()),
        (True, False): ("fail", {"telehealth": True, "group_session": False}, ()),
        (True, None): ("open", {}, ("group_session",)),
        (False, True): ("not_applicable", {"telehealth": False}, ()),
        (False, False): ("not_applicable", {"telehealth": False}, ()),
        (False, None): ("not_applicable", {"telehealth": False}, ()),
        (None, True): ("pass", {"group_session": True}, ()),
        (None, False): ("open", {}, ("telehealth",)),
        (None, None): ("open", {}, ("telehealth", "group_session")),
    }
    assert (finding.kind, finding.facts, finding.missing) == expected[when, require]


def test_a_finding_says_its_rule_and_where_it_comes_from(world: World) -> None:
    finding = world.finding("guarded", encounter(telehealth=True, group_session=False))
    assert (finding.rule, finding.topic, finding.effect) == ("acme/main/guarded", "units", "not_covered")
    assert (finding.title, finding.remedy, finding.carries) == ("A guarded rule", "Note it.", ("ACM-1",))
    assert (finding.cites, finding.grade, finding.confidence) == (("acme/notice",), "primary", "medium")
    assert not finding.weak_source
    assert finding.payable is None


@pytest.mark.parametrize(("require", "remedy"), [(True, None), (False, "Note it."), (None, "Note it.")])
def test_a_remedy_is_given_only_where_there_is_something_to_mend(
    world: World, require: Truth, remedy: str | None
) -> None:
    assert world.finding("guarded", encounter(telehealth=True, group_session=require)).remedy == remedy


def test_a_likely_adjustment_stands_on_failures_only_with_its_own_sources_or_the_rules(world: World) -> None:
    finding = world.finding("plain", encounter(group_session=False)).adjustment
    assert finding is not None
    assert (finding.group, finding.carc, finding.rarc, finding.cites) == ("CO", "4", "N519", ("acme/quoted",))
    own = world.finding("own-adjustment", encounter(group_session=False)).adjustment
    assert own is not None
    assert (own.carc, own.cites) == ("50", ("acme/notice", "acme/quoted"))
    for known in (True, None):
        assert world.finding("plain", encounter(group_session=known)).adjustment is None


@pytest.mark.parametrize(
    ("when", "require", "grants"),
    [
        (True, True, "coverage"),
        (True, False, None),
        (True, None, None),
        (False, True, None),
        (None, True, None),  # it may not apply at all: an unknown never becomes a yes
    ],
)
def test_only_a_pass_of_a_rule_that_surely_applies_grants(
    world: World, when: Truth, require: Truth, grants: str | None
) -> None:
    assert world.finding("grants", encounter(telehealth=when, group_session=require)).grants == grants


def test_a_weak_source_grants_nothing(world: World) -> None:
    finding = world.finding("grants-weak", encounter(group_session=True))
    assert (finding.kind, finding.grants) == ("pass", None)


def test_a_rule_that_is_off_says_nothing(world: World) -> None:
    assert "off" not in world.kinds(encounter(group_session=False))


@pytest.mark.parametrize("stage", [*STAGES, None])
def test_a_rule_of_a_later_stage_is_deferred_and_never_counts(world: World, stage: str | None) -> None:
    found = world.one(encounter(group_session=False, stage=stage))
    deferred = {f.rule.rpartition("stage-")[2].replace("-", "_") for f in found.deferred}
    assert deferred == (set(STAGES[STAGES.index(stage) + 1 :]) if stage else set())
    assert {f.kind for f in found.deferred} <= {"deferred"}
    assert all(f.facts == {} and f.missing == () for f in found.deferred)
    spoken = {f.rule for f in found.findings}
    assert not spoken & {f.rule for f in found.deferred}


def test_a_deferred_rule_never_makes_a_determination_conditional(acme: Acme) -> None:
    world = acme(rule("later", REQUIRE, stage="'claim'") + rule("now", WHEN))
    found = world.one(encounter(stage="order", telehealth=True))
    assert (found.verdict, found.reasons, found.covered) == ("clear", (), "indeterminate")
    undated = world.one(encounter({"lines[0].service_date": ...}, stage="order", telehealth=True))
    assert [f.rule for f in undated.deferred] == ["acme/main/later"]
    assert [(f.rule, f.missing) for f in undated.findings] == [("acme/main/now", ("lines[0].service_date",))]


def test_an_unknown_code_leaves_it_unknown_whether_a_rule_judges_the_line(world: World) -> None:
    code = {"lines[0].code": ...}
    failed = world.finding("plain", encounter(code, group_session=False))
    assert (failed.kind, failed.missing) == ("open", ("lines[0].code",))
    passed = world.finding("grants", encounter(code, telehealth=True, group_session=True))
    assert (passed.kind, passed.grants) == ("pass", None)
    assert world.kind("guarded", encounter(code, telehealth=False)) == "not_applicable"
    unknown = world.finding("guarded", encounter(code, telehealth=True))
    assert unknown.missing == ("lines[0].code", "group_session")


# --- branches

BRANCHES = """
  [[rules.otherwise]]
  when = { fact = 'student_involved', is = true }
  effect = 'not_covered'
  remedy = 'First branch.'
  adjustment = { group = 'CO', carc = '16' }
  [[rules.otherwise]]
  when = { fact = 'telehealth', is = true }
  effect = 'inform'
"""
LAST = "  [[rules.otherwise]]\n  effect = 'documentation_needed'\n  remedy = 'Last branch.'\n"


@pytest.fixture(scope="module")
def branched(acme: Acme) -> World:
    same = BRANCHES.replace("'inform'", "'not_covered'")
    return acme(
        rule("own", REQUIRE, effect="'review'", remedy="'Own remedy.'")
        + BRANCHES
        + rule("last", REQUIRE, effect="", remedy="'Own remedy.'")
        + BRANCHES
        + LAST
        + rule("same", REQUIRE)
        + same
    )


def branch(first: Truth, second: Truth) -> dict[str, Any]:
    return encounter(group_session=False, student_involved=first, telehealth=second)


@pytest.mark.parametrize(
    ("name", "first", "second", "kind", "effect", "remedy"),
    [
        ("own", True, True, "fail", "not_covered", "First branch."),
        ("own", True, None, "fail", "not_covered", "First branch."),  # the first that fits settles it
        ("own", False, True, "fail", "inform", "Own remedy."),
        ("own", False, False, "fail", "review", "Own remedy."),
        ("own", None, True, "open", "not_covered", "First branch."),
        ("own", False, None, "open", "review", "Own remedy."),
        ("own", None, None, "open", "not_covered", "First branch."),
        ("last", False, False, "fail", "documentation_needed", "Last branch."),
        ("last", False, None, "open", "documentation_needed", "Last branch."),
        ("same", None, None, "fail", "not_covered", None),  # whichever fits, the effect is the same
        ("same", None, True, "fail", "not_covered", None),
        ("same", None, False, "fail", "not_covered", None),
    ],
)
def test_the_first_branch_that_fits_gives_the_effect(
    branched: World, name: str, first: Truth, second: Truth, kind: str, effect: str, remedy: str | None
) -> None:
    finding = branched.finding(name, branch(first, second))
    assert (finding.kind, finding.effect, finding.remedy) == (kind, effect, remedy)


def test_an_unknown_branch_asks_for_the_facts_that_choose_it(branched: World) -> None:
    assert branched.finding("own", branch(None, None)).missing == ("student_involved", "telehealth")
    assert branched.finding("own", branch(None, True)).missing == ("student_involved",)
    assert branched.finding("own", branch(False, None)).missing == ("telehealth",)


def test_the_facts_of_the_branch_that_fits_are_among_those_that_decided(branched: World) -> None:
    finding = branched.finding("own", branch(False, True))
    assert finding.facts.items() >= {"group_session": False, "telehealth": True}.items()
    adjusted = branched.finding("own", branch(True, None)).adjustment
    assert adjusted is not None
    assert (adjusted.carc, adjusted.cites) == ("16", ("acme/notice",))
    assert branched.finding("own", branch(False, True)).adjustment is None


@pytest.mark.parametrize("name", ["own", "last", "same"])
def test_branches_do_not_matter_where_the_requirement_holds_or_is_unknown(branched: World, name: str) -> None:
    passed = branched.finding(name, encounter(group_session=True))
    assert (passed.kind, passed.facts) == ("pass", {"group_session": True})
    unknown = branched.finding(name, encounter(student_involved=True))
    assert (unknown.kind, unknown.missing) == ("open", ("group_session",))


def test_a_rule_without_an_effect_of_its_own_is_open_with_its_worst_branch(branched: World) -> None:
    assert branched.finding("last", encounter()).effect == "not_covered"
    assert branched.finding("own", encounter()).effect == "review"


# --- scope


def test_a_rule_of_the_day_speaks_alike_on_every_line_and_walks_all_of_them(acme: Acme) -> None:
    eight = "{ sum_of = 'other.units', over = 'lines', at_most = 8 }"
    pair = "{ any_line = { where = { fact = 'other.code', is = '97760' } } }"
    world = acme(rule("units", eight, scope="'day'") + rule("pair", pair, scope="'day'") + rule("line-pair", pair))
    lines = [
        {"number": number, "code": code, "service_date": "2026-10-05", "units": units}
        for number, code, units in ((1, "97760", 5), (2, "97761", 4))
    ]
    data = encounter(lines=lines, day={"lines_complete": True})
    for number in (1, 2):
        finding = world.finding("units", data, line=number)
        assert (finding.kind, set(finding.facts)) == (
            "fail", {"lines[0].units", "lines[1].units", "day.lines_complete"},
        )  # fmt: skip
        assert world.kind("pair", data, line=number) == "pass"
    assert world.kind("line-pair", data, line=1) == "fail"
