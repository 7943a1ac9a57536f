"""How long somebody who arrives now may expect to wait until a clinician sees them: the wait of the last to be seen, with a band.

Last-to-enter-service is the estimate; the band adds what had to be added to it before, at the same hour of the day: split conformal
residuals, Mondrian by hour (Vovk 2005). A band of one day is told by the days before it alone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

CALIBRATION = timedelta(days=84)  # whole weeks; 28 days are too few residuals for an hour of the night at a small department
LEAST = 30  # residuals of an hour, under which its ninetieth percentile would hang on three cases: no band then
COVERED = 0.9
HELD_FOR = timedelta(days=28)  # how far back the coverage is told


@dataclass(frozen=True)
class Expected:
    """last: minutes that the last to be seen had waited; entered: when that was (UTC).

    low, high: minutes, the p50 and the p90 of the band; None where fewer than LEAST arrived at such an hour.
    """

    last: float
    entered: datetime
    low: float | None
    high: float | None


def expected(visits: pl.DataFrame, bands: pl.DataFrame, now: datetime) -> Expected | None:
    """Of somebody who arrives at `now` (UTC) at the one site of the visits; None where nobody was seen in the days given.

    bands: as `calibrated` gives of the midnight before.
    """
    seen = seen_visits(visits).filter(pl.col("seen_at") <= now).sort("seen_at", "arrived_at")
    if seen.is_empty():
        return None
    newest = seen.row(-1, named=True)
    alike = bands.filter(pl.col("hour") == now.hour)
    low, high = (max(0.0, newest["wait"] + alike[name][0]) if len(alike) else None for name in ("p50", "p90"))
    return Expected(newest["wait"], newest["seen_at"], low, high)


def seen_visits(visits: pl.DataFrame) -> pl.DataFrame:
    """site_id, arrived_at, seen_at, wait (minutes). One who left unseen has no wait: the band is of those who are seen."""
    wait = (pl.col("seen_at") - pl.col("arrived_at")).dt.total_seconds() / 60
    return visits.filter(pl.col("seen_at").is_not_null()).select("site_id", "arrived_at", "seen_at", wait=wait)


def estimates(visits: pl.DataFrame) -> pl.DataFrame:
    """`seen_visits` with hour (UTC), last and residual (minutes), by arrival.

    last: the wait of the visit of the same site last seen at or before the arrival; an arrival before any such is left out.
    """
    seen = seen_visits(visits).sort("arrived_at", "seen_at")
    entered = seen.select("site_id", entered="seen_at", last="wait").sort("entered", "last")
    joined = seen.join_asof(
        entered, left_on="arrived_at", right_on="entered", by="site_id", strategy="backward", check_sortedness=False
    )
    told = joined.filter(pl.col("last").is_not_null())
    return told.with_columns(hour=pl.col("arrived_at").dt.hour(), residual=pl.col("wait") - pl.col("last"))


def conformal(share: float) -> pl.Expr:
    """The residual that a share of exchangeable new ones stays within: the ceil((n + 1) share)-th smallest, at most the largest."""
    rank = ((pl.len() + 1) * share).ceil().cast(pl.Int64)
    return pl.col("residual").sort().get(pl.min_horizontal(rank, pl.len().cast(pl.Int64)) - 1)


def calibrated(past: pl.DataFrame, day: datetime) -> pl.DataFrame:
    """A row an hour with at least LEAST residuals in the CALIBRATION days before a midnight (UTC): hour, p50, p90, n.

    past: as `estimates` gives. Sites are pooled: an hour of one small site has too few.
    """
    known = past.filter((pl.col("seen_at") < day) & (pl.col("arrived_at") >= day - CALIBRATION))
    return known.group_by("hour").agg(p50=conformal(0.5), p90=conformal(COVERED), n=pl.len()).filter(pl.col("n") >= LEAST)


def realised(past: pl.DataFrame, until: datetime, days: int = HELD_FOR.days) -> pl.DataFrame:
    """The arrivals of the days before a midnight, each held to the band of its own day: its hour, wait, last, high, covered."""
    midnights = [until - timedelta(days=back) for back in range(days, 0, -1)]
    bands = pl.concat([calibrated(past, day).with_columns(day=pl.lit(day, pl.Datetime("us"))) for day in midnights])
    held = past.with_columns(day=pl.col("arrived_at").dt.truncate("1d")).join(bands, on=["day", "hour"], maintain_order="left")
    return held.select(
        "arrived_at", "hour", "wait", "last", high=pl.max_horizontal(pl.lit(0.0), pl.col("last") + pl.col("p90"))
    ).with_columns(covered=pl.col("wait") <= pl.col("high"))
