"""`policy validate`: every fault of a plugin in one run, each with its place, and none that follows from another."""

import itertools
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.tests.cli.conftest import Shell
from core.tests.invented import FOLDER, copied

DOCUMENTS = sorted(path.relative_to(FOLDER / "acme").as_posix() for path in (FOLDER / "acme").rglob("*.toml"))
PLACEHOLDER = (
    "acme/sources.toml:7:1: warning: sources.billing-guide.url: the source billing-guide is a placeholder; "
    "put the published document in its place that the rules rest on."
)


def spoil(path: Path, *changes: tuple[str, str]) -> None:
    """Change a document: each text stands in it, and its first occurrence is replaced."""
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def acme(shell: Shell) -> Path:
    """The invented payer acme in the folder `acme`, to be spoilt."""
    return copied("acme", shell.home)


def errors(shell: Shell, *words: str) -> list[str]:
    """The errors that are told of the plugins, and exit code 2."""
    result = shell("policy", "validate", *(words or ["acme/"]))
    assert (result.exit_code, result.stderr) == (2, "")
    return [line for line in result.stdout.splitlines() if ": error: " in line]


def test_a_plugin_in_order_has_nothing_to_mend_but_its_placeholder(shell: Shell, acme: Path) -> None:
    result = shell("policy", "validate", "acme/")
    assert (result.exit_code, result.stderr) == (0, "")
    summary = "acme: nothing wrong in 6 documents, 8 rules, 5 cases, 1 warning."
    assert result.stdout.splitlines() == [PLACEHOLDER, summary]
    assert acme.is_dir()


