"""Each tile and each state that it can be in."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from metrics.board import Age, Tile, tiles_of
from metrics.board.appointments import Day, day_so_far
from metrics.board.phone import Phone, phone_queue
from metrics.board.tile import WORDS, minutes
from metrics.events import TABLES
from tests.board.test_present import NOON, visits

MIDNIGHT = datetime(2026, 3, 4)
DAY = (MIDNIGHT, MIDNIGHT + timedelta(days=1))


def calls(drawing: str) -> pl.DataFrame:
    """A row a line: seconds before noon that it queued, was answered and was abandoned; '-' is not yet."""
    lines = [line.split() for line in drawing.strip().splitlines()]
    stamps = ("queued_at", "answered_at", "abandoned_at")
    rows = [
        {"contact_id": str(n), "channel": "phone", "site_id": "a", "recorded_at": NOON}
        | {name: None if text == "-" else NOON - timedelta(seconds=int(text)) for name, text in zip(stamps, line, strict=True)}
        for n, line in enumerate(lines)
    ]
    return pl.DataFrame(rows, schema=TABLES["contacts"].schema)


def booked(drawing: str) -> pl.DataFrame:
    """A row a line: start and arrival in minutes before noon (negative: after), and status."""
    lines = [line.split() for line in drawing.strip().splitlines()]
    rows = [
        {"appointment_id": str(n), "status": status, "site_id": "a", "recorded_at": NOON,
         "scheduled_start": NOON - timedelta(minutes=int(start)),
         "arrived_at": None if arrived == "-" else NOON - timedelta(minutes=int(arrived))}
        for n, (start, arrived, status) in enumerate(lines)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=TABLES["appointments"].schema)


def age(silent: timedelta | None) -> Age:
    return Age(None if silent is None else NOON - silent, NOON, timedelta(minutes=15), timedelta(hours=2))


def board(people: str, silent: timedelta | None = timedelta(0)) -> dict[str, Tile]:
    rows = {"visits": visits(people), "contacts": calls(""), "appointments": booked("")}
    return {tile.key: tile for tile in tiles_of(rows, dict.fromkeys(rows, age(silent)), DAY, NOON)}


@pytest.mark.parametrize(
    ("drawing", "expected"),
    [
        ("", Phone(0, None, 0, 0)),
        ("40 10 -", Phone(0, None, 1, 1)),  # 30 seconds exactly is in time
        ("41 10 -", Phone(0, None, 0, 1)),
        ("10 - 5", Phone(0, None, 0, 0)),  # a short abandon did not wait
        ("10 - 4", Phone(0, None, 0, 1)),
        ("20 - -", Phone(1, timedelta(seconds=20), 0, 0)),  # may still be in time
        ("31 - -", Phone(1, timedelta(seconds=31), 0, 1)),  # cannot be any more
        ("7201 - -", Phone(0, None, 0, 0)),  # nobody holds for two hours
        ("60 -5 -", Phone(1, timedelta(seconds=60), 0, 1)),  # answered after now: still waiting now
    ],
)
def test_the_phone_queue(drawing: str, expected: Phone) -> None:
    assert phone_queue(calls(drawing), MIDNIGHT, NOON) == expected


def test_an_empty_queue_has_no_share() -> None:
    assert phone_queue(calls(""), MIDNIGHT, NOON).share is None


@pytest.mark.parametrize(
    ("drawing", "expected"),
    [
        ("10 12 fulfilled", Day(due=1, arrived=1, late=0, missed=0, still_to_come=0)),
        ("15 -  booked   ", Day(due=1, arrived=0, late=0, missed=0, still_to_come=0)),
        ("16 -  booked   ", Day(due=1, arrived=0, late=1, missed=0, still_to_come=0)),
        ("90 -  noshow   ", Day(due=1, arrived=0, late=0, missed=1, still_to_come=0)),
        ("90 -  cancelled", Day(due=0, arrived=0, late=0, missed=0, still_to_come=0)),
        ("-5 3  arrived  ", Day(due=0, arrived=0, late=0, missed=0, still_to_come=1)),  # here early; due later
        ("720 - booked   ", Day(due=1, arrived=0, late=1, missed=0, still_to_come=0)),  # midnight is today
        ("721 - booked   ", Day(due=0, arrived=0, late=0, missed=0, still_to_come=0)),  # a minute before is not
        ("-720 - booked  ", Day(due=0, arrived=0, late=0, missed=0, still_to_come=0)),  # nor is the next midnight
    ],
)
def test_appointments_of_the_day(drawing: str, expected: Day) -> None:
    assert day_so_far(booked(drawing), *DAY, NOON) == expected


@pytest.mark.parametrize(
    ("people", "state"),
    [("", "OK"), ("a 11:31 - - - - -", "OK"), ("a 11:30 - - - - -", "Pending"), ("a 10:59 - - - - -", "Alerting")],
)
def test_a_stage_is_judged_by_its_limit(people: str, state: str) -> None:
    assert board(people)["Waiting for triage"].state == state


@pytest.mark.parametrize(
    ("silent", "state"),
    [(timedelta(minutes=15), "Alerting"), (timedelta(minutes=15, seconds=1), "Stale"), (timedelta(hours=2), "Stale"),
     (timedelta(hours=2, seconds=1), "No data"), (None, "No data")],
)  # fmt: skip
def test_a_silent_feed_outranks_what_it_said(silent: timedelta | None, state: str) -> None:
    tile = board("a 10:00 - - - - -", silent)["Waiting for triage"]
    assert tile.state == state
    assert bool(tile.figures) == (state != "No data")


def test_a_tile_tells_how_many_the_longest_the_bands_and_the_next_limit() -> None:
    people = "a 10:30 - - - - -\nb 11:10 - - - - -\nc 11:00 - - - - -"
    tile = board(people)["Waiting for triage"]
    assert tile.figures == (("people", "3"), ("longest", "90 min"), ("next limit in", "0 s"))
    assert tile.bands == (("0–60", 1), ("60–120", 2), ("120–240", 0), ("240+", 0))
    assert board("")["Waiting for triage"].bands == ()


def test_worst_first_and_ties_in_the_order_of_the_way() -> None:
    tiles = list(board("a 10:59 11:00 - - - -").values())
    assert [WORDS.index(tile.state) for tile in tiles] == sorted(WORDS.index(tile.state) for tile in tiles)
    assert [tile.key for tile in tiles] == [
        "Waiting for a room", "Waiting for triage", "Waiting for a clinician", "In treatment", "Waiting for a bed", "breaching",
        "phone", "appointments",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(119, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h"), (7260, "2 h 1 min"), (172_799, "47 h 59 min"),
     (176_400, "2 d 1 h")],
)  # fmt: skip
def test_lengths_in_words(seconds: int, text: str) -> None:
    assert minutes(timedelta(seconds=seconds)) == text
