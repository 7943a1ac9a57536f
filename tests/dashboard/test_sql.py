"""The dashboard's own questions, against the observations worked out by hand."""

from datetime import date, timedelta
from types import ModuleType

import duckdb
import polars as pl
import pytest

from metrics.dashboard.data import sql_of

ALL = {"site": None, "service": None}
SETTLED_WEEK = date(2025, 6, 2)


def row_of(frame: pl.DataFrame, metric: str) -> dict[str, object]:
    (row,) = frame.filter(pl.col("metric") == metric).to_dicts()
    return row


def stored(
    observations: pl.DataFrame, metric: str, statistic: str, grain: str, start: date, **place: str | None
) -> dict[str, object]:
    at = {"site_id": None, "service_id": None, "stratum": None, **place}
    same = [pl.col(name).eq_missing(pl.lit(value)) for name, value in at.items()]
    (row,) = observations.filter(
        metric=metric, statistic=statistic, grain=grain, period_start=start
    ).filter(*same).to_dicts()  # fmt: skip
    return row


def test_the_scorecard_has_a_row_a_metric_in_the_declared_order(ask, fixture_generation: ModuleType) -> None:
    rows = ask("scorecard", grain="week", **ALL)
    assert rows["metric"].to_list() == [metric[0] for metric in fixture_generation.METRICS]


@pytest.mark.parametrize(("site", "service"), [(None, None), ("CEN", None), (None, "emergency"), ("NRT", "emergency")])
def test_a_tile_shows_the_newest_settled_period_of_its_place(ask, observations, site: str | None, service: str | None) -> None:
    row = row_of(ask("scorecard", grain="week", site=site, service=service), "door_to_provider")
    at = stored(observations, "door_to_provider", "within", "week", SETTLED_WEEK, site_id=site, service_id=service)
    assert (row["period_start"], row["value"], row["n"]) == (SETTLED_WEEK, at["value"], at["n"])


def test_a_tile_shows_the_statistic_that_has_a_target(ask) -> None:
    rows = ask("scorecard", grain="week", **ALL)
    assert row_of(rows, "door_to_provider")["statistic"] == "within"  # the one with a target, not the first
    assert row_of(rows, "ed_length_of_stay")["statistic"] == "median"
    assert row_of(rows, "complaint_resolution_time")["statistic"] is None  # no figure at all


def test_the_target_is_the_one_in_force_then(ask) -> None:
    assert row_of(ask("scorecard", grain="week", **ALL), "no_show_rate")["target"] == 0.095
    assert row_of(ask("scorecard", grain="year", **ALL), "no_show_rate")["target"] == 0.08  # the settled year is 2024


@pytest.mark.parametrize(
    ("grain", "short", "long"),
    [
        ("week", SETTLED_WEEK - timedelta(weeks=13), SETTLED_WEEK - timedelta(weeks=52)),
        ("month", date(2025, 2, 1), date(2024, 5, 1)),
        ("quarter", date(2024, 10, 1), date(2024, 1, 1)),
    ],
)
def test_the_figures_before_are_of_equal_periods(ask, observations, grain: str, short: date, long: date) -> None:
    row = row_of(ask("scorecard", grain=grain, **ALL), "no_show_rate")
    assert row["before_short"] == stored(observations, "no_show_rate", "share", grain, short)["value"]
    assert row["before_long"] == stored(observations, "no_show_rate", "share", grain, long)["value"]


def test_the_trail_is_26_weeks_with_its_unsettled_tail(ask, observations) -> None:
    trail = pl.DataFrame(row_of(ask("scorecard", grain="month", **ALL), "no_show_rate")["trail"])
    assert trail["period_start"].to_list() == [date(2024, 12, 16) + timedelta(weeks=week) for week in range(26)]
    assert trail["mature"].to_list() == [True] * 25 + [False]
    assert trail["value"][-1] == stored(observations, "no_show_rate", "share", "week", date(2025, 6, 9))["value"]


def test_every_open_case_is_counted_once(ask, observations) -> None:
    row = row_of(ask("scorecard", grain="quarter", **ALL), "lead_time")
    whole = observations.filter(
        pl.col("metric") == "lead_time", pl.col("statistic") == "median", pl.col("grain") == "day",
        pl.col("site_id").is_null(), pl.col("service_id").is_null(), pl.col("stratum").is_null(),
    )  # fmt: skip
    assert row["still_open"] == whole["still_open"].sum() > 0


def test_a_place_that_was_never_measured_says_so(ask) -> None:
    assert row_of(ask("scorecard", grain="week", site="ASH", service=None), "door_to_provider")["n_ever"] is None


