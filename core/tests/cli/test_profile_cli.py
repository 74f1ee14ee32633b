"""`--profile` on evaluate and explain, and the template. The payer, its rules and the profile are invented."""

import csv
import io
import tomllib
from typing import Any

import pytest

from core.tests.acme import HEAD as POLICY
from core.tests.acme import MANIFEST, SOURCES, condition_rules
from core.tests.cli.conftest import Shell
from core.tests.invented import ENCOUNTER

GOLD = """
[[facts]]
name = "gold_card"
type = "boolean"
meaning = "The practice holds the card."
ask = "payer"
holds_for = "contract"
"""
RULES = condition_rules(
    {
        "cap": "{ fact = 'line.units', at_most = { fact = 'coverage.contract_unit_cap' } }",
        "gold": "{ fact = 'payer_facts.acme.gold_card', is = true }",
        "in-network": "{ fact = 'coverage.network', is = 'in' }",
    }
)
PROFILE = """\
format = 1
[[entries]]
payer = "acme"
facts.coverage = { contract_unit_cap = 4, network = "in" }
facts.payer_facts.acme.gold_card = true
"""
HEAD = "format = 1\n[[entries]]\n"
METHOD = 'facts.coverage.unit_method = "cms_total"\n'
EVALUATE = ("evaluate", "visit.json", "--plugin-dir", "acme", "--profile", "profile.toml")
EXPLAIN = ("explain", "visit.json", "--payer", "acme", "--plugin-dir", "acme", "--profile", "profile.toml")


@pytest.fixture
def desk(shell: Shell) -> Shell:
    """A folder with the payer's plugin, a visit that says nothing of the contract, and a profile that does."""
    shell.put("acme/payer.toml", MANIFEST + GOLD)
    shell.put("acme/sources.toml", SOURCES)
    shell.put("acme/policies/main.toml", POLICY + RULES)
    shell.put("visit.json", ENCOUNTER)
    shell.put("profile.toml", PROFILE)
    return shell


def visit(**coverage: Any) -> dict[str, Any]:
    return {**ENCOUNTER, "coverages": [{**ENCOUNTER["coverages"][0], **coverage}]}


def test_what_the_profile_says_settles_the_answer_and_is_counted(desk: Shell) -> None:
    without = desk(*EVALUATE[:-2])
    assert (without.exit_code, "from the profile" in without.stdout) == (3, False)
    found = desk(*EVALUATE)
    assert (found.exit_code, found.stderr) == (0, "")
    assert "  3 facts come from the profile (crosspayer explain).\n" in found.stdout


def test_json_marks_what_came_from_the_profile(desk: Shell) -> None:
    (d,) = desk.json(*EVALUATE)["determinations"]
    assert d["from_profile"] == [
        "coverages[0].contract_unit_cap",
        "coverages[0].network",
        "payer_facts.acme.gold_card",
    ]
    assert d["basis"]["profile"].startswith("sha256:")
    assert d["profile_notes"] == []
    (plain,) = desk.json(*EVALUATE[:-2])["determinations"]
    assert (plain["from_profile"], plain["basis"]["profile"], plain["profile_notes"]) == ([], None, [])
    assert plain["basis"]["input"] == d["basis"]["input"]


def test_every_format_rests_on_the_profile(desk: Shell) -> None:
    (row,) = csv.DictReader(io.StringIO(desk(*EVALUATE, "--format", "csv").stdout))
    assert (row["verdict"], row["facts_missing"]) == ("clear", "")
    assert '"from_profile":["coverages[0].contract_unit_cap"' in desk(*EVALUATE, "--format", "ndjson").stdout


def test_where_the_encounter_says_otherwise_it_holds_and_the_table_says_so_once(desk: Shell) -> None:
    data = visit(network="out")
    data["lines"] = [{**data["lines"][0], "number": number} for number in (1, 2)]
    desk.put("visit.json", data)
    found = desk(*EVALUATE)
    said = (
        "The encounter says otherwise than the profile (entries[0]), and holds: the provider's standing in the plan's"
    )
    assert found.exit_code == 1
    assert found.stdout.count(said) == 1
    assert "[coverages[0].network]" in found.stdout
    assert desk.json(*EVALUATE)["determinations"][0]["profile_notes"] == [
        {"path": "coverages[0].network", "kind": "overruled", "entries": ["entries[0]"], "needs": []}
    ]


def test_what_the_profile_cannot_say_yet_is_asked_for(desk: Shell) -> None:
    desk.put("profile.toml", HEAD + 'payer = "acme"\nstate = "OH"\nfacts.coverage.contract_unit_cap = 4\n')
    said = " ".join(desk(*EVALUATE).stdout.split())
    assert "Name billing.state, so that the profile (entries[0]) can say: timed units a day that the contract" in said


