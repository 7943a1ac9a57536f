"""Judging keeps to what must hold of any series: order, company, scale, and agreement of the chart with its verdict."""

import os
from datetime import timedelta

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from metrics.signals.profile import DEFAULT, NHSR_0_2_2
from metrics.signals.schema import SIGNAL_POINTS, SIGNALS
from tests.signals.observed import ABSENT, Value, day_of, decided, judge, weeks

EXAMPLES = int(os.environ.get("TIMELY_EXAMPLES", "5"))
TRIED = settings(max_examples=max(EXAMPLES * 4, 20), deadline=None, suppress_health_check=[HealthCheck.too_slow])

WHOLE = st.integers(0, 60).map(float)
PERIOD: st.SearchStrategy[Value] = st.one_of(WHOLE, WHOLE, WHOLE, WHOLE, st.none(), st.just(ABSENT))
SERIES = st.lists(PERIOD, min_size=1, max_size=60).filter(lambda values: any(value != ABSENT for value in values))
PROFILES = st.sampled_from([DEFAULT, NHSR_0_2_2])
LINES = ("centre", "lower", "upper", "near_lower", "near_upper")


def several(named: dict[str, list[Value]]) -> pl.DataFrame:
    return pl.concat(weeks(values, metric=name) for name, values in named.items())


@TRIED
@given(st.lists(SERIES, min_size=1, max_size=4), PROFILES, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(drawn: list[list[Value]], profile, random) -> None:  # type: ignore[no-untyped-def]
    observations = several({f"m{at}": values for at, values in enumerate(drawn)})
    order = list(range(len(observations)))
    random.shuffle(order)
    for one, other in zip(judge(observations, profile=profile), judge(observations[order], profile=profile), strict=True):
        assert_frame_equal(one, other)


@TRIED
@given(SERIES, st.lists(SERIES, min_size=1, max_size=3), st.sampled_from(["a", "m1a", "z"]), PROFILES)
def test_a_series_is_judged_alone_as_among_others(values, others, name, profile) -> None:  # type: ignore[no-untyped-def]
    company = several({f"m{at}": other for at, other in enumerate(others)} | {name: values})
    for alone, among in zip(judge(weeks(values, metric=name), profile=profile), judge(company, profile=profile), strict=True):
        assert_frame_equal(alone, among.filter(pl.col("metric") == name))


@TRIED
@given(SERIES, st.integers(-1000, 1000), PROFILES)
def test_moving_every_value_moves_the_lines_and_nothing_else(values, by, profile) -> None:  # type: ignore[no-untyped-def]
    moved = [value if value is None or value == ABSENT else value + by for value in values]
    here, there = judge(weeks(values), profile=profile), judge(weeks(moved), profile=profile)
    back = there[0].with_columns(pl.col("value", *LINES) - by)
    assert_frame_equal(here[0], back, abs_tol=1e-6)
    unmoved = [name for name in SIGNALS if name not in ("value", "centre", "lower", "upper")]
    assert_frame_equal(here[1].select(unmoved), there[1].select(unmoved), abs_tol=1e-6)


@TRIED
@given(SERIES, PROFILES)
def test_upside_down_what_was_good_is_bad(values, profile) -> None:  # type: ignore[no-untyped-def]
    turned = [value if value is None or value == ABSENT else -value for value in values]
    here, there = judge(weeks(values), profile=profile)[0], judge(weeks(turned), "lower", profile=profile)[0]
    assert here["point_type"].equals(there["point_type"])
    assert here["label"].is_null().equals(there["label"].is_null())


@TRIED
@given(SERIES, st.integers(0, 3), st.integers(-5, 60), PROFILES)
def test_the_verdict_is_what_the_chart_shows(values, still_open, starts, profile) -> None:  # type: ignore[no-untyped-def]
    """The row and the newest closed point of the chart, read from the two frames as a page reads them."""
    decisions = decided((day_of(starts), None, None))
    points, signals = judge(weeks(values, still_open=still_open), "higher", 30.0, profile, decisions)
    assert points.schema == SIGNAL_POINTS and signals.schema == SIGNALS
    assert len(signals) == 1
    closed = points.filter("closed").tail(1)
    shared = [name for name in SIGNALS if name in SIGNAL_POINTS]
    assert signals.filter(pl.col("period_start").is_not_null()).select(shared).equals(closed.select(shared))
    told = {row["variation"].split("_")[0] for row in signals.iter_rows(named=True)}
    shown = {(row["point_type"] or "not_assessed").split("_")[0] for row in closed.iter_rows(named=True)} or {"not"}
    assert told == shown
    assert points.filter(~pl.col("closed") & (pl.col("label").is_not_null() | pl.col("baseline"))).is_empty()


@TRIED
@given(st.lists(WHOLE, min_size=24, max_size=60), st.lists(PERIOD, max_size=20))
def test_limits_stand_still_once_there_are_24_points(values, later) -> None:  # type: ignore[no-untyped-def]
    before, after = judge(weeks(values))[0], judge(weeks([*values, *later]))[0]
    assert_frame_equal(before.select("period_start", *LINES), after.head(len(before)).select("period_start", *LINES))


@TRIED
@given(SERIES)
def test_no_row_is_lost_and_each_missing_period_has_one(values) -> None:  # type: ignore[no-untyped-def]
    points, _ = judge(weeks(values))
    there = [at for at, value in enumerate(values) if value != ABSENT]
    assert points["period_start"].to_list() == [day_of(week) for week in range(there[0], there[-1] + 1)]
    assert points["period_end"].to_list() == [day_of(week) + timedelta(days=6) for week in range(there[0], there[-1] + 1)]
