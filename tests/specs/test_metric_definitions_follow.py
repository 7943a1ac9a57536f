"""Metrics that look at what a patient did next: repeated contacts, patients lost; and lead times counted from the request."""

from datetime import datetime

import pytest

from tests.specs.drawn import World

CONTACTS = """
    contact_id | patient_key | topic   | channel | opened_at        | answered_at      | abandoned_at
    first      | ann         | billing | phone   | 2026-03-02 09:00 | 2026-03-02 09:01 |
    other      | ann         | results | phone   | 2026-03-03 09:00 | 2026-03-03 09:01 |
    again      | ann         | billing | email   | 2026-03-09 09:00 | 2026-03-09 10:00 |
    ben1       | ben         | billing | phone   | 2026-03-02 09:00 | 2026-03-02 09:01 |
    ben2       | ben         | billing | phone   | 2026-03-05 09:01 |                  | 2026-03-05 09:02
    cat        | cat         | billing | chat    | 2026-03-02 09:00 | 2026-03-02 09:01 |
    dan_a      | dan         | billing | phone   | 2026-03-02 09:00 | 2026-03-02 09:01 |
    dan_b      | dan         | billing | portal  | 2026-03-02 09:00 | 2026-03-02 12:00 |
    nobody     |             | billing | phone   | 2026-03-02 09:00 | 2026-03-02 09:01 |
    nothing    | eve         |         | phone   | 2026-03-02 09:00 | 2026-03-02 09:01 |
    nothing2   | eve         |         | phone   | 2026-03-02 10:00 | 2026-03-02 10:01 |
    late       | fay         | billing | phone   | 2026-03-25 09:00 | 2026-03-25 09:01 |
"""


def test_a_contact_is_resolved_where_the_patient_need_not_come_back_about_the_matter(counted):
    """Of ann's (twice about the bill, seven days apart to the minute), ben's, cat's, dan's (two at one instant: one) and fay's."""
    world = World(as_of=datetime(2026, 4, 1, 9))
    metrics = ("first_contact_resolution_3d", "first_contact_resolution", "first_contact_resolution_14d")
    assert counted(CONTACTS, *metrics, world=world) == {
        "first_contact_resolution_3d": (7, 7, 0),  # ben's came back after 3 days and a minute
        "first_contact_resolution": (5, 7, 0),  # exactly seven days later is within seven days
        "first_contact_resolution_14d": (4, 6, 1),  # fay's is a week old: not decided, though nothing followed
    }


def test_a_window_that_is_not_over_is_in_neither_count(counted):
    one = "patient_key | topic   | opened_at        | answered_at\nann | billing | 2026-03-02 09:00 | 2026-03-02 09:01"
    before = World(as_of=datetime(2026, 3, 9, 8, 59))
    assert counted(one, "first_contact_resolution", world=before) == {"first_contact_resolution": (0, 0, 1)}
    over = World(as_of=datetime(2026, 3, 9, 9))
    assert counted(one, "first_contact_resolution", world=over) == {"first_contact_resolution": (1, 1, 0)}


REQUESTS = """
    requested_at     | scheduled_start  | status     | walk_in
    2026-03-02 09:00 | 2026-03-16 09:00 | fulfilled  |
    2026-03-02 09:00 | 2026-03-17 09:00 | noshow     |
    2026-03-02 09:00 | 2026-03-22 09:00 | booked     |
    2026-03-02 09:00 | 2026-03-23 09:00 | fulfilled  |
    2026-03-02 09:00 | 2026-03-24 09:00 | fulfilled  |
    2026-03-02 09:00 | 2026-03-30 09:00 | fulfilled  |
    2026-03-02 09:00 | 2026-03-31 09:00 | fulfilled  |
    2026-03-02 09:00 | 2026-03-03 09:00 | cancelled  |
    2026-03-02 09:00 | 2026-03-02 10:00 | fulfilled  | yes
                     | 2026-03-03 09:00 | fulfilled  |
"""


@pytest.mark.parametrize(
    ("metric", "inside"),
    [
        ("lead_time_from_request", 6),  # 28 days is 30 March; the 31st is late
        ("lead_time_from_request_20_days", 3),  # 22 March
        ("lead_time_from_request_15_working_days", 4),  # Monday 23 March is the fifteenth working day
        ("lead_time_from_request_10_working_days", 1),  # Monday 16 March the tenth
    ],
)
def test_a_lead_time_from_the_request_to_the_day(counted, metric, inside):
    assert counted(REQUESTS, metric) == {metric: (inside, 7, 0)}


def test_six_hours_to_the_second(counted):
    rows = """
        arrived_at | departed_at | disposition
        09:00      | 15:00:00    |
        09:00      | 15:00:01    |
        09:00      |             |
        09:00      | 10:00       | dead_on_arrival
    """
    world = World(as_of=datetime(2026, 3, 2, 14))
    assert counted(rows, "ed_length_of_stay_6_hours") == {"ed_length_of_stay_6_hours": (1, 3, 1)}  # the open one is over it
    assert counted(rows, "ed_length_of_stay_6_hours", world=world) == {"ed_length_of_stay_6_hours": (1, 2, 1)}
