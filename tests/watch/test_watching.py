"""Watching: figures follow what comes in, alerts follow the figures, and a killed watcher goes on where it was."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from typer.testing import CliRunner

from metrics.cli import app
from metrics.home import Home
from metrics.lake import head
from metrics.ledger import open_ledger
from metrics.ledger.evaluations import evaluations
from metrics.watch import Watcher, look
from metrics.watch.looking import EVALUATE_EVERY, STATUS
from tests.watch.conftest import NOW

PATIENCE = 120  # seconds that a loaded machine may need
ROOT = Path(__file__).parents[2]


def fill(home: Home, exports: Path) -> int:
    """Every raw file of the provider into the inbox; gives how many."""
    shutil.copytree(exports, home.path / "inbox", ignore=shutil.ignore_patterns("truth.json"), dirs_exist_ok=True)
    return sum(path.is_file() for path in (home.path / "inbox").glob("*/*"))


def test_everything_that_came_in_is_counted_and_judged_once(home: Home, exports: Path) -> None:
    files, watcher = fill(home, exports), Watcher()
    look(home.path, watcher, NOW)
    report = look(home.path, watcher, NOW)
    assert len(report.taken) == files and not report.failed
    assert report.generation and report.alerts
    asked = evaluations(open_ledger(home)).height
    assert asked > 0
    quiet = look(home.path, watcher, NOW + timedelta(minutes=1))
    assert (quiet.generation, quiet.alerts) == (None, {})
    assert evaluations(open_ledger(home)).height == asked
    later = look(home.path, watcher, NOW + EVALUATE_EVERY + timedelta(days=3))
    assert later.alerts.get("fired", 0) > 0, "rules about the present are asked though nothing comes in"


def test_what_the_last_look_found_stands_in_a_file(home: Home, exports: Path) -> None:
    fill(home, exports)
    look(home.path, Watcher(), NOW)
    told = json.loads((home.path / STATUS).read_text())
    assert told["at"] == str(NOW) and told["waiting"] > 0


def test_once_takes_what_is_there_and_says_by_its_exit_code_whether_all_went_well(home: Home, exports: Path) -> None:
    fill(home, exports)
    asked = ["--home", str(home.path), "watch", "--once", "--every", "0.1"]
    ran = CliRunner().invoke(app, asked)
    assert ran.exit_code == 0, ran.output
    assert "is in force" in ran.stderr
    (home.path / "inbox" / "complaints_desk" / "bad.csv").write_text("nothing,like,it\n1,2,3\n")
    again = CliRunner().invoke(app, [*asked, "--json"])
    assert again.exit_code == 1
    looks = [json.loads(line) for line in again.stdout.splitlines()]
    assert [bool(one["problems"]) for told in looks for one in told["taken"]] == [True]


def test_a_watcher_that_is_killed_goes_on_where_it_was(home: Home, exports: Path) -> None:
    """kill -9 at any moment: every file is taken in the end, none twice, and the lake holds what one undisturbed run does."""
    files = fill(home, exports)
    for seconds in (1.5, 2.5):
        with watching(home.path) as process:
            time.sleep(seconds)
            process.kill()
    with watching(home.path) as process:
        deadline = time.monotonic() + PATIENCE
        while remaining(home) and time.monotonic() < deadline:
            time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert remaining(home) == 0
    assert sum(path.is_file() for path in (home.path / "inbox").glob("*/done/*")) == files
    assert not list((home.path / "inbox").glob("*/bad/*"))
    assert head(home.lake).as_of is not None


def remaining(home: Home) -> int:
    return sum(path.is_file() for path in (home.path / "inbox").glob("*/*"))


def watching(path: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "metrics", "--home", str(path), "watch", "--every", "0.1"]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL)
