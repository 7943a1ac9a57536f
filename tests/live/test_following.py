"""Who follows a journal: what they read, and that neither a drain nor a new journal leads them astray."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from metrics import live
from metrics.home import Home, create_home
from metrics.journal import Journal, opened, reading
from metrics.listen import drain
from metrics.live import following, telling
from metrics.messages import Change, Parsed
from metrics.messages.change import Merge

NOON = datetime(2026, 11, 24, 12)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return create_home(tmp_path / "home")


def arrived(home: Home, *visits: str, at: datetime = NOON) -> None:
    for visit in visits:
        told = {"arrived_at": at, "site_id": "CEN", "patient_key": visit, "source": "test"}
        opened(home.path).store(
            "ward", "test", visit.encode(), visit, at, Parsed(visit, (Change("visits", visit, at, "arrived", told),))
        )


def shown(home: Home) -> list[str]:
    return sorted(live.now_of(home, NOON).rows["visits"]["visit_id"])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The cases of every folding, in turn."""
    found: list[list[str]] = []
    folded = reading.folded
    monkeypatch.setattr(
        reading, "folded", lambda base, table, keys, *rest: found.append(list(keys)) or folded(base, table, keys, *rest)
    )
    return found


def test_only_cases_of_new_messages_are_folded_again(home: Home, asked: list[list[str]]) -> None:
    arrived(home, "v1", "v2")
    assert shown(home) == ["v1", "v2"]
    arrived(home, "v3")
    assert shown(home) == ["v1", "v2", "v3"]
    assert shown(home) == ["v1", "v2", "v3"]
    assert asked == [["v1", "v2"], ["v3"]]


def test_a_lake_that_moved_has_no_case_folded_again_that_says_the_same(
    home: Home, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every drain everything that waited was folded again: seconds, while a board was looked at."""
    arrived(home, "v1", "v2")
    assert shown(home) == ["v1", "v2"]
    with monkeypatch.context() as half:
        half.setattr(Journal, "drained", lambda *_: None)  # the lake has them; the journal is not marked yet
        drain(home, opened(home.path), NOON)
    asked.clear()
    assert shown(home) == ["v1", "v2"] and not asked
    arrived(home, "v3")
    drain(home, opened(home.path), NOON)
    asked.clear()
    arrived(home, "v4")
    assert shown(home) == ["v1", "v2", "v3", "v4"]
    assert asked == [["v4"]]
    merge = Merge("v1", "v2", NOON)
    opened(home.path).store("ward", "test", b"A40", "A40", NOON, Parsed("A40", merges=(merge,)))
    assert live.now_of(home, NOON).rows["visits"].sort("visit_id")["patient_key"].to_list() == ["v2", "v2", "v3", "v4"]
    assert asked == [["v4"], ["v1"]], "the lake's row of the patient whose key went"


def test_what_is_owed_is_worked_out_again_when_somebody_speaks_of_it_or_seconds_pass(home: Home) -> None:
    def asked(name: str, kind: str, **told: object) -> None:
        values = {"channel": "portal", "opened_at": NOON, "site_id": "CEN", "source": "test", "reply_needed": True}
        said = Change("contacts", "c1", NOON, kind, {**values, **told})  # type: ignore[arg-type]
        opened(home.path).store("portal", "test", name.encode(), name, NOON, Parsed(name, (said,)))

    asked("1", "opened")
    first = live.now_of(home, NOON)
    owed = live.owed_of(first, "contacts")
    assert owed["id"].to_list() == ["c1"]
    arrived(home, "v1")
    second = live.now_of(home, NOON + timedelta(seconds=2))
    assert second.rows["visits"].height == 1 and second.rows["contacts"] is first.rows["contacts"]
    assert live.owed_of(second, "contacts") is owed, "nobody spoke of a message"
    later = live.owed_of(live.now_of(home, NOON + telling.OWED_EVERY), "contacts")
    assert later["waited"].item() - owed["waited"].item() == telling.OWED_EVERY.total_seconds()
    asked("2", "answered", answered_at=NOON + timedelta(seconds=1))
    assert live.owed_of(live.now_of(home, NOON + timedelta(seconds=3)), "contacts").is_empty(), "an answer counts at once"


def test_a_drain_in_the_middle_of_a_reading_loses_nobody(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal is read before the drain marks it, the lake after: what was in neither is looked for again."""
    arrived(home, "v1")
    lake_rows, drains = following.lake_rows, iter([True])

    def drained_meanwhile(*asked: object) -> object:
        rows = lake_rows(*asked)  # type: ignore[arg-type]
        if next(drains, False):
            drain(home, opened(home.path), NOON)
        return rows

    monkeypatch.setattr(following, "lake_rows", drained_meanwhile)
    arrived(home, "v2")
    assert shown(home) == ["v1", "v2"]
    assert opened(home.path).undrained(1).nothing


def test_drain_after_drain_lets_a_reader_read_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    lake_rows, read = following.lake_rows, list[str]()

    def drained_meanwhile(*told: object) -> object:
        read.append("again")
        arrived(home, f"v{len(read) + 1}")
        drain(home, opened(home.path), NOON)
        return lake_rows(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(following, "lake_rows", drained_meanwhile)
    arrived(home, "v1")
    assert shown(home) == ["v1"], "of the moment when the reading began"
    assert len(read) == 1
    assert shown(home) == ["v1", "v2"]


def test_what_was_drained_is_laid_over_no_longer(home: Home) -> None:
    arrived(home, "v1")
    present = following.follower(home.path).present(home, NOON.toordinal())
    assert present.said.rows["visits"].height == 1
    drain(home, opened(home.path), NOON)
    present = following.follower(home.path).present(home, NOON.toordinal())
    assert present.said.rows["visits"].is_empty() and present.rows["visits"]["visit_id"].to_list() == ["v1"]


def test_a_journal_that_was_put_back_is_read_anew(home: Home) -> None:
    arrived(home, "v1", "v2")
    assert shown(home) == ["v1", "v2"]
    for file in (home.path / "journal").iterdir():
        file.unlink()
    arrived(home, "v3")
    assert shown(home) == ["v3"]


def test_what_is_quiet_is_not_dead_while_its_feed_speaks(home: Home) -> None:
    arrived(home, "v1", at=NOON - timedelta(hours=1))
    opened(home.path).store("ward", "test", b"A08", "later", NOON - timedelta(minutes=1), Parsed("later"))
    now = live.now_of(home, NOON)
    assert now.as_of[("visits", "CEN")] == now.as_of[("visits", None)] == NOON - timedelta(minutes=1)
    assert now.source_lags[("visits", "CEN")] == timedelta(0)
    assert ("visits", "HAR") not in now.as_of
