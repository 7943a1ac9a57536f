"""The board made of what is known now: tiles, what is owed, today against the usual."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import polars as pl

from metrics import lake
from metrics.board import Age, Tile, tiles_of
from metrics.board.appointments import OUT
from metrics.board.expected import CALIBRATION, HELD_FOR, Bands, calibrated, estimates, expected, realised
from metrics.board.expected_tile import expected_tile
from metrics.board.limits import CASES_OWED, MESSAGES_OWED
from metrics.board.listing import listed
from metrics.board.owed import owed
from metrics.board.owed_tile import owed_tile
from metrics.board.usual import not_here, shape
from metrics.events import TABLES
from metrics.home import Home
from metrics.live.calendars import built_in, timetable
from metrics.live.lake_rows import PAST, TABLES_SHOWN, past, window
from metrics.live.reading import Now, at_site, local_day, zone_of

OWED_KEYS = {"contacts": "messages", "cases": "cases"}
"""The tiles of what is owed, by table."""
OWED_EVERY = timedelta(seconds=10)
"""Limits of what is owed are of hours and days, on business clocks whose working out is half of what a look costs."""


def board_of(now: Now, site: str | None = None) -> tuple[Tile, ...]:
    """The tiles of one site, or of all; the day is that of the site's time zone, else the home's."""
    limits, zone = now.home.settings.board, zone_of(now.home, site)
    ages = {
        table: Age(now.as_of.get((table, site)), now.now, limits.stale_after, limits.lost_after, now.source_lags.get((table, site)))
        for table in TABLES_SHOWN
    }
    slow = now.home.settings.stale_after  # requests come by the day, and are owed by the day: hours of silence say nothing
    ages["cases"] = replace(ages["cases"], stale_after=slow, lost_after=2 * slow)
    rows = {table: at_site(frame, site) for table, frame in now.rows.items()}
    more = owed_tiles(now, site, ages)
    if site is not None:  # nobody arrives at all sites: the wait to expect is of one
        bands, held = told_before(now.home.lake, now.now.date().toordinal())
        more = (expected_tile(expected(rows["visits"], bands, now.now), held, ages["visits"], zone), *more)
    absent = not_here(with_past(now, "appointments", site), now.now, zone)
    return tiles_of(rows, ages, local_day(now.now, zone), now.now, more, absent)


@lru_cache(maxsize=2)  # homes; a band is of the days before its own, so it is worked out once a day, whatever is committed
def told_before(path: Path, today: int) -> tuple[Bands, pl.DataFrame]:
    """The bands in force on a day (UTC, as its ordinal) and the arrivals of the four weeks before, held to theirs."""
    midnight = datetime.fromordinal(today)
    first = midnight - CALIBRATION - HELD_FOR - timedelta(days=1)  # a day more, for who was last seen before the first
    months = pl.col("month") >= pl.lit(f"{first - timedelta(days=1):%Y-%m}")
    arrived = pl.col("arrived_at").is_between(first, midnight, closed="left")
    visits = lake.standing(path, "visits").filter(months & arrived).select("site_id", "arrived_at", "seen_at").collect()
    past = estimates(visits)
    return calibrated(past, midnight), realised(past, midnight)


def shapes_of(now: Now, site: str | None = None) -> dict[str, pl.DataFrame]:
    """Today against the usual shape of this weekday, columns as SHAPE: arrivals, calls and appointments due."""
    zone = zone_of(now.home, site)
    calls = with_past(now, "contacts", site).filter(pl.col("channel") == "phone")
    due = with_past(now, "appointments", site).filter(~pl.col("status").is_in(OUT))
    counted = {"arrivals": with_past(now, "visits", site)["arrived_at"], "calls": calls["queued_at"], "due": due["scheduled_start"]}
    return {name: shape(instants, now.now, zone) for name, instants in counted.items()}


def with_past(now: Now, table: str, site: str | None) -> pl.DataFrame:
    """The columns of PAST of the weeks in which the usual is looked for, up to what is known now."""
    today = now.now.date().toordinal()
    anchor = pl.col(TABLES[table].anchor or "")
    newer = now.rows[table].filter(anchor >= window(today)[0]).select("site_id", *PAST[table])
    return at_site(pl.concat([past(now.home.lake, table, today), newer]), site)


def owed_tiles(now: Now, site: str | None, ages: Mapping[str, Age]) -> tuple[Tile, ...]:
    titles = {"contacts": "Messages that wait for an answer", "cases": "Complaints and other requests"}
    return tuple(owed_tile(OWED_KEYS[table], titles[table], owed_of(now, table, site), ages[table], now.now) for table in titles)


def owed_of(now: Now, table: str, site: str | None = None) -> pl.DataFrame:
    """The open messages (contacts) or cases, columns as OWED, the nearest to its limit first."""
    if table not in now.owed:  # once a look, for all sites: a board of every site asks for each of them
        now.owed[table] = worked_out(now, table)
    return at_site(now.owed[table], site)


@dataclass(frozen=True)
class Worked:
    """What was owed at an instant, of these rows."""

    home: Home
    rows: pl.DataFrame
    at: datetime
    owed: pl.DataFrame


_worked: dict[tuple[Path, str], Worked] = {}


def worked_out(now: Now, table: str) -> pl.DataFrame:
    """As `owed_of`, of all sites; worked out anew as soon as anything new is known of the table, and else every OWED_EVERY."""
    known = _worked.get((now.home.path, table))
    if known and known.home is now.home and known.rows is now.rows[table] and abs(now.now - known.at) < OWED_EVERY:
        return known.owed
    metrics = [built_in()[name] for name in (MESSAGES_OWED if table == "contacts" else CASES_OWED)]
    rows = now.rows[table].filter(may_be_open(table, now.now))
    found = owed(rows, TABLES[table].key[0], metrics, timetable(now.home, now.now.date()), now.now)
    _worked[now.home.path, table] = Worked(now.home, now.rows[table], now.now, found)
    return found


def cases_behind(now: Now, key: str, site: str | None = None) -> pl.DataFrame:
    """The cases behind a tile, each with its reason; see `listing.listed`."""
    owed_by_tile = {OWED_KEYS[table]: owed_of(now, table, site) for table in OWED_KEYS if OWED_KEYS[table] == key}
    rows = {table: at_site(frame, site) for table, frame in now.rows.items()}
    return listed(key, rows, owed_by_tile, local_day(now.now, zone_of(now.home, site)), now.now)


def may_be_open(table: str, now: datetime) -> pl.Expr:
    """Leaves out what has its answer, before the clocks are worked out for each."""
    if table == "contacts":
        return (pl.col("channel") != "phone") & (pl.col("answered_at").is_null() | (pl.col("answered_at") > now))
    return pl.col("resolved_at").is_null() | (pl.col("resolved_at") > now) | pl.col("reopened_at").is_not_null()
