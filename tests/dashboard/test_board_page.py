"""The page of the live board, over a lake whose newest rows grow old."""

import re
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from metrics import lake, live
from metrics.board.present import present
from metrics.board.tile import WORDS
from metrics.dashboard import freshness
from metrics.dashboard.live_board import desk, wall
from metrics.home import create_home
from metrics.lake import LakeError
from metrics.live import now_of
from tests.dashboard.conftest import Visit
from tests.provider_homes import provider_home

TAG = re.compile(r"<style>.*?</style>|<[^>]*>")
END = datetime(2026, 3, 4, 12)


@pytest.fixture(scope="module")
def fed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return provider_home(tmp_path_factory, END).path


def at(open_at: Visit, monkeypatch: pytest.MonkeyPatch, home: Path, moment: datetime, **query: str) -> AppTest:
    monkeypatch.setattr(freshness, "now", lambda: moment)
    app = open_at(home, "board", **query)
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    """All that the page says, without its tags."""
    bodies = [element.proto.body for element in app.get("html")]
    drawn = [body for body in bodies if not body.startswith("<style>")]  # that of every page
    return unescape(TAG.sub(" ", " ".join([*drawn, *(each.value for each in (*app.title, *app.header, *app.caption, *app.error))])))


def spoke(home: Path, table: str = "visits") -> datetime:
    return now_of(create_home(home), END).as_of[(table, None)]


def test_a_silent_feed_says_stale_then_no_data_and_shows_no_figure(
    fed: Path, open_at: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = lake.head(create_home(fed).lake).as_of
    assert heard is not None
    told = [words(at(open_at, monkeypatch, fed, heard + timedelta(minutes=silent))) for silent in (0, 20, 80 * 60)]
    assert "Telephone queue" in told[0]
    assert "◆ Stale" in told[1]
    assert "◆ STALE" in told[1]
    assert told[2].count("◇ No data") == 10
    assert "10 of 10 tiles stand on silent feeds" in told[2]
    assert "No list: nobody knows who is there now." in told[2]
    assert " people" not in told[2]


def test_a_figure_carries_its_instant_and_age_on_the_clock_of_the_place(
    fed: Path, open_at: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = spoke(fed, "contacts")
    app = at(open_at, monkeypatch, fed, heard + timedelta(minutes=3))
    assert f"{heard:%H:%M:%S} · 3 min old" in words(app)  # Greenwich in March
    there = at(open_at, monkeypatch, fed, heard + timedelta(minutes=3), site="Harbour Clinic")
    assert f"{heard + timedelta(minutes=3) - timedelta(hours=5):%H:%M:%S}" in words(there)


def test_a_site_shows_the_tiles_of_what_it_has(fed: Path, open_at: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    told = words(at(open_at, monkeypatch, fed, END, site="Central Hospital"))
    assert "Waiting for triage" in told
    assert "Expected wait to a clinician" in told
    assert "Telephone queue" not in told
    clinic = words(at(open_at, monkeypatch, fed, END, site="Ashgrove Clinic"))
    assert "Appointments today" in clinic
    assert "Waiting for triage" not in clinic


def test_all_sites_stand_beside_each_other_the_worst_first(fed: Path, open_at: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    sites = sites_of(at(open_at, monkeypatch, fed, END))
    order = [WORDS.index(text.partition(" ")[2]) for text in sites["Worst"]]
    assert order == sorted(order)
    assert len(sites) == 12


def sites_of(app: AppTest) -> Any:
    return next(table.value for table in app.dataframe if "Worst" in table.value.columns)


def test_a_tile_opens_its_list_and_the_list_is_in_the_url(fed: Path, open_at: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    visits = now_of(create_home(fed), END).rows["visits"]
    moment = max(visits.filter(visits["triaged_at"].is_not_null())["arrived_at"])  # somebody waits for triage
    waiting = present(visits, moment)
    waiting = waiting.filter(waiting["stage"] == "Waiting for triage")
    app = at(open_at, monkeypatch, fed, moment)
    app.button(key="open_Waiting for triage").click().run()
    assert f"Waiting for triage: {len(waiting)}" in words(app)
    cases = next(table.value for table in app.dataframe if "Patient" in table.value.columns)
    assert sorted(cases["Patient"]) == sorted(waiting["patient_key"].str.head(10))
    assert f"Waiting for triage: {len(waiting)}" in words(at(open_at, monkeypatch, fed, moment, list="Waiting for triage"))


def test_the_wall_has_the_same_tiles_and_no_patient(fed: Path, open_at: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    app = at(open_at, monkeypatch, fed, END, view="wall", site="Central Hospital")
    told = words(app)
    assert "Central Hospital" in told
    assert "Expected wait to a clinician" in told
    assert not app.dataframe
    assert not app.button


def test_pause_stops_the_board_and_says_so(fed: Path, open_at: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    app = at(open_at, monkeypatch, fed, END)
    app.toggle(key="paused").set_value(True).run()
    assert f"Ⅱ PAUSED {END:%H:%M:%S}" in " ".join(words(app).split())
    assert f"Figures of {END:%H:%M:%S}" in words(app)


def test_a_lake_that_cannot_be_read_leaves_the_last_look_and_says_so(
    fed: Path, open_at: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(open_at, monkeypatch, fed, END)

    def broken(*_: object) -> None:
        raise LakeError("the lake is damaged: mend it")

    monkeypatch.setattr(live, "now_of", broken)
    app.run()
    assert "STALE" in words(app)
    assert f"Not read since {END:%H:%M:%S}: the lake is damaged: mend it" in words(app)
    assert "Telephone queue" in words(app)


@pytest.mark.parametrize(("tiles", "across"), [(1, 1), (5, 5), (6, 3), (9, 5), (10, 5), (11, 4)])
def test_rows_of_a_desk_are_of_one_length_and_a_wall_has_two(tiles: int, across: int) -> None:
    assert desk.beside(tiles) == across
    assert -(-tiles // min(wall.MOST_ACROSS, -(-tiles // 2))) <= 2
