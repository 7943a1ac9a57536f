"""The workbench: a question in SQL, written, run, drawn, saved."""

import streamlit as st

from metrics.dashboard import editor, freshness, people, problems
from metrics.dashboard.bench import answers, disk, drafts, fields, keeping, parts, promotion, runs, shelf
from metrics.dashboard.front import WORKBENCH
from metrics.errors import UserError
from metrics.ledger import open_ledger
from metrics.workbench.completion import completions
from metrics.workbench.formatting import formatted
from metrics.workbench.questions import questions

home, generation = st.session_state["home"], st.session_state["generation"]
ledger, zone = open_ledger(home), home.settings.default_time_zone
disk.followed(home)
library, today = questions(home), freshness.now().date()
draft = drafts.in_view(home)

title = st.empty()
about = st.empty()
person = people.who(people.known(ledger), "bench_who")
known = completions(generation, home, draft.text)
edited = editor.field("The question, in SQL", draft.text, draft.version, known, f"editor_{draft.version}")
draft.text = edited.text
title.title(problems.plain(answers.title_of(draft.text)), anchor=False)
state = shelf.BROKEN if draft.name in library.problems else None
if draft.name in library.questions:
    state = shelf.state_of(library.questions[draft.name], today)
place = f"queries/{draft.name}.sql{' · changed, not saved' if draft.changed else ''}" if draft.name else "Not saved yet"
about.caption(problems.plain(f"{state or shelf.SCRATCH} · {place}"))
if draft.name in library.problems:
    problems.told("This file is broken", *library.problems[draft.name])

disk.changed_under(home, draft)

params, unread = {}, None
try:
    params = fields.values(draft)
except UserError as problem:
    unread = problem
    problems.told("A parameter cannot be read", *problem.problems)

with st.container(horizontal=True, vertical_alignment="center", key="acts"):
    pressed = st.button("**Run**", key="run_it", icon=":material/play_arrow:", disabled=unread is not None)
    if st.button("Format", key="format", icon=":material/format_align_left:", help="Lay it out as the house writes SQL."):
        draft.put(formatted(draft.text))
        st.rerun()
    st.page_link(str(WORKBENCH), label="New question", icon=":material/add:", query_params={drafts.TEXT: drafts.packed(drafts.NEW)})
if (pressed or edited.run) and unread is None:
    runs.start(home, generation, draft.text, params, person, draft.name)
drafts.keep_in_url(draft)

part = st.segmented_control("Part", parts.PARTS, default=parts.ANSWER, required=True, key="part", bind="query-params",
                            label_visibility="collapsed")  # fmt: skip
if part == parts.ANSWER:
    done = runs.answered()
    if done is not None:
        answers.shown(*done, answers.title_of(done[0].sql), zone)
    elif runs.RUN not in st.session_state:
        st.caption("Nothing was run yet. Press Run, or Ctrl+Enter in the text.")
elif part == parts.PLAN:
    parts.plan(home, generation, draft, params)
elif part == parts.CHANGES:
    keeping.difference(home, draft)
elif part == parts.SAVE:
    keeping.form(home, draft, person)
elif part == parts.PROMOTE:
    promotion.form(home, generation, draft, person)
elif part == parts.HISTORY:
    parts.past(ledger, person)
elif part == parts.TABLES:
    parts.tables(generation)
else:
    shelf.shown(library, str(WORKBENCH), today)
