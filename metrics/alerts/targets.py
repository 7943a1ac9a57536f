"""Rules that hold a figure to its target: threshold, binomial, cusum, assurance."""

import polars as pl

from metrics.alerts.evidence import Evidence
from metrics.alerts.kinds import AssuranceRule, BinomialRule, CusumRule, ThresholdRule
from metrics.alerts.outcomes import against, beyond, has_a_side, high_is_bad, judged, on_a_side
from metrics.alerts.periods import asked_of, figures, spoken
from metrics.alerts.sums import newest_sums
from metrics.definitions.metric import RATIOS
from metrics.signals.binomial import bound
from metrics.signals.schema import KEYS

TARGET = pl.col("target")


def threshold(rule: ThresholdRule, evidence: Evidence) -> pl.LazyFrame:
    """Beyond the limit of the rule, or the target in force. Places without one give no row."""
    line = pl.lit(rule.limit) if rule.limit is not None else TARGET
    rows = figures(rule, evidence).with_columns(line.alias("target")).filter(TARGET.is_not_null(), has_a_side(rule))
    return on_a_side(rows.with_columns(beyond(rule, TARGET).alias("excess")), rule, against("target"))


def binomial(rule: BinomialRule, evidence: Evidence) -> pl.LazyFrame:
    """Worse than the worst share that chance still explains at the target, of so many cases."""
    shares = figures(rule, evidence).filter(pl.col("statistic").is_in(RATIOS), TARGET.is_not_null(), has_a_side(rule))
    better = pl.when(high_is_bad(rule)).then(pl.lit("lower")).otherwise(pl.lit("higher"))
    worst = bound(pl.col("denominator"), TARGET, better, 1 - rule.confidence)
    rows = shares.with_columns(worst.alias("worst")).with_columns(beyond(rule, pl.col("worst")).alias("excess"))
    chance = pl.format(f"; {rule.confidence:.0%} of weeks on target would be {{}} or better", spoken("worst"))
    return on_a_side(rows, rule, pl.concat_str(against("target"), chance))


def cusum(rule: CusumRule, evidence: Evidence) -> pl.LazyFrame:
    """Misses of the target that add up to more than h."""
    better = asked_of(rule, list(evidence.metrics.values())).select("metric", "statistic", "better")
    if rule.bad is not None:
        better = better.with_columns(pl.lit("lower" if rule.bad == "high" else "higher").alias("better"))
    sums = newest_sums(evidence.points, rule, better)
    rows = figures(rule, evidence).filter(TARGET.is_not_null(), has_a_side(rule))
    summed = rows.join(sums.lazy(), on=list(KEYS), how="left", nulls_equal=True).with_columns(
        pl.when(~pl.col("late")).then(pl.col("sum") - rule.h).alias("excess"),
        pl.format("cusum {}", pl.col("sum").round(1)).alias("signal"),
    )
    why = pl.format(f"; the misses add up to {{}} standard deviations (alarm above {rule.h:g})", pl.col("sum").round(1))
    return on_a_side(summed, rule, pl.concat_str(against("target"), why))


def assurance(rule: AssuranceRule, evidence: Evidence) -> pl.LazyFrame:
    """All that the process does is on the bad side of the target."""
    rows = figures(rule, evidence).filter(TARGET.is_not_null(), pl.col("better") != "neither")
    said = pl.col("assurance")
    why = pl.format("{}; it moves between {} and {}", against("target"), spoken("lower"), spoken("upper"))
    return judged(rows.with_columns(said.alias("signal")), rule, said == "consistent_fail", why, trial=said == "not_assessed")
