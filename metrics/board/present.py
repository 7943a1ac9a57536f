"""Who is in the emergency department now, at which stage, for how long, and when a limit passes."""

from datetime import datetime

import polars as pl

from metrics.board.limits import DEPARTURE, DOOR_TO_PROVIDER, FORGOTTEN, SOON

TRIAGE, ROOM, CLINICIAN, TREATMENT, BED = (
    "Waiting for triage", "Waiting for a room", "Waiting for a clinician", "In treatment", "Waiting for a bed",
)  # fmt: skip
STAGES = (TRIAGE, ROOM, CLINICIAN, TREATMENT, BED)
WAITING = (TRIAGE, ROOM, CLINICIAN)


def known_at(visits: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """The visits as they stood at `now` (UTC): arrived by then, and any later stamp not yet there."""
    stamps = [name for name in ("triaged_at", "roomed_at", "seen_at", "decision_at", "departed_at") if name in visits.columns]
    at = pl.lit(now, pl.Datetime("us"))
    return visits.filter(pl.col("arrived_at") <= at).with_columns(pl.when(pl.col(name) <= at).then(pl.col(name)) for name in stamps)


def present(visits: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """A row a patient in the department: visit_id, patient_key, site_id, stage, since, waited, breaches_at, to_breach, reason.

    since: the stage began, except that a wait to be seen counts from arrival, as its limit does. waited: now less since.
    breaches_at: arrival and 60 minutes before a clinician, arrival and 4 hours after. Longest first, ties by visit_id.
    A patient left once departed_at or a disposition says so; one open for longer than FORGOTTEN is not here (see `forgotten`).
    """
    at = pl.lit(now, pl.Datetime("us"))
    seen = pl.col("seen_at").is_not_null()
    stage = (
        pl.when(pl.col("decision_at").is_not_null()).then(pl.lit(BED))
        .when(seen).then(pl.lit(TREATMENT))
        .when(pl.col("roomed_at").is_not_null()).then(pl.lit(CLINICIAN))
        .when(pl.col("triaged_at").is_not_null()).then(pl.lit(ROOM))
        .otherwise(pl.lit(TRIAGE))
    )  # fmt: skip
    waits = pl.col("stage").is_in(WAITING)
    since = pl.when(waits).then("arrived_at").otherwise(pl.coalesce("decision_at", "seen_at"))
    breach = pl.col("arrived_at") + pl.when(waits).then(pl.lit(DOOR_TO_PROVIDER)).otherwise(pl.lit(DEPARTURE))
    reason = pl.when(waits).then(pl.lit("60 minutes to a clinician")).otherwise(pl.lit("4 hours to departure"))
    return (
        standing(visits, now).filter(pl.col("arrived_at") >= at - FORGOTTEN)
        .with_columns(stage=stage)
        .with_columns(since=since, breaches_at=breach, reason=reason)
        .with_columns(waited=at - pl.col("since"), to_breach=pl.col("breaches_at") - at)
        .sort("arrived_at", "visit_id")
        .select("visit_id", "patient_key", "site_id", "stage", "since", "waited", "breaches_at", "to_breach", "reason")
    )  # fmt: skip


def standing(visits: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """The visits of nobody known to have left: no departure by `now`, and no disposition recorded by then."""
    gone = pl.col("disposition").is_not_null() & (pl.col("recorded_at") <= now) & pl.col("departure").is_null()
    known = known_at(visits.with_columns(departure=pl.col("departed_at")), now)
    return known.filter(pl.col("departed_at").is_null() & ~gone)


def forgotten(visits: pl.DataFrame, now: datetime) -> int:
    """How many stand open for longer than FORGOTTEN: missing stamps to mend, not people who wait."""
    return len(standing(visits, now).filter(pl.col("arrived_at") < pl.lit(now, pl.Datetime("us")) - FORGOTTEN))


def breaching(here: pl.DataFrame) -> pl.DataFrame:
    """Those of `present` past no limit yet whose limit passes within SOON, the nearest first; ties by visit_id."""
    to_breach = pl.col("to_breach")
    return here.filter((to_breach >= pl.duration(minutes=0)) & (to_breach <= pl.lit(SOON))).sort("to_breach", "visit_id")
