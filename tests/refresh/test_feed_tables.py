"""What each feed sent is counted anew only where it moved, and comes out as if all of it had been counted."""

from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from metrics.home import Home, create_home
from metrics.refresh import refresh, tables
from metrics.refresh.inputs import read_inputs
from metrics.warehouse import current, run_query
from tests.properties.awkward_events import frame_of
from tests.properties.test_refresh import ingest_frames

NOW = datetime(2026, 6, 1)
FEEDS = ("feed_months", "freshness")
MAY = datetime(2026, 5, 20, 9)


def visit(name: str, arrived: datetime, recorded: datetime | None = None, site: str = "CEN") -> dict[str, object]:
    return {"visit_id": name, "site_id": site, "arrived_at": arrived, "recorded_at": recorded or arrived}


def ingested(home: Home, folder: Path, *rows: dict[str, object]) -> None:
    ingest_frames(home, {"visits": frame_of("visits", list(rows))}, folder)


def stored(home: Home) -> dict[str, pl.DataFrame]:
    frames = {name: run_query(current(home.path), f"select * from {name}").frame for name in FEEDS}
    return {name: frame.sort(frame.columns[:4]) for name, frame in frames.items()}


def assert_as_if_counted_anew(home: Home) -> None:
    found = stored(home)
    assert refresh(home, NOW, full=True).full
    for name, frame in stored(home).items():
        assert found[name].equals(frame), name


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = create_home(tmp_path / "home")
    days = [datetime(2026, month, 10, 9) for month in (1, 2, 3, 4)]
    ingested(made, tmp_path, *(visit(f"v{day.month}", day) for day in days), visit("ahead", datetime(2026, 7, 1), MAY))
    refresh(made, NOW)
    return made


def test_only_the_months_that_moved_are_read_again(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: dict[str, list[str]] = {}
    real = tables.counted_months
    monkeypatch.setattr(
        tables, "counted_months", lambda i, table, months: (read.update({table.name: months}), real(i, table, months))[1]
    )
    late = visit("v2", datetime(2026, 2, 10, 9), MAY + timedelta(hours=3))  # February's visit, told again
    ingested(home, tmp_path, late)
    assert not refresh(home, NOW).full
    assert read["visits"] == ["2026-02", "2026-05"], "the month that changed, and that of the as-of instant"
    assert read["patients"] == []
    assert_as_if_counted_anew(home)


def test_a_row_that_moves_to_another_month_and_site_leaves_both_right(home: Home, tmp_path: Path) -> None:
    ingested(home, tmp_path, visit("v1", datetime(2026, 3, 31, 23), MAY + timedelta(hours=3), site="NRT"))
    assert not refresh(home, NOW).full
    months = stored(home)["feed_months"].select("site_id", "month", "rows")
    assert (
        months.filter(pl.col("month") == "2026-01").is_empty() and ("NRT", "2026-04", 1) in months.rows()
    )  # summer time in London
    assert_as_if_counted_anew(home)


def test_rejected_rows_are_counted_again_when_there_are_more(home: Home, tmp_path: Path) -> None:
    ingested(home, tmp_path, visit("bad", MAY, site="nowhere"), visit("good", MAY))
    assert not refresh(home, NOW).full
    whole = stored(home)["freshness"].filter(pl.col("site_id").is_null())
    assert whole.select("rows", "rejected").rows() == [(6, 1)]
    ingested(home, tmp_path, visit("better", MAY + timedelta(hours=1)))
    assert not refresh(home, NOW).full
    assert stored(home)["freshness"].filter(pl.col("site_id").is_null()).select("rows", "rejected").rows() == [(7, 1)]
    assert_as_if_counted_anew(home)


def test_what_lay_ahead_has_happened_once_the_clock_has_passed_it(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home")
    ingested(home, tmp_path, visit("a", datetime(2026, 3, 31, 22)), visit("b", datetime(2026, 4, 2), MAY))
    refresh(home, datetime(2026, 4, 1))
    assert stored(home)["freshness"]["last_at"].to_list() == [datetime(2026, 3, 31, 22)] * 2
    assert not refresh(home, NOW).full
    assert stored(home)["freshness"]["last_at"].to_list() == [datetime(2026, 4, 2)] * 2
    assert_as_if_counted_anew(home)


def test_a_generation_that_does_not_hold_the_months_is_no_base(home: Home) -> None:
    """One made by an earlier version: everything is counted."""
    with duckdb.connect() as bare:
        since = tables.Since(current(home.path), bare, pl.DataFrame())
        made = tables.feed_tables(read_inputs(home, NOW), since)
    assert made["feed_months"].height == 5 and made["freshness"].height == 2
