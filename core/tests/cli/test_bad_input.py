"""Bad input: one clear sentence with its place, exit code 2, no traceback, and no value of the encounter.

Good records beside it are still answered.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.tests.cli.conftest import Shell
from core.tests.invented import copied, encounter

CANARY = "CANARY"
SECRET_ID = "CANARY-PATIENT-4711"
GOOD = encounter()


def says(shell: Shell, *words: str, stdin: str | bytes | None = None) -> list[str]:
    """What the command says on standard error, sentence by sentence; it must end with exit code 2."""
    result = shell(*words, stdin=stdin)
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert all(one.startswith("crosspayer: ") and one.endswith((".", "?")) for one in lines)
    return [one.removeprefix("crosspayer: ") for one in lines]


# --- files


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the input is empty; give one encounter as a JSON object."),
        (b" \n\t\n", "the input is empty; give one encounter as a JSON object."),
        (b"[]", "the list holds no encounter; give at least one."),
        (b"CANARY", "the file is not JSON; give encounters as JSON, as crosspayer schema encounter describes them."),
        (b'{"id": "CANARY', "1:8: has a string that is not closed; close it with a double quote."),
        (b'{"id": CANARY}', "1:8: has no value here; write text in double quotes, a number, true, false or null."),
        (b'{"id": "a",\n "id": "CANARY", "lines": [{}]}', "2:2: id: is given twice; keep one of them."),
        (b'"CANARY"', "1:1: is a string, expected an object; write an object."),
        ('{"id": "für"}'.encode("latin-1"), "1: the input is not UTF-8 text; save it as UTF-8."),
        (b'{"id": "CANARY", "lines": []}', "1:18: lines: the encounter has no lines; list at least one service line."),
    ],
)
def test_a_file_that_holds_no_encounter(content: bytes, sentence: str, shell: Shell) -> None:
    name = shell.put("visit.json", content)
    between = ":" if sentence[0].isdigit() else ": "
    assert says(shell, "evaluate", name) == [f"visit.json{between}{sentence}"]
    assert says(shell, "evaluate", "-", stdin=content) == [f"<stdin>{between}{sentence}"]
    assert says(shell, "explain", name, "--payer", "acme") == [f"visit.json{between}{sentence}"]


def test_a_file_that_is_missing_or_a_folder(shell: Shell) -> None:
    (shell.home / "folder").mkdir()
    assert says(shell, "evaluate", "gone.json", "folder") == [
        "folder: is a folder, not a file of encounters; name the files in it.",
        "gone.json: there is no such file; correct its name, or use - for standard input.",
    ]


def test_json_of_another_shape(shell: Shell) -> None:
    name = shell.put("claim.json", '{\n  "claim": {"patient": "CANARY"}\n}')
    assert says(shell, "evaluate", name) == [
        'claim.json:1:1: has no "id"; add it.',
        'claim.json:1:1: has no "lines"; add it.',
        'claim.json:2:3: claim: is not a key here; did you mean "claim_type"?',
    ]


# --- records beside others


def broken() -> dict[str, Any]:
    found = encounter(id=SECRET_ID)
    found["lines"][0]["units"] = CANARY
    return found


FAULT = "is a string, expected a whole number or null; write a whole number or null."


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["good-first", "bad-first"])
def test_the_good_one_of_a_list_is_answered(order: tuple[int, int], shell: Shell) -> None:
    both = [GOOD, broken()]
    name = shell.put("two.json", json.dumps([both[i] for i in order], indent=1))
    result = shell("evaluate", name, "--format", "json")
    assert result.exit_code == 2
    answer = json.loads(result.stdout)
    assert [d["encounter"] for d in answer["determinations"]] == ["visit-1"]
    (rejected,) = answer["rejected"]
    assert (rejected["origin"], rejected["path"]) == ("two.json", f"[{order.index(1)}].lines[0].units")
    text = (shell.home / name).read_text(encoding="utf-8").splitlines()
    assert CANARY in text[rejected["line"] - 1][rejected["column"] - 1 :]
    assert result.stderr == (
        f"crosspayer: two.json:{rejected['line']}:{rejected['column']}: {rejected['path']}: {FAULT}\n"
    )


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["good-first", "bad-first"])
def test_the_good_one_of_several_lines_is_answered(order: tuple[int, int], shell: Shell) -> None:
    both = [json.dumps(GOOD), json.dumps(broken())]
    name = shell.put("two.ndjson", "\n".join(both[i] for i in order) + "\n")
    result = shell("evaluate", name, "--format", "json")
    assert result.exit_code == 2
    assert [d["encounter"] for d in json.loads(result.stdout)["determinations"]] == ["visit-1"]
    column = both[1].index('"units"') + 1
    assert result.stderr == f"crosspayer: two.ndjson:{order.index(1) + 1}:{column}: lines[0].units: {FAULT}\n"


@pytest.mark.parametrize("cut", [1, 2], ids=["first", "second"])
def test_a_line_that_is_cut_off_is_told_and_the_others_answered(cut: int, shell: Shell) -> None:
    lines = [json.dumps(GOOD)]
    lines.insert(cut - 1, json.dumps(broken())[:40])
    name = shell.put("two.ndjson", "\n".join(lines) + "\n")
    result = shell("evaluate", name, "--format", "json")
    assert [d["encounter"] for d in json.loads(result.stdout)["determinations"]] == ["visit-1"]
    assert says(shell, "evaluate", name) == [
        f"two.ndjson:{cut}:38: has a string that is not closed; close it with a double quote."
    ]


def test_the_good_file_of_several_is_answered(shell: Shell) -> None:
    good, bad = shell.put("good.json", GOOD), shell.put("bad.json", broken())
    result = shell("evaluate", bad, "gone.json", good, "--format", "csv")
    assert result.exit_code == 2
    assert [row.partition(",")[0] for row in result.stdout.splitlines()] == ["encounter", "visit-1"]
    assert [line.split(":")[1].strip() for line in result.stderr.splitlines()] == ["bad.json", "gone.json"]


def test_an_encounter_given_twice(shell: Shell) -> None:
    name = shell.put("twice.json", json.dumps([GOOD, GOOD]))
    result = shell("evaluate", name, "--format", "ndjson")
    assert (result.exit_code, len(result.stdout.splitlines())) == (2, 1)
    assert result.stderr == (
        "crosspayer: twice.json:1: [1].id: another encounter has the same id; give each its own id.\n"
    )


def test_lines_of_two_days(shell: Shell) -> None:
    day = GOOD["lines"][0]
    name = shell.put("days.json", encounter(lines=[day, {**day, "number": 2, "service_date": "2026-10-06"}]))
    (sentence,) = says(shell, "evaluate", name)
    assert sentence.partition(": ")[2] == (
        "lines[1].service_date: the day of service differs from the one of lines[0]; "
        "make one encounter of each day of service."
    )


# --- what may never be shown

SPOILERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "wrong type": lambda e: e["lines"][0].update(units=SECRET_ID),
    "wrong word": lambda e: e.update(stage=SECRET_ID),
    "wrong form": lambda e: e["lines"][0].update(code=SECRET_ID),
    "too long": lambda e: e.update(id=SECRET_ID * 20),
    "too large": lambda e: e["patient"].update(age=4711),
    "no such day": lambda e: e["lines"][0].update(service_date="4711-13-47"),
    "fractions": lambda e: e["lines"][0].update(charge=4711.4711),
    "modifiers": lambda e: e["lines"][0].update(modifiers=["GP", SECRET_ID]),
    "diagnosis": lambda e: e.update(diagnoses=[{"code": "canary4711"}]),
    "two numbers": lambda e: e.update(lines=[e["lines"][0], {**e["lines"][0]}]),
    "two days": lambda e: e.update(lines=[e["lines"][0], {"service_date": "4711-10-06"}]),
    "unknown key": lambda e: e.update(patient_notes=SECRET_ID),
    "object for text": lambda e: e.update(id={"name": SECRET_ID}),
    "list for object": lambda e: e.update(patient=[SECRET_ID]),
    "payer fact": lambda e: e.update(payer_facts={"acme": {"gold_card": SECRET_ID}}),
    "unknown payer fact": lambda e: e.update(payer_facts={"acme": {"silver_card": SECRET_ID}}),
    "coverage twice": lambda e: e.update(coverages=[e["coverages"][0], e["coverages"][0]]),
}


@pytest.mark.parametrize("spoiler", SPOILERS)
@pytest.mark.parametrize("route", ["file", "list", "lines", "stdin"])
def test_no_value_of_an_encounter_is_shown(spoiler: str, route: str, shell: Shell) -> None:
    spoilt = encounter(
        id=SECRET_ID,
        patient={"age": 47, "state": "OH"},
        rendering={"npi": f"{CANARY}-NPI"},
        billing={"npi": "4711471147"},
        referring={"npi": "4711471147"},
    )
    spoilt["lines"][0] |= {"device_id": f"{CANARY}-DEVICE", "charge": 4711}
    SPOILERS[spoiler](spoilt)
    content = {
        "file": json.dumps(spoilt, indent=1),
        "stdin": json.dumps(spoilt, indent=1),
        "list": json.dumps([GOOD, spoilt]),
        "lines": json.dumps(GOOD) + "\n" + json.dumps(spoilt) + "\n",
    }[route]
    name = "-" if route == "stdin" else shell.put("visit.json", content)
    for words in (
        ["evaluate", name],
        ["explain", name, "--payer", "acme"],
        ["evaluate", name, "--evaluation-date", "2026-11-01"],
    ):
        sentences = says(shell, *words, stdin=content if route == "stdin" else None)
        assert sentences
        for hidden in (CANARY, "canary", "4711"):
            assert hidden not in "\n".join(sentences)


# --- options

NO_DAY = "--evaluation-date is not a date; write a day that exists as YYYY-MM-DD."
NO_FOLDER = "there is no such folder; give --plugin-dir the folder that holds payer.toml."


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--payer", "acmee"], "no loaded plugin answers for the payer acmee; did you mean acme?"),
        (["--payer", "zzz"], "no loaded plugin answers for the payer zzz; loaded payers: acme, bolt."),
        (["--payer", "basics"], "no loaded plugin answers for the payer basics; loaded payers: acme, bolt."),
        (["--plan", "acme/comercial"], "the payer acme knows no plan comercial; did you mean acme/commercial?"),
        (["--plan", "acme/zzz"], "the payer acme knows no plan zzz; its plans: commercial, exchange."),
        (["--plan", "acmee/commercial"], "no loaded plugin answers for the payer acmee; did you mean acme?"),
        (["--plan", "commercial"], "commercial is not a plan; write it as payer/plan."),
        (["--plan", "acme/"], "acme/ is not a plan; write it as payer/plan."),
        *((["--evaluation-date", day], NO_DAY) for day in ("today", "20261005", "2026-02-30", "")),
        (["--plugin-dir", "gone"], f"gone: {NO_FOLDER}"),
        (["--plugin-dir", "visit.json"], "visit.json: is a file; give --plugin-dir the folder that holds payer.toml."),
    ],
)
def test_options_that_cannot_be_meant(words: list[str], sentence: str, shell: Shell) -> None:
    assert says(shell, "evaluate", shell.put("visit.json", GOOD), *words) == [sentence]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["evaluate"], "Error: Missing argument 'ENCOUNTER...'."),
        (["evaluate", "visit.json", "--format", "xml"], "Error: Invalid value for '--format': 'xml' is not one of"),
        (["evaluate", "visit.json", "--fail-on", "x"], "Error: Invalid value for '--fail-on': 'x' is not one of"),
        (["evaluate", "visit.json", "--payers", "x"], "Error: No such option '--payers'."),
        (["explain", "visit.json"], "Error: Missing option '--payer'."),
        (["evalute"], "Error: No such command 'evalute'."),
    ],
)
def test_usage(words: list[str], message: str, shell: Shell) -> None:
    result = shell(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


# --- plugins


def spoilt(name: str, into: Path, file: str, old: str, new: str) -> str:
    """The folder of a copy of an invented plugin with one piece of one file replaced."""
    root = copied(name, into)
    text = (root / file).read_text(encoding="utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return str(root.relative_to(Path.cwd()))


UNITS = "document: mine/acme/policies/units.toml"
INSTALL = "install it with: pip install 'crosspayer-"


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (
            "policies/units.toml",
            "topic =",
            "tpoic =",
            f'{UNITS}:17:1: rules[0].tpoic: is not a key here; did you mean "topic"?',
        ),
        (
            "policies/units.toml",
            "has_one_of",
            "has_one_off",
            f'{UNITS}:18:38: rules[0].require.has_one_off: is not a key here; did you mean "has_one_of"?',
        ),
        (
            "policies/units.toml",
            '"line.modifiers"',
            '"line.modifers"',
            f"{UNITS}:18:13: rules[0].require.fact: no fact is named line.modifers; did you mean line.modifiers?",
        ),
        (
            "payer.toml",
            "api = 1",
            "api = 2",
            "manifest: mine/acme/payer.toml has api = 2, this core speaks api 1; install a matching version.",
        ),
        (
            "payer.toml",
            'pack = "basics"',
            'pack = "advanced"',
            f"document: it uses the pack advanced, which is not installed; {INSTALL}advanced>=2026.11,<2027'.",
        ),
        (
            "payer.toml",
            '">=2026.11,<2027"',
            '">=2027"',
            f"document: it uses the pack basics >=2027, version 2026.11.0 is installed; {INSTALL}basics>=2027'.",
        ),
        (
            "sources.toml",
            'grade = "primary"',
            'grade = "secondary"',
            "document: mine/acme/policies/care.toml:16:1: rules[0].effect: sources graded secondary with medium "
            "confidence cannot carry auth_needed; use warn, or a better source. (3 more: crosspayer plugins list).",
        ),
    ],
)
def test_a_folder_with_a_faulty_plugin(file: str, old: str, new: str, reason: str, shell: Shell) -> None:
    folder = spoilt("acme", shell.home / "mine", file, old, new)
    name = shell.put("visit.json", encounter(coverages=[]))
    told = f"folder acme is quarantined at stage {reason}"
    for words, code in ((["--payer", "bolt"], 0), (["--payer", "bolt", "--strict"], 2), (["--payer", "acme"], 2)):
        result = shell("evaluate", name, "--plugin-dir", folder, "--format", "json", *words)
        assert result.exit_code == code
        by_name = "the payer acme cannot answer: the plugin " if words[1] == "acme" else ""
        assert result.stderr.splitlines()[0] == f"crosspayer: {by_name}{told}"
        assert result.stderr.count("quarantined at stage") == 1
    only_bolt = shell("evaluate", name, "--plugin-dir", folder, "--payer", "bolt", "--format", "json")
    assert only_bolt.stdout == shell("evaluate", name, "--payer", "bolt", "--format", "json").stdout


def test_a_quarantined_payer_that_is_asked_says_why(shell: Shell) -> None:
    folder = spoilt("acme", shell.home / "mine", "payer.toml", 'pack = "basics"', 'pack = "advanced"')
    name = shell.put("visit.json", GOOD)
    why = (
        "it uses the pack advanced, which is not installed; install it with: "
        "pip install 'crosspayer-advanced>=2026.11,<2027'"
    )
    assert says(shell, "evaluate", name, "--plugin-dir", folder, "--payer", "acme") == [
        f"the payer acme cannot answer: the plugin folder acme is quarantined at stage document: {why}.",
    ]
    held = shell("evaluate", name, "--plugin-dir", folder, "--format", "json")
    assert held.exit_code == 3
    (found,) = json.loads(held.stdout)["determinations"]
    assert found["silence"] == "plugin_unavailable"
    assert found["detail"] == f"the plugin folder acme is quarantined at stage document: {why}"


def test_two_plugins_claiming_one_payer(shell: Shell) -> None:
    first = copied("bolt", shell.home / "one")
    second = copied("bolt", shell.home / "two")
    name = shell.put("visit.json", encounter(coverages=[]))
    words = ["evaluate", name, "--plugin-dir", str(first), "--plugin-dir", str(second)]
    result = shell(*words)
    assert result.exit_code == 3
    told = (
        "crosspayer: folder bolt is quarantined at stage name: folder bolt and folder bolt both claim bolt; name one.\n"
    )
    assert result.stderr == told
    assert shell(*words, "--strict").exit_code == 2


def test_strict_answers_nothing_while_a_plugin_is_quarantined(shell: Shell) -> None:
    (shell.home / "empty").mkdir()
    name = shell.put("visit.json", GOOD)
    for words in (["evaluate", name], ["explain", name, "--payer", "acme"], ["facts"]):
        result = shell(*words, "--plugin-dir", "empty", "--strict")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.splitlines() == [
            "crosspayer: folder empty is quarantined at stage manifest: empty has no payer.toml or pack.toml; "
            "give it one manifest at the root of its package.",
            "crosspayer: nothing is answered, because --strict asks for every plugin; "
            "mend or uninstall the quarantined ones.",
        ]
