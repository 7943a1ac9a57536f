"""An outcome for each figure that a rule looks at, and the sentence that says why."""

import polars as pl

from metrics.alerts.kinds import LineRule
from metrics.alerts.periods import spoken, spoken_of_n
from metrics.alerts.rule import JudgedRule

NEVER = pl.lit(False)


def judged(
    rows: pl.LazyFrame, rule: JudgedRule, failed: pl.Expr, why: pl.Expr, held: pl.Expr = NEVER, trial: pl.Expr = NEVER
) -> pl.LazyFrame:
    """The rows with `outcome` and `detail`, the first that holds: no_data without a value, too_few under min_n cases or on `trial`
    limits, breach where `failed`, inside_margin where `held`, ok. A `failed` that is null cannot be judged: no_data."""
    few = ((pl.col("n").fill_null(0) < rule.min_n) & (pl.col("statistic") != "count")) | trial.fill_null(False)
    outcome = (
        pl.when(pl.col("value").is_null()).then(pl.lit("no_data"))
        .when(few).then(pl.lit("too_few"))
        .when(failed.is_null()).then(pl.lit("no_data"))
        .when(failed).then(pl.lit("breach"))
        .when(held).then(pl.lit("inside_margin"))
        .otherwise(pl.lit("ok"))
    )  # fmt: skip
    detail = (
        pl.when("unheard").then(pl.lit("its feed fell silent before the period was over"))
        .when(pl.col("value").is_null()).then(pl.lit("no figure for the period"))
        .when(trial.fill_null(False)).then(pl.format("{} of {}; too few periods to judge by", spoken("value"), pl.col("n")))
        .when(few).then(pl.format(f"{{}} of {{}}; fewer than {rule.min_n}, too few to judge by", spoken("value"), pl.col("n")))
        .otherwise(why)
    )  # fmt: skip
    unknown = pl.lit("nothing to judge by: no line, or nothing that varies")
    return rows.with_columns(outcome.alias("outcome"), detail.fill_null(unknown).alias("detail"))


def on_a_side(rows: pl.LazyFrame, rule: LineRule, why: pl.Expr) -> pl.LazyFrame:
    """The rows judged by `excess`: beyond the line above 0, inside the margin under it but not as far as clear_margin."""
    excess = pl.col("excess")
    return judged(rows, rule, excess > 0, why, held=excess > -rule.clear_margin)


def high_is_bad(rule: LineRule) -> pl.Expr:
    """Whether a figure is worse the higher it is: as the rule says, else as the metric does."""
    return pl.lit(rule.bad == "high") if rule.bad is not None else pl.col("better") == "lower"


def has_a_side(rule: LineRule) -> pl.Expr:
    """Whether one side of the line is bad."""
    return pl.lit(True) if rule.bad is not None else pl.col("better") != "neither"


def beyond(rule: LineRule, line: pl.Expr) -> pl.Expr:
    """How far the value is on the bad side of the line; under 0 on the good side."""
    far = pl.col("value") - line
    return pl.when(high_is_bad(rule)).then(far).otherwise(-far)


def against(line: str) -> pl.Expr:
    """'71.3 % of 213 against 76 %'."""
    return pl.format("{} against {}", spoken_of_n(), spoken(line))
