"""The two frames that judging gives: column name -> Polars type, in order. The warehouse makes its tables of them."""

from collections.abc import Mapping

import polars as pl

from metrics.signals.lines import LINES

KEYS = ("metric", "statistic", "grain", "site_id", "service_id")
"""What makes a series. A null site_id is all sites, a null service_id all services."""

_SERIES: Mapping[str, pl.DataType] = dict.fromkeys(KEYS, pl.String())
_PERIOD: Mapping[str, pl.DataType] = {"period_start": pl.Date(), "period_end": pl.Date(), "value": pl.Float64(), "n": pl.Int64()}
_LINES: Mapping[str, pl.DataType] = dict.fromkeys(LINES, pl.Float64())

SIGNAL_POINTS: Mapping[str, pl.DataType] = {
    **_SERIES, **_PERIOD, "numerator": pl.Float64(), "denominator": pl.Float64(), "segment": pl.Int32(), **_LINES,
    "label": pl.String(), "rules": pl.String(), "point_type": pl.String(), "baseline": pl.Boolean(), "closed": pl.Boolean(),
    "target": pl.Float64(), "trajectory": pl.Float64(), "stretch": pl.Float64(),
}  # fmt: skip
"""One row a series and period: what the chart draws."""

SIGNALS: Mapping[str, pl.DataType] = {
    **_SERIES, **_PERIOD, "chart": pl.String(), "profile": pl.String(),
    "centre": pl.Float64(), "lower": pl.Float64(), "upper": pl.Float64(),
    "label": pl.String(), "rules": pl.String(), "variation": pl.String(), "assurance": pl.String(),
    "target": pl.Float64(), "target_kind": pl.String(), "target_source": pl.String(),
    "points": pl.Int32(), "missing": pl.Int32(), "trial": pl.Boolean(), "lag1": pl.Float64(), "muted": pl.Boolean(),
    "runs_signal": pl.Boolean(), "since": pl.Date(), "baseline_from": pl.Date(), "baseline_to": pl.Date(),
    "baseline_by": pl.String(), "baseline_reason": pl.String(), "rebase_suggested": pl.Date(),
}  # fmt: skip
"""One row a series, at its newest closed period: what the icon says."""

BASELINES: Mapping[str, pl.DataType] = {
    **_SERIES, "starts": pl.Date(), "baseline_from": pl.Date(), "baseline_to": pl.Date(), "reason": pl.String(),
    "created_by": pl.String(), "created_at": pl.Datetime("us"),
}  # fmt: skip
"""What people decided: a segment begins at `starts` and its limits come from the closed periods from baseline_from to
baseline_to."""
