"""Charts: which one fits a figure, and its lines. A new kind of chart is one module and one row of CHARTS."""

from collections.abc import Callable, Mapping

import polars as pl

from metrics.signals import p, p_prime, scale, xmr
from metrics.signals.lines import LINES
from metrics.signals.profile import Profile

WithLimits = Callable[[pl.LazyFrame, Profile], pl.LazyFrame]

CHARTS: Mapping[str, WithLimits] = {
    "xmr": xmr.with_limits,
    "xmr_log": scale.with_log_limits,
    "p_prime": p_prime.with_limits,
    "p": p.with_exact_limits,
}
"""What judging draws, by the name that is stored. `p` is the one with exact binomial limits: only few cases lead to it."""

SHARES = ("share", "within")
WAITS = ("median", "p90", "p95", "mean_wait", "km_median", "km_p90")


def with_chart(points: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """The points with `chart`, the same all along a segment: p_prime for a share, p where its baseline has few cases, xmr_log for
    skewed waits, else xmr.

    It follows from the baseline alone, so that a chart does not change its kind under its reader. A share without counts, and every
    figure of a profile whose charts are "xmr", gets xmr. Wants statistic, the columns of a chart, and `skewness` and `least` of the
    segment's baseline.
    """
    if profile.charts == "xmr":
        return points.with_columns(pl.lit("xmr").alias("chart"))
    wait = pl.col("statistic").is_in(WAITS) & (pl.col("skewness") > scale.SKEWED) & (pl.col("least") > 0)
    chart = pl.when(wait).then(pl.lit("xmr_log")).otherwise(pl.lit("xmr"))
    if points["statistic"].is_in(SHARES).any():
        counted = pl.when(p.few()).then(pl.lit("p")).otherwise(pl.lit("p_prime"))
        chart = pl.when(pl.col("statistic").is_in(SHARES) & p.few().is_not_null()).then(counted).otherwise(chart)
    return points.with_columns(chart.alias("chart"))


def with_lines(points: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """The points with the five lines of the chart that each names in `chart`, in the order they came, and `middle`: what half of
    an unchanged series lies above, which is the centre where the chart does not say otherwise."""
    names = points["chart"].unique().sort().to_list()
    if len(names) == 1:
        return with_middle(CHARTS[names[0]](points.lazy(), profile)).collect()
    placed = points.with_row_index("at").lazy()
    drawn = [
        with_middle(CHARTS[name](placed.filter(pl.col("chart") == name), profile)).select("at", *LINES, "middle") for name in names
    ]
    return points.hstack(pl.concat(drawn).sort("at").drop("at").collect())


def with_middle(lined: pl.LazyFrame) -> pl.LazyFrame:
    there = "middle" in lined.collect_schema().names()
    return lined if there else lined.with_columns(pl.col("centre").alias("middle"))
