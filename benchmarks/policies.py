"""Five invented payers with 25 rules each. NOT real coverage policy: every number here is made up for measuring."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import tomli_w

Raw = dict[str, Any]
TIMED = ("97760", "97761", "97763", "97110", "97140", "97530", "97112", "97116")


class Knobs(NamedTuple):
    """What differs between the invented payers."""

    diagnoses: tuple[str, ...]
    excluded: tuple[str, ...]
    age: tuple[int, int]
    professions: tuple[str, ...]
    places: tuple[str, ...]
    modifiers: tuple[str, ...]
    units: int
    plan_days: int
    initial_days: int
    visits_days: int
    visits: int
    threshold: int
    authorized_units: int
    delivered: tuple[int, int]
    device_codes: tuple[str, ...]
    minor: int


PT, OT, MD, CO, DPM = "physical_therapist", "occupational_therapist", "physician", "orthotist", "podiatrist"
KNOBS: dict[str, Knobs] = {
    "alder": Knobs(("M20", "M21", "M24", "M62", "M66", "M75", "G80", "G81", "S12", "S52"), ("Z96.40", "M25.9"), (2, 90), (PT, OT, MD, CO), ("11", "12", "19", "22"), ("GP", "GO"), 4, 60, 365, 60, 4, 1600, 6, (7, 30), ("L1", "L2", "L3"), 18),
    "birch": Knobs(("M2", "M6", "G5", "G8", "S", "Q6", "Z47"), ("E11.9", "I69.40"), (0, 95), (PT, OT, MD, CO, DPM), ("11", "12", "22", "31"), ("GP", "GO", "GN"), 6, 60, 180, 90, 6, 2100, 8, (5, 45), ("L",), 16),
    "cedar": Knobs(("M21", "M24", "M41", "M66", "M72", "G35", "G61", "G80", "S12", "S22", "S32"), ("M25.9", "G57.0"), (1, 85), (PT, OT, MD, DPM), ("11", "12", "19", "22"), ("GP", "GO"), 3, 45, 365, 30, 3, 1400, 4, (3, 30), ("L1", "L2", "L30", "L38", "L39"), 18),
    "dogwood": Knobs(("M20", "M21", "M24", "M25", "M41", "M62", "M66", "G5", "G6", "G8", "S", "Q6"), ("M67.40", "M72.0"), (0, 99), (PT, OT, MD, CO, DPM), ("11", "12", "19", "22", "31"), ("GP", "GO"), 4, 60, 365, 180, 8, 1700, 5, (10, 60), ("L",), 12),
    "elm": Knobs(("M20", "M21", "M24", "M41", "M62", "M66", "G57", "G81", "G82", "S12", "S22", "S32", "S52", "S62", "S82", "I69", "E11"), ("Z96.9",), (0, 120), (PT, OT, MD, DPM), ("11", "12", "19", "22", "31"), ("GP", "GO"), 5, 60, 270, 365, 10, 1650, 12, (7, 90), ("L",), 18),
}  # fmt: skip


def rules(k: Knobs) -> list[Raw]:
    """The 25 rules of one payer."""
    found: list[Raw] = []

    def add(name: str, effect: str, title: str, require: Raw, when: Raw | None = None) -> None:
        rule = {
            "id": name,
            "topic": "records",
            "effect": effect,
            "title": title,
            "cites": ["invented"],
            "require": require,
        }
        found.append(rule | ({"when": when} if when else {}))

    def is_true(fact: str) -> Raw:
        return {"fact": fact, "is": True}

    deny, review = "not_covered", "review"
    units = {"sum_of": "other.units", "over": "lines", "where": {"fact": "other.code", "in": list(TIMED)}}
    custom = {"fact": "device.fit", "is": "custom_fabricated"}
    service = "line.service_date"
    add(
        "dx-listed", deny, "No diagnosis on the list", {"fact": "diagnosis_codes", "any_starts_with": list(k.diagnoses)}
    )
    add("dx-excluded", deny, "An excluded diagnosis", {"fact": "diagnosis_codes", "has_none_of": list(k.excluded)})
    add("age", review, "Age out of range", {"fact": "patient.age", "between": list(k.age)})
    add("profession", deny, "Profession may not bill", {"fact": "rendering.profession", "in": list(k.professions)})
    add("credentialed", review, "Credentials not confirmed", is_true("rendering.credentialed"))
    add("place", deny, "Place not covered", {"fact": "line.place_of_service", "in": list(k.places)})
    add("modifier", deny, "Therapy modifier missing", {"fact": "line.modifiers", "has_any_of": list(k.modifiers)})
    own_units = {"sum_of": "other.units", "over": "lines", "where": {"fact": "other.code", "is": "97760"}}
    add("units", deny, "Too many units", {**own_units, "at_most": k.units})
    add(
        "units-of-day",
        deny,
        "Units exceed minutes",
        {"fact": "day.timed_units", "at_most": {"fact": "day.units_supported"}},
    )
    add(
        "units-of-line",
        review,
        "Units exceed the line's minutes",
        {"fact": "line.units", "at_most": {"fact": "line.units_ceiling"}},
    )
    bundled = {
        "all_of": [{"fact": "other.code", "is": "97763"}, {"fact": "other.modifiers", "has_none_of": ["59", "XU"]}]
    }
    add("bundled", deny, "Bundled with another service", {"no_line": {"where": bundled}})
    add(
        "certified",
        deny,
        "Plan not certified in time",
        {"days_from": "plan_of_care.certified_on", "to": service, "between": [0, k.plan_days]},
    )
    add("not-expired", deny, "Plan expired", {"days_from": service, "to": "plan_of_care.ends_on", "at_least": 0})
    add("signed", review, "Plan unsigned", is_true("plan_of_care.signed"))
    add(
        "documented",
        deny,
        "Fitting and need not documented",
        {"all_of": [is_true(f"documentation.{name}") for name in ("work_done", "skilled_need", "learner")]},
    )
    either = {"any_of": [is_true("documentation.response"), is_true("documentation.home_program")]}
    add(
        "goals",
        review,
        "Goals or time missing",
        {"all_of": [is_true("documentation.functional_goal"), is_true("documentation.total_timed_minutes"), either]},
    )
    earlier = {"fact": "past.code", "is": "97760"}
    add(
        "initial",
        deny,
        "An initial encounter is on file",
        {"count_of": "history", "where": earlier, "within_days": k.initial_days, "at_most": 0},
    )
    follow_up = {"any_line": {"where": {"fact": "other.code", "is": "97763"}}}
    add(
        "follow-up",
        review,
        "Follow-up without an earlier encounter",
        {"any_past_line": {"where": earlier, "within_days": 700}},
        follow_up,
    )
    visits = {"count_of": "history", "where": {"fact": "past.code", "is": "97763"}, "within_days": k.visits_days}
    add("frequency", review, "Visits exceed the frequency", {**visits, "at_most": k.visits})
    marked = {"any_of": [{"fact": "other.code", "not_in": list(TIMED)}, {"fact": "other.modifiers", "has": "KX"}]}
    over = {"sum_of": ["coverage.therapy_amount_ytd", "line.charge"], "more_than": k.threshold}
    add(
        "threshold",
        deny,
        "Over the threshold without KX",
        {"all_of": [{"fact": "line.modifiers", "has": "KX"}, {"every_line": {"where": marked}}]},
        over,
    )
    approval = "coverage.prior_authorization"
    in_time = [
        {"days_from": f"{approval}.from", "to": service, "at_least": 0},
        {"days_from": service, "to": f"{approval}.to", "at_least": 0},
    ]
    add(
        "authorized",
        "auth_needed",
        "Authorization needed",
        {"all_of": [is_true(f"{approval}.present"), *in_time]},
        {"any_of": [{**units, "more_than": k.authorized_units}, custom]},
    )
    add(
        "authorized-units",
        deny,
        "Units exceed the authorization",
        {**units, "at_most": {"fact": f"{approval}.units"}},
        is_true(f"{approval}.present"),
    )
    add(
        "delivered",
        review,
        "Too far from delivery",
        {"days_from": "device.furnished_on", "to": service, "between": [-k.delivered[0], k.delivered[1]]},
    )
    add(
        "device-code",
        review,
        "Custom device without its code",
        {"fact": "device.code", "starts_with": list(k.device_codes)},
        custom,
    )
    add(
        "caregiver",
        review,
        "Caregiver not trained",
        is_true("documentation.learner"),
        {"fact": "patient.age", "less_than": k.minor},
    )
    return found  # fmt: skip


def perturbed(k: Knobs, random: Random) -> Knobs:
    """The same payer with other numbers, for measuring with more rules."""
    return k._replace(
        age=(k.age[0], k.age[1] - random.randrange(20)), units=k.units + random.randrange(3),
        plan_days=k.plan_days + random.randrange(60), initial_days=k.initial_days + random.randrange(90),
        visits_days=k.visits_days + random.randrange(90), threshold=k.threshold + random.randrange(900),
        authorized_units=k.authorized_units + random.randrange(4), minor=k.minor - random.randrange(6),
        delivered=(k.delivered[0], k.delivered[1] + random.randrange(30)),
    )  # fmt: skip


def documents(total: int = 125) -> dict[str, list[Raw]]:
    """So many rules, shared out over the five payers as policies of 25 rules."""
    random = Random(total)
    found: dict[str, list[Raw]] = {}
    for index in range(total // 25):
        payer = list(KNOBS)[index % 5]
        knobs = KNOBS[payer] if index < 5 else perturbed(KNOBS[payer], random)
        of_payer = found.setdefault(payer, [])
        of_payer.append({
            "format": 1, "id": f"{payer}/p{len(of_payer):02}", "title": "Invented", "plans": ["main"],
            "codes": ["97760"],
            "timed": {"codes": {"table": "timed"}, "pool_by": "day", "method": "cms_total"}, "rules": rules(knobs),
        })  # fmt: skip
    return found


def write(root: Path, policies: dict[str, list[Raw]]) -> list[Path]:
    """The payers as plugin folders."""
    source = {"publisher": "nobody", "title": "Invented for measuring", "read": date(2026, 1, 1), "grade": "primary"}
    table = {
        "format": 1,
        "id": "timed",
        "title": "Invented",
        "codes": list(TIMED),
        "open_ended": "invented",
        "cites": ["invented"],
    }
    for payer, found in policies.items():
        files: dict[str, Raw] = {
            "payer.toml": {
                "api": 1, "kind": "data", "version": "2026.11.0", "id": payer, "name": payer.title(),
                "plans": [{"id": "main", "name": "Main", "line_of_business": "commercial"}],
            },
            "sources.toml": {"format": 1, "sources": {"invented": source}},
            "tables/timed.toml": table,
            **{f"policies/{policy['id'].partition('/')[2]}.toml": policy for policy in found},
        }  # fmt: skip
        for name, data in files.items():
            place = root / payer / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(tomli_w.dumps(data), encoding="utf-8")
            assert tomllib.loads(place.read_text(encoding="utf-8")) == data
    return [root / payer for payer in policies]
