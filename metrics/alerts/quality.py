"""How good the alerts are, by owner and week: too many, too late, or for nothing."""

from datetime import datetime

import polars as pl

WORKED = ("acked", "assigned", "cause_set")  # what a person does about an alert; a note alone is talk, and a snooze puts it off
KPIS = {
    "owner": pl.String(), "week": pl.Date(), "alerts": pl.Int64(), "acked_in_a_working_day": pl.Float64(),
    "hours_to_acknowledge": pl.Float64(), "hours_to_resolve": pl.Float64(), "flapping": pl.Float64(),
    "resolved_without_action": pl.Float64(),
}  # fmt: skip


def alert_quality(episodes: pl.DataFrame, events: pl.DataFrame, working_days: pl.Series, now: datetime) -> pl.DataFrame:
    """The columns KPIS, a row an owner and week (its Monday, UTC) in which alerts fired, newest week first, then by owner.

    episodes: alert_id, owner, state, fired_at, ended_at, flap_count; those that never fired are left out. events: alert_id, type,
    occurred_at. working_days: the dates on which somebody is there; empty: Monday to Friday. alerts: how many fired.
    acked_in_a_working_day: share taken on by the same time of the next working day, of those taken on or past that time.
    hours_*: medians from firing to the first acknowledgement and to the recovery. flapping: share that came back at least once.
    resolved_without_action: share of the recovered that nobody took, handed on or gave a cause: what may have been for nothing. A
    share of nothing is null.
    """
    fired = episodes.lazy().filter(pl.col("fired_at").is_not_null())
    due = deadline(pl.col("fired_at"), working_days if len(working_days) else weekdays(episodes, now)).alias("due")
    week = pl.col("fired_at").dt.truncate("1w").dt.date().alias("week")
    known = fired.join(acts(events), on="alert_id", how="left").with_columns(due, week)
    acked, resolved = pl.col("acked_at").is_not_null(), pl.col("state") == "resolved"
    in_time, decided = acked & (pl.col("acked_at") <= pl.col("due")), acked | (pl.col("due") < now)
    found = known.group_by("owner", "week").agg(
        pl.len().alias("alerts"),
        share(in_time.filter(decided)).alias("acked_in_a_working_day"),
        hours(pl.col("acked_at")).median().alias("hours_to_acknowledge"),
        hours(pl.col("ended_at")).filter(resolved).median().alias("hours_to_resolve"),
        share(pl.col("flap_count") > 0).alias("flapping"),
        share(~pl.col("worked").fill_null(False).filter(resolved)).alias("resolved_without_action"),
    )
    ordered = found.sort(["week", "owner"], descending=[True, False])
    return ordered.select(pl.col(name).cast(kind) for name, kind in KPIS.items()).collect()


def acts(events: pl.DataFrame) -> pl.LazyFrame:
    """alert_id, acked_at (the first acknowledgement), worked (whether a person did anything about it)."""
    taken = pl.col("occurred_at").filter(pl.col("type") == "acked").min().alias("acked_at")
    return events.lazy().group_by("alert_id").agg(taken, pl.col("type").is_in(WORKED).any().alias("worked"))


def share(held: pl.Expr) -> pl.Expr:
    """How many of them hold, as a share; null of none."""
    return held.cast(pl.Float64).mean()


def hours(until: pl.Expr) -> pl.Expr:
    """From firing until then; null where then never was."""
    return (until - pl.col("fired_at")).dt.total_seconds() / 3600


def deadline(fired_at: pl.Expr, working_days: pl.Series) -> pl.Expr:
    """The same time of day on the next working day; null past the last one known."""
    days = pl.lit(working_days.unique().sort())
    day = days.gather(days.search_sorted(fired_at.dt.date(), side="right"), null_on_oob=True)
    return day.cast(pl.Datetime("us")) + (fired_at - fired_at.dt.truncate("1d"))


def weekdays(episodes: pl.DataFrame, now: datetime) -> pl.Series:
    """Monday to Friday, from the first alert to a week from now."""
    first = episodes["fired_at"].min()
    begin = first.date() if isinstance(first, datetime) else now.date()
    days = pl.select(day=pl.date_range(pl.lit(begin), pl.lit(now.date()).dt.offset_by("1w"))).filter(
        pl.col("day").dt.weekday() <= 5
    )
    return days["day"]
