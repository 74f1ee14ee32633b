"""Which findings, branches and days the cases of an invented rule exercise."""

from pathlib import Path

import pytest
from crosspayer.authoring.coverage.account import goals
from crosspayer.authoring.coverage.bench import Bench
from crosspayer.authoring.target import open_target
from crosspayer.errors import InputError
from crosspayer.plugins import discovery

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


def test_values_of_parameters_have_days_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "installed", all_installed)
    bench = Bench(open_target(str(FOLDER / "acme")))
    days = {
        goal.what: goal.exercised
        for goal in goals(bench)
        if (goal.rule, goal.kind) == ("acme/units/units-a-day", "day")
    }
    assert days == {
        "2019-12-31": False, "2020-01-01": False, "2025-12-31": True, "2026-01-01": False,
        "2026-12-31": False, "2027-01-01": False,
    }  # fmt: skip


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
