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
        waits = pl.concat([self.waits, self.censored]).select(self.metric, pl.col("period").cast(pl.Date)).unique()
        return pl.concat([self.counts.select("metric", "period"), waits]).unique()

    @property
    def metric(self) -> pl.Expr:
        """The name of the metric that a wait's place number stands for."""
        names = pl.lit(pl.Series([metric.id for metric in self.durations], dtype=pl.String))
        return names.gather(pl.col("place") % max(len(self.durations), 1)).alias("metric")

    @cached_property
    def touched(self) -> dict[str, pl.DataFrame]:
        """metric, period: of every grain, the periods in which something changed; of strata, too, where they are stored by it."""
        return {grain: self._touched_at(grain) for grain in GRAINS}

    def _touched_at(self, grain: str) -> pl.DataFrame:
        months = self.by_stratum.select("metric", "period") if not self.by_stratum.is_empty() else self.days.clear()
        days = pl.concat([self.days, months]) if grain == STORED_GRAIN else self.days
        return days.select("metric", period_start(pl.col("period"), grain).alias("period")).unique()
