"""The newest cumulative sum of each series' misses of its target, held under a ceiling so that a recovery shows."""

import polars as pl

from metrics.alerts.kinds import CusumRule
from metrics.signals.profile import DEFAULT
from metrics.signals.schema import KEYS
from metrics.signals.shortfall import with_shortfall

CEILING = 1.2
"""Times h that the sum may reach. Without a ceiling a year of misses takes a year of good weeks to work off; with it the alarm
comes in the same week, and a process that is back on its target leaves it within a few."""


def newest_sums(points: pl.DataFrame, rule: CusumRule, better: pl.DataFrame) -> pl.DataFrame:
    """KEYS and `sum` (f64, standard deviations): each series' sum at its newest closed period, in its newest segment.

    points: the rows of `signal_points`. better: metric, statistic, better (of the figure). Null where the period has no shortfall:
    no value, no target, or nothing that can vary.
    """
    asked = points.lazy().filter(pl.col("closed"), grain=rule.grain).join(better.lazy(), on=["metric", "statistic"])
    ordered = asked.sort(*KEYS, "period_start").with_columns(pl.struct(KEYS).rle_id().alias("series"))
    scored = with_shortfall(ordered, DEFAULT).filter(pl.col("segment") == pl.col("segment").max().over("series"))
    missed = pl.col("shortfall")
    step = missed.fill_null(rule.k) - rule.k  # a period that cannot be judged leaves the sum as it was
    summed = pl.when(missed.last().is_not_null()).then(held_sum(step, CEILING * rule.h)).alias("sum")
    return scored.group_by("series").agg(*(pl.col(key).first() for key in KEYS), summed).select(*KEYS, "sum").collect()


def held_sum(step: pl.Expr, ceiling: float) -> pl.Expr:
    """The end of s = min(ceiling, max(0, s + step)) from 0, for steps in order of time (an aggregation).

    No recursion: the sum since the last time it was 0, less what the ceiling took since. (The two-sided reflection of a walk; Kruk,
    Lehoczky, Ramanan and Shreve 2007.)
    """
    after = step.sum() - step.cum_sum()  # what the steps after each one add up to
    start = step.sum().clip(upper_bound=(after + ceiling).min())
    since = pl.min_horizontal(after, (after + ceiling).cum_min(reverse=True)).max()
    return pl.max_horizontal(start, since)
