"""How findings add up: exhaustive over every pair, whatever their order, and never better for one more doubt."""

from __future__ import annotations

from itertools import permutations, product

import pytest
from crosspayer.determination.lattice import VERDICTS, add_up, reservations, told, topic_states
from crosspayer.determination.model import Finding
from crosspayer.policy.model import EFFECTS, TOPICS
from hypothesis import given
from hypothesis import strategies as st

from core.tests.determination.findings import finding

KINDS = ("pass", "fail", "open", "not_applicable")
BILLED = 3


def every() -> list[Finding]:
    """Every finding there can be, as far as it counts: kind, effect, weakness, what is payable, what it grants."""
    found = []
    for kind, effect in product(KINDS, EFFECTS):
        weak = (True, False) if effect in ("warn", "inform") else (False,)
        payable = (0, 2) if (kind, effect) == ("fail", "reduce_units") else (None,)
        grants = (None, "coverage", "no_auth", "satisfied") if kind == "pass" else (None,)
        missing = ((), ("lines[0].units",)) if kind == "open" else ((),)
        found += [
            finding(kind, effect, weak_source=w, payable=p, grants=g, missing=m)
            for w, p, g, m in product(weak, payable, grants, missing)
        ]
    return found


EVERY = every()


def verdict_of_one(one: Finding) -> tuple[str, str]:
    """The table of DESIGN section 4: the verdict of one finding alone and the reason if it is conditional."""
    waits = "facts_missing" if one.missing else "review"  # nothing to supply: for a person
    table = {
        ("not_covered", "fail"): ("not_covered", ""),
        ("not_covered", "open"): ("conditional", waits),
        ("reduce_units", "fail"): ("not_covered" if one.payable == 0 else "reduced", ""),
        ("reduce_units", "open"): ("conditional", waits),
        ("auth_needed", "fail"): ("auth_needed", ""),
        ("auth_needed", "open"): ("conditional", waits),
        ("documentation_needed", "fail"): ("documentation_needed", ""),
        ("review", "fail"): ("conditional", "review"),
        ("review", "open"): ("conditional", "review"),
    }
    if (one.effect, one.kind) in table:
        return table[one.effect, one.kind]
    if one.weak_source and one.kind in ("fail", "open"):
        return "conditional", "weak_source"
    return ("covered" if one.grants == "coverage" else "clear"), ""


@pytest.mark.parametrize("one", EVERY)
def test_the_verdict_of_one_finding(one: Finding) -> None:
    total = add_up([one], BILLED)
    verdict, reason = verdict_of_one(one)
    assert total.verdict == verdict
    assert total.reasons == ((reason,) if reason else ())
    assert total.payable == (one.payable if one.payable is not None else 0 if verdict == "not_covered" else BILLED)


def test_the_verdict_of_every_pair_is_the_worse_of_the_two_in_either_order() -> None:
    for a, b in product(EVERY, EVERY):
        total = add_up([a, b], BILLED)
        verdicts, reasons = zip(verdict_of_one(a), verdict_of_one(b), strict=True)
        worst = min(verdicts, key=VERDICTS.index)
        if worst == "clear" and "covered" in verdicts:
            worst = "covered"  # what grants coverage is not taken back by what says nothing
        assert total.verdict == worst
        assert total.reasons == tuple(sorted({reason for reason in reasons if reason}))
        assert add_up([b, a], BILLED) == total


def test_covered_of_every_pair() -> None:
    for a, b in product(EVERY, EVERY):
        total = add_up([a, b], BILLED)
        granted = "coverage" in (a.grants, b.grants)
        expected = "covered" if granted else "indeterminate"
        if total.verdict == "not_covered":
            expected = "not_covered"
        elif total.reasons:
            expected = "conditional"
        assert total.covered == expected
        if total.verdict == "covered":
            assert total.covered == "covered"


def test_prior_authorization_of_every_pair() -> None:
    for a, b in product(EVERY, EVERY):
        kinds = {f.kind for f in (a, b) if f.effect == "auth_needed"}
        grants = {a.grants, b.grants}
        if "fail" in kinds:
            expected = "auth_needed"
        elif "open" in kinds:
            expected = "conditional"
        elif "satisfied" in grants:
            expected = "satisfied"
        else:
            expected = "no_auth" if "no_auth" in grants else "indeterminate"
        assert add_up([a, b], BILLED).prior_auth == expected


def test_nothing_found_is_clear_and_says_nothing_more() -> None:
    assert add_up([], BILLED) == ("clear", "indeterminate", "indeterminate", BILLED, ())
    assert add_up([], None).payable is None


def test_reasons_of_the_plan_make_the_best_conditional_and_nothing_worse() -> None:
    good = finding("pass", "not_covered", grants="coverage")
    total = add_up([good], BILLED, ["plan_not_given"])
    assert (total.verdict, total.covered, total.reasons) == ("conditional", "conditional", ("plan_not_given",))
    bad = add_up([finding("fail", "not_covered")], BILLED, ["plan_not_known", "nothing_checked"])
    assert (bad.verdict, bad.covered) == ("not_covered", "not_covered")
    assert bad.reasons == ("nothing_checked", "plan_not_known")


