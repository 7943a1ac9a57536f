"""The alerts as the pages read them from the ledger. A ledger that cannot be read is told, and takes no page down."""

from collections import defaultdict
from json import loads

import polars as pl
import streamlit as st

from metrics.dashboard import problems
from metrics.errors import UserError
from metrics.home import Home
from metrics.ledger import lives, open_ledger


def unverified(events: pl.DataFrame) -> set[str]:
    """The alerts whose newest acknowledgement is of a name that was only picked."""
    acked = events.filter(pl.col("type") == "acked").group_by("alert_id").agg(pl.col("verified").last())
    return set(acked.filter(~pl.col("verified"))["alert_id"])


def open_states(home: Home) -> dict[tuple[str, str | None], list[str]]:
    """Metric and site (None: all of them) to the states of its open alerts, so far as the ledger can be read."""
    found: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    try:
        open_now = lives.episodes(open_ledger(home), active=True)
    except UserError as error:
        st.warning(problems.plain(error.problems[0]), title="Alerts cannot be read", icon=":material/warning:")
        return {}
    for labels, site, state in open_now.select("labels", "site_id", "state").iter_rows():
        found[loads(labels).get("metric", ""), site].append(state)
    return dict(found)
