"""The control chart, in Altair: the series within its limits, what was flagged, and every line it is held against.

Chance is a small grey dot. A flagged point has its own shape as well as its colour: a ringed disc is better, a diamond worse, a
square a change that is neither. A period that is not closed is hollow, on a wash that says so.
"""

import altair as alt
import polars as pl

from metrics.dashboard import charts, numbers, series
from metrics.dashboard.charts import Measure
from metrics.dashboard.line_names import HELD, line_ends
from metrics.dashboard.theme import Palette

HEIGHT = 340  # px
FOOT = alt.value("height")  # the page decides how high the drawing is, within HEIGHT
BASELINE_BAR = 5  # px, along the foot of the chart
MANY = 120  # points beyond which marks are drawn smaller
FLAGS = {  # point type: the palette's role and the shape
    "improvement": ("figure", "circle"),
    "concern": ("concern", "diamond"),
    "neutral_high": ("neutral", "square"),
    "neutral_low": ("neutral", "square"),
}


def control(points: pl.DataFrame, notes: pl.DataFrame, measure: Measure, grain: str, palette: Palette) -> alt.LayerChart:
    """One series. `points` is its rows of `signal_points`, oldest first; `notes` has number, day and text of what people wrote.

    A period without a value breaks the line. Limits are stepped where they follow each period's own count.
    """
    x = x_axis(grain)
    y = charts.value_axis("value", measure)
    drawn, ends = series.unbroken(points, grain), line_ends(points, measure)
    layers = [
        *not_closed(points, x, palette),
        *limits(points, x, measure, palette),
        *baseline(points, x, palette),
        *rebases(points, x, palette),
        *held(points, x, y, palette),
        charts.line(drawn.filter("closed"), x, y, palette.quiet, width=1.4),
        charts.line(tail_of(drawn), x, y, palette.quiet, width=1.2, dash=[4, 3]),
        *dots(drawn, x, y, measure, palette),
        *names(ends, x, y, palette),
        *noted(notes, x, palette),
    ]
    return charts.plain(alt.layer(*layers).properties(height=HEIGHT), palette)


def x_axis(grain: str) -> alt.X:
    return alt.X("period_start:T", title=None, axis=alt.Axis(format=charts.DATE_FORMATS[grain], tickCount=8, grid=False))


def not_closed(points: pl.DataFrame, x: alt.X, palette: Palette) -> list[alt.Chart]:
    """A wash over each stretch of periods that can still move or that no limit counts; the newest is labelled."""
    stretches = points.sort("period_start").with_columns(before=pl.col("closed").cum_sum()).filter(~pl.col("closed"))
    if stretches.is_empty():
        return []
    ends = stretches.group_by("before").agg(start=pl.col("period_start").min(), stop=pl.col("period_end").max())
    wide = ends.sort("start").select("start", "stop", words=pl.lit("not closed"))
    side = {"align": "left", "dx": 3} if wide["start"][-1] == points["period_start"].min() else {"align": "right", "dx": -3}
    return [
        alt.Chart(wide).mark_rect(color=palette.wash).encode(x=same(x, "start"), x2="stop"),
        alt.Chart(wide.tail(1))
        .mark_text(baseline="bottom", dy=-2, color=palette.text, **side)
        .encode(x=same(x, "start"), y=FOOT, text="words:N"),
    ]


def same(x: alt.X, field: str) -> alt.X:
    """The same axis, of another column."""
    other: alt.X = x.copy()
    other.shorthand = f"{field}:T"
    return other


def limits(points: pl.DataFrame, x: alt.X, measure: Measure, palette: Palette) -> list[alt.Chart]:
    """The band between the limits, its edges, and the centre, each within its own segment; what is not closed is not judged."""
    within = points.filter("closed", pl.col("centre").is_not_null())
    if within.is_empty():
        return []
    chart, detail = alt.Chart(within), "segment:N"
    band = chart.mark_area(color=palette.band, opacity=0.55, interpolate="step").encode(
        x, charts.value_axis("lower", measure), alt.Y2("upper"), detail=detail
    )  # fmt: skip
    edges = [
        chart.mark_line(color=palette.quiet, strokeWidth=1, strokeDash=dash, interpolate="step").encode(
            x, charts.value_axis(name, measure), detail=detail
        )
        for name, dash in (("lower", [3, 3]), ("upper", [3, 3]), ("centre", [1, 0]))
    ]
    return [band, *edges]


def baseline(points: pl.DataFrame, x: alt.X, palette: Palette) -> list[alt.Chart]:
    """A bar along the foot under the periods that the limits were made from."""
    made_from = (
        points.filter("baseline")
        .group_by("segment", maintain_order=True)
        .agg(start=pl.col("period_start").min(), stop=pl.col("period_end").max())
        .with_columns(words=pl.lit("Baseline"))
    )
    if made_from.is_empty():
        return []
    chart, foot = alt.Chart(made_from), alt.value(alt.ExprRef(f"height - {BASELINE_BAR}"))
    return [
        chart.mark_rect(color=palette.quiet).encode(x=same(x, "start"), x2="stop", y=foot, y2=FOOT),
        chart.mark_text(align="left", baseline="bottom", dx=2, dy=-2, color=palette.text).encode(
            x=same(x, "start"), y=foot, text="words:N"
        ),
    ]


