"""`crosspayer tables` and `--tables`, as a user meets them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from crosspayer.cli import cli
from crosspayer.plugins import discovery

from core.tests.acme import encounter
from core.tests.imports import HEADER, pair_row, plugin_folder, put

Run = Callable[..., Result]
DATES = ("--read", "2026-10-05", "--covers-to", "2026-12-31")


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line over the invented plugin alone, in an empty folder."""
    folder = plugin_folder(tmp_path / "plugins")
    monkeypatch.setattr(discovery, "installed", list)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)

    def run_it(*words: str) -> Result:
        return CliRunner().invoke(cli, [*words, "--plugin-dir", str(folder)])

    return run_it


@pytest.fixture
def files(call: Run) -> tuple[str, str]:
    """A professional and an institutional file in the current folder; `call` has gone there."""
    del call
    put(Path("prof.txt"), HEADER + pair_row("97760", "97763") + pair_row("97110", "97112"))
    put(Path("hosp.txt"), HEADER + pair_row("97760", "97763"))
    return "prof.txt", "hosp.txt"


def importing(call: Run, files: tuple[str, ...], *more: str, table: str = "acme/edits") -> Result:
    return call("tables", "import", table, *files, "--into", "site", *DATES, *more)


def test_a_table_is_imported_and_used(call: Run, files: tuple[str, str]) -> None:
    result = importing(call, files)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "hosp.txt (claim_type institutional): 1 rows, 1 kept\n"
        "prof.txt (claim_type professional): 2 rows, 1 kept, 1 about other codes\n"
        "Wrote site/acme/pairs.toml: 2 rows. Use it with --tables site.\n"
    )
    lines = [
        {"number": n, "code": code, "service_date": "2026-10-05", "modifiers": []}
        for n, code in enumerate(("97760", "97763"), start=1)
    ]
    data = encounter(lines=lines, day={"lines_complete": True}, claim_type="professional", stage="claim")
    put(Path("visit.json"), json.dumps(data))
    before = json.loads(call("evaluate", "visit.json", "--format", "json").stdout)
    after = json.loads(call("evaluate", "visit.json", "--format", "json", "--tables", "site").stdout)
    assert before["determinations"][1]["verdict"] == "conditional"
    assert after["determinations"][1]["verdict"] == "not_covered"
    told = call("explain", "visit.json", "--payer", "acme", "--line", "2", "--tables", "site", "--format", "json")
    assert json.loads(told.stdout)["lines"][0]["verdict"] == "not_covered"


def listed(call: Run, *words: str) -> dict[str, Any]:
    result = call("tables", "list", "--format", "json", *words)
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["format"] == "crosspayer/tables/1"
    return {table["id"]: table for table in document["tables"]}


def test_tables_are_listed_with_where_they_come_from(call: Run, files: tuple[str, str]) -> None:
    importing(call, files)
    own, site = listed(call), listed(call, "--tables", "site")
    assert list(own) == list(site) == ["acme/lifting", "acme/limits", "acme/pairs"]
    digest = own["acme/pairs"].pop("digest")
    assert own["acme/pairs"] == {
        "id": "acme/pairs",
        "title": "Invented pairs",
        "rows": 1,
        "key": ["claim_type", "column_1", "column_2"],
        "covers_from": None,
        "covers_to": "2024-09-30",
        "open_ended": False,
        "from": "plugin",
        "file": None,
    }
    assert (own["acme/lifting"]["open_ended"], own["acme/lifting"]["covers_to"]) == (True, None)
    assert site["acme/pairs"].pop("digest") != digest
    assert site["acme/pairs"] == own["acme/pairs"] | {
        "title": "Pairs of the site",
        "rows": 2,
        "covers_from": "2020-01-01",
        "covers_to": "2026-12-31",
        "from": "overlay",
        "file": "site/acme/pairs.toml",
    }
    assert site["acme/limits"] == own["acme/limits"]


def test_the_list_for_people(call: Run, files: tuple[str, str]) -> None:
    importing(call, files)
    text = call("tables", "list", "--tables", "site").stdout
    assert "acme/lifting – Invented modifiers that lift a pair\n    1 row by code; open-ended; sha256:" in text
    assert "acme/pairs – Pairs of the site\n    2 rows by claim_type, column_1, column_2; from 2020-01-01 to" in text
    assert text.rstrip().endswith("overlay site/acme/pairs.toml")


def test_plugins_list_takes_the_folder_too(call: Run, files: tuple[str, str]) -> None:
    importing(call, files)
    assert call("plugins", "list", "--tables", "site").exit_code == 0
    result = call("plugins", "list", "--tables", "none")
    assert (result.exit_code, result.stderr) == (
        2,
        "crosspayer: none: there is no such folder; name the folder given to crosspayer tables import --into.\n",
    )


@pytest.mark.parametrize("command", [("evaluate", "-"), ("explain", "-", "--payer", "acme"), ("tables", "list")])
def test_a_folder_that_cannot_be_used_ends_every_command(call: Run, command: tuple[str, ...]) -> None:
    put(Path("site/acme/pairs.toml"), "format = 1")
    put(Path("site/acme/pairs.csv"), "")
    result = call(*command, "--tables", "site")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("crosspayer: site/acme/pairs.toml:")


