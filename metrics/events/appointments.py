"""One booked appointment (FHIR Appointment)."""

from metrics.events.declaration import Column, EventTable, Rule, common_columns, in_order, record_columns

STATUSES = (
    "proposed", "pending", "booked", "arrived", "checked-in", "fulfilled", "cancelled", "noshow", "waitlist", "entered-in-error",
)  # fmt: skip

APPOINTMENTS = EventTable(
    name="appointments",
    row="one booked appointment",
    fhir="Appointment",
    key=("appointment_id",),
    anchor="scheduled_start",
    columns=(
        *common_columns("appointment_id", "appointment"),
        Column("provider_id", "text", "The clinician booked.", "participant.actor"),
        Column("visit_type", "text", "The kind of visit as the provider names it.", "appointmentType"),
        Column("is_new", "flag", "The patient's first visit to this service.", "appointmentType"),
        Column("modality", "text", "How patient and clinician meet.", "serviceCategory",
               values=("in_person", "video", "phone")),
        Column("booking_channel", "text", "How it was booked.", "", values=("portal", "phone", "desk", "referral", "other")),
        Column("requested_at", "instant", "When the patient or referrer first asked.", "basedOn.authoredOn"),
        Column("booked_at", "instant", "The first booking; a later move does not change it.", "created"),
        Column("scheduled_start", "instant", "When it is due to start.", "start", required=True),
        Column("scheduled_minutes", "integer", "Planned length.", "minutesDuration", unit="minutes"),
        Column("status", "text", "FHIR appointment status.", "status", required=True, values=STATUSES),
        Column("cancelled_at", "instant", "When it was cancelled.", "cancellationDate"),
        Column("cancelled_by", "text", "Who cancelled.", "cancellationReason", values=("patient", "provider", "other")),
        Column("reschedule_of", "text", "The appointment this one replaces.", "previousAppointment"),
        Column("reminder_sent_at", "instant", "The last reminder sent.", ""),
        Column("walk_in", "flag", "Came without a booking.", ""),
        Column("arrived_at", "instant", "The patient checked in.", "Encounter.statusHistory[arrived]"),
        Column("roomed_at", "instant", "The patient was put in a room.", "Encounter.location.period.start"),
        Column("seen_at", "instant", "The clinician entered (or the call began).", "Encounter.participant.period.start"),
        Column("ended_at", "instant", "The patient left.", "Encounter.period.end"),
        *record_columns(),
    ),
    own_rules=(
        *in_order("requested_at", "booked_at", "scheduled_start"),
        *in_order("arrived_at", "roomed_at", "seen_at", "ended_at"),
        Rule("minutes_positive", "scheduled_minutes is above 0.", "scheduled_minutes <= 0", "scheduled_minutes", "warn"),
        Rule("cancelled_has_time", "A cancelled appointment says when.", "status = 'cancelled' and cancelled_at is null",
             "cancelled_at", "warn"),
        Rule("noshow_not_seen", "A patient who did not come was not seen.", "status = 'noshow' and seen_at is not null", "status"),
        Rule("far_ahead", "Booked at most three years ahead.", "scheduled_start > booked_at + interval '1096 days'",
             "scheduled_start", "warn"),
    ),
    notes=("The lake keeps the current state; an edit in place keeps booked_at as the first booking.",),
)  # fmt: skip
