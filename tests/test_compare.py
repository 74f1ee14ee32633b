"""Where the shipped payers differ: the comparison shows what the dossier's matrix says, with the sources, and the page
in docs/ is what the command prints."""

import io
import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from crosspayer.cli import cli
from crosspayer.plugins.build import install
from crosspayer.policy.model import COMPARISON_TOPICS, Payer
from crosspayer.report.comparison import Comparison, compare
from crosspayer.report.comparison_text import write_markdown
from crosspayer.report.statements import Statement
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).parents[1]
PAYERS = ("aetna", "bcbs", "cigna", "medicare", "uhc")
BCBS_WITH_DISCIPLINE_MODIFIER = {"anthem", "north-dakota"}


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CROSSPAYER_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def payers() -> tuple[Payer, ...]:
    return install(plugins=PAYERS).payers


@pytest.fixture(scope="module")
def latest(payers: Sequence[Payer]) -> Comparison:
    return compare(payers, opened=PAYERS)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["plugins", "compare", *arguments])


def statements(found: Comparison, topic: str, payer: str, plan: str) -> tuple[Statement, ...]:
    """What one plan's rules say on a topic."""
    cells = dict(found.topics)[topic]
    (cell,) = [cell for cell in cells if cell.payer == payer and plan in cell.plans]
    return cell.statements


def words(told: Statement) -> str:
    """Everything a cell may show of a statement."""
    return " | ".join([told.text, told.applies, *told.details, *told.effects, str(told.in_force)])


