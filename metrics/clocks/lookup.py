"""For every row of a big frame, the row of a small time table in force at its instant: an ASOF join without sorting.

Group and instant are packed into one whole number, so that a single binary search over the small table serves all
groups and the big frame keeps its order.
"""

from datetime import datetime
from typing import TypeVar

import polars as pl

# Packed into 63 bits: seconds since 1900 in the low 34 (till 2444), the group above them. Instants outside are clipped.
EPOCH = pl.lit(datetime(1900, 1, 1), pl.Datetime("us")).dt.epoch("us")
SPAN = 1 << 34
SECOND = 1_000_000  # microseconds
CODE, FOUND = "__code", "__found"  # columns of the big frame while it is looked up

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)


def codes_of(values: str, codes: pl.DataFrame, default: int | None = None) -> pl.Expr:
    """The group code (Int64) of each value; `default` for one that is not listed. codes: value (distinct), code."""
    return pl.col(values).replace_strict(codes["value"], codes["code"], default=default, return_dtype=pl.Int64)


def packed(code: pl.Expr, instant: pl.Expr) -> pl.Expr:
    """Group code and whole second as one number that sorts by group, then by time."""
    return code * SPAN + ((instant.dt.epoch("us") - EPOCH) // SECOND).clip(0, SPAN - 1)


def with_row_in_force(frame: Frame, code: pl.Expr, instant: str, table: pl.DataFrame, into: str) -> Frame:
    """The frame with `into`: the index of the group's last table row that starts at or before the instant.

    table: code, starts (whole seconds), sorted by both. Null where the code or the instant is null, or there is no such row.
    """
    starts = table.select(packed(pl.col("code"), pl.col("starts"))).to_series()
    # One step at a time: inside one expression Polars would work the search out again for every mention.
    return (
        frame.with_columns(code.alias(CODE))
        .with_columns(
            (pl.lit(starts).search_sorted(packed(pl.col(CODE), pl.col(instant)), side="right").cast(pl.Int64) - 1).alias(FOUND)
        )
        .with_columns(
            pl.when(pl.col(FOUND) >= 0, pl.col(CODE).is_not_null(), pl.col(instant).is_not_null()).then(FOUND).alias(FOUND)
        )
        .with_columns(pl.when(pl.lit(table["code"]).gather(pl.col(FOUND)) == pl.col(CODE)).then(FOUND).alias(into))
        .drop(CODE, FOUND)
    )