def test_refused_rows_are_told_and_nothing_is_written(call: Run, files: tuple[str, str]) -> None:
    put(Path("prof.txt"), HEADER + pair_row("97760", "97110") + pair_row("97760", "97112", "soon"))
    result = importing(call, files)
    assert result.exit_code == 1
    assert result.stderr == "crosspayer: prof.txt:3: Effective: is no date; write it as YYYYMMDD.\n"
    assert result.stdout.endswith(
        "Nothing was written: 2 rows fit, 1 refused, and --max-rejects allows 0. A row that is missing would say that "
        "there is none: mend the file, or allow as many.\n"
    )
    assert not Path("site").exists()


def test_refused_rows_may_be_allowed_and_the_table_says_how_many(call: Run, files: tuple[str, str]) -> None:
    put(Path("prof.txt"), HEADER + pair_row("97760", "97110") + pair_row("97760", "97112", "soon"))
    result = importing(call, files, "--max-rejects", "1")
    assert result.exit_code == 0
    assert result.stderr == "crosspayer: prof.txt:3: Effective: is no date; write it as YYYYMMDD.\n"
    assert "Wrote site/acme/pairs.toml: 2 rows, 1 refused." in result.stdout
    assert "refused = 1" in Path("site/acme/pairs.toml").read_text(encoding="utf-8")


def test_no_more_refusals_are_told_than_anyone_reads(call: Run, files: tuple[str, str]) -> None:
    put(Path("prof.txt"), HEADER + pair_row("97760", "97110") + pair_row("97760", "x") * 500)
    result = importing(call, files)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 21
    assert result.stderr.splitlines()[-1] == "crosspayer: … and 480 more rows were refused."


def test_a_million_rows_are_read_and_the_wanted_ones_kept(call: Run, files: tuple[str, str]) -> None:
    with Path("prof.txt").open("w", encoding="utf-8") as file:
        file.write(HEADER)
        block = "".join(pair_row("A0001", f"{n}") for n in range(10_000, 20_000))
        for _ in range(100):
            file.write(block)
        file.write(pair_row("97760", "97110"))
    result = importing(call, files)
    assert result.exit_code == 0
    assert "prof.txt (claim_type professional): 1000001 rows, 1 kept, " in result.stdout


def test_more_rows_than_a_table_may_have_are_refused_in_one_sentence(call: Run) -> None:
    with Path("limits.csv").open("w", encoding="utf-8") as file:
        file.write("Code,Units\n")
        file.writelines(f"A{n},1\n" for n in range(200_001))
    result = importing(call, ("limits.csv",), "--covers-from", "2026-10-01", table="acme/limits")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "crosspayer: limits.csv: more than 200000 rows would be kept; check that it is the right file.\n"
    )


def test_the_grade_and_the_first_day_may_be_the_users(call: Run, files: tuple[str, str]) -> None:
    assert importing(call, files, "--grade", "secondary", "--covers-from", "2026-10-01").exit_code == 0
    text = Path("site/acme/pairs.toml").read_text(encoding="utf-8")
    assert 'grade = "secondary"' in text
    assert "covers_from = 2026-10-01" in text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("edits",), "edits is not a table; write it as plugin/table (crosspayer tables list shows them)."),
        (("acm/edits",), "no plugin is named acm; did you mean acme?"),
        (
            ("acme/edit",),
            "the plugin acme does not say how to import a table edit; it imports acme/edits, acme/limits, acme/pairs.",
        ),
        (
            ("acme/limits",),
            "the files do not say from which day on they are right; give it with --covers-from.",
        ),
        (
            ("acme/edits", "--covers-from", "1.10.2026"),
            "--covers-from is not a date; write a day that exists as YYYY-MM-DD.",
        ),
        (("acme/edits", "--read", "20261005"), "--read is not a date; write a day that exists as YYYY-MM-DD."),
        (
            ("acme/edits", "--covers-from", "2027-01-01"),
            "--covers-to lies before 2027-01-01, the first day the files are right for; correct the dates.",
        ),
        (
            ("acme/edits", "--setting", "claim_type=dental"),
            "--setting claim_type=dental is not known; write one of claim_type=professional, claim_type=institutional.",
        ),
        (
            ("acme/limits", "--covers-from", "2026-10-01", "--setting", "a=b"),
            "--setting a=b is not known; write one of none: the files say it all.",
        ),
    ],
)
def test_what_is_asked_wrongly_is_one_sentence(
    call: Run, files: tuple[str, str], words: tuple[str, ...], sentence: str
) -> None:
    result = importing(call, files, *words[1:], table=words[0])
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"crosspayer: {sentence}\n")


def test_a_wrong_file_ends_the_import(call: Run, files: tuple[str, str]) -> None:
    put(Path("hosp.txt"), "")
    result = importing(call, files)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "crosspayer: hosp.txt: the file is empty; check that it is the right file.\n"


def test_a_setting_may_be_the_users_word(call: Run, files: tuple[str, str]) -> None:
    Path("prof.txt").rename("a.txt")
    assert importing(call, ("a.txt", files[1])).exit_code == 2
    assert importing(call, ("a.txt", files[1]), "--setting", "claim_type=professional").exit_code == 0


def test_a_quarantined_plugin_cannot_be_imported_for(call: Run, files: tuple[str, str], tmp_path: Path) -> None:
    put(tmp_path / "plugins/acme/policies/main.toml", "no toml")
    result = importing(call, files)
    assert result.exit_code == 2
    assert result.stderr.startswith("crosspayer: folder acme is quarantined at stage document: ")


def test_a_folder_that_cannot_be_written_is_one_sentence(call: Run, files: tuple[str, str]) -> None:
    put(Path("site"), "a file")
    result = importing(call, files)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "crosspayer: site: the table cannot be written (Not a directory); check the folder.\n"
