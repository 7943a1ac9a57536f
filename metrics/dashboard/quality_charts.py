"""The charts of data quality: waits around a limit, and how much is recorded late."""

import altair as alt
import polars as pl

from metrics.dashboard import charts, numbers
from metrics.dashboard.figures import Figure
from metrics.dashboard.theme import Palette

HEIGHT = 220  # px


def limit_figure(minutes: pl.DataFrame, metric: str, place: str, palette: Palette) -> Figure:
    """A bar a minute; those just under the limit are dark and named, the limit is a dashed line. minutes: see `around_limit`."""
    limit = int(minutes["limit"][0])
    x = alt.X("minute:Q", title="minutes waited", axis=alt.Axis(grid=False, tickMinStep=5), scale=alt.Scale(nice=False))
    y = alt.Y("n:Q", title="waits", axis=alt.Axis(tickMinStep=1, format="~s"))
    base = alt.Chart(minutes.with_columns(kind=pl.when("under").then(pl.lit("just under")).otherwise(pl.lit("neighbours"))))
    colour = alt.Color(
        "kind:N", title=None, legend=alt.Legend(orient="top"),
        scale=alt.Scale(domain=["just under", "neighbours"], range=[palette.figure, palette.band]),
    )  # fmt: skip
    tooltip = [alt.Tooltip("minute:Q", title="Minutes"), alt.Tooltip("n:Q", title="Waits", format=",")]
    bars = base.mark_bar(size=9, stroke=palette.figure, strokeWidth=0.6).encode(x, y, color=colour, tooltip=tooltip)
    at = alt.Chart(pl.DataFrame({"minute": [limit + 0.5], "words": ["Limit"]}))
    rule = at.mark_rule(strokeDash=[6, 3], strokeWidth=1.5, color=palette.target).encode(x="minute:Q")
    name = at.mark_text(align="left", dx=4, baseline="top", color=palette.target, fontWeight=600).encode(
        x="minute:Q", y=alt.value(0), text="words:N"
    )
    under = int(minutes.filter("under")["n"].sum())
    caption = f"{metric}, {place.lower()}: completed waits by minute about the limit of {limit} minutes, the newest 13 months"
    return Figure(
        "around_limit", f"{under:,} waits ended in the last 5 minutes", caption,
        f"Bars: {caption}. {under:,} of {int(minutes['n'].sum()):,} shown ended in the 5 minutes before it.",
        charts.plain(alt.layer(bars, rule, name).properties(height=HEIGHT), palette), minutes.select("minute", "n", "under"),
    )  # fmt: skip


def late_figure(late: pl.DataFrame, palette: Palette) -> Figure:
    """A line a table, named at its end. late: see `late_by_month`; tables of which nothing is late are left out by the caller."""
    x = alt.X("month:T", title=None, axis=alt.Axis(format="%b %Y", grid=False, tickCount=6))
    y = alt.Y("share:Q", title="recorded late", axis=alt.Axis(format=".0%", tickCount=4))
    tooltip = [alt.Tooltip("table_name:N", title="Table"), alt.Tooltip("month:T", title="Month", format="%B %Y"),
               alt.Tooltip("late:Q", title="Late", format=","), alt.Tooltip("rows:Q", title="Of", format=",")]  # fmt: skip
    base = alt.Chart(late)
    line = base.mark_line(color=palette.figure, strokeWidth=1.6, point=alt.OverlayMarkDef(size=24, color=palette.figure)).encode(
        x, y, detail="table_name:N", tooltip=tooltip
    )
    ends = alt.Chart(late.filter(pl.col("month") == pl.col("month").max().over("table_name")))
    name = ends.mark_text(align="left", dx=6, color=palette.text).encode(x=x, y=y, text="table_name:N")
    worst = late.sort("share", "table_name", descending=[True, False]).row(0, named=True)
    caption = "Share of each table's rows recorded after its first figures are called final, by month of the event"
    told = f"at most {numbers.percent(worst['share'])} ({worst['table_name']}, {worst['month']:%B %Y}, after {worst['words']})"
    return Figure(
        "late", f"Recorded late: {told.partition(' (')[0]}", caption, f"Lines: {caption}; {told}.",
        charts.plain(alt.layer(line, name).properties(height=HEIGHT), palette), late.drop("words"),
    )  # fmt: skip
