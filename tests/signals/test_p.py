"""p charts, with normal and with exact limits."""

from math import comb, sqrt

import pytest

from metrics.signals import p
from metrics.signals.profile import DEFAULT
from tests.signals.chart_points import LINES, shares_of


def test_limits_follow_each_periods_denominator() -> None:
    found = p.with_limits(shares_of([10, 90], [100, 400]).lazy(), DEFAULT).collect()
    centre, sd = 0.2, [sqrt(0.16 / 100), sqrt(0.16 / 400)]
    assert found["centre"].to_list() == [centre, centre]
    assert found["upper"].to_list() == pytest.approx([centre + 3 * one for one in sd])
    assert found["near_lower"].to_list() == pytest.approx([centre - 2 * one for one in sd])


def test_limits_stay_within_0_and_1_and_a_period_without_cases_has_none() -> None:
    found = p.with_limits(shares_of([0, 1, None, 0], [10, 10, None, 0]).lazy(), DEFAULT).collect()
    assert found["lower"].to_list() == [0.0, 0.0, None, None]
    assert found["centre"].null_count() == 0
    sure = p.with_limits(shares_of([10, 20], [10, 20]).lazy(), DEFAULT).collect()
    assert sure.select(LINES).row(0) == (1.0, 1.0, 1.0, 1.0, 1.0)


def test_exact_limits_leave_no_more_outside_than_they_say() -> None:
    """Checked by adding up chances in whole numbers: outside is at most 0.00135 a side, and one count nearer would be more."""
    tops, bottoms = [1, 0, 2, 1, 3, 0], [12, 20, 9, 30, 25, 14]
    found = p.with_exact_limits(shares_of(tops, bottoms).lazy(), DEFAULT).collect()
    share = sum(tops) / sum(bottoms)
    for row in found.iter_rows(named=True):
        n = int(row["denominator"])
        chances = [comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
        for line, allowed in (("upper", p.BEYOND_LIMIT), ("near_upper", p.BEYOND_NEAR)):
            limit = round(row[line] * n)
            assert sum(chances[limit + 1 :]) <= allowed < sum(chances[limit:])
        assert row["lower"] == 0.0


def test_half_of_the_periods_lie_above_the_middle_and_half_under() -> None:
    """A count with a mean of 1.3 is under its mean in 63 of 100 periods; of its middle, 1, in 27, and above it in 37."""
    tops, bottoms = [1, 2, 1, 0, 2, 2, 1, 1, 1, 2], [10] * 10
    middle = p.with_exact_limits(shares_of(tops, bottoms).lazy(), DEFAULT).collect()["middle"].unique().to_list()
    assert middle == [0.1]
    chances = [comb(10, k) * 0.13**k * 0.87 ** (10 - k) for k in range(11)]
    assert sum(chances[:1]) < 0.5 and sum(chances[2:]) < 0.5
    assert sum(chances[:2]) > 0.6, "what lies under the centre"


def test_exact_limits_count_the_few_that_are_missing_from_100_per_cent() -> None:
    """The mirror image of few cases: 1 - share has the limits of the share, upside down."""
    few, bottoms = [1, 0, 2, 1], [12, 20, 9, 30]
    low = p.with_exact_limits(shares_of(few, bottoms).lazy(), DEFAULT).collect()
    most = [bottom - top for top, bottom in zip(few, bottoms, strict=True)]
    high = p.with_exact_limits(shares_of(most, bottoms).lazy(), DEFAULT).collect()
    assert high["lower"].to_list() == pytest.approx((1 - low["upper"]).to_list())
    assert high["upper"].to_list() == [1.0] * 4


def test_few_looks_at_cases_and_at_what_is_left_of_them() -> None:
    frames = [
        (shares_of([4, 5], [100, 100]), True), (shares_of([96, 95], [100, 100]), True), (shares_of([5, 5], [100, 100]), False),
        (shares_of([None], [None]), None),
    ]  # fmt: skip
    for frame, few in frames:
        assert frame.select(p.few())["numerator"].to_list() == [few] * frame.height
