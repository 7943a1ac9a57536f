"""One bookable slot as seen at one census (FHIR Slot)."""

from metrics.events.declaration import Column, EventTable, Rule, common_columns, in_order, record_columns

SLOTS = EventTable(
    name="slots",
    row="one slot as seen at one census",
    fhir="Slot",
    key=("slot_id", "snapshot_at"),
    anchor="snapshot_at",
    columns=(
        *(column for column in common_columns("slot_id", "slot") if column.name != "patient_key"),
        Column("provider_id", "text", "Whose time it is.", "schedule.actor"),
        Column("visit_type", "text", "The kind of visit it is for.", "appointmentType"),
        Column("start_at", "instant", "Starts.", "start", required=True),
        Column("end_at", "instant", "Ends.", "end"),
        Column("status", "text", "free, busy, or held back.", "status", required=True, values=("free", "busy", "held")),
        Column("snapshot_at", "instant", "When the schedule was looked at.", "Bundle.timestamp", required=True),
        *record_columns(),
    ),
    own_rules=(
        *in_order("start_at", "end_at"),
        Rule("slot_under_a_day", "A slot is at most a day long.", "end_at > start_at + interval '1 day'", "end_at", "warn"),
    ),
)  # fmt: skip
