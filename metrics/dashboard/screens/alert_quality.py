"""Whether the alerts are worth having: how many, how soon somebody took them on, and how many were for nothing."""

import polars as pl
import streamlit as st

from metrics.alerts.quality import alert_quality
from metrics.dashboard import data, figures, freshness, quality_words, urls
from metrics.ledger import lives, open_ledger

home, generation = st.session_state["home"], st.session_state["generation"]
ledger = open_ledger(home)
found = alert_quality(lives.episodes(ledger), lives.events(ledger), data.working_days(generation), freshness.now())

if found.is_empty():
    st.title("No alert has fired yet", anchor=False)
    st.info("Rules stand in alerts.toml and are evaluated after each refresh: timely alerts evaluate", icon=":material/info:")
    st.stop()

owner = urls.pick("Owner", [quality_words.ALL_OWNERS, *found["owner"].unique().sort().to_list()], "owner")
shown = found if owner == quality_words.ALL_OWNERS else found.filter(pl.col("owner") == owner)
st.title(quality_words.summary(shown), anchor=False)
st.caption(
    "A row an owner and week in which alerts fired. An alert that nobody acts on teaches people to look away: "
    "change its rule, or take it out."
)
figures.table(quality_words.told(shown), "alert_quality", "How good the alerts are, by owner and week")
with st.expander("What each column means"):
    st.table(quality_words.MEANINGS, border="horizontal", alt="What each column means")
