"""Is the data whole and fresh? One finding for each promise."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from metrics.events import TABLES
from metrics.home import Home
from metrics.warehouse import Generation, current, run_query

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
    ]
    return sorted(found, key=lambda finding: finding.passed)


def source_findings(sources: pl.DataFrame, as_of: datetime, stale_after: timedelta) -> Iterator[Finding]:
    """Each source: heard of lately, against the newest of all sources; and few of its rows rejected."""
    for row in sources.iter_rows(named=True):
        subject = f"{row['table_name']} from {row['source']}"
        if row["recorded_at"] is not None and row["table_name"] not in UNDATED:
            lag = as_of - row["recorded_at"]
            yield Finding(
                "fresh",
                subject,
                lag <= stale_after,
                f"last heard of {row['recorded_at']:%Y-%m-%d %H:%M}, {in_words(lag)} before the newest",
            )
        total = row["rows"] + row["rejected"]
        share = row["rejected"] / total if total else 0.0
        yield Finding("accepted", subject, share <= REJECTED_SHARE, f"{row['rejected']:,} of {total:,} rows rejected ({share:.1%})")


def age_findings(generation: Generation, now: datetime, stale_after: timedelta) -> Iterator[Finding]:
    age = now - generation.as_of
    yield Finding("as of", generation.name, age <= stale_after, f"the data is {in_words(age)} old")


def in_words(span: timedelta) -> str:
    """A length of time a person would say: '3 days', '5 hours', '12 minutes'."""
    for unit, seconds in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        count = int(span.total_seconds() // seconds)
        if count >= 1:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "under a minute"
