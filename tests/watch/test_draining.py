"""However long a refresh takes, live messages reach the lake; what keeps them from it is told until it is mended."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from time import monotonic, sleep

import pytest

from metrics import lake
from metrics.home import Home
from metrics.journal import opened
from metrics.listen import reading_of
from metrics.listen.mllp import answers
from metrics.watch import Draining, Watcher, draining, look, looking
from tests.faults.test_watcher_faults import message
from tests.watch.conftest import NOW

PATIENCE = 60  # seconds that a loaded machine may need


def acknowledged(home: Home, number: int) -> None:
    journal = opened(home.path)
    assert b"MSA|AA|" in answers([message(number)], journal, reading_of(home), NOW)[0]


def visits(home: Home) -> int:
    return lake.scan(home.lake, "visits").collect().height if "visits" in lake.head(home.lake).versions else 0


def until(found: Callable[[], bool]) -> None:
    end = monotonic() + PATIENCE
    while not found():
        assert monotonic() < end, f"not within {PATIENCE} seconds"
        sleep(0.05)


def test_a_refresh_that_takes_long_delays_no_drain(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    there: list[int] = []

    def refresh(home: Home, now: object) -> None:
        """Does not end before another message, that came after it began, is in the lake."""
        acknowledged(home, 2)
        until(lambda: visits(home) == 2)
        there.append(visits(home))

    monkeypatch.setattr(looking, "refresh", refresh)
    monkeypatch.setattr(looking, "judged", lambda *_: None)
    acknowledged(home, 1)
    with Draining(home.path, timedelta(0), lambda: NOW) as beside:
        watcher = Watcher(draining=beside)
        until(lambda: visits(home) == 1)
        first = look(home.path, watcher, NOW)
        assert there == [2] and first.drained == 1 and not first.problems
        until(lambda: look(home.path, watcher, NOW).drained == 1)
        assert there == [2, 2], "what came while it ran is refreshed after it"


def test_drains_are_so_far_apart_and_what_fails_is_told_and_tried_until_it_is_mended(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "AGAIN", 0.05)
    acknowledged(home, 1)
    asked, now = Event(), [NOW]

    def clock() -> object:
        asked.set()
        return now[0]

    settings = (home.path / "timely.toml").read_text()
    (home.path / "timely.toml").write_text("titel = 1\n")
    with Draining(home.path, timedelta(minutes=5), clock) as beside:  # type: ignore[arg-type]
        until(lambda: any("titel" in problem for problem in beside.collected()[1]))
        (home.path / "timely.toml").write_text(settings)
        until(lambda: visits(home) == 1)
        until(lambda: beside.collected() == (1, []))
        acknowledged(home, 2)
        for _ in range(2):
            asked.clear()
            assert asked.wait(PATIENCE)
        assert visits(home) == 1, "the next drain is not due yet"
        now[0] = NOW + timedelta(minutes=5)
        until(lambda: visits(home) == 2)
