"""What is better looked at: waits around a limit, minute by minute; how late rows are recorded, month by month."""

import polars as pl

from metrics.quality.check import Material
from metrics.quality.counts import LAG_EDGES
from metrics.quality.recording import first_maturities
from metrics.quality.spike import SIDE, STEP, limits_of


def around_limit(material: Material, metric: str, site: str | None = None) -> pl.DataFrame:
    """minute, n, limit, under (in the window just before the limit): completed waits of a metric about its limit.

    site: None for all sites. A minute without waits has 0; a metric without a limit that is looked at has no rows.
    """
    limits = limits_of(material.metrics.values()).filter(metric=metric)
    if limits.is_empty():
        return pl.DataFrame(schema={"minute": pl.Int64, "n": pl.Int64, "limit": pl.Int64, "under": pl.Boolean})
    limit = int(limits["limit"][0])
    minutes = pl.DataFrame({"minute": range(limit - SIDE - STEP + 1, limit + SIDE + STEP + 1)}, schema={"minute": pl.Int64})
    bins = material.bins.filter(pl.col("metric") == metric)
    waits = bins if site is None else bins.filter(pl.col("site_id") == site)
    sums = waits.group_by(minute=pl.col("bin").cast(pl.Int64)).agg(pl.col("n").sum())
    window = (pl.col("minute") > limit - STEP) & (pl.col("minute") <= limit)
    return minutes.join(sums, on="minute", how="left").with_columns(pl.col("n").fill_null(0), limit=pl.lit(limit), under=window)


def watched(material: Material) -> pl.DataFrame:
    """metric, title: the metrics whose limit is looked at and that have waits near it, those with the most first."""
    limits = limits_of(material.metrics.values())
    if material.bins.is_empty():
        return pl.DataFrame(schema={"metric": pl.String, "title": pl.String})
    near = material.bins.join(limits, on="metric").filter((pl.col("bin") - pl.col("limit")).abs() <= SIDE + STEP)
    titles = {name: metric.title for name, metric in material.metrics.items()}
    sums = near.group_by("metric").agg(pl.col("n").sum()).sort("n", "metric", descending=[True, False])
    return sums.select("metric", title=pl.col("metric").replace_strict(titles, default=None))


def late_by_month(material: Material) -> pl.DataFrame:
    """table_name, month (its first day), late, rows, share, words: rows recorded after their table's first figures are final.

    Whole months of the tables of which some row was late; a month that is not over has yet to be told of.
    """
    edges = pl.Series([*LAG_EDGES, 10**9])
    lags = material.counts.filter(pl.col("counted") == "late").join(first_maturities(material.metrics), on="table_name")
    beyond = pl.col("n").filter(pl.lit(edges).gather("bucket") > pl.col("minutes")).sum()
    sums = lags.group_by("table_name", "month", "words").agg(beyond.alias("late"), pl.col("n").sum().alias("rows"))
    told = sums.with_columns(month=pl.format("{}-01", "month").str.to_date(), share=pl.col("late") / pl.col("rows"))
    over = pl.col("month").dt.month_end() < material.as_of.date()
    some = told.filter(over, pl.col("late").sum().over("table_name") > 0)
    return some.select("table_name", "month", "late", "rows", "share", "words").sort("table_name", "month")
