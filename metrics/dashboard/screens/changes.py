"""What changed: every metric at every site with its verdicts, worst first."""

import streamlit as st

from metrics.dashboard import alert_view, data, freshness, icon_table, leaving, numbers, places, urls
from metrics.dashboard.theme import palette_for
from metrics.workbench.exports import as_csv

GRAINS = {"Week": "week", "Month": "month"}
HEADLINE, EVERY = "Headline metrics", "All metrics"
CALLING, WHOLE = "What calls for attention", "Everything"

home, generation = st.session_state["home"], st.session_state["generation"]
if not data.judged(generation):
    st.title("No control charts yet", anchor=False)
    st.info(data.NOT_JUDGED, icon=":material/info:")
    st.stop()
known, contracts = data.places(generation), data.contracts(generation)
with st.container(horizontal=True, vertical_alignment="bottom"):
    place = places.chosen(known)
    grain = urls.choice("By", list(GRAINS), urls.GRAIN)
    which = urls.choice("Of", [HEADLINE, EVERY], "of")
    shown = urls.choice("Show", [CALLING, WHOLE], "show")

feeds = freshness.feeds(data.freshness(generation), freshness.now(), home.settings.stale_after)
names = urls.distinct_labels({key: contract.title for key, contract in contracts.items()})
signals = data.signals(generation, GRAINS[grain], place.service)
alerts = alert_view.open_states(home)
every = icon_table.rows_of(signals, contracts, feeds, alerts, names)
site = places.named(known, data.Place(place.site)) if place.site else None
here = [row for row in every if (which == EVERY or row.headline) and site in (None, row.where)]
rows = [row for row in here if shown == WHOLE or row.calls]

st.title(icon_table.summary(here), anchor=False)
st.caption(
    f"{numbers.sentence(places.named(known, place))} · latest closed {GRAINS[grain]} of {len(here)} series. "
    "Better and worse are said only where a rule of the control chart fired; a change that chance explains is no change."
)
if not here:
    st.info("No series is judged here yet. A verdict takes closed periods: timely refresh", icon=":material/info:")
elif not rows:
    st.info("Nothing calls for attention. Choose Everything to see each series.", icon=":material/info:")
else:
    palette = palette_for(st.context.theme.type)
    st.html(icon_table.html(rows[: icon_table.MOST_ROWS], palette, "Verdicts by metric and site, worst first"))
    if len(rows) > icon_table.MOST_ROWS:
        st.caption(f"The worst {icon_table.MOST_ROWS} of {len(rows)}. Choose a site for fewer; the CSV holds them all.")
    st.download_button(
        "Download CSV", lambda: as_csv(icon_table.frame(rows, leaving.withheld_series(signals))), "changes.csv", "text/csv",
        icon=":material/download:", on_click="ignore", help=leaving.policy_here().words,
    )  # fmt: skip
