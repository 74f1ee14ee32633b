"""Mutants of an invented rule: each is killed by the case that tells it apart, and survives without it."""

import re
from pathlib import Path

import pytest
from crosspayer.authoring.cases import run_case
from crosspayer.authoring.coverage.bench import Bench
from crosspayer.authoring.coverage.score import Score, mutants_of, score
from crosspayer.authoring.target import open_target

from core.tests.authoring.coverage.conftest import Build, MakeBench, case

UNITS = 'require = { fact = "line.units", at_most = 3 }\neffect = "warn"'
BOTH = """\
when = { fact = "device.kind", is = "orthosis" }
require.all_of = [
  { fact = "line.units", at_most = 3 },
  { fact = "line.modifiers", has_any_of = ["GP", "GO"] },
]
effect = "warn\""""
BRANCHES = """\
require = { fact = "line.units", at_most = 3 }
effect = "warn"
  [[rules.otherwise]]
  when = { fact = "line.units", at_least = 9 }
  effect = "not_covered"
  remedy = "Bill less.\""""
LISTED = 'require = { fact = "line.place_of_service", in = ["11", "12"] }\neffect = "warn"'


def of(bench: Bench) -> Score:
    return score(bench, mutants_of(bench))


def outcomes(found: Score) -> dict[str, bool]:
    """Whether each mutant was killed."""
    return {mutant.what: True for mutant, _ in found.killed} | {mutant.what: False for mutant in found.survived}


@pytest.mark.parametrize(
    ("rule", "weak", "what", "strong"),
    [
        (UNITS, case(1, "pass"), "at_most = 3 → 2", case(2, "pass", '"lines[0].units" = 3')),
        (UNITS, case(1, "fail", '"lines[0].units" = 9'), "at_most = 3 → 4", case(2, "fail", '"lines[0].units" = 4')),
        (UNITS, case(1, "open", "", 'remove = ["lines[0].units"]'), "at_most → more_than", case(2, "pass")),
        (UNITS, case(1, "pass"), "effect = warn → inform",
         case(2, "fail", '"lines[0].units" = 4', 'effect = "warn"')),
        (UNITS, case(1, "pass"), "97761 dropped from codes", case(2, "pass", '"lines[0].code" = "97761"')),
        (UNITS, case(1, "pass"), "from = 2020-01-01 → 2019-12-31",
         case(2, "absent", '"lines[0].service_date" = 2019-12-31')),
        (UNITS, case(1, "pass"), "from = 2020-01-01 → 2020-01-02",
         case(2, "pass", '"lines[0].service_date" = 2020-01-01')),
        (BOTH, case(1, "pass"), "when dropped",
         case(2, "not_applicable", of="prosthesis")),
        (BOTH, case(1, "pass"), "part 1 of all_of dropped", case(2, "fail", '"lines[0].units" = 4')),
        (BOTH, case(1, "pass"), "all_of → any_of", case(2, "fail", '"lines[0].modifiers" = []')),
        (BOTH, case(1, "pass"), "GO dropped from has_any_of", case(2, "pass", '"lines[0].modifiers" = ["GO"]')),
        (BRANCHES, case(1, "fail", '"lines[0].units" = 9'), "branch dropped",
         case(2, "fail", '"lines[0].units" = 9', 'effect = "not_covered"')),
        (BRANCHES, case(1, "fail", '"lines[0].units" = 9'), "effect = not_covered → inform",
         case(2, "fail", '"lines[0].units" = 9', 'effect = "not_covered"')),
        (BRANCHES, case(1, "fail", '"lines[0].units" = 9'), "at_least = 9 → 8",
         case(2, "fail", '"lines[0].units" = 8', 'effect = "warn"')),
        (LISTED, case(1, "pass", '"lines[0].place_of_service" = "11"'), "12 dropped from in",
         case(2, "pass", '"lines[0].place_of_service" = "12"')),
    ],
)  # fmt: skip
def test_a_mutant_dies_of_the_case_that_tells_it_apart(
    make_bench: MakeBench, rule: str, weak: str, what: str, strong: str
) -> None:
    assert outcomes(of(make_bench(rule, weak)))[what] is False
    bench = make_bench(rule, weak, strong)
    killed = {mutant.what: trial.case.id for mutant, trial in of(bench).killed}
    assert killed[what] == "case-2"


