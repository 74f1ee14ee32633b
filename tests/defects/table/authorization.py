"""Defects of authorization, notification and the benefit."""

from __future__ import annotations

from tests.defects.changes import DAY, START, after, facts
from tests.defects.model import INITIAL, Defect, Known

NOT_APPROVED = facts({"coverages[0].prior_authorization.present": False})
AUTHORIZATION = (
    Defect(
        "authorization-missing",
        "no approval, where the plan's published programme asks for one",
        plant=NOT_APPROVED,
        known=(
            Known(
                "uhc/medicare-advantage", "uhc/authorization-medicare-advantage/prior-authorization", "auth_needed",
                codes=INITIAL,
            ),
            Known(
                "uhc/community-plan", "uhc/authorization-community-plan/new-york", "not_covered",
                arrange=facts({
                    "coverages[0].state": "NY", "coverages[0].prior_authorization.approved_on": after(DAY, -5),
                }),
            ),
            Known(
                "bcbs/north-carolina", "bcbs/authorization/north-carolina-carelon", "auth_needed", since="2024-12-01"
            ),
            Known(
                "bcbs/michigan", "bcbs/authorization/michigan-ppo", "auth_needed",
                arrange=facts({"patient.state": "MI"}),
            ),
            Known(
                "bcbs/hcsc-il-medicaid", "bcbs/authorization/illinois-medicaid-units", "auth_needed",
                since="2025-08-01",
            ),
            Known(
                "bcbs/massachusetts", "bcbs/visit-review/massachusetts-review", "auth_needed",
                arrange=facts({"episode.visits_by_discipline": 17}),
            ),
            Known(
                "bcbs/premera", "bcbs/visit-review/premera-review", "auth_needed",
                arrange=facts({"episode.visits_in_90_days": 7}),
            ),
            Known(
                "bcbs/regence", "bcbs/visit-review/regence-further-visits", "auth_needed",
                arrange=facts({"episode.visit_number": 7}),
            ),
            Known(
                "cigna/commercial", "cigna/authorization/site-of-care", "auth_needed", since="2025-10-01",
                arrange=facts({"place_of_service": "22"}),
            ),
            Known(
                "aetna/commercial aetna/commercial-hmo", "aetna/authorization/five-states", "auth_needed",
                since="2018-09-01", until="2022-12-31", arrange=facts({"coverages[0].state": "PA"}),
            ),
            Known(
                "aetna/medicare-advantage", "aetna/authorization/five-states-medicare", "auth_needed",
                since="2018-09-01", until="2022-12-31", arrange=facts({"coverages[0].state": "PA"}),
            ),
        ),
    ),
    Defect(
        "authorization-missing-before-the-visit",
        "the visit is booked without the approval that the plan asks for",
        arrange=facts({"stage": "schedule"}),
        plant=NOT_APPROVED,
        known=(
            Known(
                "uhc/medicare-advantage", "uhc/authorization-medicare-advantage/prior-authorization", "auth_needed",
                codes=INITIAL,
            ),
            # On a claim it is too late: not covered. Before the visit it can still be mended.
            Known(
                "uhc/community-plan", "uhc/authorization-community-plan/new-york", "auth_needed",
                arrange=facts({
                    "coverages[0].state": "NY", "coverages[0].prior_authorization.approved_on": after(DAY, -5),
                }),
            ),
            Known(
                "bcbs/north-carolina", "bcbs/authorization/north-carolina-carelon", "auth_needed", since="2024-12-01"
            ),
            Known(
                "bcbs/premera", "bcbs/visit-review/premera-review", "auth_needed",
                arrange=facts({"episode.visits_in_90_days": 7}),
            ),
            Known(
                "cigna/commercial", "cigna/authorization/site-of-care", "auth_needed", since="2025-10-01",
                arrange=facts({"place_of_service": "22"}),
            ),
        ),
    ),
    Defect(
        "authorization-missing-by-weak-source",
        "no approval, where only a weak source or the plan itself is known to ask for one",
        plant=NOT_APPROVED,
        known=(
            Known(
                "aetna/*", "aetna/authorization/plan-asks", "conditional",
                arrange=facts({"coverages[0].prior_authorization.required": True}),
            ),
            Known(
                "uhc/commercial uhc/individual-exchange", "uhc/authorization-by-plan/where-the-plan-asks",
                "conditional",
                arrange=facts({"coverages[0].prior_authorization.required": True}),
            ),
            Known(
                "cigna/*", "cigna/authorization/ash-review", "conditional",
                arrange=facts({"place_of_service": "11", "episode.visit_number": 6}),
            ),
            Known(
                "bcbs/michigan", "bcbs/authorization/michigan-hmo", "conditional",
                arrange=facts({"coverages[0].product": "hmo"}),
            ),
            Known(
                "bcbs/anthem", "bcbs/authorization/anthem-carelon", "conditional",
                arrange=facts({"coverages[0].state": "CO", "coverages[0].prior_authorization.required": True}),
            ),
        ),
    ),
    Defect(
        "programme-of-the-state",
        "no approval in a state with a therapy programme",
        arrange=facts({"coverages[0].state": "GA", "coverages[0].prior_authorization.required": True}),
        plant=NOT_APPROVED,
        known=(
            Known(
                "uhc/commercial",
                "uhc/authorization-by-plan/earlier-programme uhc/authorization-by-plan/where-the-plan-asks",
                "conditional",
            ),
        ),
    ),
    Defect(
        "approved-after-the-service",
        "the approval is of the day of service, not of a day before it",
        arrange=facts({
            "coverages[0].state": "NY", "coverages[0].prior_authorization.approved_on": after(DAY, -1),
        }),
        plant=facts({"coverages[0].prior_authorization.approved_on": after(DAY, 0)}),
        known=(Known("uhc/community-plan", "uhc/authorization-community-plan/new-york", "not_covered"),),
    ),
    Defect(
        "authorized-units-used-up",
        "more units than the authorization has left",
        plant=facts({"coverages[0].prior_authorization.units_used": 40}),
        known=(
            Known(
                "bcbs/hcsc-il-medicaid", "bcbs/authorization/illinois-medicaid-units", "auth_needed",
                since="2025-08-01",
            ),
        ),
    ),
    Defect(
        "site-not-authorized",
        "an approval that does not cover the hospital site",
        arrange=facts({"place_of_service": "22"}),
        plant=facts({"coverages[0].prior_authorization.site_of_care": False}),
        known=(Known("cigna/commercial", "cigna/authorization/site-of-care", "auth_needed", since="2025-10-01"),),
    ),
    Defect(
        "review-missing",
        "a visit beyond the first six on an approval without clinical review",
        arrange=facts({"episode.visit_number": 8}),
        plant=facts({"payer_facts.uhc.clinically_reviewed": False}),
        codes=INITIAL,
        known=(
            Known(
                "uhc/medicare-advantage", "uhc/authorization-medicare-advantage/clinical-review", "auth_needed",
                since="2025-03-01",
            ),
        ),
    ),
    Defect(
        "requested-late",
        "authorization requested more than ten business days after the evaluation",
        arrange=facts({
            "episode.evaluation_on": after(DAY, -30), "episode.first_treatment_on": after(DAY, -30),
            "coverages[0].prior_authorization.requested_on": after(DAY, -25),
        }),
        plant=facts({"coverages[0].prior_authorization.requested_on": after(DAY, -2)}),
        codes=INITIAL,
        known=(
            Known(
                "uhc/medicare-advantage", "uhc/authorization-medicare-advantage/request-window", "conditional",
                since="2025-03-01",
            ),
        ),
    ),
    Defect(
        "notification-missing",
        "the start of care was not notified",
        plant=facts({"coverages[0].notification.present": False}),
        known=(
            Known("bcbs/regence", "bcbs/visit-review/regence-notified-in-time", "auth_needed"),
            Known("bcbs/massachusetts-ma", "bcbs/visit-review/massachusetts-ma-notification", "auth_needed"),
        ),
    ),
    Defect(
        "notified-late",
        "the start of care was notified after its first week",
        plant=facts({"coverages[0].notification.sent_on": after(START, 8)}),
        known=(Known("bcbs/regence", "bcbs/visit-review/regence-notified-in-time", "auth_needed"),),
        arrange=facts({"received_date": after(DAY, 60)}),
    ),
    Defect(
        "claim-before-notification",
        "the claim arrived less than four days after the notification",
        plant=facts({"received_date": after("coverages[0].notification.sent_on", 3)}),
        known=(Known("bcbs/regence", "bcbs/visit-review/regence-claim-after-notification", "auth_needed"),),
    ),
    Defect(
        "notified-by-the-therapist",
        "the therapist notified an HMO that hears only primary care and specialists",
        plant=facts({"coverages[0].notification.sent_by": "therapist"}),
        known=(Known("bcbs/massachusetts-ma", "bcbs/visit-review/massachusetts-ma-notification", "auth_needed"),),
    ),
    Defect(
        "visit-limit-exceeded",
        "the visit lies beyond the benefit's limit",
        plant=facts({"coverages[0].benefit.visits_used": 61}),
        known=(
            Known("cigna/*", "cigna/benefit/visit-limit", "not_covered"),
            Known("bcbs/*", "bcbs/benefit/member-limit", "not_covered"),
            # No source says what happens beyond the limit, so the rule only speaks up.
            Known(
                "uhc/commercial uhc/individual-exchange uhc/community-plan", "uhc/benefit/visit-limit", "conditional"
            ),
        ),
    ),
    Defect(
        "yearly-visits-exceeded",
        "the year's visits of all disciplines exceed the option's limit",
        plant=facts({"coverages[0].benefit.visits_used_combined": 76}),
        known=(
            Known("bcbs/fep-standard", "bcbs/benefit/visits-standard", "not_covered"),
            Known("bcbs/fep-basic", "bcbs/benefit/visits-basic", "not_covered"),
            Known("bcbs/fep-blue-focus", "bcbs/benefit/visits-blue-focus", "not_covered"),
        ),
    ),
    Defect(
        "treatment-period-over",
        "the service comes after the period that the plan pays for one condition",
        plant=facts({"coverages[0].benefit.treatment_period_days": 1}),
        known=(Known("aetna/commercial-hmo", "aetna/benefit/treatment-period", "not_covered"),),
    ),
    Defect(
        "not-a-preferred-provider",
        "a provider out of the network of an option that pays preferred providers only",
        plant=facts({"coverages[0].network": "out"}),
        known=(Known("bcbs/fep-basic bcbs/fep-blue-focus", "bcbs/benefit/preferred-provider", "not_covered"),),
    ),
    Defect(
        "telehealth-not-confirmed",
        "orthotic training by telehealth that a self-insured plan does not confirm",
        arrange=facts({"coverages[0].funding": "self_insured", "place_of_service": "10", "telehealth": True}),
        plant=facts({"coverages[0].benefit.telehealth_orthotics": False}),
        known=(
            Known(
                "aetna/commercial aetna/commercial-hmo", "aetna/benefit/telehealth-confirmed", "conditional",
                since="2023-12-01",
            ),
        ),
    ),
)  # fmt: skip
