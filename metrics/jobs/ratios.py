"""Ratios of counts: so many of one thing for each so many of others, at every grain and place at which both are counted."""

import polars as pl

from metrics.definitions.metric import Metric
from metrics.definitions.poisson import EXACT_LOWER, EXACT_UPPER, FEW, Z
from metrics.definitions.version import definition_version
from metrics.jobs.grains import matures_at
from metrics.jobs.observations import COLUMNS

KEYS = ("grain", "period_start", "period_end", "site_id", "service_id")


def ratio_observations(counts: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """The observations of a ratio (columns: observations.COLUMNS) from those of its counts.

    counts: metric, KEYS, numerator of the counts, all patients together. Where nothing of the bottom was counted the value is null:
    so many for nothing is not known (the row stays, so that places add up). One with nothing on top is 0, with an upper limit.
    """
    top, *bottom = (part.id for part in metric.parts)
    of = pl.col("metric")
    added = counts.group_by(KEYS).agg(
        pl.col("numerator").filter(of == top).sum(), pl.col("numerator").filter(of.is_in(bottom)).sum().alias("denominator")
    )
    known = added.filter((pl.col("numerator") > 0) | (pl.col("denominator") > 0))
    number = pl.col("numerator")
    per = pl.when(pl.col("denominator") > 0).then(metric.per / pl.col("denominator"))
    told = known.with_columns(
        pl.lit(metric.id).alias("metric"), pl.lit("ratio").alias("statistic"), pl.lit(None, pl.String).alias("stratum"),
        (number * per).alias("value"), (poisson_lower(number) * per).alias("lower"), (poisson_upper(number) * per).alias("upper"),
        pl.col("denominator").cast(pl.Int64).alias("n"), pl.lit(0, pl.Int64).alias("still_open"),
        matures_at(pl.col("period_end"), pl.lit(int(metric.matures.total_seconds()))).alias("matures_at"),
        pl.lit(definition_version(metric)).alias("definition_version"),
    )  # fmt: skip
    return told.select(COLUMNS)


def poisson_lower(count: pl.Expr) -> pl.Expr:
    """Lower end of a count's 95 % interval (see definitions.poisson)."""
    byar = count * (1 - 1 / (9 * count) - Z / (3 * count.sqrt())) ** 3
    return pl.when(count < FEW).then(_exact(count, EXACT_LOWER)).otherwise(byar)


def poisson_upper(count: pl.Expr) -> pl.Expr:
    """Upper end of a count's 95 % interval."""
    more = count + 1
    byar = more * (1 - 1 / (9 * more) + Z / (3 * more.sqrt())) ** 3
    return pl.when(count < FEW).then(_exact(count, EXACT_UPPER)).otherwise(byar)


def _exact(count: pl.Expr, limits: tuple[float, ...]) -> pl.Expr:
    return count.cast(pl.Int64).replace_strict(dict(enumerate(limits)), default=None, return_dtype=pl.Float64)
