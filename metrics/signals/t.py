"""t charts: time between rare events (days between two serious incidents)."""

import polars as pl

from metrics.signals import sums
from metrics.signals.lines import D2, GROUP, LINES, before, five_lines, in_baseline, with_mean_range
from metrics.signals.profile import Profile

POWER = 3.6
"""Times between events, to the power 1/3.6, are nearly normal (Nelson 1994)."""


def with_limits(points: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """The points with the five lines: an individuals chart of value^(1/3.6), turned back to the unit of the value (as qicharts2
    0.8.1).

    value: time since the event before, not negative. A lower line that would be negative is 0.
    """
    eased = points.with_columns((in_baseline("value") ** (1 / POWER)).alias("eased"))
    centred = eased.with_columns(sums.mean(pl.col("eased")).over(GROUP).alias("centre"))
    ranged = with_mean_range(centred, (pl.col("eased") - before(pl.col("eased"), profile)).abs(), profile)
    centre = pl.col("centre")
    lined = ranged.with_columns(five_lines(centre, centre, pl.col("mean_range") / D2, 0.0)).drop("eased", "mean_range")
    return lined.with_columns(pl.col(*LINES) ** POWER)
