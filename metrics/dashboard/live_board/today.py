"""Today against what is usual on this weekday: a chart for each stream that the place has, with its words and its rows.

Drawn once a minute: a chart that is drawn anew takes a reader of its table back to the top, and an hour changes slowly.
"""

import altair as alt
import polars as pl
import streamlit as st

from metrics import live
from metrics.board.limits import LEAST_DAYS, USUAL_WEEKS
from metrics.dashboard import figures, freshness
from metrics.dashboard.figures import Figure
from metrics.dashboard.live_board.controls import View
from metrics.dashboard.theme import Palette, palette_for
from metrics.home import Home

EVERY = 60  # seconds
HEIGHT = 190  # px
NOUNS = {"arrivals": "arrivals in emergency", "calls": "calls", "due": "appointments due"}


def drawn(home: Home, view: View) -> None:
    """The charts beside each other; nothing of a stream without a case today or in the weeks before."""
    now = live.now_of(home, freshness.now())
    shapes = {name: shape for name, shape in live.shapes_of(now, view.site).items() if shape["high"].sum() or shape["today"].sum()}
    if not shapes:
        return
    st.header("Today against the usual", anchor=False)
    hour = freshness.clock_time(now.now, view.zone, now.now)
    for column, (name, shape) in zip(st.columns(len(shapes)), shapes.items(), strict=True):
        with column:
            figures.show(figure(name, shape, hour, palette_for(st.context.theme.type)))


def figure(name: str, shape: pl.DataFrame, at: str, palette: Palette) -> Figure:
    """shape: a row a local hour, columns as in SHAPE. The hour that runs is not finished, and is left out of the finding."""
    begun = shape.filter(pl.col("today").is_not_null())
    title, ended = NOUNS[name].capitalize(), begun.head(-1)
    caption = (
        f"An hour, today up to {at}; the usual is the median of this weekday in {USUAL_WEEKS} weeks, with the least and the most"
    )
    if shape["usual"].null_count() or ended.is_empty():
        words = f"{title}: {begun['today'].sum()} today; fewer than {LEAST_DAYS} such weekdays are known, so nothing is usual."
    else:
        outside = ended.filter((pl.col("today") > pl.col("high")) | (pl.col("today") < pl.col("low")))
        words = (
            f"{title}: {ended['today'].sum():,} in the {len(ended)} hours of today that ended; {len(outside)} of those hours "
            "were outside what the weeks before saw."
        )
        # No usual total: the medians of hours do not add up to the median of days.
        title = f"{title}: {ended['today'].sum():,} by {len(ended):02}:00, {len(outside)} of {len(ended)} hours unusual"
    return Figure(f"today_{name}", title, caption, words, chart(shape, palette), shape)


def chart(shape: pl.DataFrame, palette: Palette) -> alt.LayerChart:
    """The band of the weeks before, their median as a dashed line, today as a line with its points."""
    x = alt.X(
        "hour:Q", title="Hour of the day", scale=alt.Scale(domain=[0, 23]), axis=alt.Axis(values=list(range(0, 24, 3)), grid=False)
    )
    count = alt.Axis(tickCount=4, format="d")
    base = alt.Chart(shape)
    tips = [alt.Tooltip("hour:Q", title="Hour"), alt.Tooltip("today:Q", title="Today"), alt.Tooltip("usual:Q", title="Usual"),
            alt.Tooltip("low:Q", title="Least"), alt.Tooltip("high:Q", title="Most")]  # fmt: skip
    band = base.mark_area(color=palette.band, interpolate="step-after", aria=False).encode(
        x, alt.Y("low:Q", title=None, axis=count), alt.Y2("high")
    )
    usual = base.mark_line(color=palette.quiet, strokeDash=[5, 3], interpolate="step-after", aria=False).encode(x, alt.Y("usual:Q"))
    today = base.transform_filter("isValid(datum.today)").mark_line(
        color=palette.figure, strokeWidth=2.2, point=alt.OverlayMarkDef(filled=True, size=30, color=palette.figure), aria=False
    ).encode(x, alt.Y("today:Q"), tooltip=tips)  # fmt: skip
    return alt.layer(band, usual, today).properties(height=HEIGHT).configure_view(stroke=None)
