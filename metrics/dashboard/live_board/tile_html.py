"""One tile as HTML, in the same parts on a desk and on a wall; sizes are of the font around it (em), styled in place."""

from html import escape

from metrics.board import Tile
from metrics.board.tile import minutes
from metrics.dashboard import freshness
from metrics.dashboard.states import STANDINGS
from metrics.dashboard.theme import Palette

STATES = {state.word: state for state in STANDINGS}
FILLED = ("No data", "Stale", "Alerting")  # what somebody must act on is a full bar, the rest an outline
PLAIN = "margin:0;padding:0;font-size:1em"  # instead of Streamlit's own sizes and margins
QUIET = 0.75  # of the words around it, in whichever appearance: their ink is Streamlit's, which follows a switch at once
NUMERALS = "font-variant-numeric:tabular-nums"
SHORT = 8  # letters of a label that stands behind its figure; a longer one stands under it


def colour_of(tile: Tile, palette: Palette) -> str:
    role = {"violet": palette.neutral, "orange": palette.concern, "blue": palette.figure, "gray": palette.quiet}
    return role[STATES[tile.state].colour]


def bar(tile: Tile, palette: Palette) -> str:
    """The fill and the letters of the state, as style."""
    colour = colour_of(tile, palette)
    if tile.state in FILLED:
        return f"background:{colour};color:{palette.background}"
    return f"background:{palette.wash};color:{palette.text if colour == palette.quiet else colour}"  # quiet: for the ground


def state_words(tile: Tile) -> str:
    return f"{STATES[tile.state].shape} {tile.state}"


def headline(tile: Tile, size: str) -> str:
    """The first figure, large, with its unit and its label."""
    if not tile.figures:
        return ""
    label, figure = tile.figures[0]
    number, _, rest = figure.partition(" ")
    behind, under = (f"{rest} {label}", "") if len(label) <= SHORT else (rest, label)
    large = f'<strong style="font-size:{size};font-weight:700">{escape(number)}</strong>'
    below = f'<p style="{PLAIN}">{escape(under.capitalize())}</p>' if under else ""
    return f'<p style="{PLAIN};line-height:1.1;{NUMERALS}">{large} {escape(behind.strip())}</p>{below}'


def facts(tile: Tile, palette: Palette) -> str:
    """The other figures, label and value, one under the other; then the reason for the state."""
    row = f"display:flex;justify-content:space-between;gap:.6em;line-height:1.25;border-top:1px solid {palette.rule};padding:.1em 0"
    value = f"{PLAIN};font-weight:600;white-space:nowrap;{NUMERALS}"
    rows = "".join(
        f'<div style="{row}"><dt style="{PLAIN};font-weight:400">{escape(name.capitalize())}</dt>'
        f'<dd style="{value}">{escape(text)}</dd></div>'
        for name, text in tile.figures[1:]
    )
    told = f'<p style="{PLAIN};padding-top:.25em">{escape(tile.reason.capitalize())}</p>'
    return (f'<dl style="{PLAIN};padding-top:.25em">{rows}</dl>' if rows else "") + told


def bands(tile: Tile, palette: Palette, titled: bool = True) -> str:
    """How many have waited how long: a cell a band, the count over its minutes. Without its title the last cell names them."""
    if not tile.bands:
        return ""
    cell = f"display:flex;flex-direction:column-reverse;background:{palette.wash};color:{palette.text};padding:.15em .2em"
    cell += ";text-align:center"
    name = f"{PLAIN};font-size:.74em;font-weight:400;white-space:nowrap"
    unit = {} if titled else {tile.bands[-1][0]: " min"}
    cells = "".join(
        f'<div style="{cell}"><dt style="{name}">{escape(band)}{unit.get(band, "")}</dt>'
        f'<dd style="{PLAIN};font-weight:{600 if count else 400};{NUMERALS}">{count}</dd></div>'
        for band, count in tile.bands
    )
    across = f"display:grid;grid-template-columns:repeat({len(tile.bands)},1fr);gap:.2em"
    title = f'<p style="{PLAIN};font-size:.85em;padding:.3em 0 .1em">People by minutes waited</p>'
    return f'{title if titled else ""}<dl style="{PLAIN};padding-top:.25em;{across}">{cells}</dl>'


def age(tile: Tile, zone: str, to_the_second: bool = True) -> str:
    """'17:00:05 · 9 min old · source lag 2 s', at the foot of the tile; the lag of the source where that is known.

    Not to the second it is shorter, for a wall: '17:00 · 9 min old · lag 2 s'.
    """
    told, words = tile.age, "Never heard"
    if told.as_of is not None and told.lag is not None:
        at = freshness.clock_time(told.as_of, zone, told.now)
        if not to_the_second and at.count(":") == 2:
            at = at.rpartition(":")[0]
        words = f"{at} · {minutes(told.lag)} old"
        if told.source_lag is not None:
            words += f" · {'source lag' if to_the_second else 'lag'} {minutes(told.source_lag)}"
    return f'<p style="{PLAIN};margin-top:auto;padding-top:.35em;font-size:.9em;opacity:{QUIET}">{escape(words)}</p>'
