"""What rules are asked of: the newest verdicts and the ways of the data, as they stand at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl

from metrics.alerts.rulebook import RuleProblem
from metrics.definitions import Metric
from metrics.signals.schema import SIGNAL_POINTS, SIGNALS

FRESHNESS = {
    "table_name": pl.String(), "source": pl.String(), "site_id": pl.String(), "recorded_at": pl.Datetime("us"),
    "allowed_hours": pl.Float64(),
}  # fmt: skip
CHECKS = {"check": pl.String(), "subject": pl.String(), "passed": pl.Boolean(), "sentence": pl.String()}
WAITING = {"metric": pl.String(), "site_id": pl.String(), "service_id": pl.String(), "since": pl.Datetime("us")}


@dataclass(frozen=True)
class Evidence:
    """One moment of the data. Instants are UTC without a zone.

    signals, points: the tables `signals` and `signal_points`. freshness: the table `freshness` (site_id null: the whole feed).
    checks: findings of `check`. waiting: a row for each person who waits now, with the metric of the wait; None: no live feed is
    followed, which is not the same as nobody waiting. problems: of the rule book. as_of: of the data; now: of the evaluation.
    """

    metrics: Mapping[str, Metric]
    now: datetime
    as_of: datetime
    stale_after: timedelta
    signals: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=dict(SIGNALS)))
    points: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=dict(SIGNAL_POINTS)))
    freshness: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FRESHNESS))
    checks: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CHECKS))
    waiting: pl.DataFrame | None = None
    problems: Sequence[RuleProblem] = ()
