"""Publishing under faults: killed, read meanwhile, on a full disk, damaged afterwards."""

import multiprocessing
import os
import random
import resource
import shutil
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from metrics.errors import UserError
from metrics.warehouse import Generation, audit, current, publish, publish_overlay, run_query
from metrics.warehouse.generation import POINTER
from metrics.warehouse.publishing import KEEP, LOCK, reading
from tests.warehouse.small import build, manifest, overlay

KILLS = 20  # with those of ingest and of the whole walk, more than fifty
PUBLISHES = 50
SEED = 20260701
# One figure that several tables hold: whoever reads two generations mixed up, or half of one, gets two numbers.
FIGURE = """
    select
        (select sequence from generation) as said,
        (select count(*) from facts_visits) as visits,
        (select sum(rows) from freshness where table_name = 'visits') as fresh,
        (select sum(n) from observations
         where statistic = 'share' and grain = 'year' and site_id is null and service_id is null) as counted
"""
PROCESSES = multiprocessing.get_context("forkserver")
# Only libraries: importing the package itself starts Polars' threads, and a process forked from such a one can hang.
PROCESSES.set_forkserver_preload(["polars", "duckdb", "pyarrow", "pydantic", "sqlglot"])


def publish_in_turn(home: Path, size: int) -> Generation:
    """A generation of `size` visits: every third a full one, the others overlays on the one in force."""
    if size % 3 == 0:
        return publish(home, build(size), manifest(size))
    before = current(home)
    return publish_overlay(home, before, overlay(size, int(before.manifest["sequence"])), manifest(size))


def figures(generation: Generation) -> set[int]:
    return set(run_query(generation, FIGURE).frame.row(0))


def problems_in(generation: Generation) -> list[str]:
    with reading(generation) as connection:
        return audit(connection)


def expected_files(home: Path) -> set[str]:
    """What a folder without litter holds: the pointer, the lock, and a file and a manifest a generation."""
    names = {path.stem for path in (home / "warehouse").glob("[0-9]*.json")}
    return {POINTER, LOCK, *(f"{name}{suffix}" for name in names for suffix in (".duckdb", ".json"))}


def files(home: Path) -> set[str]:
    return {path.name for path in (home / "warehouse").iterdir()}


def test_killed_at_any_instant_the_pointer_names_a_whole_generation(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    publish(tmp_path, build(30), manifest(30))
    usual = sum(publish_and_be_killed(tmp_path, 30 + turn, after=None) for turn in (1, 2, 3)) / 3
    unfinished = 0
    for _ in range(KILLS):
        before = current(tmp_path)
        publish_and_be_killed(tmp_path, before.manifest["sequence"] + 1, after=chance.uniform(0, usual))
        after = current(tmp_path)
        assert after.warning is None
        assert after.number in (before.number, before.number + 1)
        assert figures(after) == {after.manifest["sequence"]}
        assert problems_in(after) == []
        unfinished += after == before
    assert unfinished >= KILLS // 4, "too few were killed before they had finished to prove anything"
    last = publish_in_turn(tmp_path, current(tmp_path).manifest["sequence"] + 1)
    assert files(tmp_path) == expected_files(tmp_path)
    assert len([name for name in files(tmp_path) if name.endswith(".duckdb")]) <= KEEP + 1  # and the base of the overlays
    assert figures(last) == {last.manifest["sequence"]}


def publish_when_told(home: Path, size: int, ready: Connection) -> None:
    ready.send("imported, and about to publish")
    publish_in_turn(home, size)


def publish_and_be_killed(home: Path, size: int, after: float | None) -> float:
    """Publish in a process of its own, killed so many seconds after it began; None lets it finish. Seconds it ran."""
    mine, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=publish_when_told, args=(home, size, theirs))
    process.start()
    mine.recv()
    began = time.perf_counter()
    if after is not None:
        time.sleep(after)
        process.kill()
    process.join()
    return time.perf_counter() - began


def poll(home: Path, done: Event, answers: Connection) -> None:
    """Read the generation in force over and over; send how often, which ones, and every figure that was torn."""
    reads, seen, torn = 0, set(), []
    try:
        while not done.is_set():
            generation = current(home)
            found = figures(generation)
            reads += 1
            seen.add(generation.name)
            if generation.warning or found != {generation.manifest["sequence"]}:
                torn.append(f"{generation.name}: {found} {generation.warning}")
    except Exception as problem:
        torn.append(repr(problem))
    answers.send((reads, seen, torn))


