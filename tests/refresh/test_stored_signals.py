"""Signals of a generation: what is judged, and what is drawn without being judged."""

from datetime import date, datetime, timedelta

import polars as pl
import pytest

from metrics.home import Home, open_home
from metrics.refresh import refresh
from metrics.refresh.signals import unlike
from metrics.signals.schema import KEYS, SIGNAL_POINTS
from metrics.warehouse import current, run_query
from tests.provider_homes import provider_home

NOW = datetime(2026, 11, 24, 6)
POINTS = """
select metric, statistic, grain, site_id, period_start, closed, baseline, first_day
from signal_points
join (select metric, site_id, min(day) as first_day from day_counts group by all) using (metric, site_id)
where service_id is null
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A provider, of which a generation says how things stood two hours ago."""
    made = provider_home(tmp_path_factory, NOW, refreshed=False)
    assert refresh(made, NOW - timedelta(hours=2)).full
    return made


def test_a_period_in_the_middle_of_which_the_data_begin_makes_no_limits(home: Home) -> None:
    points = run_query(current(home.path), POINTS).frame
    cut = points.filter(pl.col("period_start") < pl.col("first_day"))
    assert cut["grain"].unique().sort().to_list() == ["month", "week"]
    assert not cut["closed"].any() and not cut["baseline"].any()
    second = points.filter(pl.col("period_start").is_between(pl.col("first_day"), pl.col("first_day") + timedelta(days=40)))
    assert second["closed"].all() and second["baseline"].any()


def test_a_panel_is_judged_once_the_data_are_as_long_as_it_looks_back(home: Home) -> None:
    refresh(home, NOW)
    asked = "select metric, grain, site_id, service_id, statistic, period_start, period_end, closed from signal_points"
    points = run_query(current(home.path), asked).frame.filter(pl.col("period_end") < date(2026, 10, 31))
    panel = points.filter(metric="active_panel")
    first = pl.col("period_end").min().over("grain", "site_id", "service_id", "statistic")
    whole = panel.select(pl.col("period_start") >= first + timedelta(days=547)).to_series()
    assert panel["closed"].equals(whole.alias("closed")) and whole.any() and not whole.all()
    attrition = points.filter(metric="attrition")  # of those who were active a year ago: two years of data are too few
    assert attrition.height and not attrition["closed"].any()


def test_an_overlay_judges_what_may_have_changed_and_all_where_a_target_did(home: Home) -> None:
    def counted() -> tuple[int, int]:
        """Series that the overlay judged itself, of how many."""
        rows = current(home.path).manifest["rows"]
        return rows["signals__own"], run_query(current(home.path), "select count(*) from signals").frame.item()

    def stored() -> list[pl.DataFrame]:
        return [run_query(current(home.path), f"select * from {name} order by all").frame for name in ("signals", "signal_points")]

    assert not refresh(home, NOW).full
    judged, series = counted()
    assert 0 < judged < series / 2
    targets = home.path / "targets.toml"
    targets.write_text(targets.read_text().replace('value      = "12%"', 'value      = "1%"'))
    changed = open_home(home.path)
    assert not refresh(changed, NOW).full
    assert counted() == (series, series)
    layered = stored()
    refresh(changed, NOW, full=True)
    assert all(one.equals(other) for one, other in zip(layered, stored(), strict=True))


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1]], ids=["row by row", "by the names of the rows"])
def test_a_point_is_unlike_the_base_s_where_any_figure_is_another_or_its_period_is(order: list[int]) -> None:
    days = [date(2026, 5, day) for day in (4, 11, 18)]
    series = dict.fromkeys(KEYS, "x") | {"site_id": None}
    base = pl.DataFrame([{**series, "period_start": day, "value": 1.0, "upper": None} for day in days], schema=SIGNAL_POINTS)
    points = base.with_columns(value=pl.when(pl.col("period_start") == days[1]).then(2.0).otherwise("value"))
    changed, gone = unlike(points, base[order])
    assert changed["period_start"].to_list() == [days[1]], "a null is like a null"
    assert gone.is_empty()
    changed, gone = unlike(points.tail(2), base[order].with_columns(value=pl.lit(2.0)))
    assert sorted(changed["period_start"]) == [days[2]]
    assert gone["period_start"].to_list() == [days[0]]
