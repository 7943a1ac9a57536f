"""What the reader sets: the site, how often the board looks, whether it follows at all. Each stands in the URL but the pause."""

from dataclasses import dataclass

import streamlit as st

from metrics.dashboard import urls
from metrics.home import Home
from metrics.live.reading import zone_of

INTERVALS = {"2 seconds": 2, "5 seconds": 5, "10 seconds": 10, "30 seconds": 30, "1 minute": 60}
"""Between looks, in seconds. With two, what is acknowledged is on the screen within three."""
VIEW, WALL, LOOK = "view", "wall", "look"


@dataclass(frozen=True)
class View:
    """What is looked at. zone: the site's, else the home's. seconds: between looks."""

    site: str | None
    name: str
    zone: str
    seconds: int
    paused: bool

    @property
    def every(self) -> int | None:
        """Seconds between looks; None while paused."""
        return None if self.paused else self.seconds


def is_wall() -> bool:
    """Whether the URL asks for the wall: ?view=wall."""
    return bool(st.query_params.get(VIEW) == WALL)


def chosen(home: Home, small: bool) -> View:
    """Draws the controls and says what they hold. small: without the words over them, which a screen reader still has."""
    labels = urls.distinct_labels(dict(home.sites.select("site_id", "name").iter_rows()))
    label = urls.pick("Site", [urls.ALL_SITES, *labels.values()], urls.SITE, labelled=not small)
    site = next((key for key, name in labels.items() if name == label), None)
    every = st.selectbox("Looks every", list(INTERVALS), key=LOOK, bind="query-params", width=140,
                         label_visibility="collapsed" if small else "visible")  # fmt: skip
    paused = st.toggle("Pause", key="paused", help="Stay with what is on the screen; do not follow what happens now.")
    return View(site, label, zone_of(home, site).key, INTERVALS[every], bool(paused))


def here(view: View) -> dict[str, str]:
    """The parameters of a link to the same place, looked at as often."""
    usual = next(iter(INTERVALS))
    every = next(words for words, seconds in INTERVALS.items() if seconds == view.seconds)
    return {**({urls.SITE: view.name} if view.site else {}), **({LOOK: every} if every != usual else {})}
