"""What the metrics of the emergency department count: rooms, boarding, stays, the three ways of leaving, triage limits, ECAT."""

from datetime import datetime

import pytest

from tests.specs.drawn import World


def test_door_to_room_holds_those_who_left_unroomed(counted, medians):
    rows = """
        arrived_at | roomed_at | seen_at | departed_at | disposition
        09:00      | 10:00     | 10:10   | 11:00       | discharged
        09:00      | 10:01     | 10:10   | 11:00       | discharged
        09:00      |           |         | 09:30       | left_without_being_seen
        09:00      |           |         | 10:30       | left_without_being_seen
        09:00      |           | 09:10   | 10:30       | discharged
        09:00      |           |         | 09:01       | dead_on_arrival
    """
    assert counted(rows, "door_to_room") == {"door_to_room": (1, 3, 0)}
    assert medians(rows, "door_to_room") == {"door_to_room": (60.5, 2, 0)}


def test_boarding_starts_at_the_decision_and_leaves_observation_out(counted):
    rows = """
        arrived_at | decision_at | departed_at | disposition | observation_stay
        08:00      | 09:00       | 13:00       | admitted    |
        08:00      | 09:00       | 13:00:01    | admitted    | no
        08:00      | 09:00       | 20:00       | admitted    | yes
        08:00      |             | 13:00       | discharged  |
        08:00      | 09:00       |             |             |
    """
    assert counted(rows, "boarding_time", world=World(as_of=datetime(2026, 3, 2, 14))) == {"boarding_time": (1, 3, 1)}


def test_twelve_hours_from_arrival_and_from_the_decision_are_two_counts(counted):
    rows = """
        arrived_at       | decision_at      | departed_at      | disposition
        2026-03-02 09:00 | 2026-03-02 20:00 | 2026-03-02 21:00 | admitted
        2026-03-02 09:00 | 2026-03-02 20:00 | 2026-03-02 21:01 | admitted
        2026-03-02 09:00 | 2026-03-02 10:00 | 2026-03-02 22:01 | admitted
        2026-03-02 09:00 |                  | 2026-03-02 10:00 | discharged
        2026-03-02 09:00 |                  | 2026-03-02 09:05 | dead_on_arrival
        2026-03-02 09:00 | 2026-03-02 20:00 |                  |
        2026-03-02 18:00 |                  |                  |
    """
    world = World(as_of=datetime(2026, 3, 2, 23))
    assert counted(rows, "ed_over_12_hours", "ed_over_12_hours_from_decision", world=world) == {
        "ed_over_12_hours": (3, 5, 1),  # exactly 12 hours passes; who is still there after 14 counts
        "ed_over_12_hours_from_decision": (1, 3, 1),
    }


def test_length_of_stay_by_cms_and_by_ontario(figures):
    rows = """
        arrived_at | departed_at | disposition             | acuity
        09:00      | 10:00       | discharged              | 2
        09:00      | 12:00       | discharged              | 4
        09:00      | 13:00       | admitted                | 5
        09:00      | 09:30       | left_without_being_seen | 3
        09:00      | 11:00       | transferred             | 4
        09:00      | 15:00       | discharged              |
        09:00      | 09:10       | dead_on_arrival         | 1
        09:00      |             |                         | 4
    """
    assert figures("ed_length_of_stay_discharged", "median", rows)["value"] == 180  # 60, 180 and 360 minutes
    high = figures("ed_length_of_stay_high_acuity", "p90", rows)
    low = figures("ed_length_of_stay_low_acuity", "p90", rows)
    assert (high["value"], high["n"]) == (pytest.approx(222), 2)  # 60 and 240
    assert (low["value"], low["n"]) == (pytest.approx(174), 2)  # 120 and 180


def test_the_three_ways_of_leaving_stand_apart(counted):
    rows = """
        arrived_at | seen_at | departed_at | disposition
        09:00      |         | 09:20       | left_before_triage
        09:00      |         | 10:00       | left_without_being_seen
        09:00      |         | 10:00       | left_against_advice
        09:00      | 09:30   | 10:00       | left_against_advice
        09:00      | 09:30   | 10:00       | discharged
        09:00      |         |             |
        09:00      |         | 09:05       | dead_on_arrival
    """
    assert counted(rows, "left_before_triage", "left_after_triage", "left_against_advice", "left_without_being_seen") == {
        "left_before_triage": (1, 5, 1),
        "left_after_triage": (1, 5, 1),
        "left_against_advice": (2, 5, 1),
        "left_without_being_seen": (3, 5, 1),  # with the one who left against advice unseen
    }


@pytest.mark.parametrize(("category", "minutes"), [(1, 2), (2, 10), (3, 30), (4, 60), (5, 120)])
def test_each_triage_category_has_its_limit(counted, category, minutes):
    at, late = (f"{9 + m // 60:02}:{m % 60:02}" for m in (minutes, minutes + 1))
    metric = f"triage_category_{category}_in_time"
    rows = f"""
        acuity           | arrived_at | seen_at | departed_at | disposition
        {category}       | 09:00      | {at}    |             |
        {category}       | 09:00      | {late}  | 15:00       | discharged
        {category}       | 09:00      |         | 15:00       | left_without_being_seen
        {category}       | 09:00      |         | 15:00       | discharged
        {category}       | 09:00      |         |             |
        {category}       | 14:59      |         |             |
        {category % 5 + 1} | 09:00    | 09:01   | 15:00       | discharged
    """
    assert counted(rows, metric, world=World(as_of=datetime(2026, 3, 2, 15))) == {metric: (1, 3, 1)}


ARMS = ("ecat", "ecat_room", "ecat_left", "ecat_boarded", "ecat_stay")


def test_ecat_is_any_of_four_arms(counted):
    rows = """
        arrived_at | roomed_at | seen_at | decision_at | departed_at | disposition             | observation_stay
        09:00      | 10:00     | 10:05   | 11:00       | 15:00       | admitted                |
        09:00      | 10:01     | 10:05   |             | 11:00       | discharged              |
        09:00      |           |         |             | 09:30       | left_without_being_seen |
        09:00      |           |         |             | 10:30       | left_before_triage      |
        09:00      | 09:10     | 09:20   | 09:30       | 13:31       | admitted                |
        09:00      | 09:10     | 09:20   |             | 17:00       | discharged              |
        09:00      | 09:10     | 09:20   |             | 17:01       | discharged              |
        09:00      | 09:10     | 09:20   | 09:30       | 19:00       | admitted                | yes
        09:00      |           | 09:20   |             | 11:00       | discharged              |
        09:00      | 09:10     | 09:20   |             |             |                         |
        09:00      |           |         |             | 09:05       | dead_on_arrival         |
    """
    assert counted(rows, *ARMS) == {
        "ecat": (5, 9, 1),
        "ecat_room": (2, 9, 1),  # 61 minutes, and gone after 90 without a room; a missing stamp is not late
        "ecat_left": (2, 9, 1),
        "ecat_boarded": (1, 9, 1),  # 241 minutes; 240 passes, an observation stay never counts
        "ecat_stay": (1, 9, 1),  # 481 minutes
    }
