"""One patient's strata; no name, no date of birth (FHIR Patient)."""

from metrics.events.declaration import Column, EventTable, record_columns

STRATA = ("age_band", "language", "interpreter", "deprivation", "payer")

PATIENTS = EventTable(
    name="patients",
    row="one patient's strata, no names",
    fhir="Patient",
    key=("patient_key",),
    anchor=None,
    columns=(
        Column("patient_key", "text", "Keyed hash of the patient's identifier, made at the door.", "identifier", required=True),
        Column("age_band", "text", "Age in bands.", "birthDate", values=("0-17", "18-34", "35-49", "50-64", "65-79", "80+")),
        Column("language", "text", "Preferred language, ISO 639-1.", "communication.language"),
        Column("interpreter", "flag", "Needs an interpreter.", "extension[interpreterRequired]"),
        Column("deprivation", "text", "Fifth of area deprivation, 1 the most deprived.", "address",
               values=("1", "2", "3", "4", "5")),
        Column("payer", "text", "Who pays.", "Coverage.type"),
        Column("deceased", "flag", "Known to have died.", "deceasedBoolean"),
        *record_columns(),
    ),
)  # fmt: skip
