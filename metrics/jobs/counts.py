"""Counts that add up: for each metric, place and day, how many on top, at the bottom, finished, still open."""

from collections.abc import Sequence, Set
from datetime import datetime

import polars as pl

from metrics.definitions.metric import Metric
from metrics.definitions.polars_form import predicate, rate_flags, score_of

MEASURES = ("numerator", "denominator", "completed", "still_open")
NO = pl.lit(False)


def flags(metric: Metric) -> dict[str, pl.Expr]:
    """The four yes-or-no columns of a metric over facts, by measure.

    rate: numerator and denominator as defined, completed = denominator, still_open = rows not yet decided.
    duration: denominator = finished, or already known to have waited longer than `within`; numerator =
    finished within it; completed = finished. count: all rows in numerator and completed. score: not flags but whole numbers:
    numerator = the value, denominator = whether there is one, completed = its square (the mean's interval needs their sum).
    """
    if metric.kind == "duration":
        return _duration_flags(metric)
    if metric.kind == "count":
        where = predicate(metric.where)
        return {"numerator": where, "denominator": NO, "completed": where, "still_open": NO}
    if metric.kind == "score":
        value = score_of(metric)
        squared = (value * value).fill_null(0)
        return {"numerator": value.fill_null(0), "denominator": value.is_not_null(), "completed": squared, "still_open": NO}
    rate = rate_flags(metric)
    return rate | {"completed": rate["denominator"]}


def _duration_flags(metric: Metric) -> dict[str, pl.Expr]:
    end, wait = pl.col(f"{metric.id}_end"), pl.col(f"{metric.id}_wait")
    done = (end == "done").fill_null(False)
    waiting = (end == "open").fill_null(False)
    if metric.within is None:
        return {"numerator": NO, "denominator": NO, "completed": done, "still_open": waiting}
    inside = (wait <= metric.within_ticks).fill_null(False)
    known = done | (end.is_not_null() & ~inside)
    return {"numerator": done & inside, "denominator": known, "completed": done, "still_open": waiting}


def counted_rows(facts: pl.DataFrame, anchor: str, as_of: datetime) -> pl.DataFrame:
    """Facts whose anchor has come, with the `as_of` that definitions may name.

    A future appointment is a fact, but in no figure yet.
    """
    now = pl.lit(as_of, pl.Datetime("us"))
    return facts.filter(pl.col(anchor) <= now).with_columns(now.alias("as_of"))


def flagged(facts: pl.DataFrame, metrics: Sequence[Metric]) -> pl.DataFrame:
    """The facts with each metric's four flags as columns `metric:measure`; a flag that is never up is left out."""
    raised = {
        flag_name(metric.id, measure): expr for metric in metrics for measure, expr in flags(metric).items() if expr is not NO
    }
    return facts.with_columns(expr.alias(name) for name, expr in raised.items())


def flag_name(metric: str, measure: str) -> str:
    return f"{metric}:{measure}"


def flag_columns(facts: pl.DataFrame, metrics: Sequence[Metric]) -> list[str]:
    """The columns that `flagged` made for the metrics."""
    held = set(facts.columns)
    return [name for metric in metrics for measure in MEASURES if (name := flag_name(metric.id, measure)) in held]


def counts(facts: pl.DataFrame, metrics: Sequence[Metric], by: Sequence[str]) -> pl.DataFrame:
    """metric, the `by` columns, numerator, denominator, completed, still_open: whole numbers, added over flagged facts.

    Groups in which a metric counts nothing are left out.
    """
    schema = facts.schema  # asked once: Polars makes it anew each time
    names = [name for metric in metrics for measure in MEASURES if (name := flag_name(metric.id, measure)) in schema]
    wide = facts.group_by(*by).agg(_total(name, schema[name]) for name in names).lazy()
    held = set(names)
    parts = [wide.select(pl.lit(metric.id).alias("metric"), *by, *_measures(metric, held)) for metric in metrics]
    nothing = facts.lazy().clear()
    none = nothing.select(pl.lit(None, pl.String).alias("metric"), *by, *(pl.lit(0, pl.Int64).alias(m) for m in MEASURES))
    # one pass for all metrics: of few groups a pass costs more than they do
    return pl.concat([none, *parts]).filter(pl.any_horizontal(pl.col(measure) > 0 for measure in MEASURES)).collect()


def _total(name: str, kind: pl.DataType) -> pl.Expr:
    """How often a flag is up, or a score's numbers added."""
    return (pl.col(name).cast(pl.UInt32) if kind == pl.Boolean() else pl.col(name)).sum().cast(pl.Int64)


def _measures(metric: Metric, names: Set[str]) -> list[pl.Expr]:
    found = {measure: flag_name(metric.id, measure) for measure in MEASURES}
    return [(pl.col(name) if name in names else pl.lit(0, pl.Int64)).alias(measure) for measure, name in found.items()]


def added(counted: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Counts added over everything but metric and `by`; groups that come to nothing are left out."""
    total = counted.group_by("metric", *by).agg(pl.col(measure).sum() for measure in MEASURES)
    return total.filter(pl.any_horizontal(pl.col(measure) != 0 for measure in MEASURES))
