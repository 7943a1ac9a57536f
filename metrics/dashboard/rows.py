"""The scorecard's rows on the page."""

from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from metrics.dashboard import charts, icons, numbers, series, urls
from metrics.dashboard.theme import Palette
from metrics.dashboard.tiles import Tile

WIDTHS = (4.4, 3.7, 2.0, 2.8)  # of a row's parts, against each other; on a narrow screen they stand under each other
PAIR = (1.0, 1.1)  # two cells that stay side by side on any screen
ICON = 20  # px, as high as the badge beside it
LINK_INSET = 8  # px that a page link keeps before its first letter


def draw_first(tiles: list[Tile], page: str) -> None:
    """Side by side, each leading to its metric's page."""
    with st.container(horizontal=True, key="first_to_open"):
        for tile in tiles:
            st.page_link(page, label=tile.wrong, help=tile.target_words, query_params=urls.query(st.session_state, **tile.link))


def draw_each(tiles: list[Tile], page: str, palette: Palette, usual: date | None) -> None:
    with st.container(gap="small"):
        for tile in tiles:
            draw(tile, page, palette, usual)


def draw(tile: Tile, page: str, palette: Palette, usual: date | None) -> None:
    """One row: name and question, figure and n, state and target, 26 weeks, figures before, what is open and how fresh.

    usual: the period that need not be named, since the page does.
    """
    with st.container(key=f"tile_{tile.metric}"):
        name, figure, trail, behind = (
            part.container(gap=None) for part in st.columns(WIDTHS, vertical_alignment="center", gap="small")
        )
    with name:
        st.page_link(page, label=f"**{tile.name}**", query_params=urls.query(st.session_state, **tile.link))
        with st.container(horizontal=True, gap=None, wrap=False):
            st.space(LINK_INSET)
            st.caption(tile.qualified)
    value, state = pair(figure)
    value.metric(f"{tile.label} · n {numbers.whole(tile.n)}", tile.figure)
    if apart := tile.period_apart(usual):
        value.caption(numbers.sentence(apart))
    state.markdown(" ".join([tile.standing.badge, *verdicts(tile, palette)]))
    state.caption(tile.target_words)
    if not tile.trail.is_empty():
        drawn = series.spark_parts(tile.trail, tile.target)
        trail.vega_lite_chart(drawn, charts.sparkline(palette), alt=tile.trail_alt, key=f"spark_{tile.metric}")
    before, standing = pair(behind)
    before.caption("  \n".join(f"**{then}** {when}" for when, then in tile.earlier))
    waiting = "" if tile.still_open is None else f"**{numbers.whole(tile.still_open)}** still open  \n"
    standing.caption(f"{waiting}{tile.fed}")


def verdicts(tile: Tile, palette: Palette) -> list[str]:
    """The icons of variation and assurance; none where the series is not judged, and none for a target that is not there."""
    if tile.variation is None:
        return []
    shown = [icons.variation(tile.variation), *([icons.assurance(tile.assurance)] if tile.assurance != "none" else [])]
    return [icons.markdown(icon, palette, ICON) for icon in shown]


def pair(part: DeltaGenerator) -> list[DeltaGenerator]:
    return [cell.container(gap=None) for cell in part.columns(PAIR, vertical_alignment="center", wrap=False)]
