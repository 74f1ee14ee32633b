"""Which findings, branches and days the cases of an invented rule exercise."""

from dataclasses import replace
from pathlib import Path

import pytest
from crosspayer.authoring.coverage.account import goals
from crosspayer.authoring.coverage.bench import Bench
from crosspayer.authoring.coverage.outcomes import outcomes
from crosspayer.authoring.target import open_target
from crosspayer.errors import InputError
from crosspayer.plugins import discovery
from crosspayer.policy.model import Plan

from core.tests.authoring.coverage.conftest import Build, MakeBench, case
from core.tests.invented import FOLDER, all_installed

UNITS = 'require = { fact = "line.units", at_most = 3 }\neffect = "warn"'
BRANCHES = """\
require = { fact = "line.units", at_most = 3 }
effect = "warn"
  [[rules.otherwise]]
  when = { fact = "line.units", at_least = 9 }
  effect = "not_covered"
  remedy = "Bill less."
  [[rules.otherwise]]
  when = { fact = "device.kind", is = "prosthesis" }
  effect = "review"
  remedy = "Look again.\""""


def exercised(bench: Bench) -> dict[tuple[str, str], bool]:
    return {(goal.kind, goal.what): goal.exercised for goal in goals(bench)}


def test_each_finding_needs_a_case_that_expects_it(make_bench: MakeBench) -> None:
    bench = make_bench(UNITS, case(1, "pass"), case(2, "fail", '"lines[0].units" = 4'))
    assert exercised(bench) == {
        ("finding", "pass"): True, ("finding", "fail"): True, ("finding", "open"): False,
        ("day", "2019-12-31"): False, ("day", "2020-01-01"): False,
    }  # fmt: skip
    (missing,) = [goal for goal in goals(bench) if goal.what == "open"]
    assert missing.case == (
        'add a case of basics/codes/tested with expect = "open": '
        "an encounter that leaves out a fact it needs, such as line.units"
    )
    assert bench.where(missing.place).endswith("basics/policies/codes.toml:7")


def test_a_day_is_exercised_by_a_case_on_either_side(make_bench: MakeBench) -> None:
    before = case(1, "absent", '"lines[0].service_date" = 2019-12-31')
    first = case(2, "pass", '"lines[0].service_date" = 2020-01-01')
    found = exercised(make_bench(UNITS, before, first))
    assert (found["day", "2019-12-31"], found["day", "2020-01-01"]) == (True, True)
    found = exercised(make_bench(UNITS, first))
    assert (found["day", "2019-12-31"], found["day", "2020-01-01"]) == (False, True)


@pytest.mark.parametrize(
    ("base", "units", "effect", "taken"),
    [
        ("prosthesis", 9, "not_covered", "otherwise[0]"),
        ("prosthesis", 4, "review", "otherwise[1]"),
        ("visit", 4, "warn", "effect"),
    ],
)
def test_a_branch_is_exercised_by_the_case_that_takes_it(
    make_bench: MakeBench, base: str, units: int, effect: str, taken: str
) -> None:
    bench = make_bench(BRANCHES, case(1, "fail", f'"lines[0].units" = {units}', f'effect = "{effect}"', of=base))
    branches = {what: done for (kind, what), done in exercised(bench).items() if kind == "branch"}
    assert branches == {name: name == taken for name in ("otherwise[0]", "otherwise[1]", "effect")}


def test_each_change_counts_once_where_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "installed", all_installed)
    bench = Bench(open_target(str(FOLDER / "acme")))
    days = {(goal.whose, goal.what): goal.exercised for goal in goals(bench) if goal.kind == "day"}
    assert days == {
        ("acme/care", "2019-12-31"): False, ("acme/care", "2020-01-01"): False,
        ("acme/units", "2019-12-31"): False, ("acme/units", "2020-01-01"): False,
        ("parameter daily_limit", "2025-12-31"): True, ("parameter daily_limit", "2026-01-01"): False,
        ("parameter daily_limit", "2026-12-31"): False, ("parameter daily_limit", "2027-01-01"): False,
    }  # fmt: skip


OWN_DAYS = UNITS + "\nfrom = 2022-01-01\nto = 2023-12-31"


def test_a_rules_own_days_want_cases_of_that_rule(make_bench: MakeBench) -> None:
    bench = make_bench(OWN_DAYS, case(1, "absent", '"lines[0].service_date" = 2021-12-31'))
    days = {(goal.whose, goal.what): goal.exercised for goal in goals(bench) if goal.kind == "day"}
    assert days == {
        ("basics/codes/tested", "2021-12-31"): True, ("basics/codes/tested", "2022-01-01"): False,
        ("basics/codes/tested", "2023-12-31"): False, ("basics/codes/tested", "2024-01-01"): False,
    }  # fmt: skip
    place = next(goal.place for goal in goals(bench) if goal.what == "2024-01-01")
    assert place.path[-1] == "to"


def test_a_rule_that_asks_only_who_answers_is_never_open_where_the_payer_has_plans(make_bench: MakeBench) -> None:
    asks_plan = make_bench(
        'require = { fact = "coverage.plan", in = ["commercial"] }\neffect = "warn"', case(1, "open")
    )
    asks_more = make_bench('require = { fact = "coverage.state", is = "OH" }\neffect = "warn"', case(1, "open"))
    assert {goal.what for goal in goals(asks_plan) if goal.kind == "finding"} == {"pass", "fail", "open"}
    for bench, kinds in ((asks_plan, ("pass", "fail")), (asks_more, ("pass", "fail", "open"))):
        payer = replace(bench.payer, plans=(Plan("commercial", "Commercial", "commercial"),))
        assert outcomes(bench.rules[0].rule, payer) == kinds


def test_a_finding_a_case_expects_besides_counts(make_bench: MakeBench) -> None:
    bench = make_bench(UNITS, case(1, "pass", "", 'findings = { "codes/tested" = "pass" }'))
    assert exercised(bench)["finding", "pass"]


def test_cases_that_do_not_hold_are_refused_with_their_place(build: Build) -> None:
    folder: Path = build(UNITS, case(1, "fail"))
    with pytest.raises(InputError) as refused:
        Bench(open_target(str(folder)))
    (problem,) = refused.value.problems
    assert str(problem).startswith(f"{folder}/cases/codes.toml:17:1: case-1")
    assert "the case does not hold: expected fail, got pass" in str(problem)
