"""`crosspayer policy test` and `crosspayer plugins test`."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from core.tests.cli.conftest import Shell
from core.tests.invented import FOLDER, copied

FAILURE = """\
basics: codes/initial-once-violated ({folder}/cases/codes.toml:15:1)
  rule      basics/codes/initial-once
  requires  an earlier encounter of this code for the same device is known is "no"
  differs   expected pass, got fail
  used      episode.earlier_initial_encounter = yes
  changed   episode.earlier_initial_encounter (from initial-once-satisfied)

basics: 2 of 3 cases hold, about 1 rule.
"""


def broken(into: Path) -> Path:
    """The invented pack with a case that does not hold."""
    folder = copied("basics", into)
    path = folder / "cases" / "codes.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('expect = "fail"\neffect = "not_covered"', 'expect = "pass"'), encoding="utf-8")
    return folder


def test_cases_that_hold_are_counted(shell: Shell) -> None:
    found = shell("policy", "test", str(FOLDER / "basics"), str(FOLDER / "acme"))
    assert (found.exit_code, found.stdout, found.stderr) == (
        0,
        "basics: 3 of 3 cases hold, about 1 rule.\nacme: 5 of 5 cases hold, about 2 rules.\n",
        "",
    )
    assert shell("policy", "test", "basics").exit_code == 0  # by its id, as it is installed


def test_a_case_that_does_not_hold_is_told_fact_by_fact(shell: Shell, tmp_path: Path) -> None:
    folder = broken(tmp_path)
    found = shell("policy", "test", str(folder))
    assert found.exit_code == 1
    lines = found.stdout.splitlines()
    expected = FAILURE.format(folder=folder).splitlines()
    assert [line for line in lines if "requires" not in line] == [line for line in expected if "requires" not in line]
    (requires,) = [line for line in lines if "requires" in line]
    assert requires.startswith("  requires  ")


def test_the_current_folder_is_tested_without_a_name(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(copied("basics", tmp_path))
    assert shell("policy", "test").stdout == "basics: 3 of 3 cases hold, about 1 rule.\n"


def test_programs_read_json_and_build_servers_junit(shell: Shell, tmp_path: Path) -> None:
    folder = str(broken(tmp_path))
    document = shell.json("policy", "test", folder)
    assert document["format"] == "crosspayer/case-results/1"
    (plugin,) = document["plugins"]
    assert (plugin["plugin"], plugin["passed"], plugin["failed"]) == ("basics", 2, 1)
    (failed,) = [case for case in plugin["cases"] if case["differences"]]
    assert (failed["case"], failed["expected"], failed["got"], failed["line"], failed["facts"]) == (
        "codes/initial-once-violated", "pass", "fail", 15, {"episode.earlier_initial_encounter": True},
    )  # fmt: skip
    suites = ElementTree.fromstring(shell("policy", "test", folder, "--format", "junit").stdout)
    (suite,) = suites
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("basics", "3", "1")
    (failure,) = suites.iter("failure")
    assert failure.get("message") == "expected pass, got fail"


def test_cases_are_chosen_by_rule_and_by_word(shell: Shell) -> None:
    acme = str(FOLDER / "acme")
    by_rule = shell("policy", "test", acme, "--rule", "units/discipline-modifier").stdout
    assert by_rule == "acme: 3 of 3 cases hold, about 1 rule.\n"
    assert shell("policy", "test", acme, "-k", "unknown").stdout == "acme: 1 of 1 cases hold, about 1 rule.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "nowhere: there is no such plugin; name a folder that holds payer.toml, or an installed plugin."),
        (["basics", "--rule", "codes/initial-onse"], "basics has no rule codes/initial-onse; did you mean "
         "basics/codes/initial-once?"),
        (["basics", "-k", "nothing"], "basics: no case is left to run; choose others."),
        (["bolt"], "bolt: no case is left to run; add cases/*.toml."),
        (["basics", "--plugin-dir", "gone"], "gone: there is no such folder; give --plugin-dir the folder that holds "
         "payer.toml."),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence(words: list[str], said: str, shell: Shell) -> None:
    found = shell("policy", "test", *words)
    assert (found.exit_code, found.stdout, found.stderr) == (2, "", f"crosspayer: {said}\n")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('rule = "codes/initial-once"', 'rule = "codes/gone"', "cases[0].rule: no rule is named codes/gone; "),
        ('expect = "pass"', 'expect = ', "has no value that can be read here"),
        ('expect = "pass"', 'expect = "pass"\nfindings = { "codes/gone" = "pass" }', "no rule is named codes/gone; "),
    ],
)  # fmt: skip
def test_a_fault_of_a_case_file_is_told_with_its_place(
    old: str, new: str, said: str, shell: Shell, tmp_path: Path
) -> None:
    folder = copied("basics", tmp_path)
    path = folder / "cases" / "codes.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    found = shell("policy", "test", str(folder))
    assert found.exit_code == 2
    assert found.stderr.startswith(f"crosspayer: {folder}/cases/codes.toml:")
    assert said in found.stderr
    assert found.stderr.count("\n") == 1


def test_a_rule_or_word_of_one_plugin_is_enough(shell: Shell) -> None:
    for words in (["--rule", "codes/initial-once"], ["-k", "initial"]):
        found = shell("policy", "test", "acme", "basics", *words)
        assert (found.exit_code, found.stdout, found.stderr) == (
            0, "basics: 3 of 3 cases hold, about 1 rule.\n", "",
        )  # fmt: skip
    found = shell("policy", "test", "acme", "basics", "--rule", "codes/gone")
    assert (found.exit_code, found.stdout, found.stderr.count("has no rule codes/gone; ")) == (2, "", 2)


def test_a_pack_may_be_tested_and_lent_to_a_payer_at_once(shell: Shell, tmp_path: Path) -> None:
    pack = str(copied("basics", tmp_path))
    found = shell("policy", "test", pack, "--plugin-dir", pack + "/.")
    assert (found.exit_code, found.stderr) == (0, "")


# --- plugins test


def test_installed_plugins_attest_their_cases(shell: Shell) -> None:
    found = shell("plugins", "test", "acme", "basics", "--format", "json", "--on", "2026-11-25")
    assert found.exit_code == 0
    document = json.loads(found.stdout)
    assert (document["format"], document["on"]) == ("crosspayer/attestation/1", "2026-11-25")
    acme, basics = document["plugins"]
    assert (acme["id"], acme["distribution"], acme["cases"], acme["passed"]) == ("acme", "crosspayer-acme", 5, 5)
    assert acme["packs"] == {"basics": basics["documents"]}
    assert (basics["rules"], basics["rules_tested"], basics["failed"]) == (2, 1, [])
    assert set(basics["policies"]) == {"basics/codes"}
    assert shell("plugins", "test", "acme", "basics", "--format", "json", "--on", "2026-11-25").stdout == found.stdout


def test_a_plugin_without_cases_proves_nothing(shell: Shell) -> None:
    found = shell("plugins", "test", "bolt")
    assert found.exit_code == 1
    assert "ships no cases" in found.stdout


def test_the_others_are_run_beside_one_that_cannot_be(shell: Shell) -> None:
    found = shell("plugins", "test", "basics", "gone")
    assert found.exit_code == 2
    assert "3 of 3 hold" in found.stdout
    assert found.stderr.startswith("crosspayer: gone: there is no such plugin; ")


def test_nothing_is_tabled_where_no_plugin_could_be_run(shell: Shell) -> None:
    found = shell("plugins", "test", "nope")
    assert (found.exit_code, found.stdout) == (2, "")
