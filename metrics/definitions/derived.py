"""Columns that facts have besides the event table's own, so that a definition may use them.

`day`          the local date of the table's anchor at the row's site (every dated table).
`as_of`        the instant the figures are true for, the same on every row. Not stored: the jobs add it as a
               constant column, the SQL form reads it from `generation`. A rate that waits for its cases to
               mature needs it.
`booked_day`   the local date of `booked_at` at the row's site.
`next_visit_at`  when the patient's next attended appointment starts, strictly later than this one, at any site;
               on attended (fulfilled) rows with a patient; null elsewhere.
"""

from collections.abc import Mapping

import polars as pl

from metrics.events import TABLES, Column, EventTable
from metrics.events.declaration import POLARS_TYPES

AS_OF = Column("as_of", "instant", "The instant the figures are true for.")
NEXT_VISIT = Column("next_visit_at", "instant", "When the patient's next attended appointment starts, at any site.")

# derived local dates by table: the new column and the instant whose date it is, besides `day` of the anchor
LOCAL_DAYS: Mapping[str, Mapping[str, str]] = {"appointments": {"booked_day": "booked_at"}}


def local_days(table: EventTable) -> dict[str, str]:
    """Derived date column -> the instant whose local date it is, `day` of the anchor first; empty without an anchor."""
    anchor = {"day": table.anchor} if table.anchor else {}
    return anchor | dict(LOCAL_DAYS.get(table.name, {}))


def derived_columns(table: EventTable) -> tuple[Column, ...]:
    """The columns a definition on the table may use besides the table's own."""
    days = tuple(Column(name, "date", f"The local date of {instant} at the site.") for name, instant in local_days(table).items())
    following = (NEXT_VISIT,) if table.name == "appointments" else ()
    return (*days, *following, AS_OF) if table.anchor else ()


def usable_columns(table: EventTable) -> dict[str, Column]:
    """Every column a definition on the table may name."""
    return table.column | {column.name: column for column in derived_columns(table)}


def usable_schema(table: str) -> dict[str, pl.DataType]:
    """Name -> Polars type of every column a definition on the table may name. KeyError for an unknown table."""
    return {name: POLARS_TYPES[column.type] for name, column in usable_columns(TABLES[table]).items()}