# Topic, payer/plan, source in the cell, and what the cell must say: the key values of the dossier's matrix.
EXPECTED: list[tuple[str, str, str, tuple[str, ...]]] = [
    ("daily_cap", "aetna/commercial", "aetna/aapc-four-units", ("within what the contract pays", "warn")),
    ("daily_cap", "cigna/commercial", "cigna/gawenda-four-units",
     ("At most 4 units a day per therapy discipline, in line order", "reduce_units", "('2022-10-15', None)")),
    ("daily_cap", "uhc/commercial", "uhc/max-frequency-2020", ("that the contract pays", "warn")),
    ("daily_cap", "bcbs/anthem", "bcbs/anthem-frequency-editing",
     ("At most 4 units a day per therapy discipline and rendering provider", "IN, KY, MO, OH, WI (from 2021-04-01)",
      "reduce_units")),
    ("daily_cap", "bcbs/highmark-pa", "bcbs/highmark-y-1-061",
     ("At most 4 units a day per rendering provider, the highest charge first", "warn")),
    ("daily_cap", "bcbs/north-dakota", "bcbs/north-dakota-physical-therapy",
     ("At most 4 units a day per rendering provider, the highest charge first", "reduce_units")),
    ("daily_cap", "medicare/original-medicare", "medicare/mue-2024q3", ("At most 6 units a day per code",)),
    ("what_counts", "cigna/commercial", "cigna/gawenda-four-units", ("Counts units", "with 97760, 97761, 97763")),
    ("what_counts", "cigna/commercial", "cigna/gawenda-comment", ("together within four units", "warn")),
    ("what_counts", "uhc/commercial", "uhc/max-frequency-2020", ("26 codes, with 97760, 97761, 97763",)),
    ("what_counts", "bcbs/anthem", "bcbs/anthem-frequency-editing", ("15 codes, with 97760, 97761, 97763",)),
    ("what_counts", "bcbs/highmark-pa", "bcbs/highmark-y-1-066", ("between 97010 and 97763", "NPI")),
    ("what_counts", "bcbs/north-dakota", "bcbs/north-dakota-physical-therapy", ("between 97010 and 97763", "NPI")),
    ("cap_exceptions", "cigna/commercial", "cigna/gawenda-four-units", ("informs if the payer granted an exception",)),
    ("cap_exceptions", "cigna/commercial", "cigna/aota-site-of-care", ("Where Medicare pays first", "secondary")),
    ("cap_exceptions", "uhc/commercial", "uhc/max-frequency-2020", ("is not 12", "rehabilitation centre")),
    ("minute_method", "aetna/commercial", "therapy-common/unit-methods", ("The contract says how minutes count",)),
    ("minute_method", "cigna/commercial", "cigna/cpg-135-summary", ("total treatment time in minutes",)),
    ("minute_method", "uhc/commercial", "uhc/max-frequency-2020", ("day's total, as CMS counts",)),
    ("minute_method", "medicare/original-medicare", "medicare/first-coast-units", ("day's total, as CMS counts",)),
    ("minute_method", "bcbs/anthem", "bcbs/apta-anthem-timed-units", ("time in and time out for each timed code",)),
    ("discipline_modifiers", "uhc/commercial", "uhc/pt-ot-em-policy",
     ("GP, GO and GN", "not_covered", "('2020-07-01', None)")),
    ("discipline_modifiers", "bcbs/anthem", "bcbs/anthem-modifier-rules", ("CO, KY (from 2021-11-01)", "not_covered")),
    ("discipline_modifiers", "bcbs/north-dakota", "bcbs/north-dakota-therapy-modifiers", ("Each line", "not_covered")),
    ("discipline_modifiers", "bcbs/north-dakota", "bcbs/north-dakota-therapy-modifiers", ("revenue code",)),
    ("discipline_modifiers", "medicare/original-medicare", "medicare/cr-10176", ("exactly one modifier",)),
    ("assistant_payment", "aetna/commercial", "aetna/apta-2023-11-01", ("85 percent", "('2024-03-01', None)")),
    ("assistant_payment", "cigna/commercial", "cigna/gawenda-four-units",
     ("85 percent", "CO, KY, OH, TX (2022-10-15 to 2022-10-31)", "('2022-10-15', None)")),
    ("assistant_payment", "uhc/commercial", "uhc/pt-ot-em-policy", ("may be paid at a lower rate", "inform")),
    ("assistant_payment", "bcbs/horizon-nj", "bcbs/horizon-assistant-modifiers", ("85 percent", "'2022-06-27'")),
    ("assistant_payment", "medicare/original-medicare", "medicare/cms-assistant-examples", ("85 percent",)),
    ("referral", "aetna/commercial", "aetna/ppsapta-2025-06-17", ("signed", "(None, '2025-06-16')")),
    ("referral", "aetna/commercial", "aetna/cpb-0250-copy", ("Occupational therapy is prescribed", "physician")),
    ("referral", "uhc/commercial", "uhc/rehab-policy-apta-2023", ("signed", "('2023-07-01', '2023-07-31')")),
    ("referral", "bcbs/alabama", "bcbs/alabama-preferred-therapy", ("signed the orders or the plan of care",)),
    ("referral", "bcbs/massachusetts", "bcbs/massachusetts-digest", ("prescription",)),
    ("referral", "bcbs/hcsc", "bcbs/hcsc-the803-010", ("approved the plan of care",)),
    ("referral", "bcbs/hcsc", "bcbs/hcsc-the803-010", ("direct access", "MT, OK, TX")),
    ("authorization", "aetna/commercial", "aetna/apta-2023-02-15",
     ("DE, NJ, NY, PA, WV", "auth_needed", "('2018-09-01', '2022-12-31')")),
    ("authorization", "cigna/commercial", "cigna/aota-site-of-care", ("19, 22", "auth_needed", "('2025-10-01', None)")),
    ("authorization", "cigna/commercial", "cigna/mercy-options-ash", ("office visits",)),
    ("authorization", "uhc/medicare-advantage", "uhc/ma-prior-auth-2024",
     ("An approval is on file", "auth_needed", "AZ, CA (scope named plans, from 2026-02-01)", "('2024-09-01', None)")),
    ("authorization", "uhc/medicare-advantage", "uhc/ma-six-visits-2025", ("first six visits", "2025-01-13")),
    ("authorization", "uhc/community-plan", "uhc/ny-community-2023", ("New York", "('2023-07-01', None)")),
    ("authorization", "bcbs/massachusetts", "bcbs/massachusetts-rehabilitation-page",
     ("have an approval", "16 visits", "auth_needed")),
    ("authorization", "bcbs/premera", "bcbs/premera-rehabilitation-page", ("90-day episode", "more than 6")),
    ("authorization", "bcbs/regence", "bcbs/regence-physical-medicine", ("notified within seven days", "auth_needed")),
    ("authorization", "bcbs/north-carolina", "bcbs/north-carolina-therapy-authorization",
     ("authorized by Carelon", "('2024-12-01', None)")),
    ("authorization", "bcbs/fep-standard", "bcbs/massachusetts-rehabilitation-page", ("need no authorization",)),
    ("evaluation_free", "uhc/medicare-advantage", "uhc/ma-prior-auth-2024", ("evaluations need no authorization",)),
    ("evaluation_free", "bcbs/michigan", "bcbs/michigan-record", ("re-evaluation", "for 97164, 97168, 97760")),
    ("subsequent_listed", "uhc/medicare-advantage", "uhc/ma-prior-auth-2024", ("with 97760, 97761, without 97763",)),
    ("subsequent_listed", "bcbs/massachusetts", "bcbs/massachusetts-digest", ("97763 is not on the published list",)),
    ("authorization_units", "bcbs/hcsc-il-medicaid", "bcbs/illinois-medicaid-carelon", ("units left", "timed units")),
    ("authorization_units", "uhc/medicare-advantage", "uhc/ma-six-visits-2025", ("six visits or eight weeks",)),
    ("authorization_units", "cigna/commercial", "cigna/mercy-options-ash", ("visits beyond the threshold",)),
    ("place_of_service", "cigna/commercial", "cigna/aota-site-of-care", ("19, 22", "documentation_needed")),
    ("place_of_service", "uhc/commercial", "uhc/max-frequency-2020", ("is not 12",)),
    ("place_of_service", "uhc/medicare-advantage", "uhc/ma-prior-auth-2024", ("is not 12", "auth_needed")),
    ("furnished_by", "uhc/commercial", "uhc/pt-ot-em-policy", ("Evaluation and management codes", "not_covered")),
    ("furnished_by", "uhc/commercial", "uhc/pt-ot-em-policy", ("Evaluations are not billed by assistants",)),
    ("furnished_by", "bcbs/highmark-pa", "bcbs/highmark-y-1-054", ("modifier 25",)),
    ("furnished_by", "bcbs/vermont", "bcbs/vermont-8-03-vt02", ("listed type", "not_covered")),
    ("same_day_reduction", "uhc/community-plan", "uhc/multiple-procedure-nebraska-2021", ("is not NE",)),
    ("same_day_reduction", "uhc/commercial", "uhc/multiple-procedure-policy", ("would reduce payment",)),
    ("same_day_reduction", "bcbs/north-carolina", "bcbs/north-carolina-multiple-therapy", ("('2024-07-10', None)",)),
    ("same_day_reduction", "medicare/original-medicare", "medicare/noridian-mppr", ("One unit of therapy",)),
    ("visit_limit", "bcbs/fep-standard", "bcbs/fep-2023-standard-basic", ("75 visits", "not_covered")),
    ("visit_limit", "bcbs/fep-basic", "bcbs/fep-2023-standard-basic", ("50 visits", "not_covered")),
    ("visit_limit", "bcbs/fep-blue-focus", "bcbs/fep-2025-blue-focus", ("25 visits", "not_covered")),
    ("visit_limit", "aetna/commercial-hmo", "aetna/cpb-0325-mirror", ("limited period",)),
    ("visit_limit", "medicare/original-medicare", "medicare/kx-2026", ("2480.00 USD (2026-01-01 to 2026-12-31)",)),
    ("maintenance", "aetna/commercial", "aetna/cpb-0325-mirror", ("maintenance", "not_covered")),
    ("maintenance", "aetna/commercial", "aetna/d3rx-cpb-0325", ("self-managed programme is being set up",)),
    ("maintenance", "uhc/commercial", "uhc/rehab-policy-2021", ("Maintenance therapy is part of the benefit",)),
    ("maintenance", "bcbs/fep-standard", "bcbs/fep-2025-pshb-standard-basic", ("not maintenance",)),
    ("maintenance", "bcbs/hcsc", "bcbs/hcsc-the803-010", ("not maintenance",)),
    ("device", "cigna/commercial", "cigna/verity-0543", ("examination of the last twelve months",)),
    ("device", "cigna/commercial", "cigna/verity-0543", ("prefabricated one that failed",)),
    ("device", "cigna/commercial", "cigna/hca-plantar-fasciitis", ("plantar fasciitis",)),
    ("device", "bcbs/anthem", "bcbs/anthem-cg-dme-22", ("criteria for custom making", "documentation_needed")),
    ("documentation", "uhc/commercial", "uhc/treatment-note-pps-2024", ("treatment note", "('2024-08-01', None)")),
    ("documentation", "medicare/original-medicare", "medicare/bpm-15-220-3", ("tenth treatment day", "10 days")),
    ("telehealth", "aetna/commercial", "aetna/aafp-telehealth-2023", ("telehealth", "('2023-12-01', None)")),
    ("telehealth", "medicare/original-medicare", "medicare/telehealth-therapists", ("2027-12-31",)),
]  # fmt: skip


