"""Frames in the form that judging gives, made by hand: 60 weeks of a share, re-based once, its end a run below the mean."""

from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import numpy as np
import polars as pl

from metrics.signals.judging import judged
from metrics.signals.schema import BASELINES, SIGNAL_POINTS, SIGNALS
from metrics.signals.targets import targets_in_force
from metrics.warehouse.schema import stored_name

FIRST = date(2024, 4, 22)
WEEKS, REBASED, SHIFTED, OPEN = 60, 30, 50, 58  # the weeks' number; where the second segment, the run and the open weeks begin
CENTRES, WIDTH = (0.74, 0.80), 0.07
PLACE = {"metric": "door_to_provider", "statistic": "within", "grain": "week", "site_id": None, "service_id": None}


def points(**place: str | None) -> pl.DataFrame:
    """The rows of `signal_points` of one series."""
    random = np.random.default_rng(3)
    rows = [point(week, random) for week in range(WEEKS)]
    return pl.DataFrame([{**PLACE, **place, **row} for row in rows], schema=SIGNAL_POINTS)


def point(week: int, random: np.random.Generator) -> dict[str, Any]:
    segment, closed, shifted = int(week >= REBASED), week < OPEN, SHIFTED <= week < OPEN
    centre, n = CENTRES[segment], int(random.integers(280, 420))
    value = None if week == 12 else centre + float(random.normal(0, 0.018)) - (0.045 if shifted else 0)
    label, kind = ("shift_below", "concern") if shifted else (None, "common_cause" if closed and value is not None else None)
    if week == 20:
        value, label, kind = 0.83, "above_limit", "improvement"
    start = FIRST + timedelta(weeks=week)
    return {
        "period_start": start, "period_end": start + timedelta(days=6), "value": value, "n": None if value is None else n,
        "numerator": None if value is None else round(value * n), "denominator": None if value is None else n, "segment": segment,
        "centre": centre, "lower": centre - WIDTH, "upper": centre + WIDTH, "near_lower": centre - WIDTH * 2 / 3,
        "near_upper": centre + WIDTH * 2 / 3, "label": label, "rules": label, "point_type": kind,
        "baseline": closed and (week < 24 or REBASED <= week < REBASED + 18), "closed": closed,
        "target": 0.9 if week < 40 else 0.85, "trajectory": None if week < 20 else (0.76 if week < 45 else 0.79), "stretch": None,
    }  # fmt: skip


def signal(**changed: Any) -> dict[str, Any]:
    """The row of `signals` of that series, with what a test changes."""
    newest = points().row(OPEN - 1, named=True)
    kept = ("period_start", "period_end", "value", "n", "centre", "lower", "upper", "label", "rules", "target")
    return {
        **PLACE, **{name: newest[name] for name in kept}, "chart": "p_prime", "profile": "timely", "variation": "concern_low",
        "assurance": "inconsistent", "target_kind": "share_within", "target_source": "Board, 2024", "points": OPEN - REBASED,
        "missing": 1, "trial": False, "lag1": 0.12, "muted": False, "runs_signal": True,
        "since": FIRST + timedelta(weeks=SHIFTED), "baseline_from": FIRST + timedelta(weeks=REBASED),
        "baseline_to": FIRST + timedelta(weeks=REBASED + 18, days=-1), "baseline_by": "A. Okafor",
        "baseline_reason": "a second triage nurse since November", "rebase_suggested": None, **changed,
    }  # fmt: skip


def signals(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """A `signals` frame of rows made by `signal`."""
    return pl.DataFrame(rows, schema=SIGNALS)


def store_judged(connection: duckdb.DuckDBPyConnection, as_of: datetime) -> None:
    """The tables `signals` and `signal_points` of the generation being built, judged from its own observations and targets."""
    tables = (stored_name("observations"), "targets", "sites", "definitions")
    observations, targets, sites, definitions = (
        pl.DataFrame(connection.sql(f"select * from {name}").to_arrow_table()) for name in tables
    )
    points, found = judged(
        observations.filter(pl.col("grain").is_in(["week", "month"])).with_columns(mature=pl.col("matures_at") <= as_of),
        pl.DataFrame(schema=BASELINES),
        lambda series: targets_in_force(series, targets, sites),
        definitions.select("metric", "better"),
    )
    for name, frame in (("signal_points", points), ("signals", found)):
        connection.register("judged", frame.to_arrow())
        connection.execute(f"create or replace table {name} as select * from judged")
