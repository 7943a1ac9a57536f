"""The list of questions: reviewed, past review, scratch, broken with why."""

from collections.abc import Sequence
from datetime import date

import polars as pl
import streamlit as st

from metrics.dashboard import problems
from metrics.dashboard.bench.drafts import QUESTION
from metrics.workbench.questions import Library, Question

REVIEWED, DUE, SCRATCH, BROKEN = "● Reviewed", "◆ Review is due", "○ Scratch", "▲ Broken"
COLUMNS = pl.Schema({**dict.fromkeys(("state", "name", "title", "question", "owner"), pl.String()), "reviewed": pl.Date()})
ORDER = (BROKEN, DUE, REVIEWED, SCRATCH)


def state_of(question: Question, today: date) -> str:
    if question.scratch:
        return SCRATCH
    return DUE if question.review_due(today) else REVIEWED


def rows(library: Library, today: date) -> pl.DataFrame:
    """state, name, title, question, owner, reviewed: what needs somebody first, then by name."""
    good = [
        (state_of(found, today), name, found.title, found.question, found.owner, found.reviewed)
        for name, found in library.questions.items()
    ]
    broken = [(BROKEN, name, name, " ".join(why), "", None) for name, why in library.problems.items()]
    return pl.DataFrame([*good, *broken], schema=COLUMNS, orient="row").sort(pl.col("state").cast(pl.Enum(ORDER)), "name")


def shown(library: Library, page: str, today: date) -> None:
    """The list, a line a question, each a link that opens it."""
    listed = rows(library, today)
    for state in ORDER:
        found = listed.filter(pl.col("state") == state)
        if found.is_empty():
            continue
        st.markdown(f"**{state}** · {found.height}")
        with st.container(border=True, gap="small", key=f"shelf_{ORDER.index(state)}"):
            for row in found.to_dicts():
                line(row, page, library.problems.get(row["name"], ()))


def line(row: dict[str, str], page: str, why: Sequence[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(page, label=row["title"], query_params={QUESTION: row["name"]}, width=260)
        about = "  \n".join(why) if why else f"{row['question']} · {row['owner']}" if row["owner"] else row["question"]
        st.caption(problems.plain(about), width="stretch")
