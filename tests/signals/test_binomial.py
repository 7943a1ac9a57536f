"""Binomial chances against sums of whole fractions."""

from fractions import Fraction
from functools import cache
from math import comb

import numpy as np
import polars as pl
import pytest

from metrics.signals.binomial import CHANCE, bound, chance_of, quantile
from metrics.signals.binomial_tails import at_least, at_most, probability

SIZES = (0, 1, 2, 3, 7, 15, 16, 17, 31, 60, 150, 333)
SHARES = (0.0, 0.001, 0.05, 0.3, 0.5, 0.95, 0.999, 1.0)
PRECISE = 1e-12  # relative, of chances down to 1e-200


@cache
def chances(n: int, share: float) -> list[Fraction]:
    p = Fraction(share)
    return [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]


def one(function, k: int, n: int, share: float) -> float:
    return float(function(np.array([float(k)]), np.array([float(n)]), np.array([share]))[0])


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("share", SHARES)
def test_tails_are_exact(n: int, share: float) -> None:
    each = chances(n, share)
    for k in sorted({0, 1, n // 7, n // 3, n // 2, n * 19 // 20, max(n - 1, 0), n} & set(range(n + 1))):
        below, above = float(sum(each[: k + 1])), float(sum(each[k:]))
        assert one(at_most, k, n, share) == pytest.approx(below, rel=PRECISE, abs=1e-200)
        assert one(at_least, k, n, share) == pytest.approx(above, rel=PRECISE, abs=1e-200)
        assert one(probability, k, n, share) == pytest.approx(float(each[k]), rel=PRECISE, abs=1e-200)


def test_tails_beyond_the_ends() -> None:
    assert one(at_most, -1, 5, 0.5) == 0.0
    assert one(at_most, 9, 5, 0.5) == 1.0


@pytest.mark.parametrize("q", [0.00135, 0.05, 0.5, 0.97725, 0.99865])
def test_quantiles_are_the_smallest_count_that_reaches_q(q: float) -> None:
    asked = [(n, share) for n in SIZES for share in SHARES]
    frame = pl.DataFrame(asked, schema=["n", "share"], orient="row")
    found = frame.select(quantile(q, pl.col("n"), pl.col("share")).alias("k"))["k"]
    for (n, share), k in zip(asked, found.to_list(), strict=True):
        each = chances(n, share)
        assert float(sum(each[: int(k)])) < q <= float(sum(each[: int(k) + 1])) + 1e-15


def figure(expression: pl.Expr, **row: object) -> object:
    kinds = {"top": pl.Float64, "bottom": pl.Float64, "target": pl.Float64, "better": pl.String}
    return (
        pl.DataFrame({name: [value] for name, value in row.items()}, schema={name: kinds[name] for name in row})
        .select(expression)
        .item()
    )


BOUND = bound(pl.col("bottom"), pl.col("target"), pl.col("better"))
CHANCE_OF = chance_of(pl.col("top"), pl.col("bottom"), pl.col("target"), pl.col("better"))


def test_the_bound_of_150_at_95_per_cent() -> None:
    """Fewer than the bound come at most one time in twenty, the bound itself or fewer more often: in whole fractions."""
    count = round(figure(BOUND, bottom=150, target=0.95, better="higher") * 150)
    each = chances(150, 0.95)
    assert float(sum(each[:count])) <= CHANCE < float(sum(each[: count + 1]))


@pytest.mark.parametrize(("better", "top"), [("higher", 37), ("lower", 63)])
def test_chance_and_bound_agree_and_mirror(better: str, top: int) -> None:
    """A share strictly beyond the bound is one whose chance is under 5 %; 'lower is better' is the same game upside down."""
    limit = figure(BOUND, bottom=100, target=0.5, better=better)
    worst = round(limit * 100)
    step = -1 if better == "higher" else 1
    assert figure(CHANCE_OF, top=worst, bottom=100, target=0.5, better=better) > CHANCE
    assert figure(CHANCE_OF, top=worst + step, bottom=100, target=0.5, better=better) <= CHANCE
    assert figure(CHANCE_OF, top=top, bottom=100, target=0.5, better=better) == pytest.approx(0.0060165, abs=1e-6)


NOTHING = [
    {"bottom": 0, "target": 0.5, "better": "higher"},
    {"bottom": None, "target": 0.5, "better": "higher"},
    {"bottom": 10, "target": None, "better": "higher"},
    {"bottom": 10, "target": 1.5, "better": "higher"},
    {"bottom": 10, "target": float("nan"), "better": "lower"},
    {"bottom": 10, "target": 0.5, "better": "neither"},
    {"bottom": 10, "target": 0.5, "better": None},
]


@pytest.mark.parametrize("row", NOTHING)
def test_no_bound_without_cases_target_or_direction(row: dict[str, object]) -> None:
    assert figure(BOUND, **row) is None


def test_no_chance_of_more_than_all() -> None:
    assert figure(CHANCE_OF, top=11, bottom=10, target=0.5, better="higher") is None
    assert figure(CHANCE_OF, top=10, bottom=10, target=0.5, better="higher") == 1.0


def test_a_target_of_all_is_missed_by_one() -> None:
    row = {"bottom": 200, "target": 1.0, "better": "higher"}
    assert figure(BOUND, **row) == 1.0
    assert figure(CHANCE_OF, top=199, **row) == 0.0
    assert figure(CHANCE_OF, top=200, **row) == 1.0
