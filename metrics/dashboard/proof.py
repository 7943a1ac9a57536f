"""Show SQL: the query that reproduces a figure from the events, run by the reader and held against the tile."""

from dataclasses import dataclass
from datetime import date, datetime
from math import isclose

import polars as pl
import streamlit as st

from metrics.dashboard import numbers, people, problems
from metrics.dashboard.bench import drafts, runs
from metrics.dashboard.front import WORKBENCH
from metrics.dashboard.metric_figures import View
from metrics.definitions.sql_form import CompiledQuery, sql_for
from metrics.home import Home
from metrics.warehouse import Generation, Result
from metrics.workbench import running

TYPES = {
    bool: "flag",
    int: "integer",
    float: "number",
    datetime: "instant",
    date: "date",
}  # a value's type in a header; the first that fits
TOLERANCE = 1e-9  # relative: the two engines add floating-point numbers in different orders
ANSWER = "proof_answer"  # the last answer of this reader and what it answers, until another is asked


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
    how = "It asks the query again." if view.contract.query else "It reads the events and works every wait out again."
    st.caption(f"{when}, {view.where}. {how}")
    st.code(asked.sql, language="sql", wrap_lines=True, height=340)
    st.table({f"${name}": str(value) for name, value in asked.params.items()}, border="horizontal", alt="The query's parameters")
    edited = drafts.link(*as_question(view, asked))
    st.page_link(str(WORKBENCH), label="Edit in the workbench", icon=":material/edit:", query_params=edited)
    if st.button("Run this SQL", key="run_sql", icon=":material/play_arrow:"):
        st.session_state.pop(ANSWER, None)
        problems.guarded(lambda: keep(asked, generation, answered(home, generation, asked)))
    result = kept(asked, generation)
    if result is not None:
        held_up(result, view, period[0], stored)


def keep(asked: CompiledQuery, generation: Generation, result: Result) -> None:
    st.session_state[ANSWER] = (asked, generation.name, result)


def kept(asked: CompiledQuery, generation: Generation) -> Result | None:
    """The answer to this very question from this generation, so that a page that is drawn again still shows it."""
    *question, result = st.session_state.get(ANSWER, (None, None, None))
    return result if question == [asked, generation.name] else None


def file_shown(view: View) -> None:
    """The way to the file that counts the metric, where it is changed."""
    file = f"queries/{view.contract.id}.sql"
    st.caption(problems.plain(f"The query of {file} counts this metric. The SQL below holds it, and tells it by period."))
    link = {drafts.QUESTION: view.contract.id}
    st.page_link(str(WORKBENCH), label=problems.plain(f"Open {file}"), icon=":material/description:", query_params=link)


def answered(home: Home, generation: Generation, asked: CompiledQuery) -> Result:
    """The answer, in the person's turn and within their limits, written to the query log as any other run. Raises UserError."""
    person = people.present()
    verified = bool(person and person.verified)
    return running.run(home, generation, asked.sql, asked.params, runs.name_of(person), door="page", verified=verified)


def as_question(view: View, asked: CompiledQuery) -> tuple[str, dict[str, str]]:
    """The SQL under a header, so that its parameters are fields; and no value besides, for the header has them."""
    lines = [f"-- title: {view.contract.title}: {view.label}", f"-- question: {view.contract.question}"]
    lines += [f"-- param: {name} {kind} = {default}" for name, kind, default in map(declared, asked.params.items())]
    return "\n".join(lines) + f"\n{asked.sql}\n", {}


def declared(param: tuple[str, object]) -> tuple[str, str, str]:
    """A parameter's name, type and default as a header writes them."""
    name, value = param
    kind = next((word for type_, word in TYPES.items() if isinstance(value, type_)), "text")
    if value is None:
        return name, kind, "null"
    if kind == "flag":
        return name, kind, str(value).lower()
    if isinstance(value, date):
        return name, kind, value.isoformat()
    text = str(value).replace("'", "''")
    return name, kind, f"'{text}'" if kind == "text" else text


def held_up(result: Result, view: View, start: date, stored: float | None) -> None:
    """The answer beside the stored figure."""
    with st.container(key="proof"):
        st.markdown(held_against(stored, result.frame, start, view).sentence)
        st.caption(f"{result.frame.height} rows in {result.seconds:.2f} seconds{', truncated' if result.truncated else ''}.")
        st.dataframe(result.frame, hide_index=True, alt="The rows the SQL returned")
