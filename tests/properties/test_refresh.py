"""An incremental refresh equals a full one to the last digit, for any split and any order of the same events."""

import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from metrics.errors import UserError
from metrics.home import Home, create_home
from metrics.ingest import ingest
from metrics.refresh import refresh
from metrics.sources import load_mapping
from metrics.warehouse import current
from metrics.warehouse.publishing import reading
from tests.properties.awkward_events import LAST, ROWS, events

NOW = datetime(2026, 5, 1)
EXAMPLES = int(os.environ.get("TIMELY_EXAMPLES", "5"))  # each is a few refreshes; ask for more with TIMELY_EXAMPLES=100
STORED = (
    "observations", "signals", "signal_points", "day_counts", "month_waits", "month_censored", "census_moves", "wait_bins",
    "stratum_counts", "patients",
    "facts_appointments", "facts_visits", "facts_contacts", "facts_cases", "facts_tallies", "freshness", "feed_months",
    "quality_counts",
)  # fmt: skip
EARLY = datetime(2026, 4, 4, 12)  # a first as-of instant with some events still to come


def ingest_frames(home: Home, frames: dict[str, pl.DataFrame], folder: Path) -> None:
    for name, frame in frames.items():
        if frame.is_empty():
            continue
        mapping = folder / f"{name}.sql"
        mapping.write_text(f"-- source: {name}_test\n-- table: {name}\n-- time_zone: UTC\nselect * from read_parquet($files)\n")
        path = folder / f"{name}.parquet"
        frame.write_parquet(path)
        ingest(home, load_mapping(mapping), [path])


def contents(home: Home) -> dict[str, pl.DataFrame]:
    with reading(current(home.path)) as connection:  # one for all: opened for each, it would take a third of the test
        return {name: sorted_rows(connection.sql(f"select * from {name}").pl()) for name in STORED}


def sorted_rows(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort(frame.columns, nulls_last=True)


def assert_same(one: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> None:
    for name in STORED:
        assert one[name].equals(other[name]), f"{name} differs:\n{rows_that_differ(one[name], other[name])}"


def rows_that_differ(one: pl.DataFrame, other: pl.DataFrame) -> str:
    sides = ((one, other, "incremental"), (other, one, "full"))
    only = [a.join(b, on=a.columns, how="anti", nulls_equal=True).with_columns(pl.lit(side).alias("side")) for a, b, side in sides]
    return "\n".join(str(row) for row in pl.concat(only).head(20).to_dicts())


@st.composite
def split_events(draw: st.DrawFn) -> tuple[list[dict[str, pl.DataFrame]], dict[str, pl.DataFrame]]:
    """The same events in two or three batches, and whole."""
    whole = draw(events())
    batches = draw(st.integers(2, 3))
    parts: list[dict[str, pl.DataFrame]] = [{} for _ in range(batches)]
    for name in ROWS:
        frame = whole[name]
        where = pl.Series(draw(st.lists(st.integers(0, batches - 1), min_size=frame.height, max_size=frame.height)), dtype=pl.Int64)
        for number in range(batches):
            parts[number][name] = frame.filter(where == number)
    return parts, whole


def refreshed(home: Home, now: datetime) -> None:
    """A refresh, where there is something to refresh."""
    try:
        refresh(home, now)
    except UserError as error:
        assert "no events yet" in str(error)


# An example takes a second or two: shrinking one would take minutes; the assertion prints the rows that differ.
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(split_events())
def test_incremental_equals_full(drawn: tuple[list[dict[str, pl.DataFrame]], dict[str, pl.DataFrame]]) -> None:
    parts, whole = drawn
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        steps, at_once = create_home(base / "steps"), create_home(base / "once")
        shutil.copy(steps.path / "key", at_once.path / "key")  # the same patients under the same keys
        for number, part in enumerate(parts):
            ingest_frames(steps, part, base)
            refreshed(steps, EARLY if number == 0 else NOW)
        ingest_frames(at_once, whole, base)
        if all(frame.is_empty() for frame in whole.values()):
            return
        refreshed(at_once, NOW)
        incremental = contents(steps)
        assert_same(incremental, contents(at_once))
        refresh(steps, NOW, full=True)
        assert_same(incremental, contents(steps))


def test_the_clock_alone_moves_what_it_should(tmp_path: Path) -> None:
    """No new events, a later `now`: appointments become due, an open case passes its limit."""
    frames = {name: pl.DataFrame() for name in ROWS}
    rows = [
        {
            "appointment_id": "a",
            "site_id": "ASH",
            "status": "noshow",
            "scheduled_start": datetime(2026, 4, 3, 9),
            "recorded_at": LAST,
        },
        {
            "appointment_id": "b",
            "site_id": "ASH",
            "status": "booked",
            "scheduled_start": datetime(2026, 4, 10, 9),
            "recorded_at": LAST,
        },
    ]
    from tests.properties.awkward_events import frame_of

    frames["appointments"] = frame_of("appointments", rows)
    frames["cases"] = frame_of(
        "cases",
        [{"case_id": "c", "site_id": "ASH", "kind": "complaint", "opened_at": datetime(2026, 4, 1, 9), "recorded_at": LAST}],
    )
    home = create_home(tmp_path / "home")
    ingest_frames(home, frames, tmp_path)
    refresh(home, EARLY)
    report = refresh(home, NOW)
    assert not report.full
    incremental = contents(home)
    refresh(home, NOW, full=True)
    assert_same(incremental, contents(home))


@pytest.mark.parametrize("again", ["now", "later"])
def test_nothing_new_publishes_nothing(tmp_path: Path, again: str) -> None:
    home = create_home(tmp_path / "home")
    from tests.properties.awkward_events import frame_of

    frame = frame_of(
        "visits",
        [{"visit_id": "a", "site_id": "CEN", "arrived_at": datetime(2026, 4, 3, 9), "recorded_at": datetime(2026, 4, 3, 10)}],
    )
    ingest_frames(home, {"visits": frame}, tmp_path)
    first = refresh(home, NOW)
    second = refresh(home, NOW if again == "now" else datetime(2026, 6, 1))
    assert (second.published, second.generation) == (False, first.generation)
