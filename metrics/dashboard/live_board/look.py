"""One look at what is known now, and what it says of the whole board."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic

import streamlit as st

from metrics import live
from metrics.board import Tile
from metrics.dashboard import freshness
from metrics.dashboard.live_board import places
from metrics.dashboard.states import NO_DATA, STALE
from metrics.errors import UserError
from metrics.home import Home
from metrics.home.replay import paced
from metrics.live import Now

LAST = "board_look"  # the session's newest look: one, however long the board hangs
PAUSED_WORD, STALE_WORD, LIVE_WORD = "PAUSED", "STALE", "LIVE"


@dataclass(frozen=True)
class Look:
    """at: the data's instant it was taken (UTC); taken: that of `monotonic`, in seconds, since a replay's clock may run faster.

    problems: why what is shown is an older look than was asked for.
    """

    site: str | None
    at: datetime
    taken: float
    now: Now
    tiles: tuple[Tile, ...]
    problems: tuple[str, ...] = ()


def looked(home: Home, site: str | None) -> Look:
    """A new look; the one before it, with what went wrong, where the data cannot be read. Raises UserError where there is none."""
    try:
        now = live.now_of(paced(home), freshness.now())
        look = Look(site, now.now, monotonic(), now, places.told(live.board_of(now, site), site, places.spoken(home)))
    except UserError as error:
        before = last()
        if before is None or before.site != site:
            raise
        look = replace(before, taken=monotonic(), problems=error.problems)
    st.session_state[LAST] = look
    return look


def last() -> Look | None:
    """The session's newest look; None before there is one."""
    found: Look | None = st.session_state.get(LAST)
    return found


def silent(tiles: Sequence[Tile]) -> list[Tile]:
    """The tiles that cannot be stood behind."""
    return [tile for tile in tiles if tile.state in (NO_DATA.word, STALE.word)]


def newest(tiles: Sequence[Tile]) -> datetime | None:
    """When the newest of the feeds was last heard (UTC)."""
    return max((tile.age.as_of for tile in tiles if tile.age.as_of is not None), default=None)


def word(look: Look, paused: bool) -> str:
    """What the whole board is, in one word. One silent feed makes it stale: nobody should have to look for the tile."""
    if paused:
        return PAUSED_WORD
    return STALE_WORD if look.problems or silent(look.tiles) else LIVE_WORD
