"""Revisions: figures that the last issued snapshot told and that are other ones now, and why. Pure.

A figure whose definition has another version was redefined; one with more cases than before got late data; else records were
corrected. Only what both snapshots tell is compared: a withheld figure is neither before nor after.
"""

from collections.abc import Callable, Mapping

import polars as pl

from metrics.definitions.metric import Metric
from metrics.definitions.numbers import day, figure
from metrics.snapshot.content import Revision

SERIES = ("metric", "statistic", "site_id")
TOLD = ("value", "n", "definition_version")
SCHEMA = pl.Schema({
    **dict.fromkeys(SERIES, pl.String()), "week": pl.Date(), "value_before": pl.Float64(), "n_before": pl.Int64(),
    "value": pl.Float64(), "n": pl.Int64(), "reason": pl.String(),
})  # fmt: skip
BECAUSE = {
    "late data": "as late data arrived", "definition": "as its definition changed", "correction": "as records were corrected",
}  # fmt: skip


def revisions(before: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """The revised newest figures of the last issued snapshot, columns SCHEMA. before, figures: columns of `judged.FIGURES` and
    withheld. A figure that only one of them has is none."""
    keys = [*SERIES, "week"]
    newest = before.filter(pl.col("value").is_not_null()).filter(pl.col("week") == pl.col("week").max().over(SERIES))
    old = newest.select(*keys, *(pl.col(name).alias(f"{name}_before") for name in TOLD))
    both = figures.filter(pl.col("value").is_not_null()).join(old, on=keys, how="inner", nulls_equal=True, maintain_order="left")
    changed = both.filter(pl.col("value").ne_missing(pl.col("value_before")) | pl.col("n").ne_missing(pl.col("n_before")))
    return changed.with_columns(reason().alias("reason")).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def reason() -> pl.Expr:
    redefined = pl.col("definition_version") != pl.col("definition_version_before")
    grew = pl.col("n") > pl.col("n_before")
    return pl.when(redefined).then(pl.lit("definition")).when(grew).then(pl.lit("late data")).otherwise(pl.lit("correction"))


def revision_of(row: Mapping[str, object], metrics: Mapping[str, Metric], place_name: Callable[[str | None], str]) -> Revision:
    """One revision in a sentence; where both values read alike, their n tells them apart."""
    metric, statistic = metrics[str(row["metric"])], str(row["statistic"])
    before, after = (figure(row[name], statistic, metric.unit) for name in ("value_before", "value"))  # type: ignore[arg-type]
    if before == after:
        before, after = f"{before} (n {row['n_before']:,})", f"{after} (n {row['n']:,})"
    site = row["site_id"]
    place, week, why = place_name(None if site is None else str(site)), row["week"], str(row["reason"])
    said = f"{metric.title} at {place}, week of {day(week)}: {before} became {after} {BECAUSE[why]}."  # type: ignore[arg-type]
    return Revision(metric.id, metric.title, place, week, before, after, why, said)  # type: ignore[arg-type]
