"""One unscheduled attendance: emergency department or walk-in (FHIR Encounter)."""

from metrics.events.declaration import Column, EventTable, Rule, common_columns, error_column, in_order, record_columns

DISPOSITIONS = (
    "discharged", "admitted", "transferred", "left_before_triage", "left_without_being_seen", "left_against_advice", "eloped",
    "died", "dead_on_arrival", "other",
)  # fmt: skip

VISITS = EventTable(
    name="visits",
    row="one unscheduled attendance (emergency department, walk-in)",
    fhir="Encounter",
    key=("visit_id",),
    anchor="arrived_at",
    columns=(
        *common_columns("visit_id", "attendance"),
        Column("arrival_mode", "text", "How the patient came.", "hospitalization.admitSource",
               values=("walk_in", "ambulance", "helicopter", "referred", "other", "unknown")),
        Column("acuity", "integer", "Triage category, 1 (most urgent) to 5.", "priority", unit="category"),
        Column("arrived_at", "instant", "Arrival was first recorded.", "period.start", required=True),
        Column("triaged_at", "instant", "Triage began.", "statusHistory[triaged]"),
        Column("roomed_at", "instant", "Placed in a treatment room.", "location.period.start"),
        Column("seen_at", "instant", "First contact with a clinician who can decide.", "participant.period.start"),
        Column("decision_at", "instant", "The earliest decision to admit.", "ServiceRequest.authoredOn"),
        Column("departed_at", "instant", "Left the department.", "period.end"),
        Column("disposition", "text", "How the attendance ended.", "hospitalization.dischargeDisposition", values=DISPOSITIONS),
        Column("observation_stay", "flag", "An observation stay.", "class"),
        Column("mental_health", "flag", "Principal diagnosis is mental health.", "reasonCode"),
        error_column(),
        *record_columns(),
    ),
    own_rules=(
        *in_order("arrived_at", "triaged_at", "departed_at"),
        *in_order("arrived_at", "roomed_at", "departed_at"),
        *in_order("arrived_at", "seen_at", "departed_at"),
        *in_order("arrived_at", "decision_at", "departed_at"),
        Rule("acuity_in_range", "acuity is 1 to 5.", "acuity < 1 or acuity > 5", "acuity"),
        Rule("left_unseen_not_seen", "A patient who left without being seen was not seen.",
             "disposition in ('left_before_triage', 'left_without_being_seen') and seen_at is not null", "disposition", "warn"),
        Rule("stay_under_30_days", "A stay is under 30 days.", "departed_at > arrived_at + interval '30 days'",
             "departed_at", "warn"),
    ),
)  # fmt: skip