@pytest.mark.parametrize(
    ("payable", "billed", "verdict", "left"),
    [
        ((2,), 3, "reduced", 2),
        ((2, 1), 3, "reduced", 1),  # the least that any cap allows
        ((2, 0), 3, "not_covered", 0),
        ((2,), None, "reduced", None),
        ((0,), None, "not_covered", None),
    ],
)
def test_the_least_cap_wins(payable: tuple[int, ...], billed: int | None, verdict: str, left: int | None) -> None:
    total = add_up([finding("fail", "reduce_units", payable=units) for units in payable], billed)
    assert (total.verdict, total.payable) == (verdict, left)


def test_a_cap_that_only_warns_leaves_the_units_alone() -> None:
    total = add_up([finding("fail", "warn", payable=1, weak_source=True)], BILLED)
    assert (total.verdict, total.payable) == ("conditional", BILLED)


# --- laws

MANY = st.lists(st.sampled_from(EVERY), max_size=6)


@given(MANY.filter(lambda found: len(found) < 5))
def test_the_order_of_findings_never_matters(found: list[Finding]) -> None:
    totals = {add_up(list(order), BILLED) for order in permutations(found)}
    states = [topic_states(list(order), ()) for order in permutations(found)]
    assert len(totals) == 1
    assert all(state == states[0] for state in states)


@given(MANY, st.sampled_from([f for f in EVERY if f.grants is None]))
def test_a_further_finding_without_a_grant_never_makes_a_verdict_better(found: list[Finding], more: Finding) -> None:
    before, after = add_up(found, BILLED), add_up([*found, more], BILLED)
    assert VERDICTS.index(after.verdict) <= VERDICTS.index(before.verdict)
    assert set(before.reasons) <= set(after.reasons)
    assert after.payable is not None
    assert before.payable is not None
    assert after.payable <= before.payable


@given(MANY, st.data())
def test_a_doubt_in_place_of_a_pass_never_makes_an_answer_better(found: list[Finding], data: st.DataObject) -> None:
    passed = [index for index, f in enumerate(found) if f.kind == "pass"]
    if not passed:
        return
    index = data.draw(st.sampled_from(passed))
    doubt = finding("open", found[index].effect, weak_source=found[index].weak_source)
    before, after = add_up(found, BILLED), add_up([*found[:index], doubt, *found[index + 1 :]], BILLED)
    assert VERDICTS.index(after.verdict) <= VERDICTS.index(before.verdict)
    assert after.covered != "covered" or before.covered == "covered"
    better = {"no_auth", "satisfied"}
    assert after.prior_auth not in better or before.prior_auth in better


# --- topics


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (finding("pass", "not_covered"), "checked"),
        (finding("fail", "not_covered"), "checked"),
        (finding("fail", "warn"), "checked"),
        (finding("open", "not_covered"), "open"),
        (finding("open", "warn", weak_source=True), "open"),
        (finding("not_applicable", "not_covered"), "no_rule"),  # it said nothing of this line
        (finding("pass", "warn", weak_source=True), "no_rule"),  # a weak source may not bless
        (finding("pass", "inform"), "no_rule"),
        (finding("open", "inform"), "no_rule"),
    ],
)
def test_what_a_finding_says_of_its_topic(found: Finding, state: str) -> None:
    states = topic_states([found], ())
    assert list(states) == list(TOPICS)
    assert states.pop("units") == state
    assert set(states.values()) == {"no_rule"}


def test_what_is_open_outweighs_what_was_checked_and_that_what_is_deferred() -> None:
    passed, unknown = finding("pass", "not_covered"), finding("open", "not_covered")
    assert topic_states([passed, unknown], ())["units"] == "open"
    assert topic_states([unknown, passed], ())["units"] == "open"
    assert topic_states([passed], [finding("deferred", "not_covered")])["units"] == "checked"
    assert topic_states([], [finding("deferred", "not_covered")])["units"] == "open"
    other = finding("pass", "not_covered", topic="records")
    states = topic_states([unknown, other], ())
    assert (states["units"], states["records"], states["pairs"]) == ("open", "checked", "no_rule")


@pytest.mark.parametrize(
    ("kind", "effect", "says"),
    [
        ("pass", "not_covered", False),
        ("not_applicable", "not_covered", False),
        ("fail", "not_covered", True),
        ("open", "reduce_units", True),
        ("fail", "warn", True),
        ("fail", "inform", False),
    ],
)
def test_of_a_line_outside_its_policies_a_payer_speaks_only_of_what_fails_or_is_open(
    kind: str, effect: str, says: bool
) -> None:
    assert told([finding(kind=kind, effect=effect)], False) is says
    assert told([], True) is True


def test_reservations_keep_an_answer_conditional() -> None:
    checked = topic_states([finding(kind="pass", effect="not_covered")], ())
    assert reservations(None, False, checked) == ()
    assert reservations("plan_not_known", True, checked) == ("plan_not_known", "policy_not_in_force")
    assert reservations("no_policy_for_code", False, topic_states((), ())) == ("nothing_checked",)
