"""TQ008 Edited clock starts: the instant a wait begins with, said otherwise later."""

import re

import polars as pl

from metrics.events import TABLES
from metrics.quality.check import Check, Material, Threshold, found, nothing, percent
from metrics.quality.measures import PLANNED
from metrics.quality.totals import PLACE, totals

WARNED = 0.01
LEAST = 10


def judged(material: Material) -> pl.DataFrame:
    """Clock starts of a site: how many were said otherwise before, by how much, and whether that makes waits shorter."""
    if material.edits.is_empty():
        return nothing()
    moved = moves(material.edits).join(clock_starts(material), on=["table_name", "about"], how="semi")
    sums = moved.group_by(*PLACE, "about").agg(
        pl.len().alias("n"), pl.col("shift").abs().median().alias("by"), (pl.col("shift") > 0).mean().alias("later"),
        pl.col("key").sort().head(3).alias("examples"),
    )  # fmt: skip
    stamped = totals(material, "stamped").select(*PLACE, "about", "total")
    told = sums.join(stamped, on=[*PLACE, "about"], how="left", nulls_equal=True).with_columns(
        total=pl.max_horizontal(pl.col("total").fill_null(0), "n")
    )
    share = pl.col("n") / pl.col("total")
    severity = pl.when((share > WARNED) & (pl.col("n") >= LEAST)).then(pl.lit("warn")).otherwise(pl.lit("pass"))
    sentence = pl.format(
        "{} of {} ({}) had {} changed later, in the middle by {}; {} were set later, which makes the wait shorter",
        "n", "total", percent(share), "about", _length(pl.col("by")), percent(pl.col("later").fill_null(0.0)),
    )  # fmt: skip
    return found(told.with_columns(severity=severity, sentence=sentence).sort(*PLACE, "about"))


def moves(edits: pl.DataFrame) -> pl.DataFrame:
    """PLACE, about, key, shift: each edited instant once, from what was first said of it to what stands now.

    An instant that was erased, or came back to what it first was, has no shift or one of nought; it was edited all the same.
    """
    ordered = edits.sort("was_recorded_at", "became_recorded_at")
    ends = ordered.group_by("table_name", "key", pl.col("column").alias("about")).agg(
        pl.col("source").last(), pl.col("site_id").last(), pl.col("was").first(),
        pl.col("became").sort_by("became_recorded_at").last(),
    )  # fmt: skip
    return ends.with_columns(shift=pl.col("became") - pl.col("was"))


def clock_starts(material: Material) -> pl.DataFrame:
    """table_name, about: the instants that some metric's clock starts with. What is planned (a start) may be moved by right."""
    pairs = {
        (metric.table, word)
        for metric in material.metrics.values()
        if metric.start is not None and metric.table in TABLES
        for word in re.findall(r"\w+", metric.start)
        if word in TABLES[metric.table].instants and word not in PLANNED
    } | {("appointments", "requested_at"), ("appointments", "booked_at")}  # of lead times, whose metrics compare days
    return pl.DataFrame(sorted(pairs), schema={"table_name": pl.String, "about": pl.String}, orient="row")


def _length(span: pl.Expr) -> pl.Expr:
    minutes = span.dt.total_minutes()
    return (
        pl.when(minutes >= 2880).then(pl.format("{} days", (minutes / 1440).round(0).cast(pl.Int64)))
        .when(minutes >= 120).then(pl.format("{} hours", (minutes / 60).round(0).cast(pl.Int64)))
        .otherwise(pl.format("{} minutes", minutes)).fill_null("nothing that can be measured (it was erased)")
    )  # fmt: skip


CHECK = Check(
    code="TQ008",
    name="edited",
    title="Edited clock starts",
    severity="warn",
    what=(
        "Compares what was first said of each instant that starts a clock with what stands now: how many were changed, by how "
        "much, and how many to a later instant. The lake keeps what a newer statement replaced since it keeps edits."
    ),
    why=(
        "A wait can be made short by moving its start. The US Government Accountability Office found schedulers who set the "
        "patient's desired date to the date that was free (GAO-13-130)."
    ),
    next_step="Ask who edits the field and why, with the examples. Start the clock with an instant that nobody can move.",
    thresholds=(
        Threshold("most edited", "1 % of the rows and 10 rows", "slips of the hand are mended in fewer; GAO's were a practice"),
    ),
    judged=judged,
)