def rebases(points: pl.DataFrame, x: alt.X, palette: Palette) -> list[alt.Chart]:
    """A line where people let a new baseline begin."""
    begins = points.group_by("segment", maintain_order=True).agg(pl.col("period_start").first()).sort("segment").slice(1)
    if begins.is_empty():
        return []
    chart = alt.Chart(begins.with_columns(words=pl.lit("Re-based")))
    return [
        chart.mark_rule(color=palette.text, strokeWidth=1, strokeDash=[1, 3]).encode(x),
        chart.mark_text(align="right", baseline="top", dx=-4, dy=3, color=palette.text).encode(x, y=alt.value(0), text="words:N"),
    ]


def held(points: pl.DataFrame, x: alt.X, y: alt.Y, palette: Palette) -> list[alt.Chart]:
    """Target, trajectory and stretch as they stood in each period: dashed, each its own way."""
    drawn = []
    for name, (dashes, _) in HELD.items():
        steps = points.filter(pl.col(name).is_not_null()).with_columns(value=name)
        mark = alt.Chart(steps).mark_line(interpolate="step-after", strokeDash=dashes, strokeWidth=1.6, color=palette.target)
        drawn += [] if steps.is_empty() else [mark.encode(x, y)]
    return drawn


def tail_of(drawn: pl.DataFrame) -> pl.DataFrame:
    return series.tail_of(drawn.with_columns(mature=pl.col("closed")))


def dots(drawn: pl.DataFrame, x: alt.X, y: alt.Y, measure: Measure, palette: Palette) -> list[alt.Chart]:
    """A dot a period by what it is: chance, flagged, or not closed yet."""
    flagged = pl.col("closed") & pl.col("label").is_not_null()
    told = tooltips(measure)
    chance = drawn.filter(pl.col("closed") & ~flagged)
    small = 26 if len(drawn) <= MANY else 8  # px²
    marks = [
        alt.Chart(chance).mark_point(filled=True, size=small, opacity=1, color=palette.quiet).encode(x, y, tooltip=told),
        alt.Chart(drawn.filter(~pl.col("closed")))
        .mark_point(size=34, opacity=1, strokeWidth=1.4, color=palette.quiet, fill=palette.background)
        .encode(x, y, tooltip=told),
    ]
    for kind, (role, shape) in FLAGS.items():
        rows = drawn.filter(flagged & (pl.col("point_type") == kind))
        marks += [] if rows.is_empty() else flags(rows, getattr(palette, role), shape, x, y, told, palette)
    return marks


def flags(
    rows: pl.DataFrame, colour: str, shape: str, x: alt.X, y: alt.Y, told: list[alt.Tooltip], palette: Palette
) -> list[alt.Chart]:
    """The flagged points of one kind; what is better has a ring around it, so that it is no grey dot to a colour-blind reader."""
    chart = alt.Chart(rows).encode(x, y, tooltip=told)
    room = 1.0 if len(rows) <= MANY / 3 else 0.45  # of the size; many flags would lie on each other
    solid = chart.mark_point(filled=True, shape=shape, opacity=1, size=room * (46 if shape == "circle" else 92), color=colour)
    ring = chart.mark_point(shape=shape, opacity=1, size=room * 170, strokeWidth=1.6, color=colour, fill=palette.background)
    return [ring, solid] if shape == "circle" else [solid]


def tooltips(measure: Measure) -> list[alt.Tooltip]:
    shape = ".1%" if measure.statistic in numbers.SHARES else ",.4~g"
    return [
        alt.Tooltip("period_start:T", title="From", format="%-d %B %Y"),
        alt.Tooltip("value:Q", title=measure.label, format=shape),
        alt.Tooltip("n:Q", title="n", format=","),
        alt.Tooltip("lower:Q", title="Lower limit", format=shape),
        alt.Tooltip("upper:Q", title="Upper limit", format=shape),
        alt.Tooltip("label_words:N", title="Flagged"),
    ]


def names(ends: pl.DataFrame, x: alt.X, y: alt.Y, palette: Palette) -> list[alt.Chart]:
    """The lines' names with their newest figures, at the right of the last point."""
    ways = ((pl.col("held"), 600, palette.target), (~pl.col("held"), 400, palette.text))
    return [
        alt.Chart(ends.filter(which))
        .mark_text(align="left", baseline="middle", dx=8, fontSize=12, fontWeight=weight, color=colour)
        .encode(x, y, text="words:N")
        for which, weight, colour in ways
    ]


def noted(notes: pl.DataFrame, x: alt.X, palette: Palette) -> list[alt.Chart]:
    """A numbered mark at the head of the chart for what people wrote; their words stand under the chart."""
    if notes.is_empty():
        return []
    chart = alt.Chart(notes.with_columns(period_start="day")).encode(
        x, tooltip=[alt.Tooltip("day:T", title="Noted", format="%-d %B %Y"), alt.Tooltip("text:N", title="Note")]
    )
    return [
        chart.mark_rule(color=palette.text, strokeWidth=1, y=24).encode(y2=FOOT),
        chart.mark_point(filled=True, size=260, opacity=1, color=palette.text).encode(y=alt.value(12)),
        chart.mark_text(color=palette.background, fontSize=11, fontWeight=600).encode(y=alt.value(12), text="number:N"),
    ]
