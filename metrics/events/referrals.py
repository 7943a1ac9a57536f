"""One referral pathway (FHIR ServiceRequest)."""

from metrics.events.declaration import Column, EventTable, common_columns, error_column, in_order, record_columns

REFERRALS = EventTable(
    name="referrals",
    row="one pathway",
    fhir="ServiceRequest",
    key=("referral_id",),
    anchor="sent_at",
    columns=(
        *common_columns("referral_id", "referral"),
        Column("sent_at", "instant", "The referrer sent it.", "authoredOn", required=True),
        Column("received_at", "instant", "It arrived.", ""),
        Column("accepted_at", "instant", "The service accepted it.", ""),
        Column("scheduled_at", "instant", "The first appointment was booked.", "Appointment.created"),
        Column("seen_at", "instant", "The patient was first seen.", "Encounter.participant.period.start"),
        Column("note_returned_at", "instant", "The referrer got the specialist's note.", ""),
        Column("clock_start_at", "instant", "The waiting-time clock started.", ""),
        Column("clock_stop_at", "instant", "The waiting-time clock stopped.", ""),
        Column("closed_at", "instant", "The pathway was closed.", ""),
        Column("close_reason", "text", "Why it was closed.", "statusReason",
               values=("treated", "discharged", "declined", "did_not_attend", "died", "rejected", "out_of_network", "other")),
        Column("in_network", "flag", "Stayed inside the provider's network.", ""),
        error_column(),
        *record_columns(),
    ),
    own_rules=(
        *in_order("sent_at", "received_at", "accepted_at", "scheduled_at"),
        *in_order("sent_at", "seen_at", "note_returned_at"),
        *in_order("clock_start_at", "clock_stop_at"),
        *in_order("sent_at", "closed_at"),
    ),
)  # fmt: skip
