"""Running a plugin's cases: a payer's against the payers, a pack's against the pack by itself."""

from pathlib import Path

import pytest
from crosspayer.authoring.cases import Case, CaseResult, read_cases, run_case
from crosspayer.authoring.target import Target
from crosspayer.errors import InputError
from crosspayer.plugins.build import Installation
from crosspayer.policy.documents import ValidatedDigests

from core.tests.invented import FOLDER, all_installed, as_installed, copied, load


def results(found: Installation, name: str) -> dict[str, tuple[Case, CaseResult]]:
    library = found.libraries[name]
    engine = Target(library, found).engine()
    return {case.id: (case, run_case(case, engine)) for case in read_cases(library, ValidatedDigests())}


def with_cases(name: str, into: Path, old: str, new: str) -> Installation:
    """The invented plugins, one with a piece of its case files replaced."""
    root = copied(name, into)
    (path,) = (root / "cases").iterdir()
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return load(*(as_installed(n, root if n == name else FOLDER / n) for n in ("acme", "basics", "bolt")))


@pytest.mark.parametrize("name", ["acme", "basics"])
def test_the_cases_of_a_payer_and_of_a_pack_are_run(name: str) -> None:
    found = results(load(*all_installed()), name)
    assert len(found) == {"acme": 5, "basics": 3}[name]
    assert {key: result.differences for key, (_, result) in found.items()} == dict.fromkeys(found, ())


def test_a_plugin_without_cases_has_none() -> None:
    assert results(load(*all_installed()), "bolt") == {}


def test_a_pack_answers_with_every_rule_it_has_whoever_uses_it() -> None:
    found = load(as_installed("basics"))
    engine = Target(found.libraries["basics"], found).engine()
    assert list(engine.payers) == ["basics"]
    assert [rule.id for rule in engine.payers["basics"].rules] == [
        "basics/codes/initial-once",
        "basics/codes/valid-device",
    ]


def test_a_case_says_what_it_starts_from_and_what_it_changes() -> None:
    found = results(load(*all_installed()), "acme")
    case, _ = found["modifier-violated"]
    assert (case.rule, case.starts_from, case.changed, case.removed) == (
        "acme/units/discipline-modifier",
        "modifier-satisfied",
        ("lines[0].modifiers",),
        (),
    )
    assert case.encounter["lines"][0]["modifiers"] == []
    assert found["modifier-satisfied"][0].encounter["lines"][0]["modifiers"] == ["GP"]
    case, _ = found["modifier-unknown"]
    assert (case.changed, case.removed) == ((), ("lines[0].modifiers",))
    assert "modifiers" not in case.encounter["lines"][0]


