"""Rules about this moment: people who wait too long now, checks that fail, rules that are broken."""

import polars as pl

from metrics.alerts.evidence import Evidence
from metrics.alerts.kinds import DataQualityRule, LiveWaitRule
from metrics.alerts.periods import has_services, has_sites, in_scope
from metrics.alerts.rule import Rule
from metrics.definitions.lengths import words_from_length

PLACE = ("site_id", "service_id")


def live_wait(rule: LiveWaitRule, evidence: Evidence) -> pl.LazyFrame:
    """At least so many people have waited longer than they should. Where no live feed is followed, nothing is known."""
    places = waiting_places(rule, evidence)
    if evidence.waiting is None:
        unknown = (pl.lit("no_data").alias("outcome"), pl.lit("no live feed is followed").alias("detail"))
        return places.with_columns(pl.lit(rule.metric).alias("metric"), *unknown)
    waited = pl.lit(evidence.now) - pl.col("since")
    waiting = evidence.waiting.lazy().filter(metric=rule.metric).with_columns(*unasked(rule))
    here = waiting.group_by(PLACE).agg(
        (waited > rule.longer_than).sum().cast(pl.Float64).alias("value"),
        pl.len().cast(pl.Int64).alias("n"),
        waited.max().dt.total_minutes().alias("longest"),
    )
    counted = places.join(here, on=PLACE, how="left", nulls_equal=True).with_columns(
        pl.col("value").fill_null(0.0), pl.col("n").fill_null(0)
    )
    many = pl.col("value") >= rule.at_least
    said = pl.format(
        "{} of {} waiting longer than {}, the longest {} minutes",
        pl.col("value").cast(pl.Int64), "n", pl.lit(words_from_length(rule.longer_than)), pl.col("longest"),
    )  # fmt: skip
    return counted.with_columns(
        pl.lit(rule.metric).alias("metric"),
        pl.when(many).then(pl.lit("breach")).otherwise(pl.lit("ok")).alias("outcome"),
        (pl.col("value") - rule.at_least + 1).alias("excess"),
        pl.when(pl.col("n") > 0).then(said).otherwise(pl.lit("nobody is waiting")).alias("detail"),
    )


def waiting_places(rule: LiveWaitRule, evidence: Evidence) -> pl.LazyFrame:
    """site_id, service_id: where the metric was ever measured, and where somebody waits, once each."""
    known = [in_scope(rule, evidence.signals.lazy().filter(metric=rule.metric)).select(PLACE)]
    if evidence.waiting is not None:
        known.append(in_scope(rule, evidence.waiting.lazy().filter(metric=rule.metric).with_columns(*unasked(rule))).select(PLACE))
    return pl.concat(known).unique()


def unasked(rule: LiveWaitRule) -> list[pl.Expr]:
    """Nulls in the parts of a place that the rule does not fan out to."""
    nothing = pl.lit(None, pl.String)
    asked = {"site_id": has_sites(rule.fan_out), "service_id": has_services(rule.fan_out)}
    return [nothing.alias(part) for part, wanted in asked.items() if not wanted]


def data_quality(rule: DataQualityRule, evidence: Evidence) -> pl.LazyFrame:
    """A check of the data that fails."""
    checks = evidence.checks.lazy()
    if rule.checks:
        checks = checks.filter(pl.col("check").is_in(rule.checks))
    passed = pl.when("passed").then(pl.lit("ok")).otherwise(pl.lit("breach")).alias("outcome")
    return checks.select("check", "subject", passed, pl.col("sentence").alias("detail"))


def error(rules: tuple[Rule, ...], evidence: Evidence) -> pl.LazyFrame:
    """A rule that is broken, with all that is wrong with it; the others are ok, so that a mended one resolves. Labelled rule_id."""
    told = pl.DataFrame(list(evidence.problems), schema={"broken": pl.String(), "detail": pl.String()}, orient="row")
    broken = told.lazy().group_by("broken").agg(pl.col("detail").str.join(" ")).with_columns(pl.lit("breach").alias("outcome"))
    sound = pl.LazyFrame({"broken": [rule.id for rule in rules]}, schema={"broken": pl.String()})
    fine = sound.join(broken, on="broken", how="anti").with_columns(
        pl.lit("the rule is in order").alias("detail"), pl.lit("ok").alias("outcome")
    )
    return pl.concat([broken, fine], how="diagonal")
