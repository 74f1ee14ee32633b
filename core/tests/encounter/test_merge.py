"""The profile speaks where an encounter is silent, and only where it surely fits. Everything here is invented."""

import copy
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
import tomli_w
from crosspayer.authoring.facts_of import facts_of
from crosspayer.encounter.merge import Merged, ProfileNote, merge
from crosspayer.encounter.profile import Profile
from crosspayer.encounter.read import Encounter
from crosspayer.errors import InputError
from hypothesis import assume, given
from hypothesis import strategies as st

from core.tests.acme import encounter

NPI, OTHER_NPI = "1111111112", "2222222223"


def seen(
    profile: str, changes: Mapping[str, Any] | None = None, payer: str = "acme", held: int | None = 0, **facts: Any
) -> Merged:
    """The encounter of `acme.encounter` as the payer's plan sees it."""
    facts_of = Encounter.from_mapping(encounter(changes, **facts)).facts
    plan = facts_of.coverages[held].plan if held is not None else None
    return merge(facts_of, Profile.from_toml(f"format = 1\n{profile}"), payer, plan, held)


def one(keys: str, facts: str) -> str:
    return f"[[entries]]\n{keys}\n{facts}\n"


CAP = "facts.coverage.contract_unit_cap = {}"


# --- what is filled, and what is not


def test_every_kind_of_fact_is_filled_in_its_place() -> None:
    facts = """\
facts.setting = "private_practice"
facts.billing = { kind = "therapist", state = "OH" }
facts.coverage = { network = "in", prior_authorization = { required = true, vendor = "Reviewer" } }
facts.payer_facts.acme = { since = 2026-01-31, rate = 1.5, codes = ["A1"] }
"""
    found = seen(one('payer = "acme"', facts), {"billing.npi": NPI, "payer_facts.acme.told": True})
    assert found.facts.setting == "private_practice"
    assert (found.facts.billing.npi, found.facts.billing.kind, found.facts.billing.state) == (NPI, "therapist", "OH")
    assert found.coverage is found.facts.coverages[0]
    assert found.coverage.network == "in"
    assert (found.coverage.prior_authorization.required, found.coverage.prior_authorization.present) == (True, None)
    assert found.facts.payer_facts == {"acme": {"told": True, "since": "2026-01-31", "rate": 1.5, "codes": ["A1"]}}
    assert found.supplied == {
        "setting", "billing.kind", "billing.state", "coverages[0].network", "coverages[0].prior_authorization.required",
        "coverages[0].prior_authorization.vendor", "payer_facts.acme.since", "payer_facts.acme.rate",
        "payer_facts.acme.codes",
    }  # fmt: skip
    assert found.notes == ()


def test_the_encounter_is_left_as_it_is() -> None:
    facts = Encounter.from_mapping(encounter()).facts
    before = msgspec.json.encode(facts)
    profile = Profile.from_toml("format = 1\n" + one("", CAP.format(4)))
    assert merge(facts, profile, "acme", "commercial", 0).coverage.contract_unit_cap == 4
    assert msgspec.json.encode(facts) == before


def test_a_known_fact_holds_and_the_disagreement_is_noted() -> None:
    profile = one('payer = "acme"', "facts.coverage = { contract_unit_cap = 4, cap_exception = false, network = 'in' }")
    changes = {"coverages[0].contract_unit_cap": 6, "coverages[0].cap_exception": False}
    found = seen(profile, changes)
    assert (found.coverage.contract_unit_cap, found.coverage.cap_exception) == (6, False)
    assert found.supplied == {"coverages[0].network"}
    assert found.notes == (ProfileNote("coverages[0].contract_unit_cap", "overruled", ("entries[0]",), ()),)


def test_known_absence_is_known() -> None:
    found = seen(one("", "facts.payer_facts.acme.listed = ['A1']"), {"payer_facts.acme.listed": []})
    assert found.facts.payer_facts == {"acme": {"listed": []}}
    assert [note.kind for note in found.notes] == ["overruled"]


def test_the_entry_that_names_most_keys_speaks() -> None:
    profile = (
        one("", CAP.format(1))
        + one('payer = "acme"', CAP.format(2))
        + one('payer = "acme"\nplan = "commercial"', CAP.format(3))
        + one('payer = "acme"\nplan = "exchange"', CAP.format(4))
        + one('payer = "bolt"', CAP.format(5))
    )
    assert seen(profile).coverage.contract_unit_cap == 3
    assert seen(profile, {"coverages[0].plan": "other"}).coverage.contract_unit_cap == 2
    assert seen(profile, {"coverages[0].payer": "bolt"}, "bolt").coverage.contract_unit_cap == 5
    assert seen(profile, {"coverages[0].payer": "cog"}, "cog").coverage.contract_unit_cap == 1


