"""What an event table is made of: columns, rules and the table that holds them.

A table is declared once. Validation, the lake's schema, the data dictionary and the checks on metric
definitions are all read off the declaration.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

Type = Literal["text", "instant", "date", "integer", "number", "flag"]

POLARS_TYPES: Mapping[Type, pl.DataType] = {
    "text": pl.String(),
    "instant": pl.Datetime("us"),  # UTC, without a zone: one meaning everywhere inside
    "date": pl.Date(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "flag": pl.Boolean(),
}


ENTERED_IN_ERROR = "entered_in_error"


@dataclass(frozen=True)
class Column:
    """One column of an event table.

    `required` rejects a row without it; `values` is the closed list of codes; `nullable_flag`-style defaults
    do not exist: a missing optional column is null.
    """

    name: str
    type: Type
    meaning: str
    fhir: str = ""
    unit: str = ""
    required: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A promise every row of a table keeps. `broken` is an SQL predicate, true for a row that breaks it.

    A predicate that is null (an instant is missing) does not break the rule. `column` is the one whose value
    is shown beside a reject. A `warn` rule keeps the row and counts it.
    """

    name: str
    sentence: str
    broken: str
    column: str
    severity: Literal["reject", "warn"] = "reject"


@dataclass(frozen=True)
class EventTable:
    """One event table: its key, the instant that dates a row, its columns and its own rules.

    `anchor` is the instant whose local date puts a row into a period (and the lake's month). It is None for
    a table without time (patients).
    """

    name: str
    row: str
    fhir: str
    key: tuple[str, ...]
    anchor: str | None
    columns: tuple[Column, ...]
    own_rules: tuple[Rule, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def column(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def schema(self) -> dict[str, pl.DataType]:
        return {column.name: POLARS_TYPES[column.type] for column in self.columns}

    @property
    def stands(self) -> pl.Expr:
        """Whether a row is of something that was; an appointment says it by its status, and each metric by that."""
        return ~pl.col(ENTERED_IN_ERROR).fill_null(False) if ENTERED_IN_ERROR in self.column else pl.lit(True)

    @property
    def instants(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.type == "instant")


def common_columns(key: str, what: str) -> tuple[Column, ...]:
    """The columns every dated event table carries first: its key, patient, site, service."""
    return (
        Column(key, "text", f"The source system's own id of the {what}.", "identifier", required=True),
        Column("patient_key", "text", "Keyed hash of the patient's identifier, made at the door.", "subject"),
        Column("site_id", "text", "The place, as listed in sites.csv.", "location", required=True),
        Column("service_id", "text", "The clinic, speciality, queue or department at the site.", "serviceType"),
    )


def error_column() -> Column:
    """The mark of a row without a status of its own that was taken back whole."""
    meaning = "Entered in error: it never was. The row is kept, since older news of it may still come, and counts nowhere."
    return Column(ENTERED_IN_ERROR, "flag", meaning, "status")


def record_columns() -> tuple[Column, ...]:
    """The columns every event table carries last: when and by whom the row was said."""
    return (
        Column("recorded_at", "instant", "When the source said so; the newest wins.", "meta.lastUpdated", required=True),
        Column("source", "text", "The mapping that read the row.", "meta.source", required=True),
    )


def in_order(*instants: str, severity: Literal["reject", "warn"] = "reject") -> tuple[Rule, ...]:
    """Rules that every pair of the instants, where both are present, stands in the order given (ties allowed)."""
    pairs = [(a, b) for i, a in enumerate(instants) for b in instants[i + 1 :]]
    return tuple(
        Rule(f"{later}_not_before_{earlier}", f"{later} is at or after {earlier}.", f"{later} < {earlier}", later, severity)
        for earlier, later in pairs
    )
