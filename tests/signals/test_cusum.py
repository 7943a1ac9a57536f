"""CUSUM against the target: misses that add up."""

import numpy as np
import polars as pl
import pytest

from metrics.signals.cusum import with_cusum
from tests.signals.chart_points import points_of


def summed(shortfalls: list[float | None], k: float = 0.5, h: float = 5.0, **more: object) -> pl.DataFrame:
    points = points_of([1.0] * len(shortfalls), shortfall=pl.Series(shortfalls, dtype=pl.Float64).to_list(), **more)
    return with_cusum(points.cast({"shortfall": pl.Float64}).lazy(), k, h).collect()


def test_the_sum_is_never_under_0_and_signals_above_h() -> None:
    found = summed([-3, 1, 2.5, 0.5, 3.5, -9, 1])
    assert found["cusum"].to_list() == [0, 0.5, 2.5, 2.5, 5.5, 0, 0.5]
    assert found["cusum_signal"].to_list() == [False, False, False, False, True, False, False]


def test_a_sum_of_h_itself_is_not_above_it() -> None:
    assert summed([5.5])["cusum_signal"].to_list() == [False]


def test_a_period_that_says_nothing_changes_nothing() -> None:
    assert summed([2, None, 2])["cusum"].to_list() == [1.5, None, 3.0]


def test_sums_begin_again_with_each_segment_and_series() -> None:
    found = pl.concat([summed([2, 2, 2], segments=[0, 1, 1]), summed([2], series=1)])
    assert found["cusum"].to_list() == [1.5, 1.5, 3.0, 1.5]


def test_the_sum_is_that_of_the_recursion() -> None:
    scores = np.random.default_rng(5).normal(0.2, 1, 400).tolist()
    expected, running = [], 0.0
    for score in scores:
        running = max(0.0, running + score - 0.7)
        expected.append(running)
    assert summed(scores, k=0.7)["cusum"].to_list() == pytest.approx(expected, abs=1e-9)
