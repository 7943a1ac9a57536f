"""What each metric counts, drawn: rows as a source would send them, and the figure they must come to."""

from datetime import date, datetime

import pytest

from metrics.definitions import BUILT_IN, load_catalog
from tests.specs.drawn import World, weekday_hours, weekdays

CATALOG = load_catalog(BUILT_IN)


def share(found: dict) -> tuple:
    """numerator, denominator, still_open of a share's row."""
    return int(found["numerator"]), int(found["denominator"]), found["still_open"]


def wait(found: dict) -> tuple:
    """value, n, still_open of a quantile's row."""
    return found["value"], found["n"], found["still_open"]


# ---- attendance


def test_no_show_rate_counts_attended_and_missed_only(figures):
    found = figures("no_show_rate", "share", """
        status    | walk_in | cancelled_by | cancelled_at
        fulfilled |         |              |
        arrived   | no      |              |
        checked-in|         |              |
        noshow    |         |              |
        noshow    | yes     |              |
        fulfilled | yes     |              |
        cancelled |         | patient      | 08:59
        cancelled |         | provider     | 08:59
        booked    |         |              |
        waitlist  |         |              |
    """)  # fmt: skip
    assert share(found) == (1, 4, 1)
    assert found["value"] == 0.25


def test_a_moved_appointment_counts_once(figures):
    found = figures("no_show_rate", "share", """
        appointment_id | status    | reschedule_of | cancelled_at
        old            | cancelled |               | 2026-03-01 10:00
        new            | noshow    | old           |
    """)  # fmt: skip
    assert share(found) == (1, 1, 0)


def test_late_cancellation_looks_at_what_stood_a_day_before(figures):
    found = figures("late_cancellation_rate", "share", """
        scheduled_start  | booked_at        | status    | cancelled_at     | cancelled_by | walk_in
        2026-03-10 09:00 | 2026-03-01 09:00 | fulfilled |                  |              |
        2026-03-10 09:00 | 2026-03-01 09:00 | noshow    |                  |              |
        2026-03-10 09:00 | 2026-03-01 09:00 | cancelled | 2026-03-09 09:00 | patient      |
        2026-03-10 09:00 | 2026-03-01 09:00 | cancelled | 2026-03-09 09:01 | patient      |
        2026-03-10 09:00 | 2026-03-01 09:00 | cancelled | 2026-03-10 12:00 | patient      |
        2026-03-10 09:00 | 2026-03-01 09:00 | cancelled | 2026-03-09 20:00 | provider     |
        2026-03-10 09:00 | 2026-03-01 09:00 | cancelled |                  | patient      |
        2026-03-10 09:00 | 2026-03-09 09:00 | cancelled | 2026-03-10 08:00 | patient      |
        2026-03-10 09:00 | 2026-03-09 09:01 | cancelled | 2026-03-10 08:00 | patient      |
        2026-03-10 09:00 |                  | fulfilled |                  |              |
        2026-03-10 09:00 | 2026-03-01 09:00 | fulfilled |                  |              | yes
    """)  # fmt: skip
    # 09:00 the day before is in time; the provider's cancellation stood, so it is counted, but not against the patient
    assert share(found) == (3, 6, 0)


def test_left_without_being_seen_adds_three_subtypes(figures):
    found = figures("left_without_being_seen", "share", """
        arrived_at | seen_at | departed_at | disposition
        09:00      |         | 09:20       | left_before_triage
        09:00      |         | 10:00       | left_without_being_seen
        09:00      |         | 10:00       | left_against_advice
        09:00      | 09:30   | 10:00       | left_against_advice
        09:00      | 09:30   | 10:00       | eloped
        09:00      | 09:30   | 10:00       | discharged
        09:00      |         | 10:00       |
        09:00      |         |             |
        09:00      |         | 09:05       | dead_on_arrival
    """)  # fmt: skip
    assert share(found) == (3, 7, 1)


# ---- access


def test_lead_time_counts_local_dates(figures):
    # In London summer time 23:30 UTC is already the next day.
    found = figures("lead_time", "within", """
        booked_at        | scheduled_start  | status    | walk_in
        2026-07-01 22:30 | 2026-07-15 23:30 | fulfilled |
        2026-07-01 22:30 | 2026-07-15 22:30 | noshow    |
        2026-07-01 23:30 | 2026-07-15 23:30 | fulfilled |
        2026-07-15 07:00 | 2026-07-15 08:00 | booked    |
        2026-07-01 09:00 | 2026-07-15 09:00 | cancelled |
        2026-07-15 09:00 | 2026-07-15 09:00 | fulfilled | yes
                         | 2026-07-15 09:00 | fulfilled |
    """)  # fmt: skip
    assert share(found) == (3, 4, 0)  # 15, 14, 14 and 0 days


