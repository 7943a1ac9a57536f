"""Rules about what is not there: figures that stopped coming, feeds that fell silent. No data is never fine."""

import polars as pl

from metrics.alerts.evidence import Evidence
from metrics.alerts.kinds import NoDataRule, StaleRule
from metrics.alerts.periods import figures
from metrics.events import TABLES
from metrics.jobs.feeds import is_stale
from metrics.jobs.grains import STEP
from metrics.signals.schema import KEYS

WINDOW = 13
"""Periods up to a figure's last one that say whether it usually comes (a quarter of weeks); and how long a silence is news.
A figure that stopped longer ago than that was given up: it opens no alert, and ends none."""
USUAL = 0.75
"""Share of those periods that must have a figure, for its absence to be strange. A clinic of one day a month is often silent."""

UNDATED = tuple(table.name for table in TABLES.values() if table.anchor is None)  # registers: they say little, and seldom


def no_data(rule: NoDataRule, evidence: Evidence) -> pl.LazyFrame:
    """A figure that usually comes did not, for the newest period that ought to be closed."""
    rows = figures(rule, evidence).join(last_figures(rule, evidence), on=list(KEYS), how="left", nulls_equal=True)
    silent = pl.col("value").is_null()
    since_long = pl.col("last_start").dt.offset_by(f"{WINDOW}{STEP[rule.grain][1:]}") < pl.col("period_start")
    usual = pl.col("came").fill_null(0) >= USUAL * WINDOW
    outcome = (
        pl.when(~silent)
        .then(pl.lit("ok"))
        .when(usual & ~since_long.fill_null(True))
        .then(pl.lit("breach"))
        .otherwise(pl.lit("no_data"))
    )
    detail = (
        pl.when(~silent).then(pl.format("{} cases", pl.col("n")))
        .when("unheard").then(pl.lit("its feed fell silent before the period was over"))
        .when(pl.col("last_end").is_null()).then(pl.lit("no figure yet"))
        .otherwise(pl.format(f"no figure since the {rule.grain} to {{}}; {{}} of the {WINDOW} before had one", "last_end", "came"))
    )  # fmt: skip
    return rows.with_columns(outcome.alias("outcome"), detail.alias("detail"))


def last_figures(rule: NoDataRule, evidence: Evidence) -> pl.LazyFrame:
    """KEYS, last_start, last_end of each series' newest closed figure, and `came`: figures in the WINDOW periods up to it."""
    there = evidence.points.lazy().filter(pl.col("closed"), pl.col("value").is_not_null(), grain=rule.grain)
    last = pl.col("period_start").max().over(KEYS)
    recent = pl.col("period_start") > last.dt.offset_by(f"-{WINDOW}{STEP[rule.grain][1:]}")
    return (
        there.filter(recent)
        .group_by(KEYS)
        .agg(pl.col("period_start").max().alias("last_start"), pl.col("period_end").max().alias("last_end"), pl.len().alias("came"))
    )


def stale(rule: StaleRule, evidence: Evidence) -> pl.LazyFrame:
    """A feed, or one site of it, was not heard of for longer than it may be silent; or every row of it was rejected."""
    feeds = evidence.freshness.lazy().filter(~pl.col("table_name").is_in(UNDATED))
    if rule.tables:
        feeds = feeds.filter(pl.col("table_name").is_in(rule.tables))
    if rule.sources:
        feeds = feeds.filter(pl.col("source").is_in(rule.sources))
    never = pl.col("recorded_at").is_null()
    silent = is_stale(evidence.now, rule.after or evidence.stale_after)
    hours = (pl.lit(evidence.now) - pl.col("recorded_at")).dt.total_minutes() / 60
    said = pl.format(
        "last heard of on {} UTC, {} hours ago",
        pl.col("recorded_at").dt.strftime("%-d %B %Y at %H:%M"),
        hours.round(0).cast(pl.Int64),
    )
    return feeds.with_columns(
        pl.when(never | silent).then(pl.lit("breach")).otherwise(pl.lit("ok")).alias("outcome"),
        pl.when(never).then(pl.lit("no row of it was ever accepted")).otherwise(said).alias("detail"),
        hours.alias("value"),
    )
