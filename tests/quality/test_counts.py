"""Counting by month: months add up, and only the newest thirteen are counted."""

from datetime import datetime

from metrics.events import TABLES
from metrics.quality.counts import COUNTED, COUNTS, first_month, month_counts
from metrics.quality.measures import EXPECTED, TWINS, happened
from tests.quality.made import CALENDAR, MONDAY, counts


def test_a_year_and_the_month_begun() -> None:
    assert first_month(datetime(2026, 11, 20)) == "2025-11"
    assert first_month(datetime(2026, 1, 1)) == "2025-01"
    assert first_month(datetime(2026, 12, 31)) == "2025-12"


def test_no_events_no_counts() -> None:
    for name in COUNTED:
        empty = month_counts(CALENDAR.sites.clear().select(), TABLES[name], CALENDAR)
        assert empty.schema == COUNTS and empty.is_empty()


def test_what_is_counted_names_columns_that_there_are() -> None:
    for name, expected in EXPECTED.items():
        assert {column for column, _ in expected} <= set(TABLES[name].instants)
    for name, (columns, _) in TWINS.items():
        assert set(columns) <= set(TABLES[name].column)
    for name in COUNTED:
        assert "recorded_at" not in happened(TABLES[name])


def test_a_row_without_patient_is_nobodys_twin() -> None:
    rows = [{"arrived_at": MONDAY, "patient_key": None} for _ in range(10)]
    assert counts("visits", rows).filter(counted="duplicate").is_empty()
