"""Tables of service lines as input: the options, what is said on standard error, and what is answered."""

import csv
import io
import json

import pytest
from crosspayer.encounter.feed.columns import ready_made

from core.tests.cli.conftest import Shell
from core.tests.invented import encounter

MAP = """\
format = 1
encounter = ["claim"]
[constants]
stage = "claim"
[[columns]]
heading = "dos"
fact = "line.service_date"
dates = ["MM/DD/YYYY"]
[[columns]]
heading = "cpt"
fact = "line.code"
[[columns]]
heading = "units"
fact = "line.units"
[[columns]]
heading = "ins"
identifier = "insurance_type"
"""
PAYERS = 'format = 1\n[[entries]]\ninsurance_type = "3"\npayer = "acme"\nplan = "exchange"\n'
TABLE = """\
claim;dos;cpt;units;ins
A;10/05/2026;97760;2;3
B;10/05/2026;97760;1.5;3
C;10/05/2026;97763;1;17
D;10/05/2026;97763;1;17
"""
SAID = """\
crosspayer: feed.csv: 1 of 4 encounters are not answered: mend their rows.
crosspayer: feed.csv: the payer map does not say whose insurance_type "17" is (2 coverages have no payer).
crosspayer: feed.csv:3: units: is no whole number; write it in digits, without sign or separator.
"""
OPTIONS = ("--columns", "map.toml", "--payer-map", "payers.toml")


@pytest.fixture
def feed(shell: Shell) -> Shell:
    shell.put("map.toml", MAP)
    shell.put("payers.toml", PAYERS)
    shell.put("feed.csv", TABLE)
    return shell


def test_good_encounters_are_answered_and_rejected_rows_listed(feed: Shell) -> None:
    result = feed("evaluate", "feed.csv", *OPTIONS, "--format", "csv")
    assert (result.exit_code, result.stderr) == (2, SAID)
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [(row["encounter"], row["payer"], row["silence"]) for row in rows] == [
        ("A", "acme", ""),
        ("C", "", "payer_not_known"),
        ("D", "", "payer_not_known"),
    ]


def test_rejected_rows_are_part_of_the_json_answer(feed: Shell) -> None:
    result = feed("evaluate", "feed.csv", *OPTIONS, "--format", "json")
    assert [(bad["line"], bad["path"]) for bad in json.loads(result.stdout)["rejected"]] == [(3, "units")]


def test_a_table_may_come_from_standard_input_and_stand_beside_json(feed: Shell) -> None:
    feed.put("visit.json", encounter())
    text = "claim,dos,cpt\nA,10/05/2026,97760\n"
    result = feed("evaluate", "-", "visit.json", "--columns", "map.toml", "--format", "csv", stdin=text)
    assert "\nA,1,97760," in result.stdout
    assert "visit-1" in result.stdout
    assert "<stdin>:1: the header row has no column units" in result.stderr


def test_every_command_that_takes_an_encounter_reads_tables(feed: Shell) -> None:
    feed.put("one.csv", "claim;dos;cpt;units;ins\nA;10/05/2026;97760;2;3\n")
    result = feed("explain", "one.csv", "--payer", "acme", *OPTIONS)
    assert (result.exit_code in (0, 1, 3), result.stderr) == (True, "")
    assert "97760" in result.stdout


