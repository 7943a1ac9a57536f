"""The control chart as a figure of the metric page: the words, the chart, the table and the CSV, all from what is stored."""

from typing import Any

import polars as pl

from metrics.dashboard import changes, control_chart
from metrics.dashboard.changes import Signal, Speaker
from metrics.dashboard.figures import Figure
from metrics.dashboard.metric_figures import View

GRAINS = ("week", "month")  # the grains that are judged
KEY = "● ringed: better. ◆ worse. ■ changed, neither. Small grey: chance. Hollow: not closed. The band is what chance explains."
TABLE_COLUMNS = (
    "period_start", "period_end", "value", "n", "numerator", "denominator", "closed", "baseline", "segment", "centre", "lower",
    "upper", "near_lower", "near_upper", "label", "rules", "point_type", "target", "trajectory", "stretch",
)  # fmt: skip
CELLS = ("value", "n", "numerator", "denominator")  # of the table: what tells of people
NOTES = {"number": pl.String, "day": pl.Date, "text": pl.String}


def speaker(view: View) -> Speaker:
    return Speaker(view.statistic, view.unit, view.grain, view.contract.history)


def figure(view: View, points: pl.DataFrame, signal: Signal, notes: pl.DataFrame) -> Figure:
    """The chart of one series. `points`: its rows of `signal_points`; `signal`: its row of `signals`; `notes`: see notes_of."""
    speak = speaker(view)
    drawn = points.sort("period_start").with_columns(
        label_words=pl.col("label").replace_strict(changes.LABEL_WORDS, default=None, return_dtype=pl.String).fill_null("no")
    )
    closed = drawn.filter(pl.col("closed") & pl.col("value").is_not_null())
    name = f"{view.contract.title}, {view.label.lower()}, {view.where}"
    return Figure(
        key=f"{view.contract.id}_{view.statistic}_{view.grain}_control",
        title=changes.title(signal, speak),
        caption=f"{changes.caption(signal, speak, view.label, view.where)} {KEY}",
        alt_text=changes.spoken(signal, speak, name, closed["label"].count(), len(closed)),
        chart=control_chart.control(drawn, notes, view.measure, view.grain, view.palette),
        table=points.select(TABLE_COLUMNS).sort("period_start", descending=True),
    )


def notes_of(annotations: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """What people wrote on days the chart shows, numbered oldest first: number, day, text, and who wrote it."""
    first, last = points["period_start"].min(), points["period_end"].max()
    shown = annotations.filter(pl.col("day").is_between(first, last)).sort("day") if len(points) else annotations.clear()
    return shown.with_columns(number=pl.int_range(1, pl.len() + 1).cast(pl.String))


def row_of(frame: pl.DataFrame) -> dict[str, Any] | None:
    """The one row of a series' signal; None where the series is not judged."""
    return frame.row(0, named=True) if len(frame) else None