def test_lead_time_median_is_in_days(figures):
    found = figures("lead_time", "median", """
        booked_at        | scheduled_start  | status
        2026-03-01 09:00 | 2026-03-03 09:00 | fulfilled
        2026-03-01 23:59 | 2026-03-02 00:01 | fulfilled
    """)  # fmt: skip
    assert wait(found) == (1.5, 2, 0)


def test_same_day_share_is_by_local_date(figures):
    found = figures("same_day_share", "share", """
        site_id | booked_at        | scheduled_start  | status    | walk_in
        CEN     | 2026-07-01 22:59 | 2026-07-01 23:01 | fulfilled |
        CEN     | 2026-07-01 23:01 | 2026-07-02 22:00 | fulfilled |
        HAR     | 2026-07-01 05:00 | 2026-07-02 03:00 | noshow    |
        HAR     | 2026-07-01 03:00 | 2026-07-01 05:00 | fulfilled |
        CEN     | 2026-07-02 09:00 | 2026-07-02 10:00 | cancelled |
        CEN     |                  | 2026-07-02 10:00 | fulfilled |
        CEN     | 2026-07-02 09:00 | 2026-07-02 10:00 | fulfilled | yes
    """)  # fmt: skip
    assert share(found) == (2, 4, 0)


def test_virtual_visit_share_needs_a_known_modality(figures):
    found = figures("virtual_visit_share", "share", """
        status    | modality
        fulfilled | video
        fulfilled | phone
        fulfilled | in_person
        fulfilled |
        noshow    | video
    """)  # fmt: skip
    assert share(found) == (2, 3, 0)


# ---- waits


def test_checkin_to_room_counts_those_who_left_and_those_who_wait(figures):
    rows = """
        arrived_at | roomed_at | seen_at | ended_at | status    | modality
        09:00      | 09:30     |         | 10:00    | fulfilled | in_person
        09:00      | 09:31     |         | 10:00    | fulfilled |
        09:00      |           |         | 09:20    | noshow    |
        09:00      |           |         | 09:40    | noshow    |
        09:00      |           |         |          | arrived   |
        09:00      |           | 09:10   | 09:40    | fulfilled |
        09:00      | 09:05     |         | 10:00    | fulfilled | video
                   | 09:05     |         | 10:00    | fulfilled |
    """  # fmt: skip
    world = World(as_of=datetime(2026, 3, 2, 9, 15))
    assert share(figures("checkin_to_room", "within", rows, world)) == (1, 3, 1)
    assert wait(figures("checkin_to_room", "median", rows, world)) == (30.5, 2, 1)
    later = World(as_of=datetime(2026, 3, 2, 9, 31))
    assert share(figures("checkin_to_room", "within", rows, later)) == (1, 4, 1)  # the one who waits is now known to be over


def test_room_to_provider_starts_in_the_room(figures):
    found = figures("room_to_provider", "within", """
        arrived_at | roomed_at | seen_at | ended_at | status
        09:00      | 09:30     | 09:45   | 10:00    | fulfilled
        09:00      | 09:30     | 09:46   | 10:00    | fulfilled
        09:00      |           | 09:46   | 10:00    | fulfilled
        09:00      | 09:30     |         | 09:50    | fulfilled
    """)  # fmt: skip
    assert share(found) == (1, 3, 0)


def test_door_to_provider_holds_those_who_left_unseen(figures):
    rows = """
        arrived_at | seen_at | departed_at | disposition
        09:00      | 09:30   | 11:00       | discharged
        09:00      | 10:00   | 11:00       | admitted
        09:00      |         | 09:50       | left_without_being_seen
        09:00      |         | 10:01       | left_without_being_seen
        09:00      |         | 12:00       | discharged
        09:00      |         | 09:01       | dead_on_arrival
        09:00      | 09:10   |             |
    """
    assert share(figures("door_to_provider", "within", rows)) == (3, 4, 0)
    assert wait(figures("door_to_provider", "median", rows)) == (30.0, 3, 0)
    assert wait(figures("door_to_provider", "p90", rows)) == (pytest.approx(54.0), 3, 0)


@pytest.mark.parametrize(("departed", "inside"), [("13:00", 1), ("13:01", 0), ("13:00:01", 0), ("09:00", 1)])
def test_exactly_four_hours_passes(figures, departed, inside):
    """Golden vector 13: 240 minutes pass, 241 fail."""
    found = figures("ed_length_of_stay", "within", f"""
        arrived_at | departed_at | disposition
        09:00      | {departed}  | admitted
    """)  # fmt: skip
    assert share(found) == (inside, 1, 0)