def test_the_current_folder_is_the_default_and_installed_plugins_have_ids(
    shell: Shell, acme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(acme)
    told = shell("policy", "validate")
    assert (told.exit_code, told.stdout.splitlines()[0]) == (0, PLACEHOLDER.replace("acme/", "./", 1))
    assert shell("policy", "validate", "acme").stdout == told.stdout.replace("./", f"{FOLDER}/acme/", 1)


def test_a_project_is_checked_by_the_package_in_it(shell: Shell, acme: Path) -> None:
    package = shell.home / "project" / "src" / "crosspayer_acme"
    package.parent.mkdir(parents=True)
    acme.rename(package)
    spoil(package / "payer.toml", ('type = "boolean"', 'type = "bolean"'))
    assert errors(shell, "project") == [
        'project/src/crosspayer_acme/payer.toml:19:1: error: facts[0].type: is "bolean"; did you mean "boolean"?'
    ]


def test_every_fault_of_every_document_is_told_in_one_run(shell: Shell, acme: Path) -> None:
    spoil(
        acme / "payer.toml",
        ('type = "boolean"', 'type = "bolean"'),
        ('rules = ["initial-once"]', 'rules = ["initial-onc"]\nplans = ["comercial"]'),
    )
    spoil(acme / "sources.toml", ('grade = "quoted"', 'grade = "qoted"'))
    spoil(
        acme / "policies/units.toml",
        ('title = "Units', 'titel = "Units'),
        ("value = 4", "value = 4.5"),
        ("has_one_of", "has_one_off"),
        ('table = "therapy-codes"', 'table = "therapy-code"'),
    )
    spoil(
        acme / "policies/care.toml",
        ('"coverage.prior_authorization.present"', '"coverage.prior_authorization.presnt"'),
        ('cites = ["billing-guide"]\n  [[', 'cites = ["biling-guide"]\n  [['),
        ('effect = "warn"\ninstead_of = "documentation_needed"', 'effect = "documentation_needed"'),
    )
    unused = '[conditions.nobody]\nfact = "line.unit"\nis = 4\n'
    with (acme / "policies/care.toml").open("a", encoding="utf-8") as file:
        file.write(unused)
    spoil(acme / "tables/therapy-codes.toml", ('"97110"', '"97110", 97112'))
    spoil(
        acme / "cases/units.toml",
        ("units/discipline", "units/dicipline"),
        ('from = "modifier-satisfied"', 'from = "modifier-satified"'),
        ('"lines[0].units" = 4', '"lines[0].unit" = 4'),
    )
    assert [line.removeprefix("acme/") for line in errors(shell)] == [
        "cases/units.toml:11:1: error: cases[0].rule: no rule is named units/dicipline-modifier; "
        "did you mean units/discipline-modifier?",
        "cases/units.toml:17:1: error: cases[1].from: no case of this file is named modifier-satified; "
        "did you mean modifier-satisfied?",
        'cases/units.toml:33:12: error: cases[3].change.lines[0].unit: is not a key here; did you mean "units"?',
        'payer.toml:19:1: error: facts[0].type: is "bolean"; did you mean "boolean"?',
        "payer.toml:27:10: error: uses[0].rules[0]: basics/codes has no rule initial-onc; did you mean initial-once?",
        "payer.toml:28:10: error: uses[0].plans[0]: the manifest knows no plan comercial; did you mean commercial?",
        "policies/care.toml:14:5: error: rules[0].require.any_of[1].fact: no fact is named "
        "coverage.prior_authorization.presnt; did you mean coverage.prior_authorization.present?",
        "policies/care.toml:26:10: error: rules[1].cites[0]: no source is named biling-guide; "
        "did you mean billing-guide?",
        "policies/care.toml:41:1: error: rules[2].effect: sources graded secondary with medium confidence cannot carry "
        "documentation_needed; use warn, or a better source.",
        "policies/care.toml:45:1: error: conditions.nobody.fact: no fact is named line.unit; did you mean line.units?",
        'policies/units.toml:3:1: error: titel: is not a key here; did you mean "title"?',
        "policies/units.toml:10:41: error: parameters.daily_limit.values[0].value: is a decimal number, expected a "
        "whole number; write a whole number, or make the unit USD.",
        'policies/units.toml:18:38: error: rules[0].require.has_one_off: is not a key here; did you mean "has_one_of"?',
        "policies/units.toml:28:22: error: rules[1].cap.units_of.table: no table is named therapy-code; "
        "did you mean therapy-codes?",
        'sources.toml:16:1: error: sources.device-notice.grade: is "qoted"; did you mean "quoted"?',
        "tables/therapy-codes.toml:4:19: error: codes[1]: is a whole number, expected a string; "
        "write the code in quotes, with upper-case letters, digits and points only.",
    ]


def half(path: Path) -> None:
    """A document as a crash in the middle of saving leaves it: broken off within a string."""
    text = path.read_bytes()
    path.write_bytes(text[: text.index(b'= "', len(text) // 2) + 4])


def latin(path: Path) -> None:
    path.write_bytes(path.read_bytes() + "# f\u00fcr sp\u00e4ter\n".encode("latin-1"))


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("break_it", [half, latin, empty])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_that_cannot_be_read_is_all_that_is_told(
    shell: Shell, acme: Path, name: str, break_it: Callable[[Path], None]
) -> None:
    break_it(acme / name)
    told = errors(shell)
    assert told
    assert [line for line in told if not line.startswith(f"acme/{name}:")] == []
    if break_it is not empty:
        assert len(told) == 1


PACK = sorted(path.relative_to(FOLDER).as_posix() for path in (FOLDER / "basics").rglob("*.toml"))


@pytest.mark.parametrize("break_it", [half, latin, empty])
@pytest.mark.parametrize("name", PACK)
def test_a_document_of_a_pack_that_cannot_be_read_spoils_no_payer(
    shell: Shell, acme: Path, name: str, break_it: Callable[[Path], None]
) -> None:
    copied("basics", shell.home)
    break_it(shell.home / name)
    told = errors(shell, "acme/", "basics/")
    assert told
    assert [line for line in told if not line.startswith(f"{name}:")] == []
    assert acme.is_dir()


def lines_of(name: str) -> list[int]:
    text = (FOLDER / "acme" / name).read_text(encoding="utf-8")
    return [number for number, line in enumerate(text.splitlines()) if line and not line.startswith("#")]


ONE_LINE_LESS = [(name, number) for name in DOCUMENTS for number in lines_of(name)]


@pytest.mark.parametrize(("name", "number"), ONE_LINE_LESS, ids=str)
def test_a_line_that_is_missing_is_told_where_it_was_or_where_it_is_used(
    shell: Shell, acme: Path, name: str, number: int
) -> None:
    """Of few lines the loss is no fault; where it is one, the run ends in sentences with places that exist."""
    lines = (acme / name).read_text(encoding="utf-8").splitlines(keepends=True)
    (acme / name).write_text("".join(lines[:number] + lines[number + 1 :]), encoding="utf-8")
    result = shell("policy", "validate", "acme/")
    assert result.exit_code in (0, 2)
    for line in result.stdout.splitlines()[:-1]:
        file, row, column = line.split(":")[:3]
        text = (shell.home / file).read_text(encoding="utf-8").split("\n")
        assert 1 <= int(column) <= len(text[int(row) - 1]) + 1
        assert line.endswith((".", "?"))


def without_sources(root: Path) -> None:
    spoil(root / "policies/care.toml", ('cites = ["trade-page"]\n', ""))


def weak_and_denying(root: Path) -> None:
    spoil(
        root / "policies/care.toml", ('effect = "warn"\ninstead_of = "documentation_needed"', 'effect = "not_covered"')
    )


def same_ids(root: Path) -> None:
    for folder, name in (("policies", "units"), ("tables", "therapy-codes"), ("cases", "units")):
        (root / folder / "zz.toml").write_bytes((root / folder / f"{name}.toml").read_bytes())


def unknown_rule(root: Path) -> None:
    spoil(root / "cases/units.toml", ("units/units-a-day", "units/units-a-week"))


def no_sources(root: Path) -> None:
    (root / "sources.toml").unlink()


BAD: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "a rule without a source": (
        without_sources,
        ['acme/policies/care.toml:35:1: error: rules[2]: has no "cites"; add it.'],
    ),
    "no sources": (
        no_sources,
        ["acme/payer.toml:1:1: error: there is no sources.toml beside it; list the published documents there."],
    ),
    "a weak source that denies": (
        weak_and_denying,
        [
            "acme/policies/care.toml:41:1: error: rules[2].effect: sources graded secondary with medium confidence "
            "cannot carry not_covered; use warn, or a better source."
        ],
    ),
    "ids given twice across files": (
        same_ids,
        [
            "acme/policies/zz.toml:2:1: error: id: acme/policies/units.toml has the same id acme/units; "
            "give each policy its own id.",
            "acme/policies/zz.toml:7:13: error: parameters.daily_limit: acme/policies/units.toml declares a parameter "
            "daily_limit too; declare it once.",
            "acme/tables/zz.toml:2:1: error: id: acme/tables/therapy-codes.toml describes a table therapy-codes too; "
            "rename one.",
        ],
    ),
    "a case of an unknown rule": (
        unknown_rule,
        [
            "acme/cases/units.toml:31:1: error: cases[3].rule: no rule is named units/units-a-week; "
            "did you mean units/units-a-day?"
        ],
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_clear_sentence_and_nothing_is_written(shell: Shell, acme: Path, name: str) -> None:
    break_it, told = BAD[name]
    break_it(acme)
    before = {path: path.read_bytes() for path in acme.rglob("*") if path.is_file()}
    assert errors(shell) == told
    assert {path: path.read_bytes() for path in shell.home.rglob("*") if path.is_file()} == before


def test_a_fault_of_a_row_is_told_at_its_cell(shell: Shell, acme: Path) -> None:
    rows = 'format = 1\nid = "limits"\ntitle = "Invented limits"\nkey = ["state"]\nrows = "limits.csv"\n'
    rows += 'open_ended = "invented"\ncites = ["billing-guide"]\n[columns]\nstate = { type = "code" }\n'
    rows += 'units = { type = "integer" }\n'
    (acme / "tables/limits.toml").write_text(rows, encoding="utf-8")
    (acme / "tables/limits.csv").write_text("state,units\nOH,1\nOH,x\n,2\n", encoding="utf-8")
    assert errors(shell) == [
        "acme/tables/limits.csv:3:1: error: units: the cell under units cannot be an integer; correct the cell.",
        "acme/tables/limits.csv:4:1: error: state: the key column state is empty; fill the cell.",
    ]


def test_a_pack_that_is_missing_is_told_with_the_line_that_mends_it(shell: Shell, acme: Path) -> None:
    spoil(acme / "payer.toml", *[('pack = "basics"', 'pack = "basic"')] * 3)
    assert errors(shell) == [
        "acme/payer.toml:24:1: error: uses[0].pack: it uses the pack basic, which is not installed; "
        "install it with: pip install 'crosspayer-basic>=2026.11,<2027'."
    ]


def test_a_pack_that_is_checked_too_or_named_serves_the_payer(shell: Shell, acme: Path) -> None:
    basics = copied("basics", shell.home)
    spoil(acme / "payer.toml", *[('pack = "basics"', 'pack = "nuts"')] * 3)
    for path in [basics / "pack.toml", *basics.glob("*/*.toml")]:
        path.write_text(path.read_text(encoding="utf-8").replace("basics", "nuts"), encoding="utf-8")
    assert shell("policy", "validate", "acme/", "basics/").exit_code == 0
    assert shell("policy", "validate", "acme/", "--plugin-dir", "basics").exit_code == 0
    assert shell("policy", "validate", "acme/").exit_code == 2


def test_the_faults_of_a_pack_are_told_with_the_pack(shell: Shell, acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    basics = copied("basics", shell.home)
    spoil(basics / "policies/codes.toml", ('topic = "codes"', 'topic = "code"'))
    told = errors(shell, "acme/", "basics/")
    assert [line.partition(":")[0] for line in told] == ["basics/policies/codes.toml"]
    monkeypatch.chdir(acme)
    told = errors(shell, ".", "../basics")
    assert [line.partition(":")[0] for line in told] == ["../basics/policies/codes.toml"]


def test_a_fault_of_a_pack_that_is_only_used_is_told_with_the_payer_whose_rules_it_spoils(
    shell: Shell, acme: Path
) -> None:
    basics = copied("basics", shell.home)
    spoil(basics / "policies/codes.toml", ('"episode.earlier_initial_encounter"', '"episode.earlier_initial"'))
    told = errors(shell, "acme/", "--plugin-dir", "basics")
    assert [line.partition(":")[0] for line in told] == ["basics/policies/codes.toml"]
    assert [line.partition(":")[0] for line in errors(shell, "acme/", "basics/")] == ["basics/policies/codes.toml"]
    assert acme.is_dir()


def test_what_nothing_uses_is_a_warning(shell: Shell, acme: Path) -> None:
    source = '[sources.spare]\npublisher = "Acme"\ntitle = "Spare"\nread = 2026-11-23\ngrade = "primary"\n'
    value = '{ from = 2026-01-01, to = 2026-12-31, value = 3, cites = ["billing-guide"] }'
    declared = f'[parameters.spare]\nunit = "units"\nvalues = [{value}]\n'
    declared += '[conditions.spare]\nfact = "line.units"\nis = 1\n'
    table = (acme / "tables/therapy-codes.toml").read_text(encoding="utf-8").replace("therapy-codes", "spare")
    fact = '[[facts]]\nname = "spare"\ntype = "boolean"\nmeaning = "nothing"\nask = "payer"\n'
    for name, text in {"sources.toml": source, "policies/care.toml": declared, "payer.toml": fact}.items():
        with (acme / name).open("a", encoding="utf-8") as file:
            file.write(text)
    (acme / "tables/spare.toml").write_text(table, encoding="utf-8")
    result = shell("policy", "validate", "acme/")
    assert result.exit_code == 0
    assert [line for line in result.stdout.splitlines() if "uses the" in line] == [
        "acme/payer.toml:46:1: warning: facts[1].name: nothing uses the fact payer_facts.acme.spare; "
        "use it, or remove it.",
        "acme/policies/care.toml:45:13: warning: parameters.spare: nothing uses the parameter spare; "
        "use it, or remove it.",
        "acme/policies/care.toml:48:13: warning: conditions.spare: nothing uses the condition spare; "
        "use it, or remove it.",
        "acme/sources.toml:23:10: warning: sources.spare: nothing uses the source spare; use it, or remove it.",
        "acme/tables/spare.toml:2:1: warning: id: nothing uses the table spare; use it, or remove it.",
    ]


def test_what_is_no_plugin_is_refused(shell: Shell) -> None:
    (shell.home / "empty").mkdir()
    for words, says in {
        (): ".: has no payer.toml or pack.toml; name the folder of one plugin, or make one with crosspayer policy new.",
        ("empty", "acm"): "acm: there is no such plugin; did you mean acme?\ncrosspayer: empty: has no payer.toml or "
        "pack.toml; name the folder of one plugin, or make one with crosspayer policy new.",
        (
            "acme",
            "--plugin-dir",
            "nowhere",
        ): "nowhere: there is no such folder; give --plugin-dir the folder that holds payer.toml.",
    }.items():
        result = shell("policy", "validate", *words)
        assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"crosspayer: {says}\n")


def test_json_holds_every_remark_by_its_fields(shell: Shell, acme: Path) -> None:
    spoil(acme / "policies/units.toml", ("has_one_of", "has_one_off"))
    found = json.loads(shell("policy", "validate", "acme/", "bolt", "--format", "json").stdout)
    remarks = found["plugins"][0].pop("remarks")
    assert found["plugins"][1].pop("remarks") == []
    assert found == {
        "format": "crosspayer/validation/1",
        "errors": 1,
        "warnings": 1,
        "plugins": [
            {"id": "acme", "kind": "payer", "documents": 6, "rules": 7, "cases": 5},
            {"id": "bolt", "kind": "payer", "documents": 3, "rules": 2, "cases": 0},
        ],
    }
    assert remarks[0] == {
        "level": "error",
        "kind": "policy",
        "origin": "acme/policies/units.toml",
        "line": 18,
        "column": 38,
        "path": "rules[0].require.has_one_off",
        "what": "is not a key here",
        "remedy": 'did you mean "has_one_of"?',
    }
    assert (remarks[1]["level"], remarks[1]["kind"]) == ("warning", "placeholder")


def test_sarif_has_what_editors_and_code_hosts_read(shell: Shell, acme: Path) -> None:
    spoil(acme / "policies/units.toml", ("has_one_of", "has_one_off"))
    half(acme / "cases/units.toml")
    result = shell("policy", "validate", "acme/", "--format", "sarif")
    assert result.exit_code == 2
    log = json.loads(result.stdout)
    assert (log["version"], set(log)) == ("2.1.0", {"$schema", "version", "runs"})
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "crosspayer policy validate"
    assert all(set(rule) == {"id", "shortDescription"} and rule["shortDescription"]["text"] for rule in driver["rules"])
    ids = [rule["id"] for rule in driver["rules"]]
    assert ids == sorted(set(ids))
    assert run["columnKind"] == "unicodeCodePoints"
    results: list[dict[str, Any]] = run["results"]
    assert [(found["level"], found["ruleId"]) for found in results] == [
        ("error", "case"),
        ("error", "policy"),
        ("warning", "placeholder"),
    ]
    for found in results:
        assert ids[found["ruleIndex"]] == found["ruleId"]
        ((physical,),) = [location.values() for location in found["locations"]]
        assert set(physical) == {"artifactLocation", "region"}
        assert (shell.home / physical["artifactLocation"]["uri"]).is_file()
        assert all(isinstance(number, int) and number >= 1 for number in physical["region"].values())
    (region,) = [found["locations"][0]["physicalLocation"]["region"] for found in results[1:2]]
    assert region == {"startLine": 18, "startColumn": 38}
    assert (
        results[1]["message"]["text"] == 'rules[0].require.has_one_off: is not a key here; did you mean "has_one_of"?'
    )


def test_a_code_plugin_says_that_its_files_are_not_its_documents(shell: Shell, acme: Path) -> None:
    spoil(acme / "payer.toml", ('kind = "data"', 'kind = "code"'))
    assert errors(shell) == [
        "acme/payer.toml:2:1: error: kind: the documents of a code plugin are what its hooks answer, not the files of "
        "its folder; check it with crosspayer plugins list --allow-code."
    ]


def test_a_document_that_cannot_be_opened_ends_in_a_sentence(
    shell: Shell, acme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "care.toml":
            raise PermissionError(13, "Permission denied")
        return opened(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    result = shell("policy", "validate", "acme/")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "crosspayer: crosspayer_policies of folder acme failed with PermissionError; ask its author, or uninstall it.\n"
    )
    assert acme.is_dir()


def test_sarif_names_a_file_elsewhere_by_its_address(shell: Shell, acme: Path) -> None:
    log = json.loads(shell("policy", "validate", str(acme), "--format", "sarif").stdout)
    (found,) = log["runs"][0]["results"]
    uri = found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == (acme / "sources.toml").as_uri()


def test_the_same_is_told_whatever_the_order_of_the_names(shell: Shell, acme: Path) -> None:
    def by_plugin(*words: str) -> Iterator[Any]:
        yield from json.loads(shell("policy", "validate", *words, "--format", "json").stdout)["plugins"]

    spoil(acme / "policies/units.toml", ("has_one_of", "has_one_off"))
    assert list(by_plugin("acme/", "bolt", "acme/")) == list(by_plugin("bolt", "acme/"))[::-1]


# Faults that keep the lines where they are: the document, what stands in it, what is put in its place.
PLANTED = {
    "manifest: a word": ("payer.toml", 'type = "boolean"', 'type = "bolean"'),
    "manifest: a rule of the pack": ("payer.toml", 'rules = ["initial-once"]', 'rules = ["initial-onc"]'),
    "manifest: a plan": ("payer.toml", 'plans = ["commercial"]', 'plans = ["comercial"]'),
    "sources: a grade": ("sources.toml", 'grade = "quoted"', 'grade = "qoted"'),
    "sources: a date": ("sources.toml", "from = 2020-01-01", 'from = "2020"'),
    "policy: a key of its head": ("policies/units.toml", "title = ", "titel = "),
    "policy: a value": ("policies/units.toml", "value = 4", "value = 4.5"),
    "policy: dates of a value": ("policies/units.toml", "to = 2025-12-31", "to = 2019-12-31"),
    "policy: an operator": ("policies/units.toml", "has_one_of", "has_one_off"),
    "policy: a table": ("policies/units.toml", 'table = "therapy-codes"', 'table = "therapy"'),
    "policy: an effect of a cap": ("policies/units.toml", 'effect = "reduce_units"', 'effect = "not_covered"'),
    "policy: a fact": ("policies/care.toml", '"plan_of_care.certified_on"', '"plan_of_care.certified"'),
    "policy: a fact of a branch": ("policies/care.toml", "certification_refused", "certification_refusd"),
    "policy: a source": ("policies/care.toml", 'cites = ["trade-page"]', 'cites = ["trade"]'),
    "policy: a weak source": ("policies/care.toml", 'effect = "warn"', 'effect = "auth_needed"'),
    "policy: a literal": ("policies/care.toml", 'present", is = true', 'present", is = "yes"'),
    "table: a code": ("tables/therapy-codes.toml", '"97110"', "97110"),
    "case: a rule": ("cases/units.toml", "units/units-a-day", "units/units-a-week"),
    "case: an encounter": ("cases/units.toml", 'encounter = "training"', 'encounter = "trainig"'),
    "case: a fact": ("cases/units.toml", '"lines[0].units" = 4', '"lines[0].unit" = 4'),
    "case: a word": ("cases/units.toml", 'expect = "open"', 'expect = "opn"'),
}


HIDDEN = {
    ("policy: a value", "policy: dates of a value"): "a value that is none has no place in the order of time",
    ("policy: a source", "policy: a weak source"): "a source that is not there has no grade",
}
"""Pairs of which one cannot be told while the other is there, with the reason."""


def test_two_faults_are_told_as_each_of_them_alone(shell: Shell) -> None:
    """No fault hides another, and none brings with it what is told of no fault alone."""

    def told(*names: str) -> set[str]:
        root = copied("acme", shell.home)
        for name in names:
            file, old, new = PLANTED[name]
            spoil(root / file, (old, new))
        found = errors(shell)
        shutil.rmtree(root)
        return set(found)

    alone = {name: told(name) for name in PLANTED}
    assert all(alone.values())
    wrong = {}
    for one, two in itertools.combinations(PLANTED, 2):
        both = told(one, two)
        if both != alone[one] | alone[two]:
            wrong[one, two] = both ^ (alone[one] | alone[two])
    assert wrong.keys() == HIDDEN.keys()
    assert [pair for pair in HIDDEN if len(wrong[pair]) != 1] == []