def test_days_are_included_and_outside_of_them_an_entry_is_silent() -> None:
    profile = one("from = 2026-10-05\nto = 2026-10-06", CAP.format(4))
    caps = {
        day: seen(profile, {"lines[0].service_date": day}).coverage.contract_unit_cap
        for day in ("2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07")
    }
    assert caps == {"2026-10-04": None, "2026-10-05": 4, "2026-10-06": 4, "2026-10-07": None}


def test_an_entry_whose_key_is_unknown_is_undecided_and_says_what_it_needs() -> None:
    keys = f'payer = "acme"\nplan = "commercial"\nbilling_npi = "{NPI}"\nrendering_npi = "{NPI}"\nstate = "OH"\n'
    changes = {"coverages[0].plan": ..., "lines[0].service_date": ...}
    found = seen(one(f"{keys}from = 2026-01-01", CAP.format(4)), changes)
    needs = ("billing.npi", "billing.state", "coverages[0].plan", "lines[0].service_date", "rendering.npi")
    assert found.coverage.contract_unit_cap is None
    assert found.notes == (ProfileNote("coverages[0].contract_unit_cap", "undecided", ("entries[0]",), needs),)


def test_what_may_fit_keeps_a_less_specific_entry_from_speaking_unless_they_agree() -> None:
    differing = one('payer = "acme"', CAP.format(4)) + one('payer = "acme"\nstate = "OH"', CAP.format(5))
    found = seen(differing)
    assert found.coverage.contract_unit_cap is None
    assert [(note.entries, note.needs) for note in found.notes] == [(("entries[0]", "entries[1]"), ("billing.state",))]
    agreeing = one('payer = "acme"', CAP.format(4)) + one('payer = "acme"\nstate = "OH"', CAP.format(4))
    assert (seen(agreeing).coverage.contract_unit_cap, seen(agreeing).notes) == (4, ())
    assert seen(differing, {"billing.state": "PA"}).coverage.contract_unit_cap == 4
    assert seen(differing, {"billing.state": "OH"}).coverage.contract_unit_cap == 5


def test_the_state_may_come_from_the_profile_and_find_other_entries() -> None:
    profile = one('state = "OH"', CAP.format(5)) + one("", 'facts.billing.state = "OH"')
    assert seen(profile).coverage.contract_unit_cap == 5
    assert seen(profile, {"billing.state": "PA"}).coverage.contract_unit_cap is None


def test_the_rendering_provider_is_the_one_of_all_lines_or_unknown() -> None:
    profile = one(f'rendering_npi = "{NPI}"', "facts.rendering.specialty = '65'")

    def specialty(changes: dict[str, Any]) -> str | None:
        found = seen(profile, {"lines[1].code": "97763", "lines[1].service_date": "2026-10-05", **changes})
        return found.facts.rendering.specialty if found.facts.rendering is not None else None

    assert specialty({"rendering.npi": NPI}) == "65"
    assert specialty({"lines[0].rendering.npi": NPI, "lines[1].rendering.npi": NPI}) == "65"
    assert specialty({"lines[0].rendering.npi": NPI}) is None
    assert specialty({"rendering.npi": NPI, "lines[1].rendering.npi": OTHER_NPI}) is None
    assert specialty({"rendering.npi": OTHER_NPI}) is None


def test_each_coverage_has_the_facts_of_its_own_payer_and_notes_are_of_the_one_that_answers() -> None:
    profile = one('payer = "acme"', CAP.format(4)) + one('payer = "bolt"', CAP.format(5))
    changes = {"coverages[1].payer": "bolt", "coverages[2].order": "tertiary", "coverages[1].contract_unit_cap": 6}
    acme, bolt = seen(profile, changes), seen(profile, changes, "bolt", 1)
    assert [coverage.contract_unit_cap for coverage in acme.facts.coverages] == [4, 6, None]
    assert acme.notes == ()
    assert [note.path for note in bolt.notes] == ["coverages[1].contract_unit_cap"]


def test_a_payer_without_a_coverage_sees_its_contracts() -> None:
    profile = one('payer = "bolt"', f"{CAP.format(5)}\nfacts.payer_facts.bolt.member = true")
    found = seen(profile, payer="bolt", held=None)
    assert (found.coverage.contract_unit_cap, found.coverage.payer) == (5, None)
    assert found.supplied == {"coverage.contract_unit_cap", "payer_facts.bolt.member"}
    assert found.facts.coverages[0].contract_unit_cap is None


# --- laws

