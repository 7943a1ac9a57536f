"""The weekly snapshots: which were issued, what one says, how two compare; each to be taken away."""

import streamlit as st

from metrics.dashboard import urls, weekly
from metrics.snapshot.editions import editions

NOTHING = "nothing"

home = st.session_state["home"]
every = editions(home.path)

st.title("Weekly snapshots", anchor=False)
if not every:
    st.info(
        "No snapshot was issued yet. Issue the newest closed week: timely snapshot make. To have it issued each week: timely watch",
        icon=":material/info:",
    )
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom"):
    audience = urls.pick("Audience", sorted({one.audience for one in every}), "audience")
    issued = [one for one in every if one.audience == audience]
    labels = {weekly.label_of(one, issued): one for one in issued}
    week = urls.pick("Week", list(labels), "week")
    beside = urls.pick("Compare with", [NOTHING, *(label for label in labels if label != week)], "beside")
st.caption(f"{len(issued)} issued for {audience}. An issued snapshot never changes; a correction is a new edition.")

if beside in labels and beside != week:
    older, newer = sorted((beside, week), key=lambda label: (labels[label].week, labels[label].number))
    weekly.side_by_side(labels[older], labels[newer], (older, newer))
weekly.whole_edition(labels[week], week)
