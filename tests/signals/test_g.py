"""g and t charts: rare events, by what lies between them."""

import pytest

from metrics.signals import g, t
from metrics.signals.profile import DEFAULT
from tests.signals.chart_points import LINES, points_of


def test_g_is_drawn_around_its_median_with_limits_from_its_mean() -> None:
    found = g.with_limits(points_of([1, 2, 12]).lazy(), DEFAULT).collect().row(0, named=True)
    sd = (5 * 6) ** 0.5
    assert (found["centre"], found["lower"]) == (2.0, 0.0)
    assert (found["upper"], found["near_upper"]) == pytest.approx((5 + 3 * sd, 5 + 2 * sd))


def test_t_limits_are_not_symmetric_and_never_below_0() -> None:
    found = t.with_limits(points_of([3, 30, 8, 21, 2, 60]).lazy(), DEFAULT).collect().row(0, named=True)
    assert found["lower"] == 0.0
    assert found["near_upper"] - found["centre"] < found["upper"] - found["near_upper"]
    assert found["lower"] <= found["near_lower"] < found["centre"] < found["near_upper"] < found["upper"]


def test_t_of_one_event_has_a_centre_only() -> None:
    row = t.with_limits(points_of([8]).lazy(), DEFAULT).collect().select(LINES).row(0)
    assert row[0] == pytest.approx(8.0)
    assert row[1:] == (None, None, None, None)
