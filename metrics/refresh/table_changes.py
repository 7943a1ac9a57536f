"""What one event table's affected facts add to its counts and waits, and the periods in which that changes a figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import polars as pl

from metrics.definitions.metric import Metric
from metrics.events import EventTable
from metrics.jobs.counts import counted_rows, flagged
from metrics.jobs.deltas import censored_deltas, count_deltas, stratum_deltas, wait_deltas
from metrics.jobs.grains import GRAINS, period_start
from metrics.jobs.places import Places
from metrics.jobs.strata import STORED_GRAIN, Strata
from metrics.refresh.affected import Affected
from metrics.refresh.inputs import Inputs


@dataclass(frozen=True)
class TableChanges:
    """One table's gains less its losses, in whole numbers. places: of all tables."""

    inputs: Inputs
    table: EventTable
    affected: Affected
    places: Places
    strata_before: Strata  # of the patients of the affected facts, or of all
    strata_after: Strata
    as_of_before: datetime

    @property
    def metrics(self) -> Sequence[Metric]:
        return self.inputs.of_table(self.table)

    @cached_property
    def durations(self) -> list[Metric]:
        """The metrics that have waits, in the order in which their places are numbered apart: place * how many + which."""
        return [metric for metric in self.metrics if metric.kind == "duration"]

    def rows(self, facts: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
        assert self.table.anchor is not None
        counted = self.places.numbered(flagged(counted_rows(facts, self.table.anchor, as_of), self.metrics))
        return counted.with_columns(pl.col("day").alias("period"))

    @cached_property
    def before(self) -> pl.DataFrame:
        return self.rows(self.affected.before, self.as_of_before)

    @cached_property
    def after(self) -> pl.DataFrame:
        return self.rows(self.affected.after, self.inputs.as_of)

    @cached_property
    def counts(self) -> pl.DataFrame:
        return count_deltas(self.before, self.after, self.metrics)

    @cached_property
    def waits(self) -> pl.DataFrame:
        return wait_deltas(self.before, self.after, self.durations)

    @cached_property
    def censored(self) -> pl.DataFrame:
        return censored_deltas(self.before, self.after, self.durations)

    @cached_property
    def by_stratum(self) -> pl.DataFrame:
        return stratum_deltas(self.before, self.after, self.metrics, self.strata_before, self.strata_after)

    @cached_property
    def days(self) -> pl.DataFrame:
        """metric, period: every day on which any of the metric's counts or waits changed."""
        days = [self.counts.lazy().select("metric", "period")]
        waits = (frame.lazy() for frame in (self.waits, self.censored) if not frame.is_empty())
        days += [frame.select(self.metric, pl.col("period").cast(pl.Date)) for frame in waits]
        return pl.concat(days).unique().collect()

    @property
    def metric(self) -> pl.Expr:
        """The name of the metric that a wait's place number stands for."""
        names = pl.lit(pl.Series([metric.id for metric in self.durations], dtype=pl.String))
        return names.gather(pl.col("place") % max(len(self.durations), 1)).alias("metric")

    @cached_property
    def touched(self) -> dict[str, pl.DataFrame]:
        """metric, period: of every grain, the periods in which something changed; of strata, too, where they are stored by it."""
        days = self.days.lazy()
        strata = [] if self.by_stratum.is_empty() else [self.by_stratum.lazy().select("metric", "period")]
        of_grain = {grain: pl.concat([days, *strata]) if grain == STORED_GRAIN else days for grain in GRAINS}
        periods = (frame.select("metric", period_start(pl.col("period"), grain)).unique() for grain, frame in of_grain.items())
        return dict(zip(of_grain, pl.collect_all(periods), strict=True))
