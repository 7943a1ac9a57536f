"""Wilson's interval and order-statistic ranks, against published and exact values."""

import polars as pl
import pytest

from metrics.jobs.intervals import Z, lower_rank, mean_margin, share, upper_rank, wilson_lower, wilson_upper

# numerator, denominator, lower %, upper %: golden vector 3 of the definitions
WILSON = [
    (0, 10, 0, 27.75),
    (1, 12, 1.49, 35.39),
    (9, 10, 59.58, 98.21),
    (45, 50, 78.64, 95.65),
    (450, 500, 87.06, 92.33),
    (921, 1000, 90.26, 93.62),
]


@pytest.mark.parametrize(("top", "bottom", "lower", "upper"), WILSON)
def test_wilson_gives_the_published_intervals(top: int, bottom: int, lower: float, upper: float) -> None:
    frame = pl.DataFrame({"top": [top], "bottom": [bottom]})
    found = frame.select(
        wilson_lower(pl.col("top"), pl.col("bottom")), wilson_upper(pl.col("top"), pl.col("bottom")).alias("u")
    ).row(0)
    assert [round(100 * end, 2) for end in found] == [lower, upper]


def test_nothing_out_of_nothing_is_null_not_zero_and_not_nan() -> None:
    frame = pl.DataFrame({"top": [0], "bottom": [0]})
    top, bottom = pl.col("top"), pl.col("bottom")
    row = frame.select(share(top, bottom), wilson_lower(top, bottom).alias("l"), wilson_upper(top, bottom).alias("u")).row(0)
    assert row == (None, None, None)


def test_pooled_share_is_not_the_mean_of_shares() -> None:
    """Golden vector 2: 10/10 and 50/100 pool to 0.545455, never 0.75."""
    pooled = pl.DataFrame({"top": [10, 50], "bottom": [10, 100]}).sum()
    assert round(pooled.select(share(pl.col("top"), pl.col("bottom"))).item(), 6) == 0.545455


# n, q, ranks: the normal approximation to the binomial, rounded outwards
RANKS = [(1, 0.5, None, None), (5, 0.5, None, None), (10, 0.5, 1, 10), (100, 0.5, 40, 61), (100, 0.9, 84, 97), (20, 0.9, 15, None)]


@pytest.mark.parametrize(("n", "q", "lower", "upper"), RANKS)
def test_ranks_of_a_quantiles_interval(n: int, q: float, lower: int | None, upper: int | None) -> None:
    frame = pl.DataFrame({"n": [n]})
    assert frame.select(lower_rank(pl.col("n"), q), upper_rank(pl.col("n"), q).alias("u")).row(0) == (lower, upper)


def test_the_margin_of_a_mean_is_that_of_a_published_net_promoter_score() -> None:
    """Golden vector 7: of 50 answers 60 % promoters and 15 % detractors: 45, standard error 10.46. Answers all alike have none."""
    frame = pl.DataFrame({"total": [45 * 50, 100, 200], "squares": [10_000 * (0.60 + 0.15) * 50, 10_000, 20_000], "n": [50, 1, 2]})
    margins = frame.select(mean_margin(pl.col("total"), pl.col("squares"), pl.col("n"))).to_series().to_list()
    assert (round(margins[0] / Z, 2), *margins[1:]) == (10.46, None, None)
