"""What a refresh reads before it computes: settings, definitions, calendars and the lake's head."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from hashlib import sha256

import polars as pl

from metrics import lake
from metrics.clocks import opening_hours, working_days
from metrics.definitions.choice import choice_problems, chosen
from metrics.definitions.metric import Metric, QueryMetric
from metrics.errors import UserError
from metrics.events import TABLES, EventTable
from metrics.home import Home
from metrics.home.known_targets import with_known_targets
from metrics.jobs.strata import Strata
from metrics.jobs.timetable import Timetable
from metrics.ledger.ledger import open_ledger
from metrics.ledger.series_words import baselines
from metrics.warehouse import Generation, run_query
from metrics.workbench.query_metrics import known_metrics

FINGERPRINT = 16  # hexadecimal digits
SLACK = timedelta(days=45)  # calendars reach this far past the events: a month and its edges
AHEAD = timedelta(days=1096)  # and days this far before: an appointment may be booked three years ahead (events' rule far_ahead)


@dataclass(frozen=True)
class Inputs:
    """One refresh's inputs, read once: everything the jobs need apart from the events themselves."""

    home: Home
    opened: lake.OpenedLake
    metrics: dict[str, Metric]
    calendar: Timetable
    span: tuple[date, date]  # of the events that the calendar was made for
    as_of: datetime
    baselines: pl.DataFrame  # people's decisions on the control charts, from the ledger
    broken: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # query files that mean to be a metric -> what is wrong
    calendar_kept: bool = False  # the calendar is that of the generation before

    @property
    def head(self) -> lake.Head:
        return self.opened.head

    @cached_property
    def patients(self) -> pl.DataFrame:
        """The patients table as it stands: read when it is first asked for, which few incremental refreshes do."""
        return self.events(TABLES["patients"]).collect()

    @cached_property
    def strata(self) -> Strata:
        return Strata.of(self.patients)

    @property
    def has_strata(self) -> bool:
        return bool(self.months(TABLES["patients"]))

    @property
    def targets_fingerprint(self) -> str:
        return sha256(self.home.targets.write_csv().encode()).hexdigest()[:FINGERPRINT]

    @property
    def baselines_fingerprint(self) -> str:
        return sha256(self.baselines.write_csv().encode()).hexdigest()[:FINGERPRINT]

    @property
    def sites_fingerprint(self) -> str:
        return sha256(self.home.sites.write_csv().encode()).hexdigest()[:FINGERPRINT]

    @property
    def catalogue_fingerprint(self) -> str:
        """Changes when any metric does, in meaning or in words: the cards are part of a generation. Queries are asked in every
        refresh, so they are told apart from it."""
        contracts = [metric for metric in self.metrics.values() if not isinstance(metric, QueryMetric)]
        text = json.dumps([metric.model_dump(mode="json") for metric in contracts], sort_keys=True)
        return sha256(text.encode()).hexdigest()[:FINGERPRINT]

    @property
    def queries_fingerprint(self) -> str:
        """Changes when any metric of a query does, in meaning or in words, and when what is wrong with a broken one does."""
        text = json.dumps([[metric.model_dump(mode="json") for metric in self.queries], dict(self.broken)], sort_keys=True)
        return sha256(text.encode()).hexdigest()[:FINGERPRINT]

    @property
    def queries(self) -> list[QueryMetric]:
        """The metrics that queries count."""
        return [metric for metric in self.metrics.values() if isinstance(metric, QueryMetric)]

    def of_table(self, table: EventTable) -> Sequence[Metric]:
        """The metrics computed from the table's rows one by one (tallies, censuses and ratios are computed apart)."""
        return [metric for metric in self._on(table) if metric.kind not in ("census", "ratio")]

    def censuses_of(self, table: EventTable) -> Sequence[Metric]:
        return [metric for metric in self._on(table) if metric.kind == "census"]

    @property
    def ratios(self) -> list[Metric]:
        """The metrics told from other metrics' counts."""
        return [metric for metric in self.metrics.values() if metric.kind == "ratio"]

    def _on(self, table: EventTable) -> Sequence[Metric]:
        return [metric for metric in self.metrics.values() if metric.table == table.name and metric.tally is None]

    @property
    def tallied(self) -> list[Metric]:
        return [metric for metric in self.metrics.values() if metric.is_tally]

    def months(self, table: EventTable) -> dict[str, int]:
        """The table's months and how many rows each has."""
        return self.opened.months(table.name)

    def events(self, table: EventTable) -> pl.LazyFrame:
        return self.opened.standing(table.name)


def read_inputs(home: Home, now: datetime, previous: Generation | None = None) -> Inputs:
    """Read the inputs in force at `now`. Raises UserError when nothing has been ingested yet, and for targets of no figure.

    Calendars are taken from the generation before where they are the same and reach far enough: working them out takes
    longer than an incremental refresh may.
    """
    head = lake.head(home.lake)
    if head.as_of is None:
        raise UserError(f"{home.lake}: no events yet. Ingest some first: timely ingest SOURCE FILE...")
    known = known_metrics(home.path)
    home = with_known_targets(home, known.metrics, known.broken)
    metrics = computed_metrics(home, known.metrics)
    as_of = min(head.as_of, now)
    opened = lake.OpenedLake(home.lake, head)
    span = span_of_events(opened, as_of)
    kept = span_before(home, span, previous)
    calendar = calendar_before(home, previous) if kept and previous else calendar_of(home, span)
    decided = baselines(open_ledger(home))
    return Inputs(home, opened, metrics, calendar, kept or span, as_of, decided, known.broken, kept is not None)


def computed_metrics(home: Home, every: Mapping[str, Metric]) -> dict[str, Metric]:
    """Those that the home's settings choose, and those that a target holds. Raises UserError for a name that is none."""
    compute = home.settings.catalog.compute
    if problems := choice_problems(every, compute):
        raise UserError(*problems)
    return chosen(every, compute, home.targets["metric"].unique())


def calendar_of(home: Home, span: tuple[date, date]) -> Timetable:
    first, last = span
    hours = opening_hours(home.calendars, home.sites, first - SLACK, last + SLACK)
    days = working_days(home.calendars, home.sites, first - AHEAD, last + SLACK)
    return Timetable(home.sites, home.settings.default_time_zone, hours, days)


def span_before(home: Home, span: tuple[date, date], previous: Generation | None) -> tuple[date, date] | None:
    """The span of the calendars in the generation before, where they are today's and cover the span; else None."""
    made = previous.manifest if previous else {}
    same = made.get("calendars") == home.calendars_fingerprint and made.get("zones") == home.zones_fingerprint
    if not same or "span" not in made:
        return None
    first, last = (date.fromisoformat(day) for day in made["span"])
    return (first, last) if first <= span[0] and span[1] < last + SLACK else None


def calendar_before(home: Home, previous: Generation) -> Timetable:
    hours = run_query(previous, "select * from opening_hours order by site_id, opens_at, closes_at").frame
    days = run_query(previous, "select * from working_days order by site_id, day").frame
    return Timetable(home.sites, home.settings.default_time_zone, hours, days)


def span_of_events(events: lake.OpenedLake, as_of: datetime) -> tuple[date, date]:
    """The first and last month that has events, and the as-of day, as days."""
    months = [month for table in TABLES.values() if table.anchor for month in events.months(table.name)]
    first = date.fromisoformat(f"{min(months)}-01") if months else as_of.date()
    return first, max([as_of.date(), *(date.fromisoformat(f"{month}-28") for month in months)])
