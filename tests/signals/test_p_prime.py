"""p′ charts: wider where shares vary more than chance."""

import numpy as np
import polars as pl
import pytest

from metrics.signals import p, p_prime, u, u_prime
from metrics.signals.profile import DEFAULT
from tests.signals.chart_points import LINES, shares_of


def drawn(share_sd: float) -> pl.DataFrame:
    """Two years of large clinics whose true share wanders by share_sd."""
    chance = np.random.default_rng(3)
    cases = np.full(104, 20_000)
    counted = chance.binomial(cases, np.clip(chance.normal(0.1, share_sd, 104), 0, 1))
    return shares_of(counted.tolist(), cases.tolist())


@pytest.mark.parametrize(("plain", "wide"), [(p, p_prime), (u, u_prime)])
def test_limits_widen_with_the_spread_there_is(plain, wide) -> None:
    for share_sd, flagged_by_plain in ((0.0, 0), (0.01, 40)):
        points = drawn(share_sd)
        outside = [
            chart.with_limits(points.lazy(), DEFAULT)
            .filter((pl.col("value") > pl.col("upper")) | (pl.col("value") < pl.col("lower")))
            .collect()
            .height
            for chart in (plain, wide)
        ]
        assert outside[0] >= flagged_by_plain
        assert outside[1] <= 2


def test_sigma_z_is_1_for_a_fair_coin_and_grows_with_the_spread() -> None:
    def sigma(points: pl.DataFrame) -> float:
        share = pl.lit(0.1)
        found = p_prime.with_sigma_z(points.lazy(), share, p_prime.chance_sd(share), DEFAULT)
        return found.collect()["sigma_z"][0]

    assert sigma(drawn(0.0)) == pytest.approx(1.0, abs=0.2)
    assert sigma(drawn(0.01)) == pytest.approx(4.8, abs=1.0)  # sqrt(1 + (0.01 / chance sd 0.00212)²)


@pytest.mark.parametrize(("top", "line"), [(50, 1.0), (0, 0.0)])
def test_all_or_nothing_has_limits_on_its_centre(top: int, line: float) -> None:
    found = p_prime.with_limits(shares_of([top] * 3, [50] * 3).lazy(), DEFAULT).collect()
    assert found.select(LINES).unique().rows() == [(line,) * 5]


def test_a_single_point_has_a_centre_and_no_limits() -> None:
    found = p_prime.with_limits(shares_of([5], [50]).lazy(), DEFAULT).collect()
    assert found.select(LINES).row(0) == (0.1, None, None, None, None)


def test_a_missing_period_is_spanned_by_no_moving_range() -> None:
    whole = p_prime.with_limits(shares_of([5, 6, 40, 41], [100] * 4).lazy(), DEFAULT).collect()
    holed = p_prime.with_limits(shares_of([5, 6, None, 40, 41], [100, 100, 0, 100, 100]).lazy(), DEFAULT).collect()
    assert holed["upper"][0] < whole["upper"][0]
    assert holed["upper"][2] is None
