"""The data behind the figures: how fresh each feed is, what was rejected, what every column means."""

import polars as pl
import streamlit as st

from metrics.check import findings
from metrics.dashboard import data, dictionary, feed_table, figures, freshness, numbers, problems, quality_page, urls
from metrics.errors import UserError

home, generation = st.session_state["home"], st.session_state["generation"]
at = freshness.now()
st.title("The data behind the figures", anchor=False)

problems.guarded(lambda: feed_table.drawn(home, home.settings.default_time_zone, errors=True))

st.header("Freshness", anchor=False)
st.caption(f"A feed silent for longer than {numbers.age(home.settings.stale_after)} is stale. Times are UTC.")
fresh = freshness.table(data.freshness(generation), at, home.settings.stale_after)
named = fresh.with_columns(pl.col("site").replace(data.site_names(generation)))
figures.table(named, "freshness", "How fresh each source's tables are")

st.header("Rejected rows", anchor=False)
rejected = data.rejects(home, generation)
if rejected.is_empty():
    st.caption("No row was rejected or warned of.")
else:
    st.caption("Rows that broke a rule, by rule. Rejected rows are in no figure; warned ones are.")
    figures.table(rejected, "rejects", "Rejected and warned rows by table, source and rule")

st.header("Data quality", anchor=False)
try:
    material = data.quality(home, generation, at)
except UserError as problem:
    st.info(str(problem), icon=":material/info:")
else:
    quality_page.body(material, findings(material), data.site_names(generation))

st.header("Data dictionary", anchor=False)
table = urls.pick("Event table", list(dictionary.TABLE_NAMES), "table")
st.caption(dictionary.about(table))
figures.table(dictionary.columns(table), f"dictionary_{table}", f"Columns of {table}")
st.caption("Rules")
figures.table(dictionary.rules(table), f"rules_{table}", f"Rules of {table}")
