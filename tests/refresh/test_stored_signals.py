"""Signals of a generation: what is judged, and what is drawn without being judged."""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from metrics.demo import ingest_raw
from metrics.home import create_home
from metrics.refresh import refresh
from metrics.simulate import simulate
from metrics.warehouse import current, run_query

NOW = datetime(2026, 11, 24, 6)
POINTS = """
select metric, statistic, grain, site_id, period_start, closed, baseline, first_day
from signal_points
join (select metric, site_id, min(day) as first_day from day_counts group by all) using (metric, site_id)
where service_id is null
"""


def test_a_period_in_the_middle_of_which_the_data_begin_makes_no_limits(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home")
    simulate(home.raw, scale=0.01, until=NOW, progress=lambda label, done, total: None)
    ingest_raw(home, lambda label, done, total: None)
    refresh(home, NOW)
    points = run_query(current(home.path), POINTS).frame
    cut = points.filter(pl.col("period_start") < pl.col("first_day"))
    assert cut["grain"].unique().sort().to_list() == ["month", "week"]
    assert not cut["closed"].any() and not cut["baseline"].any()
    second = points.filter(pl.col("period_start").is_between(pl.col("first_day"), pl.col("first_day") + timedelta(days=40)))
    assert second["closed"].all() and second["baseline"].any()
