"""What every rule found at every place, as it was known then: never changed, and added to only where something new was found."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from json import dumps

import polars as pl
import sqlalchemy as sa

from metrics.alerts.rule import Rule
from metrics.ledger.ledger import Ledger, frame_of
from metrics.ledger.lives import add_once
from metrics.ledger.tables import ALERT_RULE, MEASURED, RULE_EVALUATION

SAMPLE = ("rule_id", "rule_version", "fingerprint", "moment")  # what was asked
FOUND = ("outcome", "n", *MEASURED, "signal")  # what was found; `detail` says the same in words
NOBODY = "nobody"  # the owner of a rule that names none: its alerts belong to the owner of their metric


def evaluations(ledger: Ledger, fingerprint: str | None = None) -> pl.DataFrame:
    """Every evaluation, or those of one alert's place, oldest first, with the columns of `rule_evaluation`."""
    asked = sa.select(RULE_EVALUATION).order_by(RULE_EVALUATION.c.eval_id)
    return ledger.frame(asked.where(RULE_EVALUATION.c.fingerprint == fingerprint) if fingerprint else asked)


def rules_known(ledger: Ledger) -> pl.DataFrame:
    """Every version of every rule that was ever evaluated: rule_id, version, name, ..., meaning (the whole rule as JSON)."""
    return ledger.frame(sa.select(ALERT_RULE).order_by(ALERT_RULE.c.rule_id, ALERT_RULE.c.created_at))


def judged_until(ledger: Ledger) -> datetime | None:
    """The newest data (its as-of instant, UTC) that any rule was ever asked of; None: none was."""
    newest = ledger.frame(sa.select(sa.func.max(RULE_EVALUATION.c.data_as_of).label("as_of")))["as_of"]
    return newest[0] if newest.len() else None


def new_findings(connection: sa.Connection | None, samples: pl.DataFrame) -> pl.DataFrame:
    """The samples (columns of `alerts.samples`) that say something the ledger does not: of a moment not judged yet, or other
    than what was found of it last."""
    columns = [RULE_EVALUATION.c[name] for name in ("eval_id", *SAMPLE, *FOUND)]
    if samples.is_empty():
        return samples
    stored = frame_of(connection, sa.select(*columns).where(RULE_EVALUATION.c.moment >= samples["moment"].min()))
    last = stored.sort("eval_id").unique(SAMPLE, keep="last").drop("eval_id")
    return samples.join(last, on=[*SAMPLE, *FOUND], how="anti", nulls_equal=True)


def add_evaluations(connection: sa.Connection, run_id: str, samples: pl.DataFrame) -> None:
    """Store the samples as what this run found."""
    stored = samples.rename({"as_of": "data_as_of"}).with_columns(pl.lit(run_id).alias("run_id"))
    columns = [column.name for column in RULE_EVALUATION.columns if column.name in stored.columns]
    rows = stored.select(columns).to_dicts()
    add_once(connection, RULE_EVALUATION, [{**row, "evaluation_key": evaluation_key(row)} for row in rows])


def evaluation_key(row: dict[str, object]) -> str:
    """The same finding at the same place and moment, from data of the same instant, has the same key."""
    parts = [str(row[name]) for name in (*SAMPLE, "data_as_of", *FOUND)]
    return sha256(dumps(parts).encode()).hexdigest()


def add_rules(connection: sa.Connection, rules: Sequence[Rule], at: datetime) -> None:
    """Keep the rules as they stand, so that an evaluation can be understood after its rule was edited."""
    rows = [
        {
            "rule_id": rule.id, "version": rule.version, "name": rule.name, "metric": getattr(rule, "metric", ""),
            "kind": rule.kind, "severity": rule.severity, "owner": rule.owner or NOBODY, "created_at": at,
            "meaning": dumps(rule.model_dump(mode="json"), sort_keys=True),
        }
        for rule in rules
    ]  # fmt: skip
    add_once(connection, ALERT_RULE, rows)
