"""SQL expressions as Polars expressions: null does not hold, and open rows are in neither count."""

from datetime import date, datetime

import polars as pl
import pytest

from metrics.definitions import BUILT_IN, load_catalog
from metrics.definitions.polars_form import columns_named, expressions, instant, predicate, rate_flags

CATALOG = load_catalog(BUILT_IN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n > 1", [False, True, False]),
        ("not n > 1", [True, False, False]),
        ("n is null", [False, False, True]),
        ("coalesce(n, 5) > 1", [False, True, True]),
        ("n in (1, 2)", [True, True, False]),
        ("true", [True, True, True]),
    ],
)
def test_a_predicate_that_is_null_does_not_hold(text, expected):
    frame = pl.DataFrame({"n": [1, 2, None]})
    assert frame.with_columns(held=predicate(text))["held"].to_list() == expected


def test_an_instant_is_a_naive_datetime():
    frame = pl.DataFrame({"a": [datetime(2026, 3, 2), None], "b": [datetime(2026, 3, 1), datetime(2026, 3, 4)]})
    found = frame.select(at=instant("case when a > b then null else coalesce(a, b) end"))
    assert found.schema["at"] == pl.Datetime("us")
    assert found["at"].to_list() == [None, datetime(2026, 3, 4)]


def test_a_row_that_is_open_is_in_neither_count():
    metric = CATALOG["no_show_rate"].model_copy(
        update={"where": "true", "denominator": "true", "open": "n = 1", "numerator": "n < 3"}
    )
    frame = pl.DataFrame({"n": [1, 2, 3]}).select(**rate_flags(metric))
    assert frame.rows() == [(False, False, True), (True, True, False), (False, True, False)]


def test_a_metric_says_what_it_reads():
    assert columns_named(CATALOG["same_day_share"]) == {"walk_in", "booked_at", "status", "booked_day", "day"}
    assert set(expressions(CATALOG["lead_time"])) == {"where", "start", "stop"}
    tally = CATALOG["lead_time"].model_copy(update={"tally": "x", "reviewed": date(2026, 1, 1)})
    assert (columns_named(tally), expressions(tally)) == (set(), {})
