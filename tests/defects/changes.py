"""Changes to an encounter, from which defects and the settings they need are put together."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from core.tests.acme import put
from tests.defects.clean import BESIDE, EVALUATIONS, PLAN_MODIFIER, Raw
from tests.defects.lives import ALL_CODES

Change = Callable[[Raw], None]
Value = Callable[[Raw], Any]


def facts(changes: Mapping[str, Any]) -> Change:
    """Set facts by full path. A value may be made from the encounter: `after("…", days)`."""

    def change(data: Raw) -> None:
        for path, value in [(path, value(data) if callable(value) else value) for path, value in changes.items()]:
            put(data, path, value)

    return change


def nothing(data: Raw) -> None:
    """Leave the encounter as it is."""


def together(*changes: Change) -> Change:
    """One change after the other."""

    def change(data: Raw) -> None:
        for one in changes:
            one(data)

    return change


def read(data: Raw, path: str) -> Any:
    node: Any = data
    for step in path.replace("[", ".").replace("]", "").split("."):
        node = node[int(step)] if isinstance(node, list) else node[step]
    return node


def after(path: str, days: int) -> Value:
    """The day so many days after that fact, or before it."""
    return lambda data: (dt.date.fromisoformat(read(data, path)) + dt.timedelta(days=days)).isoformat()


DAY, START = "lines[0].service_date", "episode.first_treatment_on"
TIMED = (*ALL_CODES, *BESIDE, "97110")


# --- modifiers of the judged line


def add_modifiers(*codes: str) -> Change:
    return lambda data: data["lines"][0]["modifiers"].extend(codes)


def drop_modifiers(*codes: str) -> Change:
    def change(data: Raw) -> None:
        line = data["lines"][0]
        line["modifiers"] = [code for code in line["modifiers"] if code not in codes]

    return change


def swap_modifiers(pairs: Mapping[str, str]) -> Change:
    def change(data: Raw) -> None:
        line = data["lines"][0]
        line["modifiers"] = [pairs.get(code, code) for code in line["modifiers"]]

    return change


OTHER_DISCIPLINE = {"GP": "GO", "GO": "GP"}
OTHER_ASSISTANT = {"CQ": "CO", "CO": "CQ"}


def second_discipline(data: Raw) -> None:
    """The modifier of the other discipline beside the right one."""
    modifiers = data["lines"][0]["modifiers"]
    modifiers.append(OTHER_DISCIPLINE[modifiers[0]])


# --- units and minutes


def bill(units: int, minutes: int | None = None) -> Change:
    """The judged line alone has so many units, and by default the minutes that just support them."""

    def change(data: Raw) -> None:
        line = data["lines"][0]
        worked = 15 * units if minutes is None else minutes
        line |= {"units": units, "minutes": worked, "training_minutes": worked, "charge": 45 * units}
        line["allowed_amount"] = 30 * units
        assisted = bool(data["rendering"]["by_assistant"])
        line |= {"therapist_minutes": 0 if assisted else worked, "assistant_minutes": worked if assisted else 0}
        total(data)

    return change


def more_units(units: int) -> Change:
    """So many units more than before, in the same minutes."""

    def change(data: Raw) -> None:
        data["lines"][0]["units"] += units

    return change


# --- other lines of the day


def add_line(code: str, **of_line: Any) -> Change:
    """Another line of the same day and provider, an hour with fifteen minutes of its own; facts that are given hold."""

    def change(data: Raw) -> None:
        first, number = data["lines"][0], len(data["lines"]) + 1
        line = copy.deepcopy(first) | {
            "number": number, "code": code, "modifiers": [PLAN_MODIFIER[data["rendering"]["discipline"]]], "units": 1,
            "charge": 45, "allowed_amount": 30, "minutes": 15, "training_minutes": 15, "therapist_minutes": 15,
            "assistant_minutes": 0, "device_id": "device-0", "starts_at": f"{8 + 2 * number:02d}:00",
            "ends_at": f"{9 + 2 * number:02d}:30",
        }  # fmt: skip
        data["lines"].append(line | of_line)
        total(data)

    return change


def total(data: Raw) -> None:
    """The note's total of timed minutes, as the lines give it."""
    timed = sum(line["minutes"] for line in data["lines"] if line["code"] in TIMED)
    data["day"] |= {"total_timed_minutes": timed, "total_treatment_minutes": timed + 40}


def add_evaluation(data: Raw) -> None:
    """An evaluation of the same discipline beside the judged line."""
    add_line(EVALUATIONS[data["rendering"]["discipline"]][0])(data)


def add_service(data: Raw) -> None:
    """A timed service beside the judged line that forms no pair with it."""
    add_line(BESIDE[0])(data)


def on_other_line(**of_line: Any) -> Change:
    def change(data: Raw) -> None:
        data["lines"][1] |= of_line
        total(data)

    return change


def split(data: Raw) -> None:
    """The judged line's units on two lines alike."""
    first = data["lines"][0]
    units = first["units"] - 1
    minutes = first["minutes"] - 15
    add_line(first["code"], modifiers=list(first["modifiers"]), units=units, minutes=minutes,
             training_minutes=minutes, therapist_minutes=minutes, device_id=first["device_id"],
             charge=45 * units, allowed_amount=30 * units)(data)  # fmt: skip
    first |= {"units": 1, "minutes": 15, "training_minutes": 15, "therapist_minutes": 15, "charge": 45}
    first["allowed_amount"] = 30
    total(data)


# --- institutional claims

REVENUE_CODE = {"GP": "0420", "GO": "0430"}


def institutional(data: Raw) -> None:
    """The same visit on a hospital's claim."""
    data |= {"claim_type": "institutional", "bill_type": "131", "setting": "hospital_outpatient"}
    data["place_of_service"] = "22"
    data["billing"]["kind"] = "hospital"
    for line in data["lines"]:
        line["revenue_code"] = REVENUE_CODE[line["modifiers"][0]]


def other_revenue_code(data: Raw) -> None:
    """The revenue code of the other discipline."""
    line = data["lines"][0]
    line["revenue_code"] = REVENUE_CODE[OTHER_DISCIPLINE[line["modifiers"][0]]]
