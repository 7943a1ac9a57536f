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
    expected = appointments.filter((start >= day_start) & (start < day_end) & ~pl.col("status").is_in(OUT))
    here = (pl.coalesce("arrived_at", "roomed_at", "seen_at") <= at).fill_null(False)
    missed = (pl.col("status") == "noshow") & (start <= at)
    counts = expected.select(
        due=(start <= at).sum(), arrived=(here & (start <= at)).sum(), missed=missed.sum(),
        late=(~here & ~missed & (at - start > LATE)).sum(), still_to_come=(start > at).sum(),
    ).row(0, named=True)  # fmt: skip
    return Day(**{name: int(count) for name, count in counts.items()})
