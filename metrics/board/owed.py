"""Answers that are owed: messages and cases that are open, and how much is left of their limits, each on its own clock."""

from collections.abc import Iterable
from datetime import datetime

import polars as pl

from metrics.board.limits import OWED_SOON
from metrics.definitions.metric import Metric
from metrics.jobs.facts import with_wait
from metrics.jobs.timetable import Timetable

OWED = {
    "metric": pl.String(), "id": pl.String(), "patient_key": pl.String(), "site_id": pl.String(), "since": pl.Datetime("us"),
    "waited": pl.Int64(), "left": pl.Int64(), "over": pl.Boolean(), "soon": pl.Boolean(), "reason": pl.String(),
}  # fmt: skip


def owed(rows: pl.DataFrame, key: str, metrics: Iterable[Metric], calendar: Timetable, now: datetime) -> pl.DataFrame:
    """A row an open case and metric, columns as in OWED: the nearest to its limit, or the furthest past it, first; ties by id.

    rows: contacts or cases, key: their id. waited: ticks of the metric's clock (seconds, days) until `now` (UTC); left: what then
    is left of its limit, negative once it is over. On a day clock a case is over when its last day is, at the site's midnight.
    What happens after `now` has not happened: a case opened later is not there, an answer given later is not given. Where no
    calendar covers a case, nobody knows how long it waited on such a clock: it is left out.
    """
    at = pl.lit(now, pl.Datetime("us"))
    later = [pl.col(name) for name, kind in rows.schema.items() if isinstance(kind, pl.Datetime) and name != "recorded_at"]
    known = rows.filter(pl.col("opened_at") <= at).with_columns(pl.when(stamp <= at).then(stamp) for stamp in later)
    found = [of_metric(known, key, metric, calendar, now) for metric in metrics]
    return pl.concat([pl.DataFrame(schema=OWED), *found]).sort("left", "metric", "id")


def of_metric(known: pl.DataFrame, key: str, metric: Metric, calendar: Timetable, now: datetime) -> pl.DataFrame:
    timed = with_wait(known, metric, calendar, now)
    left = pl.lit(metric.within_ticks, pl.Int64) - pl.col(f"{metric.id}_wait")
    return timed.filter(pl.col(f"{metric.id}_end") == "open").select(
        pl.lit(metric.id).alias("metric"), pl.col(key).alias("id"), "patient_key", "site_id", since="opened_at",
        waited=pl.col(f"{metric.id}_wait").cast(pl.Int64), left=left, over=left < 0,
        soon=(left >= 0) & (left <= OWED_SOON[metric.clock]), reason=pl.lit(limit_words(metric)),
    )  # fmt: skip


def limit_words(metric: Metric) -> str:
    """'24 opening hours (Portal response time)': the limit on its clock, and whose it is."""
    length = metric.within_ticks
    title = metric.title.partition(" (")[0]
    if metric.clock in ("working_days", "calendar_days"):
        kind = "working day" if metric.clock == "working_days" else "day"
        return f"{length} {kind}{'' if length == 1 else 's'} ({title})"
    opening = "opening " if metric.clock == "business" else ""
    size, name = (3600, "hour") if length >= 7200 else (60, "minute")
    return f"{length // size} {opening}{name}{'' if length == size else 's'} ({title})"
