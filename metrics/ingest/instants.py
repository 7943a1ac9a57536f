"""Local times as instants: a time without an offset is read on the clock of the mapping's zone or of the row's site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import polars as pl

from metrics.clocks.lookup import CODE, Steps, codes_of, place_in_force, steps_of
from metrics.clocks.zones import EPOCH, FIRST_OFFSET_DAY, known_until, offsets
from metrics.events import Rule
from metrics.sources.casting import ZONED
from metrics.sources.mapping import SITE_ZONE

DAY = timedelta(days=1)
MICROSECONDS_A_DAY = DAY // timedelta(microseconds=1)
FIRST_DAY = (FIRST_OFFSET_DAY - EPOCH) // DAY
LAST_SECOND = DAY - timedelta(seconds=1)  # offsets change at whole seconds
SKIPPED = "_skipped_"  # _skipped_<column>: true where the local time was in an hour that the clocks skipped


@cache
def local_offsets(time_zone: str, until: datetime) -> pl.DataFrame:
    """Up to `until`: starts (the local time at which a stretch of constant offset begins), offset, skipped; sorted.

    Where the clocks go back, the repeated hour is read as the first time it comes; where they go forward, a time that no
    clock showed is read by the offset before the change, and its stretch is marked as skipped.
    """
    begun, before, now = pl.col("holds_from"), pl.col("offset").shift(1).fill_null(pl.col("offset")), pl.col("offset")
    held = offsets(time_zone, until).with_columns(before=before)
    after = held.select(starts=begun + pl.max_horizontal("offset", "before"), offset=now, skipped=False)
    skipped = held.filter(now > pl.col("before")).select(starts=begun + pl.col("before"), offset="before", skipped=True)
    return pl.concat([after, skipped]).sort("starts")


def with_instants(frame: pl.DataFrame, instants: list[str], time_zone: str, sites: pl.DataFrame, default_zone: str) -> pl.DataFrame:
    """The frame with the named local Datetime columns turned into UTC, and `_skipped_<column>` for those with skipped times.

    A row whose `_zoned_<column>` is true holds UTC already. time_zone: an IANA name, or 'site' for the zone that
    `sites` (site_id, time_zone) gives the row's site_id; a site that is not listed is in `default_zone`. A time before
    1969 has no offset and is left as it is.
    """
    by_site = time_zone == SITE_ZONE
    zones = tuple(dict.fromkeys([default_zone, *sites["time_zone"].sort()] if by_site else [time_zone]))
    places = sites.select(value="site_id", code=pl.col("time_zone").replace_strict(zones, range(len(zones)), default=0))
    local = [name for name in instants if not all_zoned(frame, name)]
    if not local:
        return frame
    days = day_offsets(zones, known_until(frame, local))
    code = codes_of("site_id", places, default=0) if by_site else pl.lit(0, pl.Int64)
    coded = frame.select(code.alias(CODE), *local)
    utc = coded.select(days.in_utc(coded, name) for name in local)
    exact = days.exactly(coded, {name: left_over(coded[name], utc[name]) for name in local})
    return frame.with_columns(one for name in local for one in settled(frame, utc[name], exact.filter(instant=name)))


def all_zoned(frame: pl.DataFrame, name: str) -> bool:
    return f"{ZONED}{name}" in frame.columns and bool(frame[f"{ZONED}{name}"].all(ignore_nulls=False))


def left_over(local: pl.Series, utc: pl.Series) -> pl.Series:
    """The rows of which the day alone does not tell the offset."""
    if utc.null_count() == local.null_count():
        return pl.Series(dtype=pl.UInt32)
    return (utc.is_null() & local.is_not_null()).arg_true()


def settled(frame: pl.DataFrame, utc: pl.Series, exact: pl.DataFrame) -> list[pl.Series]:
    """The instant as the frame is to have it, then `_skipped_<name>` where a row is skipped. exact: as of `DayOffsets.exactly`."""
    name, zoned = utc.name, f"{ZONED}{utc.name}"
    utc = utc.scatter(exact["row"], exact["utc"])
    skipped = exact.filter("skipped")["row"]
    if zoned in frame.columns:
        told = frame[zoned].fill_null(False)
        utc, skipped = frame[name].zip_with(told, utc), skipped.filter(~told.gather(skipped))
    if skipped.is_empty():
        return [utc]
    return [utc, pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True).scatter(skipped, True).alias(f"{SKIPPED}{name}")]


@dataclass(frozen=True)
class DayOffsets:
    """The offsets of some zones by the local day, because nearly every day has one alone: one look-up instead of a search.

    by_day: for each zone, then each day from FIRST_OFFSET_DAY on, the offset in force all day; null where it changed, and on
    the first and the last day. The days that are null are looked up in `offset` and `skipped`, exactly.
    """

    by_day: pl.Series
    days: int
    offset: Steps
    skipped: Steps

    def in_utc(self, frame: pl.DataFrame, name: str) -> pl.Expr:
        """The local times of the frame (the instant, and its zone's place as CODE) in UTC; null where the day does not tell."""
        day = pl.col(name).to_physical() // MICROSECONDS_A_DAY - FIRST_DAY
        if not self.holds(frame[name]):
            day = day.clip(0, self.days - 1)
        return pl.col(name) - pl.lit(self.by_day).gather(pl.col(CODE) * self.days + day)

    def holds(self, local: pl.Series) -> bool:
        """Whether every time is on one of the days."""
        first, last = local.min(), local.max()
        known = FIRST_OFFSET_DAY + self.days * DAY
        return first is None or bool(first >= FIRST_OFFSET_DAY and last < known)  # type: ignore[operator]

    def exactly(self, frame: pl.DataFrame, rows: Mapping[str, pl.Series]) -> pl.DataFrame:
        """instant, row, utc, skipped (no clock showed it) of those rows of each instant. A time without an offset stays."""
        parts = [frame.select(CODE, local=name)[left].with_columns(instant=pl.lit(name), row=left) for name, left in rows.items()]
        asked = pl.concat(parts).with_columns(place=place_in_force(CODE, "local", self.offset))
        offset, skipped = (pl.lit(steps.values).gather("place") for steps in (self.offset, self.skipped))
        return asked.select("instant", "row", utc=pl.coalesce(pl.col("local") - offset, "local"), skipped=skipped.fill_null(False))


@cache
def day_offsets(zones: tuple[str, ...], until: datetime) -> DayOffsets:
    """The zones' offsets, each under its place in `zones`, for local times up to `until`."""
    parts = [local_offsets(zone, until).select(pl.lit(code, pl.Int64).alias("code"), pl.all()) for code, zone in enumerate(zones)]
    table = pl.concat(parts)
    by_day = pl.concat([by_local_day(part, until) for part in parts])
    return DayOffsets(by_day, len(by_day) // len(parts), steps_of(table, "offset"), steps_of(table, "skipped"))


def by_local_day(stretches: pl.DataFrame, until: datetime) -> pl.Series:
    """For each day from FIRST_OFFSET_DAY on, the offset of the one stretch that holds all day and is no skipped time, or null.

    stretches: as of `local_offsets`.
    """
    days = pl.datetime_range(FIRST_OFFSET_DAY, until, "1d", time_unit="us", eager=True)
    first, last = (stretches["starts"].search_sorted(at, side="right").cast(pl.Int64) - 1 for at in (days, days + LAST_SECOND))
    held = pl.select(pl.when(first == last, first >= 0).then(first)).to_series()
    alone = pl.select(pl.when(~stretches["skipped"].gather(held)).then(stretches["offset"].gather(held))).to_series()
    return alone.scatter([0, len(days) - 1], None)  # they stand for all that lies before and after


def skipped_rules(columns: Sequence[str]) -> tuple[Rule, ...]:
    """A warning for each instant of which the frame has `_skipped_<instant>`."""
    return tuple(
        Rule(
            f"{name}_on_a_clock",
            f"{name} is a time that the clock showed; one in the hour skipped in spring is read by the offset before it, "
            "as the UTC time given here.",
            f"{SKIPPED}{name}", name, "warn",
        )
        for name in (column.removeprefix(SKIPPED) for column in columns if column.startswith(SKIPPED))
    )  # fmt: skip
