"""Segments: what is known of each before its chart is drawn. One row a segment, so that it is worked out once and not at every
point."""

import polars as pl

from metrics.signals import autocorrelation, scale, sums
from metrics.signals.baselines import LEAST_BASELINE
from metrics.signals.lines import GROUP, in_baseline
from metrics.signals.profile import Profile


def segments_of(points: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """One row a (series, segment): points, missing, baseline_from, baseline_to, lag1, skewness, least, trial.

    points: closed periods with a value; missing: closed periods without; baseline_from and baseline_to: first and last day of the
    baseline. lag1 and skewness are of the baseline, null without one: a real change after it would itself be read as
    autocorrelation and mute the rule that finds it. least: the smallest baseline value. trial: too few closed points, or too few in
    the baseline, to judge.
    """
    has_value = pl.col("value").is_not_null()
    counted = points.group_by(GROUP).agg(
        (pl.col("closed") & has_value).sum().alias("points"), (pl.col("closed") & ~has_value).sum().alias("missing")
    )
    known = counted.join(_baselines(points), on=GROUP, how="left")
    short = pl.col("baseline_points").fill_null(0) < min(profile.least_points, LEAST_BASELINE)
    return known.with_columns(((pl.col("points") < profile.least_points) | short).alias("trial")).drop("baseline_points")


def _baselines(points: pl.LazyFrame) -> pl.LazyFrame:
    """What is known of the values that make each segment's limits; a segment without any has no row."""
    value, whole = pl.col("value"), in_baseline("value")
    neighbour = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in GROUP)
    before = pl.when(neighbour).then(whole.shift(1)).alias("before")
    held = points.select(*GROUP, "period_start", "period_end", "baseline", "value", before).filter("baseline")
    means = held.group_by(GROUP).agg(
        sums.mean(value).alias("mean"), value.min().alias("least"), value.max().alias("most"), pl.len().alias("baseline_points"),
        pl.col("period_start").min().alias("baseline_from"), pl.col("period_end").max().alias("baseline_to"),
    )  # fmt: skip
    moves = pl.when(pl.col("least") < pl.col("most"))
    apart = held.join(means, on=GROUP).select(
        *GROUP,
        moves.then(value - pl.col("mean")).alias("apart"),
        moves.then(pl.col("before") - pl.col("mean")).alias("apart_before"),
    )
    shapes = apart.group_by(GROUP).agg(
        scale.skewness(pl.col("apart")).alias("skewness"),
        autocorrelation.lag1(pl.col("apart"), pl.col("apart_before")).alias("lag1"),
    )  # fmt: skip
    return means.join(shapes, on=GROUP).drop("mean", "most")
