"""The demonstration going on: what the provider says comes in by the doors, and the lake then holds what happened."""

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import polars as pl
import pytest

from metrics import lake
from metrics.demo import ingest_raw
from metrics.demo.going_on import Provider, Saying
from metrics.errors import UserError
from metrics.home import Home, create_home
from metrics.home.replay import Clock, clock_of, set_clock
from metrics.journal import opened
from metrics.listen import Listener, drain, reading_of
from metrics.refresh import refresh
from metrics.simulate import simulate
from metrics.simulate.extracts import seconds
from metrics.sources import find_mapping
from metrics.watch.inbox import taken
from tests.faults.test_watcher_faults import PROJECT, free_port
from tests.provider_homes import quiet

END = datetime(2026, 3, 4, 12)  # a Wednesday
PATIENCE = 120  # seconds a loaded machine may take


def epoch(at: datetime) -> float:
    return at.replace(tzinfo=UTC).timestamp()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = create_home(tmp_path_factory.mktemp("live") / "data")
    simulate(home.raw, scale=0.06, seed=1, until=END, years=0.25, progress=quiet)
    ingest_raw(home, quiet)
    refresh(home, END, progress=quiet)
    return home


@pytest.fixture(scope="module")
def provider(made: Home) -> Provider:
    return Provider.of(made)


def files_taken(home: Home, now: datetime) -> None:
    for file in sorted((home.path / "inbox").glob("*/*.csv")):
        assert not taken(home, find_mapping(home, file.parent.name), file, now).problems


def test_a_day_later_the_lake_holds_what_happened(made: Home, provider: Provider) -> None:
    journal, until = opened(made.path), END + timedelta(hours=26)  # past midnight, and past 07:00: two days of arrivals
    listener = Listener(journal, reading_of(made), "127.0.0.1", 0, now=lambda: until)
    saying = Saying(made, provider, listener.port)
    for hour in range(2, 28, 6):  # some time at once, in pieces
        at = END + timedelta(hours=hour)
        saying.speak(epoch(at), Event())
        saying.drop()
        while drain(made, journal, at).left:
            pass
        files_taken(made, at)
    listener.close()
    assert journal.feeds()["bad"].sum() == 0
    assert Saying(made, provider, listener.port).said == epoch(until)  # a second start goes on from there
    visits = lake.scan(made.lake, "visits").collect()
    expected = pl.concat([rows for day in provider.days.values() for kind, rows in day.extracts if kind.source == "ehr_visits"])
    expected = expected.filter(seconds("ARRIVE_TM") <= epoch(until))
    stamps = {"triaged_at": "TRIAGE_TM", "roomed_at": "BED_TM", "seen_at": "MD_TM", "departed_at": "DEPART_TM"}
    found = expected.join(visits, left_on="VISIT_NO", right_on="visit_id")
    assert len(found) == len(expected) > 15
    for column, stamp in stamps.items():
        known = found.select(pl.when(seconds(stamp) <= epoch(until)).then(seconds(stamp)))[stamp]
        assert found[column].dt.epoch("s").equals(known), column
    assert visits.filter(pl.col("arrived_at") > END)["site_id"].n_unique() == 4
    booked = lake.scan(made.lake, "appointments").filter(pl.col("scheduled_start").is_between(END, until)).collect()
    assert booked.filter(pl.col("arrived_at") > END)["site_id"].n_unique() > 5
    assert (booked["status"] == "fulfilled").sum() > 10
    calls = lake.scan(made.lake, "contacts").filter(pl.col("opened_at") > END).collect()
    assert set(calls["channel"]) >= {"phone", "portal"}


def test_whoever_waited_goes_on_waiting_as_they_were_told_of(made: Home, provider: Provider) -> None:
    rest = next(rows for kind, rows in provider.days[provider.last].extracts if kind.source == "ehr_visits")
    there = rest.filter(seconds("ARRIVE_TM") <= epoch(END)).select("VISIT_NO", "PAT_ID", "ARR_MODE", "OBS_YN")
    files = [pl.read_csv(path, infer_schema=False) for path in (made.raw / "ehr_visits").glob("*.csv")]
    raw = pl.concat(files).unique("VISIT_NO", keep="last", maintain_order=True)
    assert len(there) > 0
    both = there.with_columns(pl.all().cast(pl.String)).join(raw, on="VISIT_NO")
    assert len(both) == len(there)
    for column in ("PAT_ID", "ARR_MODE", "OBS_YN"):
        assert both[column].equals(both[f"{column}_right"]), column


def test_a_home_that_no_demonstration_made_cannot_go_on(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Only a home that `timely demo` made can go on"):
        Provider.of(create_home(tmp_path / "data"))


def test_a_clock_runs_as_fast_as_it_is_told(tmp_path: Path) -> None:
    real = datetime(2026, 3, 4, 12)
    set_clock(tmp_path, Clock(real, END, 60))
    clock = clock_of(tmp_path)
    assert clock is not None
    assert clock.at(real + timedelta(minutes=1)) == END + timedelta(hours=1)
    (tmp_path / "replay.json").write_text("{}")
    with pytest.raises(UserError, match="not the clock of a replay"):
        clock_of(tmp_path)


def test_the_command_speaks_until_it_is_told_to_stop_and_leaves_a_clock_at_the_pace_of_all(made: Home) -> None:
    command = [sys.executable, "-m", "metrics", "--home", str(made.path), "demo", "--live", "--no-serve", "--speed", "600"]
    running = subprocess.Popen([*command, "--mllp", str(free_port())], cwd=PROJECT, stderr=subprocess.PIPE, text=True)
    journal = opened(made.path)
    before, until = journal.feeds()["received"].sum(), time.monotonic() + PATIENCE
    while journal.feeds()["received"].sum() == before and time.monotonic() < until and running.poll() is None:
        time.sleep(0.2)
    assert journal.feeds()["received"].sum() > before
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0
    assert "Stopped." in told
    clock = clock_of(made.path)
    assert clock is not None
    assert clock.speed == 1
