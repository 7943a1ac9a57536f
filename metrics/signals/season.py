"""Season: the weekday's effect on daily figures. Mondays are not news; a Monday unlike other Mondays is."""

import polars as pl

from metrics.signals import sums
from metrics.signals.lines import GROUP, LINES, in_baseline

BASELINE_DAYS = 56
"""Days that make the limits of a daily series while nobody has decided: eight of each weekday. From 24 days a weekday's own mean
would rest on three."""

LEAST_OF_A_WEEKDAY = 3
"""Values of a weekday in the baseline under which its effect is taken to be nothing."""


def without_weekday(points: pl.LazyFrame, any_daily: bool) -> pl.LazyFrame:
    """The points with the weekday's `effect` (f64, 0 where `daily` is false) taken off the value, and the value as it was in
    `seen`.

    effect: the weekday's mean in the segment's baseline less the mean of all. A weekday with fewer than LEAST_OF_A_WEEKDAY baseline
    values has none. Additive: a share near 0 or 1 may leave that range, its limits with it. The counts of a share are left as they
    are, so that limits made of them keep the weekday's spread. any_daily: false spares the search.
    """
    kept = points.with_columns(pl.col("value").alias("seen"))
    if not any_daily:
        return kept.with_columns(pl.lit(0.0).alias("effect"))
    value, weekday = in_baseline("value"), pl.col("period_start").dt.weekday()
    own = sums.mean(value).over(*GROUP, weekday)
    counted = value.count().over(*GROUP, weekday) >= LEAST_OF_A_WEEKDAY
    effect = pl.when(pl.col("daily") & counted).then(own - sums.mean(value).over(GROUP)).otherwise(0.0).fill_null(0.0)
    return kept.with_columns(effect.alias("effect")).with_columns((pl.col("value") - pl.col("effect")).alias("value"))


def with_weekday(points: pl.LazyFrame) -> pl.LazyFrame:
    """The judged points as they were seen: the value as observed, and the lines moved by the weekday's effect."""
    moved = [(pl.col(line) + pl.col("effect")).alias(line) for line in LINES]
    return points.with_columns(pl.col("seen").alias("value"), *moved).drop("seen", "effect")
