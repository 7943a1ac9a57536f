"""A series ready to draw: gaps and changes of definition break it, the unsettled tail is told apart."""

from datetime import date

import polars as pl

from metrics.dashboard import series


def weeks(*rows: tuple[date, float | None, bool, str]) -> pl.DataFrame:
    schema = {"period_start": pl.Date, "value": pl.Float64, "mature": pl.Boolean, "definition_version": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_a_missing_week_breaks_the_line() -> None:
    drawn = series.unbroken(
        weeks((date(2025, 6, 2), 1.0, True, "a"), (date(2025, 6, 9), 2.0, True, "a"), (date(2025, 6, 23), 3.0, True, "a")), "week"
    )
    assert drawn["value"].to_list() == [1.0, 2.0, 3.0]
    first, second, third = drawn["run"].to_list()
    assert first == second != third


def test_a_week_without_a_value_breaks_the_line() -> None:
    drawn = series.unbroken(
        weeks((date(2025, 6, 2), 1.0, True, "a"), (date(2025, 6, 9), None, True, "a"), (date(2025, 6, 16), 3.0, True, "a")), "week"
    )
    assert drawn["run"].n_unique() == 2


def test_a_change_of_definition_breaks_the_line() -> None:
    drawn = series.unbroken(weeks((date(2025, 6, 2), 1.0, True, "a"), (date(2025, 6, 9), 2.0, True, "b")), "week")
    assert drawn["run"].n_unique() == 2


def test_the_calendar_sets_the_step() -> None:
    months = weeks((date(2025, 1, 1), 1.0, True, "a"), (date(2025, 2, 1), 2.0, True, "a"), (date(2025, 3, 1), 3.0, True, "a"))
    assert series.unbroken(months, "month")["run"].n_unique() == 1


def test_the_tail_starts_at_the_last_settled_point_of_its_stretch() -> None:
    drawn = series.unbroken(
        weeks((date(2025, 6, 2), 1.0, True, "a"), (date(2025, 6, 9), 2.0, True, "a"), (date(2025, 6, 16), 3.0, False, "a")), "week"
    )
    assert series.tail_of(drawn)["value"].to_list() == [2.0, 3.0]


def test_a_tail_behind_a_gap_does_not_reach_over_it() -> None:
    drawn = series.unbroken(weeks((date(2025, 6, 2), 1.0, True, "a"), (date(2025, 6, 16), 3.0, False, "a")), "week")
    assert series.tail_of(drawn)["value"].to_list() == [3.0]


def test_a_settled_series_has_no_tail_and_nothing_has_no_stretch() -> None:
    settled = series.unbroken(weeks((date(2025, 6, 2), 1.0, True, "a")), "week")
    assert series.tail_of(settled).is_empty()
    assert "run" in series.unbroken(weeks(), "week").columns


def test_worst_first_follows_the_direction() -> None:
    rows = pl.DataFrame({"name": ["a", "b", "c", "d"], "value": [1.0, 3.0, None, 3.0]})
    assert series.worst_first(rows, "lower", "name")["name"].to_list() == ["b", "d", "a", "c"]
    assert series.worst_first(rows, "higher", "name")["name"].to_list() == ["a", "b", "d", "c"]


def test_no_line_leads_from_an_unsettled_beginning_to_an_unsettled_end() -> None:
    drawn = pl.DataFrame({"value": [1.0, 2.0, 3.0, 4.0], "mature": [False, True, True, False], "run": [0, 0, 0, 0]})
    tail = series.tail_of(drawn.with_columns(pl.col("run").cast(pl.UInt32)))
    assert tail["value"].to_list() == [1.0, 3.0, 4.0]
    first, join, last = tail["run"].to_list()
    assert first != join == last
