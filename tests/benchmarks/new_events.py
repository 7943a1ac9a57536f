"""A quarter of an hour's new events: what every system would export next, as raw files that its own mapping reads.

Of 1,000 rows two thirds are new cases of the last days (or of days ahead, for bookings) and one third are later words
about cases already told: an appointment marked as missed, a patient gone home, a message answered, a complaint closed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from metrics import lake
from metrics.home import Home
from metrics.ingest import ingest
from metrics.sources import find_mapping

SPAN = timedelta(minutes=15)  # over which the new rows are recorded, after everything recorded before
LATE = timedelta(days=30)  # how far back a later word reaches
STAMP = object()  # in Feed.later: the moment the row is recorded


@dataclass(frozen=True)
class Feed:
    """One source: its id, its anchor and its recording time with their formats, how many rows, what a later word changes."""

    source: str
    id: str
    anchor: str
    stamp: str
    stamp_format: str
    new: int
    changed: int = 0
    ahead: int = 0
    anchor_format: str = "iso"
    later: Mapping[str, object] = field(default_factory=dict)


ISO, MINUTE, DAY_FIRST = "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"
MISSED = {"STATUS": "4", "CHECKIN_DTTM": None, "ROOMED_DTTM": None, "PROV_ENTER_DTTM": None, "VISIT_END_DTTM": None,
          "CANC_DTTM": None, "CANC_BY": None}  # fmt: skip
FEEDS = (
    Feed("ehr_appointments", "APPT_ID", "APPT_DTTM", "LAST_UPDATE_UTC", MINUTE, 150, 200, 100, MINUTE, MISSED),
    Feed("ehr_visits", "VISIT_NO", "ARRIVE_TM", "UPDATED_UTC", "%Y-%m-%dT%H:%M:%S+00:00", 120, 30, later={"MH_YN": "Y"}),
    Feed("phone_system", "CALL_ID", "RANG", "WRITTEN", ISO, 180),
    Feed("portal_messages", "THREAD_ID", "FIRST_MSG_AT", "SAVED_AT", ISO, 60, 50, later={"CLOSED_AT": STAMP}),
    Feed("complaints_desk", "CASE_NO", "RECEIVED", "CHANGED_UTC", DAY_FIRST, 5, 5, 0, DAY_FIRST, {"EXTENDED_YN": "Y"}),
    Feed("referral_office", "REF_NO", "SENT", "STAMP", ISO, 30),
    Feed("slot_census", "SLOT_KEY", "CENSUS_TAKEN", "WRITTEN_UTC", MINUTE, 40, 0, 0, MINUTE),
    Feed("survey_vendor", "SURVEY_ID", "SENT", "EXPORTED", ISO, 30),
)  # 1,000 rows


def add_new_events(home: Home, batch: int) -> int:
    """Write the next quarter of an hour's exports and ingest them. Returns how many rows were taken in."""
    as_of = lake.head(home.lake).as_of
    assert as_of is not None
    folder = home.path / "new_events" / str(batch)
    taken = 0
    for feed in FEEDS:
        file = folder / feed.source / "export.csv"
        file.parent.mkdir(parents=True)
        new_rows(home, feed, as_of, batch).write_csv(file)
        report = ingest(home, find_mapping(home, feed.source), [file])
        taken += report.accepted
    return taken


def new_rows(home: Home, feed: Feed, as_of: datetime, batch: int) -> pl.DataFrame:
    """The feed's new and changed rows, as text, recorded one after the other over the quarter of an hour after `as_of`."""
    rows = _latest_year(home.raw / feed.source).with_columns(_instant(feed).alias("__at")).unique(feed.id).sort("__at", feed.id)
    past, ahead = rows.filter(pl.col("__at") <= as_of), rows.filter(pl.col("__at") > as_of + timedelta(days=1))
    fresh = pl.concat([past.tail(feed.new), ahead.head(feed.ahead)]).with_columns(pl.col(feed.id) + f"-{batch}")
    told = _told_later(past.filter(pl.col("__at") > as_of - LATE), feed, batch)
    both = pl.concat([fresh, told]).drop("__at")
    step = SPAN / max(both.height, 1)
    stamps = pl.Series(feed.stamp, [f"{as_of + step * (row + 1):{feed.stamp_format}}" for row in range(both.height)], pl.String)
    later = [pl.Series(name, stamps) for name, value in feed.later.items() if value is STAMP]
    return both.with_columns(stamps, *(_only_changed(both, series, told.height) for series in later))


def _told_later(recent: pl.DataFrame, feed: Feed, batch: int) -> pl.DataFrame:
    """Rows spread evenly over the last month, with what has since become known of them."""
    step = max(recent.height // max(feed.changed, 1), 1)
    chosen = recent.gather_every(step, offset=batch % step).head(feed.changed)
    return chosen.with_columns(pl.lit(value, pl.String).alias(name) for name, value in feed.later.items() if value is not STAMP)


def _only_changed(rows: pl.DataFrame, stamps: pl.Series, changed: int) -> pl.Series:
    """The column with its last `changed` values replaced by their row's recording time."""
    fresh = rows.height - changed
    return pl.concat([rows[stamps.name].head(fresh), stamps.tail(changed)])


def _instant(feed: Feed) -> pl.Expr:
    """The anchor, near enough to order rows by: a wall clock is taken for UTC."""
    text = pl.col(feed.anchor)
    if feed.anchor_format == "iso":
        return text.str.head(19).str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
    return text.str.to_datetime(feed.anchor_format, time_unit="us", strict=False)


def _latest_year(folder: Path) -> pl.DataFrame:
    """The rows of the source's newest files, every value as text."""
    newest = max(file.stem.rpartition("_")[2] for file in folder.glob("*.csv"))
    return pl.concat(pl.read_csv(file, infer_schema=False) for file in sorted(folder.glob(f"*_{newest}.csv")))
