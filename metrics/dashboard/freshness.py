"""How old the data is, and when it is too old to stand behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from metrics.dashboard import data, numbers
from metrics.home import replay
from metrics.jobs.feeds import is_stale


def now() -> datetime:
    """This instant in UTC without a zone, as the home's data has it. The face's one clock."""
    return replay.now_of(data.home_path())


def moment(instant: datetime, zone: str) -> str:
    """A UTC instant on a wall clock of `zone`: '22 November 2025, 14:05 GMT'."""
    local = instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return f"{numbers.day(local.date())}, {local:%H:%M %Z}"


def clock_time(instant: datetime, zone: str, at: datetime) -> str:
    """'14:05:07' on a wall clock of `zone`; with its day when that is not the day of `at`."""
    local, today = (moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) for moment in (instant, at))
    return f"{local:%H:%M:%S}" if local.date() == today.date() else f"{local.day} {local:%B, %H:%M}"


def date_words(instant: datetime, zone: str) -> str:
    """'GMT, Monday 30 November 2026'."""
    local = instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return f"{local:%Z}, {local:%A} {numbers.day(local.date())}"


def age(instant: datetime, at: datetime) -> str:
    """'3 hours old'; a moment ahead of the clock is 'under a minute old'."""
    return f"{numbers.age(at - instant)} old"


@dataclass(frozen=True)
class Feeds:
    """When each event table was last fed, seen `at` an instant (UTC): for each site, and altogether (site None).

    silent: tables (and sites) all of whose sources are stale. A source that another took the place of does not make them so.
    """

    fed: Mapping[tuple[str, str | None], datetime]
    silent: frozenset[tuple[str, str | None]]
    at: datetime

    def stale(self, table: str, site: str | None = None) -> bool:
        """A table nobody ever fed is not stale: it has no data. A site is stale by itself, or with the whole table."""
        return (table, site) in self.silent or (table, None) in self.silent

    def any_stale(self, tables: Sequence[str], site: str | None = None) -> bool:
        """Whether any of the tables that a figure hangs on is stale."""
        return any(self.stale(table, site) for table in tables)

    def words_of(self, tables: Sequence[str], site: str | None = None) -> str:
        """How long ago the table was fed that was fed longest ago; of no table, that other figures feed it."""
        known = [(self.fed.get((table, site), datetime.min), table) for table in tables]
        return self.words(min(known)[1], site) if known else "fed by other figures"

    def words(self, table: str, site: str | None = None) -> str:
        fed = self.fed.get((table, site))
        return "never fed" if fed is None else f"fed {numbers.age(self.at - fed)} ago"


def feeds(freshness: pl.DataFrame, at: datetime, stale_after: timedelta) -> Feeds:
    """The feeds as the `freshness` table tells of them, put together over the sources of each table and site."""
    spoken = freshness.filter(pl.col("recorded_at").is_not_null())
    by_place = spoken.group_by("table_name", "site_id").agg(
        pl.col("recorded_at").max(), is_stale(at, stale_after).all().alias("stale")
    )
    rows = list(by_place.iter_rows())
    fed = {(table, site): recorded_at for table, site, recorded_at, _ in rows}
    return Feeds(fed, frozenset((table, site) for table, site, _, stale in rows if stale), at)


def table(freshness: pl.DataFrame, at: datetime, after: timedelta) -> pl.DataFrame:
    """A row a table and source with its state in words, stale ones first, for the page. Instants are UTC.

    A site has a row of its own where its feed is stale and the whole one is not: it speaks, but not for that site.
    """
    silent = is_stale(at, after)
    word = pl.when(silent.is_null()).then(pl.lit("◇ No data")).when(silent).then(pl.lit("◆ Stale")).otherwise(pl.lit("● Fresh"))
    whole_is_silent = silent.filter(pl.col("site_id").is_null()).first().over("table_name", "source")
    shown = freshness.filter(pl.col("site_id").is_null() | (silent & ~whole_is_silent))
    told = shown.with_columns(
        state=word,
        site=pl.col("site_id").fill_null("all"),
        age=pl.col("recorded_at").map_elements(lambda instant: numbers.age(at - instant), return_dtype=pl.String),
    )
    ordered = told.sort(silent.fill_null(True), descending=True, maintain_order=True)
    return ordered.select("state", "table_name", "source", "site", "age", "rows", "rejected", "first_at", "last_at", "recorded_at")
