"""Today against the same weekday before: hours of the wall clock, midnight, days the clocks change, silent days."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from metrics.board.limits import LEAST_DAYS, USUAL_WEEKS
from metrics.board.usual import NotHere, not_here, same_weekdays, shape

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 3, 4, 12, 30)  # a Wednesday, in winter: the wall clock is UTC
WEEK = timedelta(weeks=1)


def instants(*at: datetime) -> pl.Series:
    return pl.Series(list(at), dtype=pl.Datetime("us"))


def row(frame: pl.DataFrame, hour: int) -> tuple[object, ...]:
    return frame.filter(pl.col("hour") == hour).drop("hour").row(0)


def every_week(hour: int, counts: list[int], now: datetime = NOON) -> list[datetime]:
    """So many at an hour of the weeks before, the latest first."""
    day = now.replace(hour=hour, minute=10)
    return [day - (back + 1) * WEEK for back, count in enumerate(counts) for _ in range(count)]


def test_the_usual_is_the_median_with_the_least_and_the_most() -> None:
    found = shape(instants(*every_week(9, [1, 2, 3, 4, 5, 6, 7, 8]), NOON, NOON - WEEK), NOON, LONDON)
    assert row(found, 9) == (4.5, 1.0, 8.0, 0)
    assert row(found, 12) == (0.0, 0.0, 1.0, 1)  # the hour that runs, so far; one came on one of the days before
    assert found["hour"].to_list() == list(range(24))


def test_hours_that_have_not_begun_are_null_and_not_0() -> None:
    today = shape(instants(NOON - timedelta(hours=3)), NOON, LONDON)["today"].to_list()
    assert today == [0] * 9 + [1] + [0] * 3 + [None] * 11


@pytest.mark.parametrize(("days", "usual"), [(LEAST_DAYS - 1, None), (LEAST_DAYS, 2.0)])
def test_too_few_days_are_no_usual_and_a_day_without_any_is_no_day(days: int, usual: float | None) -> None:
    assert row(shape(instants(*every_week(9, [2] * days)), NOON, LONDON), 9)[0] == usual


def test_another_weekday_and_an_older_week_count_nothing() -> None:
    other = [at - timedelta(days=1) for at in every_week(9, [5] * USUAL_WEEKS)]
    older = NOON.replace(hour=9) - (USUAL_WEEKS + 1) * WEEK
    found = shape(instants(*every_week(9, [2] * USUAL_WEEKS), *other, older), NOON, LONDON)
    assert row(found, 9)[:3] == (2.0, 2.0, 2.0)


def test_a_day_is_local_and_keeps_its_hours_over_a_change_of_the_clocks() -> None:
    # Wednesday 1 April, on summer time: nine o'clock is eight UTC, and was nine UTC until the week before.
    now = datetime(2026, 4, 1, 11)
    before = [datetime(2026, 3, 25, 9, 10) - back * WEEK for back in range(LEAST_DAYS)]
    assert row(shape(instants(*before, datetime(2026, 4, 1, 8, 10)), now, LONDON), 9) == (1.0, 1.0, 1.0, 1)
    assert row(shape(instants(datetime(2026, 3, 31, 23, 5)), now, LONDON), 0)[3] == 1  # after local midnight
    assert row(shape(instants(datetime(2026, 3, 31, 22, 55)), now, LONDON), 23)[3] is None


def test_an_hour_that_the_clocks_repeat_is_one_and_one_that_they_leave_out_is_0() -> None:
    twice = shape(instants(datetime(2026, 10, 25, 0, 30), datetime(2026, 10, 25, 1, 30)), datetime(2026, 10, 25, 12), LONDON)
    assert row(twice, 1)[3] == 2
    assert row(shape(instants(), datetime(2026, 3, 29, 12), LONDON), 1)[3] == 0


def test_the_same_weekdays_are_today_and_the_weeks_before() -> None:
    days = same_weekdays(datetime(2026, 3, 3, 23, 59), LONDON)["day"]
    assert (days[0].isoformat(), len(days), days[-1].isoformat()) == ("2026-03-03", USUAL_WEEKS + 1, "2026-01-06")


def booked(drawing: str) -> pl.DataFrame:
    """A row a line: weeks back, start and arrival as HH:MM ('-': never), status."""
    rows = []
    for line in drawing.strip().splitlines():
        back, start, came, status = line.split()
        day = NOON.replace(hour=0, minute=0) - int(back) * WEEK
        clock = {name: None if text == "-" else day + timedelta(hours=int(text[:2]), minutes=int(text[3:]))
                 for name, text in (("scheduled_start", start), ("arrived_at", came))}  # fmt: skip
        rows.append(clock | {"status": status})
    stamps = dict.fromkeys(("scheduled_start", "arrived_at", "roomed_at", "seen_at"), pl.Datetime("us"))
    return pl.DataFrame(rows, schema={**stamps, "status": pl.String})


FOUR_WEEKS = "\n".join(f"{back} 09:00 08:50 fulfilled\n{back} 12:30 13:00 fulfilled\n{back} 12:31 - noshow" for back in range(1, 5))


@pytest.mark.parametrize(
    ("today", "found"),
    [
        ("0 09:00 08:50 fulfilled", NotHere(0, 1, 0.5)),  # before: of two due by half past twelve one had not come by then
        ("0 09:00 -     booked   ", NotHere(1, 1, 0.5)),
        ("0 12:30 12:30 arrived  ", NotHere(0, 1, 0.5)),
        ("0 12:31 -     booked   ", NotHere(0, 0, 0.5)),  # not due yet
        ("0 09:00 -     cancelled", NotHere(0, 0, 0.5)),
    ],
)
def test_who_is_not_here_by_this_time(today: str, found: NotHere) -> None:
    assert not_here(booked(f"{FOUR_WEEKS}\n{today}"), NOON, LONDON) == found


def test_nobody_due_before_is_no_usual() -> None:
    told = not_here(booked("0 09:00 - booked"), NOON, LONDON)
    assert (told.usual, told.expected) == (None, None)
    assert not_here(booked(FOUR_WEEKS + "\n0 09:00 - booked\n0 10:00 - booked"), NOON, LONDON).expected == 1.0
