"""The weekday's effect on daily figures."""

import pytest

from tests.signals.observed import Value, judge, weeks

WEEK = [50, 40, 40, 40, 40, 10, 10]  # a busy Monday, a quiet weekend
WOBBLE = [0, 1, -1, 2, -2]  # of no weekday: five does not divide seven
DAYS: list[Value] = [WEEK[at % 7] + WOBBLE[at % 5] for at in range(70)]


def test_weekends_are_not_news() -> None:
    points, signals = judge(weeks(DAYS, grain="day"))
    assert points["label"].drop_nulls().is_empty()
    assert signals["variation"].to_list() == ["common_cause"]
    assert points["value"].to_list() == DAYS


def test_the_lines_follow_the_weekday() -> None:
    points, _ = judge(weeks(DAYS, grain="day"))
    centre = points["centre"].to_list()
    assert centre[:7] == pytest.approx(centre[7:14])
    assert centre[0] - centre[6] == pytest.approx(40, abs=1)


def test_a_monday_unlike_other_mondays_is_news() -> None:
    points, signals = judge(weeks([*DAYS, 20], grain="day"))
    assert points["label"].to_list() == [None] * 70 + ["below_limit"]
    assert signals["label"].to_list() == ["below_limit"]


def test_other_grains_have_no_weekday() -> None:
    points, _ = judge(weeks(DAYS))
    assert points["centre"].n_unique() == 1


def test_a_weekday_seen_twice_has_no_effect_yet() -> None:
    points, _ = judge(weeks(DAYS[:14], grain="day"))
    assert points["centre"].n_unique() == 1
