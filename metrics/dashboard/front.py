"""What every page shares: the pages themselves, the header, and the sentence when something is missing."""

from pathlib import Path

import streamlit as st

from metrics.dashboard import data, following, problems
from metrics.dashboard.live_board.controls import is_wall

SCREENS = Path(__file__).parent / "screens"
ICON = Path(__file__).parent / "icon.svg"  # our own: a named one is fetched from the internet by every reader
BOARD, SCORECARD, CHANGES, METRIC, ALERTS, QUALITY, WEEKLY, WORKBENCH, DATA = (
    SCREENS / f"{name}.py"
    for name in ("board", "scorecard", "changes", "metric", "alerts", "alert_quality", "weekly", "workbench", "data")
)


# A table of Streamlit has a button of its own that saves what it shows; what leaves is the file below it, small numbers withheld.
NO_FILE_OF_ITS_OWN = """<style>
[data-testid="stElementToolbarButton"]:has(button[aria-label^="Download as CSV"]) { display: none }
</style>"""


def open_door() -> None:
    """Runs the page the URL names, under the header."""
    st.set_page_config(page_title="Timely", page_icon=str(ICON), layout="wide")
    st.html(NO_FILE_OF_ITS_OWN)
    page = st.navigation(
        [
            st.Page(SCORECARD, title="Scorecard", default=True, help="Every metric at one place, worst first."),
            st.Page(BOARD, title="Board", url_path="board", help="Who is waiting now, and whose limit passes next."),
            st.Page(
                CHANGES, title="Changes", url_path="changes", help="What really changed and what will miss its target, worst first."
            ),
            st.Page(METRIC, title="Metric", url_path="metric", help="One metric: trend, distribution, sites, definition and SQL."),
            st.Page(ALERTS, title="Alerts", url_path="alerts", help="What somebody must own: acknowledge, assign, note, snooze."),
            st.Page(
                QUALITY, title="Alert quality", url_path="alert_quality", help="Whether the alerts themselves are worth having."
            ),
            st.Page(WEEKLY, title="Weekly", url_path="weekly", help="The snapshots issued each week: read, compare, take away."),
            st.Page(WORKBENCH, title="Workbench", url_path="workbench", help="Ask in SQL: change a question, prove it, save it."),
            st.Page(DATA, title="Data", url_path="data", help="Freshness, data quality, rejected rows and the data dictionary."),
        ],
        position="hidden" if is_wall() else "top",
    )
    problems.guarded(lambda: shown(page))


def shown(page: "st.Page") -> None:
    """The page under the header. The board has a head of its own: it follows what happens now, and no generation."""
    home = data.home_here()
    if page.url_path == "board":
        st.session_state["home"] = home
        page.run()
        return
    generation = following.in_view(home.path)
    st.session_state["home"] = home
    following.header(home, generation)
    page.run()
