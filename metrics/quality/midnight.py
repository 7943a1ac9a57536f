"""TQ010 Midnight-only clocks: a date that was read as a time."""

import re

import polars as pl

from metrics.events import TABLES
from metrics.quality.check import Check, Material, Threshold, found, of_total
from metrics.quality.totals import totals

WARNED, FAILED = 0.02, 0.5
LEAST = 10


def judged(material: Material) -> pl.DataFrame:
    """Columns that a metric times by the second. A date is good enough for a clock that counts days."""
    sums = totals(material, "midnight").join(timed(material), on=["table_name", "about"], how="semi")
    share, enough = pl.col("n") / pl.col("total"), pl.col("n") >= LEAST
    severity = (
        pl.when(enough & (share >= FAILED)).then(pl.lit("fail")).when(enough & (share >= WARNED)).then(pl.lit("warn"))
    ).otherwise(pl.lit("pass"))  # fmt: skip
    return found(sums.with_columns(severity=severity, sentence=of_total("are 00:00:00 at the site")))


def timed(material: Material) -> pl.DataFrame:
    """table_name, about: the instants that some metric's clock of seconds starts or stops with."""
    pairs = {
        (metric.table, word)
        for metric in material.metrics.values()
        if metric.kind == "duration" and metric.clock in ("elapsed", "business") and metric.table in TABLES
        and metric.unit in ("seconds", "minutes", "hours")
        for word in re.findall(r"\w+", f"{metric.start} {metric.stop}")
        if word in TABLES[metric.table].instants
    }  # fmt: skip
    return pl.DataFrame(sorted(pairs), schema={"table_name": pl.String, "about": pl.String}, orient="row")


CHECK = Check(
    code="TQ010",
    name="midnight",
    title="Midnight-only clocks",
    severity="fail",
    what="Counts stamps at exactly 00:00:00 of the site's own clock, of instants that a metric times by the second.",
    why="A date without a time is read as midnight. A wait from such a start is up to a day too long; to such a stop, negative.",
    next_step='Map the field that holds the time; where there is none, let the metric count days (`clock = "calendar_days"`).',
    thresholds=(
        Threshold(
            "warns at", "2 % and 10 rows", "of stamps to the minute one in 1,440 (0.07 %) is midnight; this is 29 times as many"
        ),
        Threshold("fails at", "50 %", "half of a column is no accident: the source sends dates"),
    ),
    judged=judged,
)
