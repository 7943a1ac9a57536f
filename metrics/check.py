"""Is the data whole and fresh? One finding for each promise."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from metrics.events import TABLES
from metrics.home import Home
from metrics.jobs.feeds import is_stale, silent_after
from metrics.warehouse import Generation, current, run_query
from metrics.workbench.query_metrics import broken_in

FRESHNESS = (Path(__file__).parent / "check_freshness.sql").read_text(encoding="utf-8")
UNDATED = {table.name for table in TABLES.values() if table.anchor is None}  # a register says little, and seldom
REJECTED_SHARE = 0.01  # more than one row in a hundred rejected is a broken mapping, not a few broken rows


@dataclass(frozen=True)
class Finding:
    """One check's outcome: what was checked, whether it passed, and a sentence."""

    check: str
    subject: str
    passed: bool
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def check(home: Home, now: datetime) -> list[Finding]:
    """Findings on the generation in force, failures first. Raises UserError when there is no generation."""
    generation = current(home.path)
    sources = run_query(generation, FRESHNESS).frame
    found = [
        *source_findings(sources, generation.as_of, home.settings.stale_after),
        *age_findings(generation, now, home.settings.stale_after),
        *query_findings(generation),
    ]
    return sorted(found, key=lambda finding: finding.passed)


def source_findings(sources: pl.DataFrame, as_of: datetime, stale_after: timedelta) -> Iterator[Finding]:
    """Each source: heard of lately, against the newest of all sources and by its own rhythm; and few of its rows rejected.

    sources: the `freshness` table. A site is told of where its feed fell silent while the source speaks for others.
    """
    judged = sources.with_columns(is_stale(as_of, stale_after).alias("stale"), silent_after(stale_after).alias("allowed"))
    whole_is_stale = pl.col("stale").filter(pl.col("site_id").is_null()).first().over("table_name", "source").fill_null(False)
    told = judged.filter(pl.col("site_id").is_null() | (pl.col("stale") & ~whole_is_stale))
    for row in told.iter_rows(named=True):
        subject = f"{row['table_name']} from {row['source']}" + (f" at {row['site_id']}" if row["site_id"] else "")
        if row["recorded_at"] is not None and row["table_name"] not in UNDATED:
            yield Finding("fresh", subject, not row["stale"], silence(as_of, row["recorded_at"], row["allowed"]))
        if row["site_id"] is None:
            total = row["rows"] + row["rejected"]
            share = row["rejected"] / total if total else 0.0
            yield Finding(
                "accepted", subject, share <= REJECTED_SHARE, f"{row['rejected']:,} of {total:,} rows rejected ({share:.1%})"
            )


def silence(as_of: datetime, recorded_at: datetime, allowed: timedelta) -> str:
    """'last heard of 2026-05-01 09:00, 2 days before the newest; silent for up to 36 hours is usual'."""
    return (
        f"last heard of {recorded_at:%Y-%m-%d %H:%M}, {in_words(as_of - recorded_at)} before the newest; "
        f"up to {in_words(allowed)} is usual"
    )


def age_findings(generation: Generation, now: datetime, stale_after: timedelta) -> Iterator[Finding]:
    age = now - generation.as_of
    yield Finding("as of", generation.name, age <= stale_after, f"the data is {in_words(age)} old")


def query_findings(generation: Generation) -> Iterator[Finding]:
    """The metrics of queries that the refresh could not count, each by name."""
    broken = broken_in(generation)
    yield from (Finding("counted", metric, False, problem) for metric, problem in broken.items())


def in_words(span: timedelta) -> str:
    """A length of time a person would say: '3 days', '5 hours', '12 minutes'."""
    for unit, seconds in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        count = int(span.total_seconds() // seconds)
        if count >= 1:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "under a minute"