def test_a_place_without_the_settled_period_has_no_figure(generation_file, tmp_path) -> None:
    """A feed that died leaves older weeks behind; the tile must not show one of them as the latest."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{generation_file}' as old (read_only)")
        for table in ("targets", "definitions", "sites"):
            connection.execute(f"create table {table} as from old.{table}")
        connection.execute("create table observations as from old.observations where not (site_id is not distinct from 'NRT' "
                           "and period_start >= date '2025-05-01')")  # fmt: skip
        params = {"site": "NRT", "service": None, "grain": "week"}
        rows = pl.DataFrame(connection.sql(sql_of("scorecard"), params=params).to_arrow_table())
    row = row_of(rows, "door_to_provider")
    assert row["value"] is None
    assert row["period_start"] == SETTLED_WEEK
    assert row["n_ever"] is not None


def test_a_trend_is_the_newest_periods_oldest_first_with_the_target_of_each(ask) -> None:
    rows = ask("trend", metric="no_show_rate", statistic="share", grain="month", periods=12, **ALL)
    assert rows["period_start"].to_list() == sorted(rows["period_start"].to_list())
    assert rows.height == 12
    assert dict(rows.select("period_start", "target").iter_rows())[date(2024, 12, 1)] == 0.08
    assert dict(rows.select("period_start", "target").iter_rows())[date(2025, 1, 1)] == 0.095
    assert rows["target_verified"].unique().to_list() == [True]


def test_a_target_that_nobody_verified_says_so(ask) -> None:
    rows = ask("scorecard", grain="month", **ALL)
    assert row_of(rows, "abandonment_rate")["target_verified"] is False
    assert row_of(rows, "no_show_rate")["target_verified"] is True


def test_sites_of_one_service_add_up_to_the_service(ask, observations) -> None:
    asked = {"metric": "door_to_provider", "statistic": "within", "service": "emergency", "grain": "month"}
    rows = ask("sites", period_start=date(2025, 5, 1), **asked)
    whole = stored(observations, "door_to_provider", "within", "month", date(2025, 5, 1), service_id="emergency")
    assert rows["site"].to_list() == ["Central Hospital", "Northgate Hospital"]
    assert rows["n"].sum() == whole["n"]
    assert rows["numerator"].sum() == whole["numerator"]


def test_strata_are_told_by_dimension_and_value(ask) -> None:
    asked = {"metric": "no_show_rate", "statistic": "share", "grain": "month", **ALL}
    rows = ask("strata", period_start=date(2025, 5, 1), **asked)
    assert rows["dimension"].unique().sort().to_list() == ["age_band", "language"]
    assert rows.filter(dimension="age_band")["stratum"].to_list() == ["0-17", "18-64", "65+"]


@pytest.mark.parametrize("metric", ["door_to_provider", "ed_length_of_stay", "lead_time", "speed_of_answer"])
@pytest.mark.parametrize("place", [ALL, {"site": "CEN", "service": None}])
def test_the_bars_hold_every_completed_wait_once(ask, observations, metric: str, place: dict) -> None:
    bars = ask("distribution", metric=metric, first=date(2025, 5, 1), last=date(2025, 5, 31), **place)
    days = observations.filter(metric=metric, statistic="median", grain="month", period_start=date(2025, 5, 1))
    here = days.filter(
        pl.col("site_id").eq_missing(pl.lit(place["site"])), pl.col("service_id").is_null(), pl.col("stratum").is_null()
    )
    assert (bars["n"].sum() or 0) == (here["n"].sum() or 0)
    widths = (bars["to_minutes"] - bars["from_minutes"]).unique()
    assert widths.len() <= 1
    assert bars["longer"].sum() <= 1
    assert bars.height <= 41


def test_waits_of_no_length_stand_in_the_first_bar() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table wait_bins as select 'm' as metric, 'A' as site_id, 's' as service_id, "
                           "date '2025-05-01' as day, unnest([0, 1, 2, 500]) as bin, 3 as n")  # fmt: skip
        params = {"metric": "m", "site": None, "service": None, "first": date(2025, 5, 1), "last": date(2025, 5, 1)}
        bars = pl.DataFrame(connection.sql(sql_of("distribution"), params=params).to_arrow_table())
    assert bars["from_minutes"].min() == 0
    assert bars["n"].sum() == 12


def test_nothing_waits_on_an_empty_day(ask) -> None:
    asked = {"metric": "door_to_provider", "first": date(2020, 1, 1), "last": date(2020, 1, 2)}
    assert ask("distribution", **asked, **ALL).is_empty()


def test_every_question_answers_on_empty_tables(generation_file, fixture_generation: ModuleType) -> None:
    asked = {"site": None, "service": None, "metric": "m", "statistic": "share", "grain": "week", "periods": 5}
    asked |= {"period_start": date(2025, 5, 1), "first": date(2025, 5, 1), "last": date(2025, 5, 2)}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{generation_file}' as old (read_only)")
        for table in ("observations", "wait_bins", "definitions", "targets", "sites", "freshness"):
            connection.execute(f"create table {table} as from old.{table} limit 0")
        for name in ("scorecard", "trend", "sites", "strata", "distribution", "settled", "places", "freshness", "statistics"):
            sql = sql_of(name)
            params = {key: value for key, value in asked.items() if f"${key}" in sql}
            assert connection.sql(sql, params=params or None).fetchall() == [], name


def test_statistics_lead_with_the_one_to_show(ask) -> None:
    found = dict(ask("statistics").iter_rows())
    assert found["door_to_provider"] == ["median", "within", "p90"]
    assert "complaint_resolution_time" not in found


def test_no_question_is_asked_a_tile_at_a_time() -> None:
    """The whole scorecard is one query: its SQL takes a place and a grain, not a metric."""
    assert "$metric" not in sql_of("scorecard")
