"""What a change of facts adds to counts and waits that were added up before: gains less losses, in whole numbers."""

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from metrics.definitions.metric import Metric
from metrics.jobs.counts import MEASURES, added, counts, flag_columns
from metrics.jobs.estimated import censored_waits, estimate_statistics
from metrics.jobs.strata import Strata
from metrics.jobs.value_counts import value_counts
from metrics.jobs.waits import completed_waits

WaitsOf = Callable[[pl.LazyFrame, Metric], pl.LazyFrame]
LOST, GAINED = pl.lit(-1, pl.Int64).alias("sign"), pl.lit(1, pl.Int64).alias("sign")
WAITS = {"place": pl.UInt32, "period": pl.Int32, "wait": pl.Int64, "count": pl.Int64}


def count_deltas(before: pl.DataFrame, after: pl.DataFrame, metrics: Sequence[Metric]) -> pl.DataFrame:
    """metric, place, period (day) and measures: what to add to the day's counts. before, after: counted rows, numbered."""
    return _gains(pl.concat([before.with_columns(LOST), after.with_columns(GAINED)]), metrics, ("place", "period"))


def stratum_deltas(
    before: pl.DataFrame, after: pl.DataFrame, metrics: Sequence[Metric], strata_before: Strata, strata_after: Strata
) -> pl.DataFrame:
    """metric, place, period (month), stratum and measures: what to add to the month's counts by stratum."""
    flags = flag_columns(after, metrics)
    parts = [
        strata.long(rows, ("place", "period", *flags)).with_columns(sign)
        for rows, strata, sign in ((before, strata_before, LOST), (after, strata_after, GAINED))
    ]
    held = [part.with_columns(pl.col("period").dt.truncate("1mo")) for part in parts if not part.is_empty()]
    return _gains(pl.concat(held), metrics, ("place", "period", "stratum")) if held else pl.DataFrame()


def _gains(rows: pl.DataFrame, metrics: Sequence[Metric], by: Sequence[str]) -> pl.DataFrame:
    """Counts of the rows with their `sign`, all counted at once: of few rows, counting costs more than they do."""
    counted = counts(rows, metrics, ("sign", *by))
    return added(counted.with_columns(pl.col(measure) * pl.col("sign") for measure in MEASURES).drop("sign"), by)


def wait_deltas(before: pl.DataFrame, after: pl.DataFrame, metrics: Sequence[Metric]) -> pl.DataFrame:
    """place, period (day, days since 1970), wait, count: what to add to the waits' counts, every metric's in one frame.

    Each has place numbers of its own: place * how many metrics there are + which.
    """
    return _deltas(before, after, metrics, {metric.id: completed_waits for metric in metrics})


def censored_deltas(before: pl.DataFrame, after: pl.DataFrame, metrics: Sequence[Metric]) -> pl.DataFrame:
    """As wait_deltas, of the waits of cases that left or still wait, for those of the metrics that are estimated from them."""
    return _deltas(before, after, metrics, {metric.id: censored_waits for metric in metrics if estimate_statistics(metric)})


def _deltas(before: pl.DataFrame, after: pl.DataFrame, metrics: Sequence[Metric], waits: Mapping[str, WaitsOf]) -> pl.DataFrame:
    parts = [
        waits[metric.id](rows.lazy(), metric).select(
            (pl.col("place").cast(pl.UInt32) * len(metrics) + which).cast(pl.UInt32), "period", pl.col("wait").cast(pl.Int64),
            pl.lit(sign, pl.Int64).alias("count"),
        )
        for rows, sign in ((before, -1), (after, 1))
        for which, metric in enumerate(metrics)
        if metric.id in waits
    ]  # fmt: skip
    rows = pl.concat([pl.LazyFrame(schema=WAITS), *parts]).collect()
    return value_counts(rows).filter(pl.col("count") != 0)


def patched(counted: pl.DataFrame, delta: pl.DataFrame) -> pl.DataFrame:
    """Value counts with a delta added; what comes to nothing goes."""
    if delta.is_empty():
        return value_counts(counted)
    both = pl.concat([counted.select("place", "period", "wait", "count"), delta.select("place", "period", "wait", "count")])
    return value_counts(both).filter(pl.col("count") > 0)
