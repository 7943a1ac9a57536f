"""Samples: what every rule finds at every place, now. One row each, worked out for all places of a rule at once."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from hashlib import sha256
from typing import Any

import polars as pl

from metrics.alerts.episode import Sample
from metrics.alerts.evidence import Evidence
from metrics.alerts.present import data_quality, error, live_wait
from metrics.alerts.rule import Rule
from metrics.alerts.rulebook import RuleBook
from metrics.alerts.silence_of_data import no_data, stale
from metrics.alerts.special_cause import spc
from metrics.alerts.targets import assurance, binomial, cusum, threshold

TEXT, NUMBER, DAY, INSTANT = pl.String(), pl.Float64(), pl.Date(), pl.Datetime("us")
SCHEMA: Mapping[str, pl.DataType] = {
    **dict.fromkeys(("rule_id", "rule_version", "kind", "severity", "fingerprint", "labels", "site_id", "service_id"), TEXT),
    "moment": INSTANT, "period_start": DAY, "period_end": DAY, "evaluated_at": INSTANT, "as_of": INSTANT, "outcome": TEXT,
    "value": NUMBER, "numerator": NUMBER, "denominator": NUMBER, "n": pl.Int64(),
    **dict.fromkeys(("target", "lower", "centre", "upper", "excess"), NUMBER), "signal": TEXT, "detail": TEXT,
}  # fmt: skip
# What tells an alert of a rule from another of the same rule, as columns of what the rule finds.
LABELS = ("check", "metric", "service_id", "site_id", "source", "statistic", "subject", "table_name")
FINDERS: Mapping[str, Callable[[Any, Evidence], pl.LazyFrame]] = {
    "threshold": threshold, "binomial": binomial, "cusum": cusum, "assurance": assurance, "spc": spc,
    "no_data": no_data, "stale": stale, "live_wait": live_wait, "data_quality": data_quality,
}  # fmt: skip


def samples(book: RuleBook, evidence: Evidence) -> pl.DataFrame:
    """The columns SCHEMA, sorted by rule and labels: a row for each rule that is enabled and each place it fans out to.

    Only the newest closed period is judged. A figure that is older than it should be is no_data. A place without a target gives
    no row to a rule that needs one.
    """
    enabled = [rule for rule in book.rules if rule.enabled]
    parts = [sampled(rule, found(rule, book, evidence), evidence) for rule in enabled]
    rows = pl.concat(pl.collect_all(parts)) if parts else pl.DataFrame(schema=SCHEMA)
    return with_fingerprints(rows).sort("rule_id", "labels")


def found(rule: Rule, book: RuleBook, evidence: Evidence) -> pl.LazyFrame:
    return error(book.rules, evidence) if rule.kind == "error" else FINDERS[rule.kind](rule, evidence)


def sampled(rule: Rule, rows: pl.LazyFrame, evidence: Evidence) -> pl.LazyFrame:
    """What the rule found, in the columns SCHEMA; what it has nothing to say of is null."""
    there = rows.collect_schema().names()
    today = pl.lit(evidence.now.date())
    period = {end: pl.col(end) if end in there and not rule.live else today for end in ("period_start", "period_end")}
    moment = pl.lit(evidence.now, INSTANT) if rule.live else pl.col("period_end").cast(INSTANT)
    said = {
        "rule_id": pl.lit(rule.id), "rule_version": pl.lit(rule.version),
        "kind": pl.lit(rule.kind), "severity": pl.lit(rule.severity),
        "evaluated_at": pl.lit(evidence.now, INSTANT), "as_of": pl.lit(evidence.as_of, INSTANT),
        "labels": labels({name: name for name in LABELS if name in there} | ({"rule_id": "broken"} if "broken" in there else {})),
        "moment": moment, **period,
    }  # fmt: skip
    columns = [
        said.get(name, pl.col(name) if name in there else pl.lit(None)).cast(kind).alias(name) for name, kind in SCHEMA.items()
    ]  # fmt: skip
    return rows.select(columns)


def labels(columns: Mapping[str, str]) -> pl.Expr:
    """The labels that are not null as JSON text, sorted by name: the same place always gives the same text."""
    pairs = [
        pl.when(pl.col(column).is_not_null()).then(
            pl.struct(pl.col(column).alias(name)).struct.json_encode().str.strip_prefix("{").str.strip_suffix("}")
        )
        for name, column in sorted(columns.items())
    ]  # fmt: skip
    return pl.concat_str(pl.lit("{"), pl.concat_str(pairs, separator=",", ignore_nulls=True), pl.lit("}"))


def with_fingerprints(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with their fingerprint, which outlives edits of the rule. Polars has no hash that is the same in every version."""
    prints = [fingerprint(rule, text) for rule, text in rows.select("rule_id", "labels").iter_rows()]
    return rows.with_columns(pl.Series("fingerprint", prints, pl.String))


def fingerprint(rule_id: str, labels: str) -> str:
    """What makes two samples speak of the same alert: the rule's id and the labels, not the rule's version."""
    return sha256(f"{rule_id}|{labels}".encode()).hexdigest()


def sample_of(row: Mapping[str, Any]) -> Sample:
    """One row of `samples` as a value."""
    return Sample(**{one.name: row[one.name] for one in fields(Sample)})
