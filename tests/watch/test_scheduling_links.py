"""SMART Scheduling Links in the inbox: taken when the manifest and all its files are there, at the manifest's instant."""

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from metrics import lake
from metrics.home import Home
from metrics.watch import Watcher, look
from tests.watch.conftest import NOW

PUBLISHED = Path(__file__).parents[1] / "fixtures" / "scheduling_links"


def test_a_published_schedule_is_taken_whole(home: Home) -> None:
    folder, watcher = home.path / "inbox" / "smart_scheduling", Watcher()
    folder.mkdir(parents=True)
    for name in ("manifest.json", "schedules.ndjson", "locations.ndjson"):
        shutil.copy(PUBLISHED / name, folder)
    os.utime(folder / "manifest.json", (NOW.timestamp(), NOW.timestamp()))
    for _ in range(2):
        report = look(home.path, watcher, NOW)
    assert not report.taken and report.waiting == 3
    late = look(home.path, watcher, NOW + timedelta(hours=24))
    assert "names slots.ndjson, which did not come" in late.problems[0]
    shutil.copy(PUBLISHED / "slots.ndjson", folder)
    for _ in range(2):
        report = look(home.path, watcher, NOW)
    (one,) = report.taken
    assert (one.file, one.rows, one.rejected) == ("manifest.json", 5, 2)
    assert "coarse" in one.sentence() and report.waiting == 0 and not report.problems
    slots = lake.scan(home.lake, "slots").collect().sort("slot_id")
    census = datetime(2026, 11, 24, 6)
    assert slots.select("slot_id", "site_id", "provider_id", "service_id", "status", "snapshot_at").rows() == [
        ("a", "CEN", "D7", "57", "free", census), ("b", "CEN", "D7", "57", "busy", census),
        ("b-2", "CEN", "D7", "57", "busy", census),
    ]  # fmt: skip
    values = lake.rejects(home.lake).collect()["value"].drop_nulls().to_list()
    assert values == ["coarse: capacity 100, 600 minutes"]
    assert len(list((folder / "done").iterdir())) == 4


def test_a_broken_one_stands_aside_with_the_reason(home: Home) -> None:
    folder, watcher = home.path / "inbox" / "smart_scheduling", Watcher()
    shutil.copytree(PUBLISHED, folder)
    (folder / "slots.ndjson").write_text('{"resourceType": "Slot", "id"\n')
    for _ in range(2):
        report = look(home.path, watcher, NOW)
    assert report.taken[0].problems and len(list((folder / "bad").iterdir())) == 5
