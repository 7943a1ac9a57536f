"""c charts: a count of rare and unrelated things in periods of like size."""

import polars as pl

from metrics.signals import sums
from metrics.signals.lines import GROUP, five_lines, in_baseline
from metrics.signals.profile import Profile


def with_limits(points: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """The points with the five lines: the mean count c ± 3 sqrt(c), not below 0 (Poisson; as qicharts2 0.8.1).

    A missing count is not a count of 0. Counts that come in bursts, or grow with activity, belong on xmr or u′.
    """
    centre = pl.col("centre")
    return points.with_columns(sums.mean(in_baseline("value")).over(GROUP).alias("centre")).with_columns(
        five_lines(centre, centre, centre.sqrt(), 0.0)
    )
