"""Feeds: counted by month, added up by site, and judged by their own rhythm."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from metrics.events import TABLES
from metrics.jobs.feeds import FEEDS, HEARD_DAYS, MONTHS, allowed_hours, feeds, is_stale, month_feeds

AS_OF = datetime(2026, 3, 10, 12)
NO_REJECTS = pl.DataFrame(schema={"table_name": pl.String, "source": pl.String, "rejected": pl.Int64})
DAY = date(2026, 3, 1)


def visits(rows: Sequence[tuple[str, str, datetime, datetime]]) -> pl.LazyFrame:
    """Rows of (source, site, arrived_at, recorded_at), each in the lake month of its arrival."""
    schema = {"source": pl.String, "site_id": pl.String, "arrived_at": pl.Datetime("us"), "recorded_at": pl.Datetime("us")}
    frame = pl.LazyFrame(rows, schema=schema, orient="row")
    return frame.with_columns(month=pl.col("arrived_at").dt.strftime("%Y-%m"))


def fed(rows: Sequence[tuple[str, str, datetime, datetime]]) -> pl.DataFrame:
    return feeds(month_feeds(visits(rows), TABLES["visits"], AS_OF).collect(), NO_REJECTS)


def test_a_feed_and_each_of_its_sites_have_a_row() -> None:
    early, late, ahead = datetime(2026, 1, 5, 9), datetime(2026, 3, 9, 9), datetime(2026, 4, 1, 9)
    found = fed(
        [("ehr", "ASH", early, early), ("ehr", "ASH", ahead, late), ("ehr", "FER", late, late), ("lab", "FER", early, late)]
    )
    assert found.select("table_name", "source", "site_id", "rows").rows() == [
        ("visits", "ehr", None, 3), ("visits", "ehr", "ASH", 2), ("visits", "ehr", "FER", 1),
        ("visits", "lab", None, 1), ("visits", "lab", "FER", 1),
    ]  # fmt: skip
    whole, ash = found.row(0, named=True), found.row(1, named=True)
    assert (whole["first_at"], whole["last_at"], whole["recorded_at"]) == (early, late, late)
    assert (ash["first_at"], ash["last_at"], ash["recorded_at"]) == (early, early, late), "what lies ahead has not happened yet"


def test_rejected_rows_are_told_of_the_whole_feed_even_where_nothing_else_came() -> None:
    rejected = pl.DataFrame({"table_name": ["visits", "cases"], "source": ["ehr", "pals"], "rejected": [3, 5]})
    months = month_feeds(visits([("ehr", "ASH", AS_OF, AS_OF)]), TABLES["visits"], AS_OF).collect()
    found = feeds(months, rejected)
    assert found.select("table_name", "site_id", "rows", "rejected").rows() == [
        ("cases", None, 0, 5), ("visits", None, 1, 3), ("visits", "ASH", 1, None),
    ]  # fmt: skip
    assert found["recorded_at"].to_list() == [None, AS_OF, AS_OF]


def test_nothing_fed_is_no_row() -> None:
    assert feeds(MONTHS.to_frame(), NO_REJECTS).equals(FEEDS.to_frame())


def test_a_table_without_an_anchor_or_a_site_is_one_feed() -> None:
    at = datetime(2026, 3, 1)
    rows = pl.LazyFrame({"source": ["reg", "reg"], "recorded_at": [at, AS_OF], "month": ["all", "all"]})
    found = feeds(month_feeds(rows, TABLES["patients"], AS_OF).collect(), NO_REJECTS)
    assert found.select("site_id", "rows", "first_at", "recorded_at").rows() == [(None, 2, None, AS_OF)]


def test_only_the_newest_days_are_kept_of_a_month_and_of_a_feed() -> None:
    start = datetime(2026, 1, 1, 8)
    days = [start + timedelta(days=day) for day in range(60)]
    months = month_feeds(visits([("ehr", "ASH", day, day) for day in days]), TABLES["visits"], AS_OF).collect().sort("month")
    assert months["heard"].list.len().to_list() == [HEARD_DAYS, HEARD_DAYS, 1]
    assert months["heard"][2].to_list() == [days[-1].date()]


# Gaps between the days heard, oldest first -> hours allowed.
RHYTHMS = [
    ("daily", [1] * 25, 36.0),
    ("weekly", [7] * 12, 252.0),
    ("weekdays", [1, 1, 1, 1, 3] * 5, 108.0),
    ("monthly", [31, 28, 31, 30, 31], 1116.0),
    ("daily, with one outage", [1] * 12 + [10] + [1] * 12, 36.0),
    ("daily, after an outage too old to count", [40, 40, *[1] * 25], 36.0),
    ("three gaps are enough", [7, 7, 7], 252.0),
    ("two are not", [7, 7], None),
    ("heard once", [], None),
]


@pytest.mark.parametrize(("gaps", "hours"), [rhythm[1:] for rhythm in RHYTHMS], ids=[rhythm[0] for rhythm in RHYTHMS])
def test_a_feed_may_be_silent_half_as_long_again_as_its_usual_gap(gaps: list[int], hours: float | None) -> None:
    days = [DAY + timedelta(days=sum(gaps[:number])) for number in range(len(gaps) + 1)]
    heard = sorted(days, reverse=True)[:HEARD_DAYS]
    frame = pl.DataFrame({"heard": [heard]}, schema={"heard": pl.List(pl.Date)})
    assert frame.select(allowed_hours()).item() == hours


STALENESS = [  # hours silent, hours its rhythm allows -> stale, where 36 hours are allowed at least
    (36, None, False), (37, None, True), (37, 36.0, True), (20, 2.0, False),
    (100, 252.0, False), (252, 252.0, False), (253, 252.0, True),
]  # fmt: skip


@pytest.mark.parametrize(("silent", "allowed", "stale"), STALENESS)
def test_a_feed_is_stale_beyond_its_own_rhythm_and_beyond_the_setting(silent: int, allowed: float | None, stale: bool) -> None:
    feed = pl.DataFrame(
        {"recorded_at": [AS_OF - timedelta(hours=silent)], "allowed_hours": [allowed]},
        schema_overrides={"allowed_hours": pl.Float64},
    )
    assert feed.select(is_stale(AS_OF, timedelta(hours=36))).item() is stale


def test_a_feed_never_heard_of_is_neither_stale_nor_fresh() -> None:
    feed = pl.DataFrame(
        {"recorded_at": [None], "allowed_hours": [None]}, schema={"recorded_at": pl.Datetime("us"), "allowed_hours": pl.Float64}
    )
    assert feed.select(is_stale(AS_OF, timedelta(hours=36))).item() is None


def test_a_silence_that_somebody_allows_outranks_the_rhythm() -> None:
    rows = [("ehr", "ASH", AS_OF - timedelta(days=n), AS_OF - timedelta(days=n)) for n in range(9)]
    rows += [("ehr", "FER", AS_OF, AS_OF), ("lab", "FER", AS_OF, AS_OF)]
    months = month_feeds(visits(rows), TABLES["visits"], AS_OF).collect()
    expected = pl.DataFrame({"source": ["ehr", "ehr", "ehr"], "site_id": [None, None, "ASH"], "hours": [50.0, 252.0, 2.0]})
    found = feeds(months, NO_REJECTS, expected)
    assert found.select("source", "site_id", "allowed_hours").rows() == [
        ("ehr", None, 252.0), ("ehr", "ASH", 2.0), ("ehr", "FER", 252.0), ("lab", None, None), ("lab", "FER", None),
    ]  # fmt: skip
