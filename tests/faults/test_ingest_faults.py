"""Killed, out of disk, torn: the lake is as it was before the commit or as it is after it, and the next ingest works."""

import errno
import os
import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from metrics import durable, lake
from metrics.errors import UserError
from metrics.ingest import ingest
from metrics.lake import committing
from metrics.sources import load_mapping
from tests.faults.endless_ingest import MAPPING, START, VISITS, statement
from tests.ingest.loading import Door, new_home, visits_of

PROJECT = Path(__file__).parents[2]
KILLS = 12


def test_kill_9_at_any_moment_leaves_the_lake_before_or_after_a_commit(tmp_path):
    home = new_home(tmp_path / "home")
    dice = random.Random(20240601)
    parts = dice.sample(range(KILLS), KILLS)  # a kill in each twelfth of an ingest: by bare chance none may fall where it writes
    told, killed_inside, one_ingest = 0, 0, 0.4  # seconds; measured, because a busy machine takes longer
    for round_number in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.endless_ingest", str(home.path), str(told + 1)],
            cwd=PROJECT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        # two rounds in three begin to count after a first commit, the others may be killed in their very first
        begun, first = time.perf_counter(), ""
        if round_number % 3:
            first = process.stdout.readline()
            one_ingest = time.perf_counter() - begun
        time.sleep((parts[round_number] + dice.random()) / KILLS * one_ingest)
        process.kill()
        rest, _ = process.communicate()
        printed = [int(line) for line in (first + rest).split()]
        in_force_now = statement_in_force(home)
        last = max([told, *printed])
        assert in_force_now in (last, last + 1), "a commit that was told to be in force is lost, or one was skipped"
        killed_inside += bool(leftovers(home))
        told = in_force_now
    assert told >= KILLS // 2, "hardly anything was committed between the kills, so that they prove little"
    assert killed_inside, "no kill fell inside an ingest, so that nothing was put to the test"
    ingest(home, mapping_of(home), [statement(home.path, told + 1)])
    assert statement_in_force(home) == told + 1
    assert not leftovers(home)


def mapping_of(home):
    path = home.path / "endless.sql"
    path.write_text(MAPPING, encoding="utf-8")
    return load_mapping(path)


def statement_in_force(home) -> int:
    """The number of the statement that the whole lake is at; fails when its tables disagree."""
    head = lake.head(home.lake)
    if head.sequence == 0:
        return 0
    visits, patients = (lake.scan(home.lake, table, head).collect() for table in ("visits", "patients"))
    rejects = lake.rejects(home.lake).collect()
    number = int((head.as_of - START) / timedelta(minutes=1))
    said = START + timedelta(minutes=number)
    assert (visits.height, patients.height, rejects.height) == (VISITS, 50, number)
    assert visits["visit_id"].n_unique() == VISITS
    assert set(visits["recorded_at"]) == set(patients["recorded_at"]) == {said}
    assert sum(lake.months(home.lake, "visits", head).values()) == VISITS
    assert head.sequence == number
    if number > 1:
        assert lake.changes(home.lake, number - 1, number).height == VISITS + 50
    return number


def leftovers(home) -> list[Path]:
    """What an ingest leaves when it dies: staged files, data files and table versions beyond HEAD."""
    head = lake.head(home.lake)
    found = list((home.lake / "staging").rglob("*"))
    for table in ("visits", "patients", "rejects"):
        files = list((home.lake / table).rglob("part-*.parquet"))
        found += [file for file in files if int(file.name.split("-")[1]) > head.sequence]
        if (home.lake / table / "_delta_log").exists() and table not in head.versions:
            found.append(home.lake / table)
    return found


# A full disk: every write to the disk fails in turn, then a real limit on the size of files


ROWS = ("1,P1,CEN,2024-01-05,,2024-02-06", "2,P2,CEN,2024-03-05,,2024-02-06", "3,P3,CEN,never,,2024-02-06")


@pytest.fixture
def door(tmp_path):
    door = Door(tmp_path)
    door.take("1,P1,CEN,2024-01-05,,2024-01-06", "9,P9,CEN,2024-01-07,,2024-01-08")
    return door


def in_force_state(door: Door) -> tuple[bytes, pl.DataFrame, pl.DataFrame]:
    return door.head(), visits_of(door.home), lake.rejects(door.home.lake).collect()


