"""Periods of the calendar: which one a day falls in, when it starts and ends."""

from typing import Literal

import polars as pl

Grain = Literal["day", "week", "month", "quarter", "year"]

GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")

STEP: dict[str, str] = {"day": "1d", "week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}


def period_start(day: pl.Expr, grain: str) -> pl.Expr:
    """The first day of the day's period. Weeks are ISO weeks: they start on Monday."""
    return day.dt.truncate(STEP[grain])


def period_end(start: pl.Expr, grain: str) -> pl.Expr:
    """The last day of the period that starts on `start`."""
    return start.dt.offset_by(STEP[grain]).dt.offset_by("-1d")


def matures_at(end: pl.Expr, matures_seconds: pl.Expr) -> pl.Expr:
    """The instant (UTC) after which a period's figure no longer moves: midnight after its last day, plus the wait.

    The midnight is UTC: a site at most 14 hours from it makes a figure mature that much early or late, which
    the metric's own waiting time covers.
    """
    return end.dt.offset_by("1d").cast(pl.Datetime("us")) + pl.duration(seconds=matures_seconds)
