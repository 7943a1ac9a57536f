"""Observations: a number for each metric, statistic, period and place, with its counts and its interval."""

from collections.abc import Sequence

import polars as pl

from metrics.definitions.metric import ESTIMATES, MEAN_WAIT, Metric, Statistic
from metrics.definitions.version import definition_version
from metrics.jobs.counts import MEASURES
from metrics.jobs.grains import matures_at, period_end, period_start
from metrics.jobs.intervals import mean_margin, share, wilson_lower, wilson_upper
from metrics.jobs.places import Places
from metrics.jobs.strata import STORED_GRAIN
from metrics.jobs.waits import PROBABILITIES, empty_quantiles

COLUMNS = (
    "metric", "statistic", "grain", "period_start", "period_end", "site_id", "service_id", "stratum", "numerator", "denominator",
    "value", "n", "lower", "upper", "still_open", "matures_at", "definition_version",
)  # fmt: skip

RATIOS: tuple[Statistic, ...] = ("share", "within")
MEAN: Statistic = "mean"
OF_WAITS: tuple[Statistic, ...] = (*PROBABILITIES, MEAN_WAIT, *ESTIMATES)  # figures that are found among the waits, not added up


def rolled_counts(counted: pl.DataFrame, grain: str, *more: str) -> pl.DataFrame:
    """Counts by metric, place and day (or a finer grain's period) added up to the grain's periods.

    Returns metric, place, period[, more...] and the measures.
    """
    start = period_start(pl.col("period"), grain).alias("period")
    rolled = counted.with_columns(start).group_by("metric", "place", "period", *more).agg(pl.col(m).sum() for m in MEASURES)
    return rolled.filter(pl.any_horizontal(pl.col(measure) != 0 for measure in MEASURES))


def statistics_table(metrics: Sequence[Metric]) -> pl.DataFrame:
    """metric, statistic, matures_seconds, definition_version: what each metric is reported as."""
    return pl.DataFrame(
        [
            (metric.id, statistic, int(metric.matures.total_seconds()), definition_version(metric))
            for metric in metrics
            for statistic in metric.statistics
        ],
        schema={"metric": pl.String, "statistic": pl.String, "matures_seconds": pl.Int64, "definition_version": pl.String},
        orient="row",
    )


def observations(counted: pl.DataFrame, found: pl.DataFrame, metrics: Sequence[Metric], grain: str, places: Places) -> pl.DataFrame:
    """The observations of one grain (columns: COLUMNS), from its counts and its quantiles.

    counted: metric, place, period, measures; found: wait_quantiles over the same groups, and wait_estimates.
    A wait with open cases and none finished is a row with a null value: undefined, not 0.
    """
    return _told(counted, statistics_table(metrics), found, grain, places, pl.lit(None, pl.String))


def stratum_observations(counted: pl.DataFrame, metrics: Sequence[Metric], places: Places) -> pl.DataFrame:
    """Shares and counts by stratum, from counts by month with `stratum`. Quantiles by stratum are worked out when asked for."""
    added_up = statistics_table(metrics).filter(~pl.col("statistic").is_in(OF_WAITS))
    return _told(counted, added_up, empty_quantiles(), STORED_GRAIN, places, pl.col("stratum"))


def _told(
    counted: pl.DataFrame, statistics: pl.DataFrame, found: pl.DataFrame, grain: str, places: Places, stratum: pl.Expr
) -> pl.DataFrame:
    keys = ["metric", "place", "period", "statistic"]
    is_estimate = pl.col("statistic").is_in(ESTIMATES)
    rows = counted.join(statistics.filter(~is_estimate), on="metric").join(found.drop("grain"), on=keys, how="left")
    if found.select(is_estimate.any()).item():
        rows = pl.concat([rows, _estimated(counted, statistics, found.filter(is_estimate)).select(rows.columns)])
    rows = rows.filter(_has_something_to_say()).with_columns(period_end(pl.col("period"), grain).alias("period_end"))
    return places.named(rows).select(
        "metric", "statistic", pl.lit(grain).alias("grain"), pl.col("period").alias("period_start"), "period_end",
        "site_id", "service_id", stratum.alias("stratum"), *_figures(), "still_open",
        matures_at(pl.col("period_end"), pl.col("matures_seconds")).alias("matures_at"), "definition_version",
    )  # fmt: skip


def _estimated(counted: pl.DataFrame, statistics: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The estimates found as rows of their own, since one of censored cases alone counts nothing; of n cases, ended or not."""
    rows = found.drop("grain").join(statistics, on=["metric", "statistic"])
    rows = rows.join(counted, on=["metric", "place", "period"], how="left")
    return rows.with_columns(pl.col(measure).fill_null(0) for measure in MEASURES).with_columns(pl.col("n").alias("completed"))


def _has_something_to_say() -> pl.Expr:
    """A ratio or mean with a denominator or open cases; a quantile with finished or open cases; a count above 0."""
    counted = pl.col("statistic").is_in([*RATIOS, MEAN])
    of = pl.when(counted).then(pl.col("denominator")).otherwise(pl.col("completed"))
    return (of > 0) | (pl.col("still_open") > 0)


def _figures() -> list[pl.Expr]:
    """numerator, denominator, value, n, lower, upper by statistic."""
    top, bottom, whole = pl.col("numerator"), pl.col("denominator"), pl.col("completed")
    ratio, quantile = pl.col("statistic").is_in(RATIOS), pl.col("statistic").is_in(OF_WAITS)
    mean = pl.col("statistic") == MEAN  # a score: its sum on top, and its squares where a wait has its finished cases
    margin, middle = mean_margin(top, whole, bottom), share(top, bottom)
    return [
        pl.when(~quantile).then(top).cast(pl.Float64).alias("numerator"),
        pl.when(ratio | mean).then(bottom).cast(pl.Float64).alias("denominator"),
        pl.when(ratio | mean).then(middle).when(quantile).then(pl.col("value")).otherwise(top).cast(pl.Float64).alias("value"),
        pl.when(ratio | mean).then(bottom).otherwise(whole).cast(pl.Int64).alias("n"),
        pl.when(ratio).then(wilson_lower(top, bottom)).when(mean).then(middle - margin).otherwise(pl.col("lower")).alias("lower"),
        pl.when(ratio).then(wilson_upper(top, bottom)).when(mean).then(middle + margin).otherwise(pl.col("upper")).alias("upper"),
    ]
