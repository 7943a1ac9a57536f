"""The parts of the weekly page: one issued edition, its downloads, and two editions side by side."""

from collections.abc import Sequence
from json import loads
from typing import Any

import streamlit as st

from metrics.dashboard import figures, problems
from metrics.snapshot.comparing import compared, summary_of, verdicts_that_differ
from metrics.snapshot.content import week_name
from metrics.snapshot.editions import Edition
from metrics.snapshot.rendering import PAGE, SHEET, WORDS
from metrics.snapshot.taking_away import archive_of
from metrics.snapshot.verifying import tampering

SEAL = 12  # characters of it that are shown: enough to tell two editions apart at a glance
TALL = 1400  # px of the frame that an edition is read in: the first screen and the next


def label_of(edition: Edition, editions: Sequence[Edition]) -> str:
    """'2026-W47', with the edition behind it where the week has more than one."""
    alone = sum(one.week == edition.week for one in editions) == 1
    return week_name(edition.week) if alone else f"{week_name(edition.week)}, edition {edition.number}"


def words(edition: Edition) -> dict[str, Any]:
    """What the edition says. Raises UserError where its words were damaged, as its manifest tells."""
    said: dict[str, Any] = loads((edition.path / WORDS).read_text(encoding="utf-8"))
    return said


def changed_files(edition: Edition) -> list[str]:
    """A sentence for each file that is not as it was issued."""
    return list(tampering(edition, edition.manifest()))


def whole_edition(edition: Edition, label: str) -> None:
    """One edition: whether it is as issued, its downloads, and its page. A page that was changed is not shown."""
    changed = changed_files(edition)
    if changed:
        problems.told(
            f"{label} is not what was issued", *changed, "Put it back from a backup, or issue a correction: see docs/snapshots.md"
        )
        return
    said = edition.manifest()
    corrected = f" It corrects the edition before: {problems.plain(said['reason'])}" if said["reason"] else ""
    st.markdown(f":material/verified: Every file is as it was issued.{corrected}")
    known, week = f"{said['data_as_of'][:16].replace('T', ' ')} UTC", week_name(edition.week)
    st.caption(f"Data as of {known} · seal {edition.seal()[:SEAL]} · timely snapshot verify {week} makes it again")
    downloads(edition)
    st.iframe(edition.path / PAGE, height=TALL, alt=f"The weekly snapshot {label}: its page as it was issued")


def downloads(edition: Edition) -> None:
    """The page to print, the page to send, and the rows behind every figure."""
    name = f"timely-{week_name(edition.week)}-{edition.audience}-{edition.number}"
    offered = (
        ("PDF", (edition.path / SHEET).read_bytes, f"{name}.pdf", "application/pdf"),
        ("HTML", (edition.path / PAGE).read_bytes, f"{name}.html", "text/html"),
        ("Rows (CSV and Parquet)", lambda: archive_of(edition, "rows/"), f"{name}-rows.zip", "application/zip"),
        ("Everything", lambda: archive_of(edition), f"{name}.zip", "application/zip"),
    )
    with st.container(horizontal=True):
        for label, content, file, kind in offered:
            st.download_button(label, content, file, kind, key=f"get_{file}", icon=":material/download:", on_click="ignore")


def side_by_side(before: Edition, after: Edition, labels: tuple[str, str]) -> None:
    """What two editions say: what differs in words, then every headline figure."""
    damaged = [sentence for edition in (before, after) for sentence in changed_files(edition)]
    if damaged:
        problems.told("They cannot be compared", *damaged)
        return
    rows = compared(words(before), words(after))
    st.subheader(f"{labels[1]} beside {labels[0]}", anchor=False)
    st.markdown(summary_of(rows))
    for sentence in verdicts_that_differ(rows):
        st.markdown(f"- {problems.plain(sentence)}")
    figures.table(
        rows,
        f"compared_{labels[0]}_{labels[1]}".replace(", ", "_").replace(" ", "_"),
        f"Headline figures of {labels[0]} and {labels[1]}",
    )
