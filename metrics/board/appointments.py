"""Today's appointments as they stand now: due so far, arrived, late, and how many usually have not come by this hour."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from metrics.board.limits import LATE

OUT = ("cancelled", "entered-in-error", "waitlist", "proposed", "pending")  # nobody is expected


@dataclass(frozen=True)
class Day:
    """due: start has passed. late: due for longer than LATE and not here. missed: recorded no-shows. still_to_come: later today."""

    due: int
    arrived: int
    late: int
    missed: int
    still_to_come: int


def day_so_far(appointments: pl.DataFrame, day_start: datetime, day_end: datetime, now: datetime) -> Day:
    """The day from its local midnight up to the next, both UTC, as it stands at `now`. One seen without an arrival has arrived."""
    at, start = pl.lit(now, pl.Datetime("us")), pl.col("scheduled_start")
    here, missed = is_here(now), is_missed(now)
    counts = of_day(appointments, day_start, day_end).select(
        due=(start <= at).sum(), arrived=(here & (start <= at)).sum(), missed=missed.sum(),
        late=is_late(now).sum(), still_to_come=(start > at).sum(),
    ).row(0, named=True)  # fmt: skip
    return Day(**{name: int(count) for name, count in counts.items()})


def of_day(appointments: pl.DataFrame, day_start: datetime, day_end: datetime) -> pl.DataFrame:
    start = pl.col("scheduled_start")
    return appointments.filter((start >= day_start) & (start < day_end) & ~pl.col("status").is_in(OUT))


def late(appointments: pl.DataFrame, day_start: datetime, day_end: datetime, now: datetime) -> pl.DataFrame:
    """Those of the day whose patient is late at `now`."""
    return of_day(appointments, day_start, day_end).filter(is_late(now))


def is_here(now: datetime) -> pl.Expr:
    return (pl.coalesce("arrived_at", "roomed_at", "seen_at") <= pl.lit(now, pl.Datetime("us"))).fill_null(False)


def is_missed(now: datetime) -> pl.Expr:
    return (pl.col("status") == "noshow") & (pl.col("scheduled_start") <= pl.lit(now, pl.Datetime("us")))


def is_late(now: datetime) -> pl.Expr:
    return ~is_here(now) & ~is_missed(now) & (pl.lit(now, pl.Datetime("us")) - pl.col("scheduled_start") > LATE)