@pytest.mark.parametrize(
    ("old", "new", "case", "difference"),
    [
        ('expect = "pass"', 'expect = "fail"', "modifier-satisfied", "expected fail, got pass"),
        ('expect = "open"', 'expect = "pass"', "modifier-unknown", "got open (missing lines[0].modifiers)"),
        ('effect = "not_covered"', 'effect = "warn"', "modifier-violated", "expected the effect warn, got not_covered"),
        (
            'missing = ["lines[0].modifiers"]',
            'missing = ["lines[0].units"]',
            "modifier-unknown",
            "expected to miss lines[0].units, got lines[0].modifiers",
        ),
        ("payable = 3", "payable = 2", "units-over-the-limit", "expected 2 payable units, got 3"),
        (
            'verdict = "reduced"',
            'verdict = "clear"',
            "units-over-the-limit",
            "expected the verdict clear, got reduced",
        ),
        (
            'change = { "lines[0].units" = 4 }',
            'change = { "lines[0].service_date" = 2019-12-31 }',
            "units-over-the-limit",
            "expected fail, got absent",
        ),
    ],
)
def test_a_case_that_does_not_hold_says_how(old: str, new: str, case: str, difference: str, tmp_path: Path) -> None:
    _, result = results(with_cases("acme", tmp_path, old, new), "acme")[case]
    assert result.differences
    assert result.differences[0].endswith(difference)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[[cases]]", "[[case]]", 'case: is not a key here; did you mean "cases"?'),
        (
            'rule = "units/discipline-modifier"',
            'rule = "units/modifier"',
            "cases[0].rule: no rule is named units/modifier; ",
        ),
        (
            'encounter = "training"',
            'encounter = "trainig"',
            "cases[0].encounter: no encounter of this file is named trainig; did",
        ),
        (
            'from = "modifier-satisfied"',
            'from = "satisfied"',
            "cases[1].from: no case of this file is named satisfied; did",
        ),
        (
            'from = "modifier-satisfied"',
            'from = "modifier-violated"',
            "cases[1].from: the cases start from each other in a circle; ",
        ),
        (
            'id = "modifier-violated"',
            'id = "modifier-satisfied"',
            "cases[1].id: a case is named modifier-satisfied already, at crosspayer-acme/cases/units.toml:10",
        ),
        (
            'modifiers = ["GP"]',
            'modifers = ["GP"]',
            ':7:68: encounters.training.lines[0].modifers: is not a key here; did you mean "modifiers"?',
        ),
        ("units = 2 }", 'units = "two" }', ":7:88: encounters.training.lines[0].units: "),
        (
            'rule = "units/discipline-modifier"',
            'rule = "acme/units/disciplin-modifier"',
            "cases[0].rule: no rule is named acme/units/disciplin-modifier; did you mean acme/units/discipline-",
        ),
        (
            'expect = "pass"',
            'expect = "pass"\nfindings = { "nobody/zzz/no-such" = "absent" }',
            "cases[0].findings.nobody/zzz/no-such: no rule is named nobody/zzz/no-such; name a rule as ",
        ),
        (
            '"lines[0].units" = 4',
            '"lines[0].units.x" = 4',
            "cases[3].change.lines[0].units.x: lines[0].units has no parts of its own; ",
        ),
        ('"lines[0].units" = 4', '"day[0].units" = 4', "cases[3].change.day[0].units: day is no list; "),
        ('"lines[0].units" = 4', '"day[0]" = 4', "cases[3].change.day[0]: day is no list; "),
        (
            '"lines[0].modifiers" = []',
            '"lines[0].modifiers[9]" = "GP"',
            "cases[1].change.lines[0].modifiers[9]: lines[0].modifiers has only 1 elements; ",
        ),
        (
            'remove = ["lines[0].modifiers"]',
            'remove = ["lines[7].modifiers"]',
            "cases[2].remove[0]: the encounter has no fact lines[7].modifiers that could be removed; ",
        ),
        (
            'remove = ["lines[0].modifiers"]',
            'remove = ["lines[0].modifers"]',
            "cases[2].remove[0]: the encounter has no fact lines[0].modifers that could be removed; ",
        ),
    ],
)
def test_a_case_that_cannot_be_run_is_told_with_its_place(old: str, new: str, fault: str, tmp_path: Path) -> None:
    found = with_cases("acme", tmp_path, old, new)
    with pytest.raises(InputError) as caught:
        read_cases(found.libraries["acme"], ValidatedDigests())
    said = [str(problem) for problem in caught.value.problems]
    assert any(fault in one and one.startswith("crosspayer-acme/cases/units.toml:") for one in said), said


def test_a_case_may_name_a_rule_of_a_pack_that_its_plugin_uses(tmp_path: Path) -> None:
    expected = 'expect = "pass"\nfindings = { "basics/codes/initial-once" = "absent" }'
    found = with_cases("acme", tmp_path, 'expect = "pass"', expected)
    case = read_cases(found.libraries["acme"], ValidatedDigests(), [found.libraries["basics"]])[0]
    assert case.findings == {"basics/codes/initial-once": "absent"}


def test_a_fault_of_an_encounter_is_told_once_for_all_cases_that_start_from_it(tmp_path: Path) -> None:
    found = with_cases("acme", tmp_path, "units = 2 }", 'units = "two" }')
    with pytest.raises(InputError) as caught:
        read_cases(found.libraries["acme"], ValidatedDigests())
    assert [(problem.line, problem.path) for problem in caught.value.problems] == [
        (7, "encounters.training.lines[0].units")
    ]
