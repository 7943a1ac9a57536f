"""One survey item, answered or not (FHIR QuestionnaireResponse)."""

from metrics.events.declaration import Column, EventTable, Rule, common_columns, error_column, in_order, record_columns

SURVEYS = EventTable(
    name="surveys",
    row="one answered (or unanswered) item",
    fhir="QuestionnaireResponse",
    key=("survey_id", "item"),
    anchor="sent_at",
    columns=(
        *common_columns("survey_id", "survey"),
        Column("instrument", "text", "Which questionnaire.", "questionnaire", required=True),
        Column("item", "text", "Which question.", "item.linkId", required=True),
        Column("touchpoint", "text", "What the patient had been through.", "encounter"),
        Column("sent_at", "instant", "The survey was sent.", "authored", required=True),
        Column("responded_at", "instant", "It was answered.", "authored"),
        Column("score", "number", "The answer as a number.", "item.answer"),
        Column("score_min", "number", "The scale's lowest score.", ""),
        Column("score_max", "number", "The scale's highest score.", ""),
        error_column(),
        *record_columns(),
    ),
    own_rules=(
        *in_order("sent_at", "responded_at"),
        Rule("score_in_scale", "score is within its scale.", "score < score_min or score > score_max", "score"),
    ),
)  # fmt: skip
