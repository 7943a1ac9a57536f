"""What a data-quality check is, what it is asked of, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import polars as pl

from metrics.definitions.metric import Metric
from metrics.quality.counts import COUNTS

Severity = Literal["fail", "warn"]
Subject = Literal["table", "site", "column"]

FINDINGS = pl.Schema({
    "table_name": pl.String(), "source": pl.String(), "site_id": pl.String(), "about": pl.String(), "severity": pl.String(),
    "n": pl.Int64(), "total": pl.Int64(), "sentence": pl.String(), "examples": pl.List(pl.String()),
})  # fmt: skip
"""A row for each thing judged. severity: fail, warn, or pass. about: the column, metric or period, null for the feed as a whole.
n of total: how many rows are affected, of how many looked at; null where a check counts no rows. examples: ids of events."""

EXAMPLES = 3  # ids shown with a finding: enough to look one up, few enough to read


@dataclass(frozen=True)
class Threshold:
    """A number that a check judges by: its value in words, and why it is what it is."""

    name: str
    value: str
    reason: str


@dataclass(frozen=True)
class Material:
    """What the checks are asked of, read once. Instants are UTC without a zone.

    counts: as `counts.month_counts` gives, of the newest months. freshness: the table of that name. rejects: table_name, source,
    rule, severity, rows. edits: the lake's table of that name. bins: metric, site_id, bin, n of completed waits. tallies:
    the rows of that event table with `day`. working_days: site_id, day, working. broken: why a query's metric was not counted.
    """

    metrics: Mapping[str, Metric]
    as_of: datetime
    now: datetime
    stale_after: timedelta
    counts: pl.DataFrame = field(default_factory=COUNTS.to_frame)
    freshness: pl.DataFrame = field(default_factory=pl.DataFrame)
    rejects: pl.DataFrame = field(default_factory=pl.DataFrame)
    edits: pl.DataFrame = field(default_factory=pl.DataFrame)
    bins: pl.DataFrame = field(default_factory=pl.DataFrame)
    tallies: pl.DataFrame = field(default_factory=pl.DataFrame)
    working_days: pl.DataFrame = field(default_factory=pl.DataFrame)
    broken: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """One check, as docs/quality.md prints it. `judged` gives rows of FINDINGS, of which those that pass may be left out.

    name: the word that alert rules and --check know it by. severity: the gravest it says.
    """

    code: str
    name: str
    title: str
    severity: Severity
    what: str
    why: str
    next_step: str
    thresholds: tuple[Threshold, ...]
    judged: Callable[[Material], pl.DataFrame]


def found(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame in the columns of FINDINGS; those it lacks are null."""
    given = frame.columns
    return frame.select((pl.col(name) if name in given else pl.lit(None)).cast(kind).alias(name) for name, kind in FINDINGS.items())


def nothing() -> pl.DataFrame:
    return FINDINGS.to_frame()


def percent(share: pl.Expr) -> pl.Expr:
    """'3.2 %', and '0.04 %' below a tenth."""
    in_words = pl.when(share < 0.001).then((share * 100).round(3)).otherwise((share * 100).round(1))
    return pl.format("{} %", in_words)


def of_total(what: str) -> pl.Expr:
    """'12 of 340 (3.5 %) <what>'."""
    return pl.format("{} of {} ({}) {}", "n", "total", percent(pl.col("n") / pl.col("total")), pl.lit(what))
