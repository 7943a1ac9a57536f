"""The figures that an incremental refresh makes anew: those of all periods that the changes of any event table touch."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from metrics.definitions.metric import Metric
from metrics.jobs.grains import GRAINS, period_end, period_start
from metrics.jobs.observations import observations, rolled_counts, stratum_observations
from metrics.jobs.strata import STORED_GRAIN
from metrics.refresh.additive import Additive
from metrics.refresh.changed_waits import ChangedWaits
from metrics.refresh.table_changes import TableChanges

NO_PERIODS = pl.Schema({"metric": pl.String(), "period": pl.Date()})


@dataclass(frozen=True)
class ChangedFigures:
    """What the tables' changes make of the stored figures: the new rows, and the keys of the rows they replace."""

    stored: Additive
    changes: Sequence[TableChanges]
    waits: Sequence[ChangedWaits]

    @cached_property
    def metrics(self) -> list[Metric]:
        return [metric for changes in self.changes for metric in changes.metrics]

    @cached_property
    def days(self) -> pl.DataFrame:
        """metric, period: every day on which any of the metric's counts or waits changed."""
        return pl.concat([NO_PERIODS.to_frame(), *(changes.days for changes in self.changes)])

    @cached_property
    def touched(self) -> dict[str, pl.DataFrame]:
        """metric, period: of every grain, the periods in which something changed."""
        return {
            grain: pl.concat([NO_PERIODS.to_frame(), *(changes.touched[grain] for changes in self.changes)]) for grain in GRAINS
        }

    @cached_property
    def span(self) -> tuple[date, date]:
        """The first and last day of the years touched, widened to whole weeks: no period reaches further."""
        months = pl.concat([self.days["period"], self.touched[STORED_GRAIN]["period"]])
        year = pl.DataFrame({"day": [months.min(), months.max()]}).select(period_start(pl.col("day"), "year").alias("start"))
        edges = year.select(pl.col("start"), period_end(pl.col("start"), "year").alias("end"))
        first, last = edges.select(
            period_start(pl.col("start").min(), "week").alias("first"),
            period_end(period_start(pl.col("end").max(), "week"), "week").alias("last"),
        ).row(0)
        return first, last

    @cached_property
    def day_counts(self) -> pl.DataFrame:
        first, last = self.span
        changed = self.touched[STORED_GRAIN]["metric"].unique().to_list()
        return self.stored.day_counts(changed, first, last, pl.concat(changes.counts for changes in self.changes))

    def observations(self) -> Iterator[pl.DataFrame]:
        """The observations of every period touched, grain by grain, then those by stratum."""
        found = pl.concat(waits.figures for waits in self.waits)
        yield from (self.at(grain, found.filter(pl.col("grain") == grain)) for grain in GRAINS)
        yield self.by_stratum()

    def at(self, grain: str, found: pl.DataFrame) -> pl.DataFrame:
        """The observations of the grain's touched periods."""
        dated = self.day_counts.with_columns(period_start(pl.col("period"), grain).alias("period"))
        counted = rolled_counts(dated.join(self.touched[grain], on=["metric", "period"], how="semi"), grain)
        rolled = rolled_counts(self.stored.places.with_totals(counted), grain)
        return observations(rolled, found, self.metrics, grain, self.stored.places)

    @cached_property
    def stratum_counts(self) -> pl.DataFrame:
        deltas = [changes.by_stratum for changes in self.changes if not changes.by_stratum.is_empty()]
        return self.stored.stratum_counts(self.touched[STORED_GRAIN], pl.concat(deltas) if deltas else pl.DataFrame())

    def by_stratum(self) -> pl.DataFrame:
        """The observations by stratum of the months touched."""
        if self.stratum_counts.is_empty():
            return pl.DataFrame()
        rolled = rolled_counts(self.stored.places.with_totals(self.stratum_counts), STORED_GRAIN, "stratum")
        return stratum_observations(rolled, self.metrics, self.stored.places)

    def of_waits(self, rows: Callable[[ChangedWaits], pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """New rows of each table that has waits in a period touched."""
        return (rows(waits) for waits in self.waits if not waits.which.is_empty())

    def new_day_counts(self) -> pl.DataFrame:
        """day_counts of the days touched."""
        rows = self.day_counts.join(self.days, on=["metric", "period"], how="semi")
        return self.stored.places.named(rows).drop("place").rename({"period": "day"})

    def new_stratum_counts(self) -> pl.DataFrame:
        if self.stratum_counts.is_empty():
            return pl.DataFrame()
        return self.stored.places.named(self.stratum_counts).drop("place").rename({"period": "month"})

    def replaced_observations(self) -> pl.DataFrame:
        """metric, grain, period_start of every period made anew."""
        return pl.concat(
            self.touched[grain].select("metric", pl.lit(grain).alias("grain"), pl.col("period").alias("period_start"))
            for grain in GRAINS
        )
