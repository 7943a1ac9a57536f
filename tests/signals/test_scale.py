"""Skewed waits on a logarithmic scale, and which chart fits a figure."""

from math import exp, log

import polars as pl
import pytest

from metrics.signals.scale import skewness
from tests.signals.observed import Value, judge, weeks

SKEWED: list[Value] = [2, 4, 2, 4, 2, 64, 2, 4, 2, 4, 2, 4, 2, 4]


def test_limits_are_those_of_the_logarithms_turned_back() -> None:
    skewed, signals = judge(weeks(SKEWED, statistic="median"))
    logs, _ = judge(weeks([log(float(value)) for value in SKEWED if isinstance(value, int)]))
    assert signals["chart"].to_list() == ["xmr_log"]
    for line in ("centre", "lower", "upper", "near_lower", "near_upper"):
        assert skewed[line][0] == pytest.approx(exp(logs[line][0]), rel=1e-12)
    assert skewed["label"].to_list() == logs["label"].to_list()
    assert skewed["value"].to_list() == SKEWED


@pytest.mark.parametrize(
    ("values", "statistic", "chart"),
    [
        (SKEWED, "p90", "xmr_log"),
        (SKEWED, "count", "xmr"),
        ([*SKEWED, 0], "p90", "xmr"),
        ([10, 12] * 7, "p90", "xmr"),
        ([5] * 14, "p90", "xmr"),
    ],
)
def test_the_scale_follows_the_baseline(values: list[Value], statistic: str, chart: str) -> None:
    assert judge(weeks(values, statistic=statistic))[1]["chart"].to_list() == [chart]


def test_a_value_of_zero_after_the_baseline_lies_below_the_limit() -> None:
    row = judge(weeks([*SKEWED, *SKEWED[:10], 0], statistic="median"))[1].row(0, named=True)
    assert (row["chart"], row["label"]) == ("xmr_log", "below_limit")


@pytest.mark.parametrize(("denominator", "chart"), [(100.0, "p_prime"), (10.0, "p"), (None, "xmr")])
def test_a_share_is_charted_by_its_counts(denominator: float | None, chart: str) -> None:
    values: list[Value] = [0.1, 0.2] * 10
    assert judge(weeks(values, statistic="share", denominator=denominator))[1]["chart"].to_list() == [chart]


def test_skewness_is_that_of_the_textbook() -> None:
    values = pl.Series([1.0, 2.0, 3.0, 10.0])
    apart = pl.DataFrame({"apart": values - values.mean()})
    assert apart.select(skewness(pl.col("apart"))).item() == pytest.approx(values.skew(), rel=1e-12)
    assert apart.select(skewness(pl.col("apart") * 0)).item() is None
