"""Rules on one day: dated parameters, rules, policies and tables, and the effects their sources allow on it."""

from __future__ import annotations

from typing import Any

import pytest

from core.tests.acme import HEAD, TWO_PLANS, Acme, World, encounter, rule

PARAMETERS = """
[parameters.cap]
unit = 'units'
values = [
  { from = 2025-01-01, to = 2025-12-31, value = 4, cites = ['notice'] },
  { from = 2026-01-01, to = 2026-06-30, value = 6, cites = ['secondary'] },
  { from = 2026-07-01, to = 2026-12-31, value = 8, cites = ['association'], confidence = 'high' },
]
[parameters.forever]
unit = 'units'
values = [{ from = 2025-01-01, open_ended = 'No end is published.', value = 2, cites = ['unverified'] }]
"""
LIMIT = "{ fact = 'line.units', at_most = { parameter = 'cap' } }"
CODE_IS_KNOWN = "{ fact = 'line.code', is_not = '00000' }"
PLAIN = "{ fact = 'line.units', at_most = 3 }"


def on(day: str, units: int | None = 5, **facts: Any) -> dict[str, Any]:
    return encounter({"lines[0].service_date": day, "lines[0].units": units}, **facts)


@pytest.fixture(scope="module")
def world(acme: Acme) -> World:
    return acme(
        PARAMETERS
        + rule("limit", LIMIT)
        + rule("documented", LIMIT, effect="'documentation_needed'")
        + rule("forever", "{ fact = 'line.units', at_most = { parameter = 'forever' } }")
        + rule("in-when", "{ fact = 'line.units', at_most = 0 }", when=LIMIT)
        + rule("branch", PLAIN, effect="'review'")
        + "[[rules.otherwise]]\neffect = 'not_covered'\n"
        + "when = { fact = 'line.units', more_than = { parameter = 'cap' } }\n"
    )


@pytest.mark.parametrize(
    ("day", "kind", "effect", "grade"),
    [
        ("2024-12-31", "open", "not_covered", "primary"),  # before the first value
        ("2025-01-01", "fail", "not_covered", "primary"),
        ("2025-12-31", "fail", "not_covered", "primary"),
        ("2026-01-01", "pass", "warn", "secondary"),  # a weaker source from this day
        ("2026-06-30", "pass", "warn", "secondary"),
        ("2026-07-01", "pass", "not_covered", "association"),
        ("2026-12-31", "pass", "not_covered", "association"),
        ("2027-01-01", "open", "not_covered", "primary"),  # expired
    ],
)
def test_a_parameter_holds_from_its_first_day_to_its_last_and_lends_the_rule_its_grade(
    world: World, day: str, kind: str, effect: str, grade: str
) -> None:
    finding = world.finding("limit", on(day))
    assert (finding.kind, finding.effect, finding.grade) == (kind, effect, grade)
    assert finding.missing == (("parameter:cap",) if kind == "open" else ())
    assert finding.weak_source is (effect == "warn")


def test_a_weak_value_warns_where_a_firm_one_denies_and_makes_the_answer_conditional(world: World) -> None:
    denied = world.one(on("2025-06-01", 9))
    warned = world.finding("limit", on("2026-06-01", 9))
    assert denied.verdict == "not_covered"
    assert (warned.kind, warned.effect, warned.weak_source) == ("fail", "warn", True)
    assert "weak_source" in world.one(on("2026-06-01", 9)).reasons
    assert world.finding("documented", on("2026-06-01", 9)).effect == "warn"


def test_a_value_nobody_verified_only_informs_and_still_leaves_a_doubt(acme: Acme) -> None:
    world = acme(PARAMETERS + rule("forever", "{ fact = 'line.units', at_most = { parameter = 'forever' } }"))
    finding = world.finding("forever", on("2026-06-01"))
    assert (finding.kind, finding.effect, finding.weak_source) == ("fail", "inform", True)
    found = world.one(on("2026-06-01"))
    assert (found.verdict, found.reasons) == ("conditional", ("nothing_checked", "weak_source"))
    assert world.kind("forever", on("9999-12-31", 2)) == "pass"


