"""Defects of the plan of care and of the record."""

from __future__ import annotations

from tests.defects.changes import DAY, START, add_evaluation, after, bill, facts, together
from tests.defects.model import INITIAL, Defect, Known

AETNA_COMMERCIAL = "aetna/commercial aetna/commercial-hmo"
LONG_AGO = facts({
    "episode.first_treatment_on": after(DAY, -120), "episode.evaluation_on": after(DAY, -120),
    "plan_of_care.established_on": after(DAY, -120), "plan_of_care.certified_on": after(DAY, -119),
    "plan_of_care.recertified": True, "plan_of_care.recertified_on": after(DAY, -30),
    "plan_of_care.ends_on": after(DAY, 30), "history.complete_since": after(DAY, -120),
})  # fmt: skip
"""An episode in its second interval, recertified."""

RECORDS = (
    Defect(
        "plan-of-care-missing",
        "no plan of care",
        plant=facts({"plan_of_care.present": False}),
        known=(
            Known("medicare/*", "medicare/plan-of-care/in-place", "not_covered"),
            Known("uhc/commercial", "uhc/records/plan-of-care", "documentation_needed"),
            Known("uhc/individual-exchange", "uhc/records-exchange/plan-of-care", "documentation_needed"),
            Known(
                AETNA_COMMERCIAL, "aetna/necessity/plan-of-care-on-file", "conditional", since="2025-06-17",
                disciplines=("PT",),
            ),
            Known("cigna/*", "cigna/necessity/goals-in-plan", "conditional", since="2021-01-01"),
        ),
    ),
    Defect(
        "plan-established-after-the-service",
        "the plan of care was established after the service",
        plant=facts({"plan_of_care.established_on": after(DAY, 1)}),
        known=(Known("medicare/*", "medicare/plan-of-care/in-place", "not_covered"),),
    ),
    Defect(
        "plan-of-care-unsigned",
        "nobody signed the plan of care",
        arrange=facts({"evaluation_date": after(DAY, 60)}),
        plant=facts({"plan_of_care.signed": False}),
        known=(
            Known("medicare/*", "medicare/plan-of-care/initial-certification", "documentation_needed"),
            Known("bcbs/alabama", "bcbs/records/alabama-signature", "documentation_needed"),
            Known(
                AETNA_COMMERCIAL, "aetna/necessity/plan-of-care-signed", "conditional", until="2025-06-16",
                disciplines=("PT",),
            ),
        ),
    ),
    Defect(
        "certified-late",
        "the plan was certified later than any way to certify it allows",
        arrange=facts({"evaluation_date": after(DAY, 60), "plan_of_care.order.present": False}),
        # Up to 44 days a verbal certification could still have come in time, and nobody can say that there was none.
        plant=facts({"plan_of_care.certified_on": after(START, 45)}),
        known=(Known("medicare/*", "medicare/plan-of-care/initial-certification", "documentation_needed"),),
    ),
    Defect(
        "certification-refused",
        "the physician refused to certify",
        plant=facts({"plan_of_care.signed": False, "plan_of_care.certification_refused": True}),
        known=(Known("medicare/*", "medicare/plan-of-care/initial-certification", "not_covered"),),
    ),
    Defect(
        "signer-may-not-certify",
        "a chiropractor or dentist certified the plan",
        plant=facts({"plan_of_care.certified_by": "chiropractor"}),
        known=(Known("medicare/*", "medicare/plan-of-care/signer", "not_covered"),),
    ),
    Defect(
        "recertification-missing",
        "a second interval of ninety days that nobody recertified",
        arrange=LONG_AGO,
        plant=facts({"plan_of_care.recertified": False}),
        known=(Known("medicare/*", "medicare/plan-of-care/recertification", "documentation_needed"),),
    ),
    Defect(
        "certification-expired",
        "the recertification is more than ninety days old",
        arrange=LONG_AGO,
        plant=facts({"plan_of_care.recertified_on": after(DAY, -91)}),
        known=(Known("medicare/*", "medicare/plan-of-care/recertification", "documentation_needed"),),
    ),
    Defect(
        "plan-ended",
        "the plan had ended and none followed it",
        arrange=LONG_AGO,
        plant=facts({"plan_of_care.recertified": False, "plan_of_care.ends_on": after(DAY, -1)}),
        known=(Known("medicare/*", "medicare/plan-of-care/recertification", "not_covered"),),
    ),
    Defect(
        "plan-without-duration",
        "the plan of care does not state how long",
        plant=facts({"plan_of_care.states_duration": False}),
        known=(
            Known("medicare/*", "medicare/plan-of-care/content", "documentation_needed"),
            Known("uhc/commercial", "uhc/records/plan-of-care", "documentation_needed"),
            Known("uhc/individual-exchange", "uhc/records-exchange/plan-of-care", "documentation_needed"),
        ),
    ),
    Defect(
        "plan-without-goals",
        "the plan of care states no long-term goals",
        plant=facts({"plan_of_care.states_long_term_goals": False}),
        known=(
            Known("medicare/*", "medicare/plan-of-care/content", "documentation_needed"),
            Known("uhc/commercial", "uhc/records/plan-of-care", "documentation_needed"),
            Known("uhc/individual-exchange", "uhc/records-exchange/plan-of-care", "documentation_needed"),
            Known("cigna/*", "cigna/necessity/goals-in-plan", "conditional", since="2021-01-01"),
        ),
    ),
    Defect(
        "plan-not-approved",
        "no physician or accepted provider approved the plan of care",
        arrange=facts({"payer_facts.bcbs.hcsc_approver_qualified": False}),
        plant=facts({"plan_of_care.approved_by": "chiropractor"}),
        known=(Known("bcbs/hcsc", "bcbs/necessity/hcsc-plan-approved", "conditional"),),
    ),
    Defect(
        "prescription-missing",
        "no prescription is on file",
        plant=facts({"coverages[0].referral.present": False}),
        known=(
            Known(
                AETNA_COMMERCIAL, "aetna/necessity/occupational-therapy-prescribed", "documentation_needed",
                since="2026-01-01", disciplines=("OT",),
            ),
            Known(
                AETNA_COMMERCIAL, "aetna/necessity/prescribed-by-allowed-profession", "conditional",
                until="2025-06-16", disciplines=("PT",), arrange=facts({"rendering.direct_access_state": False}),
            ),
            Known("bcbs/massachusetts", "bcbs/records/massachusetts-prescription", "conditional"),
        ),
    ),
    Defect(
        "work-not-recorded",
        "the note does not say what was made, adjusted or trained",
        plant=facts({"documentation.work_done": False}),
        known=(
            Known(
                "aetna/* bcbs/* cigna/* uhc/*", "therapy-common/records/orthotic-elements", "documentation_needed"
            ),
        ),
    ),
    Defect(
        "condition-not-recorded",
        "the note does not say in which condition the patient was",
        plant=facts({"documentation.patient_condition": False}),
        known=(
            Known(
                "aetna/* bcbs/* cigna/* uhc/*", "therapy-common/records/orthotic-elements", "documentation_needed"
            ),
        ),
    ),
    Defect(
        "response-not-recorded",
        "the note does not say how the patient responded",
        plant=facts({"documentation.response": False}),
        known=(
            Known(
                "aetna/* bcbs/* cigna/* uhc/medicare-advantage uhc/community-plan",
                "therapy-common/records/orthotic-elements", "documentation_needed",
            ),
            Known(
                "uhc/commercial", "therapy-common/records/orthotic-elements uhc/records/treatment-note",
                "documentation_needed", since="2024-08-01",
            ),
            Known(
                "uhc/individual-exchange",
                "therapy-common/records/orthotic-elements uhc/records-exchange/treatment-note",
                "documentation_needed", since="2024-08-01",
            ),
        ),
    ),
    Defect(
        "note-unsigned",
        "the treatment note is not signed",
        plant=facts({"documentation.note_signed": False}),
        known=(
            Known("medicare/*", "medicare/records/treatment-note", "documentation_needed"),
            Known("uhc/commercial", "uhc/records/treatment-note", "documentation_needed", since="2024-08-01"),
            Known(
                "uhc/individual-exchange", "uhc/records-exchange/treatment-note", "documentation_needed",
                since="2024-08-01",
            ),
        ),
    ),
    Defect(
        "session-length-missing",
        "the note says neither how long the session was nor when it began and ended",
        plant=facts({"documentation.total_treatment_minutes": False, "documentation.start_stop_times": False}),
        known=(
            Known("medicare/*", "medicare/records/treatment-note", "documentation_needed"),
            Known("uhc/commercial", "uhc/records/session-length", "documentation_needed"),
            Known("uhc/individual-exchange", "uhc/records-exchange/session-length", "documentation_needed"),
            Known("cigna/*", "cigna/necessity/total-minutes-in-note", "conditional", since="2021-01-01"),
        ),
    ),
    Defect(
        "more-timed-than-treated",
        "more timed minutes in the note than treatment time",
        plant=facts({"day.total_treatment_minutes": 5}),
        known=(Known("medicare/*", "medicare/records/timed-within-total", "documentation_needed"),),
    ),
    Defect(
        "times-of-codes-missing",
        "the note does not show time in and out for each code",
        plant=facts({"documentation.time_in_out_per_code": False}),
        known=(Known("bcbs/anthem", "bcbs/records/anthem-time-in-out", "conditional", since="2025-05-01"),),
    ),
    Defect(
        "training-minutes-missing",
        "beside a billed device the training minutes are not recorded apart",
        arrange=facts({"device.billed_here": True, "device.received_elsewhere": False}),
        plant=facts({"documentation.training_minutes": False}),
        codes=INITIAL,
        known=(
            Known("medicare/*", "therapy-common/units/training-only", "documentation_needed"),
            Known("aetna/* bcbs/* cigna/* uhc/*", "therapy-common/units/training-only", "conditional"),
        ),
    ),
    Defect(
        "not-apart-from-the-evaluation",
        "the record does not set the orthotic work apart from an evaluation of the day",
        arrange=together(bill(2), add_evaluation),
        plant=facts({"documentation.separate_from_evaluation": False}),
        codes=("97760",),
        alone=True,
        assistant=False,
        known=(
            Known("aetna/* bcbs/* cigna/* uhc/*", "therapy-common/pairs/evaluation-separate", "conditional"),
            Known("medicare/*", "therapy-common/pairs/evaluation-separate", "conditional", until="2024-09-30"),
        ),
    ),
    Defect(
        "progress-report-missing",
        "more than ten treatment days without a progress report",
        arrange=facts({"episode.treatment_days_since_report": 11}),
        plant=facts({"progress_report.present": False}),
        known=(Known("medicare/*", "medicare/records/progress-report", "documentation_needed"),),
    ),
    Defect(
        "progress-report-by-an-assistant",
        "the progress report was written by an assistant",
        arrange=facts({"episode.treatment_days_since_report": 11}),
        plant=facts({"progress_report.author": "physical_therapist_assistant"}),
        known=(Known("medicare/*", "medicare/records/progress-report", "documentation_needed"),),
    ),
    Defect(
        "evaluation-report-incomplete",
        "the evaluation report for a first authorization gives no prognosis",
        arrange=facts({"coverages[0].prior_authorization.required": True}),
        plant=facts({"documentation.evaluation_prognosis": False}),
        known=(
            Known("uhc/commercial", "uhc/records/evaluation-report", "documentation_needed"),
            Known("uhc/individual-exchange", "uhc/records-exchange/evaluation-report", "documentation_needed"),
        ),
    ),
    Defect(
        "assessment-form-not-sent",
        "beyond the first six visits the assessment form was not sent",
        arrange=facts({"episode.visit_number": 8}),
        plant=facts({"payer_facts.uhc.assessment_form_sent": False}),
        codes=INITIAL,
        known=(
            Known(
                "uhc/medicare-advantage", "uhc/authorization-medicare-advantage/clinical-records",
                "documentation_needed", since="2025-03-01",
            ),
        ),
    ),
    Defect(
        "summary-form-not-sent",
        "the patient summary form was not sent",
        plant=facts({"payer_facts.uhc.summary_form_sent": False}),
        known=(
            Known(
                "uhc/medicare-advantage", "uhc/authorization-medicare-advantage/patient-summary-form",
                "documentation_needed",
            ),
        ),
    ),
    Defect(
        "site-unexplained",
        "no reason for a hospital site is recorded",
        arrange=facts({"place_of_service": "22"}),
        plant=facts({"documentation.site_criteria": False}),
        known=(
            Known("cigna/commercial", "cigna/authorization/site-criterion", "documentation_needed", since="2025-10-01"),
        ),
    ),
)  # fmt: skip
