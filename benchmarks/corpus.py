"""Synthetic encounters, invented and deliberately dirty: `python -m benchmarks.corpus N FILE` writes N as NDJSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec

SEED = 97760
PAYERS = ("alder", "birch", "cedar", "dogwood", "elm")
FIRST_DAY = date(2026, 1, 1)
DIAGNOSES = tuple(
    f"{letter}{number:02d}.{rest}"
    for letter, numbers in (
        ("M", (20, 21, 24, 25, 41, 62, 66, 67, 72, 75)), ("G", (35, 57, 61, 80, 81, 82)),
        ("S", (12, 22, 32, 52, 62, 82)),
        ("Z", (47, 96)), ("I", (69,)), ("Q", (65, 66)), ("E", (11,)),
    )
    for number in numbers
    for rest in ("0", "10", "171", "22", "371", "40", "9")
)  # fmt: skip
OTHER_CODES = ("97763", "97761", "97110", "97140", "97530", "97112", "97116", "97161", "97165")
PROFESSIONS = (
    "physical_therapist",
    "occupational_therapist",
    "physician",
    "orthotist",
    "podiatrist",
    "athletic_trainer",
)
DEVICE_CODES = ("L1970", "L1960", "L3808", "L3906", "L0648", "L1832", "L2005", "L3000", "E0100")
DOCUMENTED = (
    "skilled_need",
    "functional_goal",
    "learner",
    "work_done",
    "response",
    "total_timed_minutes",
    "home_program",
)


def encounters(number: int, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """So many encounters, each with one line of the judged code among others of the day."""
    random = Random(seed)
    for index in range(number):
        yield _encounter(index, random)


def _encounter(index: int, random: Random) -> dict[str, Any]:
    day = FIRST_DAY + timedelta(random.randrange(300))

    def near(low: int, high: int) -> str:
        return (day + timedelta(random.randrange(low, high))).isoformat()

    def maybe(value: Any, share: float) -> Any:
        return value if random.random() < share else None

    def told(yes: float = 0.965, no: float = 0.02) -> bool | None:
        drawn = random.random()
        return True if drawn < yes else False if drawn < yes + no else None

    number = random.choices(range(1, 7), (20, 30, 25, 13, 7, 5))[0]
    judged = random.randrange(number)
    diagnoses = random.choices((1, 2, 3, 4), (25, 35, 25, 15))[0]
    lines = [_line("97760" if i == judged else random.choice(OTHER_CODES), i + 1, day, random) for i in range(number)]
    return {
        "format": "crosspayer/encounter/1",
        "id": f"E{index:07d}",
        "stage": "claim",
        "place_of_service": random.choices(("11", "12", "19", "22", "31"), (72, 8, 4, 12, 1))[0],
        "patient": {"age": maybe(min(99, int(abs(random.gauss(52, 24)))), 0.99)},
        "rendering": {
            "profession": random.choices(PROFESSIONS, (50, 38, 5, 4, 2, 1))[0], "credentialed": told(0.95, 0.03),
        },
        "diagnoses": [{"code": random.choice(DIAGNOSES)} for _ in range(diagnoses)],
        "coverages": [_coverage(payer, day, random) for payer in PAYERS],
        "day": {"lines_complete": True},
        "lines": lines,
        "plan_of_care": {
            "certified_on": maybe(near(-70, 2), 0.985), "ends_on": maybe(near(-3, 90), 0.985),
            "signed": told(0.92, 0.05),
        },
        "device": {
            "code": maybe(random.choice(DEVICE_CODES), 0.95),
            "fit": random.choice(("custom_fabricated", "custom_fitted", "off_the_shelf", "off_the_shelf")),
            "furnished_on": maybe(near(-32, 5), 0.92),
        },
        "documentation": {name: told() for name in DOCUMENTED},
        "history": {"complete_since": "2020-01-01", "lines": _history(day, random)},
    }  # fmt: skip


def _line(code: str, number: int, day: date, random: Random) -> dict[str, Any]:
    units = random.choices((1, 2, 3, 4, 6), (58, 30, 8, 3, 1))[0]
    minutes = max(3, units * 15 + random.choice((-9, -7, -6, -3, 0, 0, 0, 0, 0, 2, 5)))
    modifiers = random.choices((["GP"], ["GO"], ["GN"], []), (60, 34, 4, 2))[0]
    modifiers = modifiers + [m for m in ("KX", "59", "XU") if random.random() < (0.3 if m == "KX" else 0.05)]
    return {
        "number": number, "code": code, "service_date": day.isoformat(), "modifiers": modifiers, "units": units,
        "minutes": None if random.random() < 0.02 else minutes, "charge": round(units * random.uniform(35, 75), 2),
    }  # fmt: skip


def _coverage(payer: str, day: date, random: Random) -> dict[str, Any]:
    approved = random.random() < 0.7
    coverage: dict[str, Any] = {"payer": payer, "plan": "main"}
    if random.random() < 0.96:
        coverage["therapy_amount_ytd"] = round(max(0.0, random.gauss(900, 700)), 2)
    if approved:
        coverage["prior_authorization"] = {
            "present": True, "units": random.choice((4, 6, 8, 8, 12)),
            "from": (day - timedelta(random.randrange(60))).isoformat(),
            "to": (day + timedelta(random.randrange(-5, 90))).isoformat(),
        }  # fmt: skip
    elif random.random() < 0.8:
        coverage["prior_authorization"] = {"present": False}
    return coverage


def _history(day: date, random: Random) -> list[dict[str, Any]]:
    found = [("97760", random.randrange(1, 700)) for _ in range(random.choices((0, 1, 2), (92, 7, 1))[0])]
    found += [("97763", random.randrange(1, 365)) for _ in range(random.choices((0, 1, 2, 4), (66, 20, 10, 4))[0])]
    return [{"code": code, "service_date": (day - timedelta(ago)).isoformat()} for code, ago in found]


def ndjson(number: int) -> list[bytes]:
    """The encounters as JSON bytes."""
    return [msgspec.json.encode(without_nulls(encounter)) for encounter in encounters(number)]


def without_nulls(data: Any) -> Any:
    """Absent keys in place of null, as feeds write them."""
    if isinstance(data, dict):
        return {key: without_nulls(value) for key, value in data.items() if value is not None}
    return [without_nulls(value) for value in data] if isinstance(data, list) else data


if __name__ == "__main__":
    with Path(sys.argv[2]).open("wb") as file:
        file.writelines(line + b"\n" for line in ndjson(int(sys.argv[1])))
