"""A series made ready to draw: missing periods break it, and its unsettled tail is told apart."""

import polars as pl

SPARK_SCHEMA = {"period_start": pl.Date(), "value": pl.Float64(), "run": pl.UInt32(), "part": pl.String()}
INTERVALS = {"day": "1d", "week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}


def unbroken(frame: pl.DataFrame, grain: str) -> pl.DataFrame:
    """The rows that have a value, with `run`: the stretch a row belongs to. A line is drawn within one stretch only.

    A period between the first and the last that is missing or has no value ends a stretch, and so does a
    change of `definition_version` where the frame has one. Takes and gives rows in the order of period_start.
    """
    if frame.is_empty():
        return frame.with_columns(run=pl.lit(0, pl.UInt32))
    first, last = frame["period_start"].min(), frame["period_start"].max()
    spine = pl.DataFrame({"period_start": pl.date_range(first, last, INTERVALS[grain], eager=True)})  # type: ignore[arg-type]
    version = pl.col("definition_version").forward_fill() if "definition_version" in frame.columns else pl.lit("")
    ends = pl.col("value").is_null() | (version != version.shift()).fill_null(False)
    return (
        spine.join(frame, on="period_start", how="left")
        .sort("period_start")
        .with_columns(run=ends.cast(pl.UInt32).cum_sum())
        .filter(pl.col("value").is_not_null())
    )


def tail_of(series: pl.DataFrame) -> pl.DataFrame:
    """The unsettled rows, and the settled row just before them so that their dashes join the line.

    Unsettled rows at the beginning and at the end are two stretches: no line leads from one to the other.
    """
    ends = pl.col("mature") & ~pl.col("mature").shift(-1).fill_null(True)
    joins = ends & (pl.col("run").shift(-1) == pl.col("run"))
    stretch = pl.col("run") + ends.cast(pl.UInt32).cum_sum()  # both only grow, so that two of either are two of the sum
    return series.with_columns(run=stretch).filter(~pl.col("mature") | joins)


def spark_parts(trail: pl.DataFrame, target: float | None) -> pl.DataFrame:
    """A sparkline's rows by the part they draw: settled, tail, last (the newest settled), target (its two ends)."""
    settled = trail.filter(pl.col("mature"))
    ends = trail.select("period_start", "run").gather([0, -1] if len(trail) else [])
    held = ends.with_columns(value=pl.lit(target, pl.Float64)).filter(pl.col("value").is_not_null())
    parts = {"settled": settled, "tail": tail_of(trail), "last": settled.tail(1), "target": held}
    return pl.concat([rows.with_columns(part=pl.lit(name)).select(*SPARK_SCHEMA) for name, rows in parts.items()])


def worst_first(frame: pl.DataFrame, better: str, name: str) -> pl.DataFrame:
    """Rows without a value last, the rest from worst to best, ties by name. Without a direction: highest first."""
    return frame.sort(["value", name], descending=[better != "higher", False], nulls_last=True)
