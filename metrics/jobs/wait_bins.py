"""Completed waits in bins of a minute, an hour, a day: the table that any slice of a wait is re-added from."""

import polars as pl

from metrics.jobs.value_counts import value_counts

MINUTE, HOUR, DAY = 60, 3600, 86_400  # seconds
BIN_FROM = ((DAY, MINUTE), (25 * DAY, HOUR))  # up to 24 hours: a minute; up to 25 days: an hour; beyond: a day


def upper_edge_minutes(seconds: pl.Expr) -> pl.Expr:
    """The bin's upper edge in minutes: the wait rounded up to a whole minute, hour (after a day) or day (after 25).

    Rounding up keeps "within X minutes" exact for every whole X: a wait of exactly X is inside. 0 stays 0.
    """
    (fine_until, fine), (coarse_until, coarse) = BIN_FROM
    edge = (
        pl.when(seconds <= fine_until).then(_rounded_up(seconds, fine))
        .when(seconds <= coarse_until).then(_rounded_up(seconds, coarse))
        .otherwise(_rounded_up(seconds, DAY))
    )  # fmt: skip
    return (edge // MINUTE).cast(pl.Int32)


def _rounded_up(seconds: pl.Expr, step: int) -> pl.Expr:
    return (seconds + (step - 1)) // step * step


def wait_bins(waits: pl.DataFrame, seconds_per_unit: int | pl.Expr) -> pl.DataFrame:
    """place, period (day), wait[, count] -> place, period, bin, n. A day clock's waits count days of 1,440 minutes.

    seconds_per_unit: of all rows, or an expression over them that is the same all through a place.
    """
    edges = waits.with_columns(upper_edge_minutes(pl.col("wait") * seconds_per_unit).alias("wait"))
    return value_counts(edges).select("place", "period", pl.col("wait").cast(pl.Int32).alias("bin"), pl.col("count").alias("n"))
