"""Clean encounters: whatever may vary without harm varies, and nothing of it stands against payment.

All of it is invented and drawn from a seed: the same seed gives the same encounter. An encounter knows everything its
plan asks for, so that nothing is left open.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from core.tests.acme import put
from tests.defects.lives import LIVES, PAYER_FACTS, Life

Raw = dict[str, Any]
THERAPISTS = {"PT": "physical_therapist", "OT": "occupational_therapist"}
ASSISTANTS = {"PT": "physical_therapist_assistant", "OT": "occupational_therapist_assistant"}
PLAN_MODIFIER = {"PT": "GP", "OT": "GO"}
ASSISTANT_MODIFIER = {"PT": "CQ", "OT": "CO"}
EVALUATIONS = {"PT": ("97161", "97162", "97163"), "OT": ("97165", "97166", "97167")}
DEVICES = {"orthosis": ("knee", "wrist_hand", "elbow", "shoulder", "hip"), "prosthesis": ("other",)}
STATES = ("OH", "PA", "TX", "FL")
PLACES_OF_SERVICE = ("11", "11", "49")
OTHER_PAYERS = (
    ("aetna", "commercial"), ("bcbs", "hcsc"), ("cigna", "individual"), ("uhc", "commercial"), ("elsewhere", "gold"),
)  # fmt: skip
"""Second insurances, one of a payer without a plugin: what they say of the line is their own business."""
DIAGNOSES = ("M25.561", "M23.221", "Z47.89", "M24.541", "S62.001D", "G56.01", "Z89.511", "M21.371")
SIGNERS = ("physician", "nurse_practitioner", "physician_assistant")
BESIDE = ("97530", "97535")
"""Timed codes that form no pair with orthotic and prosthetic training."""
TRUE_OF_THE_RECORD = (
    "skilled_need", "specific_condition", "functional_goal", "learner", "work_done", "reason", "activities",
    "patient_condition", "response", "total_timed_minutes", "total_treatment_minutes", "time_in_out_per_code",
    "start_stop_times", "training_minutes", "note_dated", "services_listed", "note_signed", "skilled_reassessment",
    "measurable_progress", "problems_and_changes", "home_program", "wear_schedule", "separate_from_evaluation",
    "status_change", "necessity_beyond_threshold", "site_criteria", "evaluation_history", "evaluation_function",
    "evaluation_impairment", "evaluation_diagnosis", "evaluation_prognosis", "evaluation_measures", "session_reason",
    "durable_improvement",
)  # fmt: skip
STATED_IN_THE_PLAN = (
    "diagnosis", "impairment", "long_term_goals", "short_term_goals", "type", "amount", "frequency", "duration",
    "session_length",
)  # fmt: skip


@dataclass(frozen=True)
class Draw:
    """What is chosen first, since the rest of the encounter depends on it."""

    plan: str
    day: dt.date
    code: str
    discipline: str
    by_assistant: bool
    beside: bool


def draw(
    plan: str, rng: random.Random, life: Life | None = None, *, assistant: bool | None = None, beside: bool = True
) -> Draw:
    """Choose day, code and discipline of an encounter of the plan, within `life` (by default the plan's).

    `assistant` says whether an assistant furnishes it (by default sometimes), `beside` whether other lines may stand
    beside the judged one.
    """
    life = life or LIVES[plan]
    since, until = dt.date.fromisoformat(life.since), dt.date.fromisoformat(life.until)
    day = since + dt.timedelta(days=rng.randint(0, (until - since).days))
    discipline = rng.choice(life.disciplines)
    by_assistant = day.year >= 2022 and rng.random() < 0.25 if assistant is None else assistant
    apart = beside and day <= dt.date.fromisoformat(life.beside_until)
    return Draw(plan, day, rng.choice(life.codes), discipline, by_assistant, apart)


def clean(drawn: Draw, rng: random.Random, name: str) -> Raw:
    """An encounter of the plan with all its facts, none of which stands against payment."""
    payer, _, plan = drawn.plan.partition("/")
    life = LIVES[drawn.plan]
    day, later = drawn.day, drawn.code == "97763"
    visit = rng.randint(3, 6) if later else 2
    evaluated = day - dt.timedelta(days=visit * rng.randint(2, 5))
    kind = "prosthesis" if drawn.code == "97761" else "orthosis"
    device = f"device-{rng.randint(1, 9)}"
    lines = _lines(drawn, rng, device, beside=drawn.beside)
    minutes = sum(line["minutes"] for line in lines if line["code"] not in EVALUATIONS[drawn.discipline])
    signer = rng.choice(SIGNERS)
    data: Raw = {
        "id": name,
        "stage": "claim",
        "claim_type": "professional",
        "frequency": "original",
        "evaluation_date": _on(day + dt.timedelta(days=20)),
        "received_date": _on(day + dt.timedelta(days=15)),
        "coverages": [_coverage(payer, plan, evaluated, visit, rng), *_second_coverage(payer, rng)],
        "coverages_complete": True,
        "patient": {"age": rng.randint(20, 88), "sex": rng.choice(["female", "male"]), "state": rng.choice(STATES),
                    "stay": "none"},
        "place_of_service": rng.choice(PLACES_OF_SERVICE),
        "setting": "private_practice",
        "telehealth": False,
        "group_session": False,
        "student_involved": False,
        "same_encounter_rehabilitation": False,
        "rendering": _rendering(drawn, rng),
        "billing": {"npi": "1999999992", "kind": "therapist", "state": "OH"},
        "referring": {"npi": "1999999976"},
        "certifying": {"npi_on_claim": True},
        "diagnoses": [{"code": code} for code in rng.sample(DIAGNOSES, rng.randint(1, 3))],
        "abn": {"present": False},
        "day": {"lines_complete": True, "total_timed_minutes": minutes, "total_treatment_minutes": minutes + 40},
        "lines": lines,
        "episode": {
            "first_treatment_on": _on(evaluated), "evaluation_on": _on(evaluated), "is_evaluation_visit": False,
            "visit_number": visit, "visits_by_discipline": visit, "visits_in_90_days": visit,
            "treatment_days_since_report": visit, "earlier_initial_encounter": later,
            "any_earlier_initial_encounter": later, "orthotic_sessions": 2 if later else 1, "new_patient": True,
            "new_condition": True, "care_gap_days": 200, "purpose": "restorative", "improvement_expected_days": 28,
            "progress": "improving", "impairment_area": "sensory_motor", "urgent": False,
        },
        "plan_of_care": {
            "present": True, "discipline": drawn.discipline, "established_on": _on(evaluated),
            "ends_on": _on(evaluated + dt.timedelta(days=80)), "signed": True,
            "certified_on": _on(evaluated + dt.timedelta(days=rng.randint(0, 2))), "certified_by": signer,
            "certification_refused": False, "approved_by": "physician", "recertified": False,
            "order": {"present": True}, "sent_on": _on(evaluated),
            **{f"states_{name}": True for name in STATED_IN_THE_PLAN},
        },
        "progress_report": {"present": True, "author": THERAPISTS[drawn.discipline]},
        "device": {
            "kind": kind, "type": rng.choice(DEVICES[kind]), "fit": rng.choice(["custom_fitted", "custom_fabricated"]),
            "skilled_modification": True, "investigational": False, "billed_here": False, "received_elsewhere": True,
            "furnished_on": _on(evaluated), "prescribed": True, "prescribed_on": _on(evaluated),
            "examined_on": _on(evaluated), "prefabricated_failed": True, "after_stabilization_surgery": False,
            "custom_criteria_met": True, "functional_criteria_met": True,
        },
        "documentation": dict.fromkeys(TRUE_OF_THE_RECORD, True),
        "history": {"complete_since": _on(evaluated), "lines": _history(drawn, rng, evaluated, device)},
        "payer_facts": {payer: dict(PAYER_FACTS[payer])},
    }  # fmt: skip
    for path, value in life.facts.items():
        put(data, path, value)
    return data


def _on(day: dt.date) -> str:
    return day.isoformat()


def _rendering(drawn: Draw, rng: random.Random) -> Raw:
    who = (ASSISTANTS if drawn.by_assistant else THERAPISTS)[drawn.discipline]
    return {
        "npi": rng.choice(["1999999984", "1999999968"]), "discipline": drawn.discipline, "profession": who,
        "by_assistant": drawn.by_assistant, "incident_to": False, "credentialed": True, "direct_access_state": True,
        "supervision": rng.choice(["direct", "personal"]), "supervisor_discipline": drawn.discipline,
    }  # fmt: skip


def _coverage(payer: str, plan: str, start: dt.date, visit: int, rng: random.Random) -> Raw:
    return {
        "payer": payer, "plan": plan, "order": "primary", "active": True, "network": "in", "funding": "fully_insured",
        "product": "ppo", "dual_special_needs": False, "group_retiree": False,
        "prior_authorization": {
            "present": True, "required": False, "requested_on": _on(start), "approved_on": _on(start),
            "from": _on(start), "to": _on(start + dt.timedelta(days=90)), "units": 40, "units_used": visit,
            "visits": 20, "site_of_care": True,
        },
        "device_authorization": {"present": True},
        "notification": {"present": True, "sent_on": _on(start + dt.timedelta(days=1)), "sent_by": "primary_care"},
        "referral": {"present": True, "by": "physician", "required": False},
        "benefit": {
            "has_visit_limit": True, "visit_limit": rng.choice([20, 30, 60]), "visits_used": visit,
            "visits_used_combined": visit + rng.randint(0, 3), "treatment_period_days": 60, "maintenance": False,
            "habilitative": True, "foot_orthotics": True, "devices": True, "telehealth_orthotics": True,
        },
        "therapy_amount_ytd": rng.choice([0, 180.5, 640.5, 1200]),
        "unit_method": rng.choice(["cms_total", "ama_midpoint"]), "contract_unit_cap": 8, "assistant_rate": 85,
        "cap_exception": False,
    }  # fmt: skip


def _second_coverage(payer: str, rng: random.Random) -> list[Raw]:
    other, plan = rng.choice(OTHER_PAYERS)
    if other == payer or rng.random() < 0.7:
        return []
    return [{"payer": other, "plan": plan, "order": "secondary"}]


def _history(drawn: Draw, rng: random.Random, start: dt.date, device: str) -> list[Raw]:
    """The evaluation, sometimes exercises, and for a later session the initial one with the same device."""
    past: list[tuple[str, int, Raw]] = [(EVALUATIONS[drawn.discipline][0], 0, {})]
    past += [("97110", 1, {}) for _ in range(rng.randint(0, 2))]
    if drawn.code == "97763":
        past.append(("97760", 1, {"device_id": device}))
    return [
        {"service_date": _on(start + dt.timedelta(days=days)), "code": code, "units": 1,
         "discipline": drawn.discipline, **facts}
        for code, days, facts in past
    ]  # fmt: skip


def _lines(drawn: Draw, rng: random.Random, device: str, *, beside: bool) -> list[Raw]:
    """The judged line, and sometimes an evaluation, another service, or the therapist's own unit of an assistant's
    session beside it; never more than four units."""
    kinds = ["alone"] * 3
    if beside and drawn.by_assistant:
        # Before 2022 the rule does not settle which units of a shared session carry the modifier.
        kinds += ["therapist"] if drawn.day.year >= 2022 else []
    elif beside:
        kinds += ["service"] if drawn.code == "97763" else ["service", "evaluation"]
    with_what = rng.choice(kinds)
    mark = PLAN_MODIFIER[drawn.discipline]
    modifiers = [mark, *([ASSISTANT_MODIFIER[drawn.discipline]] if drawn.by_assistant else [])]
    side = rng.choice(["left", "right"])
    if rng.random() < 0.3:
        modifiers.append("LT" if side == "left" else "RT")
    units = rng.randint(1, 4 if with_what == "alone" else 3)
    lines = [_line(drawn, 1, drawn.code, units, modifiers, rng, side=side, device_id=device)]
    if with_what == "service":
        lines.append(_line(drawn, 2, rng.choice(BESIDE), 1, [mark], rng))
    elif with_what == "evaluation":
        code = rng.choice(EVALUATIONS[drawn.discipline])
        lines.append(_line(drawn, 2, code, 1, [mark], rng))
    elif with_what == "therapist":
        own = _line(drawn, 2, drawn.code, 1, [mark], rng, side=side, device_id=device)
        lines.append(own | {"therapist_minutes": own["minutes"], "assistant_minutes": 0})
    return lines


def _line(
    drawn: Draw, number: int, code: str, units: int, modifiers: list[str], rng: random.Random, **facts: Any
) -> Raw:
    # Full quarters and at most three minutes more: both ways of counting give the same, also for two lines together.
    minutes = 15 * units + rng.randint(0, 3)
    return {
        "number": number, "code": code, "service_date": _on(drawn.day), "modifiers": modifiers, "units": units,
        "charge": 45 * units, "allowed_amount": 30 * units, "minutes": minutes,
        "therapist_minutes": 0 if drawn.by_assistant else minutes,
        "assistant_minutes": minutes if drawn.by_assistant else 0, "aide_minutes": 0, "setup_minutes": 0,
        "training_minutes": minutes, "one_on_one": True, "separate_service_documented": True,
        "body_region": "upper_extremity", "starts_at": f"{8 + 2 * number:02d}:00",
        "ends_at": f"{9 + 2 * number:02d}:30", **facts,
    }  # fmt: skip
