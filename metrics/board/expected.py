"""How long somebody who arrives now may expect to wait until a clinician sees them, with a band.

The wait of the last to enter service is told with its clock time. How much it says of the next one is learnt, not assumed: the band
starts from what is usual at that site and hour, moved towards the last wait by the weight that the past gives it (1: the next waits
as long as the last; 0: the last says nothing), and adds what had to be added before, in shares of the usual: conformal residuals,
Mondrian by hour (Vovk 2005). A band of one day is told by the days before it alone.
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


@dataclass(frozen=True)
class Bands:
    """What the days before one midnight say. usual: site_id, hour, usual (minutes); weight: of the last wait, 0 to 1; hours: hour,
    p50, p90 (shares of the usual), n."""

    usual: pl.DataFrame
    weight: float
    hours: pl.DataFrame

    def over(self, arrivals: pl.DataFrame) -> pl.DataFrame:
        """The arrivals (site_id, hour, last, ...) with low and high in minutes; null where nothing is known of the like."""
        known = arrivals.join(self.usual, on=["site_id", "hour"], how="left", maintain_order="left")
        known = known.join(self.hours.drop("n"), on="hour", how="left", maintain_order="left")
        told = (pl.max_horizontal(pl.lit(0.0), centre(self.weight) + pl.col(name) * pl.col("usual")) for name in ("p50", "p90"))
        whole = pl.when(pl.col("usual").is_not_null() & pl.col("p90").is_not_null())
        low, high = (whole.then(end) for end in told)
        return known.with_columns(low=low, high=high).drop("usual", "p50", "p90")


def expected(visits: pl.DataFrame, bands: Bands, now: datetime) -> Expected | None:
    """Of somebody who arrives at `now` (UTC) at the one site of the visits; None where nobody was seen in the days given.

    bands: as `calibrated` gives of the midnight before.
    """
    seen = seen_visits(visits).filter(pl.col("seen_at") <= now).sort("seen_at", "arrived_at")
    if seen.is_empty():
        return None
    newest = seen.tail(1).select("site_id", "seen_at", last="wait", hour=pl.lit(now.hour, pl.Int8))
    told = bands.over(newest).row(0, named=True)
    return Expected(told["last"], told["seen_at"], told["low"], told["high"])


def seen_visits(visits: pl.DataFrame) -> pl.DataFrame:
    """site_id, arrived_at, seen_at, wait (minutes). One who left unseen has no wait: the band is of those who are seen."""
    wait = (pl.col("seen_at") - pl.col("arrived_at")).dt.total_seconds() / 60
    return visits.filter(pl.col("seen_at").is_not_null()).select("site_id", "arrived_at", "seen_at", wait=wait)


def estimates(visits: pl.DataFrame) -> pl.DataFrame:
    """`seen_visits` with hour (UTC) and last (minutes), by arrival.

    last: the wait of the visit of the same site last seen at or before the arrival; an arrival before any such is left out.
    """
    seen = seen_visits(visits).sort("arrived_at", "seen_at")
    entered = seen.select("site_id", entered="seen_at", last="wait").sort("entered", "last")
    joined = seen.join_asof(
        entered, left_on="arrived_at", right_on="entered", by="site_id", strategy="backward", check_sortedness=False
    )
    told = joined.filter(pl.col("last").is_not_null())
    return told.with_columns(hour=pl.col("arrived_at").dt.hour())


def conformal(share: float) -> pl.Expr:
    """The residual that a share of exchangeable new ones stays within: the ceil((n + 1) share)-th smallest, at most the largest."""
    rank = ((pl.len() + 1) * share).ceil().cast(pl.Int64)
    return pl.col("residual").sort().get(pl.min_horizontal(rank, pl.len().cast(pl.Int64)) - 1)


def centre(weight: float) -> pl.Expr:
    return pl.col("usual") + weight * (pl.col("last") - pl.col("usual"))


def usual_waits(known: pl.DataFrame) -> pl.DataFrame:
    """site_id, hour, usual: the mean wait of those who came to the site at that hour; where they are fewer than LEAST, of all who
    came to the site. At least a minute, because residuals are shares of it."""
    mean = pl.col("wait").mean().clip(lower_bound=1.0)
    of_hours = known.group_by("site_id", "hour").agg(mean.alias("of_hour"), n=pl.len()).filter(pl.col("n") >= LEAST)
    hours = pl.DataFrame({"hour": range(24)}, schema={"hour": pl.Int8})
    every = known.group_by("site_id").agg(mean.alias("of_site")).join(hours, how="cross")
    usual = pl.coalesce("of_hour", "of_site").alias("usual")
    return every.join(of_hours, on=["site_id", "hour"], how="left").select("site_id", "hour", usual)


def weight_of_last(known: pl.DataFrame) -> float:
    """By least squares: how far the next wait lies from the usual, where the last lay so far; 0 to 1, 0 where nobody knows.

    known: last, wait, usual.
    """
    last, wait = pl.col("last") - pl.col("usual"), pl.col("wait") - pl.col("usual")
    found: float | None = known.select((last * wait).sum() / (last**2).sum()).item()
    return 0.0 if found is None or found != found else min(1.0, max(0.0, found))  # noqa: PLR0124  0/0 is not a number


def calibrated(past: pl.DataFrame, day: datetime) -> Bands:
    """Of the CALIBRATION days before a midnight (UTC); no band for an hour with fewer than LEAST arrivals.

    past: as `estimates` gives. The hours of all sites are pooled, each in shares of its own usual: one small site has too few.
    """
    known = past.filter((pl.col("seen_at") < day) & (pl.col("arrived_at") >= day - CALIBRATION))
    usual = usual_waits(known)
    placed = known.join(usual, on=["site_id", "hour"], how="left")
    weight = weight_of_last(placed)
    shares = placed.with_columns(residual=(pl.col("wait") - centre(weight)) / pl.col("usual"))
    hours = shares.group_by("hour").agg(p50=conformal(0.5), p90=conformal(COVERED), n=pl.len()).filter(pl.col("n") >= LEAST)
    return Bands(usual, weight, hours)


def realised(past: pl.DataFrame, until: datetime, days: int = HELD_FOR.days) -> pl.DataFrame:
    """The arrivals of the days before a midnight, each held to the band of its own day: site_id, arrived_at, hour, wait, last, low,
    high, covered."""
    midnights = [until - timedelta(days=back) for back in range(days, 0, -1)]
    of_day = past.with_columns(day=pl.col("arrived_at").dt.truncate("1d")).partition_by("day", as_dict=True)
    held = [calibrated(past, day).over(of_day[(day,)]) for day in midnights if (day,) in of_day]
    empty = past.clear().with_columns(low=pl.lit(None, pl.Float64), high=pl.lit(None, pl.Float64))
    names = ("site_id", "arrived_at", "hour", "wait", "last", "low", "high")
    told = pl.concat([one.select(names) for one in (empty, *held)]).filter(pl.col("high").is_not_null())
    return told.with_columns(covered=pl.col("wait") <= pl.col("high"))
