"""What one rule says for one comparison topic. The payer, its rules and its sources are invented."""

from datetime import date

import pytest
from crosspayer.policy.model import COMPARISON_TOPICS
from crosspayer.report.statements import Statement, days, shortened, statement

from core.tests.acme import Acme, rule

POLICY_CODES = frozenset({"97760", "97761", "97763"})
TIMED = """\
format = 1
id = "timed"
title = "Timed codes"
codes = ["97110", "97112", "97116", "97140", "97530", "97535", "97750", "97760", "97761"]
open_ended = "invented"
cites = ["quoted"]
"""
STATES = """\
format = 1
id = "states"
title = "States in an invented programme"
key = ["state"]
covers_to = 2026-12-31
cites = ["association"]
confidence = "high"
rows = [
  { state = "OH", from = 2021-04-01, visits = 6 },
  { state = "IN", from = 2021-04-01, visits = 6 },
  { state = "KY", from = 2021-04-01, to = 2024-12-31, visits = 4 },
  { state = "KY", from = 2025-01-01, visits = 6 },
]
[columns]
state = { type = "code" }
visits = { type = "integer", unit = "visits" }
"""
PARAMETER = """\
[parameters.unit_limit]
unit = "units"
values = [
  { from = 2025-01-01, to = 2025-12-31, value = 4, cites = ["notice"], confidence = "high" },
  { from = 2026-01-01, to = 2026-12-31, value = 1, cites = ["secondary"], confidence = "high" },
]
[parameters.yearly_amount]
unit = "USD"
values = [ { from = 2025-01-01, value = 2410.5, open_ended = "invented", cites = ["notice"] } ]
"""
TABLES = {"timed.toml": TIMED, "states.toml": STATES}


def told(acme: Acme, rules: str, topic: str = "daily_cap", on: date | None = None, declared: str = "") -> Statement:
    """The statement of the only rule, with files it may use."""
    world = acme(declared + rules, tables=TABLES)
    (payer,) = world.installation.payers
    (only,) = payer.rules
    found, cited = statement(only, topic, on, POLICY_CODES)
    assert tuple(cited) == found.sources
    return found


def cap(limit: str, **keys: str) -> str:
    written = {"units_of": "{ table = 'timed' }", "per": "['day']", "keep_first_by": "'line.number'", **keys}
    inside = ", ".join(f"{key} = {value}" for key, value in written.items())
    return rule("limit", cap=f"{{ at_most = {limit}, {inside} }}", effect="'reduce_units'")


@pytest.mark.parametrize(
    ("limit", "keys", "said"),
    [
        ("4", {}, "At most 4 units a day, in line order"),
        ("1", {"per": "['code']"}, "At most 1 unit a day per code, in line order"),
        (
            "4",
            {"per": "['discipline', 'rendering']", "keep_first_by": "'-line.charge'"},
            "At most 4 units a day per therapy discipline and rendering provider, the highest charge first",
        ),
        (
            "{ fact = 'coverage.contract_unit_cap' }",
            {},
            "At most the timed units a day that the contract pays, in line order",
        ),
        (
            "{ parameter = 'unit_limit' }",
            {},
            "At most 1 unit (2026-01-01 to 2026-12-31) a day, in line order",
        ),
    ],
)
def test_a_cap_says_its_limit_pool_and_order(acme: Acme, limit: str, keys: dict[str, str], said: str) -> None:
    assert told(acme, cap(limit, **keys), declared=PARAMETER).text == said


def test_a_limit_from_a_table_is_its_value_where_all_rows_agree(acme: Acme) -> None:
    limit = "{ look_up = 'limits', by = { code = { fact = 'line.code' } }, column = 'most' }"
    table = (
        "format = 1\nid = 'limits'\ntitle = 'Limits'\nkey = ['code']\nopen_ended = 'invented'\ncites = ['quoted']\n"
        "rows = [ { code = '97760', most = 6 }, { code = '97761', most = MOST } ]\n"
        "[columns]\ncode = { type = 'code' }\nmost = { type = 'integer', unit = 'units' }\n"
    )
    said = []
    for most in ("6", "4"):
        world = acme(cap(limit), tables=TABLES | {"limits.toml": table.replace("MOST", most)})
        found, cited = statement(world.installation.payers[0].rules[0], "daily_cap", None, POLICY_CODES)
        said.append(found.text)
        assert list(cited) == ["acme/notice", "acme/quoted"]
    assert said == [
        "At most 6 units a day, in line order",
        "At most the most of the table acme/limits a day, in line order",
    ]


