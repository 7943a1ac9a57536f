"""For every row of a big frame, the row of a small time table in force at its instant: an ASOF join without sorting.

Group and instant are packed into one whole number, so that a single binary search over the small table serves all
groups and the big frame keeps its order.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import polars as pl

# Packed into 63 bits: seconds since 1900 in the low 34 (till 2444), the group above them. Instants outside are clipped.
SECOND = 1_000_000  # microseconds
EPOCH = (datetime(1900, 1, 1) - datetime(1970, 1, 1)) // timedelta(seconds=1) * SECOND  # microseconds since 1970
SPAN = 1 << 34
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


@dataclass(frozen=True)
class Steps:
    """What is in force in each group from when on: the packed starts in order, and the value that is found after each of them."""

    starts: pl.Series
    values: pl.Series


def steps_of(table: pl.DataFrame, value: str) -> Steps:
    """The steps of `value`. table: code, starts (whole seconds) and `value`, sorted by the first two."""
    rows = table.select("code", starts=packed(pl.col("code"), pl.col("starts")), value=value)
    ahead = rows.select(pl.col("code").unique()).select(
        "code", starts=pl.col("code") * SPAN, value=pl.lit(None, rows.schema["value"])
    )
    steps = pl.concat([ahead, rows]).sort("starts", maintain_order=True)
    # the first value is found where nothing is; from there on a value stands one place after the step that it begins with
    return Steps(steps["starts"], pl.concat([steps["value"].clear(1), steps["value"]]))


def value_in_force(code: str, instant: str, steps: Steps) -> pl.Expr:
    """The value of the group's last step that starts at or before the instant: one search, for many instants of a big frame.

    code: an Int64 column of the frame without nulls. Null where the instant is null, or no step of the group had started.
    """
    return pl.lit(steps.values).gather(place_in_force(code, instant, steps))


def place_in_force(code: str, instant: str, steps: Steps) -> pl.Expr:
    """Where that value stands among the steps' values, for several tables of the same starts."""
    return pl.lit(steps.starts).search_sorted(packed(pl.col(code), pl.col(instant)), side="right")