def test_a_reader_in_another_process_sees_no_error_and_no_torn_figure(tmp_path: Path) -> None:
    publish(tmp_path, build(3), manifest(3))
    done, (mine, theirs) = PROCESSES.Event(), PROCESSES.Pipe()
    reader = PROCESSES.Process(target=poll, args=(tmp_path, done, theirs))
    reader.start()
    made = [publish_in_turn(tmp_path, size).name for size in range(4, 4 + PUBLISHES)]
    done.set()
    reads, seen, torn = mine.recv()
    reader.join()
    assert torn == []
    assert reads > PUBLISHES
    assert len(seen & set(made)) > PUBLISHES // 4, "the reader saw too few generations to prove anything"


def publish_on_a_small_disk(home: Path, answers: Connection) -> None:
    """Publish where no file may grow past a megabyte, and say how that went."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))
    try:
        publish(home, build(20_000), manifest(20_000))
        answers.send("published")
    except UserError as problem:
        answers.send(str(problem))


def test_a_full_disk_leaves_the_previous_in_force_and_nothing_behind(tmp_path: Path) -> None:
    before = publish(tmp_path, build(30), manifest(30))
    were = files(tmp_path)
    mine, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=publish_on_a_small_disk, args=(tmp_path, theirs))
    process.start()
    assert "the disk is full; the generation in force stays so" in mine.recv()
    process.join()
    assert current(tmp_path) == before
    assert files(tmp_path) == were


@pytest.mark.parametrize("file", ["manifest", "pointer"])
def test_a_disk_that_fills_up_at_the_last_step_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    before = publish(tmp_path, build(5), manifest(1))
    were, really = files(tmp_path), os.replace

    def full(source: Path, target: Path) -> None:
        if (file == "pointer") == (Path(target).name == POINTER):
            raise OSError(28, "No space left on device")
        really(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(UserError, match="disk is full"):
        publish(tmp_path, build(6), manifest(2))
    monkeypatch.undo()
    assert current(tmp_path) == before
    assert files(tmp_path) == were


def flip_a_bit(path: Path) -> None:
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


def flip_a_bit_and_hide_it(path: Path) -> None:
    """As a careless restore would: same size, same modification time."""
    status = path.stat()
    flip_a_bit(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def truncate(path: Path) -> None:
    path.chmod(0o644)
    os.truncate(path, path.stat().st_size // 2)


def write_over_the_manifest(path: Path) -> None:
    path.with_suffix(".json").write_text("{")


DAMAGES = [flip_a_bit, flip_a_bit_and_hide_it, truncate, Path.unlink, write_over_the_manifest]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_generation_is_refused_and_the_previous_served_with_a_warning(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    before = publish(tmp_path, build(30), manifest(30))
    damaged = publish(tmp_path, build(31), manifest(31))
    damage(damaged.path)
    served = current(tmp_path)
    assert served.name == before.name
    assert served.warning == (
        f"Generation {damaged.name} is damaged; these figures are from {before.name}, as of 2026-07-01 00:00 UTC."
    )
    assert figures(served) == {30}


@pytest.mark.parametrize("damage", DAMAGES)
def test_an_overlay_on_a_damaged_base_is_refused_with_it(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    before = publish(tmp_path, build(30), manifest(30))
    base = publish(tmp_path, build(31), manifest(31))
    publish_overlay(tmp_path, base, overlay(32, 31), manifest(32))
    damage(base.path)
    served = current(tmp_path)
    assert served.name == before.name
    assert served.warning is not None


def test_when_no_generation_is_whole_the_reader_is_told_to_make_one(tmp_path: Path) -> None:
    flip_a_bit(publish(tmp_path, build(30), manifest(30)).path)
    with pytest.raises(UserError, match="timely refresh --full"):
        current(tmp_path)


def test_publishing_again_mends_a_damaged_home(tmp_path: Path) -> None:
    truncate(publish(tmp_path, build(30), manifest(30)).path)
    publish(tmp_path, build(31), manifest(31))
    assert current(tmp_path).warning is None
    assert figures(current(tmp_path)) == {31}


def test_a_home_copied_elsewhere_is_judged_by_its_hashes_and_served(tmp_path: Path) -> None:
    publish(tmp_path / "here", build(30), manifest(30))
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    there = current(tmp_path / "there")
    assert there.warning is None
    assert figures(there) == {30}


def test_a_lost_pointer_is_not_taken_for_permission_to_remove_generations(tmp_path: Path) -> None:
    before = publish(tmp_path, build(30), manifest(30))
    (tmp_path / "warehouse" / POINTER).unlink()
    publish(tmp_path, build(31), manifest(31))
    assert before.path.exists()
