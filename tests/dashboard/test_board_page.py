"""The page of the live board, over a lake whose newest rows grow old."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from metrics import lake
from metrics.dashboard import freshness
from metrics.demo import ingest_raw
from metrics.home import create_home
from metrics.live import now_of
from metrics.refresh import refresh
from metrics.simulate import simulate
from tests.dashboard.conftest import Visit

END = datetime(2026, 3, 4, 12)


def quiet(*_: object) -> None:
    """Progress that nobody watches."""


@pytest.fixture(scope="module")
def fed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = create_home(tmp_path_factory.mktemp("board") / "data")
    simulate(home.raw, scale=0.01, seed=1, until=END, progress=quiet)
    ingest_raw(home, quiet)
    refresh(home, END, progress=quiet)
    return home.path


def at(open_at: Visit, monkeypatch: pytest.MonkeyPatch, home: Path, moment: datetime) -> AppTest:
    monkeypatch.setattr(freshness, "now", lambda: moment)
    app = open_at(home, "board")
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    return "\n".join(element.value for kind in (app.markdown, app.caption, app.subheader, app.warning) for element in kind)


def test_a_silent_feed_says_stale_then_no_data_and_shows_no_figure(
    fed: Path, open_at: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoke = lake.head(create_home(fed).lake).as_of
    assert spoke is not None
    told = [words(at(open_at, monkeypatch, fed, spoke + timedelta(minutes=silent))) for silent in (0, 20, 24 * 60)]
    assert "Telephone queue" in told[0]
    assert "◆ Stale" in told[1]
    assert told[2].count("◇ No data") == 10
    assert "Past their limit" not in told[2]
    assert not at(open_at, monkeypatch, fed, spoke + timedelta(days=1)).metric


def test_a_figure_carries_its_instant_and_age(fed: Path, open_at: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    spoke = now_of(create_home(fed), END).as_of[("contacts", None)]
    told = words(at(open_at, monkeypatch, fed, spoke + timedelta(minutes=3)))
    assert f"As of {freshness.moment(spoke, 'Europe/London')} · heard 3 min ago" in told


def test_pause_stops_the_board_and_says_so(fed: Path, open_at: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    app = at(open_at, monkeypatch, fed, END)
    app.toggle(key="paused").set_value(True).run()
    assert "Paused: the board does not follow what happens now." in words(app)
