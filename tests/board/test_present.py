"""Who is in the department now, by a table of people and what is said of each at noon."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from metrics.board.limits import ANSWER, DEPARTURE, DOOR_TO_PROVIDER
from metrics.board.present import breaching, forgotten, present
from metrics.definitions import BUILT_IN, load_catalog
from metrics.definitions.lengths import length_from_words
from metrics.events import TABLES

NOON = datetime(2026, 3, 4, 12)
STAMPS = ("arrived_at", "triaged_at", "roomed_at", "seen_at", "decision_at", "departed_at")


def clock(text: str) -> datetime | None:
    return None if text == "-" else NOON.replace(hour=int(text[:2]), minute=int(text[3:]))


def visits(drawing: str) -> pl.DataFrame:
    """A row a line: name, then arrived, triaged, roomed, seen, decision, departed as HH:MM; '-' is not yet."""
    lines = [line.split() for line in drawing.strip().splitlines()]
    rows = [
        {"visit_id": name, "patient_key": f"key of {name}", "site_id": "a", "recorded_at": NOON, "source": "test",
         **dict(zip(STAMPS, map(clock, times), strict=True))}
        for name, *times in lines
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=TABLES["visits"].schema)


@pytest.mark.parametrize(
    ("person", "stage", "waited", "to_breach"),
    [
        ("ann  11:40 -     -     -     -     -    ", "Waiting for triage", 20, 40),
        ("bob  11:10 11:20 -     -     -     -    ", "Waiting for a room", 50, 10),
        ("cy   11:00 11:20 11:30 -     -     -    ", "Waiting for a clinician", 60, 0),
        ("dee  10:59 -     11:30 -     -     -    ", "Waiting for a clinician", 61, -1),
        ("eve  11:00 11:20 11:30 11:50 -     -    ", "In treatment", 10, 180),
        ("fay  07:00 07:20 07:30 08:00 10:00 -    ", "Waiting for a bed", 120, -60),
        ("gus  11:00 -     -     12:30 -     -    ", "Waiting for triage", 60, 0),  # seen later than now
        ("hal  11:00 -     -     11:30 -     12:01", "In treatment", 30, 180),  # leaves later than now
    ],
)
def test_a_person_is_at_one_stage_with_one_limit(person: str, stage: str, waited: int, to_breach: int) -> None:
    row = present(visits(person), NOON).row(0, named=True)
    assert (row["stage"], row["waited"], row["to_breach"]) == (stage, timedelta(minutes=waited), timedelta(minutes=to_breach))


@pytest.mark.parametrize("person", ["ann 12:01 - - - - -", "bob 11:00 - - 11:30 - 12:00"])
def test_who_has_not_come_or_has_left_is_not_there(person: str) -> None:
    assert present(visits(person), NOON).is_empty()


def test_one_whose_end_is_known_without_its_time_is_not_there() -> None:
    left = visits("ann 11:00 - - - - -").with_columns(disposition=pl.lit("left_before_triage"))
    assert present(left, NOON).is_empty()


def test_one_open_for_over_two_days_is_a_missing_stamp_and_not_a_wait() -> None:
    rows = visits("ann 11:00 - - - - -\nbob 11:00 - - - - -").with_columns(
        arrived_at=pl.Series([NOON - timedelta(hours=48), NOON - timedelta(hours=48, minutes=1)], dtype=pl.Datetime("us"))
    )
    assert present(rows, NOON)["visit_id"].to_list() == ["ann"]
    assert forgotten(rows, NOON) == 1


def test_breaching_lists_the_nearest_limit_first_and_nobody_past_theirs() -> None:
    rows = visits("""
        late  10:59 - - - - -
        edge  11:00 - - - - -
        tie2  11:20 - - - - -
        tie1  11:20 - - - - -
        last  11:30 - - - - -
        safe  11:31 - - - - -
    """)
    assert breaching(present(rows, NOON))["visit_id"].to_list() == ["edge", "tie1", "tie2", "last"]


def test_a_wait_is_elapsed_time_over_a_change_of_the_clocks() -> None:
    # Pitfall 7: London, 29 March 2026, 00:30 to 05:10 on the wall is 220 minutes: inside the four hours, not past them.
    arrived, now = datetime(2026, 3, 29, 0, 30), datetime(2026, 3, 29, 4, 10)
    rows = visits("ann 11:00 - - 11:10 - -").with_columns(
        pl.lit(arrived, pl.Datetime("us")).alias("arrived_at"), pl.lit(arrived, pl.Datetime("us")).alias("seen_at")
    )
    assert present(rows, now)["to_breach"].to_list() == [timedelta(minutes=20)]


def test_the_limits_are_those_of_the_catalogue() -> None:
    catalog = load_catalog(BUILT_IN)
    assert length_from_words(catalog["door_to_provider"].within) == DOOR_TO_PROVIDER
    assert catalog["ae_within_4h"].title == f"A&E within {DEPARTURE // timedelta(hours=1)} hours"
    assert f"queued_at + interval '{ANSWER // timedelta(seconds=1)} seconds'" in str(catalog["service_level"].numerator)
