"""Issuing: once, whole or not at all, the same bytes for the same inputs."""

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from metrics.errors import UserError
from metrics.home import Home, open_home
from metrics.refresh import refresh
from metrics.snapshot.editions import UNFINISHED, edition_of, editions, files_in
from metrics.snapshot.making import make
from metrics.snapshot.verifying import verify
from tests.snapshot.homes import FIRST, NEWEST, NOW, take_in, visit

MY_WAIT = """-- title: My wait
-- question: How long?
-- owner: Operations
-- reviewed: 2026-08-01
-- returns: case_id, day, site_id, service_id, seconds
-- metric: kind = duration
-- metric: family = waits
-- metric: better = lower
-- metric: statistics = median
-- metric: authority = Local.
select visit_id as case_id, day, site_id, service_id, door_to_provider_wait as seconds
from facts_visits where door_to_provider_end = 'done'
"""
MAKE = """
import sys
from datetime import datetime
from pathlib import Path
from metrics.home import open_home
from metrics.snapshot import editions
from metrics.snapshot.making import make

if len(sys.argv) > 3:  # stop for ever in the middle of writing
    import time
    write = editions.sync
    def sync(path):
        write(path)
        if path.name == sys.argv[3]:
            print("half", flush=True)
            time.sleep(600)
    editions.sync = sync
make(open_home(Path(sys.argv[1])), datetime.fromisoformat(sys.argv[2]))
"""


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in files_in(folder)}


def test_two_processes_make_the_same_bytes(home: Home) -> None:
    first = bytes_of(edition_of(home.path, NEWEST, "board").path)
    shutil.rmtree(home.path / "snapshots")
    subprocess.run(
        [sys.executable, "-c", MAKE, str(home.path), NOW.isoformat()], check=True, env={**os.environ, "PYTHONHASHSEED": "7"}
    )
    again = bytes_of(edition_of(home.path, NEWEST, "board").path)
    assert {"index.html", "snapshot.pdf", "rows/figures.parquet", "rows/figures.csv", "manifest.json"} <= set(first)
    assert again == first


def test_a_week_is_issued_once(home: Home) -> None:
    before = bytes_of(edition_of(home.path, None, "board").path)
    report = make(home, NOW + timedelta(hours=3))
    assert not report.made and "issued already" in report.sentence()
    assert bytes_of(edition_of(home.path, None, "board").path) == before
    assert len(editions(home.path)) == 1


def test_a_week_that_is_not_closed_is_refused_with_when_it_will_be(home: Home) -> None:
    with pytest.raises(UserError, match="2026-W42 is not closed: it closes on 2026-10-20 00:00 UTC"):
        make(home, NOW, NEWEST + timedelta(weeks=1))


def test_the_manifest_says_what_it_was_made_of(issued_once: Home) -> None:
    manifest = edition_of(issued_once.path, NEWEST, "board").manifest()
    assert manifest["name"] == "2026-W41" and manifest["lake"]["versions"]["visits"] >= 1
    assert set(manifest["definitions"]) == {"door_to_provider"} and manifest["policy"]["name"] == "nhs"
    assert manifest["data_as_of"] == NOW.isoformat() and manifest["program"]
    assert set(manifest["files"]) == files_in(edition_of(issued_once.path, NEWEST, "board").path) - {"manifest.json"}


def test_a_correction_needs_a_reason_and_says_what_changed(home: Home) -> None:
    with pytest.raises(UserError, match="its first edition needs no --reason"):
        make(home, NOW, FIRST + timedelta(weeks=30), reason="why not")
    late = [visit(f"late-{at}", "CEN", late_arrival(at), wait=200) for at in range(12)]
    take_in(home, *late, name="late.csv")
    refresh(home, NOW)
    report = make(open_home(home.path), NOW, reason="One day of Central's arrivals was missing.")
    said = json.loads((Path(report.path) / "snapshot.json").read_text())
    assert report.edition == 2 and said["reason"] == "One day of Central's arrivals was missing."
    assert {one["reason"] for one in said["revisions"]} == {"late data"}
    assert edition_of(home.path, NEWEST, "board", 1).manifest()["edition"] == 1


