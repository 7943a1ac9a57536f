"""Run charts: whether a series hangs together in time more than chance allows, judged by its length (Anhøj)."""

import polars as pl

from metrics.signals import binomial
from metrics.signals.lines import GROUP, LINES, in_baseline
from metrics.signals.profile import Profile

FEW_CROSSINGS = 0.05
"""The chance that a random series crosses its centre no more often than the least number that is let pass."""


def with_limits(points: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """The points with `centre`, the median of the baseline; a run chart has no limits, so the other lines are null."""
    nothing = [pl.lit(None, pl.Float64).alias(name) for name in LINES if name != "centre"]
    return points.with_columns(in_baseline("value").median().over(GROUP).alias("centre"), *nothing)


def run_tests(points: pl.LazyFrame) -> pl.LazyFrame:
    """One row a series and segment: useful, longest_run, longest_allowed, crossings, fewest_allowed (u32|null) and runs_signal
    (bool).

    points: series, segment, value, centre, closed; in order of time. Useful points are closed, have a value and do not lie on the
    centre; a missing period or a point on the centre is passed over and breaks no run. A signal is a run longer than round(log2
    useful) + 3, or fewer crossings than the 5 % quantile of a fair coin thrown useful - 1 times (Anhøj and Olesen 2014; qicharts2
    0.8.1): unlike a rule of seven its false alarms do not grow with the length of the series. Without a useful point every figure
    is null and there is no signal.
    """
    useful = points.filter("closed", pl.col("value") != pl.col("centre")).select(
        *GROUP, (pl.col("value") > pl.col("centre")).alias("above")
    )
    turn = pl.any_horizontal(pl.col(name) != pl.col(name).shift(1) for name in (*GROUP, "above")).fill_null(True)
    runs = useful.with_columns(turn.cum_sum().alias("run")).group_by(*GROUP, "run").len()
    counted = runs.group_by(*GROUP).agg(
        pl.col("len").sum().alias("useful"), pl.col("len").max().alias("longest_run"), (pl.len() - 1).alias("crossings")
    )
    return (
        points.select(*GROUP)
        .unique()
        .join(counted, on=GROUP, how="left")
        .with_columns(_allowed())
        .with_columns(_signal())
        .sort(*GROUP)
    )


def _allowed() -> list[pl.Expr]:
    useful = pl.col("useful")
    fewest = binomial.quantile(FEW_CROSSINGS, useful.cast(pl.Int64) - 1, pl.lit(0.5))
    return [
        (useful.log(2).round() + 3).cast(pl.UInt32).alias("longest_allowed"),
        fewest.cast(pl.UInt32).alias("fewest_allowed"),
    ]


def _signal() -> pl.Expr:
    long = pl.col("longest_run") > pl.col("longest_allowed")
    return (long | (pl.col("crossings") < pl.col("fewest_allowed"))).fill_null(False).alias("runs_signal")
