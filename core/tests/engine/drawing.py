"""Random encounters, and what random policies are drawn from: typed and adversarial.

Everything is invented. Policies are drawn as documents, exactly as a file would give them, and go through the parser.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

Raw = dict[str, Any]
DAY = date(2026, 3, 15)
CODES = ("97760", "97761", "97763", "97110", "97112", "97161")
MODIFIERS = ("GP", "GO", "GN", "KX", "59", "CQ")
DIAGNOSES = ("M21.0", "M24.1", "G80.9", "S52.5", "Z47.1")
DISCIPLINES = ("PT", "OT", "SLP")
WORDS: dict[str, tuple[str, ...]] = {
    "patient.sex": ("female", "male", "other", "unknown"),
    "claim_type": ("professional", "institutional"),
    "line.discipline": DISCIPLINES,
    "line.rendering.discipline": DISCIPLINES,
    "past.discipline": DISCIPLINES,
    "coverage.network": ("in", "out"),
    "coverage.order": ("primary", "secondary", "tertiary"),
}
CODED: dict[str, tuple[str, ...]] = {
    "line.code": CODES,
    "past.code": CODES,
    "place_of_service": ("11", "12", "22"),
    "line.place_of_service": ("11", "12", "22"),
    "patient.state": ("OH", "TX", "CA"),
    "device.code": ("L1970", "L3808", "L0648"),
}
TEXTS: dict[str, tuple[str, ...]] = {
    "rendering.npi": ("1000000001", "1000000002"),
    "line.rendering.npi": ("1000000001", "1000000002"),
    "coverage.payer": ("acme", "other"),
    "coverage.plan": ("commercial", "exchange"),
    "past.device_id": ("a", "b"),
}
LISTS: dict[str, tuple[str, ...]] = {
    "line.modifiers": MODIFIERS,
    "diagnosis_codes": DIAGNOSES,
    "payer_facts.acme.tags": ("A", "B"),
}
BOOLEANS = (
    "telehealth", "plan_of_care.present", "documentation.skilled_need", "device.code_billed_here",
    "coverage.prior_authorization.present", "line.one_on_one", "line.unit_methods_agree", "payer_facts.acme.gold",
)  # fmt: skip
DATES = (
    "line.service_date", "evaluation_date", "received_date", "episode.first_treatment_on", "plan_of_care.certified_on",
    "coverage.prior_authorization.from", "past.service_date", "payer_facts.acme.since",
)  # fmt: skip
TIMES = ("line.starts_at", "line.ends_at")
NUMBERS: dict[str, tuple[int, ...]] = {
    "patient.age": (0, 17, 18, 65, 130),
    "line.units": (0, 1, 2, 4, 999),
    "line.minutes": (0, 7, 8, 22, 23, 38, 1440),
    "line.countable_minutes": (0, 8, 23),
    "line.units_supported": (0, 1, 2, 3),
    "line.units_least": (0, 1, 2),
    "line.units_ceiling": (0, 1, 2, 3),
    "line.assistant_units": (0, 1, 2),
    "day.timed_minutes": (0, 8, 23, 60),
    "day.timed_units": (0, 1, 4),
    "day.units_supported": (0, 1, 4),
    "episode.visit_number": (1, 2, 10),
    "coverage.prior_authorization.units": (0, 4, 9999),
    "past.units": (0, 1, 4),
    "payer_facts.acme.score": (0, 5),
}
MONEY = ("line.charge", "coverage.therapy_amount_ytd", "payer_facts.acme.amount")
SUMMABLE = ("line.units", "line.minutes", "line.charge", "coverage.therapy_amount_ytd", "day.timed_units")
TIMED = ("line.units_", "line.unit_methods", "line.countable", "line.assistant", "day.")
MANIFEST: Raw = {
    "api": 1, "kind": "data", "version": "2026.11.0", "id": "acme", "name": "Acme Health",
    "plans": [{"id": p, "name": p, "line_of_business": "commercial"} for p in ("commercial", "exchange")],
    "facts": [
        {"name": name, "type": kind, "meaning": f"invented {name}", "ask": "payer"}
        for name, kind in (
            ("gold", "boolean"), ("score", "integer"), ("amount", "money"), ("since", "date"), ("tags", "codes"),
        )
    ],
}  # fmt: skip
SOURCES: Raw = {
    "format": 1,
    "sources": {
        grade: {"publisher": "Acme Health", "title": f"Invented {grade}", "read": date(2026, 1, 1), "grade": grade}
        for grade in ("primary", "secondary")
    },
}
TABLES: dict[str, Raw] = {
    "current": {"codes": ["97760", "97110", "GP", "M21.0", "OH", "11", "A", "L1970"], "open_ended": "invented"},
    "one": {"codes": ["GP"], "open_ended": "invented"},
    "stale": {"codes": ["97761", "97110", "GO", "59", "M24.1"], "covers_to": DAY - timedelta(30)},
    "later": {"codes": ["97760"], "covers_from": DAY + timedelta(400), "open_ended": "invented"},
    "timed-codes": {"codes": ["97110", "97112", "97760", "97763"], "open_ended": "invented"},
    "programmes": {
        "key": ["state", "kind"], "open_ended": "invented",
        "columns": {
            "state": {"type": "code"}, "kind": {"type": "word", "values": ["professional", "institutional"]},
            "visits": {"type": "integer", "unit": "visits"}, "name": {"type": "code"}, "open": {"type": "boolean"},
        },
        "rows": [
            {"state": "OH", "kind": "professional", "visits": 2, "name": "A", "open": True},
            {"state": "OH", "kind": "institutional", "visits": 2, "open": True},
            {"state": "TX", "kind": "professional", "visits": 10, "name": "B", "open": False, "to": DAY},
            {"state": "TX", "kind": "institutional", "name": "B", "open": False},
        ],
    },
    "pairs": {
        "key": ["column_1", "column_2"], "covers_to": DAY + timedelta(10),
        "columns": {
            "column_1": {"type": "code"}, "column_2": {"type": "code"}, "modifier_indicator": {"type": "integer"},
        },
        "rows": [
            {"column_1": "97161", "column_2": "97760", "modifier_indicator": 1},
            {"column_1": "97760", "column_2": "97763", "modifier_indicator": 0},
            {"column_1": "97110", "column_2": "97112", "modifier_indicator": 1},
        ],
    },
}  # fmt: skip
PARAMETERS: Raw = {
    "limit": {
        "unit": "units",
        "values": [
            {"from": date(2026, 1, 1), "to": DAY, "value": 2, "cites": ["primary"]},
            {"from": DAY + timedelta(1), "to": date(2026, 12, 31), "value": 4, "cites": ["secondary"]},
        ],
    },
    "threshold": {
        "unit": "USD",
        "values": [{"from": date(2026, 1, 1), "to": DAY, "value": 100.5, "cites": ["primary"]}],
    },
    "visits": {
        "unit": "visits",
        "values": [{"from": date(2020, 1, 1), "value": 2, "cites": ["primary"], "open_ended": "invented"}],
    },
}


class Draw:
    """Draws from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def some(self, values: tuple[Any, ...], most: int = 3) -> list[Any]:
        return self.random.sample(values, self.random.randint(1, min(most, len(values))))

    def one(self, values: tuple[Any, ...]) -> Any:
        return self.random.choice(values)

    def likely(self, share: float) -> bool:
        return self.random.random() < share

    # --- encounters

    def day(self) -> date:
        """A day near the day of service, on it, or at an end of the calendar."""
        near = DAY + timedelta(self.one((-400, -90, -60, -31, -30, -1, 0, 0, 1, 30)))
        drawn: date = self.one((near, near, near, near, near, date.min, date.max))
        return drawn

    def maybe(self, value: Any, present: float = 0.75) -> Any:
        """The value, or nothing: absent and null alike."""
        return value if self.likely(present) else None

    def encounter(self, name: str) -> Raw:
        """An encounter with holes, empty lists and extremes."""
        day = self.maybe(self.one((DAY, DAY, DAY + timedelta(1), DAY + timedelta(20), date(2027, 2, 1))), 0.97)
        data: Raw = {
            "id": name,
            "stage": self.one((None, None, "claim", "order", "appeal")),
            "claim_type": self.maybe(self.one(WORDS["claim_type"])),
            "evaluation_date": self.maybe(self.day()),
            "received_date": self.maybe(self.one((DAY, DAY + timedelta(40)))),
            "place_of_service": self.maybe(self.one(CODED["place_of_service"])),
            "telehealth": self.maybe(self.likely(0.5)),
            "coverages_complete": self.maybe(self.likely(0.7)),
            "patient": self.maybe({
                "age": self.maybe(self.one(NUMBERS["patient.age"])), "sex": self.maybe(self.one(WORDS["patient.sex"])),
                "state": self.maybe(self.one(CODED["patient.state"])),
            }, 0.9),
            "rendering": self.maybe({
                "npi": self.maybe(self.one(TEXTS["rendering.npi"])), "discipline": self.maybe(self.one(DISCIPLINES)),
            }),
            "episode": self.maybe({
                "first_treatment_on": self.maybe(self.day()), "visit_number": self.maybe(self.one((1, 2, 10))),
            }),
            "plan_of_care": self.maybe({
                "present": self.maybe(self.likely(0.7)), "certified_on": self.maybe(self.day()),
            }),
            "documentation": self.maybe({"skilled_need": self.maybe(self.likely(0.6))}),
            "device": self.maybe({
                "code": self.maybe(self.one(CODED["device.code"])), "billed_here": self.maybe(self.likely(0.5)),
            }),
            "day": self.maybe({
                "lines_complete": self.maybe(self.likely(0.8)),
                "total_timed_minutes": self.maybe(self.one((8, 23, 60)), 0.3),
            }, 0.9),
            "diagnoses": self.maybe([{"code": code} for code in self.some(DIAGNOSES)] if self.likely(0.9) else [], 0.9),
            "coverages": self.maybe(self.coverages(self.one((0, 1, 1, 2, 3))), 0.95),
            "lines": [self.line(i, day) for i in range(self.one((1, 1, 2, 3, 5)))],
            "history": self.maybe({
                "complete_since": self.maybe(self.day()),
                "lines": self.maybe([self.past() for _ in range(self.one((0, 1, 2, 4)))], 0.9),
            }, 0.9),
            "payer_facts": self.maybe({"acme": self.maybe({
                "gold": self.maybe(self.likely(0.5)), "score": self.maybe(self.one((0, 5, 9))),
                "amount": self.maybe(self.one((0, 100.5, 3))), "since": self.maybe(self.day().isoformat()),
                "tags": self.maybe(self.some(("A", "B", "C")) if self.likely(0.8) else []),
            })}),
        }  # fmt: skip
        return without_nulls(data) if self.likely(0.5) else data

    def coverages(self, number: int) -> list[Raw]:
        """Coverages, none of them given twice."""
        drawn = [self.coverage(index) for index in range(number)]
        return list({(c["payer"], c["plan"], c["order"]): c for c in drawn}.values())

    def coverage(self, index: int) -> Raw:
        """A coverage; the first is acme's."""
        return {
            "payer": "acme" if index == 0 else self.maybe(self.one(("other", "acme"))),
            "plan": self.maybe(self.one(("commercial", "commercial", "exchange", "unheard-of")), 0.85),
            "order": self.maybe(self.one(WORDS["coverage.order"])),
            "network": self.maybe(self.one(WORDS["coverage.network"])),
            "therapy_amount_ytd": self.maybe(self.one((0, 50.25, 100.5, 9_999_999))),
            "unit_method": self.maybe(self.one(("cms_total", "ama_midpoint")), 0.5),
            "prior_authorization": self.maybe({
                "present": self.maybe(self.likely(0.5)), "units": self.maybe(self.one((0, 4, 9999))),
                "from": self.maybe(self.day()),
            }),
        }  # fmt: skip

    def line(self, index: int, day: date | None) -> Raw:
        """A service line."""
        return {
            "number": self.maybe(index + 1, 0.93),
            "code": self.maybe(self.one(CODES), 0.96),
            "service_date": day,
            "modifiers": self.maybe(self.one(([], self.some(MODIFIERS, 4), ["GP"], ["GP", "GP"]))),
            "units": self.maybe(self.one(NUMBERS["line.units"])),
            "minutes": self.maybe(self.one(NUMBERS["line.minutes"])),
            "charge": self.maybe(self.one((0, 45.93, 50.25, 9_999_999))),
            "place_of_service": self.maybe(self.one(CODED["place_of_service"]), 0.4),
            "rendering": self.maybe({
                "npi": self.maybe(self.one(TEXTS["rendering.npi"])), "discipline": self.maybe(self.one(DISCIPLINES)),
            }, 0.4),
            "one_on_one": self.maybe(self.likely(0.5)),
            "starts_at": self.maybe(self.one(("08:00", "09:15"))), "ends_at": self.maybe(self.one(("09:15", "10:00"))),
            "aide_minutes": self.maybe(5, 0.3), "training_minutes": self.maybe(self.one((0, 8, 30)), 0.4),
            "therapist_minutes": self.maybe(self.one((0, 8, 23)), 0.5),
            "assistant_minutes": self.maybe(self.one((0, 8, 23)), 0.5),
        }  # fmt: skip

    def past(self) -> Raw:
        """An earlier line."""
        return {
            "code": self.maybe(self.one(CODES)), "service_date": self.maybe(self.day()),
            "units": self.maybe(self.one(NUMBERS["past.units"])), "discipline": self.maybe(self.one(DISCIPLINES)),
            "device_id": self.maybe(self.one(("a", "b"))),
        }  # fmt: skip


def without_nulls(data: Any) -> Any:
    """The same with absent keys in place of null."""
    if isinstance(data, Mapping):
        return {key: without_nulls(value) for key, value in data.items() if value is not None}
    return [without_nulls(value) for value in data] if isinstance(data, list) else data
