"""The figures of one event table that an incremental refresh makes anew: those whose periods its changes touch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import duckdb
import polars as pl

from metrics.definitions.metric import Metric
from metrics.events import EventTable
from metrics.jobs.counts import counted_rows, flagged
from metrics.jobs.deltas import censored_deltas, count_deltas, stratum_deltas, wait_deltas
from metrics.jobs.estimated import estimate_statistics, wait_estimates
from metrics.jobs.grains import GRAINS, period_end, period_start
from metrics.jobs.observations import observations, rolled_counts, stratum_observations
from metrics.jobs.places import Places
from metrics.jobs.strata import STORED_GRAIN, Strata
from metrics.jobs.survival import marked
from metrics.jobs.wait_bins import wait_bins
from metrics.jobs.waits import Waits, at_grain, wait_quantiles
from metrics.refresh.additive import Additive
from metrics.refresh.affected import Affected
from metrics.refresh.inputs import Inputs


@dataclass(frozen=True)
class ChangedFigures:
    """What one table's affected facts change: every table's new rows, and the keys of the rows they replace."""

    connection: duckdb.DuckDBPyConnection
    inputs: Inputs
    table: EventTable
    affected: Affected
    places: Places
    strata_before: Strata  # of the patients of the affected facts, or of all
    strata_after: Strata
    as_of_before: object

    @property
    def metrics(self) -> Sequence[Metric]:
        return self.inputs.of_table(self.table)

    @property
    def stored(self) -> Additive:
        return Additive(self.connection, self.table, self.places)

    def rows(self, facts: pl.DataFrame, as_of: object) -> pl.DataFrame:
        assert self.table.anchor is not None
        counted = self.places.numbered(flagged(counted_rows(facts, self.table.anchor, as_of), self.metrics))  # type: ignore[arg-type]
        return counted.with_columns(pl.col("day").alias("period"))

    @cached_property
    def before(self) -> pl.DataFrame:
        return self.rows(self.affected.before, self.as_of_before)

    @cached_property
    def after(self) -> pl.DataFrame:
        return self.rows(self.affected.after, self.inputs.as_of)

    @cached_property
    def count_delta(self) -> pl.DataFrame:
        return count_deltas(self.before, self.after, self.metrics)

    @cached_property
    def wait_delta(self) -> pl.DataFrame:
        return wait_deltas(self.before, self.after, self.metrics)

    @cached_property
    def censored_delta(self) -> pl.DataFrame:
        return censored_deltas(self.before, self.after, self.metrics)

    @cached_property
    def stratum_delta(self) -> pl.DataFrame:
        return stratum_deltas(self.before, self.after, self.metrics, self.strata_before, self.strata_after)

    @cached_property
    def days(self) -> pl.DataFrame:
        """metric, period: every day on which any of the metric's counts, waits or strata changed."""
        waits = pl.concat([self.wait_delta, self.censored_delta]).select("metric", pl.col("period").cast(pl.Date))
        return pl.concat([self.count_delta.select("metric", "period"), waits]).unique()

    def touched(self, grain: str) -> pl.DataFrame:
        """metric, period of the grain's periods in which something changed."""
        return self._touched[grain]

    @cached_property
    def _touched(self) -> dict[str, pl.DataFrame]:
        return {grain: self._touched_at(grain) for grain in GRAINS}

    def _touched_at(self, grain: str) -> pl.DataFrame:
        months = self.stratum_delta.select("metric", "period") if not self.stratum_delta.is_empty() else self.days.clear()
        days = pl.concat([self.days, months]) if grain == STORED_GRAIN else self.days
        return days.select("metric", period_start(pl.col("period"), grain).alias("period")).unique()

    def wait_changes(self, metric: Metric) -> pl.DataFrame:
        return self.wait_delta.filter(pl.col("metric") == metric.id).drop("metric")

    @cached_property
    def changed_metrics(self) -> list[Metric]:
        names = set(self.touched("month")["metric"])
        return [metric for metric in self.metrics if metric.id in names]

    @cached_property
    def span(self) -> tuple[object, object]:
        """The first and last day of the years touched, widened to whole weeks: no period reaches further."""
        months = pl.concat([self.days["period"], self.touched(STORED_GRAIN)["period"]])
        year = pl.DataFrame({"day": [months.min(), months.max()]}).select(period_start(pl.col("day"), "year").alias("start"))
        edges = year.select(pl.col("start"), period_end(pl.col("start"), "year").alias("end"))
        return edges.select(
            period_start(pl.col("start").min(), "week").alias("first"),
            period_end(period_start(pl.col("end").max(), "week"), "week").alias("last"),
        ).row(0)

    @cached_property
    def day_counts(self) -> pl.DataFrame:
        first, last = self.span
        return self.stored.day_counts([m.id for m in self.changed_metrics], first, last, self.count_delta)  # type: ignore[arg-type]

    @cached_property
    def month_waits(self) -> dict[str, pl.DataFrame]:
        """Waits by month over the whole year of every month touched, by metric."""
        return {metric.id: self._month_waits(metric) for metric in self.durations}

    def _month_waits(self, metric: Metric) -> pl.DataFrame:
        return self.stored.month_waits(metric, self.months_of_years(metric), at_grain(self.wait_changes(metric), "month"))

    def months_of_years(self, metric: Metric) -> pl.DataFrame:
        """month: every month of the years touched."""
        touched = self.touched("month").filter(pl.col("metric") == metric.id)  # more than the year's where only strata changed
        years = touched.select(period_start(pl.col("period"), "year").alias("year")).to_series().unique()
        return days_of(years, "year", "1mo").rename({"day": "month"})

    @property
    def durations(self) -> list[Metric]:
        return [metric for metric in self.changed_metrics if metric.kind == "duration"]

    @cached_property
    def day_waits(self) -> dict[str, pl.DataFrame]:
        """Waits by day over every week touched, by metric."""
        return {metric.id: self._day_waits(metric) for metric in self.durations}

    def _day_waits(self, metric: Metric) -> pl.DataFrame:
        return self.stored.day_waits(metric, self.days_of_weeks(metric), self.wait_changes(metric))

    def days_of_weeks(self, metric: Metric) -> pl.DataFrame:
        """day: every day of the weeks touched."""
        weeks = self.touched("week").filter(pl.col("metric") == metric.id)["period"]
        return days_of(weeks, "week")

    def observations(self) -> Iterator[pl.DataFrame]:
        """The observations of every period touched, grain by grain, then those by stratum."""
        found = pl.concat([self.quantiles, self.estimates])
        yield from (self.at(grain, found.filter(pl.col("grain") == grain)) for grain in GRAINS)
        yield self.by_stratum()

    def at(self, grain: str, found: pl.DataFrame) -> pl.DataFrame:
        """The observations of the grain's touched periods."""
        dated = self.day_counts.with_columns(period_start(pl.col("period"), grain).alias("period"))
        counted = rolled_counts(dated.join(self.touched(grain), on=["metric", "period"], how="semi"), grain)
        rolled = rolled_counts(self.places.with_totals(counted), grain)
        return observations(rolled, found, self.metrics, grain, self.places)

    @cached_property
    def quantiles(self) -> pl.DataFrame:
        """wait_quantiles of every duration metric over every touched period, with their `grain`."""
        return wait_quantiles(
            [Waits(metric, grain, self.touched_waits(metric, grain)) for grain in GRAINS for metric in self.durations], self.places
        )

    @property
    def estimated(self) -> list[Metric]:
        return [metric for metric in self.durations if estimate_statistics(metric)]

    @cached_property
    def estimates(self) -> pl.DataFrame:
        """wait_estimates of every metric that has them over every touched period, with their `grain`."""
        return wait_estimates(
            [Waits(metric, grain, self.touched_marked(metric, grain)) for grain in GRAINS for metric in self.estimated], self.places
        )

    def touched_marked(self, metric: Metric, grain: str) -> pl.DataFrame:
        """The metric's marked waits in the grain's touched periods."""
        source = self.day_censored if grain in ("day", "week") else self.month_censored
        return marked(self.touched_waits(metric, grain), self.in_touched(source[metric.id], metric, grain))

    @cached_property
    def day_censored(self) -> dict[str, pl.DataFrame]:
        """As day_waits, of the cases that left or still wait, for the metrics that are estimated."""
        return {
            metric.id: self.stored.day_censored(metric, self.days_of_weeks(metric), self.censored_changes(metric))
            for metric in self.estimated
        }

    @cached_property
    def month_censored(self) -> dict[str, pl.DataFrame]:
        """As month_waits, of the cases that left or still wait, for the metrics that are estimated."""
        return {
            metric.id: self.stored.month_censored(
                metric, self.months_of_years(metric), at_grain(self.censored_changes(metric), "month")
            )
            for metric in self.estimated
        }

    def censored_changes(self, metric: Metric) -> pl.DataFrame:
        return self.censored_delta.filter(pl.col("metric") == metric.id).drop("metric")

    def touched_waits(self, metric: Metric, grain: str) -> pl.DataFrame:
        """place, period, wait, count of the metric's completed cases in the grain's touched periods."""
        source = self.day_waits if grain in ("day", "week") else self.month_waits
        return self.in_touched(source[metric.id], metric, grain)

    def in_touched(self, waits: pl.DataFrame, metric: Metric, grain: str) -> pl.DataFrame:
        """The waits in the grain's touched periods of the metric."""
        periods = self.touched(grain).filter(pl.col("metric") == metric.id)["period"].to_physical()
        return at_grain(waits, grain).filter(pl.col("period").is_in(periods.implode()))

    @cached_property
    def stratum_counts(self) -> pl.DataFrame:
        return self.stored.stratum_counts(self.touched(STORED_GRAIN), self.stratum_delta)

    def by_stratum(self) -> pl.DataFrame:
        """The observations by stratum of the months touched."""
        if self.stratum_counts.is_empty():
            return pl.DataFrame()
        rolled = rolled_counts(self.places.with_totals(self.stratum_counts), STORED_GRAIN, "stratum")
        return stratum_observations(rolled, self.metrics, self.places)

    def new_month_waits(self) -> Iterator[pl.DataFrame]:
        """month_waits of the months touched: metric, site_id, service_id, month, wait, n."""
        yield from self._of_months(self.month_waits, self.durations)

    def new_month_censored(self) -> Iterator[pl.DataFrame]:
        """month_censored of the months touched, columns as month_waits."""
        yield from self._of_months(self.month_censored, self.estimated)

    def _of_months(self, held: dict[str, pl.DataFrame], metrics: Sequence[Metric]) -> Iterator[pl.DataFrame]:
        touched = self.touched("month").with_columns(pl.col("period").to_physical())
        for metric in metrics:
            months = touched.filter(pl.col("metric") == metric.id).select("period")
            waits = held[metric.id].join(months, on="period", how="semi")
            yield self._named(waits, metric, "month").select(
                "metric", "site_id", "service_id", "month", "wait", pl.col("count").alias("n")
            )

    def new_wait_bins(self) -> Iterator[pl.DataFrame]:
        """wait_bins of the days touched: metric, site_id, service_id, day, bin, n."""
        for metric in self.durations:
            days = self.days.filter(pl.col("metric") == metric.id).select(pl.col("period").to_physical())
            waits = self.day_waits[metric.id].join(days, on="period", how="semi")
            binned = wait_bins(waits, metric.clock_seconds)
            yield self._named(binned, metric, "day").select("metric", "site_id", "service_id", "day", "bin", "n")

    def _named(self, frame: pl.DataFrame, metric: Metric, period: str) -> pl.DataFrame:
        named = self.places.named(frame).with_columns(pl.lit(metric.id).alias("metric"))
        return named.with_columns(pl.col("period").cast(pl.Date).alias(period))

    def new_day_counts(self) -> pl.DataFrame:
        """day_counts of the days touched."""
        rows = self.day_counts.join(self.days, on=["metric", "period"], how="semi")
        return self.places.named(rows).drop("place").rename({"period": "day"})

    def new_stratum_counts(self) -> pl.DataFrame:
        if self.stratum_counts.is_empty():
            return pl.DataFrame()
        return self.places.named(self.stratum_counts).drop("place").rename({"period": "month"})

    def replaced_observations(self) -> pl.DataFrame:
        """metric, grain, period_start of every period made anew."""
        return pl.concat(
            self.touched(grain).select("metric", pl.lit(grain).alias("grain"), pl.col("period").alias("period_start"))
            for grain in GRAINS
        )


def days_of(starts: pl.Series, grain: str, step: str = "1d") -> pl.DataFrame:
    """day: every day of the periods that start on the days given, or the first and those that lie steps after it."""
    frame = pl.DataFrame({"start": starts}, schema={"start": pl.Date})
    return frame.select(pl.date_ranges("start", period_end(pl.col("start"), grain), step).explode().alias("day"))
