"""Funnels by hand: what no oracle tried."""

from math import asin, sin, sqrt

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics.signals.funnel import ENOUGH_SITES, LIMITS, with_funnel, with_limits_at


def funnel(tops: list[float | None], bottoms: list[float | None], metric: str = "m") -> pl.DataFrame:
    sites = pl.DataFrame(
        {"metric": metric, "site_id": [f"S{place}" for place in range(len(tops))], "numerator": tops, "denominator": bottoms},
        schema_overrides={"numerator": pl.Float64, "denominator": pl.Float64},
    )
    return with_funnel(sites.lazy(), by=["metric"]).collect()


def test_the_limits_narrow_with_the_cases() -> None:
    found = funnel([10, 100], [100, 1000])
    centre = 0.1
    for row, n in zip(found.iter_rows(named=True), (100, 1000), strict=True):
        assert row["lower_95"] == pytest.approx(sin(asin(sqrt(centre)) - 1.959964 / (2 * sqrt(n))) ** 2)
        assert row["upper_998"] == pytest.approx(sin(asin(sqrt(centre)) + 3.090232 / (2 * sqrt(n))) ** 2)


def test_places_within_chance_have_no_more_than_chance_between_them() -> None:
    found = funnel([10, 11, 9, 10], [100] * 4)
    assert found["tau2"].to_list() == [0.0] * 4
    assert found["phi"][0] < 1
    for limit in LIMITS:
        assert found[f"adjusted_{limit}"].to_list() == found[limit].to_list()


def test_places_that_differ_widen_the_funnel_and_the_odd_one_is_still_found() -> None:
    """Thirty places between 8 and 12 % and one at 30 %: most are outside the plain funnel, one outside the adjusted one."""
    found = funnel([*(800 + 400 * place / 29 for place in range(30)), 3000], [10_000] * 31)
    plain = (pl.col("share") > pl.col("upper_998")) | (pl.col("share") < pl.col("lower_998"))
    assert found.filter(plain).height > 15
    assert found.filter(pl.col("place") == "above_998")["site_id"].to_list() == ["S30"]
    assert found["z_adjusted"].arg_max() == 30
    assert found["z_adjusted"][30] < found["z"][30]


def test_a_small_places_limits_stop_at_0_and_1() -> None:
    low, high = funnel([1, 100], [3, 9000]), funnel([2, 8900], [3, 9000])
    assert low["lower_998"][0] == 0.0
    assert high["upper_998"][0] == pytest.approx(1.0)


def test_a_place_without_cases_takes_no_part() -> None:
    with_it, without = funnel([10, 30, None, 0], [100, 200, None, 0]), funnel([10, 30], [100, 200])
    assert_frame_equal(with_it.head(2), without.with_columns(sites=pl.lit(2, pl.UInt32)))
    assert with_it.tail(2).select("share", "z", "z_adjusted", "place", *LIMITS).rows() == [(None,) * 8] * 2
    assert with_it["sites"].to_list() == [2] * 4


def test_metrics_do_not_touch_and_rows_keep_their_order() -> None:
    one, other = funnel([10, 30, 5], [100, 200, 70], "a"), funnel([60, 80], [100, 200], "b")
    mixed = pl.concat([one, other]).select("metric", "site_id", "numerator", "denominator")[[3, 0, 4, 1, 2]]
    together = with_funnel(mixed.lazy(), by=["metric"]).collect()
    assert together.select("metric", "site_id").equals(mixed.select("metric", "site_id"))
    assert_frame_equal(together.sort("metric", "site_id"), pl.concat([one, other]))


def test_few_places_carry_a_caution_and_many_do_not() -> None:
    few, many = funnel([10] * (ENOUGH_SITES - 1), [100] * (ENOUGH_SITES - 1)), funnel([10] * ENOUGH_SITES, [100] * ENOUGH_SITES)
    assert few["caution"][0].startswith("Only 19 places: with fewer than 20 the spread")
    assert many["caution"].null_count() == ENOUGH_SITES


@pytest.mark.parametrize(("tops", "bottoms"), [([5], [50]), ([0, 0], [50, 60]), ([50, 60], [50, 60])])
def test_one_place_or_places_that_are_all_alike_have_finite_limits(tops: list[float], bottoms: list[float]) -> None:
    found = funnel(tops, bottoms)
    assert found["tau2"].to_list() == [0.0] * len(tops)
    assert found["place"].to_list() == ["inside"] * len(tops)
    assert found.select(pl.col(*LIMITS).is_finite().all()).row(0) == (True,) * 4


def test_nobody_anywhere_gives_nulls() -> None:
    assert funnel([0, None], [0, None])["centre"].to_list() == [None, None]


def test_lines_can_be_drawn_at_any_denominator() -> None:
    grid = pl.LazyFrame({"denominator": [1.0, 100.0, 10_000.0], "centre": 0.2, "tau2": 0.001})
    drawn = with_limits_at(grid).collect()
    assert drawn["upper_95"].is_sorted(descending=True)
    assert (drawn["adjusted_upper_95"] >= drawn["upper_95"]).all()
