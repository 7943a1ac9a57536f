"""The board on a wall: read from three metres, nothing behind a hover, no patient.

It is HTML of its own, because no element of Streamlit can be so large: styled in place, nothing outside it is touched. Sizes are
shares of the screen's width: on a screen 93 cm wide a numeral stands 35 mm high, the smallest capital 6 mm.
"""

from collections.abc import Sequence
from html import escape

from metrics.board import Tile
from metrics.dashboard.live_board.controls import View
from metrics.dashboard.live_board.tile_html import FILLED, age, bands, bar, colour_of, facts, headline, state_words
from metrics.dashboard.theme import Palette

MOST_ACROSS = 6  # a site has eleven tiles at most, and they stand in two rows
HEIGHT = "calc((100vh - 5.6vw - 8.5rem) / 2)"  # of a tile: two rows of them, the head and the controls fill the screen


def html(tiles: Sequence[Tile], view: View, palette: Palette) -> str:
    """All tiles as a list, in two rows where the screen is wide."""
    across = min(MOST_ACROSS, -(-len(tiles) // 2))
    wide = f"max(15rem, calc((100% - {across - 1} * .6vw) / {across}))"
    items = "".join(item(tile, view, palette) for tile in tiles)
    return (
        f'<ul aria-label="Tiles, gravest first" style="display:grid;grid-template-columns:repeat(auto-fit,minmax({wide},1fr));'
        f'gap:.6vw;list-style:none;margin:0;padding:0">{items}</ul>'
    )


def item(tile: Tile, view: View, palette: Palette) -> str:
    edge = colour_of(tile, palette) if tile.state in FILLED else palette.rule
    return (
        f'<li style="margin:0;border:.2vw solid {edge};border-radius:.3vw;display:flex;flex-direction:column;min-height:{HEIGHT};'
        f'font-size:clamp(1rem,1.2vw,2.4rem);line-height:1.3">'
        f'<p style="{bar(tile, palette)};margin:0;padding:.1em .5em;font-size:1.5em;font-weight:700">{state_words(tile)}</p>'
        f'<div style="padding:.2em .7em .4em;display:flex;flex-direction:column;flex:1">'
        f'<h2 style="font-size:1.15em;margin:0;padding:.2em 0 0;font-weight:600">{escape(tile.title)}</h2>'
        f"{headline(tile, '3.1em')}{facts(tile, palette)}{bands(tile, palette, titled=False)}"
        f"{age(tile, view.zone, to_the_second=False)}</div></li>"
    )