def test_the_grade_counts_what_the_condition_of_applying_and_the_branches_rest_on(world: World) -> None:
    for name in ("in-when", "branch"):
        assert [world.finding(name, on(day)).grade for day in ("2025-06-01", "2026-06-01")] == ["primary", "secondary"]
    branch = [(f.kind, f.effect) for f in (world.finding("branch", on(day, 9)) for day in ("2025-06-01", "2026-06-01"))]
    assert branch == [("fail", "not_covered"), ("fail", "warn")]


@pytest.mark.parametrize(
    ("effect", "grade", "instead_of", "weak"),
    [
        ("warn", "secondary", "", True),
        ("warn", "primary", "", False),  # it only warns because nobody says more
        ("inform", "unverified", "", False),
        ("inform", "unverified", "not_covered", True),
        ("inform", "secondary", "auth_needed", True),
        ("warn", "secondary", "not_covered", True),
        ("inform", "primary", "", False),
    ],
)
@pytest.mark.parametrize("units", [5, None])
def test_a_weak_rule_that_stands_for_something_stronger_leaves_a_doubt_when_it_fails_or_is_open(
    acme: Acme, effect: str, grade: str, instead_of: str, weak: bool, units: int | None
) -> None:
    stands = {"instead_of": f"'{instead_of}'"} if instead_of else {}
    world = acme(rule("r", PLAIN, effect=f"'{effect}'", cites=f"['{grade}']", **stands) + rule("ok", CODE_IS_KNOWN))
    found = world.one(on("2026-10-05", units))
    assert world.finding("r", on("2026-10-05", units)).weak_source is weak
    assert (found.verdict, found.reasons) == (("conditional", ("weak_source",)) if weak else ("clear", ()))
    assert world.one(on("2026-10-05", 3)).verdict == "clear"


def test_an_expired_parameter_is_asked_of_the_policy_team(world: World) -> None:
    needed = world.one(on("2027-01-01")).info_needed
    assert [(n.code, n.ask, n.paths) for n in needed if n.ask == "policy_team"] == [
        ("other", "policy_team", ("parameter:cap",))
    ]


# --- dates of rules and policies


@pytest.fixture(scope="module")
def dated(acme: Acme) -> World:
    head = HEAD + "from = 2025-01-01\nto = 2026-12-31\n"
    versions = rule("versions", "{ fact = 'line.units', at_most = 4 }", to="2025-12-31") + rule(
        "versions", "{ fact = 'line.units', at_most = 6 }", **{"from": "2026-01-01"}
    )
    return acme(
        rule("always", PLAIN)
        + versions
        + rule("from", PLAIN, **{"from": "2026-03-01"})
        + rule("to", PLAIN, to="2026-02-28")
        + rule("beyond", PLAIN, **{"from": "2020-01-01", "to": "2030-01-01"}),
        head=head,
    )


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2025-01-01", {"always": "fail", "beyond": "fail", "to": "fail", "versions": "fail"}),
        ("2025-12-31", {"always": "fail", "beyond": "fail", "to": "fail", "versions": "fail"}),
        ("2026-01-01", {"always": "fail", "beyond": "fail", "to": "fail", "versions": "pass"}),
        ("2026-02-28", {"always": "fail", "beyond": "fail", "to": "fail", "versions": "pass"}),
        ("2026-03-01", {"always": "fail", "beyond": "fail", "from": "fail", "versions": "pass"}),
        ("2026-12-31", {"always": "fail", "beyond": "fail", "from": "fail", "versions": "pass"}),
        ("2024-12-31", {}),
        ("2027-01-01", {}),
    ],
)
def test_rules_hold_from_their_first_day_to_their_last_within_their_policys(
    dated: World, day: str, expected: dict[str, str]
) -> None:
    assert dated.kinds(on(day)) == expected


def test_the_answer_never_depends_on_which_day_was_asked_first(acme: Acme) -> None:
    days = ["2025-01-01", "2026-01-01", "2025-12-31", "2026-06-30", "2026-07-01", "2027-01-01", "2024-12-31"]
    text = PARAMETERS + rule("limit", LIMIT)
    alone = {day: acme(text).one(on(day)).findings for day in days}
    shared = acme(text)
    for day in [*reversed(days), *days]:
        assert shared.one(on(day)).findings == alone[day]


# --- the date that decides


