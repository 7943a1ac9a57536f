"""Censuses in a refresh: moves are kept by day, and every period from the first that changed is told anew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb
import polars as pl

from metrics.definitions.metric import Metric
from metrics.events import EventTable
from metrics.jobs.census import MOVES, census_moves, census_observations, summed
from metrics.jobs.counts import counted_rows
from metrics.jobs.grains import GRAINS, period_start
from metrics.jobs.places import Places
from metrics.refresh.affected import Affected, fetched
from metrics.refresh.inputs import Inputs
from metrics.warehouse.overlay import Overlay

TABLE = "census_moves"
STORED = f"select metric, site_id, service_id, day, present, young from {TABLE} semi join wanted using (metric)"


@dataclass
class CensusFigures:
    """Collects one event table's moves, a few months at a time."""

    table: EventTable
    inputs: Inputs
    places: Places
    moves: list[pl.DataFrame] = field(default_factory=list)

    @property
    def metrics(self) -> Sequence[Metric]:
        return self.inputs.censuses_of(self.table)

    def add_months(self, facts: pl.DataFrame) -> None:
        if self.metrics:
            self.moves.append(moves_of(facts, self.table, self.inputs, self.places, self.inputs.as_of))

    def all_moves(self) -> pl.DataFrame:
        return summed(pl.concat([pl.DataFrame(schema=MOVES), *self.moves]))

    def observations(self) -> Iterator[pl.DataFrame]:
        """The observations of every grain."""
        moves = self.all_moves()
        for grain in GRAINS if self.metrics else ():
            yield census_observations(moves, self.metrics, grain, self.places, self.inputs.as_of)

    def named_moves(self) -> pl.DataFrame:
        return named(self.all_moves(), self.places)


def moves_of(facts: pl.DataFrame, table: EventTable, inputs: Inputs, places: Places, as_of: datetime) -> pl.DataFrame:
    assert table.anchor is not None
    rows = places.numbered(counted_rows(facts, table.anchor, as_of))
    return census_moves(rows, inputs.censuses_of(table), inputs.calendar)


def named(moves: pl.DataFrame, places: Places) -> pl.DataFrame:
    """Moves with the names of their places, as they are stored."""
    return places.named(moves).select("metric", "site_id", "service_id", "day", "present", "young")


def add_censuses(
    overlay: Overlay,
    before: duckdb.DuckDBPyConnection,
    inputs: Inputs,
    table: EventTable,
    affected: Affected,
    as_of_before: datetime,
) -> None:
    """The censuses of one event table, from the first day on which somebody came or went otherwise than was known.

    Where nobody did, from the as-of day before: the days since have an end, too.
    """
    metrics = inputs.censuses_of(table)
    if not metrics:
        return
    wanted = pl.DataFrame({"metric": [metric.id for metric in metrics]})
    stored = fetched(before, STORED, wanted=wanted)
    places = Places.of(pl.concat(frame.select("site_id", "service_id") for frame in (stored, affected.before, affected.after)))
    lost = moves_of(affected.before, table, inputs, places, as_of_before)
    gained = moves_of(affected.after, table, inputs, places, inputs.as_of)
    delta = summed(pl.concat([lost.with_columns(-pl.col("present", "young")), gained]))
    if delta.is_empty() and inputs.as_of.date() == as_of_before.date():
        return
    moves = summed(pl.concat([places.numbered(stored).select(list(MOVES)).cast(MOVES), delta]))  # type: ignore[arg-type]
    since = min([as_of_before.date(), *delta["day"].to_list()])
    days = delta.select("metric", "day").unique()
    overlay.replace(TABLE, days, [named(moves.join(days, on=["metric", "day"], how="semi"), places)])
    told = (census_observations(moves, metrics, grain, places, inputs.as_of, since) for grain in GRAINS)
    overlay.replace("observations", told_anew(wanted, since, inputs.as_of.date()), told)


def told_anew(metrics: pl.DataFrame, since: date, until: date) -> pl.DataFrame:
    """metric, grain, period_start of every period from that of one day to that of the other."""
    days = pl.DataFrame({"day": pl.date_range(since, max(since, until), eager=True)})
    periods = [
        days.select(pl.lit(grain).alias("grain"), period_start(pl.col("day"), grain).alias("period_start")).unique()
        for grain in GRAINS
    ]
    return metrics.join(pl.concat(periods), how="cross")
