"""The tiles on a desk: as many beside each other as there is room for, equal in height, each opening its list."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from metrics.board import Tile
from metrics.dashboard.live_board import lists
from metrics.dashboard.live_board.controls import View
from metrics.dashboard.live_board.tile_html import age, bands, bar, facts, headline, state_words
from metrics.dashboard.theme import Palette, palette_for

MOST_ACROSS = 5  # tiles beside each other


def drawn(tiles: Sequence[Tile], view: View, listed: bool) -> None:
    """listed: the reader may see cases."""
    palette = palette_for(st.context.theme.type)
    across = beside(len(tiles))
    for first in range(0, len(tiles), across):
        for column, tile in zip(st.columns(across, gap="small"), tiles[first : first + across], strict=False):
            key = f"tile_{tile.key.lower().replace(' ', '_')}"
            # The buttons of a row stand in a line, at the foot.
            with column.container(border=True, gap="xsmall", height="stretch", vertical_alignment="distribute", key=key):
                st.html(html(tile, view.zone, palette))
                if listed and lists.opens(tile):
                    st.button("Show the list", key=f"open_{tile.key}", type="tertiary", on_click=lists.choose, args=(tile.key,))


def beside(count: int) -> int:
    """How many tiles stand beside each other: as few rows as there must be, each as long as the others or a little shorter."""
    rows = -(-count // MOST_ACROSS)
    return -(-count // max(rows, 1)) or 1


def html(tile: Tile, zone: str, palette: Palette) -> str:
    """The tile without its list: state, title, figures, bands, reason, age."""
    return (
        f'<div style="font-size:.93rem;line-height:1.4">'
        f'<div style="display:flex;gap:.6em;align-items:baseline;flex-wrap:wrap">'
        f'<span style="{bar(tile, palette)};padding:0 .45em;border-radius:.2em;font-weight:600;white-space:nowrap">'
        f'{state_words(tile)}</span><h2 style="font-size:1.07em;margin:0;padding:0;font-weight:600">{escape(tile.title)}</h2></div>'
        f"{headline(tile, '2em')}{facts(tile, palette)}{bands(tile, palette)}{age(tile, zone)}</div>"
    )
