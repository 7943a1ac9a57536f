"""What the charts share: gaps, segments, screening, the baseline."""

from dataclasses import replace

import polars as pl
import pytest

from metrics.signals.lines import before, pooled_share, with_mean_range
from metrics.signals.profile import DEFAULT
from tests.signals.chart_points import points_of, shares_of

BRIDGED = replace(DEFAULT, gaps="closed")
UNSCREENED = replace(DEFAULT, screen=False)


def mean_range(points: pl.DataFrame, profile=DEFAULT) -> list[float | None]:
    value = pl.when("baseline").then("value")
    return with_mean_range(points.lazy(), (value - before(value, profile)).abs(), profile).collect()["mean_range"].to_list()


def test_no_moving_range_spans_a_missing_period() -> None:
    points = points_of([1, 2, None, 9, 10])
    assert mean_range(points) == [1.0] * 5
    assert mean_range(points, replace(UNSCREENED, gaps="closed")) == [3.0] * 5


def test_no_moving_range_crosses_a_segment_or_a_series() -> None:
    one = points_of([1, 2, 30, 34], segments=[0, 0, 1, 1])
    other = points_of([500, 501], series=1)
    assert mean_range(pl.concat([one, other])) == [1, 1, 4, 4, 1, 1]
    assert mean_range(pl.concat([one, other]), BRIDGED) == [1, 1, 4, 4, 1, 1]


def test_a_range_far_above_the_mean_is_screened_once() -> None:
    values = [0, 1, 0, 1, 0, 1, 0, 41]
    assert mean_range(points_of(values), UNSCREENED)[0] == pytest.approx(47 / 7)
    assert mean_range(points_of(values))[0] == 1.0


def test_points_after_the_baseline_change_nothing() -> None:
    assert mean_range(points_of([1, 2, 1, 90, 7], baseline=3)) == [1.0] * 5


def test_a_constant_series_has_a_range_of_0_or_none() -> None:
    assert mean_range(points_of([5, 5, 5])) == [0.0] * 3
    assert mean_range(points_of([5, 5, 5]), replace(DEFAULT, constant="undefined")) == [None] * 3


@pytest.mark.parametrize("values", [[7], [None, None], [1, None, 2]])
def test_without_two_neighbours_there_is_no_range(values: list[float | None]) -> None:
    assert mean_range(points_of(values)) == [None] * len(values)


def test_the_pooled_share_is_of_counts_and_of_the_baseline_only() -> None:
    points = shares_of([10, 50, None, 0], [10, 100, None, 1000], baseline=3)
    assert points.select(pooled_share())["numerator"].to_list() == [60 / 110] * 4
    assert shares_of([None], [None]).select(pooled_share()).item() is None
