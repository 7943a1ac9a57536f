"""One conversation by any channel (FHIR Communication)."""

from metrics.events.declaration import Column, EventTable, Rule, common_columns, error_column, in_order, record_columns

CONTACTS = EventTable(
    name="contacts",
    row="one conversation",
    fhir="Communication",
    key=("contact_id",),
    anchor="opened_at",
    columns=(
        *common_columns("contact_id", "conversation"),
        Column("channel", "text", "How the patient spoke to us.", "medium", required=True,
               values=("phone", "portal", "email", "chat", "bot", "sms", "in_person")),
        Column("queue_id", "text", "The queue or pool it waited in.", "recipient"),
        Column("topic", "text", "What it was about.", "topic"),
        Column("opened_at", "instant", "The patient's first word or ring.", "sent", required=True),
        Column("queued_at", "instant", "Entered the queue, after any recorded menu.", ""),
        Column("answered_at", "instant", "First answer by a person (automatic replies do not count).", "inResponseTo.sent"),
        Column("abandoned_at", "instant", "The patient gave up.", ""),
        Column("resolved_at", "instant", "The matter was closed.", ""),
        Column("handled_by", "text", "Who handled it.", "sender"),
        Column("handed_off_at", "instant", "A bot handed over to a person.", ""),
        Column("transferred", "flag", "Passed on to another queue.", ""),
        Column("reply_needed", "flag", "The message asks for a reply.", ""),
        Column("callback_requested_at", "instant", "The patient asked to be called back.", ""),
        Column("callback_at", "instant", "The call back was made.", ""),
        error_column(),
        *record_columns(),
    ),
    own_rules=(
        *in_order("opened_at", "queued_at", "answered_at"),
        *in_order("opened_at", "abandoned_at"),
        *in_order("opened_at", "resolved_at"),
        *in_order("callback_requested_at", "callback_at"),
        Rule("answered_or_abandoned", "A conversation was answered or abandoned, not both.",
             "answered_at is not null and abandoned_at is not null", "abandoned_at"),
    ),
)  # fmt: skip
