"""The timeline of a payer's rules: every day is answered as if it were bound alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from crosspayer.engine.bind import Binder
from crosspayer.engine.panel import panel
from crosspayer.engine.program import Program, Timeline
from crosspayer.policy.tables import TableView
from hypothesis import given
from hypothesis import strategies as st

from core.tests.acme import HEAD, Acme, World, rule

TABLE = """\
format = 1
id = "t"
title = "Invented dated codes"
key = ["code"]
covers_from = 2025-02-01
covers_to = 2026-10-31
cites = ["notice"]
rows = [{ code = "97760", to = 2025-12-31 }, { code = "97761", from = 2026-03-01 }]
[columns]
code = { type = "code" }
"""
PARAMETER = """\
[parameters.p]
unit = "units"
values = [
  { from = 2025-01-01, to = 2025-06-30, value = 1, cites = ["notice"] },
  { from = 2025-07-01, open_ended = "No end is published.", value = 2, cites = ["quoted"] },
]
"""
DAYS = st.dates(date(2024, 12, 1), date(2027, 1, 31))


@pytest.fixture(scope="module")
def world(acme: Acme) -> World:
    return acme(
        PARAMETER
        + rule("limit", "{ fact = 'line.units', at_most = { parameter = 'p' } }", **{"from": "2025-04-01"})
        + rule("member", "{ fact = 'line.code', in = { table = 't' } }", to="2026-11-30")
        + rule("judged", "{ fact = 'line.units', at_most = 1 }", judges="{ table = 't' }")
        + rule("received", "{ fact = 'line.units', at_most = 1 }", dated_by="'received_date'", to="2026-05-15"),
        tables={"t.toml": TABLE},
        head=HEAD,
    )


def shown(program: Program) -> list[tuple[object, ...]]:
    """What a program says, with tables shown by their rows on the day."""
    bound = [(b.rule.id, b.standing, b.effect, b.judges, _rows(b.require)) for b in program.rules]
    return [*bound, *(("undated", b.rule.id) for b in program.undated)]


def _rows(require: object) -> object:
    right = getattr(require, "right", None)
    view = getattr(right, "table", None)
    if isinstance(view, TableView):
        return view.state, tuple(view.rows)
    return getattr(right, "value", None)


@given(service=st.one_of(st.none(), DAYS), received=st.one_of(st.none(), DAYS), others=st.lists(DAYS, max_size=4))
def test_a_day_is_bound_alike_whatever_was_asked_before(
    world: World, service: date | None, received: date | None, others: list[date]
) -> None:
    payer = world.engine.payers["acme"]
    used, fresh = Timeline(payer), Timeline(payer)
    for day in others:
        used.on(day, day)
    assert shown(used.on(service, received)) == shown(fresh.on(service, received))


@given(day=DAYS)
def test_between_two_changes_nothing_changes(world: World, day: date) -> None:
    timeline = Timeline(world.engine.payers["acme"])
    before = day - timedelta(days=1)
    if day not in timeline.changes:
        assert timeline.on(day, None) is timeline.on(before, None)
        alone = [Binder(d).rule(r) for d in (before, day) for r in timeline.rules if d in r.span]
        half = len(alone) // 2
        assert [(b.effect, b.judges) for b in alone[:half]] == [(b.effect, b.judges) for b in alone[half:]]


def test_changes_are_the_first_days_on_which_a_rule_parameter_or_table_differs(world: World) -> None:
    assert Timeline(world.engine.payers["acme"]).changes == [
        date(2025, 1, 1),  # first value
        date(2025, 2, 1),  # the table begins
        date(2025, 4, 1),  # the first rule
        date(2025, 7, 1),  # second value
        date(2026, 1, 1),  # a row has ended
        date(2026, 3, 1),  # a row begins
        date(2026, 5, 16),  # a rule has ended
        date(2026, 11, 1),  # the table is stale
        date(2026, 12, 1),  # a rule has ended
    ]


def test_codes_and_plans_that_nothing_speaks_of_share_a_panel(acme: Acme) -> None:
    """An encounter may name any code and plan; what the engine keeps stays small."""
    world = acme(rule("r", "{ fact = 'line.units', at_most = 4 }"))
    payer = world.engine.payers["acme"]
    program = Timeline(payer).on(date(2026, 10, 5), None)
    for number in range(200):
        panel(payer, program, f"plan-{number}", f"{90000 + number}")
    panel(payer, program, "commercial", "97760")
    assert len(program.panels) <= 3
