"""The body of the metric page: the figure of the newest settled period and everything that stands behind it."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from metrics.dashboard import (
    control,
    control_page,
    data,
    figures,
    freshness,
    funnel_figure,
    leaving,
    metric_figures,
    numbers,
    problems,
    proof,
    sentences,
    states,
    urls,
)
from metrics.dashboard.metric_figures import View
from metrics.definitions.metric import QUANTILES
from metrics.home import Home
from metrics.observe import Slice
from metrics.suppression import CELLS
from metrics.warehouse import Generation

STRATA_GRAINS = ("month", "quarter", "year")  # the grains that are cut by who the patients are
Period = tuple[date, date]


def body(home: Home, generation: Generation, view: View, rows: pl.DataFrame, period: Period) -> None:
    """Numbers, trend, distribution and sites, strata, SQL. `rows` is the series; `period` the newest settled one."""
    at_period = next(iter(rows.filter(pl.col("period_start") == period[0]).to_dicts()), {})
    feeds = freshness.feeds(data.freshness(generation), freshness.now(), home.settings.stale_after)
    bars = data.distribution(generation, view.contract.id, view.place, *period) if view.contract.kind == "duration" else None
    completed = None if bars is None else int(bars["n"].sum())
    headline(view, at_period, period, completed, feeds.any_stale(view.contract.tables, view.place.site))
    trend(home, generation, view, rows)
    left, right = st.columns(2, gap="large")
    with left:
        if bars is None:
            funnel(generation, view, period)
        else:
            waits(view, bars, period)
    with right:
        sites(generation, view, period, at_period.get("target"))
    if bars is not None:
        funnel(generation, view, period)
    strata(home, generation, view, period)
    with st.expander("Show SQL", icon=":material/database:", key="show_sql"):
        if view.contract.query:
            proof.file_shown(view)
        proof.shown(home, generation, view, period, at_period.get("value"))


def headline(view: View, row: dict[str, Any], period: Period, completed: int | None, stale: bool) -> None:
    """The figure and its counts, the target and the interval: a wait is never one number.

    `completed` waits are None for a metric that is not a wait. A share within a limit counts more than the completed:
    also those who left, or still wait, beyond the limit.
    """
    value, n, still_open, target = (row.get(key) for key in ("value", "n", "still_open", "target"))
    state = states.state_of(numbers.known(value, row.get("lower"), target, view.statistic), n, target, view.better, stale)
    st.caption(f"{numbers.sentence(numbers.period(period[0], view.grain))}, the latest settled {view.grain} · {view.where}")
    with st.container(horizontal=True, gap="large", key="headline"):
        st.metric(view.label, view.told(value, row.get("lower")), width="content")
        if completed is not None:
            st.metric("Completed", numbers.whole(completed), width="content")
        if view.contract.counts_open:
            st.metric("Still open", numbers.whole(still_open), width="content")
        st.metric("Counted (n)", numbers.whole(n), width="content")
        with st.container(gap=None, width="content"):
            st.markdown(state.badge)
            told = None if target is None else view.told(target)
            st.caption(states.target_words(told, state, view.better, row.get("target_verified") is not False))
            spread = numbers.interval(row.get("lower"), row.get("upper"), view.statistic, view.unit)
            st.caption(f"95% interval {spread}" if spread else "Too few for an interval")


def trend(home: Home, generation: Generation, view: View, rows: pl.DataFrame) -> None:
    """The control chart where the series is judged; else the plain trend, and why."""
    signal = data.signal(generation, view.series) if view.grain in control.GRAINS else None
    if signal is None:
        if view.grain in control.GRAINS and not data.judged(generation):
            st.caption(data.NOT_JUDGED)
        figures.show(leaving.of_series(metric_figures.trend_figure(view, rows), view.asked(), CELLS))
        return
    control_page.shown(home, view, data.signal_points(generation, view.series), signal)


def waits(view: View, bars: pl.DataFrame, period: Period) -> None:
    """How long completed waits were in the period."""
    words = numbers.period(period[0], view.grain)
    if bars.is_empty():
        st.caption(f"No completed wait in {words}.")
    else:
        figure = metric_figures.distribution_figure(view, bars, words)
        figures.show(replace(figure, csv=partial(leaving.csv_of_bins, figure.table)))


def sites(generation: Generation, view: View, period: Period, target: float | None) -> None:
    """Every site in the service chosen, worst first."""
    rows = data.sites(generation, view.series, period[0])
    if rows.is_empty():
        st.caption(f"No site has a figure for {numbers.period(period[0], view.grain)}.")
        return
    figure = metric_figures.sites_figure(view, rows, target, numbers.period(period[0], view.grain))
    figures.show(leaving.of_slice(figure, view.asked("site", site=None, since=period[0], until=period[1])))


def funnel(generation: Generation, view: View, period: Period) -> None:
    """Sites that stand out from the others, of a metric that counts a share of its cases."""
    if view.statistic not in numbers.SHARES:
        return
    counts = data.funnel(generation, view.series, period[0])
    if len(counts) >= funnel_figure.LEAST_SITES:
        figure = funnel_figure.figure(view, counts, numbers.period(period[0], view.grain))
        figures.show(leaving.of_slice(figure, view.asked("site", site=None, since=period[0], until=period[1])))


def strata(home: Home, generation: Generation, view: View, period: Period) -> None:
    """The figure by who the patients are. Days and weeks are too few to cut, so they show their newest settled month."""
    grain = view.grain if view.grain in STRATA_GRAINS else "month"
    settled = period if grain == view.grain else data.settled(generation, view.contract.id, grain)
    if settled is None:
        return
    rows = data.strata(generation, replace(view.series, grain=grain), settled[0])
    dimensions = rows["dimension"].unique(maintain_order=True).to_list()
    if not dimensions:
        if view.statistic in QUANTILES:
            asked = f"timely observe {view.contract.id} --statistic {view.statistic} --by age_band"
            st.caption(problems.plain(f"{view.label} by patient group is worked out when asked for. Type: {asked}"))
        return
    names = {numbers.sentence(name.replace("_", " ")): name for name in dimensions}
    by = urls.choice("Compare patients by", list(names), "stratum")
    figure = metric_figures.strata_figure(view, rows, names[by], numbers.period(settled[0], grain))
    drawn = view.asked(names[by], grain=grain, since=settled[0], until=settled[1])
    figures.show(leaving.of_slice(figure, drawn))
    gaps(home, replace(view, grain=grain), rows.filter(pl.col("dimension") == names[by]), names[by], drawn)


def gaps(home: Home, view: View, groups: pl.DataFrame, dimension: str, asked: Slice) -> None:
    """How far each group is from the reference group, in words and with an interval; two counts have no gap.

    The file to take away is the groups' own figures, `asked` as they may leave: gaps told in words would tell small ones.
    """
    if view.statistic == "count" or groups.is_empty():
        return
    equity = home.settings.equity
    rows = data.gaps(groups, equity.reference, equity.least, view.better)
    st.markdown(f"**{sentences.gaps_title(rows)}**")
    st.caption(sentences.GAPS_CAPTION.format(least=equity.least))
    told = metric_figures.gaps_table(view, rows)
    key = f"{view.contract.id}_{view.statistic}_gaps_{dimension}"
    figures.table(told, key, "How far each group is from the reference group", partial(leaving.csv_of_slice, told, asked))
