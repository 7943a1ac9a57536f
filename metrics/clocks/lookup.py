"""For every row of a big frame, the row of a small time table in force at its instant: an ASOF join without sorting.

Group and instant are packed into one whole number, so that a single binary search over the small table serves all
groups and the big frame keeps its order.
"""

from datetime import datetime

import polars as pl

# Packed into 63 bits: seconds since 1900 in the low 34 (till 2444), the group above them. Instants outside are clipped.
EPOCH = datetime(1900, 1, 1)
SPAN = 1 << 34


def group_codes(values: pl.Expr, groups: pl.Series) -> pl.Expr:
    """Place of each value among `groups` (distinct, not null) as Int64; null for a value that is not among them."""
    distinct = groups.cast(pl.String)
    return values.cast(pl.String).replace_strict(
        distinct, pl.int_range(len(distinct), eager=True), default=None, return_dtype=pl.Int64
    )


def packed(code: pl.Expr, instant: pl.Expr) -> pl.Expr:
    """Group code and whole second as one number that sorts by group, then by time."""
    second = (instant.cast(pl.Datetime("us")) - EPOCH).dt.total_microseconds() // 1_000_000
    return code * SPAN + second.clip(0, SPAN - 1)


def row_in_force(code: pl.Expr, instant: pl.Expr, table_code: pl.Series, starts: pl.Series) -> pl.Expr:
    """Index of the last table row of the group that starts at or before the instant; null where there is none.

    The table is sorted by code, then by start; starts are whole seconds. Null code or instant gives null.
    """
    table = pl.select(packed(pl.lit(table_code), pl.lit(starts))).to_series()
    wanted = packed(code, instant)
    after = pl.lit(table).search_sorted(wanted.fill_null(-1), side="right").cast(pl.Int64)
    row = pl.when(after > 0).then(after - 1)
    return pl.when(pl.lit(table_code).gather(row) == code).then(row)
