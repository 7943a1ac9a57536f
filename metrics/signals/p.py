"""p charts: a share of a counted denominator, with limits that follow each period's denominator."""

import polars as pl

from metrics.signals import binomial, sums
from metrics.signals.lines import cases, five_lines, pooled_share
from metrics.signals.profile import Profile

BEYOND_LIMIT = 0.0013498980316301035
"""The normal chance of a value beyond three standard deviations, on one side: what an exact limit leaves outside at most."""

BEYOND_NEAR = 0.0227501319481792
"""The same beyond two standard deviations."""

FEW = 5.0
"""Mean cases a period (or mean non-cases) in the baseline under which normal limits mislead and exact ones are drawn."""


def with_limits(points: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """The points with the five lines: centre = pooled share p, limits p ± 3 sqrt(p(1-p)/n) within 0 and 1 (Shewhart; as qicharts2
    0.8.1).

    Wants numerator and denominator. Limits of a period without a denominator are null, of a segment without a baseline too. Real
    shares vary more than coins do: 85 % of months of A&E breach shares lie outside (see p_prime).
    """
    n = cases()
    centred = points.with_columns(pooled_share().alias("centre"))
    centre = pl.col("centre")
    return centred.with_columns(five_lines(centre, centre, (centre * (1 - centre) / n).sqrt(), 0.0, 1.0))


def with_exact_limits(points: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """The points with the five lines for small counts, binomial quantiles at each period's denominator instead of a normal curve,
    and `middle`: the share that half of such periods would lie above, and half under, while the true share is the centre.

    A share beyond a limit has a chance of at most 0.00135 on that side (0.0228 beyond a near line) while the true share is the
    centre. A run is counted from the middle: where 1.3 cases are expected, 63 of 100 periods have fewer. Denominators are whole
    numbers; those of returns that are not are rounded. Nulls as in `with_limits`.
    """
    n = pl.col("denominator").round()
    sides = {
        "lower": BEYOND_LIMIT,
        "upper": 1 - BEYOND_LIMIT,
        "near_lower": BEYOND_NEAR,
        "near_upper": 1 - BEYOND_NEAR,
        "middle": 0.5,
    }
    counts = [binomial.quantile(at, n, pl.col("centre")).alias(name) for name, at in sides.items()]
    drawn = points.with_columns(pooled_share().alias("centre")).with_columns(counts)
    return drawn.with_columns(pl.when(n > 0).then(pl.col(name) / n).alias(name) for name in sides)


def few() -> pl.Expr:
    """Whether the baseline of the point's segment holds fewer than five cases, or non-cases, a period; null without a baseline."""
    held = pl.col("baseline") & pl.col("value").is_not_null()
    cases, others = pl.col("numerator"), pl.col("denominator") - pl.col("numerator")
    means = [sums.mean(pl.when(held).then(count)).over("series", "segment") for count in (cases, others)]
    return pl.min_horizontal(means) < FEW
