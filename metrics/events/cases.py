"""One piece of owed work: complaint, billing inquiry, prior authorisation, records request (FHIR Task)."""

from metrics.events.declaration import Column, EventTable, Rule, common_columns, error_column, in_order, record_columns

CASES = EventTable(
    name="cases",
    row="one piece of owed work",
    fhir="Task",
    key=("case_id",),
    anchor="opened_at",
    columns=(
        *common_columns("case_id", "case"),
        Column("kind", "text", "What is owed.", "code", required=True,
               values=("complaint", "billing", "prior_authorization", "records", "referral", "emergency_call", "other")),
        Column("urgency", "text", "How urgent it is.", "priority", values=("routine", "urgent", "emergency")),
        Column("opened_at", "instant", "Received.", "authoredOn", required=True),
        Column("acknowledged_at", "instant", "The person was told it was received.", "lastModified"),
        Column("resolved_at", "instant", "Answered or decided.", "executionPeriod.end"),
        Column("reopened_at", "instant", "Opened again after an answer.", ""),
        Column("extended", "flag", "A lawful extension was given.", ""),
        Column("outcome", "text", "How it ended.", "output"),
        error_column(),
        *record_columns(),
    ),
    own_rules=(
        *in_order("opened_at", "acknowledged_at"),
        *in_order("opened_at", "resolved_at"),
        Rule("reopened_after_resolved", "A case is reopened after it was first resolved.",
             "reopened_at < opened_at", "reopened_at"),
    ),
)  # fmt: skip
