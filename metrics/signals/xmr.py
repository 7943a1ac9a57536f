"""XmR charts: individual values with limits from their moving ranges, as Making Data Count draws them."""

import polars as pl

from metrics.signals import sums
from metrics.signals.lines import GROUP, LIMIT, five_lines, in_baseline, with_mean_range
from metrics.signals.profile import Profile

RANGE_TO_LIMIT = 2.66
"""Mean moving ranges from the centre to a limit: 3 / 1.128 to two places, as NHSRplotthedots and Making Data Count have it. The
textbook's 2.6596 makes limits narrower by 1.7e-4 of their width."""


def with_limits(points: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """The points with the five lines: the baseline's mean ± 2.66 mean moving ranges (NHSRplotthedots 0.2.2, commit 050b07d).

    Near lines stand at two thirds of the way. Only the ranges are screened, not the mean. A moving range joins two neighbours in
    the baseline and spans no period without a value. Nothing holds the limits within 0 and 1. One point, or none with a neighbour,
    gives a centre without limits; a baseline that never moves gives limits on its centre (none where the profile leaves it
    undefined).
    """
    value = in_baseline("value")
    neighbours = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in GROUP)
    apart = pl.when(neighbours).then((value - value.shift(1)).abs())
    centred = with_mean_range(points, apart, profile).with_columns(mean(value).alias("centre"))
    centre = pl.col("centre")
    return centred.with_columns(five_lines(centre, centre, RANGE_TO_LIMIT / LIMIT * pl.col("mean_range"))).drop("mean_range")


def mean(value: pl.Expr) -> pl.Expr:
    """The mean over the segment; of equal values the value itself, which a rounded sum may miss and so put every point on one
    side."""
    least, most = value.min().over(GROUP), value.max().over(GROUP)
    return pl.when(least == most).then(least).otherwise(sums.mean(value).over(GROUP))
