"""u charts: things counted against an amount of activity (complaints per 1,000 visits), with limits that follow the activity."""

import polars as pl

from metrics.signals.lines import cases, five_lines, pooled_share
from metrics.signals.profile import Profile


def with_limits(points: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """The points with the five lines: u ± 3 sqrt(u/n), not below 0, where u is all that was counted over all activity (as
    qicharts2 0.8.1).

    Wants numerator (what was counted) and denominator (the activity); value is their ratio. Nulls as in p.
    """
    n = cases()
    centre = pl.col("centre")
    return points.with_columns(pooled_share().alias("centre")).with_columns(five_lines(centre, centre, (centre / n).sqrt(), 0.0))
