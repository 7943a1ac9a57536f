"""How old the data is, and when it is too old to stand behind."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from metrics.dashboard import numbers


def now() -> datetime:
    """This instant in UTC without a zone, as instants are kept everywhere inside. The face's one clock."""
    return datetime.now(UTC).replace(tzinfo=None)


def moment(instant: datetime, zone: str) -> str:
    """A UTC instant on a wall clock of `zone`: '22 November 2025, 14:05 GMT'."""
    local = instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return f"{numbers.day(local.date())}, {local:%H:%M %Z}"


def age(instant: datetime, at: datetime) -> str:
    """'3 hours old'; a moment ahead of the clock is 'under a minute old'."""
    return f"{numbers.age(at - instant)} old"


@dataclass(frozen=True)
class Feeds:
    """When each event table was last fed, seen `at` an instant; silent for longer than `stale_after` is stale. UTC."""

    fed: dict[str, datetime]
    at: datetime
    stale_after: timedelta

    def stale(self, table: str) -> bool:
        """A table nobody ever fed is not stale: it has no data."""
        return table in self.fed and self.at - self.fed[table] > self.stale_after

    def words(self, table: str) -> str:
        return f"fed {numbers.age(self.at - self.fed[table])} ago" if table in self.fed else "never fed"


def feeds(freshness: pl.DataFrame, at: datetime, stale_after: timedelta) -> Feeds:
    """The newest recorded_at of each event table, over its sources."""
    spoken = freshness.filter(pl.col("recorded_at").is_not_null())
    return Feeds(dict(spoken.group_by("table_name").agg(pl.col("recorded_at").max()).iter_rows()), at, stale_after)


def table(freshness: pl.DataFrame, at: datetime, after: timedelta) -> pl.DataFrame:
    """A row a table and source with its state in words, stale ones first, for the page. Instants are UTC."""
    never, silent = pl.col("recorded_at").is_null(), pl.lit(at) - pl.col("recorded_at") > after
    word = pl.when(never).then(pl.lit("◇ No data")).when(silent).then(pl.lit("◆ Stale")).otherwise(pl.lit("● Fresh"))
    told = freshness.with_columns(
        state=word,
        age=pl.col("recorded_at").map_elements(lambda instant: numbers.age(at - instant), return_dtype=pl.String),
    )
    shown = told.sort(silent.fill_null(True), descending=True, maintain_order=True)
    return shown.select("state", "table_name", "source", "age", "rows", "rejected", "first_at", "last_at", "recorded_at")
