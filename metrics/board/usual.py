"""Today against what is usual on this weekday: the same local hours of the same weekday in the weeks before."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from metrics.board.appointments import OUT
from metrics.board.limits import LEAST_DAYS, USUAL_WEEKS

SHAPE = {"hour": pl.Int8(), "usual": pl.Float64(), "low": pl.Float64(), "high": pl.Float64(), "today": pl.Int64()}


def local(instants: pl.Expr, zone: ZoneInfo) -> pl.Expr:
    """UTC instants as the wall clock of the zone, without a zone."""
    return instants.dt.replace_time_zone("UTC").dt.convert_time_zone(zone.key).dt.replace_time_zone(None, ambiguous="earliest")


def same_weekdays(now: datetime, zone: ZoneInfo) -> pl.DataFrame:
    """day: today's local date, and the same weekday of USUAL_WEEKS weeks before."""
    today = pl.select(local(pl.lit(now, pl.Datetime("us")), zone).dt.date()).item()
    return pl.DataFrame({"day": [today - timedelta(weeks=back) for back in range(USUAL_WEEKS + 1)]}, schema={"day": pl.Date()})


def shape(instants: pl.Series, now: datetime, zone: ZoneInfo) -> pl.DataFrame:
    """A row a local hour of the day (0 to 23), columns as in SHAPE: the usual count of the weeks before (the median), the least and
    the most of them, and today's.

    instants: UTC, of what is counted, of USUAL_WEEKS weeks and today. A day without any is left out: its feed was silent or the
    place was shut, and neither is usual; with fewer than LEAST_DAYS such days nothing is usual, and the three are null. today is
    null in hours that have not begun; the hour that runs is counted so far. An hour that the clocks repeat is counted once, for
    both; one that they leave out has 0.
    """
    at = pl.lit(now, pl.Datetime("us"))
    days = same_weekdays(now, zone)
    counted = (
        instants.drop_nulls().alias("at").to_frame().filter(pl.col("at") <= at)
        .select(day=local(pl.col("at"), zone).dt.date(), hour=local(pl.col("at"), zone).dt.hour())
        .join(days, on="day", how="semi").group_by("day", "hour").agg(count=pl.len().cast(pl.Int64))
    )  # fmt: skip
    today = days["day"][0]
    before = counted.filter(pl.col("day") != today).select("day").unique()
    hours = pl.DataFrame({"hour": range(24)}, schema={"hour": pl.Int8()})
    grid = before.join(hours, how="cross").join(counted, on=["day", "hour"], how="left").with_columns(pl.col("count").fill_null(0))
    known = len(before) >= LEAST_DAYS
    usual = (grid if known else grid.clear()).group_by("hour").agg(
        usual=pl.col("count").median(), low=pl.col("count").min().cast(pl.Float64), high=pl.col("count").max().cast(pl.Float64)
    )  # fmt: skip
    so_far = counted.filter(pl.col("day") == today).select("hour", today="count")
    begun = pl.col("hour") <= local(at, zone).dt.hour()
    joined = hours.join(usual, on="hour", how="left").join(so_far, on="hour", how="left", maintain_order="left")
    return joined.with_columns(today=pl.when(begun).then(pl.col("today").fill_null(0))).select(list(SHAPE)).sort("hour")


@dataclass(frozen=True)
class NotHere:
    """Of the appointments due by this time of the day, those whose patient is not here by it: absent of due, today; usual: the same
    share over the same weekdays before, by the same local time; None where too few of them are known or none was due."""

    absent: int
    due: int
    usual: float | None

    @property
    def expected(self) -> float | None:
        """How many are usually not here of so many due."""
        return None if self.usual is None else self.usual * self.due


def not_here(appointments: pl.DataFrame, now: datetime, zone: ZoneInfo) -> NotHere:
    """appointments: of USUAL_WEEKS weeks and today, with scheduled_start, status, arrived_at, roomed_at, seen_at; UTC.

    Both counts are of what stamps said by that time of the day, not of what is recorded later: today is held to its like.
    """
    at = pl.lit(now, pl.Datetime("us"))
    start, came = local(pl.col("scheduled_start"), zone), local(pl.coalesce("arrived_at", "roomed_at", "seen_at"), zone)
    clock = local(at, zone).dt.time()
    due = (
        appointments.filter(~pl.col("status").is_in(OUT)).select(day=start.dt.date(), start=start, came=came)
        .filter(pl.col("start").dt.time() <= clock).join(same_weekdays(now, zone), on="day", how="semi")
    )  # fmt: skip
    until = pl.col("day").dt.combine(clock)
    by_day = due.group_by("day").agg(due=pl.len(), absent=(pl.col("came").is_null() | (pl.col("came") > until)).sum())
    is_today = pl.col("day") == local(at, zone).dt.date()
    today, before = by_day.filter(is_today), by_day.filter(~is_today)
    usual = int(before["absent"].sum()) / int(before["due"].sum()) if len(before) >= LEAST_DAYS else None
    return NotHere(int(today["absent"].sum()), int(today["due"].sum()), usual)
