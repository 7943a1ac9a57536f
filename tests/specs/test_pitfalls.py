"""What goes wrong with service figures made the obvious way, and does not with these: each wrong way beside ours, same rows."""

import heapq
from datetime import datetime, timedelta
from random import Random
from statistics import mean, median

import polars as pl
import pytest

from metrics.definitions import BUILT_IN, load_catalog
from metrics.events import TABLES
from tests.specs.drawn import ENGINES, World, drawn

CATALOG = load_catalog(BUILT_IN)
WEEK = timedelta(weeks=1)


@pytest.fixture(params=ENGINES)
def figure(request):
    """(metric, statistic, events, as_of, by, grain) -> the rows of one engine."""

    def of(metric: str, statistic: str, events: pl.DataFrame, as_of: datetime, by=(), grain="year") -> list[dict]:
        return ENGINES[request.param](CATALOG[metric], statistic, events, World(as_of=as_of), by, grain).to_dicts()

    return of


def rows_of(table: str, rows: list[dict]) -> pl.DataFrame:
    key = TABLES[table].key[0]
    common = {"site_id": "CEN", "service_id": "general"}
    return pl.DataFrame([common | {key: str(at)} | row for at, row in enumerate(rows)], schema=TABLES[table].schema)


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


def test_an_average_of_percentages_is_not_the_percentage(figure):
    """18. Ten of ten and fifty of a hundred: 75 % on average, 54.5 % in truth."""
    start = datetime(2026, 3, 2, 9)
    rows = [
        {"site_id": site, "scheduled_start": start + timedelta(minutes=at), "status": "noshow" if at < missed else "fulfilled"}
        for site, missed, booked in (("CEN", 10, 10), ("HAR", 50, 100))
        for at in range(booked)
    ]
    events = rows_of("appointments", rows)
    sites = [row["value"] for row in figure("no_show_rate", "share", events, datetime(2026, 4, 1), ("site",))]
    (whole,) = figure("no_show_rate", "share", events, datetime(2026, 4, 1))
    assert mean(sites) == 0.75
    assert whole["value"] == pytest.approx(60 / 110)


def test_weeks_are_alike_where_months_differ_by_their_weekdays(figure):
    """21. Ten complaints every working day and none at weekends: nothing changes, and only whole weeks say so."""
    days = [datetime(2026, 1, 5, 12) + timedelta(days=at) for at in range(364)]
    rows = [{"kind": "complaint", "opened_at": day} for day in days if day.weekday() < 5 for _ in range(10)]
    events = rows_of("cases", rows)
    by_week = {row["value"] for row in figure("complaints_received", "count", events, datetime(2027, 1, 5), (), "week")}
    by_month = [row["value"] for row in figure("complaints_received", "count", events, datetime(2027, 1, 5), (), "month")]
    assert by_week == {50.0}
    whole_months = by_month[1:12]  # January and the last days of the year are cut
    assert max(whole_months) / min(whole_months) > 1.1


def test_reminders_seem_to_hurt_until_lead_times_are_told_apart(figure):
    """6. Simpson: those booked for the same day are never reminded, and hardly ever miss. Bands have the figures of the vector."""
    bands = {  # days ahead: (missed, booked) unreminded, reminded
        0: ((31, 967), (0, 0)), 5: ((29, 62), (40, 173)), 10: ((21, 68), (77, 274)), 40: ((35, 92), (91, 359)),
    }  # fmt: skip
    start = datetime(2026, 6, 1, 9)
    rows = [
        {
            "site_id": site, "scheduled_start": start, "booked_at": start - timedelta(days=ahead),
            "status": "noshow" if at < missed else "fulfilled",
        }
        for ahead, groups in bands.items()
        for site, (missed, booked) in zip(("CEN", "HAR"), groups, strict=True)  # at one no one is reminded, at the other everybody
        for at in range(booked)
    ]  # fmt: skip
    events = rows_of("appointments", rows)

    def reminded_less_others(metric: str) -> float:
        found = {row["site_id"]: row["value"] for row in figure(metric, "share", events, datetime(2026, 12, 1), ("site",))}
        return found["HAR"] - found["CEN"]

    assert reminded_less_others("no_show_rate") > 0.1
    for band in ("1_to_7_days", "8_to_28_days", "over_28_days"):
        assert reminded_less_others(f"no_show_rate_{band}") < 0


def test_a_missing_end_is_no_wait_of_nothing(figure):
    """A queue where nobody was called has no average: not 0, and no division by it."""
    waiting = drawn("visits", "arrived_at\n09:00\n09:05")
    for statistic in ("median", "p90", "km_median"):
        (found,) = figure("door_to_provider", statistic, waiting, datetime(2026, 3, 2, 9, 30))
        assert (found["value"], found["still_open"]) == (None, 2)
