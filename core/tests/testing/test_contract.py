"""The contract kit and the pytest plugin, as the author of a plugin runs them: in a pytest of their own."""

from pathlib import Path

import pytest

from core.tests.invented import copied

KIT = """\
from crosspayer.testing import PluginContract

class TestContract(PluginContract):
    plugin = {folder!r}
"""
DEVICE = """
[[cases]]
id = "device-satisfied"
rule = "codes/valid-device"
expect = "pass"
findings = { "codes/initial-once" = "open" }
[cases.encounter]
coverages = [ { payer = "basics" } ]
lines = [ { number = 1, code = "97760", service_date = 2026-10-05 } ]
device = { kind = "orthosis" }

[[cases]]
id = "device-violated"
from = "device-satisfied"
change = { "device.kind" = "prosthesis" }
expect = "fail"

[[cases]]
id = "device-unknown"
from = "device-satisfied"
remove = ["device.kind"]
expect = "open"
"""
NAMES = (
    "test_it_loads",
    "test_its_version_is_the_distributions",
    "test_every_case_holds",
    "test_every_rule_has_cases_that_pass_fail_and_stay_open",
    "test_every_rule_fails_by_one_change",
    "test_both_executions_give_the_same_bytes",
    "test_removing_a_fact_moves_an_answer_only_towards_unknown",
    "test_its_cases_hold_nothing_personal",
)


@pytest.fixture
def basics(pytester: pytest.Pytester) -> Path:
    """An invented pack with the three lines of the kit beside it."""
    folder = copied("basics", pytester.path)
    with (folder / "cases" / "codes.toml").open("a", encoding="utf-8") as file:
        file.write(DEVICE)
    pytester.makepyfile(test_contract=KIT.format(folder=str(folder)))
    return folder


def outcome(pytester: pytest.Pytester, *words: str) -> tuple[dict[str, int], str]:
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:randomly", *words)
    return result.parseoutcomes(), result.stdout.str()


def change(folder: Path, old: str, new: str) -> None:
    (path,) = (folder / "cases").iterdir()
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.usefixtures("basics")
def test_a_good_plugin_passes_everything(pytester: pytest.Pytester) -> None:
    counts, said = outcome(pytester, "test_contract.py", "-v")
    assert counts == {"passed": len(NAMES)}, said
    assert all(f"TestContract::{name} PASSED" in said for name in NAMES)


@pytest.mark.usefixtures("basics")
def test_each_case_is_a_test_of_its_own(pytester: pytest.Pytester) -> None:
    counts, said = outcome(pytester, "basics", "-v")
    assert counts == {"passed": 6}
    assert "cases/codes.toml::initial-once-satisfied PASSED" in said
    counts, _ = outcome(pytester, "basics", "-k", "violated")
    assert counts == {"passed": 2, "deselected": 4}


def test_a_case_that_does_not_hold_is_told_fact_by_fact(pytester: pytest.Pytester, basics: Path) -> None:
    change(basics, 'expect = "fail"', 'expect = "pass"')
    counts, said = outcome(pytester, "basics")
    assert counts == {"passed": 5, "failed": 1}
    assert "  differs   expected pass, got fail" in said
    assert "  used      " in said
    counts, said = outcome(pytester, "test_contract.py")
    assert counts["failed"] == 3  # the case itself; and now no case of the rule fails, nor by one change
    assert "expected pass, got fail" in said


def test_a_fault_of_the_documents_is_told_with_its_place(pytester: pytest.Pytester, basics: Path) -> None:
    change(basics, "[[cases]]", "[[case]]")
    counts, said = outcome(pytester, "basics")
    assert counts == {"errors": 1}
    assert 'case: is not a key here; did you mean "cases"?' in said
    counts, said = outcome(pytester, "test_contract.py")
    assert counts == {"failed": len(NAMES)}


def test_a_rule_without_its_three_cases_fails(pytester: pytest.Pytester, basics: Path) -> None:
    policy = basics / "policies" / "codes.toml"
    text = policy.read_text(encoding="utf-8")
    rule = text[text.index("[[rules]]") :].split("[[rules]]")[1]
    again = rule.replace('id = "', 'id = "another-', 1)
    policy.write_text(f"{text}\n[[rules]]{again}", encoding="utf-8")
    counts, said = outcome(pytester, "test_contract.py")
    assert counts == {"failed": 2, "passed": len(NAMES) - 2}
    assert "has no case that expects open" in said
    assert "no case fails by one change to a passing one: basics/codes/another-" in said


def test_what_looks_personal_fails_without_being_shown(pytester: pytest.Pytester, basics: Path) -> None:
    change(basics, "format = 1", "# 123-45-6789 is invented\nformat = 1")
    counts, said = outcome(pytester, "test_contract.py")
    assert counts == {"failed": 1, "passed": len(NAMES) - 1}
    assert "codes.toml:1: this looks like a social security number" in said


def test_a_folder_of_cases_elsewhere_is_left_alone(pytester: pytest.Pytester) -> None:
    cases = pytester.mkdir("cases")
    (cases / "units.toml").write_text("not even TOML", encoding="utf-8")
    assert outcome(pytester, ".")[0] == {}
