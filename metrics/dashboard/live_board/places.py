"""What a site can tell: the tables it ever spoke of, and all sites beside each other, the worst first."""

from collections.abc import Mapping, Sequence

import polars as pl
import streamlit as st

from metrics import live, warehouse
from metrics.board import Tile
from metrics.board.present import STAGES
from metrics.board.tile import WORDS
from metrics.dashboard import data, freshness
from metrics.dashboard.live_board.controls import View
from metrics.dashboard.live_board.tile_html import state_words
from metrics.errors import UserError
from metrics.home import Home
from metrics.live import Now

FED_BY = {**dict.fromkeys((*STAGES, "breaching", "expected"), "visits"), "phone": "contacts", "messages": "contacts",
          "appointments": "appointments", "cases": "cases"}  # fmt: skip
"""The event table of a tile. One that is not here is always shown."""
EVERY = 30  # seconds
Spoken = Mapping[str | None, frozenset[str]]  # site -> the tables it ever spoke of


def spoken(home: Home) -> Spoken | None:
    """What each site ever spoke of, as the generation in force knows; None where there is none to ask."""
    try:
        heard = data.freshness(warehouse.current(home.path)).filter(pl.col("recorded_at").is_not_null())
    except UserError:
        return None
    return {site: frozenset(rows["table_name"]) for (site,), rows in heard.group_by("site_id")}  # type: ignore[misc]


def told(tiles: Sequence[Tile], site: str | None, known: Spoken | None) -> tuple[Tile, ...]:
    """The tiles of what a site has: a clinic without an emergency department is not without data, it has none to send.

    A feed that spoke once and is silent stays, and so does one that speaks for the first time.
    """
    if known is None or site is None:
        return tuple(tiles)
    has = known.get(site, frozenset())
    return tuple(tile for tile in tiles if tile.age.as_of is not None or FED_BY.get(tile.key, "") in {"", *has})


def beside_each_other(now: Now, known: Spoken | None, names: Mapping[str, str]) -> pl.DataFrame:
    """A row a site that has tiles: its worst state, and the first figure of each tile. The worst first, equals by name."""
    boards = {site: told(live.board_of(now, site), site, known) for site in names}
    rows = [
        {"rank": WORDS.index(tiles[0].state), "Site": names[site], "Worst": state_words(tiles[0])}
        | {tile.title: f"{tile.figures[0][1]}" if tile.figures else tile.state for tile in tiles}
        for site, tiles in boards.items() if tiles
    ]  # fmt: skip
    heads = dict.fromkeys(head for row in sorted(rows, key=len, reverse=True) for head in row)
    return (
        pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String()) | {"rank": pl.Int64()}, strict=False)
        .sort("rank", "Site")
        .drop("rank")
    )


def drawn(home: Home, view: View) -> None:
    """The sites in a table, with the instant it was made: a dozen boards take a second, so it is drawn anew more seldom."""
    now, names = live.now_of(home, freshness.now()), dict(home.sites.select("site_id", "name").iter_rows())
    rows = beside_each_other(now, spoken(home), names)
    st.header("Sites, worst first", anchor=False)
    st.caption(f"As of {freshness.clock_time(now.now, view.zone, now.now)}, every {EVERY} seconds")
    st.dataframe(rows, hide_index=True, alt=f"A row a site with its worst state and figures, {len(rows)} in all", key="sites",
                 placeholder="")  # fmt: skip
