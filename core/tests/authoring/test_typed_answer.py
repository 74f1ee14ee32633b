"""What a person types becomes a value that an encounter may carry, or is refused; it is never guessed."""

from typing import Any

import pytest
from crosspayer.authoring.facts_of import put_fact
from crosspayer.authoring.typed_answer import Refused, choice, typed_answer
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Fact
from crosspayer.encounter.read import Encounter
from hypothesis import given
from hypothesis import strategies as st

SUPPLIED = [fact for fact in CATALOGUE.values() if not fact.derived]
PLACES = {"line": "lines[0]", "coverage": "coverages[0]", "past": "history.lines[0]"}
LIKELY = st.sampled_from(
    ["yes", "No", "7", "-1", "99999", "2026-02-30", "2026-02-28", "20260228", "GP KX", "gp,kx", "none", "97760", "11",
     "12.5", "12.345", "1e3", "½", "24:00", "09:30", "OH", "professional", "PT", " PT ", "in", "a" * 81, "\x00", ""]
)  # fmt: skip


def place_of(fact: Fact) -> str:
    """The fact's full path in an encounter with one of everything."""
    _, _, tail = fact.path.partition(".")
    return f"{PLACES[fact.entity]}.{tail}" if fact.entity else fact.path


@given(st.sampled_from(SUPPLIED), LIKELY | st.text(max_size=12))
def test_an_answer_is_refused_or_makes_a_valid_encounter(fact: Fact, text: str) -> None:
    try:
        value = typed_answer(text, fact)
    except Refused:
        return
    data: dict[str, Any] = {"id": "e", "lines": [{}]}
    put_fact(data, place_of(fact), value)
    Encounter.from_mapping(data)


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("telehealth", "Y", True),
        ("telehealth", " no ", False),
        ("line.units", "2", 2),
        ("line.charge", "12.50", 12.5),
        ("line.service_date", "2026-02-28", "2026-02-28"),
        ("line.modifiers", "gp, KX", ["GP", "KX"]),
        ("line.modifiers", "None", []),
        ("line.code", "l1970", "L1970"),
        ("line.starts_at", "09:30", "09:30"),
        ("stage", "pre claim", "pre_claim"),
        ("stage", "4", "claim"),
        ("coverage.payer", "acme", "acme"),
    ],
)
def test_what_fits_is_taken_as_meant(path: str, text: str, value: Any) -> None:
    assert typed_answer(text, CATALOGUE[path]) == value


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("telehealth", "perhaps"), ("telehealth", "1"), ("line.units", "2.0"), ("line.units", "1000"),
        ("line.units", "-1"), ("line.charge", "1,50"), ("line.charge", "1.234"), ("line.service_date", "2026-02-30"),
        ("line.service_date", "20260228"), ("line.modifiers", "GPX"), ("line.modifiers", ""), ("line.code", "9776"),
        ("line.starts_at", "24:00"), ("stage", "0"), ("stage", "6"), ("stage", "cl"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_without_being_repeated(path: str, text: str) -> None:
    with pytest.raises(Refused) as caught:
        typed_answer(text, CATALOGUE[path])
    assert str(caught.value).startswith("Write ")
    assert str(caught.value).endswith(".")
    assert not text or f" {text} " not in f" {caught.value} "


def test_a_choice_is_a_word_or_its_number() -> None:
    words = ("acme/commercial", "acme/exchange")
    assert [choice(said, words) for said in ("ACME/Exchange", "1")] == ["acme/exchange", "acme/commercial"]
    for said in ("3", "0", "acme", "", "²"):
        with pytest.raises(Refused):
            choice(said, words)
