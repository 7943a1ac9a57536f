"""The question files on disk, followed: what colleagues save appears on the page by itself."""

from pathlib import Path

import streamlit as st

from metrics.dashboard import problems
from metrics.dashboard.bench.drafts import Draft, elsewhere
from metrics.home import Home
from metrics.workbench.questions import BUILT_IN

SEEN = "files_seen"  # the session's
LOOK = 5  # seconds between looks: as good as at once for who saves a file and turns to the page
Files = tuple[tuple[str, int, int], ...]


def files(home: Home) -> Files:
    """Every question file with its time of change and its size."""
    paths = [path for folder in (BUILT_IN, home.queries) for path in sorted(folder.glob("*.sql"))]
    return tuple(state for path in paths if (state := state_of(path)))


def state_of(path: Path) -> tuple[str, int, int] | None:
    try:
        held = path.stat()
    except OSError:
        return None  # it went between the list and the look
    return str(path), held.st_mtime_ns, held.st_size


def followed(home: Home) -> None:
    """Draw the page anew when a file changed since it was drawn; while the reader paused, nothing moves by itself."""
    st.session_state[SEEN] = files(home)
    st.fragment(lambda: look(home), run_every=None if st.session_state.get("paused") else LOOK)()


def look(home: Home) -> None:
    if files(home) != st.session_state[SEEN]:
        st.rerun()


def changed_under(home: Home, draft: Draft) -> None:
    """Says that the file changed on disk while it is being edited here, and takes its text when asked."""
    now = elsewhere(home, draft)
    if now is None:
        return
    with st.container(key="elsewhere"):
        place = problems.plain(f"queries/{draft.name}.sql")
        st.warning(f"{place} changed on disk since you opened it, and you have changed this text too.", icon=":material/warning:")
        if st.button("Take the file's text", key="take_file", icon=":material/sync:", help="What you wrote here is lost."):
            draft.take(now)
            st.rerun()
