"""A visit that was entered in error counts in no figure from the next refresh on, and again when a newer word says that it was."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from metrics.home import Home, create_home
from metrics.refresh import refresh
from metrics.warehouse import current, run_query
from tests.properties.awkward_events import frame_of
from tests.properties.test_refresh import assert_same, contents, ingest_frames

NOW = datetime(2026, 5, 1)
ARRIVED = datetime(2026, 4, 3, 9)
COUNTED = (
    "select numerator, denominator from observations"
    " where metric = 'left_without_being_seen' and grain = 'month' and site_id is null and service_id is null"
)


def visit(name: str, disposition: str, said: int, wrong: bool | None = None) -> dict[str, object]:
    return {
        "visit_id": name, "patient_id": name, "site_id": "CEN", "arrived_at": ARRIVED, "departed_at": ARRIVED + timedelta(hours=1),
        "disposition": disposition, "entered_in_error": wrong, "recorded_at": ARRIVED + timedelta(days=said),
    }  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = create_home(tmp_path / "home")
    rows = [visit("a", "discharged", 1), visit("b", "left_without_being_seen", 1), visit("c", "discharged", 1)]
    ingest_frames(made, {"visits": frame_of("visits", rows)}, tmp_path)
    refresh(made, NOW)
    return made


def say(home: Home, folder: Path, row: dict[str, object]) -> list[tuple[int, int]]:
    """The figure after an incremental refresh, which equals a full one."""
    ingest_frames(home, {"visits": frame_of("visits", [row])}, folder)
    assert not refresh(home, NOW).full
    incremental = contents(home)
    refresh(home, NOW, full=True)
    assert_same(incremental, contents(home))
    return run_query(current(home.path), COUNTED).frame.rows()


def test_it_leaves_every_figure_and_comes_back(home: Home, tmp_path: Path) -> None:
    assert run_query(current(home.path), COUNTED).frame.rows() == [(1, 3)]
    assert say(home, tmp_path, visit("a", "discharged", 2, wrong=True)) == [(1, 2)]
    assert run_query(current(home.path), "select visit_id from facts_visits order by 1").frame.rows() == [("b",), ("c",)]
    assert say(home, tmp_path, visit("b", "left_without_being_seen", 2, wrong=True)) == [(0, 1)]
    assert say(home, tmp_path, visit("a", "discharged", 1)) == [(0, 1)], "older news of it changes nothing"
    assert say(home, tmp_path, visit("a", "discharged", 3)) == [(0, 2)]


def test_the_last_one_leaves_nothing_behind(home: Home, tmp_path: Path) -> None:
    for name in "abc":
        figure = say(home, tmp_path, visit(name, "discharged", 2, wrong=True))
    assert figure == []
    assert run_query(current(home.path), "select * from facts_visits").frame.is_empty()
