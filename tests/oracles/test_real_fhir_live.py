"""The same 1,215 encounters, as live messages and as a file through the mapping: the same visits."""

import shutil
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from metrics import lake
from metrics.home import Home, create_home
from metrics.ingest import ingest
from metrics.journal import opened
from metrics.listen import drain, reading_of, received
from metrics.messages.fhir import lines
from metrics.sources import find_mapping

pytestmark = pytest.mark.real
NOW = datetime(2026, 11, 24, 12)


def home_at(path: Path, key: Path | None = None) -> Home:
    """A home in New York, with the key of another one, so that patients have the same keys."""
    path.mkdir()
    (path / "timely.toml").write_text('unknown_site = "warn"\ndefault_time_zone = "America/New_York"\n')
    if key:
        shutil.copy(key, path / "key")
    return create_home(path)


def visits(home: Home) -> pl.DataFrame:
    return lake.scan(home.lake, "visits").collect().drop("source").sort("visit_id")


def test_every_real_encounter_is_the_same_visit_live_as_by_file(real: Path, tmp_path: Path) -> None:
    file = real / "fhir_encounters" / "Encounter.000.ndjson"
    live = home_at(tmp_path / "live")
    batch = home_at(tmp_path / "batch", live.path / "key")
    report = ingest(batch, find_mapping(batch, "fhir_encounter"), [file], now=NOW)
    journal = opened(live.path)
    found = received(live, journal, "fhir", reading_of(live), lines(file.read_bytes()), NOW, file_at=NOW)
    while drain(live, journal, NOW).left:
        pass
    assert (found.taken, len(found.refused), report.rejected) == (1175, 40, 40)
    assert {"arrived_at is a real time, not a placeholder."} <= {one.problems[0] for one in found.refused}
    assert visits(live).equals(visits(batch))
