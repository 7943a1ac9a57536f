"""Local times as instants: a time without an offset is read on the clock of the mapping's zone or of the row's site."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import polars as pl

from metrics.clocks.lookup import CODE, FOUND, Steps, codes_of, place_in_force, steps_of
from metrics.clocks.zones import known_until, offsets
from metrics.events import Rule
from metrics.sources.casting import ZONED
from metrics.sources.mapping import SITE_ZONE

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
    zones = list(dict.fromkeys([default_zone, *sites["time_zone"].sort()] if by_site else [time_zone]))
    places = sites.select(value="site_id", code=pl.col("time_zone").replace_strict(zones, range(len(zones)), default=0))
    code = codes_of("site_id", places, default=0) if by_site else pl.lit(0, pl.Int64)
    table = offsets_of(zones, frame, instants)
    offset, unshown = steps_of(table, "offset"), steps_of(table, "skipped").values.fill_null(False)
    coded = frame.with_columns(code.alias(CODE))
    # one step at a time: inside one expression Polars would work the search out again for every mention
    found = coded.with_columns(place_in_force(CODE, name, offset).alias(f"{FOUND}{name}") for name in instants)
    skipped = [one for name in instants if (one := skipped_times(found, name, unshown)).any()]
    utc = [in_utc(name, offset, f"{ZONED}{name}" in frame.columns) for name in instants]
    return found.with_columns(utc).with_columns(skipped).drop(CODE, *(f"{FOUND}{name}" for name in instants))


def offsets_of(zones: list[str], frame: pl.DataFrame, instants: list[str]) -> pl.DataFrame:
    """code (the zone's place in the list), starts, offset, skipped, as far as the frame's times go; sorted by the first two."""
    until = known_until(frame, instants)
    return pl.concat(
        local_offsets(zone, until).select(pl.lit(code, pl.Int64).alias("code"), pl.all()) for code, zone in enumerate(zones)
    )


def in_utc(name: str, offset: Steps, may_be_zoned: bool) -> pl.Expr:
    utc = pl.coalesce(pl.col(name) - pl.lit(offset.values).gather(pl.col(f"{FOUND}{name}")), pl.col(name))
    return pl.when(pl.col(f"{ZONED}{name}")).then(pl.col(name)).otherwise(utc).alias(name) if may_be_zoned else utc.alias(name)


def skipped_times(found: pl.DataFrame, name: str, unshown: pl.Series) -> pl.Series:
    """`_skipped_<name>` of each row. unshown: whether a stretch of local time was on no clock, by its place."""
    skipped = unshown.gather(found[f"{FOUND}{name}"]) & found[name].is_not_null()
    told = found[f"{ZONED}{name}"] if f"{ZONED}{name}" in found.columns else None
    return (skipped if told is None else skipped & ~told).alias(f"{SKIPPED}{name}")


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
