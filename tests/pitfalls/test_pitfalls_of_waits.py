"""Waits made the obvious way, and here: the same rows, the wrong figure and by how much it is wrong, and ours."""

import heapq
from datetime import date, datetime, timedelta
from random import Random
from statistics import mean, median

import pytest

from tests.pitfalls.written import rows_of
from tests.specs.drawn import drawn, weekday_hours

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
MONDAY = datetime(2026, 3, 2, 9)


# 1. Completed-only bias: 100 referrals a week, a fifth of them urgent and served first, room for 100, since week 52 for 85.
WEEKS, CUT, NEWEST = 104, 52, 12


def served_weeks() -> list[tuple[int, int]]:
    """(week referred, week served) of every referral, the queue worked off to its end."""
    chance, waiting, served = Random(20260), [], []
    week = number = 0
    while week < WEEKS or waiting:
        for _ in range(100 if week < WEEKS else 0):
            heapq.heappush(waiting, (chance.random() >= 0.2, week, number))
            number += 1
        for _ in range(min(len(waiting), 100 if week < CUT else 85)):
            _, referred, _ = heapq.heappop(waiting)
            served.append((referred, week))
        week += 1
    return served


def test_completed_waits_alone_say_nobody_waits(figure):
    began, as_of = datetime(2026, 3, 2, 9), datetime(2026, 5, 18, 12)  # the newest twelve weeks' referrals, and the last day
    newest = [(w - (WEEKS - NEWEST), s - (WEEKS - NEWEST)) for w, s in served_weeks() if WEEKS - NEWEST <= w < WEEKS]
    truth = median(served - referred for referred, served in newest)
    rows = []
    for referred, served in newest:
        start, stop = began + referred * WEEK, began + served * WEEK
        rows.append({"sent_at": start, "clock_start_at": start, "clock_stop_at": stop if stop <= as_of else None})
    events = rows_of("referrals", rows)
    (naive,), (ours,) = (figure("referral_to_treatment", name, events, as_of) for name in ("median", "km_median"))
    assert (naive["still_open"], len(rows)) == (780, 1200)
    assert naive["value"] < 1 and truth > 8
    assert ours["value"] == pytest.approx(truth, abs=1)
    assert ours["n"] == len(rows)


def test_the_worse_the_department_the_better_the_median_of_those_seen(figure):
    """2. Who leaves unseen is who would have waited longest: of lognormal waits, and patience of 300 minutes on average."""
    chance, rows, truth = Random(20260), [], []
    arrived = datetime(2026, 3, 2, 9)
    for _ in range(4000):
        wait, patience = chance.lognormvariate(4.0943, 0.8), chance.expovariate(1 / 300)
        truth.append(wait)
        ended = arrived + timedelta(minutes=min(wait, patience))
        seen = {"seen_at": ended} if wait <= patience else {"disposition": "left_without_being_seen"}
        rows.append({"arrived_at": arrived, "departed_at": ended, **seen})
    events = rows_of("visits", rows)
    found = {
        name: figure("door_to_provider", name, events, datetime(2026, 4, 1))[0]["value"]
        for name in ("median", "p90", "km_median", "km_p90")
    }
    true_p90 = sorted(truth)[int(0.9 * len(truth))]
    assert found["median"] < 0.9 * median(truth) and found["p90"] < 0.85 * true_p90
    assert found["km_median"] == pytest.approx(median(truth), rel=0.03)
    assert found["km_p90"] == pytest.approx(true_p90, rel=0.05)


# 7. The clocks change: what the wall says, and what was waited (minutes). London, 29 March and 25 October 2026.
NIGHTS = [
    (datetime(2026, 3, 29, 0, 30), datetime(2026, 3, 29, 4, 10), "2026-03-29 00:30", "2026-03-29 05:10", True),
    (datetime(2026, 10, 24, 23, 30), datetime(2026, 10, 25, 4, 20), "2026-10-25 00:30", "2026-10-25 04:20", False),
]


@pytest.mark.parametrize(("arrived", "seen", "wall_start", "wall_end", "in_time"), NIGHTS)
def test_a_four_hour_verdict_on_the_night_the_clocks_change(figure, arrived, seen, wall_start, wall_end, in_time):
    by_the_wall = datetime.fromisoformat(wall_end) - datetime.fromisoformat(wall_start)
    assert (by_the_wall <= timedelta(hours=4)) is not in_time
    events = rows_of("visits", [{"arrived_at": arrived, "triaged_at": arrived, "seen_at": seen, "departed_at": seen}])
    (found,) = figure("ed_length_of_stay", "median", events, datetime(2026, 12, 1))
    assert (found["value"] <= 240) is in_time


def test_a_missing_end_is_no_wait_of_nothing(figure):
    """A queue where nobody was called has no average: not 0, and no division by it."""
    waiting = drawn("visits", "arrived_at\n09:00\n09:05")
    for statistic in ("median", "p90", "km_median"):
        (found,) = figure("door_to_provider", statistic, waiting, datetime(2026, 3, 2, 9, 30))
        assert (found["value"], found["still_open"]) == (None, 2)


def test_who_is_found_waiting_waits_longer_than_who_comes(figure):
    """3. Twenty referrals a week, lognormal waits of 6 weeks in the middle: those found on one day are the long ones."""
    chance, weeks, census = Random(20260), [], datetime(2025, 12, 15)
    for at in range(51 * 20):
        came = datetime(2025, 1, 6, 9) + at * WEEK / 20
        weeks.append((came, came + chance.lognormvariate(1.7918, 1) * WEEK))
    everybody = [(went - came) / WEEK for came, went in weeks]
    there = [(came, went) for came, went in weeks if came.date() <= census.date() < went.date()]
    assert median((went - came) / WEEK for came, went in there) > 2 * median(everybody), "followed until they are seen"
    events = rows_of("referrals", [{"sent_at": came, "clock_start_at": came, "clock_stop_at": went} for came, went in weeks])
    (ours,) = figure("referral_to_treatment", "median", events, datetime(2027, 1, 31))
    assert ours["value"] == pytest.approx(6, abs=0.5)
    listed = {row["period_start"]: row["value"] for row in figure("waiting_list", "count", events, census + DAY, (), "day")}
    assert listed[census.date()] == len(there), "the list is a count of its own"


