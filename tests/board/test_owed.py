"""Answers that are owed, each on its own clock: by a table of cases and what is left of their limits."""

from datetime import date, datetime, timedelta

import polars as pl
import pytest

from metrics.board.limits import CASES_OWED, MESSAGES_OWED, OWED_SOON
from metrics.board.owed import OWED, limit_words, owed
from metrics.board.owed_tile import owed_tile
from metrics.board.tile import Age
from metrics.clocks import opening_hours, working_days
from metrics.definitions import BUILT_IN, load_catalog
from metrics.events import TABLES
from metrics.jobs.timetable import Timetable
from tests.clocks.places import calendar, site

CATALOG = load_catalog(BUILT_IN)
SPAN = (date(2026, 2, 1), date(2026, 4, 30))
PLACE = site("A")
OFFICE_HOURS = Timetable(
    PLACE, "Europe/London", opening_hours({"office": calendar()}, PLACE, *SPAN), working_days({"office": calendar()}, PLACE, *SPAN)
)
HOUR = 3600


def at(text: str) -> datetime:
    """'04 12:00': that day of March 2026, UTC."""
    return datetime.fromisoformat(f"2026-03-{text}")


def messages(*rows: tuple[str, str | None]) -> pl.DataFrame:
    """Portal messages: when each was opened and answered."""
    told = [
        {"contact_id": str(n), "channel": "portal", "site_id": "A", "patient_key": f"p{n}", "recorded_at": at("01 00:00"),
         "opened_at": at(opened), "answered_at": at(answered) if answered else None}
        for n, (opened, answered) in enumerate(rows)
    ]  # fmt: skip
    return pl.DataFrame(told, schema=TABLES["contacts"].schema)


def complaints(*opened: str) -> pl.DataFrame:
    told = [
        {"case_id": str(n), "kind": "complaint", "site_id": "A", "recorded_at": at("01 00:00"), "opened_at": at(when)}
        for n, when in enumerate(opened)
    ]
    return pl.DataFrame(told, schema=TABLES["cases"].schema)


def of_messages(now: str, *rows: tuple[str, str | None]) -> pl.DataFrame:
    return owed(messages(*rows), "contact_id", [CATALOG["portal_response_time"]], OFFICE_HOURS, at(now))


def acknowledged(now: str, *opened: str) -> pl.DataFrame:
    return owed(complaints(*opened), "case_id", [CATALOG["complaint_acknowledgement_time"]], OFFICE_HOURS, at(now))


# Opened at nine on Monday the 2nd, 24 opening hours are over at five on Wednesday the 4th.
@pytest.mark.parametrize(
    ("now", "left", "over", "soon"),
    [
        ("02 09:00", 24 * HOUR, False, False),
        ("02 23:00", 16 * HOUR, False, False),  # the night counts nothing
        ("04 14:59", 2 * HOUR + 60, False, False),
        ("04 15:00", 2 * HOUR, False, True),
        ("04 17:00", 0, False, True),  # on the limit is within it
        ("04 23:00", 0, False, True),
        ("05 09:01", -60, True, False),
    ],
)
def test_a_message_has_the_opening_hours_that_are_left(now: str, left: int, over: bool, soon: bool) -> None:
    assert of_messages(now, ("02 09:00", None)).select("left", "over", "soon").row(0) == (left, over, soon)


# Opened on Friday the 6th: the third working day is Wednesday the 11th.
@pytest.mark.parametrize(
    ("now", "left", "over", "soon"),
    [
        ("06 23:59", 3, False, False),
        ("08 12:00", 3, False, False),  # Sunday
        ("10 12:00", 1, False, False),
        ("11 00:00", 0, False, True),  # its last day
        ("11 23:59", 0, False, True),
        ("12 00:00", -1, True, False),  # midnight
    ],
)
def test_a_complaint_has_the_working_days_that_are_left(now: str, left: int, over: bool, soon: bool) -> None:
    assert acknowledged(now, "06 15:00").select("left", "over", "soon").row(0) == (left, over, soon)


