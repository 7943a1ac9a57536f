"""Show SQL: the query that reproduces a figure from the events, run by the reader and held against the tile."""

from dataclasses import dataclass
from datetime import date
from math import isclose

import polars as pl
import streamlit as st

from metrics.dashboard import numbers, problems
from metrics.dashboard.metric_figures import View
from metrics.definitions.sql_form import CompiledQuery, sql_for
from metrics.home import Home
from metrics.warehouse import Generation, Result
from metrics.workbench import query

TOLERANCE = 1e-9  # relative: the two engines add floating-point numbers in different orders


@dataclass(frozen=True)
class Held:
    """A stored figure and the re-computed one, in words, and whether they are the same."""

    stored: str
    computed: str
    equal: bool

    @property
    def sentence(self) -> str:
        verdict = "● equal" if self.equal else "▲ not equal"
        return f"Figure on the page **{self.stored}** · figure from SQL **{self.computed}** · **{verdict}**"


def held_against(stored: float | None, rows: pl.DataFrame, start: date, view: View) -> Held:
    """The value of the period's row in `rows` (as `sql_for` returns them) beside the stored one. Both absent is equal."""
    computed = next((row["value"] for row in rows.to_dicts() if row["period_start"] == start), None)
    if stored is None or computed is None:
        return Held(view.told(stored), view.told(computed), stored is computed)
    return Held(view.told(stored), view.told(computed), isclose(stored, computed, rel_tol=TOLERANCE, abs_tol=TOLERANCE))


def compiled(home: Home, view: View, first: date, last: date) -> CompiledQuery:
    return sql_for(
        view.contract.metric,
        view.statistic,
        grain=view.grain,
        since=first,
        until=last,
        site=view.place.site,
        service=view.place.service,
        default_zone=home.settings.default_time_zone,
    )


def shown(home: Home, generation: Generation, view: View, period: tuple[date, date], stored: float | None) -> None:
    """The SQL and its parameters, and a button that runs it by the guarded path."""
    asked = compiled(home, view, *period)
    when = numbers.sentence(numbers.period(period[0], view.grain))
    st.caption(f"{when}, {view.where}. It reads the events and works every wait out again.")
    st.code(asked.sql, language="sql", wrap_lines=True, height=340)
    st.table({f"${name}": str(value) for name, value in asked.params.items()}, border="horizontal", alt="The query's parameters")
    if st.button("Run this SQL", key="run_sql", icon=":material/play_arrow:"):
        problems.guarded(lambda: held_up(query.run(home, generation, asked.sql, dict(asked.params)), view, period[0], stored))


def held_up(result: Result, view: View, start: date, stored: float | None) -> None:
    """The answer beside the stored figure."""
    with st.container(key="proof"):
        st.markdown(held_against(stored, result.frame, start, view).sentence)
        st.caption(f"{result.frame.height} rows in {result.seconds:.2f} seconds{', truncated' if result.truncated else ''}.")
        st.dataframe(result.frame, hide_index=True, alt="The rows the SQL returned")
