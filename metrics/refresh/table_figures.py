"""The figures of one event table, gathered a few months at a time so that no more than those are held."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from metrics.definitions.metric import Metric
from metrics.events import EventTable
from metrics.jobs.counts import counted_rows, counts, flagged
from metrics.jobs.estimated import censored_waits, estimate_statistics, wait_estimates
from metrics.jobs.grains import GRAINS
from metrics.jobs.observations import observations, rolled_counts, stratum_observations
from metrics.jobs.places import Places
from metrics.jobs.strata import STORED_GRAIN, Strata, stratum_counts
from metrics.jobs.survival import marked
from metrics.jobs.value_counts import value_counts
from metrics.jobs.wait_bins import wait_bins
from metrics.jobs.waits import Waits, at_grain, completed_waits, empty_quantiles, few_together, wait_quantiles


@dataclass
class TableFigures:
    """Collects one table's counts and waits; gives its observations when every month has been added."""

    table: EventTable
    metrics: Sequence[Metric]
    places: Places
    strata: Strata
    as_of: datetime
    by_day: list[pl.DataFrame] = field(default_factory=list)
    waits: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    censored: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    by_month: dict[str, pl.DataFrame] = field(default_factory=dict)
    split_counts: list[pl.DataFrame] = field(default_factory=list)

    @property
    def durations(self) -> list[Metric]:
        return [metric for metric in self.metrics if metric.kind == "duration"]

    @property
    def estimated(self) -> list[Metric]:
        return [metric for metric in self.durations if estimate_statistics(metric)]

    def add_months(self, facts: pl.DataFrame) -> None:
        """Take in the facts of some months."""
        assert self.table.anchor is not None
        rows = self.places.numbered(flagged(counted_rows(facts, self.table.anchor, self.as_of), self.metrics))
        rows = rows.with_columns(pl.col("day").alias("period"))
        if rows.is_empty() or not self.metrics:
            return
        self.by_day.append(counts(rows, self.metrics, ("place", "period")))
        for metric in self.durations:
            self.waits.setdefault(metric.id, []).append(value_counts(completed_waits(rows, metric)))
        for metric in self.estimated:
            self.censored.setdefault(metric.id, []).append(value_counts(censored_waits(rows, metric)))
        self.add_strata(rows)

    def add_strata(self, rows: pl.DataFrame) -> None:
        known = self.strata.joined(rows)
        counted = stratum_counts(known.with_columns(pl.col("period").dt.truncate("1mo")), self.metrics, self.strata)
        if not counted.is_empty():
            self.split_counts.append(counted)

    def by_stratum(self) -> pl.DataFrame:
        """Observations by month and stratum; empty when there are no patients' strata."""
        if not self.split_counts:
            return pl.DataFrame()
        rolled = rolled_counts(self.places.with_totals(pl.concat(self.split_counts)), STORED_GRAIN, "stratum")
        return stratum_observations(rolled, self.metrics, self.places)

    def day_counts(self) -> pl.DataFrame:
        """metric, place, period (day) and measures, over all months."""
        return pl.concat(self.by_day)

    def day_waits(self, metric: Metric) -> pl.DataFrame:
        """place, period (day), wait, count of the metric's completed cases, over all months."""
        return pl.concat(self.waits.get(metric.id) or [value_counts(pl.DataFrame(schema=NO_WAITS))])

    def day_censored(self, metric: Metric) -> pl.DataFrame:
        """place, period (day), wait, count of the metric's cases that left or still wait, over all months."""
        return pl.concat(self.censored.get(metric.id) or [value_counts(pl.DataFrame(schema=NO_WAITS))])

    def all_observations(self) -> Iterator[pl.DataFrame]:
        """Observations at every grain, then by stratum, one frame at a time."""
        if self.by_day:
            yield from (self.at(grain) for grain in GRAINS)
            yield self.by_stratum()

    def at(self, grain: str) -> pl.DataFrame:
        rolled = rolled_counts(self.places.with_totals(rolled_counts(self.day_counts(), grain)), grain)
        source = self.day_waits if grain in ("day", "week") else self.waits_of_months
        waits = few_together(Waits(metric, grain, at_grain(source(metric), grain)) for metric in self.durations)
        found = [wait_quantiles(several, self.places) for several in waits]
        return observations(
            rolled, pl.concat([empty_quantiles(), *found, *self.estimates_at(grain)]), self.metrics, grain, self.places
        )

    def estimates_at(self, grain: str) -> Iterator[pl.DataFrame]:
        """wait_estimates of the metrics that have them."""
        marks = ((metric, marked(self.day_waits(metric), self.day_censored(metric))) for metric in self.estimated)
        waits = few_together(Waits(metric, grain, at_grain(rows, grain)) for metric, rows in marks)
        yield from (wait_estimates(several, self.places) for several in waits)

    def waits_of_months(self, metric: Metric) -> pl.DataFrame:
        """place, period (month), wait, count of the metric's completed cases: fewer rows than by day, and added up once."""
        if metric.id not in self.by_month:
            self.by_month[metric.id] = value_counts(at_grain(self.day_waits(metric), "month"))
        return self.by_month[metric.id]

    def month_waits(self) -> pl.DataFrame:
        """metric, site_id, service_id, month, wait, n: exact waits by month, from which longer periods are re-added."""
        parts = [self.waits_of_months(metric).with_columns(pl.lit(metric.id).alias("metric")) for metric in self.durations]
        if not parts:
            return pl.DataFrame()
        named = self.places.named(pl.concat(parts))
        month = pl.col("period").cast(pl.Date).alias("month")
        return named.select("metric", "site_id", "service_id", month, "wait", pl.col("count").alias("n"))

    def month_censored(self) -> pl.DataFrame:
        """metric, site_id, service_id, month, wait, n: exact waits by month of the cases that left or still wait."""
        parts = [
            value_counts(at_grain(self.day_censored(metric), "month")).with_columns(pl.lit(metric.id).alias("metric"))
            for metric in self.estimated
        ]
        if not parts:
            return pl.DataFrame()
        month = pl.col("period").cast(pl.Date).alias("month")
        return self.places.named(pl.concat(parts)).select(
            "metric", "site_id", "service_id", month, "wait", pl.col("count").alias("n")
        )

    def binned_waits(self) -> pl.DataFrame:
        """wait_bins of every duration metric: metric, site_id, service_id, day, bin, n."""
        parts = [
            wait_bins(self.day_waits(metric), metric.clock_seconds).with_columns(pl.lit(metric.id).alias("metric"))
            for metric in self.durations
        ]
        if not parts:
            return pl.DataFrame()
        day = pl.col("period").cast(pl.Date).alias("day")
        return self.places.named(pl.concat(parts)).select("metric", "site_id", "service_id", day, "bin", "n")

    def named_stratum_counts(self) -> pl.DataFrame:
        """metric, site_id, service_id, month, stratum and measures, over all months."""
        if not self.split_counts:
            return pl.DataFrame()
        return self.places.named(pl.concat(self.split_counts)).drop("place").rename({"period": "month"})

    def named_day_counts(self) -> pl.DataFrame:
        """day_counts with names: metric, site_id, service_id, day and measures."""
        if not self.by_day:
            return pl.DataFrame()
        return self.places.named(self.day_counts()).drop("place").rename({"period": "day"})


NO_WAITS = {"place": pl.UInt32, "period": pl.Int32, "wait": pl.Int64}
