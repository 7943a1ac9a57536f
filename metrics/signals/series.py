"""Series: observations numbered by what they follow, in order of time, with a row for every period."""

import polars as pl

from metrics.jobs.grains import STEP, period_end
from metrics.signals.schema import KEYS

DAYS = {"day": 1, "week": 7}
"""Days from one period to the next."""

MONTHS = {"month": 1, "quarter": 3, "year": 12}
"""Months from one period to the next."""


def series_of(observations: pl.DataFrame) -> pl.DataFrame:
    """The series (the KEYS and `series`, a number from 0) in order of their names: the same whatever the order of the rows."""
    return observations.select(KEYS).unique().sort(KEYS).with_row_index("series")


def numbered(rows: pl.DataFrame, series: pl.DataFrame) -> pl.DataFrame:
    """The rows with the `series` number (u32) instead of the KEYS; rows of a series that is not there are left out."""
    return rows.join(series, on=KEYS, nulls_equal=True).drop(KEYS)


def in_order(points: pl.DataFrame) -> pl.DataFrame:
    """The points sorted by series and period_start: by both in one number, which takes a third of the time."""
    place = pl.col("series").cast(pl.Int64) * 2**32 + pl.col("period_start").cast(pl.Int32)
    return points.with_columns(place.alias("place")).sort("place").drop("place")


def with_missing_periods(points: pl.DataFrame, series: pl.DataFrame) -> pl.DataFrame:
    """The points with a closed row of null figures for each period that two closed points of a series skip.

    A week without a row between two that have one is a week of which nothing is known: it is counted, and it breaks runs and moving
    ranges. A series is not lengthened at either end. points: sorted by series and period_start; so is what comes back.
    """
    next_one = {name: pl.col(name).shift(-1) for name in ("series", "period_start", "closed")}
    between = (next_one["series"] == pl.col("series")) & pl.col("closed") & next_one["closed"]
    grain = pl.lit(series["grain"]).gather(pl.col("series"))
    until = next_one["period_start"].alias("until")
    holes = points.select("series", "period_start", grain.alias("grain"), until, between.alias("held")).filter(
        "held", _skipped() > 0
    )
    if holes.is_empty():
        return points
    return in_order(pl.concat([points, *(_missing(holes, grain) for grain in STEP)], how="diagonal"))


def _skipped() -> pl.Expr:
    """Whole periods of the grain strictly between period_start and `until`."""
    here, there, grain = pl.col("period_start"), pl.col("until"), pl.col("grain")
    months = (there.dt.year() - here.dt.year()) * 12 + there.dt.month().cast(pl.Int32) - here.dt.month().cast(pl.Int32)
    by_months = months // grain.replace_strict(MONTHS, default=1, return_dtype=pl.Int32)
    by_days = (there - here).dt.total_days() // grain.replace_strict(DAYS, default=1, return_dtype=pl.Int64)
    return pl.when(grain.is_in(list(MONTHS))).then(by_months).otherwise(by_days) - 1


def _missing(holes: pl.DataFrame, grain: str) -> pl.DataFrame:
    """series, period_start, period_end, closed of each skipped period of one grain."""
    of_grain = holes.filter(pl.col("grain") == grain)
    starts = pl.date_ranges(pl.col("period_start"), pl.col("until"), STEP[grain], closed="none")
    each = of_grain.select("series", starts.alias("period_start")).explode("period_start", empty_as_null=False)
    return each.with_columns(period_end(pl.col("period_start"), grain).alias("period_end"), pl.lit(True).alias("closed"))