def test_a_parameter_is_bound_to_the_day_and_brings_its_sources(acme: Acme) -> None:
    rules = cap("{ parameter = 'unit_limit' }")
    firm = told(acme, rules, on=date(2025, 6, 1), declared=PARAMETER)
    weak = told(acme, rules, on=date(2026, 6, 1), declared=PARAMETER)
    without = told(acme, rules, on=date(2027, 6, 1), declared=PARAMETER)
    assert [firm.text, weak.text, without.text] == [
        "At most 4 units a day, in line order",
        "At most 1 unit a day, in line order",
        "At most the unit limit, which has no value on this day, in line order",
    ]
    assert (firm.sources, weak.sources) == (("acme/notice",), ("acme/notice", "acme/secondary"))
    assert (firm.effects, firm.grade) == (("reduce_units",), "quoted")  # as the table of codes is
    assert (weak.effects, weak.grade) == (("warn",), "secondary")


def test_what_counts_names_few_codes_and_numbers_many(acme: Acme) -> None:
    many = told(acme, cap("4"), "what_counts")
    assert many.text == "Counts units of the codes of acme/timed (9 codes, with 97760, 97761, without 97763)"
    assert many.sources == ("acme/notice", "acme/quoted")
    few = told(acme, cap("4", units_of="{ codes = ['97763', '97760'] }"), "what_counts")
    assert few.text == "Counts units of 97760, 97763"
    where = told(acme, cap("4", units_of="{ where = { fact = 'line.code', is = '97760' } }"), "what_counts")
    assert where.text == "Counts units of lines where the procedure code is 97760"


def test_what_counts_says_which_lines_a_sum_counts(acme: Acme) -> None:
    sum_rule = rule(
        "sum",
        "{ sum_of = 'other.units', over = 'lines', where = { fact = 'other.code', is = '97760' }, at_most = 4 }",
        title="'Four units at most'",
    )
    assert told(acme, sum_rule, "what_counts").details == (
        "counts lines where the procedure code on that line is 97760",
    )
    assert told(acme, sum_rule, "daily_cap").details == ()


def test_an_exception_is_said_with_its_effect(acme: Acme) -> None:
    rules = cap("4") + (
        "[[rules.otherwise]]\nwhen = { fact = 'coverage.cap_exception', is = true }\neffect = 'inform'\n"
    )
    found = told(acme, rules, "cap_exceptions")
    assert found.details == ("informs if the payer granted an exception to its unit cap",)
    assert found.effects == ("reduce_units", "inform")
    assert told(acme, rules, "daily_cap").details == ()


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("'cms_total'", "Minutes count by the day's total, as CMS counts; pooled per day"),
        ("'ama_midpoint'", "Minutes count code by code, from the midpoint on; pooled per day"),
        ("{ fact = 'coverage.unit_method' }", "The contract says how minutes count; pooled per day"),
    ],
)
def test_the_minute_method_is_that_of_the_policy(acme: Acme, method: str, said: str) -> None:
    timed = f"[timed]\ncodes = {{ table = 'timed' }}\npool_by = 'day'\nmethod = {method}\n"
    rules = rule("minutes", "{ fact = 'day.timed_units', at_most = { fact = 'day.units_supported' } }")
    assert told(acme, rules, "minute_method", declared=timed).text == said


def test_a_rule_without_timed_facts_is_said_by_its_title(acme: Acme) -> None:
    rules = rule("note", "{ fact = 'documentation.start_stop_times', is = true }", title="'eNote gives times'")
    assert {told(acme, rules, topic).text for topic in COMPARISON_TOPICS} == {"eNote gives times"}


def test_without_a_title_the_condition_speaks(acme: Acme) -> None:
    short = told(acme, rule("short", "{ fact = 'line.units', at_most = 4 }"))
    assert short.text == "Requires: the units billed are at most 4"


