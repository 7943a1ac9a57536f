"""The board's head: what the board is in one word, whose, the clock, how old the newest data is, and when it looks next.

It is drawn every second, as HTML of its own: the words must be read across a room, and a page that the server no longer speaks to
has to say so by itself, for which only the browser is left. Its one rule of style is named for it and touches nothing else.
"""

from html import escape
from time import monotonic

import streamlit as st

from metrics.board.tile import minutes
from metrics.dashboard import data, freshness
from metrics.dashboard.live_board.controls import View
from metrics.dashboard.live_board.look import LIVE_WORD, PAUSED_WORD, STALE_WORD, Look, last, newest, silent, word
from metrics.dashboard.theme import Palette, palette_for
from metrics.home.replay import clock_of

TICK = 1  # seconds between two countings down
LOST_AFTER = 15  # seconds without a word from the server, after which the browser says so; a busy server keeps one waiting for less
SHAPES = {LIVE_WORD: "●", PAUSED_WORD: "Ⅱ", STALE_WORD: "◆"}
LOST = (
    "<style>@keyframes timely-board-lost {{ to {{ max-height: 3em; visibility: visible; }} }}</style>"
    '<p style="max-height:0;overflow:hidden;visibility:hidden;margin:0;font-weight:700;font-size:{size};color:{colour};'
    'animation:timely-board-lost 0s linear {after}s forwards">◇ NO CONNECTION: the server does not answer. '
    "What is below is old; it goes on by itself once the server is back.</p>"
)


def drawn(view: View, wall: bool) -> None:
    """The head of the session's newest look, drawn anew every second but while paused."""
    st.fragment(lambda: ticked(view, wall), run_every=None if view.paused else TICK, key="head")()


def ticked(view: View, wall: bool) -> None:
    look = last()
    if look is not None and look.site == view.site:
        st.html(html(look, view, wall, palette_for(st.context.theme.type)), width="stretch")


def html(look: Look, view: View, wall: bool, palette: Palette) -> str:
    """One line on a desk, two on a wall. The clock is of the data: a replay's runs with it."""
    told, at = word(look, view.paused), freshness.now()
    colour = {LIVE_WORD: palette.figure, PAUSED_WORD: palette.text, STALE_WORD: palette.neutral}[told]
    size = "clamp(1.4rem,2.1vw,4rem)" if wall else "1rem"
    badge = (
        f'<strong style="background:{colour};color:{palette.background};padding:.1em .5em;border-radius:.15em;white-space:nowrap">'
        f"{SHAPES[told]} {told}</strong>"
    )
    name = f'<h1 style="font-size:1em;margin:0;padding:0;font-weight:700">{escape(view.name)}</h1>' if wall else ""
    clock = f"<strong>{freshness.clock_time(at, view.zone, at)}</strong> {escape(freshness.date_words(at, view.zone))}"
    facts = "".join(f"<span>{escape(fact)}</span>" for fact in facts_of(look, view))
    return (
        f'<div style="display:flex;flex-wrap:wrap;align-items:center;gap:.2em 1em;font-size:{size};line-height:1.35">'
        f'{badge}{name}<span style="font-variant-numeric:tabular-nums">{clock}</span>'
        f'<span style="display:flex;flex-wrap:wrap;gap:0 1em;font-size:{".62em" if wall else "1em"};'
        f'font-variant-numeric:tabular-nums">{facts}</span></div>'
        + ("" if view.paused else LOST.format(size=size, colour=palette.concern, after=LOST_AFTER))
    )


def facts_of(look: Look, view: View) -> list[str]:
    """What stands behind the word, and what comes next."""
    clock = clock_of(data.home_path())
    told = [] if clock is None else ["Replay" if clock.speed == 1 else f"Replay, {clock.speed:g} times as fast"]
    if view.paused:
        told.append(f"Figures of {freshness.clock_time(look.at, view.zone, look.at)}")
    if look.problems:
        told.append(f"Not read since {freshness.clock_time(look.at, view.zone, look.at)}: {look.problems[0]}")
    quiet, heard = silent(look.tiles), newest(look.tiles)
    if quiet:
        told.append(f"{len(quiet)} of {len(look.tiles)} tiles stand on silent feeds")
    told.append("Never heard" if heard is None else
                f"Newest data {freshness.clock_time(heard, view.zone, look.at)} ({minutes(look.at - heard)} old)")  # fmt: skip
    if not view.paused:
        left = max(0, round(view.seconds - (monotonic() - look.taken)))
        told.append(f"Next look in {left} s" if left else "Looking now")
    return told
