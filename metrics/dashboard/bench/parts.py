"""What stands under the editor, one part at a time: plan, changes, file, history, tables, questions."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from metrics.dashboard import figures, problems
from metrics.dashboard.bench import runs
from metrics.dashboard.bench.drafts import Draft
from metrics.errors import UserError
from metrics.home import Home
from metrics.ledger import Ledger
from metrics.warehouse import Generation
from metrics.workbench.history import history
from metrics.workbench.meanings import meaning_of_table, schema
from metrics.workbench.plans import in_words
from metrics.workbench.query import limits_of

ANSWER, PLAN, CHANGES, SAVE, PROMOTE, HISTORY, TABLES, QUESTIONS = (
    "Answer", "How it runs", "Changes", "Save", "Metric", "History", "Tables", "Questions",
)  # fmt: skip
PARTS = [ANSWER, PLAN, CHANGES, SAVE, PROMOTE, HISTORY, TABLES, QUESTIONS]


def plan(home: Home, generation: Generation, draft: Draft, params: Mapping[str, Any]) -> None:
    """What the engine will do, in words, without doing it."""
    st.caption("What the engine would do, in its order. Nothing is run.")
    try:
        steps = in_words(generation, draft.text, params, limits_of(home), run=False)
    except UserError as problem:
        problems.told("It cannot be explained", *problem.problems)
        return
    st.markdown("\n".join(f"{number}. {problems.plain(step)}" for number, step in enumerate(steps, start=1)))


def past(ledger: Ledger, person: Any) -> None:
    """What this person asked before, newest first."""
    asked = history(ledger, runs.name_of(person))
    if asked.is_empty():
        st.caption("Nothing was run here under this name yet.")
        return
    st.caption("Your newest queries. Times are UTC. Select a row to open its text.")
    chosen = st.dataframe(
        asked.select("started_at", "name", "sql", "params", "seconds", "rows", "truncated", "outcome", "problem"),
        hide_index=True, key="history", alt="Your queries, newest first", on_select="rerun", selection_mode="single-row",
    ).selection.rows  # fmt: skip
    if chosen:
        st.code(asked["sql"][chosen[0]], language="sql", wrap_lines=True)
        st.button("Edit this text", key="reuse", icon=":material/edit:", on_click=reused, args=(asked["sql"][chosen[0]],))


def reused(text: str) -> None:
    """Put the text in the editor, as a new question."""
    held: Draft = st.session_state["draft"]
    held.name, held.was = None, None
    held.put(text)


def tables(generation: Generation) -> None:
    """Every column and what it means."""
    known = schema(generation)
    names = known["table_name"].unique(maintain_order=True).to_list()
    table = st.selectbox("Table", names, key="browse", bind="query-params", width=280)
    st.caption(problems.plain(meaning_of_table(table)))
    figures.table(known.filter(pl.col("table_name") == table).drop("table_name"), "columns", f"Columns of {table}")
