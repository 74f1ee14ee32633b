"""`crosspayer explain --denied`, `--appeal` and `--why-payable`; `evaluate --format html`."""

import json

import pytest

from core.tests.cli.conftest import Golden, Shell
from core.tests.invented import encounter


@pytest.fixture
def failing(shell: Shell) -> str:
    line = {**encounter()["lines"][0], "modifiers": ["GP", "GO"]}
    return shell.put("failing.json", encounter(lines=[line]))


@pytest.fixture
def passing(shell: Shell) -> str:
    return shell.put("passing.json", encounter())


@pytest.mark.parametrize(("form", "ending"), [("table", "txt"), ("json", "json")])
def test_a_denial(form: str, ending: str, shell: Shell, failing: str, golden: Golden) -> None:
    result = shell("explain", failing, "--denied", "CO-4", "--format", form)
    assert (result.exit_code, result.stderr) == (1, "")
    golden(f"denied.{ending}", result.stdout)


@pytest.mark.parametrize(("form", "ending"), [("table", "txt"), ("json", "json")])
def test_why_payable(form: str, ending: str, shell: Shell, passing: str, golden: Golden) -> None:
    result = shell("explain", passing, "--why-payable", "--format", form)
    assert (result.exit_code, result.stderr) == (0, "")
    golden(f"payable.{ending}", result.stdout)


def test_why_a_failing_line_is_not_payable(shell: Shell, failing: str) -> None:
    result = shell("explain", failing, "--why-payable")
    assert result.exit_code == 1
    assert "Not payable as it stands" in result.stdout


@pytest.mark.parametrize("name", ["appeal.md", "appeal.html"])
def test_an_appeal_sheet(name: str, shell: Shell, passing: str, golden: Golden) -> None:
    result = shell("explain", passing, "--denied", "4", "--appeal", name)
    assert (result.exit_code, result.stderr) == (1, "")
    golden(name, (shell.home / name).read_bytes().decode())


def test_no_sheet_where_every_rule_speaks_for_the_denial(shell: Shell, failing: str) -> None:
    result = shell("explain", failing, "--denied", "4", "--appeal", "appeal.md")
    assert result.exit_code == 1
    assert (
        result.stderr == "crosspayer: appeal.md is not written, because no rule with this code speaks for an appeal.\n"
    )
    assert not (shell.home / "appeal.md").exists()


def test_a_sheet_that_cannot_be_written(shell: Shell, passing: str) -> None:
    (shell.home / "folder.md").mkdir()
    for name in ("nowhere/appeal.md", "folder.md"):
        result = shell("explain", passing, "--denied", "4", "--appeal", name)
        assert (result.exit_code, result.stdout) == (2, "")
        told = f"crosspayer: {name} cannot be written; name a file in a folder that you may write to.\n"
        assert result.stderr == told


def test_a_sheet_that_is_refused_on_writing_ends_before_the_answer(
    shell: Shell, passing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.write_text", refuse)
    result = shell("explain", passing, "--denied", "4", "--appeal", "appeal.md")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "appeal.md cannot be written" in result.stderr


def test_no_installed_rule_explains_it(shell: Shell, passing: str) -> None:
    result = shell("explain", passing, "--denied", "97", "--remark", "M15")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "No installed rule explains 97 M15 here" in result.stdout
    (line,) = shell.json("explain", passing, "--denied", "97")["lines"]
    assert (line["rules"], line["explained"], line["next_step"]) == ([], False, None)


def test_only_facts_are_missing(shell: Shell) -> None:
    line = {key: value for key, value in encounter()["lines"][0].items() if key != "modifiers"}
    name = shell.put("open.json", encounter(lines=[line]))
    result = shell("explain", name, "--denied", "4")
    assert result.exit_code == 3
    assert "Facts are missing" in result.stdout


def test_the_held_coverages_answer_unless_a_payer_is_named(shell: Shell, passing: str) -> None:
    held = shell.json("explain", passing, "--denied", "4")["lines"]
    assert [line["payer"] for line in held] == ["acme"]
    (named,) = shell.json("explain", passing, "--denied", "4", "--payer", "bolt")["lines"]
    assert (named["payer"], named["hypothetical"], named["rules"]) == ("bolt", True, [])


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        (["--denied", "nonsense"], "--denied is not a reason code (CARC); "),
        (["--denied", "97", "--remark", "15"], "--remark is not a remark code (RARC); "),
        (["--denied", "CO-97", "--group", "PR"], "--denied names the group CO and --group says PR; "),
        (["--remark", "M15"], "--remark, --group and --appeal belong to a denial; "),
        (["--denied", "4", "--why-payable"], "--denied and --why-payable ask for different things; "),
        (["--denied", "4", "--rule", "x"], "--rule and --source do not go with --denied or --why-payable; "),
        (["--denied", "4", "--appeal", "a.pdf"], "--appeal takes a file whose name ends in .md or .html; "),
        (["--why-payable", "--plan", "commercial"], "--plan needs --payer, "),
    ],
)
def test_what_does_not_go_together(words: list[str], begins: str, shell: Shell, passing: str) -> None:
    result = shell("explain", passing, *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"crosspayer: {begins}")
    assert result.stderr.count("\n") == 1


def test_messages_hold_no_value_of_the_encounter(shell: Shell) -> None:
    spoilt = shell.put("spoilt.json", json.dumps(encounter(id="canary-7731", lines=[{"units": "canary-7731"}])))
    result = shell("explain", spoilt, "--denied", "4", "--appeal", "a.md")
    assert result.exit_code == 2
    assert "canary-7731" not in result.output


def test_the_report_of_one_encounter(shell: Shell, failing: str, golden: Golden) -> None:
    result = shell("evaluate", failing, "--all-payers", "--format", "html")
    assert (result.exit_code, result.stderr) == (1, "")
    golden("evaluate.html", result.stdout)


def test_the_report_lists_records_that_were_not_answered(shell: Shell, failing: str) -> None:
    result = shell("evaluate", failing, "gone.json", "--format", "html")
    assert result.exit_code == 2
    assert "gone.json: there is no such file" in result.stdout
