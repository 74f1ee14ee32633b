"""The plans and the days on which each can be answered in full, with what its clean encounters have of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ALL_CODES = ("97760", "97761", "97763")
UNIT_LIMIT = "therapy-common/units/unit-limit"


@dataclass(frozen=True)
class Life:
    """From when to when, for which codes and disciplines, a plan can say that nothing stands against a line.

    `facts` are set by full path. Other lines of the day can be known to do no harm through `beside_until`. `open` are
    the rules that no fact can close on these days, since a value is not published for them.
    """

    since: str
    until: str = "2026-12-31"
    codes: tuple[str, ...] = ALL_CODES
    disciplines: tuple[str, ...] = ("PT", "OT")
    beside_until: str = "2026-12-31"
    open: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def of(business: str, state: str, **facts: Any) -> dict[str, Any]:
    """What a plan's clean encounters say of the coverage: line of business, state, and further facts of it."""
    given = {"line_of_business": business, "state": state, **facts}
    return {f"coverages[0].{name}": value for name, value in given.items()}


# bcbs and uhc compare units with a limit that is known from 2024-07-01 on. The yearly visits of the federal plans are
# known for single years, the reviewed visits of Massachusetts from the day they were read. Vermont sends occupational
# therapists to a person. The code pairs of Medicare are known through 2024-09-30: later, another line may be one.
LIVES: dict[str, Life] = {
    "aetna/commercial": Life("2018-01-01", facts=of("commercial", "OH", product="ppo")),
    "aetna/commercial-hmo": Life("2018-01-01", facts=of("commercial", "OH", product="hmo")),
    "aetna/medicare-advantage": Life("2018-01-01", facts=of("medicare_advantage", "OH")),
    "bcbs/fep-standard": Life("2023-01-01", "2023-12-31", open=(UNIT_LIMIT,), facts=of("federal_employee", "OH")),
    "bcbs/fep-basic": Life("2023-01-01", "2023-12-31", open=(UNIT_LIMIT,), facts=of("federal_employee", "OH")),
    "bcbs/fep-blue-focus": Life("2024-07-01", "2025-12-31", facts=of("federal_employee", "OH")),
    "bcbs/anthem": Life("2024-07-01", facts=of("commercial", "OH")),
    "bcbs/highmark-pa": Life("2024-07-01", facts=of("commercial", "PA")),
    "bcbs/north-dakota": Life("2024-07-01", facts=of("commercial", "ND")),
    "bcbs/massachusetts": Life("2026-06-17", facts=of("commercial", "MA")),
    "bcbs/massachusetts-ma": Life("2026-06-17", facts=of("medicare_advantage", "MA", product="hmo")),
    "bcbs/premera": Life("2024-07-01", facts=of("commercial", "WA")),
    "bcbs/regence": Life("2024-07-01", facts=of("commercial", "OR")),
    "bcbs/north-carolina": Life("2024-07-01", facts=of("commercial", "NC")),
    "bcbs/horizon-nj": Life("2024-07-01", facts=of("commercial", "NJ")),
    "bcbs/michigan": Life("2024-07-01", facts=of("medicare_advantage", "MI", product="ppo")),
    "bcbs/hcsc": Life("2024-07-01", facts=of("commercial", "IL")),
    "bcbs/hcsc-il-medicaid": Life("2024-07-01", facts=of("medicaid", "IL")),
    "bcbs/alabama": Life("2024-07-01", facts=of("commercial", "AL")),
    "bcbs/vermont": Life("2024-07-01", disciplines=("PT",), facts=of("commercial", "VT")),
    "cigna/commercial": Life("2018-01-01", facts=of("commercial", "OH")),
    "cigna/individual": Life("2018-01-01", facts=of("individual_exchange", "OH")),
    "medicare/original-medicare": Life("2018-01-01", beside_until="2024-09-30", facts=of("original_medicare", "OH")),
    "uhc/commercial": Life("2024-07-01", facts=of("commercial", "OH")),
    "uhc/individual-exchange": Life("2024-07-01", facts=of("individual_exchange", "OH")),
    "uhc/medicare-advantage": Life("2024-09-01", facts=of("medicare_advantage", "OH")),
    "uhc/community-plan": Life("2024-07-01", facts=of("medicaid", "OH")),
}

PAYER_FACTS: dict[str, dict[str, Any]] = {
    "aetna": {"capitated": False, "state_qualified_prescriber": False},
    "bcbs": {
        "anthem_modifier_rule_in_force": True, "anthem_time_rule_in_force": True, "premera_group_plan": True,
        "horizon_state_health_benefits": False, "hcsc_approver_qualified": True, "performer_licensed": True,
        "patient_ambulatory": True, "static_orthosis": False, "contracture_not_fixed": True,
        "contracture_in_therapy": True, "goniometer_record": True,
    },
    "cigna": {"ash_market": True, "ash_contracted": True, "ash_review_after_visit": 5},
    "medicare": {},
    "uhc": {
        "rehabilitation_center": False, "gold_card": False, "arizona_california_plan": False,
        "clinically_reviewed": True, "assessment_form_sent": True, "optum_form_plan": True,
        "summary_form_sent": True, "state_rules_checked": True,
    },
}  # fmt: skip
"""What each payer alone asks for, answered so that nothing stands in the way."""
