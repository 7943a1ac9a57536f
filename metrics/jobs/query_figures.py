"""Figures of a metric that a query counts: its rows made counts and waits, then told by the jobs of every other metric."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import polars as pl

from metrics.definitions.metric import QueryMetric
from metrics.definitions.query_metric import COLUMNS
from metrics.errors import did_you_mean
from metrics.jobs.grains import GRAINS
from metrics.jobs.observations import observations, rolled_counts
from metrics.jobs.places import Places
from metrics.jobs.value_counts import value_counts
from metrics.jobs.wait_bins import wait_bins
from metrics.jobs.waits import Waits, at_grain, empty_quantiles, wait_quantiles

NUMBERS = ("numerator", "denominator", "seconds")
EARLIEST = date(1990, 1, 1)  # no feed reaches further back; a day beyond is a mistake, and would draw a chart of a thousand years
MOST = 4_000_000_000  # in one row: more cases than people on earth come for care, and more seconds than a century has
MOST_PLACES = 2_000  # pairs of site and service: more than any provider has, few enough to judge a chart of each


@dataclass(frozen=True)
class QueryFigures:
    """The figures of one metric of a query. rows: its COLUMNS, without row_problems.

    A row of a rate or count: day, place and whole counts, added up. A row of a duration: one finished case and its whole
    seconds, so that medians are exact; nobody is still waiting in it.
    """

    rows: pl.DataFrame
    metric: QueryMetric

    @cached_property
    def places(self) -> Places:
        return Places.of(self.rows)

    @cached_property
    def numbered(self) -> pl.DataFrame:
        return self.places.numbered(self.rows).with_columns(pl.col("day").alias("period"))

    @cached_property
    def counted(self) -> pl.DataFrame:
        """metric, place, period (day) and measures."""
        return rolled_counts(_counts(self.numbered, self.metric), "day")

    @cached_property
    def waits(self) -> pl.DataFrame:
        """place, period (day), wait, count of the finished cases."""
        days = pl.col("period").to_physical().alias("period")
        return value_counts(self.numbered.select("place", days, pl.col("seconds").cast(pl.Int64).alias("wait")))

    def observations(self, grain: str) -> pl.DataFrame:
        """The observations of one grain at every place and total (columns: observations.COLUMNS)."""
        found = empty_quantiles()
        if self.metric.kind == "duration":
            found = wait_quantiles([Waits(self.metric, grain, value_counts(at_grain(self.waits, grain)))], self.places)
        rolled = rolled_counts(self.places.with_totals(rolled_counts(self.counted, grain)), grain)
        return observations(rolled, found, [self.metric], grain, self.places)

    def tables(self) -> dict[str, pl.DataFrame]:
        """The rows of every table of figures that hold something of the metric."""
        told = {"observations": pl.concat(self.observations(grain) for grain in GRAINS), "day_counts": self._named(self.counted)}
        if self.metric.kind == "duration":
            binned = wait_bins(self.waits, 1).with_columns(pl.lit(self.metric.id).alias("metric"), pl.col("period").cast(pl.Date))
            told["wait_bins"] = self._named(binned)
        return told

    def _named(self, frame: pl.DataFrame) -> pl.DataFrame:
        named = self.places.named(frame).rename({"period": "day"})
        return named.select("metric", "site_id", "service_id", "day", *(name for name in frame.columns if name in HELD))


HELD = ("numerator", "denominator", "completed", "still_open", "bin", "n")


def row_problems(rows: pl.DataFrame, kind: str, as_of: date) -> list[str]:
    """Every way in which a query's rows are not what its kind promises, with the next step; empty where they are.

    as_of: the day (UTC) that the data reach to; a site's own day may be the one after.
    """
    wanted = COLUMNS[kind]
    missing = [name for name in wanted if name not in rows.columns]
    if missing:
        return [
            f"the query has no column '{name}'.{did_you_mean(name, rows.columns)} A {kind} returns {', '.join(wanted)}"
            for name in missing
        ]
    typed = [*_wrong_types(rows, wanted), *_nulls(rows, wanted), *_repeats(rows, kind)]
    return typed or [*_wrong_counts(rows, wanted), *_wrong_days(rows, as_of), *_too_many_places(rows)]


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
        if beyond := rows.filter(pl.col(name) > MOST).height:
            yield f"{name} is above {MOST:,} in {beyond:,} rows, which no count and no wait is; leave them out"
    if "denominator" in wanted and (above := rows.filter(pl.col("numerator") > pl.col("denominator")).height):
        yield f"numerator is above denominator in {above:,} rows; count it among the denominator's"


def _wrong_days(rows: pl.DataFrame, as_of: date) -> Iterator[str]:
    last = as_of + timedelta(days=1)
    if outside := rows.filter(~pl.col("day").is_between(EARLIEST, last)).height:
        yield f"day is before {EARLIEST} or after the data, which reach to {as_of}, in {outside:,} rows; leave them out"


def _too_many_places(rows: pl.DataFrame) -> Iterator[str]:
    places = rows.select("site_id", "service_id").n_unique() if rows.height else 0
    if places > MOST_PLACES:
        yield f"its rows are of {places:,} places (site_id, service_id), at most {MOST_PLACES:,}; name places as the facts do"
