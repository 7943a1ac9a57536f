"""The funnel, in Altair: every site against the limits that its own number of cases earns it."""

import altair as alt
import polars as pl

from metrics.dashboard import charts
from metrics.dashboard.charts import Measure
from metrics.dashboard.control_chart import flags
from metrics.dashboard.theme import Palette

HEIGHT = 320  # px
FEW_ENOUGH_TO_NAME = 6  # sites; beyond it names lie on each other, and only those outside the limits are named
OUTSIDE = {  # how a site stands outside the limits: the palette's role and the shape, as on the control chart
    "better": ("figure", "circle"),
    "worse": ("concern", "diamond"),
    "apart": ("neutral", "square"),
}


def funnel(sites: pl.DataFrame, lines: pl.DataFrame, measure: Measure, palette: Palette) -> alt.LayerChart:
    """`sites`: site, denominator, share, standing (inside | better | worse | apart); `lines`: denominator, centre, limits."""
    x = alt.X("denominator:Q", title="Cases (n)", axis=alt.Axis(format=",d", grid=False, tickCount=6), scale=alt.Scale(nice=False))
    band = alt.Chart(lines).mark_area(color=palette.band, opacity=0.55)
    layers = [
        band.encode(x, charts.value_axis("adjusted_lower_998", measure), alt.Y2("adjusted_upper_998")),
        *(
            alt.Chart(lines)
            .mark_line(color=palette.quiet, strokeWidth=1, strokeDash=dash)
            .encode(x, charts.value_axis(field, measure))
            for field, dash in (
                ("adjusted_lower_998", [1, 0]), ("adjusted_upper_998", [1, 0]), ("adjusted_lower_95", [3, 3]),
                ("adjusted_upper_95", [3, 3]), ("centre", [1, 0]),
            )
        ),
        *dots(sites, x, measure, palette),
        *names(sites, x, measure, palette),
    ]  # fmt: skip
    return charts.plain(alt.layer(*layers).properties(height=HEIGHT), palette)


def dots(sites: pl.DataFrame, x: alt.X, measure: Measure, palette: Palette) -> list[alt.Chart]:
    """A dot a site, in the shape of how it stands."""
    told = [
        alt.Tooltip("site:N", title="Site"),
        alt.Tooltip("share:Q", title=measure.label, format=".1%"),
        alt.Tooltip("denominator:Q", title="n", format=","),
    ]
    y = charts.value_axis("share", measure)
    inside = alt.Chart(sites.filter(standing="inside")).mark_point(filled=True, size=46, opacity=1, color=palette.quiet)
    drawn = [inside.encode(x, y, tooltip=told)]
    for standing, (role, shape) in OUTSIDE.items():
        rows = sites.filter(standing=standing)
        drawn += [] if rows.is_empty() else flags(rows, getattr(palette, role), shape, x, y, told, palette)
    return drawn


def names(sites: pl.DataFrame, x: alt.X, measure: Measure, palette: Palette) -> list[alt.Chart]:
    """Names beside the dots: all where they are few, else of those outside."""
    named = sites if len(sites) <= FEW_ENOUGH_TO_NAME else sites.filter(pl.col("standing") != "inside")
    chart = alt.Chart(named).mark_text(align="left", baseline="middle", dx=9, color=palette.text, fontSize=12)
    return [] if named.is_empty() else [chart.encode(x, charts.value_axis("share", measure), text="site:N")]
