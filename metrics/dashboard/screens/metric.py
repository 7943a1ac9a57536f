"""One metric: its figure and what is still open, its trend, distribution, sites and strata, its definition and its SQL."""

import streamlit as st

from metrics.dashboard import data, metric_figures, metric_page, numbers, places, problems, states, urls
from metrics.dashboard.theme import palette_for

GRAINS = {"Day": "day", "Week": "week", "Month": "month", "Quarter": "quarter", "Year": "year"}

home, generation = st.session_state["home"], st.session_state["generation"]
contracts, statistics, known = data.contracts(generation), data.statistics(generation), data.places(generation)
titles = urls.distinct_labels({key: contract.title for key, contract in contracts.items()})
if not titles:
    st.info("This generation defines no metric. Add one to the catalogue and type: timely refresh", icon=":material/info:")
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen = urls.pick("Metric", list(titles.values()), urls.METRIC, width=280)
    contract = contracts[next(key for key, title in titles.items() if title == chosen)]
    place = places.chosen(known)
labels = {numbers.statistic_label(name, contract.limit): name for name in statistics.get(contract.id, [contract.first_statistic])}
with st.container(horizontal=True, vertical_alignment="bottom"):
    statistic = urls.choice("Statistic", list(labels), urls.STATISTIC)
    grain = urls.choice("By", list(GRAINS), urls.GRAIN, numbers.sentence(data.usual_grain(generation, contract.id)))

palette = palette_for(st.context.theme.type)
view = metric_figures.View(contract, labels[statistic], GRAINS[grain], place, places.named(known, place), palette)
st.title(contract.question, anchor=False)

if why := data.uncounted(generation).get(contract.id):
    problems.told("No figures", why, "Mend the file in the workbench; the next refresh counts it.")
rows = data.trend(generation, view.series)
period = data.settled(generation, contract.id, view.grain)
if rows.is_empty() or period is None:
    st.info(f"No figures for {contract.title.lower()} at {view.where}. Choose another place, or feed its events: timely ingest",
            title=states.NO_DATA.word, icon=":material/info:")  # fmt: skip
else:
    metric_page.body(home, generation, view, rows, period)

st.header("Definition", anchor=False)
st.table(dict(contract.card), border="horizontal", alt=f"Definition of {contract.title}")
