"""The live feeds: how each is in one word, when it last spoke, how far behind it was, and what was last wrong with it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import polars as pl
import streamlit as st

from metrics.board.tile import WORDS, minutes
from metrics.dashboard import freshness, numbers
from metrics.dashboard.states import STANDINGS
from metrics.home import Home
from metrics.watch import Standing, standings

EVERY = 10  # seconds between two looks at the feeds, on the board
KINDS = {"mllp": "HL7 v2", "fhir": "FHIR", "inbox": "Files"}
SHAPES = {state.word: state.shape for state in STANDINGS}


def frame(feeds: Sequence[Standing], zone: str, at: datetime, errors: bool) -> pl.DataFrame:
    """A row a feed, the gravest state first and else by name. errors: with what was last refused, which may show a value of it."""
    ordered = sorted(feeds, key=lambda one: (WORDS.index(one.state), one.feed))
    rows = [row(one, zone, at) | ({"Last error": last_error(one, zone, at)} if errors else {}) for one in ordered]
    return pl.DataFrame(rows, infer_schema_length=None)


def row(one: Standing, zone: str, at: datetime) -> dict[str, object]:
    return {
        "State": f"{SHAPES[one.state]} {one.state}", "Feed": one.feed, "Comes as": KINDS[one.kind],
        "Last message": "never" if one.last_at is None else
        f"{freshness.clock_time(one.last_at, zone, at)} ({minutes(at - one.last_at)} ago)",
        "Source lag": numbers.ABSENT if one.lag is None else minutes(timedelta(seconds=one.lag)),
        "Why": numbers.sentence(one.reason), "Received": one.received, "Refused": one.refused, "Not in the lake yet": one.waiting,
    }  # fmt: skip


def last_error(one: Standing, zone: str, at: datetime) -> str:
    if not one.last_error:
        return "none"
    return one.last_error if one.last_error_at is None else f"{freshness.clock_time(one.last_error_at, zone, at)}: {one.last_error}"


def headline(feeds: Sequence[Standing]) -> str:
    """'Feeds: 1 of 3 silent'. Never more is said than was judged: one of which nobody says how often it comes is not."""
    silent, judged = sum(one.failed for one in feeds), sum(one.state != "Not assessed" for one in feeds)
    if not judged:
        return "Feeds: none has a limit of silence"
    return f"Feeds: {silent} of {judged} silent" if silent else f"Feeds: {judged} of {judged} within their limits"


def drawn(home: Home, zone: str, errors: bool) -> None:
    """Nothing of a home that is filled by hand: it has no feeds."""
    at = freshness.now()
    feeds = standings(home, at)
    if not feeds:
        return
    st.header(headline(feeds), anchor=False)
    counts = {name: st.column_config.NumberColumn(format="localized") for name in ("Received", "Refused", "Not in the lake yet")}
    st.dataframe(frame(feeds, zone, at, errors), hide_index=True, key="feeds", width="stretch", column_config=counts,
                 alt=f"A row a feed with its state and when it last spoke, {len(feeds)} in all")  # fmt: skip
