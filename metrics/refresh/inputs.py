"""What a refresh reads before it computes: settings, definitions, calendars and the lake's head."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

import polars as pl

from metrics import lake
from metrics.clocks import opening_hours, working_days
from metrics.definitions.load import BUILT_IN, load_catalog
from metrics.definitions.metric import Metric
from metrics.errors import UserError
from metrics.events import TABLES, EventTable
from metrics.home import Home
from metrics.jobs.strata import Strata
from metrics.jobs.timetable import Timetable

FINGERPRINT = 16  # hexadecimal digits
SLACK = timedelta(days=45)  # calendars reach this far past the events: a month and its edges
AHEAD = timedelta(days=1096)  # and days this far before: an appointment may be booked three years ahead (events' rule far_ahead)


@dataclass(frozen=True)
class Inputs:
    """One refresh's inputs, read once: everything the jobs need apart from the events themselves."""

    home: Home
    head: lake.Head
    metrics: dict[str, Metric]
    calendar: Timetable
    as_of: datetime
    patients: pl.DataFrame
    strata: Strata

    @property
    def targets_fingerprint(self) -> str:
        return sha256(self.home.targets.write_csv().encode()).hexdigest()[:FINGERPRINT]

    @property
    def catalogue_fingerprint(self) -> str:
        """Changes when any metric does, in meaning or in words: the cards are part of a generation."""
        text = json.dumps([metric.model_dump(mode="json") for metric in self.metrics.values()], sort_keys=True)
        return sha256(text.encode()).hexdigest()[:FINGERPRINT]

    def of_table(self, table: EventTable) -> Sequence[Metric]:
        """The metrics computed from the table's rows (those on tallies are computed apart)."""
        return [metric for metric in self.metrics.values() if metric.table == table.name and metric.tally is None]

    @property
    def tallied(self) -> list[Metric]:
        return [metric for metric in self.metrics.values() if metric.is_tally]

    def months(self, table: EventTable) -> list[str]:
        return sorted(lake.months(self.home.lake, table.name, self.head))

    def events(self, table: EventTable) -> pl.LazyFrame:
        return lake.scan(self.home.lake, table.name, self.head)


def read_inputs(home: Home, now: datetime) -> Inputs:
    """Read the inputs in force at `now`. Raises UserError when nothing has been ingested yet."""
    head = lake.head(home.lake)
    if head.as_of is None:
        raise UserError(f"{home.lake}: no events yet. Ingest some first: timely ingest SOURCE FILE...")
    metrics = load_catalog(BUILT_IN, home.catalog)
    patients = lake.scan(home.lake, "patients", head).collect()
    as_of = min(head.as_of, now)
    return Inputs(home, head, metrics, calendar_of(home, head, as_of), as_of, patients, Strata.of(patients))


def calendar_of(home: Home, head: lake.Head, as_of: datetime) -> Timetable:
    first, last = span_of_events(home, head, as_of)
    hours = opening_hours(home.calendars, home.sites, first - SLACK, last + SLACK)
    days = working_days(home.calendars, home.sites, first - AHEAD, last + SLACK)
    return Timetable(home.sites, home.settings.default_time_zone, hours, days)


def span_of_events(home: Home, head: lake.Head, as_of: datetime) -> tuple[date, date]:
    """The first and last month that has events, and the as-of day, as days."""
    months = [month for table in TABLES.values() if table.anchor for month in lake.months(home.lake, table.name, head)]
    first = date.fromisoformat(f"{min(months)}-01") if months else as_of.date()
    return first, max([as_of.date(), *(date.fromisoformat(f"{month}-28") for month in months)])
