"""The board over a real lake: what is read, when it is read again, and whose day it is."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from metrics import lake, live
from metrics.home import Home, create_home
from metrics.live.lake_rows import rows_at
from metrics.live.reading import local_day
from tests.provider_homes import provider_home

END = datetime(2026, 3, 4, 12)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return provider_home(tmp_path_factory, END, refreshed=False)


def test_the_recent_rows_are_those_of_the_lake_and_no_others(home: Home) -> None:
    rows = live.now_of(home, END).rows["visits"]
    since = END.replace(hour=0) - timedelta(days=7)
    every = lake.scan(home.lake, "visits").collect()
    assert len(rows) == len(every.filter(every["arrived_at"] >= since)) > 0
    assert rows["arrived_at"].min() >= since


def test_the_lake_is_read_once_for_each_commit(home: Home) -> None:
    live.now_of(home, END)
    before = rows_at.cache_info().misses
    live.now_of(home, END + timedelta(seconds=2))
    assert rows_at.cache_info().misses == before


def test_a_home_of_files_grows_stale_and_then_has_no_data(home: Home) -> None:
    newest = live.now_of(home, END).as_of[("visits", None)]
    states = {
        minutes: {tile.state for tile in live.board_of(live.now_of(home, newest + timedelta(minutes=minutes)))[:6]}
        for minutes in (16, 121)
    }
    assert "Stale" in states[16]
    assert states[121] == {"No data"}


def test_a_home_that_was_never_fed_has_no_data(tmp_path: Path) -> None:
    tiles = live.board_of(live.now_of(create_home(tmp_path / "data"), END))
    assert {(tile.state, tile.reason, tile.figures) for tile in tiles} == {("No data", "this feed never spoke", ())}


def test_a_site_has_its_own_rows_and_its_own_age(home: Home) -> None:
    now = live.now_of(home, END)
    sites = now.rows["visits"]["site_id"].unique().to_list()
    assert all(
        tile.age.as_of == now.as_of.get(("visits", sites[0])) for tile in live.board_of(now, sites[0]) if tile.key == "breaching"
    )


@pytest.mark.parametrize(
    ("at", "hours"), [(datetime(2026, 3, 29, 12), 23), (datetime(2026, 10, 25, 12), 25), (datetime(2026, 3, 4, 12), 24)]
)
def test_a_day_is_from_one_local_midnight_to_the_next(at: datetime, hours: int) -> None:
    first, last = local_day(at, ZoneInfo("Europe/London"))
    assert last - first == timedelta(hours=hours)
    assert first <= at < last


def test_one_site_is_told_the_wait_to_expect_and_all_sites_are_not(home: Home) -> None:
    now = live.now_of(home, END)
    busiest = now.rows["visits"]["site_id"].mode()[0]
    told = {tile.key: tile for tile in live.board_of(now, busiest)}["expected"]
    assert "expected" not in {tile.key for tile in live.board_of(now)}
    assert told.state in ("Not assessed", "Stale")
    assert any(label.startswith("the last, seen at ") for label, _ in told.figures)


def test_every_tile_that_counts_cases_has_as_many_in_its_list(home: Home) -> None:
    now = live.now_of(home, END)
    tiles = {tile.key: tile for tile in live.board_of(now)}
    for key in ("Waiting for triage", "In treatment", "breaching"):
        assert str(len(live.cases_behind(now, key))) == tiles[key].figures[0][1]
    owed = live.cases_behind(now, "cases")
    assert owed["id"].n_unique() == live.owed_of(now, "cases")["id"].n_unique() > 0


def test_today_stands_beside_what_is_usual(home: Home) -> None:
    shapes = live.shapes_of(live.now_of(home, END))
    assert set(shapes) == {"arrivals", "calls", "due"}
    for name, shape in shapes.items():
        assert shape["usual"].null_count() == 0 and shape["high"].sum() > 0, name
        assert shape["today"].null_count() == 23 - END.hour
