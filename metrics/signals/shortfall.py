"""How far each period falls short of its target, in standard deviations of chance: what CUSUM and EWMA add up."""

import polars as pl

from metrics.signals import scale, sums
from metrics.signals.charts import WAITS
from metrics.signals.lines import D2, GROUP, before, in_baseline, pooled_share, with_mean_range
from metrics.signals.p_prime import chance_sd, with_sigma_z
from metrics.signals.profile import Profile

WORSE = {"higher": -1.0, "lower": 1.0}
"""Which way is worse, by which way is better."""


WIDER = 1.2
"""sigma_z up to which a share is held to vary as chance does. From 24 periods it is 1.0 ± 0.16 when that is so: taking every
excess for real would widen a fair half of all charts, and find a fall from 95 to 92 % at n = 150 a week later."""


APART = (1, 2, 3)
"""Periods between the two values of a range. Where each week leans on the one before, neighbours are alike and their ranges small;
the largest of the three means sees how far the level wanders."""

SPARE = 1.15
"""What is added to a spread that 24 periods estimate to one part in six. One too small cries wolf: with AR(1) of 0.3 and k = 0.6,
h = 4.25 it takes false alarms from 0.7 to 0.3 % of weeks on target (without APART 1.4 %), and finds a change a week later."""


def with_shortfall(points: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """The points with `shortfall` (f64|null): (value - target) / sd, above 0 on the worse side of the target, below 0 on the
    better.

    points: the form of a chart with target (f64|null, in force that period), better ("higher"|"lower"|"neither", of the figure)
    and statistic. sd: of a share (it has a denominator) the binomial one at the target and the period's n, times sigma_z where
    the baseline spreads wider than chance alone would; of anything else the baseline's mean range over 1.128, the largest of
    APART and SPARE more, of logarithms where a wait's chart is of logarithms. Null for an open or missing period, without a
    target or a direction, with fewer than two neighbours in the baseline of a wait, and where nothing can vary (sd 0: a share
    whose target is 0 or 100 %).
    """
    way = pl.col("better").replace_strict(WORSE, default=None, return_dtype=pl.Float64)
    apart = way * (pl.col("figure") - pl.col("aim")) / pl.col("sd")
    known = pl.when(pl.col("closed") & (pl.col("sd") > 0)).then(apart)
    return _with_sd(_scaled(points), profile).with_columns(known.alias("shortfall")).drop("figure", "aim", "sd")


def _scaled(points: pl.LazyFrame) -> pl.LazyFrame:
    """The points with `figure` and `aim`: value and target, or their logarithms where the wait's chart is of logarithms."""
    value, target, based = pl.col("value"), pl.col("target"), in_baseline("value")
    moved = points.with_columns((based - sums.mean(based).over(GROUP)).alias("apart"))
    skewed = (scale.skewness(pl.col("apart")).over(GROUP) > scale.SKEWED) & (based.min().over(GROUP) > 0)
    logged = (pl.col("statistic").is_in(WAITS) & skewed & (target > 0)).fill_null(False)
    return moved.with_columns(
        pl.when(~logged).then(value).when(value > 0).then(value.log()).alias("figure"),
        pl.when(logged).then(target.log()).otherwise(target).alias("aim"),
    ).drop("apart")


def _with_sd(points: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """The points with `sd`."""
    figure = in_baseline("figure")
    ranged = points
    for back in APART:
        step = (figure - before(figure, profile, back)).abs()
        ranged = with_mean_range(ranged, step, profile).rename({"mean_range": f"range_{back}"})
    ranges = [f"range_{back}" for back in APART]
    spread = with_sigma_z(ranged, pooled_share(), chance_sd(pooled_share()), profile)
    wider = pl.when(pl.col("sigma_z") > WIDER).then(pl.col("sigma_z")).otherwise(1.0)
    share = pl.col("denominator").is_not_null()
    sd = pl.when(share).then(chance_sd(pl.col("target")) * wider).otherwise(SPARE / D2 * pl.max_horizontal(ranges))
    return spread.with_columns(sd.alias("sd")).drop(*ranges, "sigma_z")