def test_a_long_condition_ends_in_an_ellipsis_at_a_word() -> None:
    assert shortened("word " * 10) == "word " * 10
    assert shortened("words " * 60) == "words " * 39 + "words …"


def test_when_the_rule_applies_is_said_with_the_facts_it_reads(acme: Acme) -> None:
    rules = rule(
        "applies",
        "{ fact = 'line.units', at_most = 4 }",
        when="{ all_of = [ { fact = 'claim_type', is = 'professional' }, { fact = 'line.units', at_least = 1 } ] }",
    )
    found = told(acme, rules)
    assert found.applies == "the kind of claim form is professional and the units billed are at least 1"
    assert found.reads == ("claim_type", "line.units")
    assert told(acme, rule("always", "{ fact = 'line.units', at_most = 4 }")).applies == "always"


LOOK_UP = "{ look_up = 'states', by = { state = { fact = 'patient.state' } }, has_row = true }"


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (None, "OH, IN (visits 6, from 2021-04-01); KY (visits 6, from 2025-01-01)"),
        (date(2024, 12, 31), "OH, IN (visits 6, from 2021-04-01); KY (visits 4, 2021-04-01 to 2024-12-31)"),
        (date(2025, 1, 1), "OH, IN (visits 6, from 2021-04-01); KY (visits 6, from 2025-01-01)"),
        (date(2021, 3, 31), "no rows"),
    ],
)
def test_a_table_shows_the_rows_in_force_or_the_latest(acme: Acme, on: date | None, said: str) -> None:
    found = told(acme, rule("programme", "{ fact = 'line.units', at_most = 4 }", when=LOOK_UP), on=on)
    assert found.details == (f"acme/states: {said}, known to 2026-12-31",)
    assert found.sources == ("acme/notice", "acme/association")


def test_a_long_table_is_counted(acme: Acme) -> None:
    rows = ", ".join(f"{{ state = 'S{n}', visits = 6 }}" for n in range(21))
    long = STATES[: STATES.index("rows")] + f"rows = [ {rows} ]\n" + STATES[STATES.index("[columns]") :]
    world = acme(rule("programme", "{ fact = 'line.units', at_most = 4 }", when=LOOK_UP), tables={"states.toml": long})
    found, _ = statement(world.installation.payers[0].rules[0], "authorization", None, POLICY_CODES)
    assert found.details == ("acme/states: 21 rows, known to 2026-12-31",)


def test_details_name_other_codes_days_and_amounts(acme: Acme) -> None:
    rules = rule(
        "details",
        "{ all_of = [ { fact = 'line.service_date', between = [2025-01-13, 2027-12-31] },"
        " { sum_of = ['coverage.therapy_amount_ytd', 'line.charge'], at_most = { parameter = 'yearly_amount' } } ] }",
        judges="['97164', '97168']",
    )
    assert told(acme, rules, declared=PARAMETER).details == (
        "for 97164, 97168",
        "named days: 2025-01-13, 2027-12-31",
        "yearly amount: 2410.50 USD (from 2025-01-01)",
    )
    assert told(acme, rules, declared=PARAMETER, on=date(2026, 1, 1)).details[2] == "yearly amount: 2410.50 USD"


def test_grants_substitutes_days_and_standing_are_kept(acme: Acme) -> None:
    rules = rule(
        "weak", "{ fact = 'line.units', at_most = 4 }", effect="'inform'", instead_of="'not_covered'",
        cites="['notice', 'unverified']", confidence="'low'", grants="'no_auth'", to="2026-01-31", notes="'open'",
    )  # fmt: skip
    found = told(acme, rules)
    assert (found.effects, found.instead_of, found.grants) == (("inform",), "not_covered", "no_auth")
    assert (found.in_force, found.grade, found.confidence) == ((None, "2026-01-31"), "unverified", "low")
    assert (found.rules, found.notes) == (("acme/main/weak",), "open")


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (None, None, "undated"),
        ("2026-01-01", None, "from 2026-01-01"),
        (None, "2026-01-31", "until 2026-01-31"),
        ("2026-01-01", "2026-01-31", "2026-01-01 to 2026-01-31"),
    ],
)
def test_days_in_words(first: str | None, last: str | None, words: str) -> None:
    assert days(first, last) == words