FACTS: dict[str, st.SearchStrategy[Any]] = {
    "setting": st.sampled_from(["private_practice", "physician_office"]),
    "billing.state": st.sampled_from(["OH", "PA"]),
    "coverage.unit_method": st.sampled_from(["cms_total", "ama_midpoint"]),
    "coverage.contract_unit_cap": st.integers(1, 3),
    "coverage.prior_authorization.required": st.booleans(),
    "payer_facts.acme.gold_card": st.booleans(),
}
KEYS: dict[str, st.SearchStrategy[Any]] = {
    "payer": st.sampled_from(["acme", "bolt"]),
    "plan": st.sampled_from(["commercial", "exchange"]),
    "billing_npi": st.sampled_from([NPI, OTHER_NPI]),
    "rendering_npi": st.sampled_from([NPI, OTHER_NPI]),
    "state": st.sampled_from(["OH", "PA"]),
    "from": st.sampled_from([date(2026, 1, 1), date(2026, 10, 5), date(2026, 10, 6)]),
    "to": st.sampled_from([date(2026, 10, 5), date(2026, 12, 31)]),
}


def nested(facts: Mapping[str, Any]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for path, value in facts.items():
        node = root
        *steps, name = path.split(".")
        for step in steps:
            node = node.setdefault(step, {})
        node[name] = value
    return root


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    """A profile that loads; entries that clash with earlier ones are left out."""
    keys, facts = (st.fixed_dictionaries({}, optional=optional) for optional in (KEYS, FACTS))
    kept: list[dict[str, Any]] = []
    profile = Profile.from_toml("format = 1")
    for given_keys, given_facts in draw(st.lists(st.tuples(keys, facts), max_size=6)):
        entries = [*kept, {**given_keys, "facts": nested(given_facts)}]
        try:
            profile = Profile.from_toml(tomli_w.dumps({"format": 1, "entries": entries}))
        except InputError:
            continue
        kept = entries
    return profile


ENCOUNTERS = st.fixed_dictionaries(
    {},
    optional={
        "billing.npi": st.sampled_from([NPI, OTHER_NPI]),
        "billing.state": st.sampled_from(["OH", "PA"]),
        "rendering.npi": st.sampled_from([NPI, OTHER_NPI]),
        "setting": st.sampled_from(["private_practice", "physician_office"]),
        "coverages[0].plan": st.sampled_from(["commercial", "exchange", ...]),
        "coverages[0].unit_method": st.sampled_from(["cms_total", "ama_midpoint"]),
        "coverages[0].contract_unit_cap": st.integers(1, 3),
        "payer_facts.acme.gold_card": st.booleans(),
        "lines[0].service_date": st.sampled_from(["2026-10-05", "2026-10-07", ...]),
    },
)


def known(facts: Any) -> dict[str, Any]:
    """Every known fact by its full path."""
    return {path: value for path, value in facts_of(msgspec.to_builtins(facts)) if value not in (None, {})}


@given(profiles(), ENCOUNTERS)
def test_the_encounters_own_facts_always_win(profile: Profile, changes: dict[str, Any]) -> None:
    facts = Encounter.from_mapping(encounter(changes)).facts
    found = merge(facts, profile, "acme", facts.coverages[0].plan, 0)
    before, after = known(facts), known(found.facts)
    assert {path: after[path] for path in before} == before
    assert {path for path in after if path not in before} == found.supplied


@given(profiles(), ENCOUNTERS)
def test_merging_again_changes_nothing(profile: Profile, changes: dict[str, Any]) -> None:
    facts = Encounter.from_mapping(encounter(changes)).facts
    once = merge(facts, profile, "acme", facts.coverages[0].plan, 0)
    again = merge(once.facts, profile, "acme", facts.coverages[0].plan, 0)
    assert (again.facts, again.supplied, again.notes) == (once.facts, frozenset(), once.notes)


@given(profiles(), ENCOUNTERS, st.data())
def test_a_fact_less_never_turns_a_value_of_the_profile_into_another(
    profile: Profile, changes: dict[str, Any], data: st.DataObject
) -> None:
    given_facts = [path for path, value in changes.items() if value is not ...]
    assume(given_facts)
    removed = data.draw(st.sampled_from(given_facts))
    fewer = copy.deepcopy(changes) | {removed: ...}

    def supplied(facts: dict[str, Any]) -> dict[str, Any]:
        struct = Encounter.from_mapping(encounter(facts)).facts
        found = merge(struct, profile, "acme", struct.coverages[0].plan, 0)
        after = known(found.facts)
        return {path: after[path] for path in found.supplied}

    before, after = supplied(changes), supplied(fewer)
    assume((removed, "billing.state" in after) != ("billing.state", True))  # the profile's state, where they disagree
    after.pop(removed, None)
    assert after.items() <= before.items()
