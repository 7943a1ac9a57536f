"""TQ012 and TQ014: feeds that fell silent, and data that are old altogether."""

from datetime import datetime, timedelta

import polars as pl

from metrics.events import TABLES
from metrics.jobs.feeds import is_stale, silent_after
from metrics.quality.check import Check, Material, Threshold, found, nothing

UNDATED = [table.name for table in TABLES.values() if table.anchor is None]  # a register says little, and seldom


def fresh(material: Material) -> pl.DataFrame:
    """Each feed: heard of lately, against the newest of all feeds and by its own rhythm.

    A site is told of where its feed fell silent while the source speaks for others.
    """
    if material.freshness.is_empty():
        return nothing()
    judged = material.freshness.filter(pl.col("recorded_at").is_not_null(), ~pl.col("table_name").is_in(UNDATED)).with_columns(
        is_stale(material.as_of, material.stale_after).alias("stale"), silent_after(material.stale_after).alias("allowed")
    )
    whole_is_stale = pl.col("stale").filter(pl.col("site_id").is_null()).first().over("table_name", "source").fill_null(False)
    told = judged.filter(pl.col("site_id").is_null() | (pl.col("stale") & ~whole_is_stale))
    sentences = [
        silence(material.as_of, recorded_at, allowed) for recorded_at, allowed in told.select("recorded_at", "allowed").iter_rows()
    ]
    severity = pl.when("stale").then(pl.lit("fail")).otherwise(pl.lit("pass"))
    return found(told.with_columns(severity=severity, sentence=pl.Series(sentences, dtype=pl.String)))


def age(material: Material) -> pl.DataFrame:
    old = material.now - material.as_of
    severity = "fail" if old > material.stale_after else "pass"
    return found(pl.DataFrame({"severity": [severity], "sentence": [f"the data are {in_words(old)} old"]}))


def silence(as_of: datetime, recorded_at: datetime, allowed: timedelta) -> str:
    """'last heard of 2026-05-01 09:00, 2 days before the newest; up to 36 hours is usual'."""
    return (
        f"last heard of {recorded_at:%Y-%m-%d %H:%M}, {in_words(as_of - recorded_at)} before the newest; "
        f"up to {in_words(allowed)} is usual"
    )


def in_words(span: timedelta) -> str:
    """A length of time a person would say: '3 days', '5 hours', '12 minutes'."""
    for unit, seconds in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        count = int(span.total_seconds() // seconds)
        if count >= 1:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "under a minute"


FRESH_CHECK = Check(
    code="TQ012",
    name="fresh",
    title="Silent feeds",
    severity="fail",
    what="Asks when each feed, and each site of it, was last heard of, against the newest of all feeds and its own rhythm.",
    why="No data is never fine: a feed that died leaves the figures of last week standing.",
    next_step="Ask the owner of the source whether the extract ran; ingest what is missing. `stale_after` is in timely.toml.",
    thresholds=(
        Threshold("silent for", "`stale_after`, or 1.5 times the feed's second longest gap in 26 days heard, whichever is longer",
                  "a weekly census is not late on Tuesday; the longest gap may have been an outage"),
    ),
    judged=fresh,
)  # fmt: skip
AGE_CHECK = Check(
    code="TQ014",
    name="as of",
    title="Old data",
    severity="fail",
    what="Compares the newest instant of the generation in force with the clock.",
    why="When every feed stops at once none is older than another.",
    next_step="Look whether ingest and refresh still run: timely watch, or your scheduler.",
    thresholds=(Threshold("age", "`stale_after` of timely.toml", "the home says how old its figures may be"),),
    judged=age,
)