def test_explain_marks_each_fact_and_says_what_does_not_go_together(desk: Shell) -> None:
    desk.put("visit.json", visit(network="out"))
    found = desk(*EXPLAIN)
    assert "    fact: coverages[0].contract_unit_cap = 4 (from the profile)\n" in found.stdout
    assert "    fact: lines[0].units = 2\n" in found.stdout
    assert "    fact: coverages[0].network = out\n" in found.stdout
    assert "  The encounter says otherwise than the profile (entries[0]), and holds: " in found.stdout
    (line,) = desk.json(*EXPLAIN)["lines"]
    assert line["from_profile"] == ["coverages[0].contract_unit_cap", "payer_facts.acme.gold_card"]
    assert [note["kind"] for note in line["profile_notes"]] == ["overruled"]


def test_a_payer_or_plan_that_looks_like_a_slip_is_named_and_the_rest_is_answered(desk: Shell) -> None:
    more = '[[entries]]\npayer = "acmee"\n' + METHOD + '[[entries]]\npayer = "acme"\nplan = "comercial"\n' + METHOD
    desk.put("profile.toml", PROFILE + more + '[[entries]]\npayer = "zenith"\n' + METHOD)
    found = desk(*EVALUATE)
    assert found.exit_code == 0
    assert found.stderr.splitlines() == [
        "crosspayer: profile.toml:7:1: entries[1].payer: no loaded plugin answers for this payer; did you mean acme?",
        "crosspayer: profile.toml:11:1: entries[2].plan: acme knows no such plan; did you mean commercial?",
    ]


@pytest.mark.parametrize("command", [EVALUATE, EXPLAIN], ids=["evaluate", "explain"])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "profile.toml: there is no such file; correct its name."),
        ("format = ", "profile.toml:1:10: has no value that can be read here; put text in double quotes."),
        (b"\xff", "profile.toml:1:1: the file is not UTF-8 text; save it as UTF-8."),
        (
            HEAD + "facts.coverage.contract_unit_kap = 4",
            "profile.toml:3:16: entries[0].facts.coverage.contract_unit_kap: is not a key here; "
            'did you mean "contract_unit_cap"?',
        ),
        (
            HEAD + "facts.coverage.contract_unit_cap = 4.5",
            "profile.toml:3:16: entries[0].facts.coverage.contract_unit_cap: is a decimal number, "
            "expected a whole number; write a whole number.",
        ),
        (
            HEAD + METHOD + "[[entries]]\n" + METHOD,
            "profile.toml:5:16: entries[1].facts.coverage.unit_method: entries[0] says it for the same keys and days; "
            "keep one, or part their days.",
        ),
        (
            HEAD + "from = 2026-02-30\n" + METHOD,
            "profile.toml:3:8: has a date that does not exist; write dates as YYYY-MM-DD, without quotes.",
        ),
        (
            HEAD + "from = 2026-02-01\nto = 2026-01-31\n" + METHOD,
            "profile.toml:4:1: entries[0].to: lies before from; correct one of the two days.",
        ),
        (
            HEAD + "facts.payer_facts.acme.gold_cart = true",
            "profile.toml:3:24: entries[0].facts.payer_facts.acme.gold_cart: acme has no such fact; "
            "did you mean gold_card?",
        ),
        (
            HEAD + "facts.payer_facts.acme.gold_card = 1",
            "profile.toml:3:24: entries[0].facts.payer_facts.acme.gold_card: the value is not a boolean; "
            "correct it, or leave it out.",
        ),
    ],
)
def test_a_bad_profile_is_one_sentence_and_nothing_is_answered(
    desk: Shell, command: tuple[str, ...], text: str | bytes | None, sentence: str
) -> None:
    if text is None:
        (desk.home / "profile.toml").unlink()
    else:
        desk.put("profile.toml", text)
    found = desk(*command)
    assert (found.exit_code, found.stdout, found.stderr) == (2, "", f"crosspayer: {sentence}\n")


def test_the_template_is_a_profile_for_the_loaded_plugins(desk: Shell) -> None:
    found = desk("facts", "--profile-template", "--plugin-dir", "acme")
    assert (found.exit_code, tomllib.loads(found.stdout)) == (0, {"format": 1})
    assert '# facts.payer_facts.acme.gold_card = "?"\n' in found.stdout
    desk.put("profile.toml", found.stdout)
    assert desk(*EVALUATE).exit_code == 3


@pytest.mark.parametrize("more", [["coverage"], ["--format", "json"]])
def test_the_template_is_printed_alone(desk: Shell, more: list[str]) -> None:
    found = desk("facts", "--profile-template", *more)
    said = "crosspayer: --profile-template prints one TOML document; leave out PATH and --format.\n"
    assert (found.exit_code, found.stdout, found.stderr) == (2, "", said)


def test_what_the_profile_says_is_not_asked_for(desk: Shell) -> None:
    asked = {q["path"]: q["profile"] for q in desk.json("ask", "visit.json", "--plugin-dir", "acme")["questions"]}
    assert asked == dict.fromkeys(
        ("coverages[0].contract_unit_cap", "coverages[0].network", "payer_facts.acme.gold_card"), True
    )
    left = desk.json("ask", "visit.json", "--plugin-dir", "acme", "--profile", "profile.toml")["questions"]
    assert left == []