def late_arrival(at: int) -> datetime:
    return datetime.combine(NEWEST, datetime.min.time()) + timedelta(hours=at)


def test_late_data_leave_the_issued_week_and_are_listed_in_the_next(home: Home, tmp_path: Path) -> None:
    shutil.rmtree(home.path / "snapshots")
    make(home, NOW, NEWEST - timedelta(weeks=1))
    before = bytes_of(edition_of(home.path, None, "board").path)
    late = [visit(f"late-{at}", "CEN", late_arrival(at) - timedelta(weeks=1), wait=200) for at in range(12)]
    take_in(home, *late, name="late.csv")
    refresh(home, NOW)
    make(open_home(home.path), NOW)
    assert bytes_of(edition_of(home.path, NEWEST - timedelta(weeks=1), "board").path) == before
    listed = pl.read_parquet(edition_of(home.path, NEWEST, "board").path / "rows/revisions.parquet")
    assert listed.height == 2 and set(listed["reason"]) == {"late data"} and set(listed["week"]) == {NEWEST - timedelta(weeks=1)}
    assert (listed["n"] - listed["n_before"]).to_list() == [10, 10]  # 12 late ones, rounded by the policy


def test_settings_that_moved_on_want_a_refresh_first(home: Home) -> None:
    target = (
        '[[target]]\nmetric = "door_to_provider"\nstatistic = "within"\nvalue = "60%"\nvalid_from = 2026-01-01\nsource = "us"\n'
    )
    (home.path / "targets.toml").write_text(target)
    with pytest.raises(UserError, match=r"the targets changed since generation .* timely refresh"):
        make(open_home(home.path), NOW, NEWEST - timedelta(weeks=2))


@pytest.mark.parametrize("at", ["index.html", "manifest.json", "figures.csv"])
def test_killed_while_it_writes_nothing_is_issued_and_the_next_run_issues_it(home: Home, at: str) -> None:
    shutil.rmtree(home.path / "snapshots")
    making = subprocess.Popen([sys.executable, "-c", MAKE, str(home.path), NOW.isoformat(), at], stdout=subprocess.PIPE, text=True)
    assert making.stdout is not None and making.stdout.readline() == "half\n"
    making.send_signal(signal.SIGKILL)
    making.wait()
    assert editions(home.path) == [] and list((home.path / "snapshots").glob(f"*/*/{UNFINISHED}*"))
    report = make(home, NOW)
    assert report.made and not list((home.path / "snapshots").glob(f"*/*/{UNFINISHED}*"))


def test_an_audience_of_a_region_sees_its_own_sites_alone(home: Home) -> None:
    report = make(home, NOW, audience="north")
    said = json.loads((Path(report.path) / "snapshot.json").read_text())
    assert {row["place"] for row in said["icon_rows"]} == {"Central"}
    assert "Harbour" not in (Path(report.path) / "index.html").read_text()


def test_a_metric_of_a_query_is_issued_and_verified(home: Home) -> None:
    home.queries.mkdir(exist_ok=True)
    (home.queries / "my_wait.sql").write_text(MY_WAIT, encoding="utf-8")
    settings = (home.path / "snapshot.toml").read_text(encoding="utf-8")
    (home.path / "snapshot.toml").write_text(settings.replace('"door_to_provider.median"', '"my_wait.median"'), encoding="utf-8")
    refresh(open_home(home.path), NOW)
    report = make(open_home(home.path), NOW, audience="north")
    figures = pl.read_csv(edition_of(home.path, NEWEST, "north").path / "rows/figures.csv")
    mine = figures.filter(pl.col("metric") == "my_wait")
    assert report.made and mine["value"].null_count() == 0 and set(mine["n"]) == {30}
    checked = verify(open_home(home.path), NEWEST, "north")
    assert checked.passed, checked.differences
    (home.queries / "my_wait.sql").write_text(MY_WAIT.replace("'done'", "'left'"), encoding="utf-8")
    changed = verify(open_home(home.path), NEWEST, "north").differences
    assert len(changed) == 1 and changed[0].startswith("definition my_wait: it is version")
