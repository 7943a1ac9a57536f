"""Exact binomial chances: how likely a share is while the true share is the target, and the worst share that chance allows.

Nothing here is a normal approximation: near 95 or 100 % and with few cases that is wrong by more than the chance asked for.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from metrics.signals.binomial_tails import at_least, at_most, smallest

CHANCE = 0.05
"""How often a share on its target may pass the one-sided bound. 7.4 % of weeks at n = 150 pass a bound of 5 % in the reference
simulation: one bound alone is a noisy alarm."""


def bound(denominator: pl.Expr, target: pl.Expr, better: pl.Expr, chance: float = CHANCE) -> pl.Expr:
    """The worst share that is still chance at the target: worse than it, strictly, happens with at most `chance`.

    denominator: cases (rounded to whole ones), target: 0 to 1, better: "higher" or "lower". The bound lies below the target where
    higher is better and above it where lower is. Null without cases, without a target, outside 0 to 1, or when better is neither.
    """
    n = denominator.round()
    low, high = quantile(chance, n, target), quantile(1 - chance, n, target)
    return pl.when(n > 0).then(pl.when(better == "higher").then(low / n).when(better == "lower").then(high / n))


def chance_of(numerator: pl.Expr, denominator: pl.Expr, target: pl.Expr, better: pl.Expr) -> pl.Expr:
    """The chance of a share as bad as this one, or worse, while the true share is the target (the one-sided exact p-value).

    1 when nothing could be better. Counts are rounded to whole ones. Null as in `bound`, and for a numerator above the denominator.
    """
    counts = [numerator.round(), denominator.round(), target]
    low, high = _of(_at_most, *counts), _of(_at_least, *counts)
    return pl.when(better == "higher").then(low).when(better == "lower").then(high)


def quantile(q: float, n: pl.Expr, p: pl.Expr) -> pl.Expr:
    """The smallest count k (f64) with P(X <= k) >= q for X binomial of n and p: R's qbinom. Null for nulls, n < 0, p outside 0 to
    1."""
    return _of(lambda n, p: smallest(q, n, p), n, p)


def _at_most(k: NDArray[np.float64], n: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(k <= n, at_most(np.minimum(k, n), n, p), np.nan)


def _at_least(k: NDArray[np.float64], n: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(k <= n, at_least(np.minimum(k, n), n, p), np.nan)


def _of(worked_out: Callable[..., NDArray[np.float64]], *arguments: pl.Expr) -> pl.Expr:
    """The function of whole columns at once; each different row is worked out once. The last two arguments are n and p."""
    names = [f"a{place}" for place in range(len(arguments))]

    def answered(rows: pl.Series) -> pl.Series:
        asked = rows.struct.unnest()
        different = asked.unique().filter(_sound(names))
        answers: Any = worked_out(*(different[name].to_numpy() for name in names))
        found = different.with_columns(pl.Series("answer", answers, pl.Float64).fill_nan(None))
        return asked.join(found, on=names, how="left", maintain_order="left")["answer"]

    cast = [argument.cast(pl.Float64).alias(name) for argument, name in zip(arguments, names, strict=True)]
    return pl.struct(cast).map_batches(answered, return_dtype=pl.Float64)


def _sound(names: list[str]) -> pl.Expr:
    """Rows that a binomial can answer: all finite, no count below 0, p from 0 to 1."""
    numbers = pl.all_horizontal(pl.col(name).is_finite() & (pl.col(name) >= 0) for name in names)
    return numbers.fill_null(False) & (pl.col(names[-1]) <= 1)
