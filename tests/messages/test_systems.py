"""The same number of two systems is two cases, of whatever table; a system without a name has the numbers that files use."""

from datetime import datetime
from json import dumps
from pathlib import Path

import pytest

from metrics.home import Home, create_home
from metrics.journal import opened
from metrics.listen import Sent, reading_of, received_each
from metrics.listen.mllp import answers
from metrics.messages import Change, folded
from metrics.messages.fhir import document
from metrics.messages.folding import case_key
from metrics.messages.systems import of_system
from tests.faults.test_watcher_faults import FIRST, message
from tests.listen.test_fhir import visit

NOW = datetime(2026, 11, 24, 12)
FEEDS = """
[[feed]]
name = "adt"
kind = "mllp"
port = 2575
{adt}
[[feed]]
name = "one"
kind = "fhir"
{one}
[[feed]]
name = "two"
kind = "fhir"
source = "clinic"
folder = "inbox/two"
"""


def home_with(path: Path, adt: str = "", one: str = "") -> Home:
    create_home(path)
    (path / "feeds.toml").write_text(FEEDS.format(adt=adt, one=one))
    return create_home(path)


@pytest.mark.parametrize(
    ("adt", "one", "numbers"),
    [
        ("", "", ["clinic:v1", "fhir:v1", "v1"]),
        ('system = "pas"', "", ["clinic:v1", "fhir:v1", "pas:v1"]),
        ("", 'system = ""', ["clinic:v1", "v1"]),
        ('system = "own"', 'system = "own"', ["clinic:v1", "own:v1"]),
    ],
)
def test_one_number_of_three_feeds(tmp_path: Path, adt: str, one: str, numbers: list[str]) -> None:
    home = home_with(tmp_path / "home", adt, one)
    journal, feeds = opened(home.path), {feed.name: feed for feed in home.feeds}
    assert b"MSA|AA|" in answers([message(1)], journal, reading_of(home, feeds["adt"]), FIRST, "adt")[0]
    sent = [Sent(name, reading_of(home, feeds[name]), document(dumps(visit("v1")).encode()), NOW) for name in ("one", "two")]
    assert [one.taken for one in received_each(home, journal, sent, NOW)] == [1, 1]
    assert sorted(journal.rows("visits")["visit_id"]) == numbers


def test_every_column_that_holds_a_number_has_the_system() -> None:
    moved = Change("appointments", "a2", NOW, "booked", {"scheduled_start": NOW, "reschedule_of": "a1", "source": "x"})
    (row,) = folded("appointments", list(of_system([moved], "ehr"))).rows(named=True)
    assert (row["appointment_id"], row["reschedule_of"], row["source"]) == ("ehr:a2", "ehr:a1", "x")
    census = {"slot_id": "s1", "snapshot_at": NOW, "start_at": NOW, "status": "free", "source": "x"}
    (slot,) = of_system([Change("slots", case_key("slots", census), NOW, "state", census)], "ehr")
    assert slot.key == case_key("slots", slot.values) and slot.values["slot_id"] == "ehr:s1"
    assert of_system([moved], "") == (moved,)
