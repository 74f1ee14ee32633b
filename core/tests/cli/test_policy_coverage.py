"""`crosspayer policy coverage`."""

import json
from pathlib import Path

import pytest

from core.tests.cli.conftest import Shell
from core.tests.invented import FOLDER, copied


def test_figures_and_what_is_missing(shell: Shell, tmp_path: Path) -> None:
    folder = copied("basics", tmp_path)
    found = shell("policy", "coverage", str(folder), "--rule", "codes/initial-once")
    place = f"{folder}/policies/codes.toml:5 basics/codes"
    assert (found.exit_code, found.stderr) == (0, "")
    case = "    add a case of a rule such as basics/codes/initial-once with service_date = "
    assert found.stdout == (
        "basics: 3 cases exercise 60.0 %: rules 1 of 1, findings 3 of 3, branches 0 of 0, boundary days 0 of 2.\n"
        f"  {place}: 2019-12-31 is not exercised\n"
        f"{case}2019-12-31, the last day before it changes\n"
        f"  {place}: 2020-01-01 is not exercised\n"
        f"{case}2020-01-01, the first day after it changes\n"
    )


def test_mutants_that_survive_are_listed(shell: Shell, tmp_path: Path) -> None:
    folder = copied("basics", tmp_path)
    found = shell("policy", "coverage", str(folder), "--mutants")
    assert "basics: 3 of 9 mutants killed, 33.3 %.\n" in found.stdout
    assert (
        f"  {folder}/policies/codes.toml:23 basics/codes/valid-device: effect = not_covered → inform survives; "
        "no case gets there\n"
        '    add a case of basics/codes/valid-device that fails and states effect = "not_covered"\n'
    ) in found.stdout


def test_programs_read_json(shell: Shell) -> None:
    document = shell.json("policy", "coverage", str(FOLDER / "basics"), str(FOLDER / "acme"), "--mutants")
    assert document["format"] == "crosspayer/coverage/1"
    basics, acme = document["plugins"]
    assert (basics["plugin"], basics["cases"], acme["plugin"], acme["cases"]) == ("basics", 3, "acme", 5)
    assert basics["rules"] == {"exercised": 1, "all": 2, "percent": 50.0}
    assert basics["findings"] == {"exercised": 3, "all": 6, "percent": 50.0}
    assert basics["days"] == {"exercised": 0, "all": 2, "percent": 0.0}
    assert basics["coverage"] == {"exercised": 3, "all": 8, "percent": 37.5}
    assert len(basics["missing"]) == 5
    mutants = basics["mutants"]
    assert (mutants["killed"], mutants["all"], mutants["percent"]) == (3, 9, 33.3)
    assert len(mutants["survivors"]) == 6
    assert acme["branches"] == {"exercised": 0, "all": 2, "percent": 0.0}


def test_the_answer_is_the_same_each_time(shell: Shell) -> None:
    words = ("policy", "coverage", str(FOLDER / "acme"), "--mutants")
    assert shell(*words).stdout == shell(*words).stdout


@pytest.mark.parametrize(
    ("option", "percent", "code", "said"),
    [
        ("--fail-under", "0", 0, ""),
        ("--fail-under", "50", 1,
         "crosspayer: basics: 0.0 % of the boundary days exercised, 50 % wanted; add the cases listed.\n"),
        ("--fail-under", "50.1", 1,
         "crosspayer: basics: 50.0 % of the findings exercised, 50.1 % wanted; add the cases listed.\n"
         "crosspayer: basics: 0.0 % of the boundary days exercised, 50.1 % wanted; add the cases listed.\n"),
        ("--fail-under-mutants", "33.3", 0, ""),
        ("--fail-under-mutants", "33.4", 1,
         "crosspayer: basics: 33.3 % of the mutants killed, 33.4 % wanted; add the cases listed.\n"),
    ],
)  # fmt: skip
def test_a_threshold_fails_the_build(shell: Shell, option: str, percent: str, code: int, said: str) -> None:
    found = shell("policy", "coverage", "basics", option, percent)
    assert (found.exit_code, found.stderr) == (code, said)


def test_bad_input_is_told_in_a_sentence(shell: Shell, tmp_path: Path) -> None:
    found = shell("policy", "coverage", "basics", "--rule", "codes/initial-onc")
    assert (found.exit_code, found.stderr) == (
        2, "crosspayer: basics has no rule codes/initial-onc of its own; did you mean basics/codes/initial-once?\n",
    )  # fmt: skip
    found = shell("policy", "coverage", "basic")
    assert (found.exit_code, found.stdout) == (2, "")
    assert "there is no such plugin" in found.stderr
    folder = copied("basics", tmp_path)
    path = folder / "cases" / "codes.toml"
    text = path.read_text(encoding="utf-8").replace('expect = "open"', 'expect = "fail"')
    path.write_text(text, encoding="utf-8")
    found = shell("policy", "coverage", str(folder), "--fail-under", "100")
    assert found.exit_code == 2
    assert f"{path}:22:1: initial-once-unknown: the case does not hold: expected fail, got open" in found.stderr
    assert json.loads(shell("policy", "coverage", str(folder), "--format", "json").stdout)["plugins"] == []
