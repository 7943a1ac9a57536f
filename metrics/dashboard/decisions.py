"""What people say of a series on its page: notes on its chart, and the baseline its limits are made from, with the reason."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

import polars as pl
import streamlit as st

from metrics.alerts.actions import Person
from metrics.dashboard import freshness, numbers, people, problems
from metrics.dashboard.changes import Signal
from metrics.dashboard.data import Series
from metrics.errors import UserError
from metrics.home import Home
from metrics.ledger import Ledger, open_ledger, series_words
from metrics.signals.profile import BASELINE_POINTS

DONE = "decided"  # the session's sentence on what was just stored, told after the page has been drawn anew
REDRAWN = "The limits follow it from the next refresh on: timely refresh"


def of_series(series: Series) -> series_words.Series:
    """The series as the ledger names it."""
    return series_words.Series(series.metric, series.statistic, series.grain, series.place.site, series.place.service)


def about(frame: pl.DataFrame, series: Series) -> pl.DataFrame:
    """The rows of the ledger that are about the series."""
    columns = of_series(series).columns()
    return frame.filter(pl.col(name).eq_missing(pl.lit(value, pl.String)) for name, value in columns.items())


def annotations(home: Home, series: Series) -> pl.DataFrame:
    """The notes on the chart of a series. None, and a warning, where the ledger cannot be read: the chart is shown all the same."""
    empty = pl.DataFrame(schema={"annotation_id": pl.Int64, "day": pl.Date, "text": pl.String, "created_by": pl.String})
    try:
        return about(series_words.annotations(open_ledger(home)), series)
    except UserError as error:
        st.warning(problems.plain(error.problems[0]), title="Notes cannot be read", icon=":material/warning:")
        return empty


def shown(home: Home, series: Series, signal: Signal, notes: pl.DataFrame) -> None:
    """The forms, opened by the reader: add a note, accept a suggested re-base, set a baseline, take either back."""
    if said := st.session_state.pop(DONE, None):
        st.success(said, icon=":material/check:")
    suggestion(signal)
    ledger = open_ledger(home)
    try:
        known = people.known(ledger)
    except UserError:
        return  # it was told where the notes are read; there is nothing to write to
    with st.expander("Add a note, set the baseline", icon=":material/edit_note:", key="decide"):
        person = people.who(known, "decide_who")
        left, right = st.columns(2, gap="large")
        with left:
            note_form(ledger, series, signal, person)
            for number, day, text in notes.select("annotation_id", "day", "text").iter_rows():
                withdrawal("note", number, day, text, person, partial(series_words.withdraw_annotation, ledger))
        with right:
            baseline_form(ledger, series, signal, person)
            in_force = about(series_words.baselines(ledger), series).select("baseline_id", "starts", "reason")
            for number, day, reason in in_force.iter_rows():
                withdrawal(
                    "baseline", number, day, f"limits from here, {reason}", person, partial(series_words.withdraw_baseline, ledger)
                )


def suggestion(signal: Signal) -> None:
    since = signal["rebase_suggested"]
    if since is not None:
        st.info(
            f"The figures have stayed on one side of the mean since {numbers.day(since)}. If you know why, let a new baseline "
            "begin there; nothing moves unless you do.",
            title="A re-base is suggested",
            icon=":material/lightbulb:",
        )


def note_form(ledger: Ledger, series: Series, signal: Signal, person: Person | None) -> None:
    with st.form("note", clear_on_submit=True):
        st.markdown("**Add a note to the chart**")
        day = st.date_input("Day", signal["period_start"] or "today", key="note_day", format="DD/MM/YYYY")
        text = st.text_input("What happened", key="note_text", placeholder="A second triage nurse from today")
        if st.form_submit_button("Add note"):
            stored("The note is on the chart.", person, lambda by: series_words.annotate(
                ledger, of_series(series), day, text, by, freshness.now()))  # fmt: skip


def baseline_form(ledger: Ledger, series: Series, signal: Signal, person: Person | None) -> None:
    """Where the new segment begins, which periods make its limits, and why."""
    suggested = signal["rebase_suggested"]
    with st.form("baseline", clear_on_submit=True):
        st.markdown("**Accept the suggested re-base**" if suggested else "**Set the baseline**")
        starts = st.date_input(
            "New limits begin", suggested or signal["baseline_from"] or "today", key="baseline_starts", format="DD/MM/YYYY"
        )
        until = st.date_input("Made from the periods up to", None, key="baseline_to", format="DD/MM/YYYY",
                              help=f"Left empty: the first {BASELINE_POINTS} closed periods from there.")  # fmt: skip
        reason = st.text_input("Reason", key="baseline_reason", placeholder="What changed, and who decided it")
        if st.form_submit_button("Store the baseline"):
            stored(f"The baseline is stored. {REDRAWN}", person, lambda by: decided(ledger, series, starts, until, reason, by))


def decided(ledger: Ledger, series: Series, starts: date, until: date | None, reason: str, by: str) -> None:
    series_words.decide_baseline(ledger, of_series(series), starts, starts, until, reason, by, freshness.now())


def withdrawal(
    what: str, number: int, day: date, text: str, person: Person | None, withdraw: Callable[[int, str, datetime], None]
) -> None:
    """What was said of the series, with a button that takes it back."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(problems.plain(f"{numbers.day(day)}: {text}"))
        if st.button("Take back", key=f"withdraw_{what}_{number}", help=f"Take back the {what} of {numbers.day(day)}"):
            said = f"The {what} is taken back; the ledger keeps it." + (f" {REDRAWN}" if what == "baseline" else "")
            stored(said, person, lambda by: withdraw(number, by, freshness.now()))


def stored(sentence: str, person: Person | None, write: Callable[[str], object]) -> None:
    """Writes in the person's name and draws the page anew; without a name, or when it is refused, says why and stores nothing."""
    if person is None:
        st.error("Pick or type your name above first: what people decide is kept with who decided it.")
        return
    try:
        write(people.recorded(person))
    except UserError as error:
        st.error("\n\n".join(map(problems.plain, error.problems)))
        return
    st.session_state[DONE] = sentence
    st.rerun()
