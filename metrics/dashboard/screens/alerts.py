"""The alert inbox: what somebody must own, worst first; acted on in place, with its whole history."""

import streamlit as st

from metrics.alerts.sentences import Names
from metrics.dashboard import acting, alert_rows, alert_view, data, figures, numbers, people, problems, urls
from metrics.dashboard.front import ALERTS, METRIC
from metrics.ledger import lives, open_ledger

MOST = 25  # alerts on the page at once

home, generation = st.session_state["home"], st.session_state["generation"]
ledger, zone = open_ledger(home), home.settings.default_time_zone
contracts, known = data.contracts(generation), data.places(generation)
sites = dict(known.select("site_id", "site").unique().iter_rows())
labels = urls.distinct_labels({key: contract.title for key, contract in contracts.items()})
names = Names({key: contract.metric for key, contract in contracts.items()}, sites)
events = lives.events(ledger)
every = alert_rows.items_of(lives.episodes(ledger), names, alert_view.unverified(events), zone)

one = st.query_params.get("alert")
if one:
    items = [item for item in every if item.id == one]
else:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        owner = urls.pick("Owner", [alert_rows.ALL_OWNERS, *sorted({item.owner for item in every})], "owner")
        site = urls.pick("Site", [urls.ALL_SITES, *sorted(set(sites.values()))], urls.SITE)
        shown = urls.choice("State", [*alert_rows.SHOWN, alert_rows.EVERY], "state")
    items = alert_rows.chosen(every, owner, site, shown)

st.title(alert_rows.summary(items), anchor=False)
if one:
    st.page_link(str(ALERTS), label="Show every alert", icon=":material/arrow_back:")
acting.told()
person = people.who(people.known(ledger), "alerts_who") if items else None
if not every:
    st.info(
        "No alert was ever raised here. Rules stand in alerts.toml; look at them with: timely alerts evaluate",
        icon=":material/info:",
    )
elif not items:
    st.info("No alert is like that. Choose another owner, site or state.", icon=":material/info:")

for item in items[:MOST]:
    with st.container(border=True, key=f"alert_{item.id}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(item.state.badge, width="content")
            st.markdown(f"**{problems.plain(numbers.sentence(item.title))}**", width="stretch")
            link = alert_rows.link(item, contracts, labels)
            if link:
                st.page_link(str(METRIC), label="Open the metric", query_params=link, icon=":material/show_chart:")
        st.markdown(problems.plain(item.episode["detail"]))
        st.caption(problems.plain(item.facts))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(problems.plain(item.taken), width="stretch")
            if item.open and item.episode["ack_state"] != "acked":
                acting.acknowledge_button(ledger, item, person)
        opened = st.expander("Act, and its whole history", key=f"life_{item.id}", on_change="rerun", expanded=bool(one))
        if opened.open:
            with opened:
                acting.forms(ledger, item, person)
                figures.table(
                    acting.history(events.filter(events["alert_id"] == item.id), zone),
                    f"history_{item.id}", f"The history of the alert {item.title}",
                )  # fmt: skip
if len(items) > MOST:
    st.caption(f"The worst {MOST} of {len(items)}. Choose an owner, a site or a state for fewer.")
