"""How far a period falls short of its target, in standard deviations."""

from math import log, sqrt

import polars as pl
import pytest

from metrics.signals.profile import DEFAULT
from metrics.signals.shortfall import SPARE, with_shortfall
from tests.signals.chart_points import points_of, shares_of

WAIT = {"statistic": "median", "better": "lower"}
SHARE = {"statistic": "within", "better": "higher"}


def shortfalls(points: pl.DataFrame) -> list[float | None]:
    found = with_shortfall(points.lazy(), DEFAULT).collect()
    assert found.columns == [*points.columns, "shortfall"]
    return found["shortfall"].to_list()


def test_a_share_is_measured_in_the_chance_of_its_own_cases() -> None:
    found = shortfalls(shares_of([90, 368], [100, 400], target=0.95, **SHARE))
    assert found == pytest.approx([0.05 / sqrt(0.95 * 0.05 / 100), 0.03 / sqrt(0.95 * 0.05 / 400)])


def test_a_share_that_spreads_wider_than_chance_counts_for_less() -> None:
    """Shares of 10,000 cases that jump by 4 points: a week 1 point under target is nothing, though chance alone is 0.2 points."""
    tops = [9600, 9200] * 8 + [9400]
    (*_, last) = shortfalls(shares_of(tops, [10_000] * 17, baseline=16, target=0.95, **SHARE))
    assert 0 < last < 0.5


def test_a_wait_is_measured_in_its_baselines_moving_ranges() -> None:
    found = shortfalls(points_of([10, 12, 10, 12, 30], baseline=4, target=12.0, **WAIT))
    sd = SPARE * 2 / 1.128
    assert found == pytest.approx([-2 / sd, 0, -2 / sd, 0, 18 / sd])


def test_a_wait_that_drifts_is_measured_by_how_far_it_gets() -> None:
    """One minute a week: neighbours are 1 apart, those of three weeks 3."""
    found = shortfalls(points_of([10, 11, 12, 13, 14], target=8.0, **WAIT))
    assert found[-1] == pytest.approx(6 / (SPARE * 3 / 1.128))


def test_a_skewed_wait_is_measured_on_logarithms() -> None:
    values = [8.0, 16.0, 8.0, 16.0, 8.0, 128.0, 8.0, 16.0, 32.0]
    steps = [1, 1, 1, 1, 4, 4, 1]  # of neighbours, in powers of 2; two and three apart they are 0 and 3, and 1, 3 and 4
    sd = SPARE * log(2) * max(sum(steps) / 7, sum([0, 0, 0, 3, 0, 3]) / 6, sum([1, 1, 3, 1, 1]) / 5) / 1.128
    found = shortfalls(points_of(values, baseline=8, target=16.0, **WAIT))
    assert found[-1] == pytest.approx(log(2) / sd)


@pytest.mark.parametrize(("better", "sign"), [("lower", 1), ("higher", -1)])
def test_above_0_is_the_worse_side(better: str, sign: int) -> None:
    found = shortfalls(points_of([10, 12, 11], target=10.5, statistic="median", better=better))
    assert [value * sign > 0 for value in found] == [False, True, True]


@pytest.mark.parametrize(
    "points",
    [
        points_of([10, 12], target=10.5, statistic="median", better="neither"),
        points_of([10, 12], target=[None, None], **WAIT).cast({"target": pl.Float64}),
        points_of([10, None], target=10.5, **WAIT),  # no two neighbours, so no spread
        points_of([10, 10], target=9.0, **WAIT),  # nothing varies
        points_of([10, 12], target=10.5, **WAIT).with_columns(closed=pl.lit(False)),
        shares_of([90, 95], [100, 100], target=1.0, **SHARE),
        shares_of([None, 0], [None, 0], target=0.9, **SHARE),
    ],
)
def test_nothing_is_said_where_nothing_can_be(points: pl.DataFrame) -> None:
    assert shortfalls(points) == [None, None]


def test_each_period_has_the_target_in_force_then() -> None:
    found = shortfalls(shares_of([95, 95], [100, 100], target=[0.95, 0.97], **SHARE))
    assert found == pytest.approx([0.0, 0.02 / sqrt(0.97 * 0.03 / 100)])
