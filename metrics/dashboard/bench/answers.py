"""An answer as a table, a chart, and files to take away."""

import polars as pl
import streamlit as st

from metrics.dashboard import freshness, leaving, numbers, problems, theme
from metrics.dashboard.bench import drawing
from metrics.errors import UserError
from metrics.warehouse import Result
from metrics.workbench.chart import KINDS, Chart, chart_of
from metrics.workbench.exports import as_csv, as_parquet, as_xlsx
from metrics.workbench.questions import header_of
from metrics.workbench.running import Running

CHART = "chart"  # in the URL, in the words of a header
TABLE, DRAWN = "Table", "Chart"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def shown(running: Running, result: Result, title: str, zone: str) -> None:
    """The answer, what it took, and its files."""
    told(running, result, zone)
    chosen = chart_asked(running.sql, result.frame)
    usual = DRAWN if chosen else TABLE
    form = st.segmented_control("Show the answer as", [TABLE, DRAWN], default=usual, required=True, key="form", bind="query-params")
    if form == DRAWN:
        drawn(result.frame, chosen, title)
    else:
        st.dataframe(result.frame, hide_index=True, key="answer", alt=f"The answer to: {title}")
    files(result.frame, running.name or "answer")


def told(running: Running, result: Result, zone: str) -> None:
    """One line: rows, truncated or not, seconds, as of."""
    rows = result.frame.height
    counted = f"{rows:,} row{'' if rows == 1 else 's'}"
    cut = f" · **truncated**: there are more than {rows:,}; ask for fewer" if result.truncated else ""
    as_of = freshness.moment(running.generation.as_of, zone)
    with st.container(key="told"):
        st.caption(f"**{counted}**{cut} · {result.seconds:.2f} seconds · data as of {as_of}")


def chart_asked(sql: str, frame: pl.DataFrame) -> Chart | None:
    """The chart of the URL, else the header's; None where neither fits the answer's columns."""
    words = st.query_params.get(CHART)
    chart = chart_of(words, frame.columns)[0] if words else header_of(sql).chart
    return chart if chart and {chart.x, chart.y, chart.colour or chart.x} <= set(frame.columns) else None


def drawn(frame: pl.DataFrame, chosen: Chart | None, title: str) -> None:
    """The chart, and what it is drawn of, to pick; kept in the URL."""
    numeric = [name for name, dtype in frame.schema.items() if dtype.is_numeric()]
    if frame.is_empty() or not numeric:
        st.info("A chart needs rows and a column of numbers.", icon=":material/info:")
        return
    chart = picked(frame, chosen or Chart("bar", frame.columns[0], numeric[-1]))
    st.query_params[CHART] = f"{chart.kind} x={chart.x} y={chart.y}{f' colour={chart.colour}' if chart.colour else ''}"
    palette = theme.palette_for(st.context.theme.type)
    try:
        st.altair_chart(drawing.chart(frame, chart, palette), alt=drawing.words(frame, chart, title), key="drawn")
    except UserError as problem:
        st.info(str(problem), icon=":material/info:")


def picked(frame: pl.DataFrame, usual: Chart) -> Chart:
    with st.container(horizontal=True, vertical_alignment="bottom", key="picks"):
        kind = st.selectbox("Drawn as", KINDS, KINDS.index(usual.kind), key="chart_kind", width=130)
        x = st.selectbox("Across", frame.columns, frame.columns.index(usual.x), key="chart_x", width=190)
        y = st.selectbox("Up", frame.columns, frame.columns.index(usual.y), key="chart_y", width=190)
        index = frame.columns.index(usual.colour) if usual.colour else None
        colour = st.selectbox("Told apart by", frame.columns, index, key="chart_colour", width=190, placeholder="Nothing")
    return Chart(kind, x, y, colour)


def files(frame: pl.DataFrame, name: str) -> None:
    """CSV, Parquet and Excel, with small numbers withheld by the home's policy; why there is none of rows of one person each."""
    try:
        told = leaving.answer_of(frame)
    except UserError as refused:
        st.caption(f"No file to take away: {problems.plain(str(refused))}.")
        return
    kinds = (("CSV", "csv", "text/csv", as_csv), ("Parquet", "parquet", "application/vnd.apache.parquet", as_parquet),
             ("Excel", "xlsx", EXCEL, as_xlsx))  # fmt: skip
    with st.container(horizontal=True, key="files"):
        for label, suffix, kind, made in kinds:
            st.download_button(
                f"Download {label}", lambda made=made: made(told), f"{name}.{suffix}", kind, key=f"take_{suffix}",
                icon=":material/download:", on_click="ignore", help=leaving.policy_here().words,
            )  # fmt: skip


def title_of(sql: str) -> str:
    """The header's title, else what an untitled question is called."""
    return numbers.sentence(header_of(sql).said.get("title") or "Untitled question")
