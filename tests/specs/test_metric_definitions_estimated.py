"""What Kaplan-Meier estimates: who left or still waits is censored, ends before departures, undefined stays undefined."""

from datetime import datetime

import pytest

from tests.specs.drawn import World


def test_who_left_unseen_is_censored_and_not_left_out(figures):
    # at risk 5, 4, 2, 1: S = 4/5 after 10, 4/5 * 3/4 = 3/5 after 20 (one left at 20, after the end), 3/5 * 1/2 = 3/10 after 30
    rows = """
        arrived_at | seen_at | departed_at | disposition
        09:00      | 09:10   | 10:00       | discharged
        09:00      | 09:20   | 10:00       | discharged
        09:00      |         | 09:20       | left_without_being_seen
        09:00      | 09:30   | 10:00       | discharged
        09:00      |         | 09:40       | left_without_being_seen
        09:00      |         | 10:00       | discharged
        09:00      |         | 09:00       | dead_on_arrival
    """
    median = figures("door_to_provider", "km_median", rows)
    assert (median["value"], median["n"], median["still_open"]) == (30.0, 5, 0)
    assert figures("door_to_provider", "median", rows)["value"] == 20.0  # of those who were seen
    assert figures("door_to_provider", "km_p90", rows)["value"] is None  # three in ten are not known to have been seen
    assert figures("door_to_provider", "km_within", rows)["value"] is None  # nobody is known to have waited an hour


@pytest.mark.parametrize(("seen", "share"), [("10:00", 1.0), ("10:01", 0.5)])
def test_sixty_minutes_to_the_minute_are_within(figures, seen, share):
    rows = f"""
        arrived_at | seen_at | departed_at | disposition
        09:00      | 09:10   | 11:00       | discharged
        09:00      | {seen}  | 11:00       | discharged
    """
    found = figures("door_to_provider", "km_within", rows)
    assert (found["value"], found["n"]) == (share, 2)


def test_arrival_to_provider_takes_those_who_left_as_censored(figures):
    rows = """
        scheduled_start | arrived_at | seen_at | ended_at | status
        09:00           | 09:00      | 09:10   | 10:00    | fulfilled
        09:00           | 09:00      |         | 09:20    | noshow
        09:00           | 09:00      | 09:35   | 10:00    | fulfilled
        09:00           |            | 09:10   | 10:00    | fulfilled
    """
    found = figures("arrival_to_provider", "km_median", rows)
    assert (found["value"], found["n"]) == (35.0, 3)  # S is 2/3 after 10 minutes, 0 after 35
    assert figures("arrival_to_provider", "km_within", rows)["value"] == pytest.approx(1 / 3)


def test_a_list_where_nobody_was_seen_has_no_figure_but_its_number(figures):
    """Golden vector 17: null, neither 0 nor NaN."""
    rows = """
        sent_at          | scheduled_at | seen_at | closed_at
        2026-03-02 09:00 |              |         |
        2026-03-03 09:00 |              |         |
    """
    found = figures("referral_to_first_contact", "km_median", rows)
    assert (found["value"], found["lower"], found["upper"], found["n"], found["still_open"]) == (None, None, None, 2, 2)


RETURNS = """
    patient_key | scheduled_start  | status
    ann         | 2026-03-02 09:00 | fulfilled
    ann         | 2026-04-11 09:00 | fulfilled
    ben         | 2026-03-02 09:00 | fulfilled
    cat         | 2026-03-02 09:00 | fulfilled
    cat         | 2026-03-12 09:00 | booked
    dan         | 2026-03-30 09:00 | fulfilled
    eve         | 2026-03-02 09:00 | noshow
                | 2026-03-02 09:00 | fulfilled
"""


def test_a_visit_too_new_to_have_returned_is_censored(figures):
    """As of 1 May: of March's four visits one returned after 40 days, two have not in 60, one is 32 days old."""
    world = World(as_of=datetime(2026, 5, 1, 9))
    march = datetime(2026, 3, 1).date()
    at_60 = figures("return_estimated_60d", "km_within", RETURNS, world, march)
    assert (at_60["value"], at_60["n"], at_60["still_open"]) == (pytest.approx(1 / 3), 4, 3)  # one of the three at risk on day 40
    assert figures("return_estimated_30d", "km_within", RETURNS, world, march)["value"] == 0.0
    for longer in ("return_estimated_90d", "return_estimated_180d", "return_estimated_365d"):
        assert figures(longer, "km_within", RETURNS, world, march)["value"] is None
    # the matured share leaves out who has not had 60 days: 1 of 3 here by luck, and nothing to say of a window that nobody has had
    assert figures("return_rate_60d", "share", RETURNS, world, march)["denominator"] == 3
