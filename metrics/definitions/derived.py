"""Columns that facts have besides the event table's own, so that a definition may use them.

`day`          the local date of the table's anchor at the row's site (every dated table).
`as_of`        the instant the figures are true for, the same on every row. Not stored: the jobs add it as a
               constant column, the SQL form reads it from `generation`. A rate that waits for its cases to
               mature needs it.
`booked_day`   the local date of `booked_at` at the row's site.
`next_visit_at`  when the patient's next attended appointment starts, strictly later than this one, at any site;
               on attended (fulfilled) rows with a patient; null elsewhere.
`next_contact_at`  when the patient next made contact about the same topic, strictly later, by any channel; on contacts with
               a patient and a topic; null elsewhere.
`repeated`     another of these rows of the same patient (and topic) is at the very same instant and has a greater key: of
               several at one instant one is not repeated, so that whoever counts patients counts each once.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from metrics.events import TABLES, Column, EventTable
from metrics.events.declaration import POLARS_TYPES

AS_OF = Column("as_of", "instant", "The instant the figures are true for.")
REPEATED = Column("repeated", "flag", "The patient has another such row at the same instant, with a greater key.")


@dataclass(frozen=True)
class Following:
    """How the next row of the same patient is found: among which rows, alike in what, by which instant; and what it is called."""

    column: str
    meaning: str
    key: str
    at: str
    same: tuple[str, ...]
    among: str = "true"  # a predicate


FOLLOWING: Mapping[str, Following] = {
    "appointments": Following(
        "next_visit_at", "When the patient's next attended appointment starts, at any site.",
        "appointment_id", "scheduled_start", ("patient_key",), "status = 'fulfilled'",
    ),
    "contacts": Following(
        "next_contact_at", "When the patient next made contact about the same topic, by any channel.",
        "contact_id", "opened_at", ("patient_key", "topic"),
    ),
}  # fmt: skip

# derived local dates by table: the new column and the instant whose date it is, besides `day` of the anchor
LOCAL_DAYS: Mapping[str, Mapping[str, str]] = {"appointments": {"booked_day": "booked_at"}}


def local_days(table: EventTable) -> dict[str, str]:
    """Derived date column -> the instant whose local date it is, `day` of the anchor first; empty without an anchor."""
    anchor = {"day": table.anchor} if table.anchor else {}
    return anchor | dict(LOCAL_DAYS.get(table.name, {}))


def derived_columns(table: EventTable) -> tuple[Column, ...]:
    """The columns a definition on the table may use besides the table's own."""
    days = tuple(Column(name, "date", f"The local date of {instant} at the site.") for name, instant in local_days(table).items())
    return (*days, *following_columns(table.name), AS_OF) if table.anchor else ()


def following_columns(table: str) -> tuple[Column, ...]:
    """The columns that look across a patient's rows, where the table has them."""
    following = FOLLOWING.get(table)
    return (Column(following.column, "instant", following.meaning), REPEATED) if following else ()


def usable_columns(table: EventTable) -> dict[str, Column]:
    """Every column a definition on the table may name."""
    return table.column | {column.name: column for column in derived_columns(table)}


def usable_schema(table: str) -> dict[str, pl.DataType]:
    """Name -> Polars type of every column a definition on the table may name. KeyError for an unknown table."""
    return {name: POLARS_TYPES[column.type] for name, column in usable_columns(TABLES[table]).items()}
