"""Which generation a reader sees: the one in force, followed by itself, or the one they paused on."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from metrics import warehouse
from metrics.dashboard import freshness
from metrics.home import Home
from metrics.warehouse import Generation

INTERVALS = {"10 seconds": 10, "30 seconds": 30, "1 minute": 60, "5 minutes": 300}  # seconds between looks at the pointer
USUAL = "30 seconds"


def in_view(home: Path) -> Generation:
    """The generation in force, or the one in view when the reader paused."""
    held: Generation | None = st.session_state.get("generation")
    if held is not None and st.session_state.get("paused"):
        if held.path.exists():
            return held
        st.session_state["paused"] = False  # old generations are cleared away; there is nothing left to stay with
    generation = warehouse.current(home)
    st.session_state["generation"] = generation
    return generation


def header(home: Home, generation: Generation) -> None:
    """Says how old the data is and which generation it is; pauses, and sets how often it looks for a newer one."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="header"):
        words = st.container(width="stretch", gap=None)
        paused, seconds = controls()
    with words:
        st.markdown(f"**{home.settings.title}**")
        ticking(lambda: standing(home, generation, paused), seconds)


def controls() -> tuple[bool, int | None]:
    """The pause and the interval: whether the reader paused, and the seconds between looks (None while paused)."""
    with st.container(horizontal=True, vertical_alignment="center", width="content"):
        paused = st.toggle("Pause", key="paused", help="Stay with this generation; do not follow newer ones.")
        every = st.selectbox(
            "Look for newer data every",
            list(INTERVALS),
            list(INTERVALS).index(USUAL),
            key="every",
            label_visibility="collapsed",
            width=140,
            disabled=paused,
            help="How often to look for newer data",
        )
    return paused, None if paused else INTERVALS[every]


def ticking(body: Callable[[], None], seconds: int | None) -> None:
    """Runs `body` now and then every so many seconds, without the rest of the page; None runs it once."""
    st.fragment(body, run_every=seconds, key="standing")()


def standing(home: Home, generation: Generation, paused: bool) -> None:
    """One line: data as of, its age, the generation. Reloads the page when a newer generation is in force."""
    in_force = warehouse.current(home.path)
    if in_force.name != generation.name and not paused:
        st.rerun()
    at = freshness.now()
    words = (
        f"**Data as of {freshness.moment(generation.as_of, home.settings.default_time_zone)}**"
        f" · {freshness.age(generation.as_of, at)} · generation {generation.name} · sequence {sequence(generation)}"
    )
    st.caption(words)
    if in_force.warning:
        st.warning(in_force.warning, icon=":material/warning:")
    if paused:
        newer = " A newer generation is in force." if in_force.name != generation.name else ""
        st.caption(f":material/pause: Paused: this page stays with generation {generation.name}.{newer}")


def sequence(generation: Generation) -> str:
    """The lake's commit the generation was made from."""
    return str(generation.manifest.get("sequence", generation.name.rpartition("-")[2]))
