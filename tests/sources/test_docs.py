"""The example in docs/sources.md does what the page says."""

import re
from datetime import datetime
from pathlib import Path

from metrics import lake
from metrics.ingest import ingest
from metrics.sources import load_mapping
from tests.ingest.loading import new_home, rejects_of

PAGE = Path(__file__).parents[2] / "docs" / "sources.md"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


def test_the_example_is_loaded_as_the_page_says(tmp_path):
    (tmp_path / "clinic_export.sql").write_text(block("sql"), encoding="utf-8")
    (tmp_path / "clinic_export.csv").write_text(block("csv"), encoding="utf-8")
    home = new_home(tmp_path / "home")
    report = ingest(home, load_mapping(tmp_path / "clinic_export.sql"), [tmp_path / "clinic_export.csv"])
    assert {name: (table.new, table.rejected) for name, table in report.tables.items()} == {
        "appointments": (3, 1),
        "patients": (4, 0),
    }
    assert rejects_of(home) == [(5, "status_on_the_list", "status", "lost")]
    rows = lake.scan(home.lake, "appointments").sort("appointment_id").collect()
    assert rows.select("site_id", "scheduled_start", "status").rows() == [
        ("CEN", datetime(2024, 1, 15, 10), "fulfilled"),
        ("CEN", datetime(2024, 1, 15, 10, 20), "noshow"),
        ("HAR", datetime(2024, 1, 16, 13), "fulfilled"),
    ]
    assert set(rows["patient_key"]) < set(lake.scan(home.lake, "patients").collect()["patient_key"])
    assert rows["arrived_at"].is_null().to_list() == [False, True, False]


def test_the_page_names_every_rule_that_is_not_in_the_data_dictionary():
    named = set(re.findall(r"`([a-z_]+)`", PAGE.read_text(encoding="utf-8")))
    assert {"type", "columns", "quotes", "line_length", "encoding", "site_known", "arrived_at_on_a_clock"} <= named
