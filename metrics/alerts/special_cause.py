"""Rules about change, whatever the target: special cause on the newest closed point of a control chart."""

from typing import Literal

import polars as pl

from metrics.alerts.evidence import Evidence
from metrics.alerts.kinds import Pattern, SpcRule
from metrics.alerts.outcomes import judged
from metrics.alerts.periods import figures, spoken, spoken_of_n
from metrics.signals.labels import RULES

Way = Literal[0, 1]  # the place in a pair of RULES: upward, downward
PAIRS: dict[Pattern, tuple[str, str]] = dict(zip(("outside", "trend", "two_in_three", "shift"), RULES, strict=True))
SLOW: tuple[Pattern, ...] = ("trend", "shift")  # a series that leans on its own past shows these without any change


def spc(rule: SpcRule, evidence: Evidence) -> pl.LazyFrame:
    """The newest closed point is flagged by a rule that counts, on the side looked at. Trial limits are too few to judge by."""
    rows = figures(rule, evidence).filter(pl.lit(rule.side == "any") | (pl.col("better") != "neither"))
    found = rows.with_columns(counted(rule).list.join(",").alias("signal"))
    flagged = pl.col("signal") != ""
    limits = pl.format("{}; limits {} to {}", spoken_of_n(), spoken("lower"), spoken("upper"))
    broken = pl.col("signal").str.replace_all("_", " ").str.replace_all(",", ", ")
    why = pl.when(flagged).then(pl.format("{}: {}", limits, broken)).otherwise(limits)
    return judged(found, rule, flagged, why, trial=pl.col("variation") == "not_assessed")


def counted(rule: SpcRule) -> pl.Expr:
    """Those of the broken rules (list) that the rule counts; where a series is muted, without trends and shifts."""
    quick = [pattern for pattern in rule.on if pattern not in SLOW]
    return pl.when(pl.col("muted").fill_null(False)).then(of_side(rule, quick)).otherwise(of_side(rule, list(rule.on)))


def of_side(rule: SpcRule, patterns: list[Pattern]) -> pl.Expr:
    """The broken rules of these patterns that go the way the rule looks at."""
    if rule.side == "any":
        return broken_among([word for pattern in patterns for word in PAIRS[pattern]])
    upward_counts = (pl.col("better") == "lower") == (rule.side == "concern")
    return pl.when(upward_counts).then(broken_among(words(patterns, 0))).otherwise(broken_among(words(patterns, 1)))


def words(patterns: list[Pattern], way: Way) -> list[str]:
    return [PAIRS[pattern][way] for pattern in patterns]


def broken_among(known: list[str]) -> pl.Expr:
    """The newest point's broken rules that are among these."""
    broken = pl.col("rules").fill_null("").str.split(",")
    return broken.list.set_intersection(pl.lit(pl.Series([known], dtype=pl.List(pl.String()))))
