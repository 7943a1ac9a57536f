"""The cases behind a tile: pseudonyms, never the source's own numbers, each with the reason that it is there."""

from collections.abc import Sequence
from datetime import timedelta

import polars as pl
import streamlit as st

from metrics import live
from metrics.board import Tile
from metrics.board.listing import PAST
from metrics.board.present import STAGES
from metrics.dashboard import people
from metrics.dashboard.live_board.look import Look
from metrics.home import Home

TITLES = {
    "breaching": "Breaching in the next 30 minutes", PAST: "Past their limit", **{stage: stage for stage in STAGES},
    "phone": "On the telephone", "appointments": "Late for their appointment", "messages": "Messages", "cases": "Requests",
}  # fmt: skip
"""The lists by key, which is that of their tile but for PAST; those about to breach stand there until another is chosen."""
LIST = "list"  # the key of the widget and of the URL
PSEUDONYM = 10  # characters of the patient's key: one in a million million is shared
MOST = 200  # rows on the page: who looks for one case more chooses a site


def choose(key: str) -> None:
    """The list that a tile's button opens."""
    st.session_state[LIST] = TITLES[key]


def allowed(home: Home) -> bool:
    """Whether the reader may see cases: anybody where `board.lists_for` has '*', else who signed in by a name in it."""
    person = people.signed_in()
    named = home.settings.board.lists_for
    return "*" in named or (person is not None and person.name in named)


def opens(tile: Tile) -> bool:
    """Whether a tile has a list to show: one without data knows nobody."""
    return tile.key in TITLES and tile.state != "No data"


def drawn(look: Look, home: Home, names: dict[str, str]) -> None:
    """The chosen list under its title. names: of the sites, by id."""
    if not allowed(home):
        st.caption("The lists of cases are for people named in board.lists_for of timely.toml, once they have signed in.")
        return
    known = [
        key for key in TITLES if any(opens(tile) and tile.key in (key, "breaching" if key == PAST else key) for tile in look.tiles)
    ]
    if not known:
        st.caption("No list: nobody knows who is there now.")
        return
    key = chosen(known)
    rows = live.cases_behind(look.now, key, look.site)
    st.header(f"{TITLES[key]}: {len(rows):,}", anchor=False)
    if rows.is_empty():
        st.caption("Nobody.")
        return
    st.dataframe(in_words(rows.head(MOST), names), hide_index=True, key="cases", width="stretch",
                 alt=f"{TITLES[key]}: a row a case with the reason it is there, {len(rows)} in all")  # fmt: skip
    if len(rows) > MOST:
        st.caption(f"The first {MOST} of {len(rows):,}.")


def chosen(known: Sequence[str]) -> str:
    """Draws the choice among the lists there are; the first where the one asked for is not among them."""
    titles = [TITLES[key] for key in known]
    if st.session_state.get(LIST) not in titles:
        st.session_state.pop(LIST, None)
    title = st.segmented_control("List", titles, default=titles[0], required=True, key=LIST, bind="query-params")
    return next(key for key in known if TITLES[key] == title)


def in_words(rows: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
    """rows: columns as in LISTED."""
    left = pl.col("left")
    until = pl.when(left < timedelta(0)).then(pl.format("{} past", length(-left))).otherwise(pl.format("{} left", length(left)))
    return rows.select(
        pl.col("patient_key").str.head(PSEUDONYM).fill_null("not known").alias("Patient"),
        pl.col("site_id").replace(names).alias("Site"), length(pl.col("waited")).alias("Has waited"),
        until.fill_null("see the reason").alias("To the limit"), pl.col("reason").alias("Why here"),
    )  # fmt: skip


def length(of: pl.Expr) -> pl.Expr:
    """A length of time in words, in the units a wait is acted on: '45 s', '12 min', '3 h 5 min', '2 d 4 h'; cut off."""
    seconds = of.dt.total_seconds()
    return (
        pl.when(seconds < 120).then(pl.format("{} s", seconds))
        .when(seconds < 7200).then(pl.format("{} min", seconds // 60))
        .when(seconds < 172_800).then(pl.format("{} h {} min", seconds // 3600, seconds // 60 % 60))
        .otherwise(pl.format("{} d {} h", seconds // 86_400, seconds // 3600 % 24))
    )  # fmt: skip
