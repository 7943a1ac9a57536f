"""The four rules of Making Data Count: each gives a point's direction, 1 above or up, -1 below or down, 0 where it does not hold.

All read points sorted by series and period_start that carry the lines of a chart and what `with_sides` adds. A period that is not
closed, or has no value, keeps no rule and breaks every run; nothing reaches from one segment into the next. Neighbours are found by
one pass over the whole frame, so that a rule costs the same for one long series as for ten thousand short ones.
"""

from typing import Literal

import polars as pl

WINDOW = 3
"""Successive points that two in three looks at."""

CLOSED_VALUE = pl.when(pl.col("closed")).then(pl.col("value"))
"""What is judged: the value of a closed period."""

CENTRE, SIDE, FIRST = pl.col("centre"), pl.col("side"), pl.col("first")


def with_sides(points: pl.LazyFrame, middle: pl.Expr = CENTRE) -> pl.LazyFrame:
    """The points with `judged` (the value of a closed period), `side` (of the middle it is on: 1 above, -1 below, 0 on it, null
    without a value) and `first` (the row opens its segment).

    middle: what half of an unchanged series lies above. That is the centre, except of counts so small that it is not.
    """
    opens = [pl.col(name) != pl.col(name).shift(1) for name in ("series", "segment")]
    side = (CLOSED_VALUE - middle).sign().cast(pl.Int8)
    first = pl.any_horizontal(opens).fill_null(True)
    return points.with_columns(CLOSED_VALUE.alias("judged"), side.alias("side"), first.alias("first"))


def outside() -> pl.Expr:
    """Beyond a limit; a point on the limit is within."""
    above, below = pl.col("judged") > pl.col("upper"), pl.col("judged") < pl.col("lower")
    return above.fill_null(False).cast(pl.Int8) - below.fill_null(False).cast(pl.Int8)


def trend(points: int, joints: Literal["own", "slope"] = "own") -> pl.Expr:
    """One of so many successive points that each rise (or fall) on the one before. A tie ends a trend.

    A point that ends one trend and begins another belongs to the later. joints "slope" gives a point whose next point is in a trend
    too the direction of the step to it, as NHSRplotthedots 0.2.2 does: that step need not be part of either trend.
    """
    step = pl.when(~FIRST).then((pl.col("judged") - pl.col("judged").shift(1)).sign().cast(pl.Int8))
    long = pl.when((run_length(step) >= points - 1) & (step != 0)).then(step)
    own = pl.coalesce(long.shift(-1), long, pl.lit(0, pl.Int8))
    if joints == "own":
        return own
    meeting = (own != 0) & (own.shift(-1) != 0) & ~FIRST.shift(-1)
    return pl.when(meeting).then(pl.when(step.shift(-1) > 0).then(1).otherwise(-1)).otherwise(own).cast(pl.Int8)


def two_in_three(two_sigma: Literal["strict", "inclusive"]) -> pl.Expr:
    """One of at least two points beyond the near line among three successive ones on the same side of the centre.

    strict: a point beyond the limit is not "near" it (NHSRplotthedots 0.2.2); inclusive: it counts (the Making Data Count tools
    since November 2023).
    """
    near = (pl.col("judged") > pl.col("near_upper")) | (pl.col("judged") < pl.col("near_lower"))
    near = near if two_sigma == "inclusive" else near & (outside() == 0)
    beyond = near.fill_null(False).cast(pl.Int8) * SIDE
    whole = ~FIRST & ~FIRST.shift(1, fill_value=True)
    one_side = (_last_three(SIDE).abs() == WINDOW) & (_last_three(beyond).abs() >= WINDOW - 1)
    full = (whole & one_side).fill_null(False)
    held = full | full.shift(-1, fill_value=False) | full.shift(-2, fill_value=False)
    return beyond.fill_null(0) * held.cast(pl.Int8)


def shift(points: int) -> pl.Expr:
    """One of so many successive points on one side of the centre. A point on the centre ends a run."""
    return SIDE.fill_null(0) * (run_length(SIDE) >= points).cast(pl.Int8)


def run_start(kind: pl.Expr) -> pl.Expr:
    """The row number at which the row's run of equal `kind` in its segment begins. Nulls make a run too."""
    return pl.when(_opens_run(kind)).then(pl.int_range(pl.len(), dtype=pl.UInt32)).forward_fill()


def run_length(kind: pl.Expr) -> pl.Expr:
    """Rows in the row's whole run of equal `kind` in its segment: to its end, not to the row."""
    last = _opens_run(kind).shift(-1, fill_value=True)
    return pl.when(last).then(pl.int_range(pl.len(), dtype=pl.UInt32)).backward_fill() - run_start(kind) + 1


def _opens_run(kind: pl.Expr) -> pl.Expr:
    return FIRST | kind.ne_missing(kind.shift(1))


def _last_three(direction: pl.Expr) -> pl.Expr:
    return direction + direction.shift(1) + direction.shift(2)
