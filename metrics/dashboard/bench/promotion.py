"""Promote to metric: the contract to fill in, what the query fails of it, its history, the file that would be written."""

from typing import get_args

import polars as pl
import streamlit as st

from metrics.alerts.actions import Person
from metrics.dashboard import figures, metric_figures, numbers, problems, theme
from metrics.dashboard.bench import keeping, runs
from metrics.dashboard.bench.drafts import Draft
from metrics.dashboard.data import Contract, Place
from metrics.definitions import card, definition_version
from metrics.definitions.metric import Better, Family, QueryMetric
from metrics.definitions.query_metric import COLUMNS
from metrics.errors import UserError
from metrics.home import Home
from metrics.warehouse import Generation
from metrics.workbench.promoting import history_of, metric_of, missing_words, promoted
from metrics.workbench.query_metrics import checked_rows, metric_keys, metric_limits
from metrics.workbench.running import people_s

SLOT = "trial"  # the session's: the run that shows the history
KINDS = {"rate": "Rate: a share of cases", "count": "Count: how many", "duration": "Duration: how long"}
OFFERED = ("median", "p90", "p95", "within")  # of a duration
UNITS = ("minutes", "seconds", "hours", "days", "weeks")


def form(home: Home, generation: Generation, draft: Draft, person: Person | None) -> None:
    """The part of the page. Nothing is written before its history was seen."""
    st.caption("As a metric it is counted in every refresh, charted, held to targets and alerted on like any other.")
    try:
        name, text = filled_in(draft)
    except UserError as problem:
        problems.told("It cannot be a metric yet", *problem.problems)
        return
    metric, wrong = metric_of(home, text, name)
    if wrong:
        told(wrong)
    with st.container(horizontal=True, vertical_alignment="center", key="promote_acts"):
        if st.button("**Preview history**", key="preview", icon=":material/show_chart:", disabled=metric is None) and metric:
            runs.start(home, generation, metric.sql, {}, person, name, SLOT, people_s(metric_limits(home)))
    seen = metric is not None and history(metric, generation)
    st.caption(problems.plain(f"The file that will be written: queries/{name}.sql"))
    st.code(text, language="sql", wrap_lines=True, height=300)
    with st.container(horizontal=True, vertical_alignment="center", key="promote_save"):
        commit = st.checkbox("Commit to git", key="promote_commit", help="When queries/ is in a git repository: this file, by you.")
        pressed = st.button("**Promote to metric**", key="promote", icon=":material/save:", disabled=not seen or person is None)
    if person is None:
        st.caption("Pick your name first: a file says who saved it.")
    elif not seen:
        st.caption("Look at its history first.")
    if said := st.session_state.pop(keeping.SAVED, None):
        st.success(f"{said} The next refresh counts it: timely refresh", icon=":material/check:")
    if pressed and person is not None:
        problems.guarded(lambda: written(home, draft, name, text, person, commit))


def written(home: Home, draft: Draft, name: str, text: str, person: Person, commit: bool) -> None:
    """Put the header into the editor, and save. Raises UserError where it may not be saved."""
    draft.put(text)
    keeping.save(home, draft, name, person, commit)


def told(wrong: list[str]) -> None:
    """What the query fails, a line each."""
    with st.container(key="fails"):
        lines = "\n".join(f"- ▲ {problems.plain(numbers.sentence(one))}" for one in wrong)
        st.markdown(f"**Before it can be a metric**\n\n{lines}")


def filled_in(draft: Draft) -> tuple[str, str]:
    """The fields, with what the header says already; the id and the file that they make."""
    known = metric_keys(draft.text)
    with st.container(horizontal=True, vertical_alignment="bottom", key="contract"):
        usual = draft.name or keeping.suggested(draft.text)
        name = st.text_input("Metric id, the file's name", usual, key=f"metric_id_{draft.version}", width=250)
        kinds = list(KINDS)
        kind = st.selectbox(
            "Kind", kinds, place(kinds, known.get("kind")), format_func=KINDS.get, key=f"metric_kind_{draft.version}", width=220
        )
        families = list(get_args(Family))
        family = st.selectbox("Family", families, place(families, known.get("family")), format_func=numbers.sentence,
                              key=f"metric_family_{draft.version}", width=160)  # fmt: skip
        ways = list(get_args(Better))
        better = st.selectbox("Better", ways, place(ways, known.get("better")), format_func=numbers.sentence,
                              key=f"metric_better_{draft.version}", width=130)  # fmt: skip
        matures = st.text_input("Settles after", known.get("matures", "24 hours"), key=f"metric_matures_{draft.version}", width=140,
                                help="How long after a period its figure can still move.")  # fmt: skip
        authority = st.text_input("Authority", known.get("authority", ""), key=f"metric_authority_{draft.version}", width=250,
                                  placeholder="Who defines it so")  # fmt: skip
        headline = st.checkbox("Headline", str(known.get("headline", "")).lower() == "true", key=f"metric_headline_{draft.version}",
                               help="On the weekly snapshot, where snapshot.toml names no others.")  # fmt: skip
    answers = {"kind": kind, "family": family, "better": better, "matures": matures, "authority": authority}
    answers |= duration_answers(draft, known) if kind == "duration" else {}
    answers |= {"headline": "true"} if headline else {}
    others = {
        key: value if isinstance(value, str) else "; ".join(value)
        for key, value in known.items()
        if key in ("caveats", "exclusions")
    }
    given = {key: answer for key, answer in {**others, **answers}.items() if answer.strip()}
    st.caption(f"A {kind} returns {', '.join(COLUMNS[kind])}.")
    return name.strip().removesuffix(".sql"), promoted(draft.text, given, words(draft, kind))


