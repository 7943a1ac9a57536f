"""What the metrics of answering count: phone, messages, chat, bot and referrals, with every variant on the same rows."""

from datetime import datetime

from tests.specs.drawn import World

CALLS = """
    channel | opened_at | queued_at | answered_at | abandoned_at | callback_requested_at | resolved_at
    phone   | 09:00:00  | 09:00:00  | 09:00:20    |              |                       |
    phone   | 09:00:00  | 09:00:00  | 09:00:30    |              |                       |
    phone   | 09:00:00  | 09:00:00  | 09:00:31    |              |                       |
    phone   | 09:00:00  | 09:00:00  | 09:01:00    |              |                       |
    phone   | 09:00:00  | 09:00:00  | 09:01:01    |              |                       |
    phone   | 09:00:00  | 09:00:00  |             | 09:00:05     |                       |
    phone   | 09:00:00  | 09:00:00  |             | 09:00:29     |                       |
    phone   | 09:00:00  | 09:00:00  |             | 09:00:30     |                       |
    phone   | 09:00:00  | 09:00:00  |             | 09:00:31     |                       |
    phone   | 09:00:00  | 09:00:00  |             |              | 09:05:00              |
    phone   | 09:00:00  | 09:00:00  |             |              |                       | 09:05:00
    phone   | 09:00:00  | 09:00:00  |             |              |                       |
    phone   | 09:00:00  |           |             | 09:00:50     |                       |
    chat    | 09:00:00  | 09:00:00  | 09:00:10    |              |                       |
"""


def test_abandonment_has_three_published_forms(counted):
    # five answered; abandoned after 5, 29, 30 and 31 s; one took a call-back, one was closed unanswered, one still waits
    assert counted(CALLS, "abandonment_rate", "abandonment_rate_30s", "abandonment_rate_of_offered") == {
        "abandonment_rate": (3, 8, 1),  # 5 seconds is a short abandon
        "abandonment_rate_30s": (2, 9, 1),  # 30 seconds counts; those before stay in the denominator
        "abandonment_rate_of_offered": (4, 11, 1),  # flow-outs are offered
    }


def test_service_level_differs_by_threshold_and_by_what_abandoned_calls_are(counted):
    variants = (
        "service_level", "service_level_abandons_ignored", "service_level_abandons_met", "service_level_20s",
        "answered_within_60s",
    )  # fmt: skip
    assert counted(CALLS, *variants) == {
        "service_level": (2, 8, 1),
        "service_level_abandons_ignored": (2, 6, 1),  # only the one who gave up after 31 s counts against
        "service_level_abandons_met": (4, 8, 1),  # 29 and 30 s count as met; the short abandon is in neither
        "service_level_20s": (1, 8, 1),
        "answered_within_60s": (4, 5, 1),
    }


def test_golden_vector_1_in_the_catalogue(counted):
    """70 answered in time, 10 abandoned in time, 20 later: 70 %, 77.8 %, 80 %."""
    row = "phone | 09:00:00 | {} | {}"
    rows = [row.format("09:00:10", "")] * 70 + [row.format("", "09:00:10")] * 10 + [row.format("09:01:00", "")] * 20
    text = "\n".join(["channel | queued_at | answered_at | abandoned_at", *rows])
    assert counted(text, "service_level", "service_level_abandons_ignored", "service_level_abandons_met") == {
        "service_level": (70, 100, 0),
        "service_level_abandons_ignored": (70, 90, 0),
        "service_level_abandons_met": (80, 100, 0),
    }


def test_handled_calls_are_timed_from_answer_to_close_and_transfers_count_once_a_conversation(counted, medians):
    rows = """
        channel | queued_at | answered_at | abandoned_at | resolved_at | transferred
        phone   | 09:00     | 09:01       |              | 09:04       | yes
        phone   | 09:00     | 09:01       |              | 09:06       | no
        phone   | 09:00     | 09:01       |              |             |
        phone   | 09:00     |             | 09:02        | 09:02       | yes
        chat    | 09:00     | 09:01       |              | 09:30       | yes
    """
    assert medians(rows, "handle_time") == {"handle_time": (4.0, 2, 1)}  # 3 and 5 minutes
    assert counted(rows, "transfer_rate") == {"transfer_rate": (1, 2, 0)}  # not known of the third


def test_the_average_speed_of_answer_is_of_answered_calls_alone(figures):
    found = figures("average_speed_of_answer", "mean_wait", """
        channel | queued_at | answered_at | abandoned_at
        phone   | 09:00     | 09:00:10    |
        phone   | 09:00     | 09:00:21    |
        phone   | 09:00     |             | 09:30
        phone   |           | 09:01       |
        chat    | 09:00     | 09:05       |
    """)  # fmt: skip
    assert (found["value"], found["n"]) == (15.5, 2)


def test_the_average_handle_time_is_of_calls_that_were_closed(figures):
    found = figures("handle_time", "mean_wait", """
        channel | queued_at | answered_at | resolved_at
        phone   | 09:00     | 09:01       | 09:04
        phone   | 09:00     | 09:01       | 09:10
        phone   | 09:00     | 09:01       |
        chat    | 09:00     | 09:01       | 09:30
    """)  # fmt: skip
    assert (found["value"], found["n"], found["still_open"]) == (6, 2, 1)


def test_a_call_back_counts_against_once_ten_minutes_are_over(counted, medians):
    rows = """
        channel | queued_at | callback_requested_at | callback_at | abandoned_at
        phone   | 08:59     | 09:00                 | 09:10       |
        phone   | 08:59     | 09:00                 | 09:10:01    |
        phone   | 08:59     | 09:00                 |             |
        phone   | 08:59     | 09:20                 |             |
        phone   | 08:59     |                       |             |
    """
    world = World(as_of=datetime(2026, 3, 2, 9, 25))
    assert counted(rows, "callback_time", world=world) == {"callback_time": (1, 3, 2)}
    assert medians(rows, "callback_time", world=world)["callback_time"][1:] == (2, 2)


