"""Completed waits of one metric, ready to be counted: a row a case with its place, period and wait."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from metrics.definitions.metric import MEAN_WAIT, Metric, Statistic
from metrics.jobs.grains import period_start
from metrics.jobs.places import FoldedPlaces, Places
from metrics.jobs.value_counts import means, quantiles, value_counts

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

FEW = 200_000  # rows: below that a pass costs more than its rows do
PROBABILITIES: dict[Statistic, float] = {"median": 0.5, "p90": 0.9, "p95": 0.95}
Parts = Sequence[tuple[Metric, str]]  # the metrics and grains whose waits stand in one frame, apart by their place numbers


def completed_waits(facts: Frame, metric: Metric) -> Frame:
    """place, period (the day, as days since 1970), wait of every finished case. `facts` carries `place` and `day`."""
    done = facts.filter(pl.col(f"{metric.id}_end") == "done")
    return done.select("place", pl.col("day").to_physical().alias("period"), pl.col(f"{metric.id}_wait").alias("wait"))


def at_grain(waits: Frame, grain: str) -> Frame:
    """The waits with each day replaced by the first day of its period."""
    start = period_start(pl.col("period").cast(pl.Date), grain).to_physical()
    return waits.with_columns(start.alias("period"))


@dataclass(frozen=True)
class Waits:
    """One metric's waits at one grain: place, period, wait, count."""

    metric: Metric
    grain: str
    rows: pl.DataFrame


def wait_quantiles(several: Sequence[Waits], places: Places) -> pl.DataFrame:
    """metric, grain, place, period, statistic, value, n, lower, upper for every place and total, in each metric's unit.

    A mean is among them where a metric has it; waits are skewed, so none of its interval is told.

    All in one pass: of few rows a pass costs more than the rows do; of many, give one metric and grain at a time.
    """
    waiting = [waits for waits in several if not waits.rows.is_empty() and quantile_statistics(waits.metric)]
    if not waiting:
        return empty_quantiles()
    return quantiles_apart(apart(waiting), [(waits.metric, waits.grain) for waits in waiting], places)


def few_together(several: Iterable[Waits]) -> Iterator[list[Waits]]:
    """The waits in lists whose rows together are few, or of one: each list is worth a pass of its own."""
    held: list[Waits] = []
    for waits in several:
        if held and sum(one.rows.height for one in (*held, waits)) > FEW:
            yield held
            held = []
        held.append(waits)
    if held:
        yield held


def quantiles_apart(rows: pl.DataFrame, parts: Parts, places: Places) -> pl.DataFrame:
    """As wait_quantiles, of rows that are apart already: place * how many parts there are + which."""
    wanted = [name for name in PROBABILITIES if any(name in metric.statistics for metric, _ in parts)]
    averaged = any(MEAN_WAIT in metric.statistics for metric, _ in parts)
    if rows.is_empty() or not (wanted or averaged):
        return empty_quantiles()
    folded = places.folded(len(parts))
    shown = pl.concat(_of_level(level, wanted, averaged) for level in levels(rows, folded))
    place, tag = pl.col("place") // folded.width, pl.col("place") % folded.width
    named = shown.with_columns(place, tag.alias("tag")).join(_tags(parts), on=["tag", "statistic"])
    unit = pl.col("unit_ticks")
    return named.select(
        "metric", "grain", "place", pl.col("period").cast(pl.Date), "statistic", pl.col("value") / unit, "n",
        pl.col("lower") / unit, pl.col("upper") / unit,
    )  # fmt: skip


def apart(several: Sequence[Waits]) -> pl.DataFrame:
    """All waits in one frame, each metric's and grain's with place numbers of its own: place * how many there are + which."""
    first = pl.col("place").cast(pl.UInt32) * len(several)
    numbers = ((first + tag).cast(pl.UInt32).alias("place") for tag in range(len(several)))
    return pl.concat(waits.rows.select(at, "period", "wait", "count") for at, waits in zip(numbers, several, strict=True))


def _tags(parts: Parts) -> pl.DataFrame:
    """tag, statistic, metric, grain, unit_ticks: what each tagged place stands for, and the statistics wanted of it."""
    return pl.DataFrame(
        [
            (tag, statistic, metric.id, grain, metric.unit_ticks)
            for tag, (metric, grain) in enumerate(parts)
            for statistic in quantile_statistics(metric)
        ],
        schema={"tag": pl.UInt32, "statistic": pl.String, "metric": pl.String, "grain": pl.String, "unit_ticks": pl.Int64},
        orient="row",
    )


def levels(rows: pl.DataFrame, places: FoldedPlaces) -> Iterator[pl.DataFrame]:
    """The rows' value counts at each place, then at each level of totals: together where they are few, else one at a time."""
    counted = value_counts(rows)
    if counted.height <= FEW:
        yield value_counts(places.with_totals(counted))
        return
    site, service, everything = places.totals()
    of_sites = value_counts(counted.with_columns(site.alias("place")))
    yield from (counted, of_sites, value_counts(counted.with_columns(service.alias("place"))))
    yield value_counts(of_sites.with_columns(everything.alias("place")))


def quantile_statistics(metric: Metric) -> list[Statistic]:
    """Those that are found among finished waits: quantiles, and the mean."""
    return [statistic for statistic in metric.statistics if statistic in (*PROBABILITIES, MEAN_WAIT)]


def _of_level(level: pl.DataFrame, wanted: Sequence[Statistic], averaged: bool) -> pl.DataFrame:
    """The wanted quantiles of value counts, and their means, in ticks: place, period, statistic, n, value, lower, upper."""
    found = quantiles(level, [PROBABILITIES[statistic] for statistic in wanted])
    parts = [_as_statistic(found, i, statistic) for i, statistic in enumerate(wanted)]
    return pl.concat([*parts, _as_mean(means(level))] if averaged else parts)


def _as_mean(found: pl.DataFrame) -> pl.DataFrame:
    unknown = pl.lit(None, pl.Float64)
    named = pl.lit(MEAN_WAIT).alias("statistic")
    return found.select("place", "period", named, "n", "value", unknown.alias("lower"), unknown.alias("upper"))


def _as_statistic(found: pl.DataFrame, i: int, statistic: Statistic) -> pl.DataFrame:
    """The i-th of the quantiles found, in ticks: place, period, statistic, value, n, lower, upper."""
    figures = (pl.col(f"{name}_{i}").alias(name) for name in ("value", "lower", "upper"))
    return found.select("place", "period", pl.lit(statistic).alias("statistic"), "n", *figures)


def empty_quantiles() -> pl.DataFrame:
    of = {"metric": pl.String, "grain": pl.String, "place": pl.UInt32, "period": pl.Date, "statistic": pl.String}
    return pl.DataFrame(schema=of | {"value": pl.Float64, "n": pl.Int64, "lower": pl.Float64, "upper": pl.Float64})