def test_facts_that_contradict_the_plugins_are_told_with_the_row(feed: Shell) -> None:
    text = MAP.partition('[[columns]]\nheading = "ins"')[0]
    feed.put(
        "two.toml",
        text
        + '[[columns]]\nheading = "p"\nfact = "coverage.payer"\n'
        + ('[[columns]]\nheading = "q"\ncoverage = 2\nfact = "coverage.payer"\n'),
    )
    feed.put("two.csv", "claim,dos,cpt,units,p,q\nA,10/05/2026,97760,2,acme,acme\n")
    result = feed("evaluate", "two.csv", "--columns", "two.toml")
    assert result.exit_code == 2
    assert result.stderr == (
        "crosspayer: two.csv:2: coverages[1]: coverages[0] is given again; keep one of the two, or say their plans or "
        "order.\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["feed.csv"], "feed.csv: the file is a table; say with --columns how to read it (crosspayer columns sniff"),
        (["feed.csv", "--payer-map", "payers.toml"], "--payer-map is for tables; give --columns too."),
        (["feed.csv", "--encounter-by", "claim"], "--encounter-by is for tables; give --columns too."),
        (["feed.csv", "--columns", "gone.toml"], "gone.toml: there is no such file; correct its name."),
        (["feed.csv", "--columns", "webpt-billing"], "the column map webpt-billing does not say which columns name an"),
        (["gone.csv", "--columns", "map.toml"], "gone.csv: there is no such file; correct its name, or use -"),
        (["feed.csv", "--columns", "feed.csv"], "feed.csv: the file is not TOML; give a TOML file."),
        (
            ["feed.csv", "--columns", "map.toml", "--encounter-by", "claims"],
            "feed.csv:1: the header row has no column claims; it has claim: did the export change?",
        ),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(words: list[str], said: str, feed: Shell) -> None:
    result = feed("evaluate", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"crosspayer: {said}")
    assert len(result.stderr.splitlines()) == 1


def test_without_a_payer_map_identifiers_say_nothing(feed: Shell) -> None:
    result = feed("evaluate", "feed.csv", "--columns", "map.toml", "--format", "csv")
    assert (
        "crosspayer: feed.csv: 3 coverages have no payer, because the table holds identifiers only; say whose they are "
        "with --payer-map.\n"
    ) in result.stderr


def test_a_payer_or_plan_that_is_nearly_one_is_named(feed: Shell) -> None:
    feed.put("payers.toml", PAYERS.replace("acme", "acmee"))
    result = feed("evaluate", "feed.csv", *OPTIONS)
    assert (
        "crosspayer: payers.toml:4:1: entries[0].payer: no loaded plugin answers for this payer; did you mean acme?\n"
    ) in result.stderr


def test_many_unknown_payers_are_counted(feed: Shell) -> None:
    rows = "".join(f"X{number};10/05/2026;97760;1;t{number}\n" for number in range(12))
    feed.put("feed.csv", TABLE.partition("\n")[0] + "\n" + rows)
    said = feed("evaluate", "feed.csv", *OPTIONS).stderr.splitlines()
    assert len(said) == 11
    assert said[-1] == "crosspayer: feed.csv: nor whose 2 others are (2 coverages have no payer)."


def test_columns_lists_and_shows_the_ready_made_maps(shell: Shell) -> None:
    listed = shell.json("columns", "list")
    assert [one["name"] for one in listed] == list(ready_made())
    assert shell("columns", "list").stdout.splitlines()[0].split()[0] == "epic-svc-ln-info"
    assert shell("columns", "show", "webpt-charges").stdout == ready_made()["webpt-charges"].read_text("utf-8")
    result = shell("columns", "show", "webpt-charge")
    assert result.exit_code == 2
    assert result.stderr == "crosspayer: no ready-made column map is named webpt-charge; did you mean webpt-charges?\n"


def test_a_draft_can_be_used_at_once(shell: Shell) -> None:
    shell.put("feed.csv", TABLE)
    drafted = shell("columns", "sniff", "feed.csv")
    assert (drafted.exit_code, drafted.stderr) == (0, "")
    assert shell("columns", "sniff", "-", stdin=TABLE).stdout == drafted.stdout.replace("of feed.csv", "of <stdin>")
    shell.put("draft.toml", drafted.stdout)
    result = shell("evaluate", "feed.csv", "--columns", "draft.toml", "--payer", "acme", "--format", "csv")
    assert {row["encounter"] for row in csv.DictReader(io.StringIO(result.stdout))} == {"A", "C", "D"}


def test_what_cannot_be_sniffed(shell: Shell) -> None:
    result = shell("columns", "sniff", "gone.csv")
    assert (result.exit_code, result.stderr) == (
        2,
        "crosspayer: gone.csv: there is no such file; correct its name, or use - for standard input.\n",
    )
    shell.put("x.csv", "a,b\n")
    assert "no heading that stands once in the first row looks like" in shell("columns", "sniff", "x.csv").stderr
