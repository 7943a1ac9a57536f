"""Observations of a metric that a query counts: its rows made counts and waits, then told by the jobs of every other metric."""

from collections.abc import Iterator

import polars as pl

from metrics.definitions.query_metric import COLUMNS, QueryMetric, query_version
from metrics.errors import did_you_mean
from metrics.jobs.observations import observations, rolled_counts
from metrics.jobs.places import Places
from metrics.jobs.value_counts import value_counts
from metrics.jobs.waits import Waits, at_grain, empty_quantiles, wait_quantiles

NUMBERS = ("numerator", "denominator", "seconds")


def row_problems(rows: pl.DataFrame, kind: str) -> list[str]:
    """Every way in which a query's rows are not what its kind promises, with the next step; empty where they are."""
    wanted = COLUMNS[kind]
    missing = [name for name in wanted if name not in rows.columns]
    if missing:
        return [
            f"the query has no column '{name}'.{did_you_mean(name, rows.columns)} A {kind} returns {', '.join(wanted)}"
            for name in missing
        ]
    return [*_wrong_types(rows, wanted), *_nulls(rows, wanted), *_repeats(rows, kind)] or list(_wrong_counts(rows, wanted))


def query_observations(rows: pl.DataFrame, metric: QueryMetric, grain: str) -> pl.DataFrame:
    """The observations of one grain, at every place and total (columns: observations.COLUMNS). rows: without row_problems.

    A row of a rate or count: day, place and whole counts, added up. A row of a duration: one finished case and its whole
    seconds, so that medians are exact; nobody is still waiting in it.
    """
    places = Places.of(rows)
    numbered = places.numbered(rows).with_columns(pl.col("day").alias("period"))
    counted = rolled_counts(_counts(numbered, metric), grain)
    found = empty_quantiles()
    if metric.kind == "duration":
        days = pl.col("period").to_physical().alias("period")
        waits = numbered.select("place", days, pl.col("seconds").cast(pl.Int64).alias("wait"))
        found = wait_quantiles([Waits(metric, grain, value_counts(at_grain(waits, grain)))], places)
    told = observations(rolled_counts(places.with_totals(counted), grain), found, [metric], grain, places)
    return told.with_columns(pl.lit(query_version(metric)).alias("definition_version"))


def _counts(numbered: pl.DataFrame, metric: QueryMetric) -> pl.DataFrame:
    """metric, place, period and the four measures of every row."""
    one, none = pl.lit(1, pl.Int64), pl.lit(0, pl.Int64)
    if metric.kind == "duration":
        inside = (pl.col("seconds") <= metric.within_ticks).cast(pl.Int64) if metric.within else none
        top, bottom, whole = inside, one if metric.within else none, one
    elif metric.kind == "rate":
        top, bottom, whole = pl.col("numerator"), pl.col("denominator"), pl.col("denominator")
    else:
        top, bottom, whole = pl.col("numerator"), none, pl.col("numerator")
    return numbered.select(
        pl.lit(metric.id).alias("metric"), "place", "period", top.cast(pl.Int64).alias("numerator"),
        bottom.cast(pl.Int64).alias("denominator"), whole.cast(pl.Int64).alias("completed"), none.alias("still_open"),
    )  # fmt: skip


def _wrong_types(rows: pl.DataFrame, wanted: tuple[str, ...]) -> Iterator[str]:
    for name in wanted:
        found = rows.schema[name]
        if name == "day" and found != pl.Date:
            yield f"day is {found}, not a date; write day::date"
        if name in NUMBERS and not found.is_integer():
            yield f"{name} is {found}, not a whole number; write {name}::bigint"
        if name in ("site_id", "service_id") and found != pl.String:
            yield f"{name} is {found}, not text; write {name}::varchar"


def _nulls(rows: pl.DataFrame, wanted: tuple[str, ...]) -> Iterator[str]:
    empty = rows.select(wanted).null_count().row(0)
    yield from (
        f"{name} is null in {n:,} rows; leave them out, or say coalesce({name}, ...)"
        for name, n in zip(wanted, empty, strict=True)
        if n
    )


def _repeats(rows: pl.DataFrame, kind: str) -> Iterator[str]:
    key = ["case_id"] if kind == "duration" else ["day", "site_id", "service_id"]
    again = rows.height - rows.select(key).n_unique() if rows.height else 0
    if again:
        yield f"{again:,} rows repeat {', '.join(key)}; one row each: group by {', '.join(key)}"


def _wrong_counts(rows: pl.DataFrame, wanted: tuple[str, ...]) -> Iterator[str]:
    """Counts below 0, and a top above its bottom: no share, no wait."""
    numbers = [name for name in NUMBERS if name in wanted]
    for name in numbers:
        below = rows.filter(pl.col(name) < 0).height
        if below:
            yield f"{name} is below 0 in {below:,} rows; leave them out"
    if "denominator" in wanted and (above := rows.filter(pl.col("numerator") > pl.col("denominator")).height):
        yield f"numerator is above denominator in {above:,} rows; count it among the denominator's"