def test_four_hours_are_elapsed_hours_when_the_clocks_change(figures):
    """Golden vector 9: London 29 March 2026, 00:30 to 05:10 on the wall is 220 minutes; 25 October, 00:30 to 04:20 is 290."""
    spring = figures("ed_length_of_stay", "median", """
        arrived_at       | departed_at
        2026-03-29 00:30 | 2026-03-29 04:10
    """)  # fmt: skip
    autumn = figures("ed_length_of_stay", "median", """
        arrived_at       | departed_at
        2026-10-24 23:30 | 2026-10-25 04:20
    """)  # fmt: skip
    assert (spring["value"], autumn["value"]) == (220, 290)


def test_who_is_still_in_the_department_is_open(figures):
    found = figures("ed_length_of_stay", "within", """
        arrived_at       | departed_at
        2026-03-02 09:00 |
        2026-03-02 14:00 |
    """, World(as_of=datetime(2026, 3, 2, 14, 30)))  # fmt: skip
    assert share(found) == (0, 1, 2)  # one is over four hours already


# ---- response


def test_speed_of_answer_leaves_the_menu_and_the_abandoned_out(figures):
    rows = """
        channel | opened_at | queued_at | answered_at | abandoned_at | callback_requested_at
        phone   | 09:00:00  | 09:01:00  | 09:01:10    |              |
        phone   | 09:00:00  | 09:01:00  | 09:01:30    |              |
        phone   | 09:00:00  | 09:01:00  | 09:01:50    |              |
        phone   | 09:00:00  | 09:01:00  |             | 09:01:20     |
        phone   | 09:00:00  | 09:01:00  |             | 09:03:00     |
        phone   | 09:00:00  | 09:01:00  |             |              | 09:02:00
        phone   | 09:00:00  |           |             | 09:00:30     |
        chat    | 09:00:00  | 09:01:00  | 09:09:00    |              |
    """
    assert wait(figures("speed_of_answer", "median", rows)) == (30.0, 3, 0)
    assert share(figures("speed_of_answer", "within", rows)) == (2, 5, 0)


def calls(answered_in_time: int, abandoned_in_time: int, later: int) -> str:
    """Calls that were answered in 10 s, abandoned after 10 s, and answered after 60 s."""
    rows = (
        ["phone | 09:00:00 | 09:00:10 |         "] * answered_in_time
        + ["phone | 09:00:00 |          | 09:00:10"] * abandoned_in_time
        + ["phone | 09:00:00 | 09:01:00 |         "] * later
    )
    return "\n".join(["channel | queued_at | answered_at | abandoned_at", *rows])


IN_TIME = "answered_at <= queued_at + interval '30 seconds'"
GAVE_UP_IN_TIME = "answered_at is null and abandoned_at <= queued_at + interval '30 seconds'"


@pytest.mark.parametrize(
    ("variant", "changed", "expected"),
    [
        ("negative", {}, 0.70),
        ("ignore", {"denominator": f"answered_at is not null or not ({GAVE_UP_IN_TIME})"}, 0.777778),
        ("positive", {"numerator": f"{IN_TIME} or ({GAVE_UP_IN_TIME})"}, 0.80),
    ],
)
def test_service_level_has_three_variants(figures, variant, changed, expected):
    """Golden vector 1: 70 answered in time, 10 abandoned in time, 20 later. The catalogue's is the negative one."""
    metric = CATALOG["service_level"].model_copy(update=changed)
    assert figures(metric, "share", calls(70, 10, 20))["value"] == pytest.approx(expected, abs=1e-6), variant


def test_service_level_and_abandonment_leave_out_the_short_abandons(figures):
    rows = """
        channel | opened_at | queued_at | answered_at | abandoned_at | callback_requested_at
        phone   | 09:00:00  | 09:00:00  | 09:00:30    |              |
        phone   | 09:00:00  | 09:00:00  | 09:00:31    |              |
        phone   | 09:00:00  | 09:00:00  |             | 09:00:05     |
        phone   | 09:00:00  | 09:00:00  |             | 09:00:06     |
        phone   | 09:00:00  | 09:00:00  |             |              | 09:05:00
        phone   | 09:00:00  | 09:00:00  |             |              |
        phone   | 09:00:00  |           |             | 09:00:20     |
        portal  | 09:00:00  | 09:00:00  | 09:00:10    |              |
    """
    assert share(figures("service_level", "share", rows)) == (1, 3, 1)
    assert share(figures("abandonment_rate", "share", rows)) == (1, 3, 1)


def test_shares_are_pooled_never_averaged(figures):
    """Golden vector 2: 10 of 10 and 50 of 100 are 54.5 %, never 75 %."""
    rows = calls(10, 0, 0) + "\n" + "\n".join(calls(50, 0, 50).splitlines()[1:])
    found = figures("service_level", "share", rows)
    assert (share(found), found["value"]) == ((60, 110, 0), pytest.approx(0.545455, abs=1e-6))


