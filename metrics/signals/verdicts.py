"""Verdicts: the two answers of a chart. Is the series changing (variation)? Will it meet its target if nothing changes
(assurance)?"""

import polars as pl

from metrics.signals.lines import GROUP
from metrics.signals.profile import Profile

NOT_ASSESSED = "not_assessed"

LAST_POINTS = 6
"""Newest points that must all meet, or all miss, the target under assurance by the last six (Making Data Count's Excel tool,
2020)."""


def better_of(statistic: pl.Expr, better: pl.Expr) -> pl.Expr:
    """Which way is better for the statistic: of a wait that should be lower, the share within its limit should be higher."""
    other = pl.when(better == "lower").then(pl.lit("higher")).when(better == "higher").then(pl.lit("lower")).otherwise(better)
    return pl.when(statistic.is_in(("within", "km_within"))).then(other).otherwise(better)


def variation(point_type: pl.Expr, way: pl.Expr) -> pl.Expr:
    """The icon of the newest point and of no other: common_cause, (improvement|concern|neutral)_(high|low), not_assessed for a
    null.

    high: the point is flagged above or rising; low: below or falling.
    """
    end = pl.when(way > 0).then(pl.lit("_high")).otherwise(pl.lit("_low"))
    flagged = pl.when(point_type.is_in(["improvement", "concern"])).then(point_type + end).otherwise(point_type)
    return flagged.fill_null(NOT_ASSESSED)


def assurance(profile: Profile) -> pl.Expr:
    """consistent_pass, consistent_fail or inconsistent (hit or miss); none without a target or where neither way is better;
    not_assessed on a trial and where the chart has no limits.

    by limits: both limits on the good side of the target pass, both on the bad side fail, and the target on a limit is hit or miss;
    but limits that coincide (a series that never moves) pass on the target too. Where the profile leaves such limits undefined they
    are hit or miss, as NHSRplotthedots says. by last6: `meets` and `misses` (see last_six). Wants lower, upper, target, better and
    trial.
    """
    missing = pl.col("target").is_null() | (pl.col("better") == "neither").fill_null(True)
    by_points = [pl.col(name) >= LAST_POINTS for name in ("meets", "misses")]
    passes, fails = _by_limits() if profile.assurance == "limits" else by_points
    unknown = pl.col("trial").fill_null(True)
    if profile.assurance == "limits" and profile.constant == "mean":
        unknown = unknown | pl.col("lower").is_null() | pl.col("upper").is_null()
    surely = pl.when(passes).then(pl.lit("consistent_pass")).when(fails).then(pl.lit("consistent_fail"))
    told = surely.otherwise(pl.lit("inconsistent"))
    return pl.when(missing).then(pl.lit("none")).when(unknown).then(pl.lit(NOT_ASSESSED)).otherwise(told)


def last_six() -> list[pl.Expr]:
    """`meets` and `misses`: how many of the point and the five before it in its segment meet their target, and how many miss it.

    A value on the target meets it. A period without a value or a target does neither, and nor does one that is not closed.
    """
    value, target, better = pl.col("value"), pl.col("target"), pl.col("better")
    good = pl.when(better == "higher").then(value >= target).when(better == "lower").then(value <= target)
    counted = {"meets": good & pl.col("closed"), "misses": ~good & pl.col("closed")}
    return [
        pl.sum_horizontal(held.shift(at).over(GROUP).fill_null(False) for at in range(LAST_POINTS)).alias(name)
        for name, held in counted.items()
    ]


def _by_limits() -> tuple[pl.Expr, pl.Expr]:
    """Whether the chart will always pass, and whether it will always fail."""
    target, upper, lower, higher = pl.col("target"), pl.col("upper"), pl.col("lower"), pl.col("better") == "higher"
    above, below = target > upper, target < lower
    on_it = (upper == lower) & (target == upper)
    return pl.when(higher).then(below).otherwise(above) | on_it, pl.when(higher).then(above).otherwise(below)
