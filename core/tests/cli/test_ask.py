"""`crosspayer ask`: the unknown facts ranked, and `--fill`, which asks for them and saves the encounter."""

import json
from pathlib import Path
from typing import Any

import pytest
from crosspayer.encounter.read import Encounter

from core.tests.cli.conftest import Golden, Shell
from core.tests.invented import encounter


def partial() -> dict[str, Any]:
    """A visit of which the modifiers, the device and the record are not known."""
    line = {**encounter()["lines"][0]}
    del line["modifiers"]
    return {**encounter(lines=[line], device={}), "documentation": {}}


@pytest.mark.parametrize(("form", "ending"), [("table", "txt"), ("json", "json")])
def test_the_formats(form: str, ending: str, shell: Shell, golden: Golden) -> None:
    result = shell("ask", shell.put("visit.json", partial()), "--format", form)
    assert (result.exit_code, result.stderr) == (3, "")
    golden(f"ask.{ending}", result.stdout)


def test_what_is_asked_is_what_the_answer_waits_for(shell: Shell) -> None:
    name = shell.put("visit.json", partial())
    (answered,) = shell.json("evaluate", name)["determinations"]
    asked = shell.json("ask", name)["questions"]
    wanted = {path for need in answered["info_needed"] for path in need["paths"]}
    record = {need["path"] for need in answered["documentation"] if need["state"] == "unknown"}
    assert {q["path"] for q in asked if q["decides"] == "verdict"} == wanted
    assert {q["path"] for q in asked} == wanted | record


def test_only_held_coverages_count_unless_asked_otherwise(shell: Shell) -> None:
    name = shell.put("visit.json", partial())

    def payers(*words: str) -> set[str]:
        return {place["payer"] for q in shell.json("ask", name, *words)["questions"] for place in q["waiting"]}

    assert payers() == {"acme"}
    assert payers("--payer", "bolt") == {"bolt"}
    assert payers("--all-payers") == {"acme", "bolt"}


def test_nothing_to_ask(shell: Shell) -> None:
    result = shell("ask", shell.put("visit.json", encounter()))
    assert (result.exit_code, result.stdout) == (0, "No fact is asked for.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ask",), "name the ENCOUNTER"),
        (("ask", "visit.json", "--output", "x.json"), "--output and --force go with --fill"),
        (("ask", "visit.json", "--fill", "--format", "json"), "has no --format"),
        (("ask", "-", "--fill"), "must be a file"),
        (("ask", "--fill", "--output", "visit.json"), "the file exists"),
        (("ask", "visit.json", "--fill", "--output", "other.json"), "the file exists"),
        (("ask", "--fill", "--output", "no/such/x.json"), "its folder does not exist"),
        (("ask", "--fill", "--output", "."), "is a folder"),
        (("ask", "gone.json", "--fill"), "there is no such file"),
        (("ask", "two.json", "--fill"), "holds several"),
    ],
)
def test_bad_use_is_one_sentence(words: tuple[str, ...], said: str, shell: Shell) -> None:
    shell.put("visit.json", encounter())
    shell.put("other.json", "{}")
    shell.put("two.json", [encounter(), encounter(id="visit-2")])
    before = {path.name: path.read_bytes() for path in shell.home.iterdir()}
    result = shell(*words, stdin="")
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert {path.name: path.read_bytes() for path in shell.home.iterdir()} == before


ANSWERS = "claim\nacme/commercial\n2026-10-05\n97760\nGP\n2\n30\n11\n"


def saved(shell: Shell, name: str) -> dict[str, Any]:
    """The saved encounter, which must be valid."""
    raw = (Path(shell.home) / name).read_bytes()
    Encounter.from_json(raw)
    found = json.loads(raw)
    assert isinstance(found, dict)
    return found


def test_an_encounter_from_nothing(shell: Shell, golden: Golden) -> None:
    result = shell("ask", "--fill", "--output", "new.json", stdin=f"{ANSWERS}?\nyes\n")
    assert result.stderr == ""
    golden("ask-fill.txt", result.stdout)
    found = saved(shell, "new.json")
    assert found["coverages"] == [{"payer": "acme", "plan": "commercial"}]
    assert found["lines"] == [
        {"number": 1, "code": "97760", "service_date": "2026-10-05", "modifiers": ["GP"], "units": 2, "minutes": 30}
    ]
    assert (found["stage"], found["place_of_service"]) == ("claim", "11")


def test_nothing_known_is_saved_as_nothing(shell: Shell) -> None:
    result = shell("ask", "--fill", stdin="\n" * 40)
    assert result.exit_code in (0, 3)
    assert saved(shell, "encounter.json") == {
        "format": "crosspayer/encounter/1",
        "id": "encounter",
        "lines": [{"number": 1}],
    }


