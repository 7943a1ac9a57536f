"""Homes to measure on: a simulated provider of about so many events, in the lake, nothing computed yet."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from deltalake import DeltaTable

from metrics import lake
from metrics.demo import ingest_raw
from metrics.events import TABLES
from metrics.home import Home, create_home, open_home
from metrics.refresh.inputs import Inputs, read_inputs
from metrics.simulate import simulate

EVENTS_PER_SCALE = 2_250_000  # rows of all tables that the simulator makes at scale 1 in two years
SMALLEST_SCALE, LARGEST_SCALE = 0.01, 100.0
METRICS = (
    "abandonment_rate", "checkin_to_room", "complaint_acknowledgement_time", "complaint_resolution_time", "door_to_provider",
    "ed_length_of_stay", "emergency_response_time", "emergency_unit_response_time", "late_cancellation_rate", "lead_time",
    "left_without_being_seen", "no_show_rate", "portal_response_time", "return_rate_90d", "room_to_provider", "same_day_share",
    "service_level", "speed_of_answer", "virtual_visit_share",
)  # fmt: skip
"""The metrics that are written by hand in SQL and in pandas, too; the homes that are measured compute these and no others."""
DATED = tuple(table.name for table in TABLES.values() if table.anchor and table.name != "tallies")


def make_home(path: Path, events: int, years: float = 2) -> int:
    """A home with about so many events of the simulated provider in its lake. Returns how many there are."""
    home = create_home(path)
    (path / "timely.toml").write_text(f"[catalog]\ncompute = {list(METRICS)}\n")
    (path / "targets.toml").write_text("")  # a target would have its metric computed
    shutil.rmtree(home.raw, ignore_errors=True)
    scale = min(max(events / EVENTS_PER_SCALE, SMALLEST_SCALE), LARGEST_SCALE)
    simulate(home.raw, scale=scale, seed=1, years=years)
    ingest_raw(home, lambda *told: None)
    return events_in(home)


def events_in(home: Home) -> int:
    return sum(sum(lake.months(home.lake, table).values()) for table in TABLES)


@dataclass(frozen=True)
class BaselineInputs:
    """What a baseline is given: each event table's Parquet files at the lake's head, and the places' calendars."""

    files: Mapping[str, Sequence[str]]
    refresh: Inputs

    @property
    def calendars(self) -> dict[str, pl.DataFrame]:
        calendar = self.refresh.calendar
        return {"sites": self.refresh.home.sites, "opening_hours": calendar.hours, "working_days": calendar.days}


def baseline_inputs(path: Path) -> BaselineInputs:
    home = open_home(path)
    head = lake.head(home.lake)
    assert head.as_of is not None
    files = {
        table: DeltaTable(home.lake / table, version=head.versions[table]).file_uris() for table in (*DATED, "patients")
    }  # fmt: skip
    return BaselineInputs(files, read_inputs(home, head.as_of))
