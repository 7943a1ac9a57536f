"""Homes with rules, and weeks of one figure at some sites: what an evaluation is asked of."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from metrics.alerts.evidence import CHECKS, FRESHNESS, Evidence
from metrics.alerts.rulebook import fitted
from metrics.definitions import BUILT_IN, load_catalog
from metrics.evaluate.evaluating import EvaluateReport, on_evidence
from metrics.home import Home, open_home
from metrics.ledger import open_ledger
from metrics.ledger.tables import METADATA
from metrics.signals.schema import SIGNAL_POINTS, SIGNALS

METRICS = load_catalog(BUILT_IN)
METRIC = METRICS["no_show_rate"]
FIRST = date(2026, 6, 1)  # a Monday
RULE = """
[[rule]]
id = "no_shows"
name = "More than one in ten does not come"
kind = "threshold"
metric = "no_show_rate"
statistic = "share"
limit = "10%"
for_periods = 2
clear_periods = 1
severity = "act"
owner = "Outpatients"
renotify_after_days = 7
"""


def ruled(home: Home, toml: str = RULE) -> Home:
    """The home with these rules."""
    (home.path / "alerts.toml").write_text(toml)
    return open_home(home.path)


def instant(week: int) -> datetime:
    """When the week (0 begins on FIRST) has closed."""
    return datetime.combine(FIRST, datetime.min.time()) + timedelta(weeks=week + 1) + METRIC.matures


def signals(week: int, shares: Mapping[str, float | None]) -> pl.DataFrame:
    """The newest verdicts on the share of no-shows at these sites: of the week, of 200 appointments each."""
    start = FIRST + timedelta(weeks=week)
    rows = [
        {
            "metric": METRIC.id, "statistic": "share", "grain": "week", "site_id": site, "period_start": start,
            "period_end": start + timedelta(days=6), "value": share, "n": 200, "points": 30, "missing": 0, "trial": False,
            "muted": False, "variation": "common_cause", "assurance": "none",
        }
        for site, share in shares.items()
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=dict(SIGNALS))


def evidence(home: Home, week: int, shares: Mapping[str, float | None], hours: float = 0) -> Evidence:
    """What is known so many hours after the week has closed; its feed was heard of just then."""
    now = instant(week) + timedelta(hours=hours)
    fresh = pl.DataFrame([{"table_name": "appointments", "source": "pas", "recorded_at": instant(week)}], schema=FRESHNESS)
    return Evidence(
        METRICS, now, instant(week), home.settings.stale_after, signals(week, shares), pl.DataFrame(schema=dict(SIGNAL_POINTS)),
        fresh, pl.DataFrame(schema=CHECKS), problems=fitted(home.alerts, METRICS).problems,
    )  # fmt: skip


def run(home: Home, week: int, shares: Mapping[str, float | None], hours: float = 0) -> EvaluateReport:
    """Evaluate that week."""
    return on_evidence(home, fitted(home.alerts, METRICS), evidence(home, week, shares, hours), f"g-{week}")


def everything(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of the home's ledger."""
    ledger = open_ledger(open_home(path))
    return {name: sorted(ledger.frame(sa.select(table)).rows(), key=str) for name, table in METADATA.tables.items()}