@pytest.mark.parametrize(("topic", "plan", "source", "needles"), EXPECTED)
def test_the_matrix_says_what_the_dossier_says(
    latest: Comparison, topic: str, plan: str, source: str, needles: tuple[str, ...]
) -> None:
    payer, _, name = plan.partition("/")
    cited = {words(told) for told in statements(latest, topic, payer, name) if source in told.sources}
    assert [said for said in cited if all(needle in said for needle in needles)], cited


def test_every_topic_is_looked_at() -> None:
    assert {topic for topic, *_ in EXPECTED} == set(COMPARISON_TOPICS)


@pytest.mark.parametrize(
    ("topic", "plan"),
    [
        ("discipline_modifiers", "aetna/commercial"),
        ("discipline_modifiers", "cigna/commercial"),
        ("place_of_service", "aetna/commercial"),
        ("visit_limit", "uhc/medicare-advantage"),
        ("maintenance", "cigna/commercial"),
        ("subsequent_listed", "uhc/commercial"),
        *(("discipline_modifiers", f"bcbs/{plan}") for plan in ("premera", "regence", "vermont", "alabama")),
    ],
)
def test_what_nobody_encoded_is_no_rule(latest: Comparison, topic: str, plan: str) -> None:
    payer, _, name = plan.partition("/")
    (cell,) = [c for c in dict(latest.topics)[topic] if c.payer == payer and name in c.plans]
    assert (cell.silence, cell.statements) == ("no_rule", ())


