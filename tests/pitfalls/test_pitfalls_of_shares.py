"""Shares and counts made the obvious way, and here: the same rows, the wrong figure and by how much it is wrong, and ours."""

from datetime import datetime, timedelta
from math import sqrt
from statistics import mean

import pytest

from tests.pitfalls.written import rows_of

MONDAY, LATER = datetime(2026, 3, 2, 9), datetime(2026, 12, 1)


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


def test_a_conversation_passed_on_three_times_is_one(figure):
    """12. Four calls, of which one goes through four queues: three of seven segments were passed on, one of four calls."""
    segments = [1, 1, 1, 4]
    naive = sum(queues - 1 for queues in segments) / sum(segments)
    rows = [
        {"channel": "phone", "opened_at": MONDAY, "queued_at": MONDAY, "answered_at": MONDAY, "transferred": queues > 1}
        for queues in segments
    ]  # fmt: skip
    (ours,) = figure("transfer_rate", "share", rows_of("contacts", rows), LATER)
    assert (naive, ours["value"], ours["n"]) == (pytest.approx(3 / 7), 0.25, 4)


@pytest.mark.parametrize(
    ("missed", "booked", "wald", "wilson"),
    [(9, 10, (0.714, 1.086), (0.596, 0.982)), (45, 50, (0.817, 0.983), (0.786, 0.957)), (0, 10, (0.0, 0.0), (0.0, 0.278))],
)
def test_ten_cases_leave_room_for_doubt_and_none_beyond_all(figure, missed, booked, wald, wilson):
    """14. The textbook's interval says that 0 of 10 is certain, and that 9 of 10 may be 109 %."""
    share = missed / booked
    reach = 1.96 * sqrt(share * (1 - share) / booked)
    assert (share - reach, share + reach) == pytest.approx(wald, abs=0.001)
    rows = [{"scheduled_start": MONDAY, "status": "noshow" if at < missed else "fulfilled"} for at in range(booked)]
    (ours,) = figure("no_show_rate", "share", rows_of("appointments", rows), LATER)
    assert (ours["lower"], ours["upper"]) == pytest.approx(wilson, abs=0.001)


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


def test_a_median_of_medians_is_no_median(figure):
    """18. A clinic of three that waits 10 minutes and one of thirty that waits 60: 35 on average, 60 in truth."""
    rows = [
        {"site_id": site, "arrived_at": MONDAY, "seen_at": MONDAY + timedelta(minutes=minutes)}
        for site, n, minutes in (("CEN", 3, 10), ("HAR", 30, 60)) for _ in range(n)
    ]  # fmt: skip
    events = rows_of("visits", rows)
    sites = [row["value"] for row in figure("door_to_provider", "median", events, LATER, ("site",))]
    (whole,) = figure("door_to_provider", "median", events, LATER)
    assert (mean(sites), whole["value"]) == (35, 60)


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


def test_a_bot_that_contains_more_may_resolve_less(figure):
    """22. Nine of ten talks with the bot end without a person, up from six; seven of the nine gave up, and rang."""
    talks = {1: (6, 0), 2: (9, 7)}  # month: contained, of whom given up
    rows = []
    for month, (contained, left) in talks.items():
        began = datetime(2026, month, 5, 9)
        for at in range(10):
            ended = {"abandoned_at": began} if at < left else {"resolved_at": began}
            handed = {} if at < contained else {"handed_off_at": began}
            rows.append({"channel": "bot", "opened_at": began, **ended, **handed})
    events = rows_of("contacts", rows)

    def by_month(metric: str) -> list[float]:
        return [row["value"] for row in figure(metric, "share", events, LATER, (), "month")]

    assert by_month("bot_containment") == [0.6, 0.9], "all is well"
    assert by_month("bot_resolution") == [0.6, pytest.approx(2 / 3)], "of those who did not give up"
    given_up = [left / 10 for _, left in talks.values()]
    assert given_up == [0, 0.7] and by_month("bot_hand_off") == [0.4, 0.1], "the set is told, not the one"
