"""A home that is replayed: every command takes its now from the data's clock, and limits of silence are of everybody's time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from metrics.cli import app
from metrics.home import Home, create_home
from metrics.home.replay import Clock, now_of, paced, set_clock
from metrics.journal import opened
from metrics.listen import reading_of
from metrics.listen.mllp import answers
from metrics.watch import standings
from metrics.watch.health import health
from tests.faults.test_watcher_faults import FIRST, message

CLI = Path(__file__).parents[2] / "metrics" / "cli"
ON_ITS_OWN_CLOCK = {"demo.py", "going_on.py"}
"""A demonstration is made at everybody's now, and its clock is set by it."""
FEED = '[[feed]]\nname = "adt"\nkind = "mllp"\nport = 2575\nexpected = "10 minutes"\n'


@pytest.fixture
def home(tmp_path: Path) -> Home:
    create_home(tmp_path / "home")
    (tmp_path / "home" / "feeds.toml").write_text(FEED)
    made = create_home(tmp_path / "home")
    answers([message(1)], opened(made.path), reading_of(made), FIRST, "adt")
    return made


def real() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def test_a_command_is_at_the_instant_of_the_data(home: Home) -> None:
    asked = ["--home", str(home.path), "feeds"]
    assert CliRunner().invoke(app, asked).exit_code == 1, "everybody's now is long after the message"
    set_clock(home.path, Clock(real(), FIRST + timedelta(minutes=5)))
    assert CliRunner().invoke(app, asked).exit_code == 0
    assert CliRunner().invoke(app, [*asked, "--now", str(real())]).exit_code == 1, "an instant that is given counts"


def test_no_command_reads_another_clock() -> None:
    told = {file.name for file in CLI.glob("*.py") if "datetime.now" in file.read_text()}
    assert told == ON_ITS_OWN_CLOCK


def test_limits_of_silence_run_as_fast_as_the_replay(home: Home) -> None:
    later = FIRST + timedelta(minutes=20)
    assert [one.state for one in standings(home, later)] == ["Stale"]
    set_clock(home.path, Clock(real(), FIRST, 60))
    assert [one.state for one in standings(home, later)] == ["OK"]
    assert [one.state for one in standings(home, FIRST + timedelta(minutes=20 * 60))] == ["Stale"]
    assert paced(home).settings.board.stale_after == 60 * home.settings.board.stale_after
    assert not [problem for problem in health(home.path, now_of(home.path)).problems if "feed adt" in problem]
