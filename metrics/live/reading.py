"""What is known now: rows, and how old they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from metrics.home import Home
from metrics.live.following import follower

Place = tuple[str, str | None]
"""An event table and a site; None: all sites."""


@dataclass(frozen=True)
class Now:
    """rows: by event table, canonical columns, of the last days, and what is still open (see `lake_rows`).

    as_of: when each table was last heard of: its newest recorded_at, or the last message of a live feed that speaks of it.
    source_lags: how long after the event the newest message about it came; absent for what comes by files alone. owed: what is owed
    at all sites, by table, once it was asked for.
    """

    home: Home
    now: datetime
    rows: Mapping[str, pl.DataFrame]
    as_of: Mapping[Place, datetime]
    source_lags: Mapping[Place, timedelta] = field(default_factory=dict)
    owed: dict[str, pl.DataFrame] = field(default_factory=dict, compare=False, repr=False)


def now_of(home: Home, now: datetime) -> Now:
    """What is known at `now` (UTC), every acknowledged message included.

    Reads the lake again only after a commit or at a new UTC day, and of the journal what is new. Raises LakeError when damaged.
    """
    present = follower(home.path).present(home, now.date().toordinal())
    messages = present.heard.filter(pl.col("received_at") <= now)
    return Now(home, now, present.rows, heard(present.rows, messages, now), source_lags(messages))


def heard(rows: Mapping[str, pl.DataFrame], messages: pl.DataFrame, now: datetime) -> dict[Place, datetime]:
    """When each table was last heard of up to now, for each site and altogether. messages: columns as HEARD of the journal."""
    said = [
        frame.filter(pl.col("recorded_at") <= now).select(pl.lit(table).alias("table"), "site_id", at="recorded_at")
        for table, frame in rows.items()
    ]
    alive = messages.select(
        "table", pl.col("site_id").replace("", None), at=pl.min_horizontal("heard_at", pl.lit(now, pl.Datetime("us")))
    )
    by_site = pl.concat([*said, alive]).group_by("table", "site_id").agg(pl.col("at").max())
    found: dict[Place, datetime] = {(table, site): at for table, site, at in by_site.iter_rows() if site is not None}
    return found | {(table, None): at for table, at in by_site.group_by("table").agg(pl.col("at").max()).iter_rows()}


def source_lags(messages: pl.DataFrame) -> dict[Place, timedelta]:
    """Of the newest message of each table, for each site and altogether. A clock that runs ahead is no lag."""
    messages, newest = messages.sort("received_at", "event_at"), pl.col("received_at", "event_at").last()
    sites = messages.filter(pl.col("site_id") != "").group_by("table", "site_id").agg(newest)
    every = messages.group_by("table").agg(newest).with_columns(site_id=pl.lit(None, pl.String)).select(sites.columns)
    named = pl.concat([sites, every])
    lag = pl.max_horizontal(pl.col("received_at") - pl.col("event_at"), pl.lit(timedelta(0)))
    return {(table, site): length for table, site, length in named.select("table", "site_id", lag).iter_rows()}


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