# --- the day


@pytest.mark.parametrize(
    ("on", "topic", "plan", "wanted", "there"),
    [
        (date(2022, 10, 14), "daily_cap", "cigna/commercial", "At most 4 units a day", False),
        (date(2022, 10, 15), "daily_cap", "cigna/commercial", "At most 4 units a day", True),
        (date(2021, 3, 31), "daily_cap", "bcbs/anthem", "At most 4 units a day", False),
        (date(2021, 4, 1), "daily_cap", "bcbs/anthem", "At most 4 units a day", True),
        (date(2021, 12, 31), "daily_cap", "bcbs/highmark-pa", "reduce_units", True),
        (date(2022, 1, 1), "daily_cap", "bcbs/highmark-pa", "reduce_units", False),
        (date(2020, 6, 30), "discipline_modifiers", "uhc/commercial", "not_covered", False),
        (date(2020, 7, 1), "discipline_modifiers", "uhc/commercial", "not_covered", True),
        (date(2022, 6, 26), "assistant_payment", "bcbs/horizon-nj", "85 percent", False),
        (date(2022, 6, 27), "assistant_payment", "bcbs/horizon-nj", "85 percent", True),
        (date(2024, 8, 31), "authorization", "uhc/medicare-advantage", "An approval is on file for outpatient", False),
        (date(2024, 9, 1), "authorization", "uhc/medicare-advantage", "An approval is on file for outpatient", True),
        (date(2026, 1, 31), "authorization", "uhc/medicare-advantage", "(scope no plans, 2024-09-01", True),
        (date(2026, 2, 1), "authorization", "uhc/medicare-advantage", "(scope named plans, from 2026-02-01)", True),
        (date(2022, 12, 31), "authorization", "aetna/commercial", "Five eastern states asked", True),
        (date(2023, 1, 1), "authorization", "aetna/commercial", "Since 2023 the five states need no", True),
        (date(2026, 6, 16), "authorization", "bcbs/massachusetts", "first visits: no value on this day", True),
        (date(2026, 6, 17), "authorization", "bcbs/massachusetts", "first visits: 16 visits", True),
        (date(2023, 12, 31), "visit_limit", "bcbs/fep-standard", "fep visits standard: 75 visits", True),
        (date(2024, 1, 1), "visit_limit", "bcbs/fep-standard", "fep visits standard: no value on this day", True),
        (date(2025, 6, 16), "referral", "aetna/commercial", "signed the physical therapy plan of care", True),
        (date(2025, 6, 17), "referral", "aetna/commercial", "A written physical therapy plan of care exists", True),
        (date(2025, 12, 31), "visit_limit", "medicare/original-medicare", "kx threshold: 2410.00 USD", True),
        (date(2026, 1, 1), "visit_limit", "medicare/original-medicare", "kx threshold: 2480.00 USD", True),
    ],
)  # fmt: skip
def test_the_day_decides_what_is_shown(
    payers: Sequence[Payer], on: date, topic: str, plan: str, wanted: str, there: bool
) -> None:
    payer, _, name = plan.partition("/")
    found = compare(payers, [topic], on=on, opened=PAYERS)
    told = [words(one) for one in statements(found, topic, payer, name)]
    assert any(wanted in one for one in told) is there, told


