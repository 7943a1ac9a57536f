"""p′ charts: shares whose denominators are uneven or large, with limits widened to the spread there is (Laney)."""

import polars as pl

from metrics.signals.lines import D2, before, cases, five_lines, in_baseline, pooled_share, with_mean_range
from metrics.signals.profile import Profile


def with_limits(points: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """The points with the five lines: p ± 3 sqrt(p(1-p)/n) sigma_z within 0 and 1.

    sigma_z is the screened mean moving range of the baseline's z-scores over 1.128: 1 when the share varies as a coin would
    (Laney 2002, as qicharts2 0.8.1). A baseline that is all 0 or all 1 has limits on its centre; one of fewer than two neighbours
    has none.
    """
    centre = pl.col("centre")
    spread = with_sigma_z(points.with_columns(pooled_share().alias("centre")), centre, chance_sd(centre), profile)
    return spread.with_columns(five_lines(centre, centre, chance_sd(centre) * pl.col("sigma_z"), 0.0, 1.0)).drop("sigma_z")


def chance_sd(share: pl.Expr) -> pl.Expr:
    """The binomial standard deviation of a share at the period's denominator; null without cases."""
    return (share * (1 - share) / cases()).sqrt()


def with_sigma_z(points: pl.LazyFrame, centre: pl.Expr, sd: pl.Expr, profile: Profile) -> pl.LazyFrame:
    """The points with `sigma_z` (f64|null): how many times wider than `sd` the baseline's ratios lie around the centre, by moving
    ranges.

    Where sd is 0 every score is 0, so that a series at 100 % has limits. Fewer than two neighbours in the baseline give null.
    """
    ratio = in_baseline("numerator") / cases()
    z = pl.when(sd > 0).then((ratio - centre) / sd).when(ratio.is_not_null()).then(0.0)
    scored = points.with_columns(z.alias("z"))
    ranged = with_mean_range(scored, (pl.col("z") - before(pl.col("z"), profile)).abs(), profile)
    return ranged.with_columns((pl.col("mean_range") / D2).alias("sigma_z")).drop("z", "mean_range")
