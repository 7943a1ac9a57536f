"""The tables that add up, as the generation before holds them, with this refresh's gains and losses added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from metrics.definitions.metric import Metric
from metrics.events import EventTable
from metrics.jobs.counts import MEASURES, added
from metrics.jobs.deltas import patched
from metrics.jobs.places import Places
from metrics.refresh.affected import fetched

DAY_COUNTS = f"""
    select metric, site_id, service_id, day as period, {", ".join(MEASURES)}
    from day_counts semi join wanted using (metric) where day between $first and $last
"""
STRATUM_COUNTS = f"""
    select c.metric, site_id, service_id, month as period, stratum, {", ".join(MEASURES)}
    from stratum_counts c semi join touched t on t.metric = c.metric and t.period = c.month
"""
MONTH_WAITS = """
    select site_id, service_id, month as period, wait, n as count
    from month_waits semi join months using (month) where metric = $metric
"""
MONTH_CENSORED = """
    select site_id, service_id, month as period, wait, n as count
    from month_censored semi join months using (month) where metric = $metric
"""
PLACES = """
    select distinct site_id, service_id from day_counts semi join wanted using (metric)
    union select distinct site_id, service_id from month_censored semi join wanted using (metric)
"""


@dataclass(frozen=True)
class Additive:
    """Reads one event table's stored counts and waits, by place number, and brings them up to date."""

    connection: duckdb.DuckDBPyConnection
    table: EventTable
    places: Places

    def day_counts(self, metrics: Sequence[str], first: date, last: date, delta: pl.DataFrame) -> pl.DataFrame:
        """metric, place, period (day), measures between two days, both included."""
        wanted = pl.DataFrame({"metric": metrics})
        stored = self.numbered(fetched(self.connection, DAY_COUNTS, {"first": first, "last": last}, wanted=wanted))
        return added(pl.concat([stored.select(delta.columns), delta]), ("place", "period"))

    def stratum_counts(self, touched: pl.DataFrame, delta: pl.DataFrame) -> pl.DataFrame:
        """metric, place, period (month), stratum, measures of the months touched (metric, period)."""
        columns = ["metric", "place", "period", "stratum", *MEASURES]
        stored = self.numbered(fetched(self.connection, STRATUM_COUNTS, touched=touched)).select(columns)
        return added(pl.concat([stored, *([] if delta.is_empty() else [delta.select(columns)])]), ("place", "period", "stratum"))

    def month_waits(self, metric: Metric, months: pl.DataFrame, delta: pl.DataFrame) -> pl.DataFrame:
        """place, period (month), wait, count of the metric in the months wanted (month)."""
        return patched(self.waits(MONTH_WAITS, {"metric": metric.id}, months=months), delta)

    def day_waits(self, metric: Metric, days: pl.DataFrame, delta: pl.DataFrame) -> pl.DataFrame:
        """place, period (day), wait, count of the metric on the days wanted (day), from the facts themselves."""
        return self._day_waits(metric, "= 'done'", days, delta)

    def day_censored(self, metric: Metric, days: pl.DataFrame, delta: pl.DataFrame) -> pl.DataFrame:
        """As day_waits, of the cases that left or still waited."""
        return self._day_waits(metric, "in ('left', 'open')", days, delta)

    def month_censored(self, metric: Metric, months: pl.DataFrame, delta: pl.DataFrame) -> pl.DataFrame:
        """As month_waits, of the cases that left or still waited."""
        return patched(self.waits(MONTH_CENSORED, {"metric": metric.id}, months=months), delta)

    def _day_waits(self, metric: Metric, ending: str, days: pl.DataFrame, delta: pl.DataFrame) -> pl.DataFrame:
        sql = f"""
            select site_id, service_id, day as period, {metric.id}_wait as wait, count(*) as count
            from facts_{self.table.name} semi join days using (day)
            where {metric.id}_end {ending} and {self.table.anchor} <= (select as_of from generation)
            group by all"""
        return patched(self.waits(sql, days=days), delta)

    def waits(self, sql: str, params: dict[str, object] | None = None, **frames: pl.DataFrame) -> pl.DataFrame:
        found = self.numbered(fetched(self.connection, sql, params, **frames))
        period = pl.col("period").cast(pl.Date).to_physical()
        return found.select("place", period, pl.col("wait").cast(pl.Int64), pl.col("count").cast(pl.Int64))

    def numbered(self, frame: pl.DataFrame) -> pl.DataFrame:
        return self.places.numbered(frame)


def places_known(connection: duckdb.DuckDBPyConnection, metrics: Sequence[str], *facts: pl.DataFrame) -> Places:
    """Every place that has figures already, or facts now."""
    stored = fetched(connection, PLACES, wanted=pl.DataFrame({"metric": metrics}, schema={"metric": pl.String}))
    return Places.of(pl.concat([stored, *(frame.select("site_id", "service_id") for frame in facts)]))
