"""Small sets of awkward events: nulls, ties, midnights, clock changes, the same patient again, rows said twice.

Instants are drawn from few values near local midnights and clock changes, so that ties and edges happen often.
"""

from datetime import datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import strategies as st

from metrics.events import TABLES

EDGES = (
    datetime(2026, 3, 29, 0, 30),
    datetime(2026, 3, 29, 1, 30),
    datetime(2026, 3, 28, 23, 59),
    datetime(2026, 3, 31, 23, 30),
    datetime(2026, 4, 1, 0, 0),
    datetime(2026, 4, 3, 9, 0),
    datetime(2026, 4, 6, 10, 15),
    datetime(2026, 1, 1, 0, 0),
    datetime(2025, 12, 31, 23, 0),
    datetime(2026, 4, 10, 15, 45),
)
LAST = datetime(2026, 4, 11, 12, 0)  # the newest recorded_at, so the as-of instant
SITES = ("CEN", "ASH", "HAR")  # London, London, New York
SERVICES = (None, "primary_care", "emergency")
PATIENTS = (None, "p1", "p2", "p3")

instants = st.sampled_from(EDGES)
gaps = st.sampled_from(
    [timedelta(0), timedelta(seconds=59), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(days=3)]
)


def place() -> dict[str, st.SearchStrategy[Any]]:
    return {"site_id": st.sampled_from(SITES), "service_id": st.sampled_from(SERVICES), "patient_id": st.sampled_from(PATIENTS)}


recorded = st.sampled_from([datetime(2026, 4, 10, 16), datetime(2026, 4, 10, 17), datetime(2026, 4, 11), LAST])
mistakes = st.sampled_from([None, None, None, False, True])  # of rows entered in error
maybe_gap = st.none() | gaps


@st.composite
def appointments(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(instants)
    status = draw(st.sampled_from(["booked", "fulfilled", "noshow", "cancelled", "arrived"]))
    lead = draw(st.none() | gaps | st.just(timedelta(days=20)))
    row = {name: draw(values) for name, values in place().items()} | {
        "appointment_id": draw(st.sampled_from("abcdefgh")),
        "status": status,
        "scheduled_start": start,
        "recorded_at": draw(recorded),
        "booked_at": start - lead if lead is not None else None,
        "modality": draw(st.sampled_from([None, "in_person", "video"])),
        "walk_in": draw(st.sampled_from([None, True, False])),
    }
    if status == "cancelled":
        row |= {"cancelled_at": start - draw(gaps), "cancelled_by": draw(st.sampled_from([None, "patient", "provider"]))}
    if status in ("fulfilled", "arrived"):
        row |= stamps(draw, start, ("arrived_at", "roomed_at", "seen_at", "ended_at"))
    return row


@st.composite
def visits(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(instants)
    return (
        {name: draw(values) for name, values in place().items()}
        | stamps(draw, start, ("triaged_at", "seen_at", "departed_at"))
        | {
            "entered_in_error": draw(mistakes),
            "visit_id": draw(st.sampled_from("abcdefgh")),
            "arrived_at": start,
            "recorded_at": draw(recorded),
            "disposition": draw(st.sampled_from([None, "discharged", "admitted", "left_without_being_seen", "dead_on_arrival"])),
        }
    )


@st.composite
def contacts(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(instants)
    ended = draw(st.sampled_from(["answered_at", "abandoned_at", None]))
    row = {name: draw(values) for name, values in place().items()} | {
        "entered_in_error": draw(mistakes),
        "contact_id": draw(st.sampled_from("abcdefgh")),
        "channel": draw(st.sampled_from(["phone", "portal"])),
        "topic": draw(st.sampled_from([None, "billing", "results"])),
        "opened_at": start,
        "queued_at": draw(st.sampled_from([None, start])),
        "reply_needed": draw(st.sampled_from([None, True, False])),
        "recorded_at": draw(recorded),
    }
    return row | ({ended: start + draw(gaps)} if ended else {})


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(instants)
    return (
        {name: draw(values) for name, values in place().items()}
        | stamps(draw, start, ("acknowledged_at", "resolved_at"))
        | {
            "entered_in_error": draw(mistakes),
            "case_id": draw(st.sampled_from("abcdefgh")),
            "kind": draw(st.sampled_from(["complaint", "billing"])),
            "opened_at": start,
            "recorded_at": draw(recorded),
        }
    )


@st.composite
def patients(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "patient_id": draw(st.sampled_from(["p1", "p2", "p3"])),
        "age_band": draw(st.sampled_from([None, "18-34", "80+"])),
        "interpreter": draw(st.sampled_from([None, True])),
        "recorded_at": draw(recorded),
    }


@st.composite
def tallies(draw: st.DrawFn) -> dict[str, Any]:
    bottom = draw(st.integers(0, 50))
    day = draw(st.sampled_from([datetime(2026, 3, 1), datetime(2026, 2, 1)]))
    return {
        "tally_id": draw(st.sampled_from("abcd")),
        "site_id": draw(st.sampled_from(SITES)),
        "service_id": draw(st.sampled_from(SERVICES)),
        "metric": "ae_within_4h",
        "period_start": day,
        "period_end": day + timedelta(days=28),
        "denominator": float(bottom),
        "numerator": float(draw(st.integers(0, bottom))),
        "recorded_at": draw(recorded),
    }


def stamps(draw: st.DrawFn, start: datetime, names: tuple[str, ...]) -> dict[str, Any]:
    """The instants in order after the start; each may be missing."""
    row: dict[str, Any] = {}
    at = start
    for name in names:
        gap = draw(maybe_gap)
        if gap is not None:
            at = at + gap
            row[name] = at
    return row


ROWS = {
    "appointments": appointments(),
    "visits": visits(),
    "contacts": contacts(),
    "cases": cases(),
    "patients": patients(),
    "tallies": tallies(),
}


@st.composite
def events(draw: st.DrawFn, most: int = 12) -> dict[str, pl.DataFrame]:
    """Table -> its raw rows (with patient_id in place of patient_key), some of them about the same key."""
    return {name: frame_of(name, draw(st.lists(rows, max_size=most))) for name, rows in ROWS.items()}


def frame_of(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = {
        "patient_id" if name == "patient_key" else name: dtype for name, dtype in TABLES[table].schema.items() if name != "source"
    }
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
