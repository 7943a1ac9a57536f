"""Baselines: where a series is begun anew, and which of its points make the limits. People decide; the program moves nothing."""

import polars as pl

from metrics.signals.lines import GROUP
from metrics.signals.profile import Profile
from metrics.signals.season import BASELINE_DAYS

LEAST_BASELINE = 12
"""Points that a decided baseline must hold to be judged by: a year of months (the least that NHSRplotthedots lets limits be
fixed on)."""


def with_segments(points: pl.LazyFrame, baselines: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """The points with `segment` and the decision in force: decided_from, decided_to, baseline_by, baseline_reason.

    points: series, period_start, sorted by them. baselines: series, starts, baseline_from, baseline_to, reason, created_by,
    created_at. A segment holds the periods that start on or after `starts`. Of two decisions for one day the later made holds.
    Points before the first are segment 0, which nobody has decided; later segments are numbered from 1 in order of time. A profile
    that is "exact" ignores a start on which no period begins.
    """
    if profile.rebase == "exact":
        begun = points.select("series", pl.col("period_start").alias("starts")).unique()
        baselines = baselines.join(begun, on=["series", "starts"], how="semi")
    newest = baselines.sort("series", "starts", "created_at").unique(["series", "starts"], keep="last", maintain_order=True)
    decided = newest.select(
        "series", "starts", pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).over("series").alias("segment"),
        pl.col("baseline_from").alias("decided_from"), pl.col("baseline_to").alias("decided_to"),
        pl.col("created_by").alias("baseline_by"), pl.col("reason").alias("baseline_reason"),
    )  # fmt: skip
    joined = points.join_asof(
        decided,
        left_on="period_start",
        right_on="starts",
        by="series",
        strategy="backward",
        check_sortedness=False,
    )
    return joined.drop("starts", strict=False).with_columns(pl.col("segment").fill_null(0))


def undecided(points: pl.LazyFrame) -> pl.LazyFrame:
    """The points as `with_segments` gives them when nobody has decided anything: one segment, number 0."""
    nobody = {"decided_from": pl.Date, "decided_to": pl.Date, "baseline_by": pl.String, "baseline_reason": pl.String}
    nulls = [pl.lit(None, kind).alias(name) for name, kind in nobody.items()]
    return points.with_columns(pl.lit(0, pl.UInt32).alias("segment"), *nulls)


def with_baseline(points: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """The points with `baseline`: whether the point is one of those that make its segment's limits.

    A closed point with a value from decided_from to decided_to (both days included; of its own segment alone). Where no end is
    decided, the first `baseline_points` of them (all when the profile says None), so that limits stand still once there are enough;
    at daily grain BASELINE_DAYS.
    """
    start, first, last = pl.col("period_start"), pl.col("decided_from"), pl.col("decided_to")
    fit = pl.col("closed") & pl.col("value").is_not_null() & (start >= first).fill_null(True) & (start <= last).fill_null(True)
    if profile.baseline_points is None:
        return points.with_columns(fit.alias("baseline"))
    enough = pl.when(pl.col("daily")).then(max(BASELINE_DAYS, profile.baseline_points)).otherwise(profile.baseline_points)
    within = last.is_not_null() | (fit.cast(pl.UInt32).cum_sum().over(GROUP) <= enough)
    return points.with_columns((fit & within).alias("baseline"))
