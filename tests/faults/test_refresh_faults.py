"""Killed at random instants while it ingests and refreshes, Timely loses no event, doubles none, and serves no torn figure."""

import multiprocessing
import random
import time
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import polars as pl

from metrics.errors import UserError
from metrics.home import Home, create_home, open_home
from metrics.ingest import ingest
from metrics.refresh import refresh
from metrics.sources import load_mapping
from metrics.warehouse import current, run_query

KILLS = 20  # of the whole walk; with those of ingest alone and of publishing alone, more than fifty
BATCHES = 6
ROWS = 400  # a batch
NOW = datetime(2026, 6, 1)
LONGEST = 4.0  # seconds: about two batches' work after start-up
COMPUTED = "[catalog]\ncompute = ['ed_length_of_stay']\n"  # of a visit's facts; what is killed is the same as with all of them

COUNTED = "select count(*) as n from facts_visits where arrived_at <= (select as_of from generation)"
OBSERVED = """
    select
        sum(n + still_open) filter (where site_id is null) as everywhere,
        sum(n + still_open) filter (where site_id is not null) as by_site
    from observations
    where metric = 'ed_length_of_stay' and statistic = 'median' and grain = 'day' and stratum is null and service_id is null
"""
PROCESSES = multiprocessing.get_context("forkserver")  # each a process of its own, of one that has the program loaded already
PROCESSES.set_forkserver_preload([__name__])


def write_batches(base: Path) -> pl.DataFrame:
    """Visits in batches; each batch says some rows of the one before again, finished. Returns the state that must come out."""
    rng = random.Random(7)
    said: list[dict[str, object]] = []
    for batch in range(BATCHES):
        rows = [visit(rng, batch * ROWS + number, batch) for number in range(ROWS)]
        rows += [again(row, batch) for row in said[-ROWS // 4 :]]
        said += rows
        pl.DataFrame(rows, infer_schema_length=None).write_parquet(base / f"batch-{batch}.parquet")
    (base / "visits.sql").write_text(
        "-- source: visits_test\n-- table: visits\n-- time_zone: UTC\nselect * from read_parquet($files)\n"
    )
    return pl.DataFrame(said, infer_schema_length=None).sort("recorded_at").unique("visit_id", keep="last")


def visit(rng: random.Random, number: int, batch: int) -> dict[str, object]:
    arrived = datetime(2026, 3, 1) + timedelta(minutes=rng.randrange(60 * 24 * 80))
    seen = arrived + timedelta(minutes=rng.randrange(200)) if rng.random() < 0.9 else None
    return {
        "visit_id": f"v{number}", "patient_id": f"p{number % 97}", "site_id": rng.choice(["CEN", "NRT"]), "service_id": "emergency",
        "arrived_at": arrived, "seen_at": seen, "departed_at": None, "recorded_at": datetime(2026, 5, 25) + timedelta(hours=batch),
    }  # fmt: skip


def again(row: dict[str, object], batch: int) -> dict[str, object]:
    arrived = row["arrived_at"]
    assert isinstance(arrived, datetime)
    left = arrived + timedelta(hours=6)
    return row | {"departed_at": left, "recorded_at": datetime(2026, 5, 25, 0, 30) + timedelta(hours=batch)}


def walk(base: Path, told: Connection) -> None:
    """The whole walk, batch by batch, in a process of its own; tells when it starts."""
    home = open_home(base / "home")
    told.send("started")
    for path in sorted(base.glob("batch-*.parquet")):
        ingest(home, load_mapping(base / "visits.sql"), [path])
        refresh(home, NOW)


def killed_walk(base: Path, after: float) -> bool:
    """Run the walk and kill it so many seconds after it started; whether it was still at work."""
    heard, told = PROCESSES.Pipe(duplex=False)
    child = PROCESSES.Process(target=walk, args=(base, told))
    child.start()
    told.close()  # only the child's end stays open: where it dies before it tells, this does not wait for ever
    assert heard.recv() == "started"
    time.sleep(after)
    unfinished = child.is_alive()
    child.kill()
    child.join()
    assert unfinished or child.exitcode == 0
    return unfinished


def assert_whole(home: Home) -> None:
    """What is served agrees with itself: totals of places, and figures with their facts."""
    try:
        generation = current(home.path)
    except UserError:
        return  # killed before anything was published
    assert generation.warning is None
    counted = run_query(generation, COUNTED).frame["n"][0]
    assert run_query(generation, OBSERVED).frame.row(0) == (counted, counted)


def test_the_whole_walk_survives_being_killed(tmp_path: Path) -> None:
    expected = write_batches(tmp_path)
    home = create_home(tmp_path / "home")
    (home.path / "timely.toml").write_text(COMPUTED, encoding="utf-8")
    (home.path / "targets.toml").write_text("", encoding="utf-8")  # a target has its metric computed
    rng = random.Random(11)
    unfinished = 0
    for _ in range(KILLS):
        unfinished += killed_walk(tmp_path, rng.uniform(0, LONGEST))
        assert_whole(home)
    assert unfinished >= KILLS // 3, "too few were killed at work to prove anything"
    for path in sorted(tmp_path.glob("batch-*.parquet")):
        ingest(home, load_mapping(tmp_path / "visits.sql"), [path])
    refresh(open_home(home.path), NOW)
    assert_whole(home)
    served = run_query(current(home.path), "select visit_id, departed_at from facts_visits order by visit_id").frame
    assert served.equals(expected.select("visit_id", pl.col("departed_at").cast(pl.Datetime("us"))).sort("visit_id"))
