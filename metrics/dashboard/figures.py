"""A chart is never alone: a title that states the finding, what is drawn, its words, its table and its CSV."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import altair as alt
import polars as pl
import streamlit as st

from metrics.dashboard import leaving, numbers
from metrics.workbench.exports import as_csv


@dataclass(frozen=True)
class Figure:
    """One chart and its twins. `alt_text` says what it shows; `table` holds what is drawn, in words a reader knows.

    `title` states the finding in at most ten words; `caption` names measure, unit, population and period. `csv` makes the file to
    take away, with small numbers withheld; None: of the table, whose whole numbers count people.
    """

    key: str
    title: str
    caption: str
    alt_text: str
    chart: alt.LayerChart
    table: pl.DataFrame
    csv: Callable[[], bytes] | None = None


def show(figure: Figure) -> None:
    """The figure on the page; its key names the parts and the CSV file."""
    with st.container(key=figure.key, gap="small"):
        with st.container(gap=None):
            st.header(figure.title, anchor=False)
            st.caption(figure.caption)
        st.altair_chart(figure.chart, alt=figure.alt_text, key=f"{figure.key}_chart")
        with st.expander("Show as table"):
            made = figure.csv or partial(leaving.csv_of_counts, figure.table)
            table(figure.table, figure.key, f"{figure.title}: the data behind the chart", made)


def table(frame: pl.DataFrame, key: str, alt_text: str, csv: Callable[[], bytes] | None = None) -> None:
    """A frame as a table, its columns named in words, that can be taken away as CSV with its columns as they are.

    csv: makes the file of a table that counts people, with small numbers withheld; None: it tells of none, and leaves as it is.
    """
    heads = {name: st.column_config.Column(numbers.sentence(name.replace("_", " "))) for name in frame.columns}
    counts = {
        name: st.column_config.NumberColumn(numbers.sentence(name.replace("_", " ")), format="localized")
        for name in frame.columns
        if frame.schema[name].is_integer()
    }
    st.dataframe(
        frame, hide_index=True, alt=alt_text, key=f"{key}_table", column_config={**heads, **counts}, placeholder=numbers.ABSENT
    )
    st.download_button(
        "Download CSV", csv or partial(as_csv, frame), f"{key}.csv", "text/csv", key=f"{key}_csv", icon=":material/download:",
        on_click="ignore", help=leaving.policy_here().words if csv else None,
    )  # fmt: skip
