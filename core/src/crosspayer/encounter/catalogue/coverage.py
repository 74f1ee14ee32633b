"""Facts about the patient's insurance: plan, authorization, referral, benefit, contract."""

from __future__ import annotations

from crosspayer.encounter.catalogue.claim import PROFESSIONS, STATE
from crosspayer.encounter.fact import Ask, Fact, Type

B, F, C, P = Ask.BILLER, Ask.FRONT_DESK, Ask.CLINICIAN, Ask.PAYER
LINES_OF_BUSINESS = (
    "commercial", "individual_exchange", "medicare_advantage", "medicaid", "federal_employee",
    "original_medicare", "other",
)  # fmt: skip

FACTS = (
    Fact("coverage.payer", Type.TEXT, "id of the payer", F, x12="2010BB NM109", fhir="Coverage.payor"),
    Fact("coverage.plan", Type.TEXT, "id of the plan within the payer", F, fhir="Coverage.class"),
    Fact("coverage.order", Type.WORD, "order of payment", F, words=("primary", "secondary", "tertiary"), x12="SBR01", fhir="Coverage.order"),
    Fact("coverage.line_of_business", Type.WORD, "line of business", F, words=LINES_OF_BUSINESS, x12="SBR09, low confidence", fhir="Coverage.type"),
    Fact("coverage.product", Type.WORD, "product type", F, words=("hmo", "ppo", "pos", "epo", "indemnity", "other")),
    Fact("coverage.funding", Type.WORD, "who bears the risk", P, words=("fully_insured", "self_insured")),
    Fact("coverage.state", Type.CODE, "state whose contract or licensee covers the member", F, pattern=STATE),
    Fact("coverage.dual_special_needs", Type.BOOLEAN, "a dual-eligible special needs plan", F),
    Fact("coverage.group_retiree", Type.BOOLEAN, "a group retiree plan", F),
    Fact("coverage.host_plan", Type.TEXT, "plan that processes the claim for another plan", P),
    Fact("coverage.active", Type.BOOLEAN, "active on the day of service", F, fhir="Coverage.status"),
    Fact("coverage.network", Type.WORD, "the provider's standing in the plan's network", F, words=("in", "out"), holds_for="contract"),
    # --- prior authorization
    Fact("coverage.prior_authorization.present", Type.BOOLEAN, "an approval is on file for this service", B, x12="REF G1 is a number, not an approval", fhir="ClaimResponse.preAuthRef"),
    Fact("coverage.prior_authorization.required", Type.BOOLEAN, "the plan or contract asks for authorization", P, holds_for="contract"),
    Fact("coverage.prior_authorization.vendor", Type.TEXT, "who reviews", P, holds_for="contract"),
    Fact("coverage.prior_authorization.requested_on", Type.DATE, "day of the request", B),
    Fact("coverage.prior_authorization.approved_on", Type.DATE, "day of the approval", B),
    Fact("coverage.prior_authorization.from", Type.DATE, "first day approved", B, fhir="ClaimResponse.preAuthPeriod"),
    Fact("coverage.prior_authorization.to", Type.DATE, "last day approved", B, fhir="ClaimResponse.preAuthPeriod"),
    Fact("coverage.prior_authorization.units", Type.INTEGER, "units approved", B, unit="units", low=0, high=9999),
    Fact("coverage.prior_authorization.units_used", Type.INTEGER, "approved units used before this encounter", B, unit="units", low=0, high=9999),
    Fact("coverage.prior_authorization.visits", Type.INTEGER, "visits approved", B, unit="visits", low=0, high=9999),
    Fact("coverage.prior_authorization.site_of_care", Type.BOOLEAN, "the approval covers the site of care", B),
    Fact("coverage.device_authorization.present", Type.BOOLEAN, "an affirmed decision for the device itself is on file", B),
    Fact("coverage.notification.present", Type.BOOLEAN, "a notification of the start of care is on file", B),
    Fact("coverage.notification.sent_on", Type.DATE, "day the payer was notified of the start of care", B),
    Fact("coverage.notification.sent_by", Type.WORD, "who notified", B, words=("primary_care", "specialist", "therapist")),
    # --- referral
    Fact("coverage.referral.present", Type.BOOLEAN, "a referral or prescription is on file", F, x12="REF 9F", fhir="Claim.referral"),
    Fact("coverage.referral.by", Type.WORD, "profession of the prescriber", F, words=PROFESSIONS),
    Fact("coverage.referral.required", Type.BOOLEAN, "the plan asks for a referral", P, holds_for="contract"),
    # --- benefit
    Fact("coverage.benefit.has_visit_limit", Type.BOOLEAN, "the benefit limits the number of visits", P, holds_for="contract"),
    Fact("coverage.benefit.visits_within_limit", Type.BOOLEAN, "the visits used are within the benefit's limit, or it has none", P, derived=True),
    Fact("coverage.benefit.visit_limit", Type.INTEGER, "visits the benefit allows in its period", P, unit="visits", low=0, high=9999, fhir="CoverageEligibilityResponse benefit", holds_for="contract"),
    Fact("coverage.benefit.visits_used", Type.INTEGER, "visits of the limit used, this one included", P, unit="visits", low=0, high=9999),
    Fact("coverage.benefit.visits_used_combined", Type.INTEGER, "therapy visits of all disciplines this calendar year, this one included", P, unit="visits", low=0, high=9999),
    Fact("coverage.benefit.treatment_period_days", Type.INTEGER, "days of treatment the benefit allows per condition", P, unit="days", low=0, high=9999, holds_for="contract"),
    Fact("coverage.benefit.maintenance", Type.BOOLEAN, "the benefit includes maintenance therapy", P, holds_for="contract"),
    Fact("coverage.benefit.habilitative", Type.BOOLEAN, "the benefit includes habilitative services", P, holds_for="contract"),
    Fact("coverage.benefit.foot_orthotics", Type.BOOLEAN, "the benefit includes foot orthotics", P, holds_for="contract"),
    Fact("coverage.benefit.devices", Type.BOOLEAN, "the benefit includes braces and orthoses", P, holds_for="contract"),
    Fact("coverage.benefit.telehealth_orthotics", Type.BOOLEAN, "the plan confirms orthotic training by telehealth", P, holds_for="contract"),
    Fact("coverage.therapy_amount_ytd", Type.MONEY, "allowed therapy charges of the counter this year before this line", P, unit="USD", low=0, high=9_999_999),
    # --- contract and programme
    Fact("coverage.unit_method", Type.WORD, "how the contract counts timed minutes", P, words=("cms_total", "ama_midpoint"), holds_for="contract"),
    Fact("coverage.contract_unit_cap", Type.INTEGER, "timed units a day that the contract pays", P, unit="units", low=0, high=99, holds_for="contract"),
    Fact("coverage.assistant_rate", Type.INTEGER, "percent of the fee paid for an assistant's service", P, unit="percent", low=0, high=100, holds_for="contract"),
    Fact("coverage.cap_exception", Type.BOOLEAN, "the payer granted an exception to its unit cap", P, holds_for="contract"),
    # --- liability notice
    Fact("abn.present", Type.BOOLEAN, "an advance notice of non-coverage is on file, signed before the service", F),
    Fact("abn.kind", Type.WORD, "kind of notice", F, words=("mandatory", "voluntary")),
)  # fmt: skip
