"""What the checks count is stored anew only for the months that moved, and reads as if all of it had been counted."""

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from metrics.home import Home, create_home
from metrics.refresh import refresh
from metrics.warehouse import current
from metrics.warehouse.publishing import reading
from tests.refresh.test_feed_tables import ingested, visit

NOW = datetime(2026, 7, 1)
OLDEST = datetime(2025, 5, 10, 9)  # in the first of the thirteen months that are counted in May 2026
MONTHS = "select distinct month from {} where table_name = 'visits' order by month"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = create_home(tmp_path / "home")
    days = [OLDEST, datetime(2026, 2, 10, 9), datetime(2026, 5, 10, 9)]
    ingested(made, tmp_path, *(visit(f"v{day.month}-{day.year}", day) for day in days))
    refresh(made, NOW)
    return made


def asked(home: Home, sql: str) -> pl.DataFrame:
    with reading(current(home.path)) as connection:
        return connection.sql(sql).pl()


def test_months_that_the_clock_outgrew_are_gone_and_the_others_stay(home: Home, tmp_path: Path) -> None:
    assert asked(home, MONTHS.format("quality_counts"))["month"].to_list() == ["2025-05", "2026-02", "2026-05"]
    ingested(home, tmp_path, visit("june", datetime(2026, 6, 2, 9)))
    assert not refresh(home, NOW).full
    assert asked(home, MONTHS.format("quality_counts"))["month"].to_list() == ["2026-02", "2026-05", "2026-06"]
    assert asked(home, MONTHS.format("parts.quality_counts__own"))["month"].to_list() == ["2026-06"], (
        "what did not move is the base's"
    )
    found = asked(home, "select * from quality_counts order by all")
    assert refresh(home, NOW, full=True).full
    assert found.equals(asked(home, "select * from quality_counts order by all"))
