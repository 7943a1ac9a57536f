"""Periods of the calendar."""

from datetime import date, datetime

import polars as pl
import pytest

from metrics.jobs.grains import matures_at, period_end, period_start

# day -> period's first and last day
PERIODS = [
    ("day", date(2026, 3, 29), date(2026, 3, 29), date(2026, 3, 29)),
    ("week", date(2026, 1, 1), date(2025, 12, 29), date(2026, 1, 4)),  # ISO: Thursday 1 January is in a week that began in 2025
    ("week", date(2026, 3, 29), date(2026, 3, 23), date(2026, 3, 29)),  # Sunday ends the week
    ("week", date(2026, 3, 30), date(2026, 3, 30), date(2026, 4, 5)),  # Monday starts it
    ("month", date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
    ("quarter", date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
    ("year", date(2026, 7, 1), date(2026, 1, 1), date(2026, 12, 31)),
]


@pytest.mark.parametrize(("grain", "day", "first", "last"), PERIODS)
def test_a_day_falls_in_its_period(grain: str, day: date, first: date, last: date) -> None:
    start = period_start(pl.col("day"), grain)
    assert pl.DataFrame({"day": [day]}).select(start, period_end(start, grain).alias("end")).row(0) == (first, last)


def test_a_figure_matures_a_wait_after_the_midnight_that_ends_its_period() -> None:
    frame = pl.DataFrame({"end": [date(2026, 3, 31)]})
    found = frame.select(matures_at(pl.col("end"), pl.lit(3 * 3600, pl.Int64))).item()
    assert found == datetime(2026, 4, 1, 3)
