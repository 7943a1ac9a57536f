"""The live board: who is waiting now, and whose limit passes next. `?view=wall` is the same board for a wall."""

import streamlit as st

from metrics.dashboard import feed_table, problems
from metrics.dashboard.front import BOARD
from metrics.dashboard.live_board import controls, desk, head, lists, places, today, wall
from metrics.dashboard.live_board.look import looked
from metrics.dashboard.theme import palette_for

home, on_wall = st.session_state["home"], controls.is_wall()
names = dict(home.sites.select("site_id", "name").iter_rows())


def board(view: controls.View) -> None:
    """One look at the data, drawn; the part of the page that is drawn again and again."""
    look = looked(home, view.site)
    if on_wall:
        st.html(wall.html(look.tiles, view, palette_for(st.context.theme.type)), width="stretch")
        return
    desk.drawn(look.tiles, view, lists.allowed(home))
    lists.drawn(look, home, names)


bar = st.container(horizontal=True, vertical_alignment="bottom") if not on_wall else None
top, body = st.container(), st.container()
with bar or st.container(horizontal=True, vertical_alignment="bottom"):
    if not on_wall:
        st.title("Live board", anchor=False, width="stretch")
    view = controls.chosen(home, small=on_wall)
    other = {} if on_wall else {controls.VIEW: controls.WALL}
    st.page_link(str(BOARD), label="Desk view" if on_wall else "Wall view", query_params={**controls.here(view), **other})
with body:
    st.fragment(lambda: problems.guarded(lambda: board(view)), run_every=view.every, key="board")()
    if not on_wall and view.site is None:
        sites = places.EVERY if view.every else None
        st.fragment(lambda: problems.guarded(lambda: places.drawn(home, view)), run_every=sites, key="sites_beside")()
    if not on_wall:
        charts = today.EVERY if view.every else None
        st.fragment(lambda: problems.guarded(lambda: today.drawn(home, view)), run_every=charts, key="today")()
    if not on_wall:
        feeds = feed_table.EVERY if view.every else None
        st.fragment(
            lambda: problems.guarded(lambda: feed_table.drawn(home, view.zone, lists.allowed(home))),
            run_every=feeds,
            key="feeds_now",
        )()
with top:
    head.drawn(view, on_wall)
