"""The rows behind every figure: each headline figure at each place, week by week, with what its control chart says. Pure."""

from collections.abc import Mapping

import polars as pl

from metrics.definitions.metric import Metric
from metrics.home import Home
from metrics.refresh.signals import judged_by_home
from metrics.snapshot.asked import Asked

SERIES = ("metric", "statistic", "site_id")
FIGURES = pl.Schema({
    **dict.fromkeys(SERIES, pl.String()), "week": pl.Date(), "numerator": pl.Float64(), "denominator": pl.Float64(),
    "value": pl.Float64(), "n": pl.Int64(), "mean": pl.Float64(), "lower": pl.Float64(), "upper": pl.Float64(),
    "target": pl.Float64(), "kind": pl.String(), "rules": pl.String(), "definition_version": pl.String(),
})  # fmt: skip
"""One row a figure, place and week; a null site_id is all sites together."""

VERDICTS = pl.Schema({
    **dict.fromkeys(SERIES, pl.String()), "week": pl.Date(), "variation": pl.String(), "assurance": pl.String(),
    "since": pl.Date(), "target": pl.Float64(), "target_source": pl.String(), "chart": pl.String(), "mean": pl.Float64(),
    "baseline_from": pl.Date(), "baseline_to": pl.Date(),
})  # fmt: skip
"""One row a figure and place: what is said of its newest closed week up to the snapshot's."""


def figures_and_verdicts(
    observed: pl.DataFrame, asked: Asked, home: Home, metrics: Mapping[str, Metric], baselines: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(FIGURES, VERDICTS) of the figures asked for, judged on all closed weeks up to the week; charts keep the last ones.

    Sorted by the order of the figures, then of the places. A figure without any closed week has no row.
    """
    order = order_of(asked)
    wanted = observed.join(order.drop("position"), on=list(SERIES), how="semi", nulls_equal=True)
    points, signals = judged_by_home(wanted, home, metrics, baselines)
    versions = wanted.select(*SERIES, pl.col("period_start").alias("week"), "definition_version")
    drawn = points.rename({"period_start": "week", "centre": "mean", "point_type": "kind"})
    drawn = drawn.filter(pl.col("week") > asked.week - pl.duration(weeks=asked.weeks))
    figures = drawn.join(versions, on=[*SERIES, "week"], how="left", nulls_equal=True)
    verdicts = signals.rename({"period_start": "week", "centre": "mean"})
    return in_order(figures, order, FIGURES), in_order(verdicts, order, VERDICTS)


def order_of(asked: Asked) -> pl.DataFrame:
    """metric, statistic, site_id of every figure at every place, and its position on the page."""
    rows = [(figure.metric.id, figure.statistic, place) for figure in asked.figures for place in asked.places]
    return pl.DataFrame(rows, schema=dict.fromkeys(SERIES, pl.String), orient="row").with_row_index("position")


def in_order(frame: pl.DataFrame, order: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    placed = frame.join(order, on=list(SERIES), how="inner", nulls_equal=True).sort("position", "week", nulls_last=False)
    return placed.select(pl.col(name).cast(kind) for name, kind in schema.items())
