"""The control chart on the metric page: its words first, then the chart, then what people wrote and decided about the series."""

import polars as pl
import streamlit as st

from metrics.dashboard import changes, control, decisions, figures, icons, leaving, numbers, problems
from metrics.dashboard.changes import Signal
from metrics.dashboard.metric_figures import View
from metrics.home import Home

VERDICT_SIZE = 34  # px


def shown(home: Home, view: View, points: pl.DataFrame, signal: Signal) -> None:
    """Verdicts, chart, notes and baselines of one series."""
    notes = control.notes_of(decisions.annotations(home, view.series), points)
    words(view, signal)
    figures.show(leaving.of_series(control.figure(view, points, signal, notes), view.asked(), control.CELLS))
    for note in notes.to_dicts():
        st.caption(f"**{note['number']}** " + problems.plain(f"{numbers.day(note['day'])}: {note['text']} ({note['created_by']})"))
    st.caption(problems.plain(changes.baseline_words(signal)))
    decisions.shown(home, view.series, signal, notes)


def words(view: View, signal: Signal) -> None:
    """What changed and whether the target will be met, an icon and a sentence each; then what to be careful with."""
    speak = control.speaker(view)
    pairs = [
        (icons.variation(signal["variation"]), changes.what_changed(signal, speak)),
        (icons.assurance(signal["assurance"]), changes.will_it_do(signal, speak)),
    ]
    with st.container(key="verdicts", gap="small"):
        for icon, sentence in pairs:
            if sentence or icon is icons.ASSURANCE["none"]:
                st.markdown(f"{icons.markdown(icon, view.palette, VERDICT_SIZE)} **{icon.words}.** {sentence}")
        for caution in changes.cautions(signal, speak):
            st.caption(caution)
