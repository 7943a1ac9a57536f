"""Time zones as tables of offsets: local days and hours to and from UTC by look-up, exact at every change of the clocks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import pairwise
from zoneinfo import ZoneInfo

import polars as pl

from metrics.clocks.lookup import CODE, Frame, Steps, codes_of, steps_of, value_in_force

# Offsets are kept for every instant an event may have (metrics.events.rules: 1970 to 2299) and a year on either side.
FIRST_OFFSET_DAY = datetime(1969, 1, 1)
LAST_OFFSET_DAY = datetime(2301, 1, 1)
# Nearly every frame ends before this: looking further ahead costs four times as much, and is done only where it is asked for.
NEAR_OFFSET_DAY = datetime(2051, 1, 1)
EPOCH = datetime(1970, 1, 1)
SECOND = timedelta(seconds=1)
# How far apart a zone is looked at to find its changes: since 1969 no zone has changed its clocks twice within a week.
LOOK = timedelta(days=5)


@cache
def offsets(time_zone: str, until: datetime = LAST_OFFSET_DAY) -> pl.DataFrame:
    """One row for each stretch of constant offset up to `until`: holds_from, holds_to (UTC instants), offset (a duration).

    Local time is UTC plus offset. Python's own zone data are read because they follow each zone's rule for ever, where
    Polars' stop in 2099 (de-identified records are dated as far as 2201).
    Raises zoneinfo.ZoneInfoNotFoundError or ValueError for a zone that is not in the IANA database.
    """
    zone = ZoneInfo(time_zone)
    first, last = ((day - EPOCH) // SECOND for day in (FIRST_OFFSET_DAY, until))
    looks = range(first, last + 1, LOOK // SECOND)
    ahead = [at.utcoffset() for at in map(partial(datetime.fromtimestamp, tz=zone), looks)]  # thousands: as little each as can be
    changes = [
        first_second_of_offset(look, zone) for look, (then, now) in zip(looks[1:], pairwise(ahead), strict=True) if now != then
    ]
    begins = [first, *changes]
    seconds = pl.DataFrame({"holds_from": begins, "holds_to": [*changes, last], "offset": [offset_at(at, zone) for at in begins]})
    return seconds.select(
        pl.from_epoch(name, "s").cast(pl.Datetime("us"))
        if name != "offset"
        else pl.duration(seconds=name, time_unit="us").alias(name)
        for name in seconds.columns
    )


def known_until(frame: pl.DataFrame | pl.LazyFrame, instants: Sequence[str]) -> datetime:
    """How far offsets have to be known for the frame's instants (UTC or local), a day or more beyond the last of them."""
    if isinstance(frame, pl.LazyFrame):
        return LAST_OFFSET_DAY
    latest = [found for name in instants if isinstance(found := frame[name].max(), datetime)]
    return NEAR_OFFSET_DAY if max(latest, default=EPOCH) < NEAR_OFFSET_DAY - LOOK else LAST_OFFSET_DAY


def offset_at(second: int, zone: ZoneInfo) -> int:
    """How many seconds the zone is ahead of UTC at the second (since 1970, UTC)."""
    ahead = datetime.fromtimestamp(second, zone).utcoffset()
    assert ahead is not None
    return ahead // SECOND


def first_second_of_offset(look: int, zone: ZoneInfo) -> int:
    """When the offset in force at this look began, since the look before it, by halving. Seconds since 1970, UTC."""
    before, begun, offset = look - LOOK // SECOND, look, offset_at(look, zone)
    while begun - before > 1:
        middle = before + (begun - before) // 2
        before, begun = (before, middle) if offset_at(middle, zone) == offset else (middle, begun)
    return begun


def in_utc(intervals: pl.DataFrame, time_zone: str) -> pl.DataFrame:
    """Local intervals (opens, closes: local date and time, plus any other columns) as UTC opens_at, closes_at.

    What counts is the clock on the wall: an hour that the clocks skip is no time, an hour they repeat counts twice, and
    an interval that begins or ends inside it comes out in two pieces. Sorted by opens_at.
    """
    stretches = offsets(time_zone, known_until(intervals, ["closes"])).select(
        "offset", local_from=pl.col("holds_from") + pl.col("offset"), local_to=pl.col("holds_to") + pl.col("offset")
    )
    pieces = intervals.join_where(stretches, pl.col("opens") < pl.col("local_to"), pl.col("closes") > pl.col("local_from"))
    return pieces.select(
        pl.exclude("opens", "closes", "offset", "local_from", "local_to"),
        opens_at=pl.max_horizontal("opens", "local_from") - pl.col("offset"),
        closes_at=pl.min_horizontal("closes", "local_to") - pl.col("offset"),
    ).sort("opens_at")


def with_local_day(frame: Frame, instant: str, into: str, sites: pl.DataFrame, default_zone: str) -> Frame:
    """The frame with a Date column `into`: the local date of the UTC instant at the row's site; see `with_local_time`."""
    return with_local_time(frame, instant, into, sites, default_zone).with_columns(pl.col(into).dt.date())


def with_local_time(frame: Frame, instant: str, into: str, sites: pl.DataFrame, default_zone: str) -> Frame:
    """The frame with a Datetime column `into`: what the clock at the row's site showed at the UTC instant.

    frame: site_id and `instant` (Datetime, naive UTC); sites: site_id, time_zone. A site that is not listed is in
    `default_zone`. A null instant has no local time. Exact from 1970 to 2299, whatever the clocks did.
    """
    zones = (default_zone, *sites["time_zone"].unique().sort())  # the default's code is 0
    listed = sites.select(
        value="site_id", code=pl.col("time_zone").replace_strict(zones[1:], range(1, len(zones)), return_dtype=pl.Int64)
    )
    coded = frame.with_columns(codes_of("site_id", listed, default=0).alias(CODE))
    offset = value_in_force(CODE, instant, offset_steps(zones, known_until(frame, [instant])))
    return coded.with_columns((pl.col(instant) + offset).alias(into)).drop(CODE)


@cache
def offset_steps(zones: tuple[str, ...], until: datetime) -> Steps:
    """The offsets of several zones, each under its number, ready to be looked up."""
    table = pl.concat(
        offsets(zone, until).select("offset", starts="holds_from", code=pl.lit(code, pl.Int64)) for code, zone in enumerate(zones)
    )
    return steps_of(table, "offset")
