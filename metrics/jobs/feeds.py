"""Feeds: what each source has sent for each site, when it was last heard of, and how long a silence is usual for it.

A feed is one event table of one source. It is counted by lake month first (`month_feeds`), so that a month that did not change
need not be counted again; the months add up to the feed and to each of its sites (`feeds`) exactly.
"""

from datetime import datetime, timedelta

import polars as pl

from metrics.events import EventTable

HEARD_DAYS = 26
"""The newest days on which a feed spoke, by which its rhythm is known: a month of a daily feed, half a year of a weekly one."""

LEAST_HEARD = 4
"""Days heard under which a rhythm is not known: three gaps, of which one may be an outage."""

PATIENCE = 1.5
"""Of its usual gap, how long a feed may be silent: half as long again, for a batch that comes late."""

MONTHS = pl.Schema({
    "table_name": pl.String(), "source": pl.String(), "site_id": pl.String(), "month": pl.String(), "rows": pl.Int64(),
    "first_at": pl.Datetime("us"), "last_at": pl.Datetime("us"), "recorded_at": pl.Datetime("us"), "heard": pl.List(pl.Date()),
})  # fmt: skip
FEEDS = pl.Schema({
    "table_name": pl.String(), "source": pl.String(), "site_id": pl.String(), "rows": pl.Int64(), "first_at": pl.Datetime("us"),
    "last_at": pl.Datetime("us"), "recorded_at": pl.Datetime("us"), "allowed_hours": pl.Float64(), "rejected": pl.Int64(),
})  # fmt: skip
FEED = ("table_name", "source")


def month_feeds(events: pl.LazyFrame, table: EventTable, as_of: datetime) -> pl.LazyFrame:
    """What each source sent for each site and lake month: columns of MONTHS, one row each.

    events: rows of the table with `month`. first_at and last_at are of the anchor, no later than as_of; null in a table without.
    heard: the newest HEARD_DAYS days (UTC) on which a row that still stands was recorded, newest first.
    """
    anchor = pl.col(table.anchor) if table.anchor else pl.lit(None, pl.Datetime("us"))
    site = pl.col("site_id") if "site_id" in table.column else pl.lit(None, pl.String)
    happened = pl.when(anchor <= pl.lit(as_of, pl.Datetime("us"))).then(anchor)
    by = ("source", "site_id", "month")
    days = events.select("source", site.alias("site_id"), "month", happened.alias("at"), "recorded_at").group_by(
        *by, pl.col("recorded_at").dt.date().alias("heard")
    ).agg(
        pl.len().alias("rows"), pl.col("at").min().alias("first_at"), pl.col("at").max().alias("last_at"),
        pl.col("recorded_at").max(),
    )  # fmt: skip
    return (
        days.group_by(by)
        .agg(_totals(pl.col("heard")))
        .select(pl.lit(table.name).alias("table_name"), *list(MONTHS)[1:])
        .cast(MONTHS)
    )


def feeds(months: pl.DataFrame, rejected: pl.DataFrame, expected: pl.DataFrame | None = None) -> pl.DataFrame:
    """A row a feed (site_id null) and a row for each of its sites: columns as in FEEDS, sorted by table, source and site.

    months: as `month_feeds` gives, of every table. rejected: table_name, source, rejected; told of the whole feed alone, since
    a rejected row's site is not to be trusted. A feed of nothing but rejected rows has no recorded_at. expected: source, site_id
    (null: at every site), hours: the silence that somebody allows, which outranks the feed's own rhythm.
    """
    totals = _totals(pl.col("heard").explode())
    whole = months.group_by(FEED).agg(totals).with_columns(pl.lit(None, pl.String).alias("site_id"))
    whole = whole.join(rejected, on=FEED, how="full", coalesce=True).with_columns(pl.col("rows", "rejected").fill_null(0))
    sites = months.filter(pl.col("site_id").is_not_null()).group_by(*FEED, "site_id").agg(totals)
    found = pl.concat([whole, sites], how="diagonal_relaxed").with_columns(allowed_hours())
    told = found if expected is None or expected.is_empty() else with_expected(found, expected)
    return told.select(*FEEDS).cast(FEEDS).sort(*FEED, "site_id", nulls_last=False)


def with_expected(found: pl.DataFrame, expected: pl.DataFrame) -> pl.DataFrame:
    """The feeds with `allowed_hours` as somebody said: of the site, else of the source; of several, the longest."""
    everywhere = expected.filter(pl.col("site_id").is_null()).group_by("source").agg(pl.col("hours").max().alias("_everywhere"))
    here = expected.filter(pl.col("site_id").is_not_null()).group_by("source", "site_id").agg(pl.col("hours").max().alias("_here"))
    joined = found.join(everywhere, on="source", how="left").join(here, on=["source", "site_id"], how="left")
    return joined.with_columns(allowed_hours=pl.coalesce("_here", "_everywhere", "allowed_hours")).drop("_here", "_everywhere")


def allowed_hours() -> pl.Expr:
    """The silence in hours that a feed's own rhythm allows: PATIENCE times its usual gap; null where too few days were heard.

    heard: days, newest first. The usual gap is the second longest between them: the longest may have been an outage.
    """
    gaps = pl.col("heard").list.diff(null_behavior="drop").list.eval(-pl.element().dt.total_days())
    usual = gaps.list.sort(descending=True).list.get(1, null_on_oob=True)
    known = pl.col("heard").list.len() >= LEAST_HEARD
    return pl.when(known).then(usual * 24 * PATIENCE).alias("allowed_hours")


def silent_after(stale_after: timedelta) -> pl.Expr:
    """How long a feed may be silent before it is stale, a duration: what its rhythm allows, and no less than `stale_after`."""
    rhythm = pl.duration(seconds=pl.col("allowed_hours") * 3600, time_unit="us")
    return pl.max_horizontal(pl.lit(stale_after, pl.Duration("us")), rhythm)


def is_stale(at: datetime, stale_after: timedelta) -> pl.Expr:
    """Whether a feed is stale at an instant (UTC); null where it was never heard of."""
    return pl.lit(at, pl.Datetime("us")) - pl.col("recorded_at") > silent_after(stale_after)


def _totals(heard: pl.Expr) -> list[pl.Expr]:
    return [
        pl.col("rows").sum(), pl.col("first_at").min(), pl.col("last_at").max(), pl.col("recorded_at").max(),
        heard.unique().sort(descending=True).head(HEARD_DAYS).alias("heard"),
    ]  # fmt: skip
