"""Which fact is asked for first: what settles, decides and helps, counted over determinations."""

from crosspayer.authoring.facts_of import put_fact
from crosspayer.determination.unknowns import Unknown, unknowns
from hypothesis import given
from hypothesis import strategies as st

from core.tests.acme import TWO_PLANS, Acme, encounter, rule

SEEN = "{ fact = 'telehealth', is = false }"
PLANNED = "{ fact = 'plan_of_care.present', is = true }"
WHOLE = "{ fact = 'line.one_on_one', is = true }"


def ranked(acme: Acme, rules: str, **facts: object) -> list[Unknown]:
    return unknowns(acme(rules).answer(encounter(**facts)).determinations)


def test_a_fact_settles_what_waits_for_nothing_else(acme: Acme) -> None:
    (one,) = ranked(acme, rule("a", SEEN) + rule("b", SEEN))
    assert (one.path, one.settles, one.decides, one.helps) == ("telehealth", 1, 2, 0)
    assert (one.who, one.verdict, one.rules) == ("clinician", True, ("acme/main/a", "acme/main/b"))


def test_what_waits_for_two_facts_is_settled_by_neither(acme: Acme) -> None:
    found = ranked(acme, rule("a", SEEN) + rule("b", f"{{ any_of = [{SEEN}, {PLANNED}] }}"))
    assert [(u.path, u.settles, u.decides, u.helps) for u in found] == [
        ("telehealth", 0, 1, 1),
        ("plan_of_care.present", 0, 0, 1),
    ]


def test_settling_a_line_comes_before_helping_two(acme: Acme) -> None:
    lines = [{"number": n, "code": code, "service_date": "2026-10-05"} for n, code in enumerate(("97760", "97763"), 1)]
    found = ranked(
        acme,
        rule("first", WHOLE, when="{ fact = 'line.code', is = '97760' }")
        + rule("second", f"{{ all_of = [{SEEN}, {PLANNED}] }}", when="{ fact = 'line.code', is = '97763' }"),
        lines=lines,
    )
    assert [(u.path, u.settles) for u in found] == [
        ("lines[0].one_on_one", 1), ("plan_of_care.present", 0), ("telehealth", 0),
    ]  # fmt: skip


def test_points_of_the_record_come_last_and_warnings_are_not_asked_for(acme: Acme) -> None:
    found = ranked(
        acme,
        rule("record", PLANNED, effect="'documentation_needed'")
        + rule("verdict", f"{{ any_of = [{SEEN}, {WHOLE}] }}")
        + rule("warning", "{ fact = 'patient.age', at_least = 3 }", effect="'warn'"),
    )
    assert [(u.path, u.verdict) for u in found] == [
        ("lines[0].one_on_one", True), ("telehealth", True), ("plan_of_care.present", False),
    ]  # fmt: skip


def test_a_coverage_that_is_not_held_is_another_fact_for_every_payer(acme: Acme) -> None:
    world = acme(rule("a", "{ fact = 'coverage.network', is = 'in' }"), manifest=TWO_PLANS)
    found = unknowns(world.answer(encounter(coverages=[])).determinations)
    assert [(u.path, u.payer) for u in found] == [("coverage.network", "acme")]


@given(st.lists(st.sampled_from([SEEN, PLANNED, WHOLE]), min_size=1, max_size=5), st.data())
def test_a_fact_that_settles_does_so_whatever_its_value(acme: Acme, parts: list[str], data: st.DataObject) -> None:
    world = acme("".join(rule(f"r{n}", text) for n, text in enumerate(parts)))
    given_ = encounter()
    for unknown in unknowns(world.answer(given_).determinations):
        if unknown.settles:
            put_fact(given_, unknown.path, data.draw(st.booleans()))
            assert unknowns(world.answer(given_).determinations) == []
