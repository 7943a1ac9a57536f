"""CUSUM charts: misses of the target that are each too small to tell, added up until they are not."""

import polars as pl

from metrics.signals.lines import GROUP

ALLOWANCE = 0.5
"""k, in standard deviations: what a period may miss without adding to the sum; half of the drift that is to be found soonest
(Page 1954)."""

DECISION = 5.0
"""h, in standard deviations: the sum that is more than chance. With k = 0.5, 0.4 % of weeks that sit on the target are above it,
and a fall from 95 to 92 % at n = 150 passes it in four weeks (reference simulation)."""


def with_cusum(points: pl.LazyFrame, k: float = ALLOWANCE, h: float = DECISION) -> pl.LazyFrame:
    """The points with `cusum` (f64|null) and `cusum_signal` (bool: above h).

    points: what `with_shortfall` gives. The sum is max(0, sum before + shortfall - k), from 0 at the start of each segment. A
    period without a shortfall has no sum and leaves the next one as it was.
    """
    step = (pl.col("shortfall") - k).fill_null(0.0)
    walk = step.cum_sum().over(GROUP)
    # max(0, S + step) is the walk less the lowest it has been, the start included: no recursion.
    lowest = walk.cum_min().over(GROUP).clip(upper_bound=0.0)
    summed = points.with_columns(pl.when(pl.col("shortfall").is_not_null()).then(walk - lowest).alias("cusum"))
    return summed.with_columns((pl.col("cusum") > h).fill_null(False).alias("cusum_signal"))
