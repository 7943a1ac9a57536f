"""The board over the journal is that of a lake that has drained the same messages, whatever came and whenever it drained."""

import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import polars as pl
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from metrics import live
from metrics.board import Tile
from metrics.home import Home, create_home
from metrics.journal import Journal, opened
from metrics.lake import writing
from metrics.listen import drain
from metrics.messages import Change, Parsed
from metrics.messages.change import Merge
from metrics.messages.folding import folded

NOON = datetime(2026, 11, 24, 12)
MINUTE = timedelta(minutes=1)
EXAMPLES = int(os.environ.get("TIMELY_EXAMPLES", "15"))
SITES, PATIENTS, VISITS = ("CEN", "HAR"), ("p1", "p2", "p3", "p4"), ("v1", "v2", "v3")
BOOKED = {"booked": "booked", "moved": "booked", "cancelled": "cancelled", "missed": "noshow"}

sites = st.sampled_from([*SITES * 4, "unlisted"])  # a case of a site that is not listed is rejected
when = st.integers(0, 300).map(lambda back: NOON - back * MINUTE)
days = st.sampled_from([-20, -1, 0, 0, 0, 1, 20])


@st.composite
def visit_changes(draw: st.DrawFn) -> Change:
    at, key = draw(when), draw(st.sampled_from(VISITS))
    kind = draw(st.sampled_from(["arrived", "arrived", "moved", "left", "undone"]))
    if kind == "undone":
        return Change("visits", key, at, kind, undoes=draw(st.sampled_from(["arrived", "moved", "left"])))
    told = {
        "arrived": {"arrived_at": at, "site_id": draw(sites), "patient_key": draw(st.sampled_from(PATIENTS)),
                    "source": "test"},
        "moved": {"roomed_at": at},
        "left": {"departed_at": at, "disposition": draw(st.sampled_from(["discharged", None]))},
    }  # fmt: skip
    return Change("visits", key, at, kind, told[kind])


@st.composite
def bookings(draw: st.DrawFn) -> Change:
    at, kind = draw(when), draw(st.sampled_from(list(BOOKED)))
    told = {"status": BOOKED[kind]}
    if kind in ("booked", "moved"):
        start = {"scheduled_start": NOON + timedelta(days=draw(days), minutes=draw(st.integers(-60, 60)))}
        told |= start | {"patient_key": draw(st.sampled_from(PATIENTS)), "site_id": draw(sites), "source": "test"}
    return Change("appointments", draw(st.sampled_from(["a1", "a2"])), at, kind, told)


merged = st.builds(Merge, st.sampled_from(PATIENTS), st.sampled_from(PATIENTS), when).filter(lambda one: one.old != one.new)
said = st.one_of(visit_changes(), visit_changes(), bookings(), merged, st.sampled_from(["drain", "half", "file", "again"]))


def stored(journal: Journal, number: int, one: Change | Merge) -> None:
    parsed = Parsed(str(number), merges=(one,)) if isinstance(one, Merge) else Parsed(str(number), (one,))
    journal.store("ward", "test", str(number).encode(), str(number), NOON, parsed)


def lake_with_bookings(home: Home) -> None:
    """What files told before: a booking of today, one of a day that is not shown, and a visit."""
    starts = (("a1", NOON + 10 * MINUTE), ("a2", NOON + timedelta(days=20)))
    told = {"patient_key": "p1", "site_id": "CEN", "status": "booked", "source": "file"}
    rows = [Change("appointments", key, NOON - timedelta(days=3), "booked", told | {"scheduled_start": at}) for key, at in starts]
    visit = {"arrived_at": NOON - 90 * MINUTE, "site_id": "HAR", "patient_key": "p2", "source": "file"}
    with writing(home, NOON) as writer:
        writer.stage("appointments", folded("appointments", rows))
        writer.stage("visits", folded("visits", [Change("visits", "v1", NOON - 90 * MINUTE, "arrived", visit)]))
        writer.commit()


def another_file(home: Home, number: int) -> None:
    """Newer words of a visit and of a booking."""
    at = NOON - (12 - number) * MINUTE
    visit = {"arrived_at": NOON - 90 * MINUTE, "site_id": "CEN", "patient_key": "p3", "source": "file", "triaged_at": at}
    booking = {"patient_key": "p2", "site_id": "HAR", "status": "booked", "source": "file", "scheduled_start": at}
    with writing(home, NOON) as writer:
        writer.stage("visits", folded("visits", [Change("visits", VISITS[number % 3], at, "arrived", visit)]))
        writer.stage("appointments", folded("appointments", [Change("appointments", "a1", at, "booked", booking)]))
        writer.commit()


def half_drained(home: Home, journal: Journal) -> None:
    """The lake has what was drained, and the journal is not marked yet: a reader may look between the two."""
    with patch.object(Journal, "drained"):
        drain(home, journal, NOON)


def shown(home: Home) -> tuple[dict[str, list[tuple[object, ...]]], list[tuple[Tile, ...]]]:
    """Rows and tiles, but for the last microsecond of recorded_at: see `overlay.Overlay.known`."""
    now = live.now_of(home, NOON)
    second = pl.col("recorded_at").dt.truncate("1s")
    rows = {table: frame.sort(frame.columns[0]).with_columns(second).rows() for table, frame in now.rows.items()}
    return rows, [live.board_of(now, site) for site in (None, *SITES)]


AGAIN = {"status": "booked", "scheduled_start": NOON - timedelta(days=1), "patient_key": "p1", "site_id": "CEN", "source": "test"}


@example([Change("appointments", "a2", NOON, "booked", AGAIN)], True)  # a file has it on a day that is not shown
@given(st.lists(said, min_size=1, max_size=12), st.booleans())
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_board_is_that_of_a_lake_that_has_drained_the_same_messages(said: list[Change | Merge | str], files: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = create_home(Path(folder) / "home")
        if files:
            lake_with_bookings(home)
        journal, sent = opened(home.path), dict[int, Change | Merge]()
        for number, one in enumerate(said):
            if one == "drain":
                drain(home, journal, NOON)
            elif one == "half":
                half_drained(home, journal)
            elif one == "file":
                another_file(home, number)
            elif one == "again":
                for before in list(sent)[-2:]:
                    stored(journal, before, sent[before])
            elif not isinstance(one, str):
                stored(journal, number, one)
                sent[number] = one
            if number % 3 == 0 or one in ("half", "file"):
                live.now_of(home, NOON)  # a reader who looks on the way
        over_journal = shown(home)
        event(f"rows shown: {min(3, sum(len(rows) for rows in over_journal[0].values()))}")
        while drain(home, journal, NOON).left:
            pass
        assert shown(home) == over_journal
        assert journal.undrained(1).nothing
