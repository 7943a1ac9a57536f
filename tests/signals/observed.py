"""Observations of one place written as a list of values, and what is judged of them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import polars as pl

from metrics.signals.judging import judged
from metrics.signals.profile import DEFAULT, Profile
from metrics.signals.schema import BASELINES

START = date(2024, 1, 1)  # a Monday
MADE = datetime(2026, 1, 1, 9)
ABSENT = "absent"  # no observation at all for the period; None is an observation without a value
Value = float | str | None


def day_of(week: int) -> date:
    return START + timedelta(weeks=week)


def weeks(
    values: Sequence[Value], metric: str = "m", statistic: str = "count", denominator: float | None = None, still_open: int = 0,
    grain: str = "week",
) -> pl.DataFrame:  # fmt: skip
    """Observations, one a week (or day) from START; the last `still_open` periods are not closed. A share has a denominator."""
    step = timedelta(days=1) if grain == "day" else timedelta(weeks=1)
    rows = [
        {
            "metric": metric, "statistic": statistic, "grain": grain, "site_id": "CEN", "service_id": None,
            "period_start": START + at * step, "period_end": START + (at + 1) * step - timedelta(days=1), "stratum": None,
            "value": value, "n": 100, "numerator": None if denominator is None or value is None else float(value) * denominator,
            "denominator": denominator, "mature": at < len(values) - still_open,
        }
        for at, value in enumerate(values) if value != ABSENT
    ]  # fmt: skip
    text = dict.fromkeys(("metric", "statistic", "grain", "site_id", "service_id", "stratum"), pl.String)
    numbers = dict.fromkeys(("value", "numerator", "denominator"), pl.Float64)
    return pl.DataFrame(rows, schema_overrides=text | numbers)


def judge(
    observations: pl.DataFrame, better: str = "higher", target: float | None = None, profile: Profile = DEFAULT,
    decisions: pl.DataFrame | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
    """(signal_points, signals) with one target for everything."""
    ways = observations.select("metric", pl.lit(better).alias("better")).unique()
    held = pl.lit(target, pl.Float64)
    words = [pl.lit(None, pl.String).alias(name) for name in ("target_kind", "target_source")]
    lines = [pl.lit(None, pl.Float64).alias(name) for name in ("trajectory", "stretch")]
    stored = decided() if decisions is None else decisions
    return judged(observations, stored, lambda rows: rows.with_columns(held.alias("target"), *lines, *words), ways, profile)


def decided(*rows: tuple[date, date | None, date | None], metric: str = "m", statistic: str = "count") -> pl.DataFrame:
    """Stored baselines of the series that `weeks` makes: (starts, baseline_from, baseline_to), each decided after the one
    before."""
    return pl.DataFrame(
        [
            (metric, statistic, "week", "CEN", None, *days, "new rota", "Ana", MADE + timedelta(hours=at))
            for at, days in enumerate(rows)
        ],
        schema=BASELINES, orient="row",
    )  # fmt: skip


def icon(
    values: Sequence[Value], better: str = "higher", target: float | None = None, profile: Profile = DEFAULT
) -> tuple[str, str]:
    """(variation, assurance) of one series."""
    row = judge(weeks(values), better, target, profile)[1].row(0, named=True)
    return row["variation"], row["assurance"]
