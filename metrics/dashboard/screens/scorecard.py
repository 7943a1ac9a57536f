"""The scorecard: every metric at one place, worst first in each family; without a target, behind a click."""

from itertools import groupby

import streamlit as st

from metrics.dashboard import alert_view, control, data, freshness, numbers, places, problems, rows, tiles, urls
from metrics.dashboard.front import METRIC
from metrics.dashboard.theme import palette_for

PERIODS = {"Week": "week", "Month": "month", "Quarter": "quarter", "Year": "year"}

home, generation = st.session_state["home"], st.session_state["generation"]
known = data.places(generation)
with st.container(horizontal=True, vertical_alignment="bottom"):
    place = places.chosen(known)
    period = urls.choice("Latest complete", list(PERIODS), urls.PERIOD, numbers.sentence(data.usual_grain(generation)))
grain = PERIODS[period]

feeds = freshness.feeds(data.freshness(generation), freshness.now(), home.settings.stale_after)
found = tiles.tiles_of(data.scorecard(generation, place, grain), data.contracts(generation), feeds, grain, place.site)
if grain in control.GRAINS and data.judged(generation):
    alerts = alert_view.open_states(home)
    found = tiles.with_verdicts(found, data.signals(generation, grain, place.service), place.site, alerts)
here, elsewhere = tiles.told_apart(found, whole=place == data.Place())
palette = palette_for(st.context.theme.type)

st.title(tiles.summary(here), anchor=False)
st.caption(f"{numbers.sentence(places.named(known, place))} · {tiles.period_words(here, grain)}")
if broken := data.uncounted(generation):
    counted = f"{len(broken)} metric{' of a query has' if len(broken) == 1 else 's of queries have'} no figures"
    problems.told(counted, *(f"{metric}: {why}" for metric, why in broken.items()))
if first := tiles.first_to_open(here):
    rows.draw_first(first, str(METRIC))
usual = tiles.usual_start(here)
for family, members in groupby(here, key=lambda tile: tile.family):
    st.header(family.capitalize(), anchor=False)
    leading, others = tiles.leading_apart(list(members))
    if leading:
        with st.container(border=True):
            rows.draw_each(leading, str(METRIC), palette, usual)
    if others and (more := st.expander(tiles.more_words(others), key=urls.more(family), bind="query-params")).open:
        with more:
            rows.draw_each(others, str(METRIC), palette, usual)
if elsewhere:
    with st.expander(f"{len(elsewhere)} more metrics have no case here by {grain}"):
        st.caption("  \n".join(tile.title for tile in elsewhere))
