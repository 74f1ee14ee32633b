"""Facts about the claim, its providers and its service lines."""

from __future__ import annotations

from crosspayer.encounter.fact import Ask, Fact, Type

B, F, C, P = Ask.BILLER, Ask.FRONT_DESK, Ask.CLINICIAN, Ask.PAYER
DISCIPLINES = ("PT", "OT", "SLP")
PROFESSIONS = (
    "physical_therapist", "occupational_therapist", "speech_language_pathologist",
    "physical_therapist_assistant", "occupational_therapist_assistant",
    "physician", "nurse_practitioner", "clinical_nurse_specialist", "physician_assistant",
    "podiatrist", "optometrist", "dentist", "chiropractor", "naturopath", "orthotist", "prosthetist",
    "athletic_trainer", "massage_therapist", "kinesiotherapist", "aide", "student", "other",
)  # fmt: skip
SETTINGS = (
    "private_practice", "physician_office", "hospital_outpatient", "snf_part_b", "home_health",
    "rehabilitation_agency", "corf", "critical_access_hospital",
)  # fmt: skip
STATE = r"^[A-Z]{2}$"
TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"

FACTS = (
    # --- the encounter
    Fact("stage", Type.WORD, "how far the encounter has come", B, words=("order", "schedule", "pre_claim", "claim", "appeal"), x12="claim", fhir="Claim.use or the hook's name"),
    Fact("claim_type", Type.WORD, "kind of claim form", B, words=("professional", "institutional"), x12="ST03", fhir="Claim.type"),
    Fact("frequency", Type.WORD, "first submission or a later one", B, words=("original", "replacement", "void"), x12="CLM05-3", fhir="Claim.related.relationship"),
    Fact("evaluation_date", Type.DATE, "day as of which the encounter is judged", B),
    Fact("received_date", Type.DATE, "day the payer received the claim", P),
    Fact("bill_type", Type.CODE, "type of bill of an institutional claim", B, pattern=r"^[0-9]{2,3}[0-9X]?$", x12="CLM05-1 and -3", fhir="Claim.subType"),
    Fact("place_of_service", Type.CODE, "place of service code", B, pattern=r"^[0-9]{2}$", x12="CLM05-1", fhir="Claim.facility"),
    Fact("setting", Type.WORD, "kind of organization that furnishes the therapy", B, words=SETTINGS, holds_for="practice"),
    Fact("contractor", Type.CODE, "claims contractor whose local rules apply", B, holds_for="practice"),
    Fact("telehealth", Type.BOOLEAN, "furnished by telehealth", C, x12="place of service 02 or 10, modifier 95", fhir="Encounter.class"),
    Fact("telehealth_mode", Type.WORD, "how the patient was reached", C, words=("audio_video", "audio_only")),
    Fact("group_session", Type.BOOLEAN, "furnished to a group", C),
    Fact("student_involved", Type.BOOLEAN, "a student took part", C),
    Fact("same_encounter_rehabilitation", Type.BOOLEAN, "cardiac or pulmonary rehabilitation in the same encounter", C),
    Fact("coverages_complete", Type.BOOLEAN, "the list of coverages holds every insurance of the patient", F),
    Fact("diagnosis_codes", Type.CODES, "all diagnosis codes of the encounter", B, derived=True, x12="HI", fhir="Claim.diagnosis"),
    # --- the patient
    Fact("patient.age", Type.INTEGER, "age at the day of service", F, unit="years", low=0, high=130, x12="DMG02", fhir="Patient.birthDate"),
    Fact("patient.sex", Type.WORD, "administrative sex", F, words=("female", "male", "other", "unknown"), x12="DMG03", fhir="Patient.gender"),
    Fact("patient.state", Type.CODE, "state of residence", F, pattern=STATE, x12="2010BA N402", fhir="Patient.address.state"),
    Fact("patient.stay", Type.WORD, "stay or episode the day of service falls into", F, words=("none", "snf_part_a", "snf_part_b", "hospital_inpatient", "home_health")),
    # --- providers
    Fact("rendering.npi", Type.TEXT, "NPI of the rendering provider", B, x12="2310B NM109", fhir="Claim.careTeam.provider"),
    Fact("rendering.taxonomy", Type.CODE, "taxonomy of the rendering provider", B, x12="2310B PRV03", fhir="careTeam.qualification", holds_for="provider"),
    Fact("rendering.specialty", Type.CODE, "specialty code of the rendering provider", B, holds_for="provider"),
    Fact("rendering.discipline", Type.WORD, "discipline under which the service is furnished", B, words=DISCIPLINES, x12="from the taxonomy"),
    Fact("rendering.profession", Type.WORD, "profession of the person who furnished the service", B, words=PROFESSIONS),
    Fact("rendering.by_assistant", Type.BOOLEAN, "an assistant furnished the service in whole or in part", C, x12="modifiers CQ and CO, where present"),
    Fact("rendering.incident_to", Type.BOOLEAN, "billed as incident to a physician's service", B),
    Fact("rendering.supervision", Type.WORD, "supervision of the assistant", C, words=("none", "general", "direct", "personal")),
    Fact("rendering.supervisor_discipline", Type.WORD, "discipline of the assistant's supervisor", C, words=DISCIPLINES),
    Fact("rendering.credentialed", Type.BOOLEAN, "credentialed with the payer", B, holds_for="contract"),
    Fact("rendering.direct_access_state", Type.BOOLEAN, "the state lets the therapist treat without a prescription", B, holds_for="practice"),
    Fact("billing.npi", Type.TEXT, "NPI of the billing provider", B, x12="2010AA NM109", fhir="Claim.provider"),
    Fact("billing.state", Type.CODE, "state of the billing provider", B, pattern=STATE, x12="2010AA N402", holds_for="practice"),
    Fact("billing.kind", Type.WORD, "who bills", B, words=("therapist", "physician", "hospital", "snf", "home_health_agency", "rehabilitation_agency", "corf", "other"), holds_for="practice"),
    Fact("referring.npi", Type.TEXT, "NPI of the referring provider", B, x12="2310A NM109", fhir="Claim.referral"),
    Fact("certifying.npi_on_claim", Type.BOOLEAN, "the claim carries the NPI of the certifying physician or practitioner", B),
    # --- the judged line
    Fact("line.number", Type.INTEGER, "number of the line", B, low=1, high=999, x12="LX01", fhir="Claim.item.sequence"),
    Fact("line.code", Type.CODE, "procedure code", B, pattern=r"^[A-Z0-9]{5}$", x12="SV101-2", fhir="item.productOrService"),
    Fact("line.service_date", Type.DATE, "day of service", B, x12="DTP 472", fhir="item.serviced"),
    Fact("line.modifiers", Type.CODES, "modifiers in their order", B, pattern=r"^[A-Z0-9]{2}$", x12="SV101-3 to -6", fhir="item.modifier"),
    Fact("line.units", Type.INTEGER, "units billed", B, unit="units", low=0, high=999, x12="SV104", fhir="item.quantity"),
    Fact("line.charge", Type.MONEY, "amount charged", B, unit="USD", low=0, high=9_999_999, x12="SV102", fhir="item.net"),
    Fact("line.allowed_amount", Type.MONEY, "amount the payer allows for the line", B, unit="USD", low=0, high=9_999_999, fhir="ClaimResponse.item.adjudication"),
    Fact("line.revenue_code", Type.CODE, "revenue code of an institutional line", B, pattern=r"^[0-9]{4}$", x12="SV201", fhir="item.revenue"),
    Fact("line.place_of_service", Type.CODE, "place of service of the line", B, pattern=r"^[0-9]{2}$", x12="SV105", fhir="item.location", falls_back_to="place_of_service"),
    Fact("line.rendering.npi", Type.TEXT, "NPI of the line's rendering provider", B, x12="2420A NM109", falls_back_to="rendering.npi"),
    Fact("line.rendering.specialty", Type.CODE, "specialty code of the line's rendering provider", B, falls_back_to="rendering.specialty"),
    Fact("line.rendering.discipline", Type.WORD, "discipline of the line's rendering provider", B, words=DISCIPLINES, falls_back_to="rendering.discipline"),
    Fact("line.rendering.profession", Type.WORD, "profession of the person who furnished the line", B, words=PROFESSIONS, falls_back_to="rendering.profession"),
    Fact("line.diagnosis_codes", Type.CODES, "diagnosis codes the line points to", B, x12="SV107", fhir="item.diagnosisSequence"),
    Fact("line.minutes", Type.INTEGER, "direct one-on-one minutes recorded for this code", C, unit="minutes", low=0, high=1440),
    Fact("line.therapist_minutes", Type.INTEGER, "of these, furnished by the therapist (jointly with an assistant included)", C, unit="minutes", low=0, high=1440),
    Fact("line.assistant_minutes", Type.INTEGER, "of these, furnished by an assistant alone", C, unit="minutes", low=0, high=1440),
    Fact("line.aide_minutes", Type.INTEGER, "of the recorded minutes, furnished by an aide", C, unit="minutes", low=0, high=1440),
    Fact("line.setup_minutes", Type.INTEGER, "of the recorded minutes, set-up, rest, waiting or documentation", C, unit="minutes", low=0, high=1440),
    Fact("line.training_minutes", Type.INTEGER, "of the recorded minutes, training in the use of the device", C, unit="minutes", low=0, high=1440),
    Fact("line.one_on_one", Type.BOOLEAN, "direct one-on-one contact throughout", C),
    Fact("line.starts_at", Type.TIME, "time of day the service began", C, pattern=TIME),
    Fact("line.ends_at", Type.TIME, "time of day the service ended", C, pattern=TIME),
    Fact("line.body_region", Type.WORD, "region treated", C, words=("upper_extremity", "lower_extremity", "trunk", "head_neck"), fhir="item.bodySite"),
    Fact("line.side", Type.WORD, "side treated", C, words=("left", "right", "both"), x12="modifiers LT and RT"),
    Fact("line.device_id", Type.TEXT, "the practice's own key for the device", C),
    Fact("line.separate_service_documented", Type.BOOLEAN, "the record shows a reason for billing it beside another service", C),
    # --- derived from the line
    Fact("line.discipline", Type.WORD, "discipline by the line's GP, GO or GN modifier, else of the rendering provider", B, words=DISCIPLINES, derived=True),
    Fact("line.countable_minutes", Type.INTEGER, "minutes of the code that count towards units", C, unit="minutes", low=0, derived=True),
    Fact("line.units_supported", Type.INTEGER, "most units a correct allocation of the day's minutes gives this code", C, unit="units", low=0, derived=True),
    Fact("line.units_least", Type.INTEGER, "fewest units a correct allocation of the day's minutes gives this code", C, unit="units", low=0, derived=True),
    Fact("line.units_ceiling", Type.INTEGER, "units the code's own minutes can ever carry: full quarters of an hour and one more, none without minutes", C, unit="units", low=0, derived=True),
    Fact("line.unit_methods_agree", Type.BOOLEAN, "counting by the day's total and by each code's midpoint support the billed units alike", C, derived=True),
    Fact("line.assistant_units", Type.INTEGER, "units of the code that must carry the assistant modifier", C, unit="units", low=0, derived=True),
    # --- the day
    Fact("day.lines_complete", Type.BOOLEAN, "the lines listed are all services of the day", B),
    Fact("day.total_timed_minutes", Type.INTEGER, "total timed-code minutes written in the treatment note", C, unit="minutes", low=0, high=1440),
    Fact("day.total_treatment_minutes", Type.INTEGER, "total treatment minutes written in the note, timed and untimed", C, unit="minutes", low=0, high=1440),
    Fact("day.timed_minutes", Type.INTEGER, "countable timed minutes of the day", C, unit="minutes", low=0, derived=True),
    Fact("day.timed_units", Type.INTEGER, "timed units billed on the day", B, unit="units", low=0, derived=True),
    Fact("day.units_supported", Type.INTEGER, "units the day's timed minutes support", C, unit="units", low=0, derived=True),
)  # fmt: skip