@pytest.mark.parametrize("end", ["", "q\n", "Q\n"])
def test_what_was_known_is_saved_where_the_answers_end(end: str, shell: Shell) -> None:
    shell("ask", "--fill", "--output", "new.json", stdin=f"order\nacme\n{end}")
    assert saved(shell, "new.json") == {
        "format": "crosspayer/encounter/1",
        "id": "new",
        "stage": "order",
        "coverages": [{"payer": "acme"}],
        "lines": [{"number": 1}],
    }


def test_at_most_a_dozen_questions(shell: Shell) -> None:
    result = shell("ask", "--fill", "--payer", "bolt", "--all-payers", stdin="\n" * 40)
    assert result.stdout.count("> ") <= 12


def test_a_partial_encounter_is_filled_in_its_own_file_until_nothing_is_open(shell: Shell) -> None:
    name = shell.put("visit.json", partial())
    asked = shell.json("ask", name)["questions"]
    replies = {"boolean": "yes", "codes": "GP"}
    for _ in range(12):
        asked = shell.json("ask", name)["questions"]
        if not asked:
            break
        first = asked[0]
        shell("ask", name, "--fill", stdin=f"{replies.get(first['type'], '1')}\nq\n")
    assert asked == []
    assert saved(shell, name)["id"] == "visit-1"


def test_bad_answers_are_asked_again_and_never_repeated(shell: Shell) -> None:
    replies = "someday\nclaim\nnobody\nacme/commercial\n2026-02-31\n5.10.2026\n2026-10-05\nSECRET1\n97760\n"
    result = shell("ask", "--fill", "--output", "new.json", stdin=replies)
    assert "someday" not in result.output
    assert "SECRET1" not in result.output
    assert "Write a day that exists as YYYY-MM-DD." in result.stdout
    found = saved(shell, "new.json")
    assert found["lines"][0]["service_date"] == "2026-10-05"
    assert found["lines"][0]["code"] == "97760"


def test_three_bad_answers_leave_a_fact_unknown(shell: Shell) -> None:
    result = shell("ask", "--fill", "--output", "new.json", stdin="x\nx\nx\nacme\n")
    assert "Left as not known." in result.stdout
    found = saved(shell, "new.json")
    assert "stage" not in found
    assert found["coverages"] == [{"payer": "acme"}]


def test_an_order_is_not_asked_for_units(shell: Shell) -> None:
    result = shell("ask", "--fill", "--output", "new.json", stdin="order\nacme\n2026-10-05\n97760\n")
    assert "Units billed" not in result.stdout


def test_another_file_is_written_over_only_when_told_to(shell: Shell) -> None:
    shell.put("other.json", "{}")
    shell("ask", "--fill", "--output", "other.json", "--force", stdin="order\n")
    assert saved(shell, "other.json")["stage"] == "order"
    assert sorted(path.name for path in shell.home.iterdir()) == ["other.json"]


@pytest.mark.parametrize(("form", "ending"), [("table", "txt"), ("json", "json")])
def test_what_would_change(form: str, ending: str, shell: Shell, golden: Golden) -> None:
    line = {**encounter()["lines"][0], "modifiers": ["GP", "GO"]}
    name = shell.put("visit.json", encounter(lines=[line], device={}, documentation={}))
    result = shell("ask", name, "--what-would-change", "--format", form)
    assert (result.exit_code, result.stderr) == (1, "")
    golden(f"ask-change.{ending}", result.stdout)


def test_nothing_would_have_to_change(shell: Shell) -> None:
    result = shell("ask", shell.put("visit.json", encounter()), "--what-would-change")
    assert result.stdout == "Nothing stands against payment, and no verdict waits for a fact.\n"


def test_fill_and_what_would_change_are_two_commands(shell: Shell) -> None:
    result = shell("ask", "--fill", "--what-would-change")
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_file_that_cannot_be_written_leaves_what_was_there(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    name = shell.put("visit.json", partial())
    before = (shell.home / name).read_bytes()

    def full(*_: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    result = shell("ask", name, "--fill", stdin="orthosis\n")
    assert result.exit_code == 2
    said = "the file cannot be written; check that you may write it and that the disk is not full."
    assert result.stderr == f"crosspayer: {name}: {said}\n"
    assert (shell.home / name).read_bytes() == before
    assert [path.name for path in shell.home.iterdir()] == [name]


def test_a_link_stays_a_link(shell: Shell) -> None:
    shell.put("real.json", partial())
    (shell.home / "link.json").symlink_to("real.json")
    shell("ask", "link.json", "--fill", stdin="orthosis\n")
    assert (shell.home / "link.json").is_symlink()
    assert saved(shell, "real.json")["device"] == {"kind": "orthosis"}
