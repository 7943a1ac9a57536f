"""u′ charts: counts against activity, with limits widened to the spread there is (Laney)."""

import polars as pl

from metrics.signals.lines import cases, five_lines, pooled_share
from metrics.signals.p_prime import with_sigma_z
from metrics.signals.profile import Profile


def with_limits(points: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """The points with the five lines: u ± 3 sqrt(u/n) sigma_z, not below 0; sigma_z as in p_prime (as qicharts2 0.8.1)."""
    centre = pl.col("centre")
    sd = (centre / cases()).sqrt()
    spread = with_sigma_z(points.with_columns(pooled_share().alias("centre")), centre, sd, profile)
    return spread.with_columns(five_lines(centre, centre, sd * pl.col("sigma_z"), 0.0)).drop("sigma_z")
