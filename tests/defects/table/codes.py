"""Defects of the code, and of the device it stands for."""

from __future__ import annotations

from tests.defects.changes import add_line, facts
from tests.defects.clean import Raw
from tests.defects.model import INITIAL, Defect, Known

EVERY_PLAN = "*/*"


def other_device_kind(data: Raw) -> None:
    """The device is of the kind that the other initial code stands for."""
    data["device"]["kind"] = "prosthesis" if data["device"]["kind"] == "orthosis" else "orthosis"


def earlier_line(data: Raw) -> None:
    """The history holds an initial encounter for the same device."""
    device = data["lines"][0]["device_id"]
    line = {"service_date": data["episode"]["first_treatment_on"], "code": "97760", "units": 2, "device_id": device}
    data["history"]["lines"].append(line)


CODES = (
    Defect(
        "second-initial-encounter",
        "an initial code, though the device already had its initial encounter",
        plant=facts({"episode.earlier_initial_encounter": True}),
        codes=INITIAL,
        known=(
            Known("aetna/* bcbs/* cigna/* uhc/*", "therapy-common/codes/initial-once", "not_covered"),
            # Whether a new device re-opens the initial code is not settled for Medicare: a person must look.
            Known("medicare/*", "therapy-common/codes/initial-once", "conditional"),
        ),
    ),
    Defect(
        "initial-encounter-in-history",
        "an initial code, though an earlier line of the episode is the initial encounter for this device",
        plant=earlier_line,
        codes=INITIAL,
        known=(Known("medicare/*", "medicare/codes/initial-in-history", "conditional"),),
    ),
    Defect(
        "code-of-the-other-device",
        "the orthotic code for a prosthesis, or the prosthetic code for an orthosis",
        plant=other_device_kind,
        codes=INITIAL,
        known=(Known(EVERY_PLAN, "therapy-common/codes/device-kind", "not_covered"),),
    ),
    Defect(
        "deleted-code",
        "the subsequent code that ended with 2017",
        plant=facts({"lines[0].code": "97762"}),
        codes=("97763",),
        alone=True,
        known=(Known(EVERY_PLAN, "therapy-common/codes/valid-on-date", "not_covered"),),
    ),
    Defect(
        "off-the-shelf-device",
        "training for an off-the-shelf device that took no skill to modify",
        plant=facts({"device.fit": "off_the_shelf", "device.skilled_modification": False}),
        codes=("97760",),
        known=(Known(EVERY_PLAN, "therapy-common/device/off-the-shelf", "conditional"),),
    ),
    Defect(
        "orthosis-not-authorized",
        "an orthosis on the day's claim without the affirmed decision it needs",
        arrange=add_line("L1832"),
        plant=facts({"coverages[0].device_authorization.present": False}),
        alone=True,
        known=(
            Known(
                "medicare/*", "medicare/device/orthosis-authorized", "auth_needed", since="2022-10-10",
                until="2024-09-30",
            ),
        ),
    ),
    Defect(
        "custom-brace-unexplained",
        "a custom device, though none was tried before and no reason is recorded",
        arrange=facts({"device.type": "spine", "device.fit": "custom_fabricated"}),
        plant=facts({"device.prefabricated_failed": False}),
        codes=("97760", "97763"),
        known=(
            Known(
                "aetna/commercial aetna/commercial-hmo", "aetna/device/custom-back-brace", "conditional",
                since="2026-01-22",
            ),
            Known("cigna/commercial", "cigna/device/prefabricated-first", "conditional", since="2025-01-01"),
        ),
    ),
    Defect(
        "foot-orthosis-for-heel-pain",
        "a custom foot orthosis for plantar fasciitis alone",
        arrange=facts({"device.type": "foot", "device.fit": "custom_fabricated"}),
        plant=facts({"diagnoses": [{"code": "M72.2"}]}),
        codes=("97760", "97763"),
        known=(Known("cigna/commercial", "cigna/device/plantar-fasciitis-alone", "conditional"),),
    ),
    Defect(
        "device-not-prescribed",
        "an orthosis that nobody prescribed",
        plant=facts({"device.prescribed": False}),
        codes=("97760", "97763"),
        known=(Known("cigna/commercial", "cigna/device/prescribed-and-examined", "conditional", since="2025-01-01"),),
    ),
    Defect(
        "examination-too-old",
        "the examination that supports the orthosis is more than a year old",
        plant=facts({"device.examined_on": "2017-06-01"}),
        codes=("97760", "97763"),
        known=(Known("cigna/commercial", "cigna/device/prescribed-and-examined", "conditional", since="2025-01-01"),),
    ),
    Defect(
        "investigational-device",
        "an orthosis that the payer lists as investigational",
        plant=facts({"device.investigational": True}),
        codes=("97760", "97763"),
        known=(Known("cigna/commercial", "cigna/device/device-investigational", "conditional", since="2025-01-01"),),
    ),
    Defect(
        "leg-orthosis-without-benefit",
        "a leg orthosis without recorded weakness or deformity and functional benefit",
        arrange=facts({"device.type": "ankle_foot"}),
        plant=facts({"device.functional_criteria_met": False}),
        codes=("97760", "97763"),
        known=(Known("bcbs/anthem", "bcbs/device/anthem-function", "documentation_needed", since="2024-10-01"),),
    ),
    Defect(
        "custom-leg-orthosis",
        "a custom-made leg orthosis that meets none of the criteria for custom making",
        arrange=facts({"device.type": "knee_ankle_foot", "device.fit": "custom_fabricated"}),
        plant=facts({"device.custom_criteria_met": False}),
        codes=("97760", "97763"),
        known=(Known("bcbs/anthem", "bcbs/device/anthem-custom", "documentation_needed", since="2024-10-01"),),
    ),
    Defect(
        "static-orthosis-unmeasured",
        "a static ankle-foot orthosis without a measurement of the contracture",
        arrange=facts({"device.type": "ankle_foot", "payer_facts.bcbs.static_orthosis": True}),
        plant=facts({"payer_facts.bcbs.goniometer_record": False}),
        codes=("97760", "97763"),
        known=(Known("bcbs/anthem", "bcbs/device/anthem-static", "documentation_needed", since="2024-10-01"),),
    ),
)  # fmt: skip
