"""The threshold a build holds cases to: the whole is reached, and losing one case is told with its kind."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from crosspayer.cli import cli

from core.tests.authoring.coverage.conftest import Build, case

RULE = """\
require = { fact = "line.units", at_most = 3 }
  [[rules.otherwise]]
  when = { fact = "line.units", at_least = 9 }
  effect = "not_covered"
  remedy = "Bill less."
  [[rules.otherwise]]
  effect = "review"
  remedy = "Look again.\""""
COMPLETE = (
    case(1, "pass"),
    case(2, "fail", '"lines[0].units" = 4'),
    case(3, "fail", '"lines[0].units" = 9'),
    case(4, "open", "", 'remove = ["lines[0].units"]'),
    case(5, "absent", '"lines[0].service_date" = 2019-12-31'),
    case(6, "pass", '"lines[0].service_date" = 2020-01-01'),
)


def covered(folder: Path) -> Result:
    return CliRunner().invoke(cli, ("policy", "coverage", str(folder), "--fail-under", "100"))


def test_cases_that_exercise_everything_reach_the_whole(build: Build) -> None:
    found = covered(build(RULE, *COMPLETE))
    assert (found.exit_code, found.stderr) == (0, "")


@pytest.mark.parametrize(
    ("lost", "said"),
    [(4, "66.6 % of the findings"), (3, "50.0 % of the branches"), (5, "50.0 % of the boundary days")],
)
def test_one_lost_case_fails_the_build_and_the_kind_is_told(build: Build, lost: int, said: str) -> None:
    left = (one for one in COMPLETE if f'"case-{lost}"' not in one)
    found = covered(build(RULE, *left))
    sentence = f"crosspayer: basics: {said} exercised, 100 % wanted; add the cases listed.\n"
    assert (found.exit_code, found.stderr) == (1, sentence)
