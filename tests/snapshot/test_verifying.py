"""Verifying: equal, or what differs, by name."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from metrics.definitions import BUILT_IN
from metrics.home import Home, open_home
from metrics.refresh import refresh
from metrics.snapshot import verifying
from metrics.snapshot.editions import edition_of
from metrics.snapshot.making import make
from metrics.snapshot.verifying import VerifyReport, verify
from metrics.workbench import query_metrics
from tests.snapshot.homes import NEWEST, NOW, take_in, visit


def board(home: Home, as_it_was: bool = False) -> VerifyReport:
    return verify(home, NEWEST, "board", as_it_was=as_it_was)


def flip(path: Path, at: int = 200) -> None:
    """Change one byte."""
    held = bytearray(path.read_bytes())
    held[at % len(held)] ^= 1
    path.chmod(0o644)
    path.write_bytes(bytes(held))


def test_an_issued_week_is_equal_also_when_the_lake_has_moved_on(home: Home) -> None:
    assert board(home).passed
    take_in(home, visit("more", "CEN", NOW.replace(hour=0), wait=3), name="more.csv")
    refresh(home, NOW)
    report = board(open_home(home.path))
    assert report.passed and "equal" in report.sentences()[0]


def test_it_stays_equal_minutes_days_and_weeks_later_and_with_the_data_that_came_since(home: Home) -> None:
    for later in (timedelta(minutes=15), timedelta(days=1), timedelta(weeks=3)):
        come = NOW + later - timedelta(minutes=5)
        take_in(home, visit(f"later-{later}", "CEN", come - timedelta(minutes=4), wait=3, said=come), name=f"later{later.days}.csv")
        refresh(home, NOW + later)
        assert board(open_home(home.path)).passed, later


VERIFY = """
import sys
from pathlib import Path
from metrics.home import open_home
from metrics.snapshot.verifying import verify

report = verify(open_home(Path(sys.argv[1])), None, "board")
print(*report.sentences(), sep="\\n")
sys.exit(not report.passed)
"""


@pytest.mark.parametrize("threads", [1, 5])
def test_data_that_end_after_the_clock_verify_on_a_machine_of_any_threads(home: Home, threads: int) -> None:
    shutil.rmtree(home.path / "snapshots")
    clock = NOW - timedelta(days=3, minutes=20)
    refresh(home, clock)
    make(open_home(home.path), clock)
    ran = subprocess.run(
        [sys.executable, "-c", VERIFY, str(home.path)], env={**os.environ, "POLARS_MAX_THREADS": str(threads)},
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("name", ["index.html", "snapshot.pdf", "rows/figures.csv", "inputs/definitions/door_to_provider.toml"])
def test_one_byte_of_a_file_is_found_and_named(home: Home, name: str) -> None:
    flip(edition_of(home.path, NEWEST, "board").path / name)
    report = board(home)
    assert not report.passed and report.differences == [f"{name}: it was changed after it was issued"]


def test_one_byte_of_the_lake_is_found_and_named(home: Home) -> None:
    file = sorted(home.lake.glob("visits/*/*.parquet"))[3]
    flip(file)
    report = board(home)
    assert report.differences == [f"lake/{file.relative_to(home.lake)}: it was changed after the snapshot was issued"]


def test_a_version_of_the_lake_that_is_gone_is_told(home: Home) -> None:
    file = sorted(home.lake.glob("visits/*/*.parquet"))[0]
    file.unlink()
    assert "is gone; that version of the lake was vacuumed or lost" in board(home).differences[0]


def test_a_manifest_that_was_changed_with_its_file_is_found_by_making_it_again(home: Home) -> None:
    folder = edition_of(home.path, NEWEST, "board").path
    before = sha256((folder / "index.html").read_bytes()).hexdigest()
    flip(folder / "index.html")
    manifest = (folder / "manifest.json").read_text().replace(before, sha256((folder / "index.html").read_bytes()).hexdigest())
    (folder / "manifest.json").chmod(0o644)
    (folder / "manifest.json").write_text(manifest)
    assert {one.split(":")[0] for one in board(home).differences} == {"index.html", "manifest.json"}


def test_a_file_more_and_a_file_less_are_named(home: Home) -> None:
    folder = edition_of(home.path, NEWEST, "board").path
    (folder / "rows/gaps.csv").unlink()
    (folder / "extra.txt").write_text("not ours")
    assert board(home).differences == ["extra.txt: it does not belong to the edition", "rows/gaps.csv: it is missing"]


def test_a_definition_that_is_another_one_today_is_named_and_may_be_accepted(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = home.path / "today"
    folder.mkdir()
    text = (BUILT_IN / "door_to_provider.toml").read_text()
    (folder / "door_to_provider.toml").write_text(text.replace('"60 minutes"', '"61 minutes"'))
    monkeypatch.setattr(verifying, "BUILT_IN", folder)
    monkeypatch.setattr(query_metrics, "CATALOG", folder)
    assert board(home).differences[0].startswith("definition door_to_provider: it is version")
    accepted = board(home, as_it_was=True)
    assert accepted.passed and accepted.notes[0].startswith("definition door_to_provider")
