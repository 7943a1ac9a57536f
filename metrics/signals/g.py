"""g charts: opportunities between rare events (visits between two falls)."""

import polars as pl

from metrics.signals import sums
from metrics.signals.lines import GROUP, five_lines, in_baseline
from metrics.signals.profile import Profile


def with_limits(points: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """The points with the five lines: mean m of the numbers between, m ± 3 sqrt(m(m+1)), not below 0; the centre is their median.

    Geometric counts are skewed: a centre at the mean would see a shift where there is none (Benneyan; as qicharts2 0.8.1). value
    is the number of opportunities between one event and the next; a point is an event, not a period.
    """
    mean = pl.col("mean_between")
    middles = points.with_columns(
        sums.mean(in_baseline("value")).over(GROUP).alias("mean_between"), in_baseline("value").median().over(GROUP).alias("centre")
    )
    return middles.with_columns(five_lines(pl.col("centre"), mean, (mean * (mean + 1)).sqrt(), 0.0)).drop("mean_between")
