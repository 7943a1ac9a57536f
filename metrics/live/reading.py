"""The rows of the last days, and the board made of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from metrics import lake
from metrics.board import Age, Tile, tiles_of
from metrics.board.expected import CALIBRATION, HELD_FOR, calibrated, estimates, expected, realised
from metrics.board.expected_tile import expected_tile
from metrics.events import TABLES
from metrics.home import Home

TABLES_SHOWN = ("visits", "contacts", "appointments")
RECENT = timedelta(days=7)  # the present needs two days (FORGOTTEN); a week, to count the stamps that are missing


@dataclass(frozen=True)
class Now:
    """rows: by event table, canonical columns, of the last days.

    as_of: the newest recorded_at by table and site (site None: all).
    """

    home: Home
    now: datetime
    rows: Mapping[str, pl.DataFrame]
    as_of: Mapping[tuple[str, str | None], datetime]


def now_of(home: Home, now: datetime) -> Now:
    """What is known at `now` (UTC). Reads the lake again only after a commit or at a new UTC day. Raises LakeError when damaged."""
    at = lake.head(home.lake)
    rows = {table: recent(home.lake, at.sequence, table, now.date().toordinal()) for table in TABLES_SHOWN}
    return Now(home, now, rows, heard(rows, now))


@lru_cache(maxsize=2 * len(TABLES_SHOWN))  # the commit in force, and the one before it for a reader who has not moved on
def recent(path: Path, sequence: int, table: str, today: int) -> pl.DataFrame:
    """Rows whose anchor is within RECENT of the day (UTC, as its ordinal), or the day after; those months of the lake alone."""
    midnight = datetime.fromordinal(today)
    first, last = midnight - RECENT, midnight + timedelta(days=2)
    anchor = pl.col(TABLES[table].anchor or "recorded_at")
    # A month is of the site's local date, which is within a day of UTC's.
    earliest, latest = (pl.lit(f"{day:%Y-%m}") for day in (first - timedelta(days=1), last + timedelta(days=1)))
    months = pl.col("month").is_between(earliest, latest)
    return lake.scan(path, table).filter(months & (anchor >= first) & (anchor < last)).drop("month").collect()


def heard(rows: Mapping[str, pl.DataFrame], now: datetime) -> dict[tuple[str, str | None], datetime]:
    """When each table was last heard of up to now, for each site and altogether."""
    found: dict[tuple[str, str | None], datetime] = {}
    for table, frame in rows.items():
        spoken = frame.filter(pl.col("recorded_at") <= now)
        by_site = spoken.group_by("site_id").agg(pl.col("recorded_at").max())
        found |= {(table, site): at for site, at in by_site.iter_rows()}
        if len(spoken):
            found[(table, None)] = max(by_site["recorded_at"])
    return found


def board_of(now: Now, site: str | None = None) -> tuple[Tile, ...]:
    """The tiles of one site, or of all; the day is that of the site's time zone, else the home's."""
    limits = now.home.settings.board
    ages = {table: Age(now.as_of.get((table, site)), now.now, limits.stale_after, limits.lost_after) for table in TABLES_SHOWN}
    rows = {table: at_site(frame, site) for table, frame in now.rows.items()}
    zone = zone_of(now.home, site)
    more: tuple[Tile, ...] = ()
    if site is not None:  # nobody arrives at all sites: the wait to expect is of one
        bands, held = told_before(now.home.lake, now.now.date().toordinal())
        more = (expected_tile(expected(rows["visits"], bands, now.now), held, ages["visits"], zone),)
    return tiles_of(rows, ages, local_day(now.now, zone), now.now, more)


@lru_cache(maxsize=2)  # homes; a band is of the days before its own, so it is worked out once a day, whatever is committed
def told_before(path: Path, today: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The bands in force on a day (UTC, as its ordinal) and the arrivals of the four weeks before, held to theirs."""
    midnight = datetime.fromordinal(today)
    first = midnight - CALIBRATION - HELD_FOR - timedelta(days=1)  # a day more, for who was last seen before the first
    months = pl.col("month") >= pl.lit(f"{first - timedelta(days=1):%Y-%m}")
    arrived = pl.col("arrived_at").is_between(first, midnight, closed="left")
    visits = lake.scan(path, "visits").filter(months & arrived).select("site_id", "arrived_at", "seen_at").collect()
    past = estimates(visits)
    return calibrated(past, midnight), realised(past, midnight)


def at_site(frame: pl.DataFrame, site: str | None) -> pl.DataFrame:
    return frame if site is None else frame.filter(pl.col("site_id") == site)


def zone_of(home: Home, site: str | None) -> ZoneInfo:
    zones = dict(home.sites.select("site_id", "time_zone").iter_rows())
    return ZoneInfo(zones.get(site) or home.settings.default_time_zone)


def local_day(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The UTC instants of the local midnights around now: 23 or 25 hours apart on a day the clocks change."""
    today = now.replace(tzinfo=UTC).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    first, last = (midnight.astimezone(UTC).replace(tzinfo=None) for midnight in (today, today + timedelta(days=1)))
    return first, last
