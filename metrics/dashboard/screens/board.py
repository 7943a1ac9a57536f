"""The live board: who is waiting now, and whose limit passes next."""

import polars as pl
import streamlit as st

from metrics import live
from metrics.board import Tile
from metrics.board.present import breaching, present
from metrics.board.tile import minutes
from metrics.dashboard import freshness
from metrics.dashboard.states import STANDINGS

EVERY = 2  # seconds between looks: with drawing, a change is on the screen within three
ALL = "All sites"
BADGES = {state.word: state.badge for state in STANDINGS}

home = st.session_state["home"]


def drawn(tile: Tile) -> None:
    """One tile: its state in a word and a shape, its figures, and how old they are."""
    with st.container(border=True, gap="small"):
        st.markdown(f"{BADGES[tile.state]} **{tile.title}**")
        if tile.figures:
            (label, figure), *others = tile.figures
            st.metric(label.capitalize(), figure)
            st.markdown("  \n".join(f"{name.capitalize()}: **{text}**" for name, text in others))
        lag = "never heard" if tile.age.lag is None else f"heard {minutes(tile.age.lag)} ago"
        as_of = "" if tile.age.as_of is None else f"As of {freshness.moment(tile.age.as_of, home.settings.default_time_zone)} · "
        st.caption(f"{tile.reason.capitalize()} · {as_of}{lag}")


def listed(rows: pl.DataFrame) -> pl.DataFrame:
    """The list to act on: pseudonyms, never the source's own numbers."""
    names = {"stage": "Stage", "site_id": "Site"}
    return rows.select(
        pl.col("patient_key").str.head(10).alias("Patient"), *(pl.col(old).alias(new) for old, new in names.items()),
        pl.col("reason").alias("Limit"), (pl.col("to_breach").dt.total_seconds() // 60).alias("Minutes left"),
        (pl.col("waited").dt.total_seconds() // 60).alias("Minutes at this stage"),
    )  # fmt: skip


def board(site: str | None) -> None:
    now = live.now_of(home, freshness.now())
    tiles = live.board_of(now, site)
    st.caption(f"Clock: {freshness.moment(now.now, home.settings.default_time_zone)}")
    for first in range(0, len(tiles), 4):
        for column, tile in zip(st.columns(4), tiles[first : first + 4], strict=False):
            with column:
                drawn(tile)
    if any(tile.key == "breaching" and tile.state != "No data" for tile in tiles):
        visits = now.rows["visits"] if site is None else now.rows["visits"].filter(pl.col("site_id") == site)
        here = present(visits, now.now)
        over = here.filter(pl.col("to_breach") < pl.duration(minutes=0)).sort("to_breach", "visit_id")
        for title, rows in (("Breaching in the next 30 minutes", breaching(here)), ("Past their limit", over)):
            st.header(f"{title}: {len(rows)}", anchor=False)
            if len(rows):
                st.dataframe(listed(rows), hide_index=True, alt=f"{title}: a row a patient, {len(rows)} in all")


st.title("Live board", anchor=False)
sites = dict(home.sites.select("name", "site_id").iter_rows())
chosen = st.selectbox("Site", [ALL, *sites], key="board_site", width=320)
paused = bool(st.session_state.get("paused"))
if paused:
    st.warning("Paused: the board does not follow what happens now.", icon=":material/pause:")
st.fragment(lambda: board(sites.get(chosen)), run_every=None if paused else EVERY, key="board")()
