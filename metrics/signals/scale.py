"""Scale: limits of skewed waits are worked out on logarithms and turned back."""

import polars as pl

from metrics.signals import sums, xmr
from metrics.signals.lines import LINES
from metrics.signals.profile import Profile

SKEWED = 1.0
"""Skewness of a baseline above which its logarithms are charted: twice its standard error at 24 points of a normal series (0.47).
A lognormal wait (sigma 0.6) on a straight scale flags 6.6 % of newest points that are nothing, a normal one 2.0 %."""


def skewness(apart: pl.Expr) -> pl.Expr:
    """Skewness (population form, g1) of values given by their distances from their mean; null where they do not move."""
    most = apart.abs().max()
    spread = sums.mean((apart / most) ** 2)
    return pl.when(most > 0).then(sums.mean((apart / most) ** 3) / (spread * spread.sqrt()))


def with_log_limits(points: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """The points with the five lines of an XmR chart of their logarithms, turned back: the centre is the geometric mean.

    Lines are not symmetric and never below 0. Rules read the same on both scales. Values of 0 and less have no logarithm: they are
    in no limit; they lie below the lower one.
    """
    logged = pl.when(pl.col("value") > 0).then(pl.col("value").log())
    drawn = xmr.with_limits(points.with_columns(pl.col("value").alias("straight"), logged.alias("value")), profile)
    back = [pl.col(line).exp().alias(line) for line in LINES]
    return drawn.with_columns(pl.col("straight").alias("value"), *back).drop("straight")
