"""The tables that add up, as the generation before holds them, with this refresh's gains and losses added."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

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
# Waits are fetched with their metrics' place numbers (place * $width + which), worked out where the names are stored once.
MONTH_WAITS = """
    select p.place * $width + w.which as place, m.month - date '1970-01-01' as period, m.wait, m.n as count
    from {table} m join wanted w on w.metric = m.metric and w.period = m.month
    join places p on p.site_id = m.site_id and p.service_id = m.service_id
"""
DAY_WAITS = """
    select p.place * $width + w.which as place, f.day - date '1970-01-01' as period, f.{metric}_wait as wait, count(*) as count
    from facts_{table} f join wanted w on w.period = f.day
    join places p on p.site_id = f.site_id and p.service_id = f.service_id
    where w.metric = '{metric}' and f.{metric}_end in ({endings}) and f.{anchor} <= (select as_of from generation)
    group by all
"""
DONE, NOT_DONE = "'done'", "'left', 'open'"  # how a wait ended, or that it has not
PLACES = """
    select distinct site_id, service_id from day_counts semi join wanted using (metric)
    union select distinct site_id, service_id from month_censored semi join wanted using (metric)
"""


NO_WAITS = pl.Schema({"place": pl.UInt32(), "period": pl.Int32(), "wait": pl.Int64(), "count": pl.Int64()})


@dataclass(frozen=True)
class Additive:
    """Reads stored counts and waits, by place number, and brings them up to date."""

    connection: duckdb.DuckDBPyConnection
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

    def month_waits(self, wanted: pl.DataFrame, width: int, delta: pl.DataFrame) -> pl.DataFrame:
        """place, period (month), wait, count of completed cases of the metrics and months wanted, the delta added.

        wanted: metric, which, period (date); a place stands for one metric's: place * width + which.
        """
        return patched(self.waits(MONTH_WAITS.format(table="month_waits"), width, wanted), delta)

    def month_censored(self, wanted: pl.DataFrame, width: int, delta: pl.DataFrame) -> pl.DataFrame:
        """As month_waits, of the cases that left or still waited."""
        return patched(self.waits(MONTH_WAITS.format(table="month_censored"), width, wanted), delta)

    def day_waits(self, table: EventTable, wanted: pl.DataFrame, width: int, delta: pl.DataFrame) -> pl.DataFrame:
        """As month_waits, on the days wanted, from the table's facts themselves."""
        return patched(self._day_waits(table, DONE, wanted, width), delta)

    def day_censored(self, table: EventTable, wanted: pl.DataFrame, width: int, delta: pl.DataFrame) -> pl.DataFrame:
        """As day_waits, of the cases that left or still waited."""
        return patched(self._day_waits(table, NOT_DONE, wanted, width), delta)

    def _day_waits(self, table: EventTable, endings: str, wanted: pl.DataFrame, width: int) -> pl.DataFrame:
        parts = [
            DAY_WAITS.format(table=table.name, metric=metric, endings=endings, anchor=table.anchor)
            for metric in wanted["metric"].unique(maintain_order=True)
        ]
        return self.waits(" union all ".join(f"({part})" for part in parts), width, wanted) if parts else NO_WAITS.to_frame()

    def waits(self, sql: str, width: int, wanted: pl.DataFrame) -> pl.DataFrame:
        places = self.places.frame.drop_nulls(("site_id", "service_id"))
        return fetched(self.connection, sql, {"width": width}, wanted=wanted, places=places).cast(NO_WAITS)  # type: ignore[arg-type]

    def numbered(self, frame: pl.DataFrame) -> pl.DataFrame:
        return self.places.numbered(frame)


def places_known(connection: duckdb.DuckDBPyConnection, metrics: Sequence[str], facts: Iterable[pl.DataFrame]) -> Places:
    """Every place where one of the metrics has figures already, or that has facts now."""
    stored = fetched(connection, PLACES, wanted=pl.DataFrame({"metric": metrics}, schema={"metric": pl.String}))
    return Places.of(pl.concat([stored, *(frame.select("site_id", "service_id") for frame in facts)]))
