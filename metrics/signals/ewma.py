"""EWMA charts: a moving average that remembers, to see small drifts from the target."""

import polars as pl

from metrics.signals.lines import GROUP

WEIGHT = 0.2
"""Weight of the newest period. 0.2 sees drifts of about one standard deviation soonest (NIST e-Handbook 6.3.2.4: 0.2 to 0.3)."""

WIDTH = 2.86
"""Standard deviations of the average to its limit: 0.3 % of weeks on target pass it, a fall from 95 to 92 % at n = 150 is found
in four weeks (reference simulation)."""


def with_ewma(points: pl.LazyFrame, weight: float = WEIGHT, width: float = WIDTH) -> pl.LazyFrame:
    """The points with `ewma` and `ewma_limit` (f64|null) in standard deviations from the target, and `ewma_signal` (bool).

    points: what `with_shortfall` gives. The average starts at the target in each segment: e = weight * shortfall + (1 - weight) *
    e before. The limit is that of a long series, width * sqrt(weight / (2 - weight)), as NIST draws it. Only the worse side
    signals. A period without a shortfall has no average and does not change the next one. In the unit of the figure: target ±
    ewma * sd.
    """
    shortfall = pl.col("shortfall")
    known = shortfall.is_not_null()
    first = shortfall.drop_nulls().first().over(GROUP)
    age = known.cum_sum().over(GROUP).cast(pl.Float64)
    # Polars starts its average at the first value instead of the target: take away what that start still weighs.
    started_high = shortfall.ewm_mean(alpha=weight, adjust=False, ignore_nulls=True).over(GROUP)
    average = pl.when(known).then(started_high - first * (1 - weight) ** age)
    limit = width * (weight / (2 - weight)) ** 0.5
    averaged = points.with_columns(average.alias("ewma"), pl.when(known).then(limit).alias("ewma_limit"))
    return averaged.with_columns((pl.col("ewma") > pl.col("ewma_limit")).fill_null(False).alias("ewma_signal"))
