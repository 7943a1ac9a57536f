"""EWMA against the target."""

import numpy as np
import polars as pl
import pytest

from metrics.signals.ewma import with_ewma
from tests.signals.chart_points import points_of


def averaged(shortfalls: list[float | None], weight: float = 0.2, width: float = 2.86, **more: object) -> pl.DataFrame:
    points = points_of([1.0] * len(shortfalls), **more).with_columns(pl.Series("shortfall", shortfalls, pl.Float64))
    return with_ewma(points.lazy(), weight, width).collect()


def test_the_average_starts_at_the_target_and_remembers() -> None:
    found = averaged([1, 1, -4], weight=0.5)
    assert found["ewma"].to_list() == pytest.approx([0.5, 0.75, -1.625])


def test_a_period_that_says_nothing_changes_nothing() -> None:
    found = averaged([None, 1, None, 1], weight=0.5)
    assert found["ewma"].to_list() == [None, pytest.approx(0.5), None, pytest.approx(0.75)]
    assert found["ewma_limit"].null_count() == 2


def test_averages_begin_again_with_each_segment_and_series() -> None:
    found = pl.concat([averaged([1, 1, 1], weight=0.5, segments=[0, 1, 1]), averaged([1], weight=0.5, series=1)])
    assert found["ewma"].to_list() == pytest.approx([0.5, 0.5, 0.75, 0.5])


def test_only_the_worse_side_signals() -> None:
    assert averaged([9], weight=1.0, width=3)["ewma_signal"].to_list() == [True]
    assert averaged([-9], weight=1.0, width=3)["ewma_signal"].to_list() == [False]
    assert averaged([3], weight=1.0, width=3)["ewma_signal"].to_list() == [False]


def test_the_average_is_that_of_the_recursion() -> None:
    scores = np.random.default_rng(6).normal(0, 1, 300).tolist()
    expected, running = [], 0.0
    for score in scores:
        running = 0.3 * score + 0.7 * running
        expected.append(running)
    assert averaged(scores, weight=0.3)["ewma"].to_list() == pytest.approx(expected, abs=1e-9)
