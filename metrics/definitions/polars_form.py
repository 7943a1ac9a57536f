"""The Polars form of a metric's SQL expressions, which the jobs run."""

import polars as pl

from metrics.definitions.metric import Metric

NEVER = pl.lit(False)


def predicate(text: str) -> pl.Expr:
    """An SQL predicate as a Boolean expression. Null counts as false, as it does in an SQL `where`."""
    return pl.sql_expr(text).cast(pl.Boolean).fill_null(False)


def instant(text: str) -> pl.Expr:
    """An SQL expression that gives an instant (UTC), null where there is none."""
    return pl.sql_expr(text).cast(pl.Datetime("us"))


def rate_flags(metric: Metric) -> dict[str, pl.Expr]:
    """numerator, denominator, still_open of a rate as Boolean expressions over facts; an open row is in neither count."""
    assert metric.kind == "rate" and metric.numerator is not None
    where = predicate(metric.where)
    undecided = where & predicate(metric.open) if metric.open else NEVER
    bottom = where & ~undecided & predicate(metric.denominator)
    return {"numerator": bottom & predicate(metric.numerator), "denominator": bottom, "still_open": undecided}


def score_of(metric: Metric) -> pl.Expr:
    """A score's value on each row of facts that it counts, a whole number; null on every other row."""
    assert metric.kind == "score" and metric.value is not None
    return pl.when(predicate(metric.where)).then(pl.sql_expr(metric.value).cast(pl.Int64))


def columns_named(metric: Metric) -> set[str]:
    """The columns that the metric's expressions read; none for a tally."""
    return {name for text in expressions(metric).values() for name in pl.sql_expr(text).meta.root_names()}


def expressions(metric: Metric) -> dict[str, str]:
    """TOML key -> SQL expression, for the keys that hold one and matter to the metric's kind."""
    if metric.is_tally:
        return {}
    keys = {
        "rate": ("where", "numerator", "denominator", "open"),
        "duration": ("where", "start", "stop", "censor"),
        "count": ("where",),
        "census": ("where", "start", "stop", "met_until"),
        "score": ("where", "value"),
        "ratio": (),
    }
    given = {key: getattr(metric, key) for key in keys[metric.kind]}
    return {key: text for key, text in given.items() if text is not None}
