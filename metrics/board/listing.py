"""The cases behind a tile, each with the reason that it is there."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import polars as pl

from metrics.board.appointments import late
from metrics.board.limits import ANSWER, LATE
from metrics.board.phone import callers
from metrics.board.present import STAGES, breaching, present

PAST = "past"
"""The list of everybody whose limit has passed, which no tile of its own counts."""
LISTED = {
    "id": pl.String(), "patient_key": pl.String(), "site_id": pl.String(), "since": pl.Datetime("us"), "waited": pl.Duration("us"),
    "left": pl.Duration("us"), "reason": pl.String(),
}  # fmt: skip


def listed(
    key: str, rows: Mapping[str, pl.DataFrame], owed: Mapping[str, pl.DataFrame], day: tuple[datetime, datetime], now: datetime
) -> pl.DataFrame:
    """The cases behind the tile `key`, columns as in LISTED: the nearest to its limit, or the furthest past it, first; ties by id.

    rows: visits, contacts, appointments; owed: by tile, as `owed` gives. id: the source's own number, for the order and for joins;
    who may not see it is shown patient_key. since: when the wait began (UTC). left: to the limit, negative past it; null where the
    limit is counted by opening hours or days, which the reason tells. day, now: UTC. Raises KeyError for a tile without a list.
    """
    if key in STAGES or key in (PAST, "breaching"):
        return of_visits(key, present(rows["visits"], now))
    if key == "phone":
        why = pl.lit(f"waits on the telephone; {ANSWER.seconds} seconds to an answer")
        return in_order(callers(rows["contacts"], now), "contact_id", pl.col("queued_at"), ANSWER, why, now)
    if key == "appointments":
        why = pl.lit(f"not here {LATE // timedelta(minutes=1)} minutes after its start")
        return in_order(late(rows["appointments"], *day, now), "appointment_id", pl.col("scheduled_start"), LATE, why, now)
    return of_owed(owed[key], now)


def of_visits(key: str, here: pl.DataFrame) -> pl.DataFrame:
    past = pl.col("to_breach") < pl.duration(minutes=0)
    chosen = breaching(here) if key == "breaching" else here.filter(past if key == PAST else pl.col("stage") == key)
    words = pl.format("{}; {}", pl.col("stage").str.to_lowercase(), "reason")
    return chosen.select(
        "patient_key", "site_id", "since", "waited", id="visit_id", left="to_breach", reason=words
    ).select(list(LISTED)).sort("left", "id")  # fmt: skip


def of_owed(owed: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """The same order as `owed`: it is by each case's own clock. A case under two limits stands once, as the tile counts it, by its
    worst; its reason tells both."""
    standing = pl.when("over").then(pl.lit("past")).when("soon").then(pl.lit("about to pass")).otherwise(pl.lit("within"))
    told = owed.with_columns(reason=pl.format("{} {}", standing, "reason"))
    each = told.group_by("id", maintain_order=True).agg(
        pl.col("patient_key", "site_id", "since").first(), pl.col("reason").str.join("; ")
    )
    return each.with_columns(
        waited=pl.lit(now, pl.Datetime("us")) - pl.col("since"), left=pl.lit(None, pl.Duration("us"))
    ).select(list(LISTED))  # fmt: skip


def in_order(cases: pl.DataFrame, id: str, since: pl.Expr, limit: timedelta, why: pl.Expr, now: datetime) -> pl.DataFrame:
    waited = pl.lit(now, pl.Datetime("us")) - since
    found = cases.select("patient_key", "site_id", id=id, since=since, waited=waited, left=pl.lit(limit) - waited, reason=why)
    return found.select(list(LISTED)).sort("left", "id")
