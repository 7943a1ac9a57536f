"""I′ charts: individual values, each weighted by its denominator."""

from math import pi, sqrt

import polars as pl

from metrics.signals.lines import before, cases, five_lines, in_baseline, pooled_share, with_mean_range
from metrics.signals.profile import Profile

RANGE_TO_SD = sqrt(pi / 2)
"""A standard deviation in mean absolute differences, each over sqrt(1/n + 1/n before): E|d| = sd sqrt(2/pi)."""


def with_limits(points: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """The points with the five lines: the pooled ratio ± 3 s / sqrt(n), s from moving ranges that know both denominators.

    The normalised I′ chart of qicharts2 0.8.1 (Taylor 2017). Nothing is assumed of the ratio, so nothing holds the limits within
    0 and 1.
    """
    n = cases()
    rated = points.with_columns((in_baseline("numerator") / n).alias("rate"), pooled_share().alias("centre"))
    weight = pl.when(pl.col("rate").is_not_null()).then(1 / n)
    step = (pl.col("rate") - before(pl.col("rate"), profile)).abs() / (weight + before(weight, profile)).sqrt()
    ranged = with_mean_range(rated, step, profile)
    centre = pl.col("centre")
    return ranged.with_columns(five_lines(centre, centre, RANGE_TO_SD * pl.col("mean_range") / n.sqrt())).drop("rate", "mean_range")