def test_portal_response_counts_opening_hours(figures):
    # Friday 6 March 16:00 to Monday 10:00 is 2 hours at a desk open 9 to 5 (golden vector 10).
    rows = """
        channel | opened_at        | answered_at      | resolved_at      | reply_needed
        portal  | 2026-03-06 16:00 | 2026-03-09 10:00 |                  |
        portal  | 2026-03-06 20:00 | 2026-03-07 11:00 |                  |
        portal  | 2026-03-02 09:00 | 2026-03-05 10:00 |                  | yes
        portal  | 2026-03-02 09:00 |                  | 2026-03-03 10:00 |
        portal  | 2026-03-02 09:00 |                  |                  |
        portal  | 2026-03-02 09:00 | 2026-03-02 10:00 |                  | no
        email   | 2026-03-02 09:00 | 2026-03-02 10:00 |                  |
    """
    world = World(as_of=datetime(2026, 3, 12))
    assert wait(figures("portal_response_time", "median", rows, world)) == (2.0, 3, 1)  # 2, 0 and 25 hours
    assert share(figures("portal_response_time", "within", rows, world)) == (2, 4, 1)  # the unanswered one is over 24


def test_opening_hours_follow_holidays(figures):
    """Golden vector 10: with 25 and 28 December closed, Thursday 15:30 to Tuesday 09:30 is 120 minutes."""
    closed = (date(2026, 12, 25), date(2026, 12, 28))
    world = World(as_of=datetime(2027, 1, 10), hours=weekday_hours(holidays=closed), days=weekdays(holidays=closed))
    found = figures("portal_response_time", "median", """
        channel | opened_at        | answered_at
        portal  | 2026-12-24 15:30 | 2026-12-29 09:30
    """, world)  # fmt: skip
    assert found["value"] == 2.0


# ---- owed work


def test_complaints_wait_working_days(figures):
    rows = """
        kind      | opened_at        | acknowledged_at  | resolved_at      | reopened_at
        complaint | 2026-03-06 16:00 | 2026-03-11 09:00 | 2026-04-03 09:00 |
        complaint | 2026-03-06 16:00 | 2026-03-12 09:00 | 2026-04-06 09:00 |
        complaint | 2026-03-07 12:00 |                  | 2026-03-09 09:00 |
        complaint | 2026-03-06 16:00 | 2026-03-06 16:00 | 2026-03-10 09:00 | 2026-03-20 09:00
        billing   | 2026-03-06 16:00 | 2026-03-06 17:00 | 2026-03-07 09:00 |
    """
    world = World(as_of=datetime(2026, 3, 31))
    assert share(figures("complaint_resolution_time", "within", rows, world)) == (2, 3, 1)  # 20, 21 and 1 day; one reopened
    assert wait(figures("complaint_resolution_time", "median", rows, world)) == (20.0, 3, 1)
    assert share(figures("complaint_acknowledgement_time", "within", rows, world)) == (3, 4, 0)  # 3, 4, 1 and 0 days


def test_a_reopened_complaint_goes_on_waiting(figures):
    found = figures("complaint_resolution_time", "within", """
        kind      | opened_at        | resolved_at      | reopened_at
        complaint | 2026-03-02 09:00 | 2026-03-10 09:00 | 2026-03-20 09:00
    """)  # fmt: skip
    assert share(found) == (0, 1, 1)


# ---- retention


RETURNS = """
    patient_key | scheduled_start  | status
    ann         | 2026-03-02 09:00 | fulfilled
    ann         | 2026-05-31 09:00 | fulfilled
    ben         | 2026-03-02 09:00 | fulfilled
    ben         | 2026-05-31 09:01 | fulfilled
    cat         | 2026-03-02 09:00 | fulfilled
    cat         | 2026-03-10 09:00 | noshow
    cat         | 2026-03-11 09:00 | booked
    dan         | 2026-03-02 09:00 | fulfilled
    dan         | 2026-03-02 09:00 | fulfilled
                | 2026-03-02 09:00 | fulfilled
                | 2026-03-20 09:00 | fulfilled
"""


def test_return_rate_counts_a_visit_within_90_days(figures):
    found = figures("return_rate_90d", "share", RETURNS, World(as_of=datetime(2026, 5, 31, 9, 0)), month=date(2026, 3, 1))
    assert share(found) == (1, 5, 0)  # ann came on day 90, ben a minute later


def test_return_rate_waits_until_every_patient_has_had_90_days(figures):
    found = figures("return_rate_90d", "share", RETURNS, World(as_of=datetime(2026, 5, 31, 8, 59)), month=date(2026, 3, 1))
    assert (share(found), found["value"]) == ((0, 0, 5), None)