@settings(max_examples=20, deadline=None)
@given(on=st.dates(date(2017, 1, 1), date(2028, 12, 31)))
def test_on_any_day_every_cell_has_a_source_or_says_why_not(payers: Sequence[Payer], on: date) -> None:
    found = compare(payers, on=on)
    for topic, cells in found.topics:
        for payer in payers:
            plans = [plan for cell in cells if cell.payer == payer.id for plan in cell.plans]
            assert sorted(plans) == sorted(plan.id for plan in payer.plans), topic
        for cell in cells:
            assert (cell.silence is None) == bool(cell.statements)
            for told in cell.statements:
                assert told.sources
                assert set(told.sources) <= set(found.sources)
                first, last = told.in_force
                assert (first or "") <= on.isoformat() <= (last or "9999")


# --- the command


def test_the_page_in_the_docs_is_what_the_command_prints(payers: Sequence[Payer]) -> None:
    """To mend it: crosspayer plugins compare --format markdown > docs/where-payers-differ.md"""
    printed = io.StringIO()
    write_markdown(compare(payers), printed)
    result = run("--format", "markdown", *(part for name in PAYERS for part in ("--payer", name)))
    assert (result.exit_code, result.stdout) == (0, printed.getvalue())
    assert (ROOT / "docs" / "where-payers-differ.md").read_text(encoding="utf-8") == result.stdout


def test_json_is_narrowed_by_payer_topic_code_and_day() -> None:
    result = run(
        "--format", "json", "--payer", "uhc", "--payer", "cigna", "--topic", "subsequent_listed",
        "--topic", "daily_cap", "--code", "97760", "--on", "2026-10-05",
    )  # fmt: skip
    assert result.exit_code == 0
    document: dict[str, Any] = json.loads(result.stdout)
    assert (document["format"], document["on"], document["code"]) == ("crosspayer/comparison/1", "2026-10-05", "97760")
    assert [payer["id"] for payer in document["payers"]] == ["cigna", "uhc"]
    assert [topic["id"] for topic in document["topics"]] == ["daily_cap", "subsequent_listed"]
    listed = {source["id"] for source in document["sources"]}
    cited = {
        name
        for topic in document["topics"]
        for cell in topic["cells"]
        for told in cell["statements"]
        for name in told["sources"]
    }
    assert cited == listed != set()


def test_a_code_leaves_out_rules_on_other_training_codes_only() -> None:
    def plans_with_rules(code: str) -> set[str]:
        result = run("--format", "json", "--payer", "bcbs", "--topic", "subsequent_listed", "--code", code)
        (topic,) = json.loads(result.stdout)["topics"]
        return {plan for cell in topic["cells"] if cell["statements"] for plan in cell["plans"]}

    assert plans_with_rules("97763") == {"massachusetts"}
    assert plans_with_rules("97760") == set()


def test_plans_that_agree_share_a_row_that_opens() -> None:
    def rows(*arguments: str) -> list[str]:
        result = run("--payer", "bcbs", "--topic", "discipline_modifiers", *arguments)
        assert result.exit_code == 0
        return [" ".join(line.split()) for line in result.stdout.splitlines() if line.strip().startswith("bcbs ")]

    closed, opened = rows(), rows("--open", "bcbs")
    assert closed[-1] == "bcbs the other 15 plans no rule"
    assert len(closed) == 1 + len(BCBS_WITH_DISCIPLINE_MODIFIER)
    silent = [row for row in opened if row.endswith("no rule")]
    assert (len(opened), len(silent)) == (17, 15)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--payer", "cignae"], "no loaded plugin answers for the payer cignae; did you mean cigna?"),
        (["--open", "uhcc"], "no loaded plugin answers for the payer uhcc; did you mean uhc?"),
        (
            ["--payer", "uhc", "--open", "bcbs"],
            "--open bcbs: this payer is not compared; add --payer bcbs, or leave --open out.",
        ),
        (["--topic", "dayly_cap"], "payers are not compared by dayly_cap; did you mean daily_cap?"),
        (["--topic", "x"], f"payers are not compared by x; the topics: {', '.join(COMPARISON_TOPICS)}."),
        (["--on", "2026-02-30"], "--on is not a date; write a day that exists as YYYY-MM-DD."),
        (["--on", "20260205"], "--on is not a date; write a day that exists as YYYY-MM-DD."),
        (
            ["--payer", "cigna", "--code", "97769"],
            "no rule of the compared payers speaks of the code 97769; "
            "their policies are about 97760, 97761, 97762, 97763.",
        ),
    ],
)
def test_bad_input_is_one_sentence(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"crosspayer: {message}\n")
