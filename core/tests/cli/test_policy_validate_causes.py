"""`policy validate`: the cause is told, first and once, and what follows from it is not told as faults of its own."""

from pathlib import Path

import pytest

from core.tests.cli.conftest import Shell
from core.tests.cli.spoiling import errors, spoil

IDS = {
    'id = "acne"': "4:1: error: id: the manifest says acne, the ids of its policies all begin with acme/; "
    "make them agree.",
    'id = "Acme"': "4:1: error: id: does not have the form expected here; write the id in kebab-case, as in "
    "certified-in-time, at most 80 characters.",
    "": '1:1: error: has no "id"; add it.',
}


@pytest.mark.parametrize("written", IDS)
def test_a_faulty_id_of_the_manifest_is_all_that_is_told(shell: Shell, acme: Path, written: str) -> None:
    """Its policies, cases and facts go by the id it should have, whatever its folder is named."""
    acme = acme.rename(shell.home / "folder")
    spoil(acme / "payer.toml", ('id = "acme"', written))
    spoil(acme / "policies/units.toml", ("line.modifiers", "payer_facts.acme.gold_card"), ("has_one_of", "is"))
    spoil(acme / "policies/units.toml", ('["GP", "GO", "GN"]', "true"))
    assert errors(shell, "folder") == [f"folder/payer.toml:{IDS[written]}"]


@pytest.mark.parametrize("changed", ["units", "care"])
def test_a_policy_of_another_payer_among_others_is_told_at_the_policy(shell: Shell, acme: Path, changed: str) -> None:
    spoil(acme / f"policies/{changed}.toml", (f'id = "acme/{changed}"', f'id = "bolt/{changed}"'))
    assert errors(shell) == [
        f"acme/policies/{changed}.toml:2:1: error: id: the policy's id names bolt, the plugin is acme; "
        "begin it with acme/."
    ]


def test_faults_are_told_in_the_order_in_which_documents_build_on_each_other(shell: Shell, acme: Path) -> None:
    changes = {
        "cases/units.toml": ('expect = "open"', 'expect = "opn"'),
        "payer.toml": ('type = "boolean"', 'type = "bolean"'),
        "policies/units.toml": ("has_one_of", "has_one_off"),
        "sources.toml": ('grade = "quoted"', 'grade = "qoted"'),
        "tables/therapy-codes.toml": ('"97110"', "97110"),
    }
    for name, change in changes.items():
        spoil(acme / name, change)
    told = [line.partition(":")[0].removeprefix("acme/") for line in errors(shell)]
    assert told == [
        "payer.toml", "sources.toml", "tables/therapy-codes.toml", "policies/units.toml", "cases/units.toml",
    ]  # fmt: skip


def test_what_is_said_of_many_places_alike_is_one_line_with_all_of_them(shell: Shell, acme: Path) -> None:
    spoil(acme / "sources.toml", ("[sources.billing-guide]", "[sources.billing-guid]"))
    (told,) = errors(shell)
    uses = {
        name: [
            number
            for number, line in enumerate((acme / name).read_text(encoding="utf-8").splitlines(), 1)
            if '"billing-guide"' in line
        ]
        for name in ("tables/therapy-codes.toml", "policies/care.toml", "policies/units.toml")
    }
    first = uses["tables/therapy-codes.toml"].pop(0)
    listed = "; ".join(f"acme/{name}:{', '.join(map(str, lines))}" for name, lines in uses.items() if lines)
    more = sum(map(len, uses.values()))
    assert more >= 3
    assert told == (
        f"acme/tables/therapy-codes.toml:{first}:10: error: cites[0]: no source is named billing-guide; "
        f"did you mean billing-guid? The same in {more} more places: {listed}."
    )
    document = shell.json("policy", "validate", "acme/")
    assert document["errors"] == len(document["plugins"][0]["remarks"]) == more + 1


def test_what_is_said_of_a_few_places_is_told_at_each(shell: Shell, acme: Path) -> None:
    spoil(acme / "payer.toml", ('id = "exchange"', 'id = "exchang"'))
    spoil(acme / "cases/units.toml", ('encounter = "training"\n', 'encounter = "training"\nplan = "exchange"\n'))
    says = "the manifest knows no plan exchange; did you mean exchang?"
    assert errors(shell) == [
        f"acme/payer.toml:42:10: error: uses[2].plans[0]: {says}",
        f"acme/policies/care.toml:11:10: error: rules[0].plans[0]: {says}",
        f"acme/cases/units.toml:13:1: error: cases[0].plan: {says}",
    ]


def test_a_placeholder_is_no_matter_while_there_are_errors(shell: Shell, acme: Path) -> None:
    spoil(acme / "policies/units.toml", ("has_one_of", "has_one_off"))
    assert shell("policy", "validate", "acme/").stdout.splitlines()[1:] == ["acme: 1 error in 6 documents."]
    spoil(acme / "policies/units.toml", ("has_one_off", "has_one_of"))
    assert "is a placeholder" in shell("policy", "validate", "acme/").stdout


def test_a_case_of_a_rule_that_is_not_there_is_led_to_a_near_one_of_the_same_policy_or_to_none(
    shell: Shell, acme: Path
) -> None:
    for named, remedy in {
        "units/dicipline-modifier": "did you mean units/discipline-modifier?",
        "unit/discipline-modifier": "did you mean units/discipline-modifier?",
        "units/certified-in-time": "did you mean care/certified-in-time?",
        "care/dicipline-modifier": "correct the name, or write the rule.",
        "elsewhere/nothing-near": "name a rule as policy/rule, one of a pack that the manifest uses as "
        "pack/policy/rule.",
    }.items():
        spoil(acme / "cases/units.toml", ("units/discipline-modifier", named))
        assert errors(shell) == [
            f"acme/cases/units.toml:11:1: error: cases[0].rule: no rule is named {named}; {remedy}"
        ]
        spoil(acme / "cases/units.toml", (named, "units/discipline-modifier"))


def test_a_rule_whose_id_is_given_twice_is_told_at_the_second_with_the_place_of_the_first(
    shell: Shell, acme: Path
) -> None:
    text = (acme / "policies/units.toml").read_text(encoding="utf-8")
    rule = text[text.index("[[rules]]") : text.index("[[rules]]", text.index("[[rules]]") + 1)]
    first = text.splitlines().index('id = "discipline-modifier"') + 1
    second = len(text.splitlines()) + 2
    spoil(acme / "policies/units.toml", (text, text + rule))
    assert errors(shell) == [
        f"acme/policies/units.toml:{second}:1: error: rules[2].id: a rule has the id discipline-modifier already, at "
        f"acme/policies/units.toml:{first}; rename one, or date them one after the other if they are versions of one "
        "rule."
    ]


def test_versions_of_a_rule_that_follow_each_other_are_no_fault(shell: Shell, acme: Path) -> None:
    text = (acme / "policies/units.toml").read_text(encoding="utf-8")
    rule = text[text.index("[[rules]]") : text.index("[[rules]]", text.index("[[rules]]") + 1)]
    earlier, later = (rule.replace("topic", f"{key}\ntopic") for key in ("to = 2026-06-30", "from = 2026-07-01"))
    spoil(acme / "policies/units.toml", (rule, earlier + later))
    assert shell("policy", "validate", "acme/").exit_code == 0
    spoil(acme / "policies/units.toml", ("from = 2026-07-01", "from = 2026-06-01"))
    (told,) = errors(shell)
    assert "this version of discipline-modifier and the one at acme/policies/units.toml:" in told
    assert "are both in force from 2026-06-01 to 2026-06-30; " in told
