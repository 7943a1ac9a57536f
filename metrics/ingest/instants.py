"""Local times as instants: a time without an offset is read on the clock of the mapping's zone or of the row's site."""

from datetime import datetime
from functools import cache

import polars as pl

from metrics.clocks.lookup import CODE, Steps, codes_of, steps_of, value_in_force
from metrics.clocks.zones import known_until, offsets
from metrics.sources.casting import ZONED
from metrics.sources.mapping import SITE_ZONE


@cache
def local_offsets(time_zone: str, until: datetime) -> pl.DataFrame:
    """Up to `until`: starts (the local time at which a stretch of constant offset begins), offset; sorted.

    Where the clocks go back, the repeated hour is read as the first time it comes; where they go forward, a time that no
    clock showed is read by the offset before the change. Both mean: a change begins at the later of its two local times.
    """
    before = pl.col("offset").shift(1).fill_null(pl.col("offset"))
    return offsets(time_zone, until).select(starts=pl.col("holds_from") + pl.max_horizontal("offset", before), offset="offset")


def with_instants(frame: pl.DataFrame, instants: list[str], time_zone: str, sites: pl.DataFrame, default_zone: str) -> pl.DataFrame:
    """The frame with the named local Datetime columns turned into UTC.

    A row whose `_zoned_<column>` is true holds UTC already. time_zone: an IANA name, or 'site' for the zone that
    `sites` (site_id, time_zone) gives the row's site_id; a site that is not listed is in `default_zone`. A time before
    1969 has no offset and is left as it is.
    """
    by_site = time_zone == SITE_ZONE
    zones = list(dict.fromkeys([default_zone, *sites["time_zone"].sort()] if by_site else [time_zone]))
    until = known_until(frame, instants)
    table = pl.concat(
        local_offsets(zone, until).select(pl.lit(code, pl.Int64).alias("code"), "starts", "offset")
        for code, zone in enumerate(zones)
    )
    places = sites.select(value="site_id", code=pl.col("time_zone").replace_strict(zones, range(len(zones)), default=0))
    code = codes_of("site_id", places, default=0) if by_site else pl.lit(0, pl.Int64)
    offset = steps_of(table, "offset")
    utc = [in_utc(name, offset, f"{ZONED}{name}" in frame.columns) for name in instants]
    return frame.with_columns(code.alias(CODE)).with_columns(utc).drop(CODE)


def in_utc(name: str, offset: Steps, may_be_zoned: bool) -> pl.Expr:
    utc = pl.coalesce(pl.col(name) - value_in_force(CODE, name, offset), pl.col(name))
    return pl.when(pl.col(f"{ZONED}{name}")).then(pl.col(name)).otherwise(utc).alias(name) if may_be_zoned else utc.alias(name)
