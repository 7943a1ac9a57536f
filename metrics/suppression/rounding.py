"""Rounded figures: counts to a multiple, and shares made again of the rounded counts."""

import polars as pl

from metrics.definitions.metric import RATIOS
from metrics.jobs.intervals import share, wilson_lower, wilson_upper
from metrics.suppression.policy import Policy

COUNTS = ("numerator", "denominator", "n", "still_open")
LIMITS = ("value", "lower", "upper")


def rounded(frame: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """The frame with its counts rounded, and what is a share of them worked out anew; a wait's length stays as it is.

    The sum of the answers behind a mean goes: beside a rounded n it would tell n. Columns that are not there are not made.
    """
    there = [name for name in COUNTS if name in frame.columns]
    counted = frame.with_columns(nearest(pl.col(name), policy.round_to).cast(frame.schema[name]).alias(name) for name in there)
    counted = counted.with_columns(pl.when(pl.col("statistic") != "mean").then(pl.col("numerator")).alias("numerator"))
    top, bottom = pl.col("numerator"), pl.col("denominator")
    anew = {"value": share(top, bottom), "lower": wilson_lower(top, bottom), "upper": wilson_upper(top, bottom)}
    ratio, count = pl.col("statistic").is_in(RATIOS), pl.col("statistic") == "count"
    fraction = ratio | (pl.col("statistic") == "km_within")
    decimals = pl.when(pl.coalesce("denominator", "n") >= policy.whole_percent_below).then(1_000.0).otherwise(100.0)

    def of(name: str) -> pl.Expr:
        made = pl.when(ratio).then(anew[name]).when(count & (name == "value")).then(top).otherwise(pl.col(name))
        return pl.when(fraction).then((made * decimals).round() / decimals).otherwise(made).alias(name)

    return counted.with_columns(of(name) for name in LIMITS if name in frame.columns)


def nearest(count: pl.Expr, step: int) -> pl.Expr:
    """The nearest multiple, halves up."""
    return (count / step + 0.5).floor() * step
