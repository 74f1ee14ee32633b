"""`policy validate`: every fault of a plugin in one run, each with its place, and none that follows from another."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.tests.cli.conftest import Shell
from core.tests.cli.spoiling import PLACEHOLDER, errors, spoil
from core.tests.invented import FOLDER


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
        'payer.toml:19:1: error: facts[0].type: is "bolean"; did you mean "boolean"?',
        "payer.toml:27:10: error: uses[0].rules[0]: basics/codes has no rule initial-onc; did you mean initial-once?",
        "payer.toml:28:10: error: uses[0].plans[0]: the manifest knows no plan comercial; did you mean commercial?",
        'sources.toml:16:1: error: sources.device-notice.grade: is "qoted"; did you mean "quoted"?',
        "tables/therapy-codes.toml:4:19: error: codes[1]: is a whole number, expected a string; "
        "write the code in quotes, with upper-case letters, digits and points only.",
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
        "cases/units.toml:11:1: error: cases[0].rule: no rule is named units/dicipline-modifier; "
        "did you mean units/discipline-modifier?",
        "cases/units.toml:17:1: error: cases[1].from: no case of this file is named modifier-satified; "
        "did you mean modifier-satisfied?",
        'cases/units.toml:33:12: error: cases[3].change.lines[0].unit: is not a key here; did you mean "units"?',
    ]


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
            "acme/tables/zz.toml:2:1: error: id: acme/tables/therapy-codes.toml:2 describes a table therapy-codes too; "
            "rename one.",
            "acme/policies/zz.toml:2:1: error: id: acme/policies/units.toml:2 has the same id acme/units; "
            "give each policy its own id.",
            "acme/policies/zz.toml:7:13: error: parameters.daily_limit: acme/policies/units.toml:7 declares a "
            "parameter daily_limit too; declare it once.",
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
        "acme/sources.toml:23:10: warning: sources.spare: nothing uses the source spare; use it, or remove it.",
        "acme/tables/spare.toml:2:1: warning: id: nothing uses the table spare; use it, or remove it.",
        "acme/policies/care.toml:45:13: warning: parameters.spare: nothing uses the parameter spare; "
        "use it, or remove it.",
        "acme/policies/care.toml:48:13: warning: conditions.spare: nothing uses the condition spare; "
        "use it, or remove it.",
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
