"""The rows of the lake that the present is made of: those of the last days and those still open, never its two years."""

from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import polars as pl

from metrics import lake
from metrics.board.limits import USUAL_WEEKS
from metrics.events import TABLES
from metrics.lake import Head

TABLES_SHOWN = ("visits", "contacts", "appointments", "cases")
RECENT = timedelta(days=7)  # the present needs two days (FORGOTTEN); a week, to count the stamps that are missing
OPEN_FOR = {"contacts": timedelta(days=30), "cases": timedelta(days=365)}
"""How far back what is still open is looked for: longer than any limit of its metrics, and a year for a complaint."""


PAST = {
    "visits": ("arrived_at",), "contacts": ("queued_at", "channel"),
    "appointments": ("scheduled_start", "status", "arrived_at", "roomed_at", "seen_at"),
}  # fmt: skip
"""The columns, besides site_id, of which it is told what is usual."""


def window(today: int) -> tuple[datetime, datetime]:
    """The instants (UTC) between which a row's anchor is recent: RECENT before the day (UTC, its ordinal) and the day after."""
    midnight = datetime.fromordinal(today)
    return midnight - RECENT, midnight + timedelta(days=2)


def is_shown(table: str, today: int) -> pl.Expr:
    """Whether a row is recent, or still open and not too old."""
    first, last = window(today)
    anchor = pl.col(TABLES[table].anchor or "recorded_at")
    recent = (anchor >= first) & (anchor < last)
    if table not in OPEN_FOR:
        return recent
    unresolved = pl.col("resolved_at").is_null()
    unresolved = unresolved | (pl.col("reopened_at") >= pl.col("resolved_at")) if table == "cases" else unresolved
    is_open = unresolved & (anchor >= datetime.fromordinal(today) - OPEN_FOR[table]) & (anchor < last)
    return recent | (is_open & (pl.col("channel") != "phone") if table == "contacts" else is_open)


def recent(path: Path, at: Head, table: str, today: int) -> pl.DataFrame:
    """The rows of the table that `is_shown` at the head given; read again when the table has another version, or the next day."""
    version = at.versions.get(table)
    return nothing(table) if version is None else rows_at(path, table, version, today)


@lru_cache(maxsize=len(TABLES_SHOWN))  # as of a table that the lake has, the same frame as long as there is no other
def nothing(table: str) -> pl.DataFrame:
    return pl.DataFrame(schema=TABLES[table].schema)


@lru_cache(maxsize=2 * len(TABLES_SHOWN))  # the commit in force, and the one before it for a reader who has not moved on
def rows_at(path: Path, table: str, version: int, today: int) -> pl.DataFrame:
    first, last = window(today)
    earliest = min(first, datetime.fromordinal(today) - OPEN_FOR.get(table, RECENT))
    # A month is of the site's local date, which is within a day of UTC's.
    low, high = (pl.lit(f"{day:%Y-%m}") for day in (earliest - timedelta(days=1), last + timedelta(days=1)))
    rows = lake.scan(path, table, Head(versions={table: version})).filter(pl.col("month").is_between(low, high))
    return rows.filter(is_shown(table, today)).drop("month").collect()


@lru_cache(maxsize=2 * len(PAST))  # the past of one day is read once, whatever is committed: corrections of it count tomorrow
def past(path: Path, table: str, today: int) -> pl.DataFrame:
    """site_id and the columns of PAST, of the weeks in which the usual is looked for, up to the days that `recent` holds."""
    until, anchor = window(today)[0], pl.col(TABLES[table].anchor or "")
    first = datetime.fromordinal(today) - timedelta(weeks=USUAL_WEEKS, days=1)
    months = pl.col("month").is_between(pl.lit(f"{first - timedelta(days=1):%Y-%m}"), pl.lit(f"{until + timedelta(days=1):%Y-%m}"))
    rows = lake.standing(path, table).filter(months & (anchor >= first) & (anchor < until))
    return rows.select("site_id", *PAST[table]).collect()
