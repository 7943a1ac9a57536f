"""A patient seen twice at one instant (two clinics, one slot time) keeps two facts when a later visit becomes their next one."""

from datetime import datetime
from pathlib import Path

from metrics.home import create_home
from metrics.refresh import refresh
from metrics.warehouse import current, run_query
from tests.properties.awkward_events import frame_of
from tests.properties.test_refresh import assert_same, contents, ingest_frames

NOW = datetime(2026, 5, 1)
TWICE, LATER = datetime(2026, 4, 3, 9), datetime(2026, 4, 10, 9)


def attended(name: str, site: str, start: datetime, recorded: datetime) -> dict[str, object]:
    return {
        "appointment_id": name, "patient_id": "p1", "site_id": site, "status": "fulfilled", "scheduled_start": start,
        "recorded_at": recorded,
    }  # fmt: skip


def test_a_new_visit_follows_both_of_two_at_one_instant(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home")
    both = [attended("a", "ASH", TWICE, TWICE), attended("b", "CEN", TWICE, TWICE)]
    ingest_frames(home, {"appointments": frame_of("appointments", both)}, tmp_path)
    refresh(home, NOW)
    ingest_frames(home, {"appointments": frame_of("appointments", [attended("c", "ASH", LATER, LATER)])}, tmp_path)
    assert not refresh(home, NOW).full
    sql = "select appointment_id, next_visit_at from facts_appointments order by 1"
    assert run_query(current(home.path), sql).frame.rows() == [("a", LATER), ("b", LATER), ("c", None)]
    incremental = contents(home)
    refresh(home, NOW, full=True)
    assert_same(incremental, contents(home))
