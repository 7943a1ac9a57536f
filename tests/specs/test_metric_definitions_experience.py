"""What the metrics of surveys count: who is in the denominator of each score, and who is asked."""

from datetime import datetime

import pytest

from tests.specs.drawn import World

ANSWERS = """
    instrument         | item      | touchpoint      | sent_at          | responded_at     | score | score_min | score_max
    friends_and_family | overall   | emergency visit | 2026-03-02 09:00 | 2026-03-03 09:00 | 5     | 1         | 5
    friends_and_family | overall   | emergency visit | 2026-03-02 09:00 | 2026-03-03 09:00 | 2     | 1         | 5
    friends_and_family | overall   | appointment     | 2026-03-02 09:00 | 2026-03-03 09:00 | 4     | 1         | 5
    friends_and_family | overall   | appointment     | 2026-03-02 09:00 | 2026-03-03 09:00 | 3     | 1         | 5
    friends_and_family | overall   | appointment     | 2026-03-02 09:00 | 2026-03-03 09:00 |       | 1         | 5
    friends_and_family | overall   | appointment     | 2026-03-02 09:00 |                  |       | 1         | 5
    friends_and_family | overall   | appointment     | 2026-03-18 09:00 |                  |       | 1         | 5
    friends_and_family | recommend | appointment     | 2026-03-02 09:00 | 2026-03-03 09:00 | 9     | 0         | 10
    friends_and_family | recommend | appointment     | 2026-03-02 09:00 | 2026-03-03 09:00 | 8     | 0         | 10
    clinic             | overall   | appointment     | 2026-03-02 09:00 | 2026-03-03 09:00 | 5     | 1         | 5
    clinic             | overall   | appointment     | 2026-03-02 09:00 | 2026-03-03 09:00 | 10    | 1         | 10
"""
LATE_MARCH = World(as_of=datetime(2026, 3, 20))


def test_friends_and_family_counts_do_not_know_at_the_bottom(counted):
    metrics = ("fft_positive", "fft_negative", "fft_positive_emergency", "fft_positive_appointment")
    assert counted(ANSWERS, *metrics, world=LATE_MARCH) == {
        "fft_positive": (2, 5, 0),
        "fft_negative": (1, 5, 0),
        "fft_positive_emergency": (1, 2, 0),
        "fft_positive_appointment": (1, 3, 0),
    }


def test_scores_leave_do_not_know_out_and_keep_to_their_scale(counted):
    metrics = ("csat", "overall_top_box", "recommend_top_box", "experience_composite")
    assert counted(ANSWERS, *metrics, world=LATE_MARCH) == {
        "csat": (3, 5, 0),  # the scale of ten is another scale
        "overall_top_box": (3, 6, 0),
        "recommend_top_box": (1, 2, 0),
        "experience_composite": (4, 8, 0),  # 9 and 10 of ten are the top box
    }


def test_a_survey_has_two_weeks_to_be_answered(counted):
    assert counted(ANSWERS, "survey_response_rate", world=LATE_MARCH) == {"survey_response_rate": (5, 6, 1)}


def test_golden_vector_7_net_promoter_score_with_its_variance(figures):
    """60 % promoters and 15 % detractors: 45. Of 50 the standard error is 10.46, so of four times as many the half."""
    scores = [9, 10] * 60 + [0, 1, 2, 5, 6] * 6 + [7, 8] * 25
    rows = ["item | responded_at | score | score_min | score_max"]
    rows += [f"recommend | 2026-03-03 09:00 | {score} | 0 | 10" for score in scores]
    found = figures("net_promoter_score", "mean", "\n".join(rows))
    assert (found["value"], found["n"], found["numerator"], found["denominator"]) == (45, 200, 9000, 200)
    half = 1.959963984540054 * 10.464 / 2
    assert (found["lower"], found["upper"]) == (pytest.approx(45 - half, abs=0.01), pytest.approx(45 + half, abs=0.01))


def test_net_promoter_score_is_of_those_who_answered_on_a_scale_of_ten(figures):
    found = figures("net_promoter_score", "mean", ANSWERS, LATE_MARCH)
    assert (found["value"], found["n"]) == (50, 2)  # 9 is a promoter, 8 neither
    alone = figures("net_promoter_score", "mean", """
        item      | responded_at     | score | score_max
        recommend | 2026-03-03 09:00 | 6     | 10
        recommend | 2026-03-03 09:00 |       | 10
        recommend |                  | 9     | 10
        recommend | 2026-03-03 09:00 | 5     | 5
    """)  # fmt: skip
    assert (alone["value"], alone["n"], alone["lower"], alone["upper"]) == (-100, 1, None, None)
