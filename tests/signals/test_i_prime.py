"""I′ charts: individual ratios weighted by their denominators."""

from math import pi, sqrt

import pytest

from metrics.signals import i_prime
from metrics.signals.profile import DEFAULT
from tests.signals.chart_points import shares_of


def test_a_step_between_small_periods_says_less_of_the_spread() -> None:
    found = i_prime.with_limits(shares_of([10, 60], [50, 200]).lazy(), DEFAULT).collect()
    s = sqrt(pi / 2) * 0.1 / sqrt(1 / 50 + 1 / 200)
    assert found["centre"].to_list() == pytest.approx([0.28] * 2)
    assert found["upper"].to_list() == pytest.approx([0.28 + 3 * s / sqrt(50), 0.28 + 3 * s / sqrt(200)])


def test_nothing_holds_the_limits_within_0_and_1() -> None:
    found = i_prime.with_limits(shares_of([1, 9, 2, 8], [10] * 4).lazy(), DEFAULT).collect()
    assert found["lower"][0] < 0
    assert found["upper"][0] > 1


def test_a_period_without_cases_has_no_limits_and_joins_no_range() -> None:
    found = i_prime.with_limits(shares_of([5, None, 5], [50, 0, 50]).lazy(), DEFAULT).collect()
    assert found["upper"].to_list() == [None, None, None]
    assert found["centre"].to_list() == [0.1] * 3
