"""Evidence for the tests: signals and points written out by hand, or judged from weekly figures as the refresh does it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from metrics.alerts.evidence import Evidence
from metrics.alerts.kinds import KINDS
from metrics.alerts.rule import Rule
from metrics.alerts.rulebook import RuleBook
from metrics.alerts.samples import samples
from metrics.definitions import BUILT_IN, load_catalog
from metrics.signals.judging import judged
from metrics.signals.schema import BASELINES, SIGNAL_POINTS, SIGNALS

METRICS = load_catalog(BUILT_IN)
AS_OF = datetime(2026, 11, 23, 6)  # a Monday: the week to 22 November has ended, but settles a day later
LAST_WEEK = date(2026, 11, 9)  # the newest week that is closed for metrics that settle in a day or three


def rule_of(kind: str, **keys: Any) -> Rule:
    """A rule of that kind about the share of emergency patients seen within the hour, unless the keys say otherwise."""
    named = {"metric": "door_to_provider", "statistic": "within"} if "fan_out" in KINDS[kind].model_fields else {}
    if kind == "live_wait":
        named.pop("statistic")
    return KINDS[kind].model_validate({"id": "r", "name": "R", "kind": kind, **named, **keys})


def evidence(**given: Any) -> Evidence:
    return Evidence(**{"metrics": METRICS, "now": AS_OF, "as_of": AS_OF, "stale_after": timedelta(hours=36), **given})


def signal(**given: Any) -> dict[str, Any]:
    """A row of `signals`: the share at CEN in the newest closed week; counts follow from value and n."""
    week = given.pop("week", LAST_WEEK)
    row = {
        "metric": "door_to_provider", "statistic": "within", "grain": "week", "site_id": "CEN", "period_start": week,
        "period_end": week + timedelta(days=6), "value": 0.8, "n": 150, "variation": "common_cause", "assurance": "inconsistent",
        "muted": False, "trial": False,
    }  # fmt: skip
    return row | given


def with_rows(rows: Sequence[Mapping[str, Any]], **given: Any) -> Evidence:
    """Evidence of these rows of `signals`, with a point each."""
    points = [
        {**row, "numerator": None if row["value"] is None else row["value"] * row["n"], "denominator": row["n"], "closed": True,
         "segment": 0, "baseline": True}
        for row in rows
    ]  # fmt: skip
    return evidence(signals=pl.DataFrame(rows, schema=dict(SIGNALS)), points=framed(points), **given)


def framed(points: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    known = [{name: row.get(name) for name in SIGNAL_POINTS} for row in points]
    return pl.DataFrame(known, schema=dict(SIGNAL_POINTS))


def from_weeks(
    shares: Mapping[str, Sequence[float | None]], n: int = 150, target: float | None = None, last: date = LAST_WEEK, **given: Any
) -> Evidence:
    """Evidence judged from weekly shares (one list a site, the newest last; None: no case that week)."""
    rows = [
        {
            "metric": "door_to_provider", "statistic": "within", "grain": "week", "site_id": site, "service_id": None,
            "period_start": start, "period_end": start + timedelta(days=6), "value": share, "n": n,
            "numerator": share * n, "denominator": float(n), "mature": True,
        }
        for site, weeks in shares.items()
        for back, share in enumerate(reversed(weeks))
        if share is not None and (start := last - timedelta(weeks=back))
    ]  # fmt: skip

    def in_force(series: pl.LazyFrame) -> pl.LazyFrame:
        named = {"trajectory": None, "stretch": None}
        texts = {"target_kind": "share_within", "target_source": "local"}
        return series.with_columns(
            pl.lit(target, pl.Float64).alias("target"), *(pl.lit(value, pl.Float64).alias(name) for name, value in named.items()),
            *(pl.lit(value, pl.String).alias(name) for name, value in texts.items()),
        )  # fmt: skip

    better = pl.DataFrame({"metric": ["door_to_provider"], "better": ["lower"]})
    points, signals = judged(
        pl.DataFrame(rows, schema_overrides={"service_id": pl.String()}), pl.DataFrame(schema=dict(BASELINES)), in_force, better
    )
    return evidence(signals=signals, points=points, **given)


def asked(rule: Rule, about: Evidence) -> pl.DataFrame:
    """What the one rule finds."""
    return samples(RuleBook(rules=(rule,)), about)


def outcomes(rule: Rule, about: Evidence) -> dict[str | None, str]:
    """Site -> outcome."""
    return dict(asked(rule, about).select("site_id", "outcome").iter_rows())
