"""A run on the page: started, waited for a moment, then watched by a part of the page that can cancel it."""

from collections.abc import Mapping
from time import monotonic
from typing import Any
from uuid import uuid4

import streamlit as st

from metrics.alerts.actions import Person
from metrics.dashboard import numbers, problems
from metrics.errors import UserError
from metrics.home import Home
from metrics.warehouse import Generation, Limits, Result
from metrics.workbench.running import Running

RUN, VISITOR = "run", "visitor"  # the session's
AT_ONCE = 1.5  # seconds: most answers are there, so the page is drawn once
LOOK = 0.5  # seconds between looks at a query that takes longer


def name_of(person: Person | None) -> str:
    """Whose query it is: the person's, or this visit's, so that limits and history are of one person."""
    return person.name if person else f"visitor {st.session_state.setdefault(VISITOR, uuid4().hex[:6])}"


def start(
    home: Home, generation: Generation, sql: str, params: Mapping[str, Any], person: Person | None, name: str | None,
    slot: str = RUN, limits: Limits | None = None,
) -> None:  # fmt: skip
    """Run it in place of the one before; quick answers are waited for. slot: where it is kept. limits: None is any person's."""
    before: Running | None = st.session_state.get(slot)
    if before is not None:
        before.cancel()
    verified = bool(person and person.verified)
    running = Running(home, generation, sql, params, name_of(person), name, "page", verified, limits)
    st.session_state[slot], st.session_state[since(slot)] = running.start(), monotonic()
    try:
        running.result(AT_ONCE)
    except (TimeoutError, UserError):
        return  # told where the answer is shown


def since(slot: str) -> str:
    """Where the session keeps when the slot's run began."""
    return f"{slot}_since"


def answered(slot: str = RUN) -> tuple[Running, Result] | None:
    """The run and its answer, once there is one; meanwhile it says how long it has run, and can be cancelled."""
    running: Running | None = st.session_state.get(slot)
    if running is None:
        return None
    if not running.done:
        st.fragment(lambda: watching(running, slot), run_every=LOOK)()
        return None
    try:
        return running, running.result()
    except UserError as problem:
        problems.told("No answer", *(numbers.sentence(sentence) for sentence in problem.problems))
        return None


def watching(running: Running, slot: str) -> None:
    """Runs by itself: the seconds so far, and Cancel."""
    if running.done:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key="running"):
        seconds = monotonic() - st.session_state[since(slot)]
        st.markdown(f":material/hourglass_top: Running for {seconds:.0f} seconds", width="content")
        if st.button("Cancel", key="cancel", icon=":material/stop_circle:"):
            running.cancel()
