"""The waits of one event table in the periods touched, as they were stored with this refresh's changes added, and their figures.

All metrics stand in one frame, each with place numbers of its own (place * how many there are + which): of the few waits that an
incremental refresh looks at, a step costs more than its rows.
"""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from metrics.definitions.metric import Metric
from metrics.jobs.estimated import estimate_statistics, estimates_apart
from metrics.jobs.grains import GRAINS, period_end, period_start
from metrics.jobs.survival import marked
from metrics.jobs.wait_bins import wait_bins
from metrics.jobs.waits import at_grain, empty_quantiles, quantiles_apart
from metrics.refresh.additive import NO_WAITS, Additive
from metrics.refresh.table_changes import TableChanges

DAILY = ("day", "week")  # grains told from waits by day; the others are told from those by month


@dataclass(frozen=True)
class ChangedWaits:
    """One table's waits over the weeks and the years of every period touched."""

    stored: Additive
    changes: TableChanges

    @property
    def width(self) -> int:
        return len(self.changes.durations)

    @cached_property
    def which(self) -> pl.DataFrame:
        """metric, which: the number of each metric with waits that is touched."""
        names = [metric.id for metric in self.changes.durations]
        numbered = pl.DataFrame({"metric": names, "which": range(len(names))}, schema={"metric": pl.String, "which": pl.UInt32})
        return numbered.join(self.changes.touched["month"], on="metric", how="semi", maintain_order="left")

    def touched(self, grain: str) -> pl.DataFrame:
        """metric, which, period (date) of the grain's periods in which something of the metric changed."""
        return self.which.join(self.changes.touched[grain], on="metric")

    @cached_property
    def days_of_weeks(self) -> pl.DataFrame:
        """metric, which, period: every day of the weeks touched."""
        return spread(self.touched("week"), "week", "1d")

    @cached_property
    def months_of_years(self) -> pl.DataFrame:
        """metric, which, period: every month of the years touched, those touched in their strata alone among them."""
        years = self.touched("month").with_columns(period_start(pl.col("period"), "year")).unique()
        return spread(years, "year", "1mo")

    @cached_property
    def by_day(self) -> pl.DataFrame:
        return self.stored.day_waits(self.changes.table, self.days_of_weeks, self.width, self.changes.waits)

    @cached_property
    def by_month(self) -> pl.DataFrame:
        return self.stored.month_waits(self.months_of_years, self.width, at_grain(self.changes.waits, "month"))

    @cached_property
    def estimated(self) -> list[Metric]:
        """The touched metrics that are estimated from those who left or still wait, too."""
        held = set(self.which["metric"])
        return [metric for metric in self.changes.durations if metric.id in held and estimate_statistics(metric)]

    def of_estimated(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.filter(pl.col("metric").is_in([metric.id for metric in self.estimated]))

    @cached_property
    def censored_by_day(self) -> pl.DataFrame:
        wanted = self.of_estimated(self.days_of_weeks)
        return self.stored.day_censored(self.changes.table, wanted, self.width, self.changes.censored)

    @cached_property
    def censored_by_month(self) -> pl.DataFrame:
        if not self.estimated:
            return NO_WAITS.to_frame()
        wanted = self.of_estimated(self.months_of_years)
        return self.stored.month_censored(wanted, self.width, at_grain(self.changes.censored, "month"))

    @cached_property
    def figures(self) -> pl.DataFrame:
        """wait_quantiles and wait_estimates over every period touched, with their `grain`."""
        if self.which.is_empty():
            return empty_quantiles()
        parts = [(metric, grain) for metric in self.changes.durations for grain in GRAINS]
        ended = self.in_touched(self.by_day, self.by_month)
        found = [quantiles_apart(ended, parts, self.stored.places)]
        if self.estimated:
            estimated = pl.Series([metric in self.estimated for metric, _ in parts])
            ended = ended.filter(pl.lit(estimated).gather(pl.col("place") % len(parts)))
            rows = marked(ended, self.in_touched(self.censored_by_day, self.censored_by_month))
            found.append(estimates_apart(rows, parts, self.stored.places))
        return pl.concat(found)

    def in_touched(self, by_day: pl.DataFrame, by_month: pl.DataFrame) -> pl.DataFrame:
        """The waits of every grain's touched periods: place (of a metric) * how many grains + which grain, period, wait, count."""
        parts = [
            self.only(at_grain((by_day if grain in DAILY else by_month).lazy(), grain), self.touched(grain)).select(
                (pl.col("place") * len(GRAINS) + which).cast(pl.UInt32), "period", "wait", "count"
            )
            for which, grain in enumerate(GRAINS)
        ]
        return pl.concat(parts).collect()

    def only(self, waits: pl.LazyFrame, periods: pl.DataFrame) -> pl.LazyFrame:
        """The waits in those of the periods (which, period) that are touched in their metric."""
        wanted = periods.lazy().select("which", pl.col("period").to_physical())
        numbered = waits.with_columns((pl.col("place") % max(self.width, 1)).alias("which"))
        return numbered.join(wanted, on=["which", "period"], how="semi", maintain_order="left").drop("which")

    def new_month_waits(self) -> pl.DataFrame:
        """month_waits of the months touched: metric, site_id, service_id, month, wait, n."""
        return self._of_months(self.by_month)

    def new_month_censored(self) -> pl.DataFrame:
        """month_censored of the months touched, columns as month_waits."""
        return self._of_months(self.censored_by_month)

    def _of_months(self, waits: pl.DataFrame) -> pl.DataFrame:
        named = self._named(self.only(waits.lazy(), self.touched("month")).collect(), "month")
        return named.select("metric", "site_id", "service_id", "month", "wait", pl.col("count").alias("n"))

    def new_wait_bins(self) -> pl.DataFrame:
        """wait_bins of the days touched: metric, site_id, service_id, day, bin, n."""
        seconds = pl.lit(pl.Series([metric.clock_seconds for metric in self.changes.durations], dtype=pl.Int64))
        waits = self.only(self.by_day.lazy(), self.touched("day")).collect()
        binned = wait_bins(waits, seconds.gather(pl.col("place") % max(self.width, 1)))
        return self._named(binned, "day").select("metric", "site_id", "service_id", "day", "bin", "n")

    def _named(self, frame: pl.DataFrame, period: str) -> pl.DataFrame:
        apart = frame.with_columns(self.changes.metric, pl.col("period").cast(pl.Date).alias(period))
        return self.stored.places.named(apart.with_columns((pl.col("place") // max(self.width, 1)).cast(pl.UInt32)))


def spread(periods: pl.DataFrame, grain: str, step: str) -> pl.DataFrame:
    """The frame with, for each of its periods, the first day and those that lie steps after it."""
    days = pl.date_ranges("period", period_end(pl.col("period"), grain), step)
    return periods.with_columns(days.alias("period")).explode("period")
