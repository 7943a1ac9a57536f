"""How sure a figure is: Wilson for shares, order statistics for quantiles, the spread of the answers for a mean score."""

import polars as pl

Z = 1.959963984540054  # the normal quantile of a two-sided 95 % interval


def wilson_lower(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Lower end of Wilson's 95 % interval for a share (OHID's preferred method [S146]). Null when n is 0."""
    return _wilson(numerator, denominator, -1.0)


def wilson_upper(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Upper end of Wilson's 95 % interval for a share. Null when n is 0."""
    return _wilson(numerator, denominator, 1.0)


def _wilson(numerator: pl.Expr, denominator: pl.Expr, side: float) -> pl.Expr:
    n = denominator.cast(pl.Float64)
    p = numerator / n
    half = Z * (p * (1 - p) / n + Z * Z / (4 * n * n)).sqrt()
    end = ((p + Z * Z / (2 * n) + side * half) / (1 + Z * Z / n)).clip(0.0, 1.0)
    return pl.when(n > 0).then(end)


def share(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """numerator / denominator; null when the denominator is 0, never 0 and never NaN."""
    return pl.when(denominator > 0).then(numerator / denominator)


def mean_margin(total: pl.Expr, squares: pl.Expr, n: pl.Expr) -> pl.Expr:
    """Half the width of a mean's 95 % interval, from the sum, the sum of squares and the number of the values.

    The variance divides by n, as that of a net promoter score is published: (p + d - (p - d)^2) / n. Null where all the
    values are alike, a single one too: they say nothing of how far answers differ, and a width of 0 would look certain.
    """
    spread = (squares - total.cast(pl.Float64) ** 2 / n).clip(lower_bound=0.0).sqrt()
    return pl.when(spread > 0).then(Z * spread / n)


def lower_rank(n: pl.Expr, q: float) -> pl.Expr:
    """Rank (from 1) of the order statistic below the q-quantile's 95 % interval; null where there is none."""
    rank = (n * q - Z * (n * q * (1 - q)).sqrt()).floor()
    return pl.when(rank >= 1).then(rank).cast(pl.Int64)


def upper_rank(n: pl.Expr, q: float) -> pl.Expr:
    """Rank (from 1) of the order statistic above the q-quantile's 95 % interval; null where there is none."""
    rank = (n * q + Z * (n * q * (1 - q)).sqrt()).ceil() + 1
    return pl.when(rank <= n).then(rank).cast(pl.Int64)
