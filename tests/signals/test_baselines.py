"""Baselines: people's decisions, where segments begin, which points make the limits."""

from datetime import timedelta

import polars as pl

from tests.signals.observed import Value, day_of, decided, judge, weeks

LOW: list[Value] = [10, 12] * 13
HIGH: list[Value] = [20, 22] * 13


def test_a_decided_baseline_makes_the_limits_and_is_named() -> None:
    points, signals = judge(weeks(LOW + HIGH), decisions=decided((day_of(0), day_of(26), day_of(51))))
    assert points.filter("baseline")["period_start"].to_list() == [day_of(week) for week in range(26, 52)]
    assert signals.select("centre", "baseline_from", "baseline_to", "baseline_by", "baseline_reason").rows() == [
        (21.0, day_of(26), day_of(51) + timedelta(days=6), "Ana", "new rota")
    ]


def test_until_somebody_decides_the_first_24_closed_points_make_the_limits() -> None:
    points, signals = judge(weeks([None, *LOW, *HIGH]))
    assert points.filter("baseline")["period_start"].to_list() == [day_of(week) for week in range(1, 25)]
    assert signals.select("centre", "baseline_by", "baseline_reason").rows() == [(11.0, None, None)]


def test_each_re_base_begins_a_segment_of_its_own() -> None:
    points, signals = judge(weeks(LOW + HIGH), decisions=decided((day_of(26), day_of(26), None)))
    by_segment = points.group_by("segment").agg(pl.col("centre").unique(), pl.len()).sort("segment")
    assert by_segment.rows() == [(0, [11.0], 26), (1, [21.0], 26)]
    assert points["label"].drop_nulls().is_empty()
    assert signals.select("points", "variation").rows() == [(26, "common_cause")]


def test_the_newest_segment_is_not_judged_until_it_has_13_points() -> None:
    for week, variation in ((39, "common_cause"), (40, "not_assessed")):
        _, signals = judge(weeks(LOW + HIGH), decisions=decided((day_of(week), None, None)))
        assert signals["variation"].to_list() == [variation]


def test_a_decided_baseline_of_a_year_of_months_is_enough_and_of_eleven_is_not() -> None:
    for until, trial in ((11, False), (10, True)):
        _, signals = judge(weeks(LOW), decisions=decided((day_of(0), day_of(0), day_of(until))))
        assert signals["trial"].to_list() == [trial]


def test_without_an_end_the_baseline_is_24_points_from_its_start() -> None:
    points, _ = judge(weeks(LOW + HIGH), decisions=decided((day_of(0), day_of(5), None)))
    assert points.filter("baseline")["period_start"].to_list() == [day_of(week) for week in range(5, 29)]


def test_a_baseline_reaches_into_no_other_segment() -> None:
    points, _ = judge(weeks(LOW + HIGH), decisions=decided((day_of(26), day_of(0), day_of(51))))
    assert set(points.filter(pl.col("segment") == 1)["centre"]) == {21.0}


def test_of_two_decisions_for_one_day_the_later_holds() -> None:
    _, signals = judge(
        weeks(LOW + HIGH), decisions=decided((day_of(0), day_of(0), day_of(25)), (day_of(0), day_of(26), day_of(51)))
    )
    assert signals["centre"].to_list() == [21.0]


def test_a_decision_about_another_series_changes_nothing() -> None:
    other = decided((day_of(26), None, None), metric="other")
    assert judge(weeks(LOW + HIGH), decisions=other)[1].equals(judge(weeks(LOW + HIGH))[1])


def test_a_baseline_over_which_there_is_no_point_judges_nothing() -> None:
    points, signals = judge(weeks(LOW), decisions=decided((day_of(0), day_of(100), day_of(120))))
    assert points.select("centre", "label").unique().rows() == [(None, None)]
    assert signals.select("variation", "trial", "baseline_from").rows() == [("not_assessed", True, None)]


def test_a_sustained_shift_suggests_a_re_base_and_a_short_one_does_not() -> None:
    for many, suggested in ((14, day_of(24)), (13, None)):
        _, signals = judge(weeks([*LOW[1:25], *HIGH[:many]]))
        assert signals["rebase_suggested"].to_list() == [suggested]


def test_no_re_base_is_suggested_once_it_has_been_accepted() -> None:
    _, signals = judge(weeks([*LOW[:24], *HIGH[:20]]), decisions=decided((day_of(24), day_of(24), None)))
    assert signals["rebase_suggested"].to_list() == [None]
