"""A home with questions of its own, served as the dashboard serves it."""

from pathlib import Path

import pytest

from metrics.home import Home
from tests.workbench.conftest import home_with_an_overlay

QUESTIONS = {
    "by_size": "-- title: Sizes\n-- param: least integer = 3    Smallest\nselect range as n from range(10) where range >= $least",
    "many": "-- title: Many\nselect range as n from range(1000)",
    "clock": "-- title: Clock\nselect now() as at",
    "chance": "-- title: Chance\nselect random() as x",
    "formula": "-- title: Formula\nselect '=1+1' as cell, 'NaN'::double as odd",
    "broken": "-- title: Broken\nselect $nobody",
    "endless": "-- title: Endless\nselect count(*) from range(1000000) a, range(1000000) b where a.range <> b.range",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = home_with_an_overlay(
        tmp_path_factory.mktemp("served") / "home", "seconds = 20\nrows = 50\nmemory_mb = 128\n[suppression]\npolicy = 'off'"
    )
    made.queries.mkdir(exist_ok=True)
    for name, text in QUESTIONS.items():
        (made.queries / f"{name}.sql").write_text(text + "\n", encoding="utf-8")
    return made


@pytest.fixture(autouse=True)
def here(home: Home, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TIMELY_HOME", str(home.path))
    monkeypatch.delenv("TIMELY_API_TOKENS", raising=False)
    return home.path
