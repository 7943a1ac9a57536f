"""u, u′ and c charts: counts of things."""

from math import sqrt

import pytest

from metrics.signals import c, u
from metrics.signals.profile import DEFAULT
from tests.signals.chart_points import points_of, shares_of


def test_u_is_all_that_was_counted_over_all_activity() -> None:
    found = u.with_limits(shares_of([4, 12], [100, 300]).lazy(), DEFAULT).collect()
    assert found["centre"].to_list() == [0.04, 0.04]
    assert found["upper"].to_list() == pytest.approx([0.04 + 3 * sqrt(0.04 / 100), 0.04 + 3 * sqrt(0.04 / 300)])
    assert found["lower"].to_list() == pytest.approx([0.0, 0.04 - 3 * sqrt(0.04 / 300)])


def test_c_is_the_mean_count_and_a_missing_one_is_not_0() -> None:
    found = c.with_limits(points_of([4, None, 6, 50], baseline=3).lazy(), DEFAULT).collect()
    assert found["centre"].to_list() == [5.0] * 4
    assert found["upper"].to_list() == pytest.approx([5 + 3 * sqrt(5)] * 4)
    assert found["lower"].to_list() == [0.0] * 4