@pytest.fixture(scope="module")
def received(acme: Acme) -> World:
    rules = rule("service", PLAIN, to="2025-12-31") + rule(
        "received", PLAIN, to="2025-12-31", dated_by="'received_date'"
    )
    return acme(rules + rule("limit", LIMIT, dated_by="'received_date'") + PARAMETERS)


@pytest.mark.parametrize(
    ("service", "received_on", "expected"),
    [
        ("2025-12-31", "2025-12-31", {"service": "fail", "received": "fail", "limit": "fail"}),
        ("2025-12-31", "2026-01-01", {"service": "fail", "limit": "pass"}),
        ("2026-01-01", "2025-12-31", {"received": "fail", "limit": "fail"}),
        ("2025-12-31", None, {"service": "fail", "received": "open", "limit": "open"}),
        (None, "2025-12-31", {"service": "open", "received": "fail", "limit": "fail"}),
        (None, None, {"service": "open", "received": "open", "limit": "open"}),
    ],
)
def test_a_rule_is_dated_by_the_service_or_by_the_receipt(
    received: World, service: str | None, received_on: str | None, expected: dict[str, str]
) -> None:
    data = encounter(
        {"lines[0].service_date": service, "lines[0].units": 5, "received_date": received_on},
    )
    assert received.kinds(data) == expected
    missing = {"service": "lines[0].service_date", "received": "received_date", "limit": "received_date"}
    for name, kind in expected.items():
        assert received.finding(name, data).missing == ((missing[name],) if kind == "open" else ())


def test_a_rule_of_the_receipt_still_asks_for_the_day_of_service_by_its_full_path(acme: Acme) -> None:
    past = "{ no_past_line = { within_days = 30, where = { fact = 'past.code', is = '97760' } } }"
    world = acme(
        rule("line", past, dated_by="'received_date'") + rule("day", past, dated_by="'received_date'", scope="'day'")
    )
    data = encounter(
        {"lines[0].service_date": ..., "received_date": "2026-10-10", "history.lines[0].service_date": "2026-10-01"}
    )
    for name in ("line", "day"):
        assert "lines[0].service_date" in world.finding(name, data).missing


# --- plans and judged codes


@pytest.fixture(scope="module")
def plans(acme: Acme) -> World:
    both = HEAD.replace("acme/main", "acme/both") + rule("any", PLAIN) + rule("narrow", PLAIN, plans="['exchange']")
    judges = (
        HEAD.replace("acme/main", "acme/codes")
        + rule("list", PLAIN, judges="['97110']")
        + rule("table", PLAIN, judges="{ table = 'others' }")
    )
    others = "format = 1\nid = 'others'\ntitle = 'Others'\nkey = ['code']\ncites = ['notice']\nopen_ended = 'No end.'\n"
    rows = "rows = [{ code = '97112', to = 2026-06-30 }, { code = '97113', from = 2026-07-01 }]\n"
    return acme(
        rule("commercial", PLAIN),
        head=HEAD + "plans = ['commercial']\n",
        manifest=TWO_PLANS,
        more={"policies/both.toml": both, "policies/codes.toml": judges},
        tables={"others.toml": others + rows + "[columns]\ncode = { type = 'code' }\n"},
    )


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ("commercial", {"any", "commercial"}),
        ("exchange", {"any", "narrow"}),
        ("unheard-of", {"any"}),
    ],
)
def test_rules_speak_for_their_plans_and_without_plans_for_any(plans: World, plan: str, expected: set[str]) -> None:
    data = on("2026-10-05", coverages=[{"payer": "acme", "plan": plan}])
    assert set(plans.kinds(data)) == expected


@pytest.mark.parametrize(
    ("code", "day", "expected"),
    [
        ("97110", "2026-10-05", {"list"}),
        ("97112", "2026-06-30", {"table"}),
        ("97112", "2026-07-01", set()),
        ("97113", "2026-06-30", set()),
        ("97113", "2026-07-01", {"table"}),
        ("97760", "2026-07-01", {"any", "commercial"}),
    ],
)
def test_a_rule_judges_the_policys_codes_or_its_own_as_the_table_says_on_the_day(
    plans: World, code: str, day: str, expected: set[str]
) -> None:
    assert set(plans.kinds(on(day, lines=[{"code": code, "service_date": day, "units": 5}]))) == expected
