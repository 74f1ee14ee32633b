"""Defects of who furnishes, supervises and certifies, and of the place."""

from __future__ import annotations

from tests.defects.changes import add_evaluation, facts, institutional
from tests.defects.clean import Raw
from tests.defects.model import INITIAL, Defect, Known


def other_supervisor(data: Raw) -> None:
    """The assistant's supervisor is of the other discipline."""
    rendering = data["rendering"]
    rendering["supervisor_discipline"] = {"PT": "OT", "OT": "PT"}[rendering["discipline"]]


def evaluated_by_assistant(data: Raw) -> None:
    """An assistant furnished the evaluation beside the judged line."""
    data["lines"][1]["rendering"] = {"profession": "physical_therapist_assistant"}


PROVIDERS = (
    Defect(
        "unqualified-person",
        "a massage therapist furnished the service",
        plant=facts({"rendering.profession": "massage_therapist"}),
        assistant=False,
        alone=True,
        known=(
            Known("medicare/*", "medicare/providers/qualified", "not_covered"),
            Known("bcbs/vermont", "bcbs/provider/vermont-provider-types", "not_covered"),
        ),
    ),
    Defect(
        "aide",
        "an aide furnished the service",
        plant=facts({"rendering.profession": "aide"}),
        assistant=False,
        alone=True,
        known=(
            Known("medicare/*", "medicare/providers/qualified", "not_covered"),
            Known("bcbs/vermont", "bcbs/provider/vermont-provider-types", "not_covered"),
            Known("bcbs/hcsc", "bcbs/necessity/hcsc-licensed", "conditional"),
        ),
    ),
    Defect(
        "profession-for-a-person",
        "an occupational therapist at a plan whose list of providers leaves that profession out",
        plant=facts({"rendering.profession": "occupational_therapist"}),
        assistant=False,
        known=(Known("bcbs/vermont", "bcbs/provider/vermont-provider-types", "conditional"),),
    ),
    Defect(
        "assistant-incident-to",
        "an assistant's service billed as incident to a physician's",
        plant=facts({"rendering.incident_to": True}),
        assistant=True,
        known=(
            Known("medicare/*", "medicare/providers/assistant-not-incident-to", "not_covered", since="2020-01-01"),
        ),
    ),
    Defect(
        "supervisor-of-the-other-discipline",
        "an assistant under a therapist of the other discipline",
        plant=other_supervisor,
        assistant=True,
        known=(
            Known(
                "medicare/*", "medicare/providers/assistant-of-same-discipline", "not_covered", since="2020-01-01"
            ),
        ),
    ),
    Defect(
        "supervision-too-loose",
        "an assistant in private practice without the supervision of the year",
        plant=facts({"rendering.supervision": "none"}),
        assistant=True,
        known=(
            Known("medicare/*", "medicare/providers/supervision-private-practice", "not_covered", since="2020-01-01"),
        ),
    ),
    Defect(
        "supervision-of-2025-before-2025",
        "general supervision in private practice, which is enough only from 2025 on",
        plant=facts({"rendering.supervision": "general"}),
        assistant=True,
        known=(
            Known(
                "medicare/*", "medicare/providers/supervision-private-practice", "not_covered", since="2020-01-01",
                until="2024-12-31",
            ),
        ),
    ),
    Defect(
        "certifying-npi-missing",
        "the claim does not carry the NPI of the physician who certifies",
        plant=facts({"certifying.npi_on_claim": False}),
        known=(Known("medicare/*", "medicare/providers/certifying-npi", "not_covered"),),
    ),
    Defect(
        "evaluation-by-an-assistant",
        "an assistant furnished the evaluation",
        arrange=add_evaluation,
        plant=evaluated_by_assistant,
        codes=INITIAL,
        alone=True,
        assistant=False,
        known=(Known("uhc/commercial", "uhc/provider/no-evaluation-by-assistant", "not_covered"),),
    ),
    Defect(
        "therapist-in-the-hospital",
        "an independent therapist bills for a hospital's patient",
        plant=facts({"place_of_service": "22"}),
        known=(Known("medicare/*", "medicare/settings/independent-in-hospital", "not_covered"),),
    ),
    Defect(
        "stay-in-a-nursing-facility",
        "a Part B line during a covered stay in a skilled nursing facility",
        plant=facts({"patient.stay": "snf_part_a"}),
        known=(Known("medicare/*", "medicare/settings/snf-part-a", "not_covered"),),
    ),
    Defect(
        "resident-of-a-nursing-facility",
        "somebody else than the facility bills for its resident",
        plant=facts({"patient.stay": "snf_part_b"}),
        known=(Known("medicare/*", "medicare/settings/snf-part-b", "not_covered"),),
    ),
    Defect(
        "hospital-stay",
        "a therapist bills during a hospital stay",
        plant=facts({"patient.stay": "hospital_inpatient"}),
        known=(
            Known(
                "medicare/*", "medicare/settings/hospital-inpatient medicare/settings/independent-in-hospital",
                "not_covered",
            ),
        ),
    ),
    Defect(
        "home-health-episode",
        "somebody else than the agency bills during a home health episode",
        plant=facts({"patient.stay": "home_health"}),
        known=(Known("medicare/*", "medicare/settings/home-health", "not_covered"),),
    ),
    Defect(
        "wrong-bill-type",
        "a facility's claim with a bill type that is not of outpatient therapy",
        arrange=institutional,
        plant=facts({"bill_type": "111"}),
        alone=True,
        assistant=False,
        known=(Known("medicare/*", "medicare/settings/bill-type", "not_covered"),),
    ),
    Defect(
        "telehealth-too-early",
        "a therapist furnished telehealth before therapists could",
        plant=facts({"telehealth": True}),
        assistant=False,
        known=(
            Known(
                "medicare/*", "medicare/telehealth/therapists-as-telehealth-practitioners", "not_covered",
                until="2020-02-29",
            ),
        ),
    ),
    Defect(
        "telehealth-code-not-listed",
        "telehealth for a code that was not yet on the telehealth list",
        plant=facts({"telehealth": True}),
        codes=("97763",),
        assistant=False,
        known=(
            Known(
                "medicare/*", "medicare/telehealth/on-the-list", "conditional", since="2020-03-01", until="2022-12-31"
            ),
        ),
    ),
)  # fmt: skip
