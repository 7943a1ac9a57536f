"""The names of a control chart's lines: where each ends, what it is called, and room between two that would lie on each other."""

import polars as pl

from metrics.dashboard import numbers
from metrics.dashboard.charts import Measure

NAME_APART = 0.055  # of the height between two names at the right, so that they do not lie on each other
LINE_NAMES = {"upper": "Limit", "centre": "Mean", "lower": "Limit"}
HELD = {  # how each line that a series is held against is drawn: its dashes, and its name
    "target": ([7, 3], "Target"),
    "trajectory": ([2, 3], "Trajectory"),
    "stretch": ([7, 3, 2, 3], "Stretch"),
}


def line_ends(points: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    """Where each line ends, with its name: period_start, value (moved apart), words, held (a target of a kind, or a limit)."""
    words = {**LINE_NAMES, **{name: said for name, (_, said) in HELD.items()}}
    closed = points.filter("closed")
    newest = {name: (points if name in HELD else closed)[name].drop_nulls().tail(1).to_list() for name in words}
    ends = pl.DataFrame(
        [
            (value, f"{words[name]} {numbers.figure(value, measure.statistic, measure.unit)}", name in HELD)
            for name, values in newest.items()
            for value in values
        ],
        schema={"value": pl.Float64, "words": pl.String, "held": pl.Boolean},
        orient="row",
    )
    return moved_apart(ends, points).with_columns(period_start=pl.lit(points["period_start"].max(), pl.Date))


def moved_apart(ends: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """The ends, lowest first, none nearer to the one below it than a name is high."""
    shown = points.select(pl.concat_list("value", "lower", "upper", "target", "trajectory", "stretch").alias("all")).explode("all")
    low, high = shown["all"].min(), shown["all"].max()
    if ends.is_empty() or not isinstance(low, float) or not isinstance(high, float):
        return ends
    apart = (high - low) * NAME_APART
    order = pl.int_range(pl.len())
    return ends.sort("value").with_columns(value=(pl.col("value") - apart * order).cum_max() + apart * order)
