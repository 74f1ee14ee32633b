"""Defects of purpose, progress and need."""

from __future__ import annotations

from tests.defects.changes import facts
from tests.defects.model import Defect, Known

AETNA_COMMERCIAL = "aetna/commercial aetna/commercial-hmo"
PT, OT = ("PT",), ("OT",)

NECESSITY = (
    Defect(
        "skill-not-recorded",
        "the record does not show why a therapist's skill was needed",
        plant=facts({"documentation.skilled_need": False}),
        known=(
            Known("medicare/*", "medicare/records/skilled-need", "documentation_needed"),
            Known(
                AETNA_COMMERCIAL, "aetna/necessity/skilled-need-documented", "conditional", since="2026-01-01",
                disciplines=PT,
            ),
        ),
    ),
    Defect(
        "nobody-can-learn",
        "the patient cannot learn and nobody else was trained",
        plant=facts({"documentation.learner": False}),
        known=(Known("medicare/*", "medicare/records/learner", "conditional"),),
    ),
    Defect(
        "maintenance",
        "the therapy only maintains, which the benefit leaves out",
        plant=facts({"episode.purpose": "maintenance"}),
        known=(
            Known(
                AETNA_COMMERCIAL, "aetna/necessity/excluded-purpose-pt", "not_covered", since="2026-01-01",
                disciplines=PT,
            ),
            Known(
                AETNA_COMMERCIAL, "aetna/necessity/excluded-purpose-by-digest", "conditional", since="2026-01-01",
                disciplines=OT,
            ),
            Known("uhc/commercial", "uhc/benefit/maintenance-benefit", "not_covered"),
            Known("bcbs/hcsc", "bcbs/necessity/hcsc-not-maintenance", "conditional"),
            Known(
                "bcbs/fep-standard", "bcbs/necessity/fep-purpose", "not_covered", since="2025-01-01",
                until="2025-12-31", open=("bcbs/benefit/visits-standard",),
            ),
            Known(
                "bcbs/fep-basic", "bcbs/necessity/fep-purpose", "not_covered", since="2025-01-01",
                until="2025-12-31", open=("bcbs/benefit/visits-basic",),
            ),
            Known("bcbs/fep-blue-focus", "bcbs/necessity/fep-purpose-blue-focus", "conditional", since="2025-01-01"),
        ),
    ),
    Defect(
        "educational-purpose",
        "the therapy serves education",
        plant=facts({"episode.purpose": "educational"}),
        known=(
            Known(
                AETNA_COMMERCIAL, "aetna/necessity/excluded-purpose-ot", "not_covered", since="2026-01-01",
                disciplines=OT,
            ),
            Known(
                AETNA_COMMERCIAL, "aetna/necessity/excluded-purpose-by-digest", "conditional", since="2026-01-01",
                disciplines=PT,
            ),
            Known("uhc/commercial", "uhc/benefit/excluded-purpose", "conditional"),
        ),
    ),
    Defect(
        "plateau",
        "the patient no longer improves",
        plant=facts({"episode.progress": "plateau"}),
        known=(
            Known(
                AETNA_COMMERCIAL, "aetna/necessity/plateau-ot", "not_covered", since="2026-01-01", disciplines=OT
            ),
            Known(
                AETNA_COMMERCIAL, "aetna/necessity/progress-continues", "conditional", since="2026-01-01",
                disciplines=PT,
            ),
        ),
    ),
    Defect(
        "improvement-too-far-away",
        "improvement is expected in two months",
        plant=facts({"episode.improvement_expected_days": 60}),
        known=(
            Known(
                AETNA_COMMERCIAL, "aetna/necessity/improvement-within-a-month", "conditional", since="2026-01-01",
                disciplines=PT,
            ),
        ),
    ),
    Defect(
        "no-durable-improvement",
        "the record expects no durable improvement",
        plant=facts({"documentation.durable_improvement": False}),
        known=(Known("bcbs/hcsc", "bcbs/necessity/hcsc-durable-improvement", "conditional"),),
    ),
    Defect(
        "impairment-outside-the-policy",
        "occupational therapy for an impairment that the policy does not list",
        plant=facts({"episode.impairment_area": "other"}),
        known=(
            Known(
                "cigna/*", "cigna/necessity/impairment-area-ot", "conditional", since="2023-09-15", disciplines=OT
            ),
        ),
    ),
    Defect(
        "group-session",
        "the service was furnished to a group",
        plant=facts({"group_session": True}),
        known=(Known("bcbs/hcsc", "bcbs/necessity/hcsc-individual", "conditional"),),
    ),
)  # fmt: skip
