"""What the dashboard says of feeds: altogether and for a site, by their own rhythm."""

from datetime import datetime, timedelta

import polars as pl

from metrics.dashboard import freshness

AT = datetime(2026, 11, 20, 12)
AFTER = timedelta(hours=36)

# table, source, site, hours silent, hours its rhythm allows
FEEDS = [
    ("appointments", "ehr", None, 1, 36.0), ("appointments", "ehr", "ASH", 1, 36.0), ("appointments", "ehr", "FER", 120, 36.0),
    ("slots", "census", None, 100, 252.0), ("slots", "census", "ASH", 100, 252.0),
    ("cases", "pals", None, 90, None), ("cases", "pals", "ASH", 90, 200.0),
    ("contacts", "old", None, 9000, 36.0), ("contacts", "old", "HQC", 9000, 36.0),
    ("contacts", "new", None, 2, 36.0), ("contacts", "new", "HQC", 2, 36.0),
]  # fmt: skip


def rows() -> pl.DataFrame:
    schema = {"table_name": pl.String, "source": pl.String, "site_id": pl.String, "silent": pl.Int64, "allowed_hours": pl.Float64}
    frame = pl.DataFrame(FEEDS, schema=schema, orient="row")
    recorded = pl.lit(AT, pl.Datetime("us")) - pl.duration(hours="silent")
    none = pl.lit(None, pl.Datetime("us"))
    return frame.with_columns(recorded.alias("recorded_at"), rows=1, rejected=0, first_at=none, last_at=none).drop("silent")


def test_a_dead_feed_of_one_site_is_stale_there_and_nowhere_else() -> None:
    feeds = freshness.feeds(rows(), AT, AFTER)
    assert feeds.stale("appointments", "FER")
    assert not feeds.stale("appointments", "ASH") and not feeds.stale("appointments")
    assert feeds.words("appointments", "FER") == "fed 5 days ago"


def test_a_weekly_census_is_not_stale_within_its_week() -> None:
    feeds = freshness.feeds(rows(), AT, AFTER)
    assert not feeds.stale("slots") and not feeds.stale("slots", "ASH")


def test_a_site_is_stale_with_its_whole_table() -> None:
    """A site that speaks seldom may be silent for longer, but not when nothing at all is heard."""
    feeds = freshness.feeds(rows(), AT, AFTER)
    assert feeds.stale("cases") and feeds.stale("cases", "ASH") and feeds.stale("cases", "FER")


def test_a_source_that_another_replaced_does_not_make_its_table_stale() -> None:
    feeds = freshness.feeds(rows(), AT, AFTER)
    assert not feeds.stale("contacts") and not feeds.stale("contacts", "HQC")
    assert feeds.words("contacts") == "fed 2 hours ago"


def test_what_nobody_ever_fed_has_no_data_and_is_not_stale() -> None:
    feeds = freshness.feeds(rows(), AT, AFTER)
    assert not feeds.stale("visits") and feeds.words("visits", "CEN") == "never fed"


def test_the_page_names_each_feed_and_the_sites_for_which_it_fell_silent() -> None:
    shown = freshness.table(rows(), AT, AFTER)
    assert shown.select("state", "table_name", "source", "site").rows() == [
        ("◆ Stale", "appointments", "ehr", "FER"), ("◆ Stale", "cases", "pals", "all"), ("◆ Stale", "contacts", "old", "all"),
        ("● Fresh", "appointments", "ehr", "all"), ("● Fresh", "slots", "census", "all"), ("● Fresh", "contacts", "new", "all"),
    ]  # fmt: skip