def test_a_survivor_says_which_case_would_kill_it(make_bench: MakeBench) -> None:
    said = {mutant.what: mutant.case for mutant in of(make_bench(UNITS, case(1, "pass"))).survived}
    assert said["at_most = 3 → 2"] == "in which line.units is 3, and nothing else decides"
    assert said["at_most = 3 → 4"] == "in which line.units is 4, and nothing else decides"
    assert said["97761 dropped from codes"] == "of a line with the code 97761"
    assert said["from = 2020-01-01 → 2020-01-02"] == "with service_date = 2020-01-01"
    assert said["effect = warn → inform"] == 'that fails and states effect = "warn"'


@pytest.mark.parametrize(
    ("rule", "what", "said"),
    [
        ('require = { fact = "line.modifiers", has_one_of = ["GP", "GN"] }', "GN dropped from has_one_of",
         "in which line.modifiers holds GN and no other that is listed"),
        ('require = { fact = "line.modifiers", has_all_of = ["GP", "GN"] }', "GN dropped from has_all_of",
         "in which line.modifiers lacks GN and holds the others that are listed"),
        ('require = { fact = "line.modifiers", has_any_of = ["GP", "KX"] }', "has_any_of → has_all_of",
         'in which this comes out otherwise than what is written: '
         '"the modifiers in their order include all of GP, KX"'),
        ('require = { fact = "line.minutes", at_most = { fact = "line.therapist_minutes" } }', "at_most → less_than",
         "in which the two sides are equal, and nothing else decides"),
        ('require.any_of = [ { fact = "line.units", is = 1 }, { fact = "line.code", is = "97760" } ]',
         "part 2 of any_of dropped",
         'in which, of these conditions, only this one holds: "the procedure code is 97760"'),
    ],
)  # fmt: skip
def test_the_case_for_a_changed_condition_in_words(make_bench: MakeBench, rule: str, what: str, said: str) -> None:
    bench = make_bench(f'{rule}\neffect = "warn"', case(1, "absent", '"lines[0].service_date" = 2019-01-01'))
    assert {mutant.what: mutant.case for mutant in mutants_of(bench)}[what] == said


def test_a_mutant_that_changes_nothing_does_not_count(make_bench: MakeBench) -> None:
    rule = 'require = { fact = "line.units", at_least = 0 }\neffect = "warn"'
    found = of(make_bench(rule, case(1, "pass")))
    assert [(mutant.what, mutant.same) for mutant in found.equivalent] == [
        ("at_least = 0 → -1", "line.units is never below 0 nor above 999"),
    ]
    assert found.total == len(found.killed) + len(found.survived)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("at_most = 3", "at_most = 2", "at_most = 3 → 2"),
        ("at_most = 3", "at_most = 4", "at_most = 3 → 4"),
        ("at_most = 3", "more_than = 3", "at_most → more_than"),
        ('effect = "warn"', 'effect = "inform"', "effect = warn → inform"),
        ('["97760", "97761"]', '["97760"]', "97761 dropped from codes"),
        ("from = 2020-01-01", "from = 2020-01-02", "from = 2020-01-01 → 2020-01-02"),
    ],
)
@pytest.mark.parametrize("chosen", range(4))
def test_the_score_is_what_the_cases_say_of_the_changed_document(
    build: Build, old: str, new: str, what: str, chosen: int
) -> None:
    cases = [
        case(1, "pass", '"lines[0].units" = 3'),
        case(2, "fail", '"lines[0].units" = 4', 'effect = "warn"'),
        case(3, "pass", '"lines[0].units" = 2', of="prosthesis"),
        case(4, "pass", '"lines[0].service_date" = 2020-01-01'),
    ]
    folder = build(UNITS, cases[chosen])
    killed = outcomes(of(Bench(open_target(str(folder)))))[what]
    policy = folder / "policies" / "codes.toml"
    text = policy.read_text(encoding="utf-8")
    assert len(re.findall(re.escape(old), text)) == 1
    policy.write_text(text.replace(old, new), encoding="utf-8")
    assert killed is fails(folder)


def fails(folder: Path) -> bool:
    """Whether a case of the plugin does not hold."""
    target = open_target(str(folder))
    engine = target.engine()
    return any(run_case(one, engine).differences for one in target.cases())