MESSAGES = """
    channel | opened_at        | answered_at      | resolved_at      | reply_needed
    {0}     | 2026-03-06 16:00 | 2026-03-09 10:00 |                  |
    {0}     | 2026-03-02 09:00 | 2026-03-02 10:00 |                  | yes
    {0}     | 2026-03-02 09:00 | 2026-03-05 17:00 |                  | yes
    {0}     | 2026-03-02 09:00 |                  | 2026-03-03 10:00 |
    {0}     | 2026-03-10 09:00 |                  |                  |
    {0}     | 2026-03-02 09:00 | 2026-03-02 09:01 |                  | no
    other   | 2026-03-02 09:00 | 2026-03-02 09:01 |                  |
"""
THURSDAY = World(as_of=datetime(2026, 3, 12, 12))


def test_portal_messages_on_three_clocks(counted, medians):
    # Friday 16:00 to Monday 10:00 is 2 opening hours, 66 hours, 1 working day; Monday to Thursday is 3 working days
    rows = MESSAGES.format("portal").replace("other ", "email ")
    assert counted(rows, "portal_response_time", "portal_response_elapsed", "portal_response_working_days", world=THURSDAY) == {
        "portal_response_time": (2, 3, 1),  # 32 hours are over 24; the last has waited 19
        "portal_response_elapsed": (1, 4, 1),  # 66, 1 and 80 hours; the open one has waited 51 hours already
        "portal_response_working_days": (3, 3, 1),  # the one closed unanswered after a day is not known to be late
    }
    assert medians(rows, "portal_response_elapsed", world=THURSDAY) == {"portal_response_elapsed": (66.0, 3, 1)}


def test_email_on_two_clocks(counted):
    rows = MESSAGES.format("email").replace("other ", "portal ")
    assert counted(rows, "email_response_time", "email_response_elapsed", world=THURSDAY) == {
        "email_response_time": (2, 3, 1),
        "email_response_elapsed": (1, 5, 1),  # closed unanswered after 25 hours: known to be late
    }


def test_chat_starts_at_the_first_message_or_in_the_queue(counted):
    rows = """
        channel | opened_at | queued_at | answered_at | abandoned_at
        chat    | 09:00:00  | 09:00:30  | 09:01:00    |
        chat    | 09:00:00  | 09:00:30  | 09:01:30    |
        chat    | 09:00:00  | 09:00:30  | 09:01:31    |
        chat    | 09:00:00  | 09:00:30  |             | 09:01:10
        sms     | 09:00:00  | 09:00:30  | 09:00:40    |
    """
    assert counted(rows, "chat_response_time", "chat_response_from_queue") == {
        "chat_response_time": (1, 4, 0),  # who gave up after 70 seconds is known to be late
        "chat_response_from_queue": (2, 3, 0),  # and after 40 in the queue is not
    }


def test_sms_on_two_clocks(counted):
    rows = """
        channel | opened_at        | answered_at
        sms     | 2026-03-02 09:00 | 2026-03-02 09:15
        sms     | 2026-03-02 09:00 | 2026-03-02 09:16
        sms     | 2026-03-02 20:00 | 2026-03-03 09:10
        chat    | 2026-03-02 09:00 | 2026-03-02 09:01
    """
    assert counted(rows, "sms_response_time", "sms_response_opening_hours") == {
        "sms_response_time": (1, 3, 0),
        "sms_response_opening_hours": (2, 3, 0),
    }


def test_the_bot_contains_more_than_it_resolves(counted):
    rows = """
        channel | opened_at | resolved_at | abandoned_at | handed_off_at | answered_at
        bot     | 09:00:00  | 09:05:00    |              |               |
        bot     | 09:00:00  |             | 09:05:00     |               |
        bot     | 09:00:00  | 09:20:00    |              | 09:05:00      | 09:06:00
        bot     | 09:00:00  |             |              | 09:05:00      | 09:06:01
        bot     | 09:00:00  |             |              |               |
        chat    | 09:00:00  | 09:05:00    |              |               |
    """
    assert counted(rows, "bot_containment", "bot_resolution", "bot_hand_off", "bot_hand_off_wait") == {
        "bot_containment": (2, 4, 1),  # the one who gave up counts as contained
        "bot_resolution": (1, 3, 1),  # and is left out here
        "bot_hand_off": (2, 4, 1),
        "bot_hand_off_wait": (1, 2, 0),
    }


def test_a_referral_is_first_answered_by_a_booking_or_a_visit(counted, medians):
    rows = """
        sent_at          | received_at      | scheduled_at     | seen_at          | closed_at
        2026-03-02 09:00 | 2026-03-03 09:00 | 2026-03-06 09:00 | 2026-04-01 09:00 |
        2026-03-02 09:00 |                  | 2026-03-06 09:00 |                  |
        2026-03-02 09:00 | 2026-03-03 09:00 |                  | 2026-03-04 09:00 |
        2026-03-02 09:00 | 2026-03-03 09:00 |                  |                  | 2026-03-05 09:00
        2026-03-02 09:00 | 2026-03-03 09:00 |                  |                  |
    """
    world = World(as_of=datetime(2026, 3, 20))
    # 3, 4 and 1 working days; closed after 2: not known; open for 13: late
    assert counted(rows, "referral_to_first_contact", world=world) == {"referral_to_first_contact": (2, 4, 1)}
    assert medians(rows, "referral_to_first_contact", world=world) == {"referral_to_first_contact": (3.0, 3, 1)}