def same(one, other) -> bool:
    return one[0] == other[0] and one[1].equals(other[1]) and one[2].equals(other[2])


class FullDisk:
    """Stands in for a function that writes; the call number `at` finds the disk full."""

    def __init__(self, real, at: int) -> None:
        self.real, self.at, self.calls = real, at, 0

    def __call__(self, *given, **named):
        self.calls += 1
        if self.calls == self.at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self.real(*given, **named)


def method_of(full: FullDisk):
    """The stand-in as a function, which becomes a method of the class it is set on."""

    def method(self, *given, **named):
        return full(self, *given, **named)

    return method


PLACES = (
    (pl.DataFrame, "write_parquet", range(1, 5)),
    (committing, "sync", range(1, 7)),
    (committing, "add_version", (1,)),
    (durable.os, "replace", (1,)),
    (durable.os, "fsync", (1, 5, 9, 13)),
)


@pytest.mark.parametrize(("owner", "name", "call"), [(owner, name, call) for owner, name, calls in PLACES for call in calls])
def test_a_full_disk_at_any_write_is_a_sentence_and_changes_nothing(door, monkeypatch, owner, name, call):
    before = in_force_state(door)
    full = FullDisk(getattr(owner, name), call)
    with monkeypatch.context() as patch, pytest.raises(UserError, match="No space left on device"):
        patch.setattr(owner, name, full if not isinstance(owner, type) else method_of(full))
        door.take(*ROWS)
    assert same(in_force_state(door), before)
    assert not (door.home.lake / "staging").exists()
    assert door.take(*ROWS).tables["visits"].accepted == 2
    assert visits_of(door.home)["visit_id"].to_list() == ["1", "2", "9"]


LIMITED = """
import resource, sys
from pathlib import Path
from metrics.errors import UserError
from metrics.home import open_home
from metrics.ingest import ingest
from metrics.sources import load_mapping

home = open_home(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), resource.RLIM_INFINITY))
try:
    ingest(home, load_mapping(Path(sys.argv[2])), [Path(sys.argv[3])])
except UserError as problem:
    print(problem)
    sys.exit(2)
"""


@pytest.mark.parametrize("limit", [10, 3_000, 20_000])
def test_files_that_may_not_grow_are_a_sentence_and_change_nothing(door, limit):
    lines = [f"x{n},P{n * 7919},CEN,2024-0{1 + n % 9}-05 10:{n % 60:02d}:{n % 59:02d},,2024-10-06" for n in range(20_000)]
    path = door.folder / "many.csv"
    path.write_text("\n".join(["id,mrn,site,arrived,seen,said", *lines]) + "\n", encoding="utf-8")
    before = in_force_state(door)
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(door.home.path), str(door.mapping.path), str(path), str(limit)],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr
    assert "Nothing was changed" in done.stdout
    assert same(in_force_state(door), before)
    assert door.take_file(path).accepted == 20_000


# Torn files in the lake


def data_files(door: Door) -> list[Path]:
    delta = DeltaTable(door.home.lake / "visits", version=lake.head(door.home.lake).versions["visits"])
    return sorted(Path(uri.removeprefix("file://")) for uri in delta.file_uris())


@pytest.mark.parametrize("size", [0, 4, 200])
def test_a_truncated_file_of_the_lake_is_a_sentence_and_changes_nothing(door, size):
    torn = data_files(door)[0]
    whole = torn.read_bytes()
    torn.write_bytes(whole[:size])
    before = door.head()
    with pytest.raises(UserError, match="Nothing was changed"):
        door.take("1,P1,CEN,2024-01-05,,2024-05-06")
    assert door.head() == before
    torn.write_bytes(whole)
    assert door.take("1,P1,CEN,2024-01-05,,2024-05-06").accepted == 1


def test_a_missing_file_of_the_lake_is_a_sentence_and_changes_nothing(door):
    gone = data_files(door)[0]
    whole = gone.read_bytes()
    gone.unlink()
    with pytest.raises(UserError, match="Nothing was changed"):
        door.take("1,P1,CEN,2024-01-05,,2024-05-06")
    gone.write_bytes(whole)
    assert door.take("1,P1,CEN,2024-01-05,,2024-05-06").accepted == 1
