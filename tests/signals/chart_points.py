"""Points in the form of a chart, from lists of values or of counts."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

MONDAY = date(2026, 1, 5)
LINES = ("centre", "lower", "upper", "near_lower", "near_upper")


def points_of(
    values: Sequence[float | None],
    *,
    series: int = 0,
    segments: Sequence[int] | None = None,
    baseline: int | None = None,
    **more: Any,
) -> pl.DataFrame:
    """One series of weekly closed values. baseline: the first so many points (all when left out); more: further columns."""
    many = len(values)
    based = many if baseline is None else baseline
    frame = pl.DataFrame(
        {
            "series": [series] * many,
            "segment": segments or [0] * many,
            "period_start": [MONDAY + timedelta(weeks=week) for week in range(many)],
            "value": values,
            "numerator": [None] * many,
            "denominator": [None] * many,
            "closed": [True] * many,
            "baseline": [week < based for week in range(many)],
        },
        schema_overrides={
            "series": pl.UInt32, "segment": pl.UInt32, "period_start": pl.Date, "closed": pl.Boolean, "baseline": pl.Boolean,
            "value": pl.Float64, "numerator": pl.Float64, "denominator": pl.Float64,
        },
    )  # fmt: skip
    return frame.with_columns(**{name: pl.Series(one) if isinstance(one, list) else pl.lit(one) for name, one in more.items()})


def shares_of(tops: Sequence[float | None], bottoms: Sequence[float | None], **more: Any) -> pl.DataFrame:
    """One series of weekly shares; a null or 0 below the line is a missing week."""
    values = [top / bottom if top is not None and bottom else None for top, bottom in zip(tops, bottoms, strict=True)]
    counts = [pl.Series("numerator", tops, pl.Float64), pl.Series("denominator", bottoms, pl.Float64)]
    return points_of(values, **more).with_columns(counts)
