"""Edited instants: what an older statement said otherwise is kept, once, in whatever order the statements come."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from metrics import lake
from metrics.events import TABLES
from tests.ingest.loading import new_home

NOW = datetime(2024, 6, 1)
AT = datetime(2024, 5, 6, 10)
HOUR = timedelta(hours=1)


def said(*statements: tuple[str, int, int | None]) -> pl.DataFrame:
    """Visits of (id, the day in May it was recorded, hours after AT that the patient was seen or None)."""
    rows = [
        {"visit_id": key, "site_id": "CEN", "arrived_at": AT, "seen_at": None if hours is None else AT + hours * HOUR,
         "recorded_at": datetime(2024, 5, day), "source": "s"} for key, day, hours in statements
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=TABLES["visits"].schema)


def commit(home, *statements):
    with lake.writing(home, NOW) as open_lake:
        open_lake.stage("visits", said(*statements))
        return open_lake.commit()


def kept(home):
    """(key, column, hours it was, hours it became, overtaken) of every edit."""
    hours = {name: (pl.col(name) - AT).dt.total_hours() for name in ("was", "became")}
    found = lake.edits(home.lake).collect().with_columns(**hours).sort("key", "was_recorded_at")
    return found.select("key", "column", "was", "became", "overtaken").rows()


@pytest.fixture
def home(tmp_path):
    return new_home(tmp_path / "home")


def test_an_instant_that_a_newer_statement_changed(home):
    commit(home, ("a", 7, 1), ("b", 7, 1), ("c", 7, None), ("d", 7, 4))
    commit(home, ("a", 8, 2), ("b", 8, 1), ("c", 8, 3), ("d", 8, None))
    assert kept(home) == [("a", "seen_at", 1, 2, False), ("d", "seen_at", 4, None, False)], "filling in is no edit, erasing is one"


def test_statements_of_one_file_are_compared_too(home):
    commit(home, ("a", 7, 1), ("a", 9, 3), ("a", 8, 2))
    assert kept(home) == [("a", "seen_at", 1, 3, False), ("a", "seen_at", 2, 3, False)]


def test_a_statement_that_comes_after_a_newer_one_is_overtaken(home):
    commit(home, ("a", 9, 3))
    commit(home, ("a", 7, 1))
    assert kept(home) == [("a", "seen_at", 1, 3, True)]
    assert lake.scan(home.lake, "visits").collect()["seen_at"].to_list() == [AT + 3 * HOUR]


def test_the_same_file_again_tells_nothing_new(home):
    statements = [("a", 7, 1), ("a", 8, 2), ("b", 7, 1)]
    commit(home, *statements)
    before = lake.head(home.lake)
    commit(home, *statements)
    assert lake.head(home.lake) == before
    assert kept(home) == [("a", "seen_at", 1, 2, False)]


def test_earlier_files_again_tell_nothing_new_once_a_later_one_changed_what_they_agreed_on(home):
    files = [("a", 7, 1), ("a", 8, 1), ("a", 9, 2)]
    for statement in files:
        commit(home, statement)
    before = lake.head(home.lake)
    for statement in files:
        commit(home, statement)
    assert lake.head(home.lake) == before
    assert kept(home) == [("a", "seen_at", 1, 2, False)]


def test_an_earlier_file_again_tells_nothing_new_when_the_row_has_moved_to_another_month(home):
    moved = [said(("a", day, None)).with_columns(arrived_at=datetime(2024, day - 4, 6)) for day in (7, 8, 9)]
    for frame in (*moved, *moved):
        with lake.writing(home, NOW) as open_lake:
            open_lake.stage("visits", frame)
            open_lake.commit()
    assert lake.head(home.lake).sequence == len(moved)
    assert lake.edits(home.lake).collect().height == 2


def test_of_two_statements_of_one_moment_the_one_that_stood_is_told_and_no_file_again_tells_the_other(home):
    files = [[("a", 7, 1), ("a", 7, 2)], [("a", 7, 0)], [("a", 8, 3)]]
    for file in files:
        commit(home, *file)
    first = kept(home)
    for file in files:
        commit(home, *file)
    assert kept(home) == first == [("a", "seen_at", 2, 3, False)]


def test_edits_of_earlier_commits_stay(home):
    commit(home, ("a", 7, 1), ("b", 7, 1))
    commit(home, ("a", 8, 2))
    commit(home, ("b", 8, 5))
    assert kept(home) == [("a", "seen_at", 1, 2, False), ("b", "seen_at", 1, 5, False)]
