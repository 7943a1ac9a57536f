"""The journal keeps each message once, on the disk, for its owner's eyes."""

import stat
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from metrics.journal import Journal, opened, reading
from metrics.messages import Change, Parsed
from metrics.messages.change import Merge

NOW = datetime(2026, 11, 24, 12)
VALUES = {"arrived_at": NOW, "site_id": "north", "source": "hl7v2", "patient_key": "old"}
ARRIVED = Parsed("1", (Change("visits", "v1", NOW, "arrived", VALUES),))
SOON = NOW + timedelta(minutes=5)
ROOMED = Parsed("2", (Change("visits", "v1", SOON, "transferred", {"roomed_at": SOON}),))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return opened(tmp_path)


def stored(journal: Journal, parsed: Parsed, raw: bytes | None = None, at: datetime = NOW) -> int:
    return journal.store("ward", "hl7v2", raw or f"message {parsed.control_id}".encode(), parsed.control_id, at, parsed)


def test_a_duplicate_control_id_changes_nothing_and_gives_the_first_number(journal: Journal) -> None:
    first = stored(journal, ARRIVED)
    count = journal.change_count()
    assert stored(journal, ARRIVED) == first
    assert (journal.change_count(), journal.feeds()["received"].item()) == (count, 1)


def test_a_process_that_ends_takes_nothing_from_one_that_goes_on(journal: Journal, tmp_path: Path) -> None:
    """The last to close a journal takes its write-ahead log away; whoever is not the last must see that others hold it."""
    stored(journal, ARRIVED)
    opened(tmp_path).feeds()  # another connection of this process, which opens the file and goes
    asked = f"from pathlib import Path; from metrics.journal import opened; opened(Path({str(tmp_path)!r})).feeds()"
    subprocess.run([sys.executable, "-c", asked], check=True)
    assert Path(f"{journal.path}-wal").exists(), "this process has not closed it"
    second = stored(journal, ROOMED)
    assert opened(tmp_path).problem_of(second) is None
    assert opened(tmp_path).feeds()["received"].item() == 2


def test_a_control_id_used_for_other_contents_is_kept_as_bad(journal: Journal) -> None:
    first, other = stored(journal, ARRIVED), stored(journal, ARRIVED, b"something else")
    assert first != other and "something else" in (journal.problem_of(other) or "")
    assert stored(journal, ARRIVED, b"something else") == other
    assert (journal.rows("visits").height, journal.bad(10)["raw"].to_list()) == (1, [b"something else"])


def test_rows_are_of_every_message_of_the_case_in_every_reader(journal: Journal, tmp_path: Path) -> None:
    reader = opened(tmp_path)
    assert reader.rows("visits").is_empty()
    for parsed in (ARRIVED, ROOMED):
        stored(journal, parsed)
        assert reader.rows("visits").equals(journal.rows("visits"))
    assert reader.rows("visits")["roomed_at"].item() == SOON


def test_two_patients_that_are_one_have_one_key_also_through_a_chain(journal: Journal) -> None:
    stored(journal, ARRIVED)
    stored(journal, Parsed("3", merges=(Merge("old", "middle", NOW),)))
    assert journal.rows("visits")["patient_key"].item() == "middle"
    stored(journal, Parsed("4", merges=(Merge("middle", "new", NOW + timedelta(hours=1)),)))
    assert journal.rows("visits")["patient_key"].item() == "new"


def test_what_is_drained_waits_no_more_and_is_still_told(journal: Journal) -> None:
    stored(journal, ARRIVED)
    waiting = journal.undrained(100)
    assert (waiting.keys, journal.feeds()["depth"].item()) == ({"visits": ["v1"]}, 1)
    journal.drained(waiting)
    assert journal.undrained(100).nothing and journal.rows("visits").height == 1
    assert journal.feeds()["depth"].item() == 0


def test_a_case_is_forgotten_three_days_after_its_last_message_if_the_lake_has_it(journal: Journal) -> None:
    stored(journal, ARRIVED)
    late, raw_kept = NOW + timedelta(days=3, seconds=1), timedelta(days=7)
    journal.forget(late, raw_kept)
    assert journal.rows("visits").height == 1
    journal.drained(journal.undrained(100))
    count = journal.change_count()
    journal.forget(NOW + timedelta(days=3), raw_kept)
    assert journal.rows("visits").height == 1
    journal.forget(late, raw_kept)
    assert journal.rows("visits").is_empty() and journal.change_count() == count


def test_a_bad_message_is_kept_and_its_raw_text_deleted_after_its_days(journal: Journal) -> None:
    stored(journal, Parsed("9", problems=("no visit number",)), b"MSH|secret name")
    assert journal.bad(10).select("reason", "raw").row(0) == ("no visit number", b"MSH|secret name")
    journal.forget(NOW + timedelta(days=7, seconds=1), timedelta(days=7))
    assert journal.bad(10)["raw"].item() is None and journal.feeds()["bad"].item() == 1


def test_good_messages_go_after_their_days_and_are_still_counted_and_those_the_lake_lacks_stay(journal: Journal) -> None:
    late, raw_kept = NOW + timedelta(days=7, seconds=1), timedelta(days=7)
    stored(journal, ARRIVED)
    journal.forget(late, raw_kept)
    held = journal.base().execute("select count(*) from messages").fetchone()
    journal.drained(journal.undrained(100))
    journal.forget(late, raw_kept)
    assert (held, journal.base().execute("select count(*) from messages").fetchone()) == ((1,), (0,))
    assert journal.feeds().select("received", "depth", "last_received_at").row(0) == (1, 0, NOW)


def test_a_message_that_changes_nothing_says_that_its_feed_is_not_silent(journal: Journal) -> None:
    stored(journal, ARRIVED)
    stored(journal, Parsed("2"), at=SOON)
    heard = reading.heard(journal.base())
    assert heard.rows() == [("visits", "north", "ward", NOW, NOW, SOON)]


def test_only_its_owner_reads_the_journal(journal: Journal) -> None:
    stored(journal, ARRIVED)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in journal.path.parent.iterdir()}
    assert len(modes) >= 2 and set(modes.values()) == {0o600}


def test_feeds_tell_the_last_error_and_when(journal: Journal) -> None:
    stored(journal, ARRIVED)
    stored(journal, Parsed("8", problems=("no event time",)), at=NOW + timedelta(minutes=1))
    feed = journal.feeds().row(0, named=True)
    assert (feed["received"], feed["bad"], feed["last_error"]) == (2, 1, "no event time")
    assert (feed["last_error_at"], feed["last_event_at"]) == (NOW + timedelta(minutes=1), NOW)
