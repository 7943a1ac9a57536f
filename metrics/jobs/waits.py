"""Completed waits of one metric, ready to be counted: a row a case with its place, period and wait."""

from collections.abc import Iterator, Sequence

import polars as pl

from metrics.definitions.metric import Metric, Statistic
from metrics.jobs.grains import period_start
from metrics.jobs.places import FoldedPlaces, Places
from metrics.jobs.value_counts import quantiles, value_counts

FEW = 200_000  # rows: below that a pass costs more than its rows do
PROBABILITIES: dict[Statistic, float] = {"median": 0.5, "p90": 0.9, "p95": 0.95}


def completed_waits(facts: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """place, period (the day, as days since 1970), wait of every finished case. `facts` carries `place` and `day`."""
    done = facts.filter(pl.col(f"{metric.id}_end") == "done")
    return done.select("place", pl.col("day").to_physical().alias("period"), pl.col(f"{metric.id}_wait").alias("wait"))


def at_grain(waits: pl.DataFrame, grain: str) -> pl.DataFrame:
    """The waits with each day replaced by the first day of its period."""
    start = period_start(pl.col("period").cast(pl.Date), grain).to_physical()
    return waits.with_columns(start.alias("period"))


def wait_quantiles(waits: pl.DataFrame, metric: Metric, places: Places | FoldedPlaces) -> pl.DataFrame:
    """metric, place, period, statistic, value, n, lower, upper for every place and total, in the metric's unit.

    waits: place, period, wait[, count], already at the grain wanted.
    """
    wanted = quantile_statistics(metric)
    if waits.is_empty() or not wanted:
        return empty_quantiles()
    counted = value_counts(waits)
    found = [quantiles(level, [PROBABILITIES[statistic] for statistic in wanted]) for level in _levels(counted, places)]
    return _shown(pl.concat(found), metric, wanted)


def _levels(counted: pl.DataFrame, places: Places | FoldedPlaces) -> Iterator[pl.DataFrame]:
    """The value counts of each place, then of each level of totals: together where they are few, else one at a time."""
    if counted.height <= FEW:
        yield value_counts(places.with_totals(counted))
        return
    yield counted
    for level in places.totals():
        yield value_counts(counted.join(level, on="place").select(pl.col("total").alias("place"), "period", "wait", "count"))


def quantile_statistics(metric: Metric) -> list[Statistic]:
    return [statistic for statistic in metric.statistics if statistic in PROBABILITIES]


def _shown(found: pl.DataFrame, metric: Metric, statistics: Sequence[Statistic]) -> pl.DataFrame:
    unit = metric.unit_ticks
    return pl.concat(
        found.select(
            pl.lit(metric.id).alias("metric"), "place", pl.col("period").cast(pl.Date), pl.lit(statistic).alias("statistic"),
            (pl.col(f"value_{i}") / unit).alias("value"), "n",
            (pl.col(f"lower_{i}") / unit).alias("lower"), (pl.col(f"upper_{i}") / unit).alias("upper"),
        )
        for i, statistic in enumerate(statistics)
    )  # fmt: skip


def empty_quantiles() -> pl.DataFrame:
    schema = {"metric": pl.String, "place": pl.UInt32, "period": pl.Date, "statistic": pl.String, "value": pl.Float64}
    return pl.DataFrame(schema=schema | {"n": pl.Int64, "lower": pl.Float64, "upper": pl.Float64})