def duration_answers(draft: Draft, known: dict[str, object]) -> dict[str, str]:
    """What only a duration has: its statistics, its limit, its unit."""
    listed = known.get("statistics")
    usual = [name for name in listed if name in OFFERED] if isinstance(listed, list) else ["median", "p90"]
    with st.container(horizontal=True, vertical_alignment="bottom", key="duration"):
        statistics = st.multiselect("Statistics", OFFERED, usual, format_func=lambda name: numbers.STATISTIC_WORDS[name],
                                    key=f"metric_statistics_{draft.version}", width=420)  # fmt: skip
        within = st.text_input(
            "Limit", str(known.get("within", "")), key=f"metric_within_{draft.version}", width=140, placeholder="60 minutes"
        )
        unit = st.selectbox("Unit", UNITS, place(list(UNITS), known.get("unit")), key=f"metric_unit_{draft.version}", width=130)
    return {"statistics": ", ".join(statistics), "within": within, "unit": unit}


def words(draft: Draft, kind: str) -> dict[str, str]:
    """Fields for what the question's own header does not say yet."""
    missing = missing_words(draft.text, kind)
    if not missing:
        return {}
    with st.container(horizontal=True, vertical_alignment="bottom", key="words"):
        return {
            word: st.text_input(
                numbers.sentence(word), usual, key=f"metric_{word}_{kind}_{draft.version}", width=250, placeholder=HINTS[word]
            )
            for word, usual in missing.items()
        }


HINTS = {
    "title": "Its name", "question": "What it answers, as somebody would ask it", "owner": "Who answers for it",
    "reviewed": "A day, such as 2026-11-01", "returns": "Its columns, in order",
}  # fmt: skip


def place(options: list[str], value: object) -> int:
    return options.index(str(value)) if value in options else 0


def history(metric: QueryMetric, generation: Generation) -> bool:
    """The history of the newest preview, where it is of this very query; whether it was seen, and every check holds."""
    done = runs.answered(SLOT)
    if done is None:
        return False
    running, answer = done
    if running.sql != metric.sql or running.generation != generation:
        st.caption("The query changed since its history was shown. Preview it again.")
        return False
    try:
        rows = checked_rows(metric, answer, generation.as_of.date())
    except UserError as problem:
        told(list(problem.problems))
        return False
    drawn(metric, history_of(metric, rows, generation), answer.frame.height)
    return True


def drawn(metric: QueryMetric, told_by_week: pl.DataFrame, rows: int) -> None:
    """The history at all places together, with its table."""
    statistic = metric.statistics[0]
    whole = pl.col("site_id").is_null() & pl.col("service_id").is_null() & (pl.col("statistic") == statistic)
    series = told_by_week.filter(whole).with_columns(pl.lit(None, pl.Float64).alias("target"))
    st.caption(f"● Every check holds: {rows:,} rows, {series.height:,} weeks.")
    if not (series["value"].fill_null(0) != 0).any():
        st.warning("It is 0 or nothing in every week. Are the query's codes those of the events?", icon=":material/warning:")
    if series["value"].drop_nulls().is_empty():
        return
    contract = Contract(
        metric.id, metric.title, metric.question, metric.family, metric.kind, metric.unit, metric.better,
        definition_version(metric), metric_keys(metric.text), card(metric), metric.text,
    )  # fmt: skip
    palette = theme.palette_for(st.context.theme.type)
    figures.show(
        metric_figures.trend_figure(metric_figures.View(contract, statistic, "week", Place(), "all sites", palette), series)
    )
