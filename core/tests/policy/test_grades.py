"""What grades and confidence can carry: exhaustive over every standing, and laws of the weakest of several."""

from __future__ import annotations

from itertools import permutations, product

import pytest
from crosspayer.policy.grades import CONFIDENCE, GRADES, Standing, weakest
from crosspayer.policy.model import EFFECTS
from crosspayer.policy.vocabulary import Effect
from hypothesis import given
from hypothesis import strategies as st

EVERY = [Standing(*parts) for parts in product(GRADES, CONFIDENCE, (False, True))]
STRONG = [effect for effect in EFFECTS if effect not in ("warn", "inform")]
standings = st.lists(st.sampled_from(EVERY), min_size=1, max_size=6)


def may_demand(standing: Standing) -> bool:
    """The table of docs/language.md."""
    allowed = {"primary": ("high", "medium"), "quoted": ("high", "medium"), "association": ("high",)}
    return not standing.stale and standing.confidence in allowed.get(standing.grade, ())


@pytest.mark.parametrize("standing", EVERY)
@pytest.mark.parametrize("wanted", EFFECTS)
def test_every_standing_carries_what_the_table_of_grades_allows(standing: Standing, wanted: Effect) -> None:
    if may_demand(standing):
        expected: Effect = wanted
    elif standing.grade == "unverified":
        expected = "inform"
    else:
        expected = wanted if wanted == "inform" else "warn"
    assert standing.firm is may_demand(standing)
    assert standing.effect(wanted) == expected


def strength(standing: Standing) -> int:
    """How much it can carry: to deny, to warn, to inform."""
    return EFFECTS.index("inform") - EFFECTS.index(standing.effect("not_covered"))


@given(standings)
def test_several_sources_carry_what_the_least_of_them_does(found: list[Standing]) -> None:
    assert strength(weakest(found)) == min(map(strength, found))


@given(standings, st.sampled_from(EVERY))
def test_a_further_source_never_makes_a_rule_stronger(found: list[Standing], more: Standing) -> None:
    assert strength(weakest([*found, more])) <= strength(weakest(found))


@given(st.lists(st.sampled_from(EVERY), min_size=1, max_size=4))
def test_the_order_of_sources_never_matters(found: list[Standing]) -> None:
    assert {weakest(list(order)) for order in permutations(found)} == {weakest(found)}


@given(standings)
def test_the_weakest_names_the_weakest_grade_and_staleness(found: list[Standing]) -> None:
    worst = weakest(found)
    assert worst.grade == max((s.grade for s in found), key=GRADES.index)
    assert worst.stale is any(s.stale for s in found)


@pytest.mark.parametrize("standing", EVERY)
def test_one_source_is_its_own_weakest(standing: Standing) -> None:
    assert weakest([standing]) == standing


def test_a_low_confidence_is_named_where_it_is_what_weakens() -> None:
    found = weakest([Standing("primary", "low"), Standing("association", "high")])
    assert (found.grade, found.confidence, found.firm) == ("association", "low", False)