def test_the_last_day_ends_at_the_places_midnight_on_summer_time() -> None:
    # Opened on Wednesday the 25th; its third working day is Monday the 30th, after the clocks changed: over at 23:00 UTC.
    assert acknowledged("30 22:59", "25 10:00")["over"].to_list() == [False]
    assert acknowledged("30 23:00", "25 10:00")["over"].to_list() == [True]


@pytest.mark.parametrize(("row", "there"), [(("04 12:01", None), 0), (("04 11:00", "04 12:00"), 0), (("04 11:00", "04 12:01"), 1)])
def test_what_is_answered_or_not_yet_there_is_not_owed(row: tuple[str, str | None], there: int) -> None:
    assert len(of_messages("04 12:00", row)) == there


def test_the_nearest_to_its_limit_stands_first_and_ties_by_id() -> None:
    found = of_messages("05 09:01", ("03 09:00", None), ("02 09:00", None), ("03 09:00", None))
    assert found["id"].to_list() == ["1", "0", "2"]
    assert found.schema == pl.Schema(OWED)


def test_where_no_calendar_covers_a_case_nobody_knows_its_wait() -> None:
    elsewhere = messages(("02 09:00", None)).with_columns(site_id=pl.lit("B"))
    assert owed(elsewhere, "contact_id", [CATALOG["portal_response_time"]], OFFICE_HOURS, at("04 12:00")).is_empty()


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ("portal_response_time", "24 opening hours (Portal response time)"),
        ("sms_response_opening_hours", "15 opening minutes (Text message response time)"),
        ("complaint_acknowledgement_time", "3 working days (Complaint acknowledgement time)"),
        ("records_request_time", "30 days (Records request time)"),
    ],
)
def test_a_limit_in_words(metric: str, words: str) -> None:
    told = limit_words(CATALOG[metric])
    assert told.partition(" (")[0] == words.partition(" (")[0]
    assert told.endswith(f"({CATALOG[metric].title.partition(' (')[0]})")


def test_what_is_owed_are_open_waits_of_the_catalogue_with_a_limit() -> None:
    for table, names in (("contacts", MESSAGES_OWED), ("cases", CASES_OWED)):
        for name in names:
            assert (CATALOG[name].table, CATALOG[name].kind) == (table, "duration")
            assert CATALOG[name].within_ticks > OWED_SOON[CATALOG[name].clock] or name == "sms_response_opening_hours"


@pytest.mark.parametrize(
    ("now", "state", "figures"),
    [
        ("01 12:00", "OK", (("open", "0"),)),
        ("02 12:00", "OK", (("open", "1"), ("past the limit", "0"), ("about to pass it", "0"), ("longest", "3 h"))),
        ("04 16:00", "Pending", (("open", "1"), ("past the limit", "0"), ("about to pass it", "1"), ("longest", "2 d 7 h"))),
        ("05 10:00", "Alerting", (("open", "1"), ("past the limit", "1"), ("about to pass it", "0"), ("longest", "3 d 1 h"))),
    ],
)
def test_the_tile_is_judged_by_what_is_left(now: str, state: str, figures: tuple[tuple[str, str], ...]) -> None:
    age = Age(at(now), at(now), timedelta(minutes=15), timedelta(hours=2))
    tile = owed_tile("messages", "Messages", of_messages(now, ("02 09:00", None)), age, at(now))
    assert (tile.state, tile.figures) == (state, figures)


def test_a_case_under_two_limits_counts_once_by_the_worse() -> None:
    both = [CATALOG["complaint_acknowledgement_time"], CATALOG["complaint_resolution_time"]]
    found = owed(complaints("02 09:00"), "case_id", both, OFFICE_HOURS, at("12 12:00"))
    tile = owed_tile("cases", "Cases", found, Age(at("12 12:00"), at("12 12:00"), timedelta(1), timedelta(1)), at("12 12:00"))
    assert len(found) == 2 and tile.figures[:2] == (("open", "1"), ("past the limit", "1"))
