"""Sums that are the same to the last digit whatever the order of their parts.

A sum of floats depends on who adds what first, and Polars' threads do not always add in one order (2.1: a group's sum after a
filter differs from run to run in its last digit). A limit that moves by a digit makes an issued snapshot another one, and an
incremental refresh another than a full one. So the parts are added as whole numbers, which can be added in any order.
"""

import polars as pl

STEP = 2.0**64
"""Parts of one: what a value is rounded to, 5e-20. Of a value above 0.0005 no digit is lost: it is a power of two."""

FURTHEST = 2.0**42
"""The largest value that is added so: 2 million of them fit in 128 bits. In seconds it is 139,000 years; beyond it, or with an
infinity, the sum is that of floats."""


def total(value: pl.Expr) -> pl.Expr:
    """The sum of what is there (f64), for use in `agg` or before `over`; 0 of nothing, nulls left out."""
    whole = (value * STEP).round().cast(pl.Int128, strict=False).sum().cast(pl.Float64) / STEP
    return pl.when(value.abs().max().fill_null(0.0) <= FURTHEST).then(whole).otherwise(value.sum())


def mean(value: pl.Expr) -> pl.Expr:
    """The mean of what is there (f64); null of nothing. Like `total`, the same in any order."""
    count = value.count()
    return pl.when(count > 0).then(total(value) / count)
