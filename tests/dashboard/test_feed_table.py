"""The feeds on the board and on the data page: the state in one word, worst first, and errors for those who may see them."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from metrics.board.tile import WORDS
from metrics.dashboard import feed_table, freshness
from metrics.home import create_home
from metrics.journal import opened
from metrics.listen import reading_of
from metrics.listen.mllp import answers
from metrics.watch import Standing
from tests.dashboard.conftest import Visit
from tests.faults.test_watcher_faults import message

NOON = datetime(2026, 11, 24, 12)
ZONE = "Europe/London"


def feed(name: str, state: str, last: timedelta | None = None, **more: object) -> Standing:
    told: dict[str, object] = {
        "feed": name, "kind": "mllp", "state": state, "reason": "within its limit", "last_at": last and NOON - last,
        "event_at": None, "lag": None, "waiting": 0, "received": 0, "refused": 0, "last_error": None, "last_error_at": None, **more,
    }  # fmt: skip
    return Standing(**told)  # type: ignore[arg-type]


def test_states_stand_in_their_order_and_equals_by_name() -> None:
    states = [state for state in WORDS if state in ("No data", "Stale", "OK", "Not assessed")]
    feeds = [feed("b", state) for state in reversed(states)] + [feed("a", "OK")]
    told = feed_table.frame(feeds, ZONE, NOON, errors=False)
    assert told["State"].to_list() == ["◇ No data", "◆ Stale", "● OK", "● OK", "○ Not assessed"]
    assert told["Feed"].to_list() == ["b", "b", "a", "b", "b"]
    assert feed_table.headline(feeds) == "Feeds: 2 of 4 silent"
    assert feed_table.headline(feeds[:1]) == "Feeds: none has a limit of silence"


def test_a_feed_tells_its_last_message_its_lag_and_its_last_error() -> None:
    wrong = feed("adt", "OK", timedelta(minutes=3), lag=75.0, last_error="PV1-19 is missing", last_error_at=NOON)
    (told,) = feed_table.frame([wrong], ZONE, NOON, errors=True).rows(named=True)
    assert (told["Last message"], told["Source lag"]) == ("11:57:00 (3 min ago)", "75 s")
    assert told["Last error"] == "12:00:00: PV1-19 is missing"
    (told,) = feed_table.frame([feed("x", "No data")], ZONE, NOON, errors=True).rows(named=True)
    assert (told["Last message"], told["Source lag"], told["Last error"]) == ("never", "–", "none")
    assert "Last error" not in feed_table.frame([wrong], ZONE, NOON, errors=False).columns


@pytest.mark.parametrize(("allowed", "errors"), [('["*"]', True), ('["Jo Lee"]', False)])
def test_the_board_shows_its_feeds_and_errors_to_those_who_may_see_cases(
    tmp_path: Path, open_at: Visit, monkeypatch: pytest.MonkeyPatch, allowed: str, errors: bool
) -> None:
    home = create_home(tmp_path / "data")
    (home.path / "timely.toml").write_text(f"[board]\nlists_for = {allowed}\n")
    journal, reading = opened(home.path), reading_of(home)
    answers([message(1), message(2).replace(b"v2", b"")], journal, reading, NOON)
    monkeypatch.setattr(freshness, "now", lambda: NOON + timedelta(seconds=30))
    app = open_at(home.path, "board")
    assert not app.exception and "Feeds: 1 of 1 within their limits" in [one.value for one in app.header]
    (shown,) = [one.value for one in app.dataframe if "Feed" in one.value.columns]
    assert shown["Feed"].to_list() == ["PAS/HAR"] and shown["Refused"].to_list() == [1]
    assert ("Last error" in shown.columns) is errors
