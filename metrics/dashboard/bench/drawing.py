"""A chart of an answer, in Altair."""

import altair as alt
import polars as pl

from metrics.dashboard import charts
from metrics.dashboard.theme import Palette
from metrics.errors import UserError
from metrics.workbench.chart import Chart

MOST = 5000  # rows of a chart: more are neither seen apart nor drawn in a moment
MOST_COLOURS = 8  # lines that can be told apart at all
HEIGHT = 340  # px
DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3], [10, 2], [3, 1]]  # a colour never speaks alone


def chart(frame: pl.DataFrame, asked: Chart, palette: Palette) -> alt.LayerChart:
    """The chart asked for. UserError when it would have more colours or rows than can be read."""
    if frame.height > MOST:
        raise UserError(f"A chart of {frame.height:,} rows cannot be read; at most {MOST:,}. Group them, or ask for fewer.")
    if asked.colour and asked.kind != "heat" and frame[asked.colour].n_unique() > MOST_COLOURS:
        raise UserError(f"{asked.colour} has more than {MOST_COLOURS} values, too many to tell apart. Ask for fewer of them.")
    base = alt.Chart(flat(frame, asked))
    x = alt.X(f"{quoted(asked.x)}:{sort_of(frame, asked.x)}", title=said(asked.x), sort=None)
    y = alt.Y(f"{quoted(asked.y)}:{sort_of(frame, asked.y)}", title=said(asked.y), sort=None)
    layers = heat(base, frame, asked, palette) if asked.kind == "heat" else marks(base, asked, x, y, palette)
    return charts.plain(alt.layer(*layers).properties(height=HEIGHT), palette)


def marks(base: alt.Chart, asked: Chart, x: alt.X, y: alt.Y, palette: Palette) -> list[alt.Chart]:
    mark = {
        "line": base.mark_line(point=True, color=palette.figure),
        "bar": base.mark_bar(color=palette.figure),
        "area": base.mark_area(color=palette.figure, opacity=0.7),
        "point": base.mark_point(color=palette.figure, filled=True, size=60),
    }[asked.kind]
    encoded = mark.encode(x=x, y=y, tooltip=[alt.Tooltip(quoted(name), title=said(name)) for name in columns(asked)])
    if asked.colour is None:
        return [encoded]
    scale = alt.Scale(range=[palette.figure, palette.concern, palette.neutral, palette.quiet])
    told = encoded.encode(color=alt.Color(f"{quoted(asked.colour)}:N", title=said(asked.colour), scale=scale))
    if asked.kind == "line":
        told = told.encode(
            strokeDash=alt.StrokeDash(f"{quoted(asked.colour)}:N", title=said(asked.colour), scale=alt.Scale(range=DASHES))
        )
    if asked.kind == "point":
        told = told.encode(shape=alt.Shape(f"{quoted(asked.colour)}:N", title=said(asked.colour)))
    return [told]


def heat(base: alt.Chart, frame: pl.DataFrame, asked: Chart, palette: Palette) -> list[alt.Chart]:
    """A rectangle for each x and y, its shade by colour."""
    colour = asked.colour or asked.y
    scale = alt.Scale(range=[palette.wash, palette.figure])
    shade = alt.Color(f"{quoted(colour)}:{sort_of(frame, colour)}", title=said(colour), scale=scale)
    ordinal_x, ordinal_y = alt.X(f"{quoted(asked.x)}:O", title=said(asked.x)), alt.Y(f"{quoted(asked.y)}:O", title=said(asked.y))
    tips = [alt.Tooltip(quoted(name), title=said(name)) for name in columns(asked)]
    return [base.mark_rect().encode(x=ordinal_x, y=ordinal_y, color=shade, tooltip=tips)]


def words(frame: pl.DataFrame, asked: Chart, title: str) -> str:
    """What the chart shows, for those who do not see it."""
    by = f", told apart by {said(asked.colour)}" if asked.colour else ""
    return f"{title}: {asked.kind} chart of {said(asked.y)} by {said(asked.x)}{by}; {frame.height} rows, also shown as a table"


def columns(asked: Chart) -> list[str]:
    return list(dict.fromkeys([asked.x, asked.y, *([asked.colour] if asked.colour else [])]))


def flat(frame: pl.DataFrame, asked: Chart) -> pl.DataFrame:
    return frame.select(columns(asked))


def sort_of(frame: pl.DataFrame, name: str) -> str:
    """Vega-Lite's word for the column: quantitative, temporal or nominal."""
    dtype = frame.schema[name]
    return "Q" if dtype.is_numeric() else "T" if dtype in (pl.Date, pl.Datetime) else "N"


def quoted(name: str) -> str:
    """A column's name as Vega-Lite takes it: what means something to it is escaped."""
    return "".join(f"\\{sign}" if sign in ".[]:\\" else sign for sign in name)


def said(name: str) -> str:
    return name.replace("_", " ")
