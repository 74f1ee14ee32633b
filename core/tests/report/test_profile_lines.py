"""What the profile did, in words. The answers are invented."""

import msgspec
import pytest
from crosspayer.determination.model import Determination
from crosspayer.encounter.merge import ProfileNote
from crosspayer.report.profile_lines import note_lines, profile_lines

from core.tests.acme import Acme, encounter, rule

NETWORK = ProfileNote("coverages[0].network", "overruled", ("entries[0]",), ())
METHOD = ProfileNote("coverages[0].unit_method", "undecided", ("entries[1]", "entries[2]"), ("billing.npi", "setting"))
CARD = ProfileNote("payer_facts.acme.gold_card", "overruled", ("entries[3]",), ())


@pytest.fixture(scope="module")
def plain(acme: Acme) -> Determination:
    return acme(rule("modifier", "{ fact = 'line.modifiers', has = 'GP' }")).one(encounter())


def noted(plain: Determination, *notes: ProfileNote, supplied: tuple[str, ...] = ()) -> Determination:
    return msgspec.structs.replace(plain, profile_notes=notes, from_profile=supplied)


def test_an_answer_without_a_profile_says_nothing(plain: Determination) -> None:
    assert profile_lines([plain, plain]) == []


def test_facts_are_counted_once_over_all_lines(plain: Determination) -> None:
    one = noted(plain, supplied=("setting",))
    two = noted(plain, supplied=("billing.kind", "setting"))
    assert profile_lines([one, one]) == ["1 fact comes from the profile (crosspayer explain)."]
    assert profile_lines([one, two]) == ["2 facts come from the profile (crosspayer explain)."]
    assert note_lines([one, two]) == []


def test_each_note_is_one_sentence_said_once(plain: Determination) -> None:
    assert note_lines([noted(plain, METHOD, NETWORK), noted(plain, NETWORK), noted(plain, CARD)]) == [
        "The encounter says otherwise than the profile (entries[0]), and holds: "
        "the provider's standing in the plan's network [coverages[0].network].",
        "Name billing.npi and setting, so that the profile (entries[1] and entries[2]) can say: "
        "how the contract counts timed minutes [coverages[0].unit_method].",
        "The encounter says otherwise than the profile (entries[3]), and holds: payer_facts.acme.gold_card.",
    ]
