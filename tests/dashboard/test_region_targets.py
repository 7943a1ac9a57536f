"""A target for a region holds at its sites, and nowhere else."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

import metrics.dashboard
from metrics.signals.targets import closeness

TREND = (Path(metrics.dashboard.__file__).parent / "sql" / "trend.sql").read_text(encoding="utf-8")

OBSERVATIONS = pl.DataFrame(
    {
        "metric": "lead_time",
        "statistic": "median",
        "grain": "month",
        "period_start": date(2026, 3, 1),
        "period_end": date(2026, 3, 31),
        "site_id": ["WST", "EST", None],
        "service_id": None,
        "stratum": None,
        "numerator": None,
        "denominator": None,
        "value": 15.0,
        "n": 9,
        "lower": None,
        "upper": None,
        "still_open": 0,
        "mature": True,
        "definition_version": "v",
        "as_of": datetime(2026, 5, 1),
    },
    schema_overrides={"service_id": pl.String, "stratum": pl.String},
)
TARGETS = pl.DataFrame(
    {
        "metric": "lead_time",
        "statistic": "median",
        "role": "target",
        "region": [None, "West"],
        "site_id": None,
        "service_id": None,
        "value": [20.0, 14.0],
        "valid_from": date(2025, 1, 1),
        "valid_to": None,
        "source": ["everywhere", "the region"],
        "verified": True,
    },
    schema_overrides={"site_id": pl.String, "service_id": pl.String, "valid_to": pl.Date},
).with_columns(closeness().alias("closeness"))
SITES = pl.DataFrame({"site_id": ["WST", "EST"], "region": ["West", "East"]})


@pytest.mark.parametrize(("site", "target"), [("WST", 14.0), ("EST", 20.0), (None, 20.0)])
def test_the_nearest_target_is_the_one_in_force(site: str | None, target: float) -> None:
    connection = duckdb.connect()
    for name, frame in (("observations", OBSERVATIONS), ("targets", TARGETS), ("sites", SITES)):
        connection.register(name, frame.to_arrow())
    asked = {"metric": "lead_time", "statistic": "median", "site": site, "service": None, "grain": "month", "periods": 3}
    assert connection.sql(TREND, params=asked).pl()["target"].to_list() == [target]
