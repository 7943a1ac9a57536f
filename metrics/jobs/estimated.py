"""Waits estimated by Kaplan-Meier for every place, total and period: those that ended, and those that had not."""

from collections.abc import Sequence

import polars as pl

from metrics.definitions.metric import ESTIMATED_QUANTILES, ESTIMATES, Metric, Statistic
from metrics.jobs.places import Places
from metrics.jobs.survival import estimates, times
from metrics.jobs.waits import Frame, Parts, Waits, apart, empty_quantiles, levels


def censored_waits(facts: Frame, metric: Metric) -> Frame:
    """place, period (the day, as days since 1970), wait of every case that left or still waits: how long it waited at least."""
    going = facts.filter(pl.col(f"{metric.id}_end") != "done")
    return going.select("place", pl.col("day").to_physical().alias("period"), pl.col(f"{metric.id}_wait").alias("wait"))


def estimate_statistics(metric: Metric) -> list[Statistic]:
    return [statistic for statistic in metric.statistics if statistic in ESTIMATES]


def wait_estimates(several: Sequence[Waits], places: Places) -> pl.DataFrame:
    """metric, grain, place, period, statistic, value, n, lower, upper for every place and total, of marked waits.

    n: every case with a wait, ended or not. A quantile is in the metric's unit, a share between 0 and 1.
    """
    waiting = [waits for waits in several if not waits.rows.is_empty() and estimate_statistics(waits.metric)]
    if not waiting:
        return empty_quantiles()
    return estimates_apart(apart(waiting), [(waits.metric, waits.grain) for waits in waiting], places)


def estimates_apart(rows: pl.DataFrame, parts: Parts, places: Places) -> pl.DataFrame:
    """As wait_estimates, of rows that are apart already: place * how many parts there are + which."""
    if rows.is_empty():
        return empty_quantiles()
    folded = places.folded(len(parts))
    tag = pl.col("place") % folded.width
    limits = [metric.within_ticks if metric.within is not None else 0 for metric, _ in parts]
    limit = pl.lit(pl.Series(limits, dtype=pl.Int64)).gather(tag)
    found = pl.concat(
        estimates(times(level).with_columns(limit.alias("limit")), list(ESTIMATED_QUANTILES.values()), pl.col("limit"))
        for level in levels(rows, folded)
    )
    shown = pl.concat(_as_statistic(found, statistic) for statistic in ESTIMATES)
    named = shown.with_columns(pl.col("place") // folded.width, tag.alias("tag")).join(_tags(parts), on=["tag", "statistic"])
    return named.select(
        "metric", "grain", "place", pl.col("period").cast(pl.Date), "statistic",
        *(pl.col("value") / pl.col("unit"), "n", pl.col("lower") / pl.col("unit"), pl.col("upper") / pl.col("unit")),
    )  # fmt: skip


def _as_statistic(found: pl.DataFrame, statistic: Statistic) -> pl.DataFrame:
    """One of the statistics found, in ticks: place, period, statistic, value, n, lower, upper."""
    i = list(ESTIMATED_QUANTILES).index(statistic) if statistic in ESTIMATED_QUANTILES else None
    names = ("share", "share_lower", "share_upper") if i is None else (f"value_{i}", f"lower_{i}", f"upper_{i}")
    figures = (pl.col(name).alias(said) for name, said in zip(names, ("value", "lower", "upper"), strict=True))
    return found.select("place", "period", pl.lit(statistic).alias("statistic"), "n", *figures)


def _tags(parts: Parts) -> pl.DataFrame:
    """tag, statistic, metric, grain, unit: what each tagged place stands for, the estimates wanted of it, and ticks in a unit."""
    return pl.DataFrame(
        [
            (tag, statistic, metric.id, grain, metric.unit_ticks if statistic in ESTIMATED_QUANTILES else 1)
            for tag, (metric, grain) in enumerate(parts)
            for statistic in estimate_statistics(metric)
        ],
        schema={"tag": pl.UInt32, "statistic": pl.String, "metric": pl.String, "grain": pl.String, "unit": pl.Int64},
        orient="row",
    )
