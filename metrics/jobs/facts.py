"""Events with their clocks worked out: one fact for each event."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from metrics.clocks import with_clock, with_local_day
from metrics.definitions.derived import local_days
from metrics.definitions.metric import Metric
from metrics.definitions.polars_form import instant, predicate
from metrics.events import EventTable
from metrics.jobs.timetable import Timetable

UNASSIGNED = "unassigned"  # the service of an event that names none; null is kept for "all services"

ENDS = pl.Enum(["done", "left", "open"])


def facts(events: pl.DataFrame, table: EventTable, metrics: Sequence[Metric], calendar: Timetable, as_of: datetime) -> pl.DataFrame:
    """The events with `day` and, for each duration metric M, `M_wait` and `M_end`.

    events: the table's columns, metrics: those on the table. `day` is the local date of the anchor at the site. `M_wait` is whole
    seconds (or days, on a day clock) from start to stop; of a case that left, to when it left; of an open one,
    to `as_of`. `M_end` says which: done, left, open. Both are null outside `where`, without a start, and where
    the end lies before the start.
    """
    if table.anchor is None:
        return events
    frame = events.with_columns(pl.col("service_id").fill_null(UNASSIGNED))
    for day, of in local_days(table).items():
        frame = with_local_day(frame, of, day, calendar.sites, calendar.default_zone)
    for metric in metrics:
        if metric.kind == "duration" and not metric.is_tally:
            frame = with_wait(frame, metric, calendar, as_of)
    return frame


def with_wait(frame: pl.DataFrame, metric: Metric, calendar: Timetable, as_of: datetime) -> pl.DataFrame:
    """The frame with `<metric>_wait` and `<metric>_end` (see `facts`)."""
    assert metric.start is not None and metric.stop is not None
    wait, end = f"{metric.id}_wait", f"{metric.id}_end"
    stop = instant(metric.stop)
    left = instant(metric.censor) if metric.censor else pl.lit(None, pl.Datetime("us"))
    now = pl.lit(as_of, pl.Datetime("us"))
    how = pl.when(stop.is_not_null()).then(pl.lit("done")).when(left.is_not_null()).then(pl.lit("left")).otherwise(pl.lit("open"))
    timed = frame.with_columns(now.alias("as_of")).with_columns(
        pl.when(predicate(metric.where)).then(instant(metric.start)).alias("__start"),
        pl.coalesce(stop, left, now).alias("__finish"),
        how.cast(ENDS).alias(end),
    )
    forward = pl.when(pl.col("__finish") >= pl.col("__start"))
    timed = timed.with_columns(forward.then(pl.col("__start")).alias("__start"))
    timed = with_clock(timed, metric.clock, "__start", "__finish", wait, calendar.hours, calendar.days)
    return timed.with_columns(pl.when(pl.col(wait).is_not_null()).then(pl.col(end)).alias(end)).drop("__start", "__finish", "as_of")
