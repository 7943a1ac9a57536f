"""Every chart the dashboard draws, in Altair. Frames in, charts out; the colours come from the palette given.

Unsettled periods are dashed on a wash and labelled, a target is a dashed line with its own label, and what
misses its target is a triangle: nothing is told by colour alone.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import altair as alt
import polars as pl

from metrics.dashboard import series
from metrics.dashboard.numbers import SHARES
from metrics.dashboard.theme import Palette

TREND_HEIGHT = 300  # px
SPARK_HEIGHT = 44  # px
PADDING = {"left": 2, "right": 4, "top": 2, "bottom": 2}  # px; Streamlit's own would take half of a sparkline
BARS_HEIGHT = 240  # px
ROW_HEIGHT = 28  # px a place in a dot chart
DATE_FORMATS = {"day": "%-d %b", "week": "%b %Y", "month": "%b %Y", "quarter": "%b %Y", "year": "%Y"}
LABEL_WIDTH = 260  # px before the name of a place is cut


@dataclass(frozen=True)
class Measure:
    """What an axis measures: a statistic, its name in words and the unit of its values."""

    statistic: str
    label: str
    unit: str

    @property
    def title(self) -> str:
        return self.label if self.statistic in (*SHARES, "count") else f"{self.label}, {self.unit}"


@cache
def sparkline(palette: Palette) -> dict[str, Any]:
    """The Vega-Lite of a sparkline, to be given the rows of `series.spark_parts`: 26 weeks on no axes, settled weeks as
    a line, unsettled ones dashed, the last settled one as a dot, the target as a dashed rule.

    Altair takes some 40 ms to check a chart, a scorecard has one a row: so it is made once a palette. Its marks are hidden
    from a screen reader: the words of its row tell what it shows, and a part without rows would be a picture without a name.
    """
    chart = alt.Chart(pl.DataFrame(schema=series.SPARK_SCHEMA)).encode(
        x=alt.X("period_start:T", axis=None), y=alt.Y("value:Q", axis=None, scale=alt.Scale(zero=False, padding=4))
    )  # fmt: skip

    def part(name: str) -> alt.Chart:
        return chart.transform_filter(alt.datum.part == name)

    settled = part("settled").mark_line(strokeWidth=1.6, color=palette.figure, aria=False).encode(detail="run:N")
    tail = part("tail").mark_line(strokeWidth=1.4, strokeDash=[2, 2], color=palette.quiet, aria=False).encode(detail="run:N")
    last = part("last").mark_point(filled=True, size=36, opacity=1, color=palette.figure, aria=False)
    target = part("target").mark_line(strokeDash=[5, 3], strokeWidth=1, color=palette.target, aria=False)
    spec: dict[str, Any] = (
        alt.layer(settled, tail, last, target)
        .properties(height=SPARK_HEIGHT, padding=PADDING)
        .configure_view(stroke=None)
        .to_dict()
    )
    return {key: value for key, value in spec.items() if key not in ("data", "datasets")}


def trend(frame: pl.DataFrame, measure: Measure, grain: str, palette: Palette) -> alt.LayerChart:
    """One statistic over time with its interval, its target and the periods that are not settled yet.

    `frame` has period_start, period_end, value, lower, upper, n, mature, target and definition_version.
    """
    points = series.unbroken(frame, grain)
    x = alt.X("period_start:T", title=None, axis=alt.Axis(format=DATE_FORMATS[grain], tickCount=8, grid=False))
    y = value_axis("value", measure)
    banded = points.filter(pl.col("lower").is_not_null() & pl.col("upper").is_not_null())
    band = alt.Chart(banded).mark_area(color=palette.band).encode(
        x, value_axis("lower", measure), alt.Y2("upper"), detail="run:N"
    )  # fmt: skip
    layers = [
        *so_far(points, palette),
        band,
        line(points.filter(pl.col("mature")), x, y, palette.figure, width=2),
        line(series.tail_of(points), x, y, palette.quiet, width=1.6, dash=[4, 3]),
        *target_step(points, x, y, palette),
        dots(points, x, y, measure, palette),
    ]
    return plain(alt.layer(*layers).properties(height=TREND_HEIGHT), palette)


def distribution(bars: pl.DataFrame, unit: str, palette: Palette) -> alt.LayerChart:
    """Completed waits in equal bars; the last, set apart by its outline, holds everything longer.

    `bars` has from_unit and to_unit (in the metric's unit), longer and n.
    """
    chart = alt.Chart(bars).encode(
        x=alt.X("from_unit:Q", title=f"Wait, {unit}", axis=alt.Axis(format="~s", grid=False)),
        x2="to_unit",
        y=alt.Y("n:Q", title="Completed", axis=alt.Axis(format=",d", tickCount=5)),
        y2=alt.Y2Datum(0),
        tooltip=[
            alt.Tooltip("from_unit:Q", title=f"From ({unit})", format=",.4~g"),
            alt.Tooltip("to_unit:Q", title=f"To ({unit})", format=",.4~g"),
            alt.Tooltip("n:Q", title="Completed", format=","),
        ],
    )
    whole = chart.transform_filter(~alt.datum.longer).mark_bar(color=palette.figure, binSpacing=1)
    longer = chart.transform_filter(alt.datum.longer).mark_bar(
        color=palette.background, stroke=palette.figure, strokeDash=[3, 2], binSpacing=2
    )
    return plain(alt.layer(whole, longer).properties(height=BARS_HEIGHT), palette)


def dot_intervals(frame: pl.DataFrame, measure: Measure, palette: Palette) -> alt.LayerChart:
    """A dot and its interval for each row, in the order of the rows, with n beside each name.

    `frame` has label, value, lower, upper, n, missed (null without a target) and target.
    """
    rows = frame.filter(pl.col("value").is_not_null())
    y = alt.Y("label:N", sort=rows["label"].to_list(), title=None, axis=alt.Axis(labelLimit=LABEL_WIDTH, ticks=False, domain=False))
    x = value_axis("value", measure, channel=alt.X)
    chart = alt.Chart(rows)
    layers = [
        chart.mark_rule(strokeWidth=1.5, color=palette.figure).encode(y=y, x=value_axis("lower", measure, alt.X), x2="upper"),
        chart.mark_point(filled=True, size=80, opacity=1)
        .encode(
            y=y,
            x=x,
            color=alt.when(alt.datum.missed).then(alt.value(palette.concern)).otherwise(alt.value(palette.figure)),
            shape=alt.when(alt.datum.missed).then(alt.value("triangle-up")).otherwise(alt.value("circle")),
            tooltip=["label:N", *told(measure)],
        ),
    ]  # fmt: skip
    held = rows["target"].drop_nulls().unique()
    if len(held) == 1:
        rule = alt.Chart(pl.DataFrame({"value": held}))
        layers.append(rule.mark_rule(strokeDash=[5, 3], color=palette.target).encode(x=x))
    return plain(alt.layer(*layers).properties(height=alt.Step(ROW_HEIGHT)), palette)


def line(frame: pl.DataFrame, x: alt.X, y: alt.Y, colour: str, *, width: float, dash: list[int] | None = None) -> alt.Chart:
    return alt.Chart(frame).mark_line(color=colour, strokeWidth=width, strokeDash=dash or [1, 0]).encode(x, y, detail="run:N")


def dots(points: pl.DataFrame, x: alt.X, y: alt.Y, measure: Measure, palette: Palette) -> alt.Chart:
    """A dot a period: filled when settled, hollow while it can still move."""
    colour = alt.when(alt.datum.mature).then(alt.value(palette.figure)).otherwise(alt.value(palette.quiet))
    fill = alt.when(alt.datum.mature).then(alt.value(palette.figure)).otherwise(alt.value(palette.background))
    moment = alt.Tooltip("period_start:T", title="From", format="%-d %B %Y")
    size = 30 if len(points) <= 120 else 8  # px²; a long daily series is a line with specks
    return (
        alt.Chart(points)
        .mark_point(size=size, opacity=1, strokeWidth=1.4)
        .encode(x, y, color=colour, fill=fill, tooltip=[moment, *told(measure)])
    )


def so_far(points: pl.DataFrame, palette: Palette) -> list[alt.Chart]:
    """A wash over the periods that can still move, labelled 'so far'."""
    moving = points.filter(~pl.col("mature"))
    if moving.is_empty():
        return []
    span = moving.select(start=pl.col("period_start").min(), stop=pl.col("period_end").max()).with_columns(words=pl.lit("so far"))
    chart = alt.Chart(span)
    return [
        chart.mark_rect(color=palette.wash).encode(x="start:T", x2="stop:T"),
        chart.mark_text(align="left", baseline="top", dx=3, dy=3, color=palette.text).encode(
            x="start:T", y=alt.value(0), text="words:N"
        ),
    ]


def target_step(points: pl.DataFrame, x: alt.X, y: alt.Y, palette: Palette) -> list[alt.Chart]:
    """The target as it stood in each period, named at its left end."""
    held = points.filter(pl.col("target").is_not_null()).with_columns(value="target", words=pl.lit("Target"))
    if held.is_empty():
        return []
    step = alt.Chart(held).mark_line(interpolate="step-after", strokeDash=[6, 3], strokeWidth=1.5, color=palette.target)
    name = alt.Chart(held.head(1)).mark_text(align="left", baseline="bottom", dy=-3, color=palette.target, fontWeight=600)
    return [step.encode(x, y), name.encode(x, y, text="words:N")]


def value_axis(field: str, measure: Measure, channel: type[alt.X] | type[alt.Y] = alt.Y) -> alt.X | alt.Y:
    """The axis of a statistic, titled with its unit. Zero is not forced: intervals show what a difference is worth.

    Written as decimals: of 10, 20, 30 'g' would make '1e+1'.
    """
    axis = alt.Axis(format=".0%" if measure.statistic in SHARES else ",~r", tickCount=5)
    return channel(f"{field}:Q", title=measure.title, axis=axis, scale=alt.Scale(zero=measure.statistic == "count", nice=True))


def told(measure: Measure) -> list[alt.Tooltip]:
    """What a mark says when it is pointed at; the table under the chart says the same."""
    shape = ".1%" if measure.statistic in SHARES else ",.4~g"
    return [
        alt.Tooltip("value:Q", title=measure.label, format=shape),
        alt.Tooltip("lower:Q", title="Interval from", format=shape),
        alt.Tooltip("upper:Q", title="Interval to", format=shape),
        alt.Tooltip("n:Q", title="n", format=","),
    ]


def plain(chart: alt.LayerChart, palette: Palette) -> alt.LayerChart:
    """The shared dress: quiet axes, thin rules, no frame."""
    axes = {"labelColor": palette.quiet, "titleColor": palette.quiet, "gridColor": palette.rule, "domainColor": palette.rule}
    return (
        chart.properties(padding=PADDING)
        .configure_view(stroke=None)
        .configure_axis(**axes, tickColor=palette.rule, titleFontWeight="normal", labelFontSize=12)
    )