def test_the_newest_months_droop_because_only_the_fast_are_back(figure):
    """4. Everybody comes back on the 60th day: a rate of all visits falls from 100 % to 0; the matured one leaves the young out."""
    first = [datetime(2026, 1, 1, 12) + at * DAY for at in range(181)]
    rows = [
        {"patient_key": f"p{at}", "status": "fulfilled", "scheduled_start": came + after}
        for at, came in enumerate(first) for after in (0 * DAY, 60 * DAY)
    ]  # fmt: skip
    as_of = datetime(2026, 7, 1)
    back = {month: [came + 60 * DAY < as_of for came in first if came.month == month] for month in range(1, 7)}
    naive = {month: sum(known) / len(known) for month, known in back.items()}
    assert (naive[1], naive[6]) == (1, 0)
    events = rows_of("appointments", [row for row in rows if row["scheduled_start"] < as_of])
    ours = {row["period_start"].month: row for row in figure("return_rate_90d", "share", events, as_of, (), "month")}
    assert (ours[1]["value"], ours[1]["denominator"]) == (1, 31)
    assert (ours[6]["value"], ours[6]["mature"]) == (None, False)
    assert ours[6]["still_open"] >= 30, "known of nobody yet, and said so"


def test_a_median_hides_four_in_ten_who_wait_ten_hours(figure):
    """5. Two departments with the median of 30 minutes: in one, 40 of 100 waited ten hours. P90 and the share within tell."""
    rows = [
        {"site_id": site, "arrived_at": MONDAY, "seen_at": MONDAY + timedelta(minutes=30 if at < 60 else slow)}
        for site, slow in (("CEN", 600), ("HAR", 40)) for at in range(100)
    ]  # fmt: skip
    events = rows_of("visits", rows)

    def of_sites(statistic: str) -> list[float]:
        return [row["value"] for row in figure("door_to_provider", statistic, events, datetime(2026, 4, 1), ("site",))]

    assert of_sites("median") == [30, 30]
    assert of_sites("p90") == [600, 40]
    assert of_sites("within")[0] < 0.7 < of_sites("within")[1]


def test_a_clock_of_weekdays_counts_christmas_as_a_day_of_work(figure):
    """8. Thursday 24 December 15:30 to Monday 28 December 09:30, open 9 to 5: two hours with the 25th a holiday, ten without."""
    sent, answered, christmas = datetime(2026, 12, 24, 15, 30), datetime(2026, 12, 28, 9, 30), date(2026, 12, 25)
    events = rows_of("contacts", [{"channel": "email", "opened_at": sent, "answered_at": answered}])

    def hours(*holidays: date) -> float:
        world = {"hours": weekday_hours(holidays)}
        return figure("email_response_time", "median", events, datetime(2027, 1, 5), **world)[0]["value"]

    assert (answered - sent) / timedelta(hours=1) == 90, "by the clock on the wall"
    assert hours() == 10, "by weekdays alone"
    assert hours(christmas) == 2


def test_seconds_an_early_patient_and_a_bad_clock_are_each_a_rule(figure):
    """19. 480 min 59 s is over 480 minutes, yet CMS cuts to the minute; who comes early has waited since the time that was set;
    what ends before it began is no wait, and certainly not one below 0."""
    stay = timedelta(minutes=480, seconds=59)
    visit = rows_of("visits", [{"arrived_at": MONDAY, "departed_at": MONDAY + stay, "seen_at": MONDAY, "roomed_at": MONDAY}])
    assert stay > timedelta(minutes=480), "late by the seconds"
    assert figure("ecat_stay", "share", visit, datetime(2026, 4, 1))[0]["value"] == 0

    minutes = [(-30, 20), (0, 40), (60, 50)]  # after the appointed time: arrived, left; the third left before it came
    rows = [
        {
            "status": "fulfilled", "scheduled_start": MONDAY,
            "arrived_at": MONDAY + timedelta(minutes=arrived), "ended_at": MONDAY + timedelta(minutes=left),
        }
        for arrived, left in minutes
    ]  # fmt: skip
    assert mean(left - arrived for arrived, left in minutes) == pytest.approx(26.7, abs=0.1), "-10 among them"
    (ours,) = figure("cycle_time", "median", rows_of("appointments", rows), datetime(2026, 4, 1))
    assert (ours["value"], ours["n"]) == (30, 2)  # 20 and 40


def test_a_day_without_a_time_is_no_wait_below_nothing(figure):
    """20. Where a source writes appointments at midnight, who booked at 10:00 for the same day is booked 10 hours late."""
    booked, midnight = datetime(2026, 3, 2, 10), datetime(2026, 3, 2)
    events = rows_of("appointments", [{"status": "fulfilled", "booked_at": booked, "scheduled_start": midnight}])
    assert (midnight - booked) / DAY < 0
    (ours,) = figure("same_day_share", "share", events, datetime(2026, 4, 1))
    assert (ours["value"], ours["n"]) == (1, 1)
    lead = figure("lead_time", "median", events, datetime(2026, 4, 1))
    assert all(row["value"] is None or row["value"] >= 0 for row in lead)
