"""What the lake may forget, and what it never does: the version in force, recent ones, and what an issued snapshot stands on."""

import os
import time
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from metrics import lake
from metrics.events import TABLES
from metrics.home import Home
from metrics.ingest import tidying
from metrics.ingest.tidying import tidied
from tests.ingest.loading import new_home

OLD = time.time() - 40 * 86_400  # beyond the 30 days that are kept


def committed(home: Home, day: int, *keys: str) -> lake.Head:
    """The head after visits in June were told on a day of it."""
    rows = [
        {
            "visit_id": key,
            "site_id": "CEN",
            "arrived_at": datetime(2024, 6, 1),
            "recorded_at": datetime(2024, 6, day),
            "source": "s",
        }
        for key in keys
    ]
    with lake.writing(home, datetime(2024, 7, 1)) as writer:
        writer.stage("visits", pl.DataFrame(rows, schema=TABLES["visits"].schema))
        writer.commit()
        return writer.head


def visits_at(home: Home, at: lake.Head) -> list[str]:
    return sorted(lake.scan(home.lake, "visits", at).collect()["visit_id"])


def age(home: Home) -> None:
    for file in home.lake.rglob("*.parquet"):
        os.utime(file, (OLD, OLD))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(tidying, "COMMITS", 1)
    return new_home(tmp_path / "home")


def test_old_versions_go_and_the_one_in_force_stays(home: Home) -> None:
    first, second = committed(home, 2, "a"), committed(home, 3, "b")
    age(home)
    third = committed(home, 4, "c")
    assert tidied(home, third) == 2  # the first file; the changes that the second commit listed
    assert visits_at(home, third) == ["a", "b", "c"]
    assert visits_at(home, second) == ["a", "b"]  # superseded only just now
    with pytest.raises((OSError, pl.exceptions.PolarsError)):
        visits_at(home, first)
    assert lake.changes(home.lake, 1, 3) is None
    assert lake.changes(home.lake, 2, 3) is not None
    assert visits_at(home, committed(home, 5, "d")) == ["a", "b", "c", "d"]


def test_what_an_issued_snapshot_stands_on_stays_for_good(home: Home) -> None:
    first = committed(home, 2, "a")
    file = next((home.lake / "visits").rglob("part-*.parquet")).relative_to(home.lake).as_posix()
    listed = home.path / "snapshots" / "2024-W23" / "executive" / "1" / "inputs" / "lake_files.csv"
    listed.parent.mkdir(parents=True)
    listed.write_text(f"path,sha256\n{file},0\n")
    committed(home, 3, "b")
    age(home)
    head = committed(home, 4, "c")
    tidied(home, head)
    assert visits_at(home, first) == ["a"]
    assert visits_at(home, head) == ["a", "b", "c"]


def test_recent_versions_stay(home: Home) -> None:
    first, head = committed(home, 2, "a"), committed(home, 3, "b")
    assert tidied(home, head) == 0
    assert visits_at(home, first) == ["a"]


def test_it_looks_only_now_and_then(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    committed(home, 2, "a")
    age(home)
    head = committed(home, 3, "b")
    age(home)
    monkeypatch.setattr(tidying, "COMMITS", 25)
    assert tidied(home, head) == 0
