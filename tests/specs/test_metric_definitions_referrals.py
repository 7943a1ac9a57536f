"""What the metrics of referrals and of coming back count: treatment, the funnel and its stages, returns, new patients."""

from datetime import date, datetime

import pytest

from tests.specs.drawn import World


@pytest.mark.parametrize(("stop", "inside"), [("2026-07-06 22:00", 1), ("2026-07-06 23:30", 0), ("2026-07-07 09:00", 0)])
def test_golden_vector_11_day_126_is_within_18_weeks(counted, stop, inside):
    """Start 2 March 2026: 6 July passes, 7 July breaches; 23:30 UTC in July is the next day in London."""
    rows = f"""
        sent_at          | clock_start_at   | clock_stop_at
        2026-03-01 09:00 | 2026-03-02 09:00 | {stop}
    """
    assert counted(rows, "referral_to_treatment") == {"referral_to_treatment": (inside, 1, 0)}


def test_a_nullified_clock_is_out_and_an_open_one_counts_once_over(counted, medians):
    rows = """
        sent_at          | clock_start_at   | clock_stop_at    | close_reason
        2026-03-02 09:00 | 2026-03-02 09:00 | 2026-03-16 09:00 | treated
        2026-03-02 09:00 | 2026-03-02 09:00 | 2026-03-30 09:00 | declined
        2026-03-02 09:00 | 2026-03-02 09:00 | 2026-03-16 09:00 | did_not_attend
        2026-03-02 09:00 | 2026-03-02 09:00 |                  |
        2026-03-20 09:00 | 2026-03-20 09:00 |                  |
        2026-03-02 09:00 |                  | 2026-03-16 09:00 | treated
    """
    world = World(as_of=datetime(2026, 7, 8))
    assert counted(rows, "referral_to_treatment", world=world) == {"referral_to_treatment": (2, 3, 2)}
    assert medians(rows, "referral_to_treatment", world=world) == {"referral_to_treatment": (3.0, 2, 2)}  # weeks


FUNNEL = """
    sent_at          | accepted_at      | scheduled_at     | seen_at          | note_returned_at | closed_at        | in_network
    2026-03-02 09:00 | 2026-03-04 09:00 | 2026-03-10 09:00 | 2026-05-31 09:00 | 2026-06-05 09:00 |                  | yes
    2026-03-02 09:00 | 2026-03-05 09:00 | 2026-03-07 09:00 | 2026-06-01 09:00 |                  | 2026-06-01 10:00 | yes
    2026-03-02 09:00 | 2026-03-04 09:00 | 2026-03-08 09:00 |                  |                  | 2026-03-20 09:00 |
    2026-03-02 09:00 | 2026-03-04 09:00 |                  |                  |                  |                  | yes
    2026-03-02 09:00 |                  |                  |                  |                  | 2026-03-12 09:00 | no
    2026-03-31 09:00 | 2026-04-01 09:00 | 2026-04-02 09:00 | 2026-04-03 09:00 | 2026-04-04 09:00 |                  | yes
"""
MATURED = World(as_of=datetime(2026, 6, 20))  # 90 days after 22 March


def test_the_funnel_is_of_matured_referrals_alone(counted):
    steps = (
        "referral_accepted", "referral_scheduled", "referral_seen", "referral_loop_closed", "referral_leakage",
        "referral_never_completed", "days_to_appointment",
    )  # fmt: skip
    assert counted(FUNNEL, *steps, world=MATURED) == {
        "referral_accepted": (4, 5, 0),
        "referral_scheduled": (3, 5, 0),
        "referral_seen": (2, 5, 0),
        "referral_loop_closed": (1, 2, 0),
        "referral_leakage": (1, 4, 0),  # not said of the third
        "referral_never_completed": (2, 4, 0),
        "days_to_appointment": (1, 3, 1),  # 90 and 91 days; open since 110; two closed unseen before 90 are not known
    }


def test_each_stage_has_its_own_age(medians):
    stages = ("referral_acceptance_time", "referral_booking_time", "referral_note_time")
    assert medians(FUNNEL, *stages, world=MATURED) == {
        "referral_acceptance_time": (2.0, 5, 0),  # 2, 3, 2, 2 and 1 days; one closed before it was accepted
        "referral_booking_time": (3.0, 4, 1),  # 6, 2, 4 and 1
        "referral_note_time": (3.0, 2, 1),  # 5 and 1; one never returned
    }


@pytest.mark.parametrize("days", [30, 60, 180, 365])
def test_a_return_window_closes_to_the_minute_and_waits_until_all_have_had_it(counted, days):
    metric, first = f"return_rate_{days}d", datetime(2025, 3, 3, 9)
    on_time, late = (datetime.fromordinal(first.toordinal() + days).replace(hour=9, minute=minute) for minute in (0, 1))
    rows = f"""
        patient_key | scheduled_start  | status
        ann         | 2025-03-03 09:00 | fulfilled
        ann         | {on_time:%Y-%m-%d %H:%M} | fulfilled
        ben         | 2025-03-03 09:00 | fulfilled
        ben         | {late:%Y-%m-%d %H:%M} | fulfilled
        cat         | 2025-03-03 09:00 | fulfilled
        cat         | 2025-03-04 09:00 | noshow
                    | 2025-03-03 09:00 | fulfilled
    """
    march = date(2025, 3, 1)
    assert counted(rows, metric, world=World(as_of=on_time), month=march) == {metric: (1, 3, 0)}
    early = World(as_of=on_time.replace(hour=8, minute=59))
    assert counted(rows, metric, world=early, month=march) == {metric: (0, 0, 3)}


def test_a_new_patient_is_the_sources_word(counted):
    rows = """
        is_new | status
        yes    | fulfilled
        no     | fulfilled
               | fulfilled
        yes    | noshow
    """
    assert counted(rows, "new_patient_share") == {"new_patient_share": (1, 2, 0)}
