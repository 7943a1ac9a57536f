"""Signals of a generation: what the control charts say of its figures, judged once and stored for every reader."""

from collections.abc import Mapping

import duckdb
import polars as pl

from metrics.definitions.metric import Metric
from metrics.home import Home
from metrics.jobs.grains import Grain
from metrics.refresh.inputs import Inputs
from metrics.signals.judging import judged
from metrics.signals.targets import targets_in_force
from metrics.warehouse.schema import store

JUDGED: tuple[Grain, ...] = ("week", "month")  # grains: days are too few cases each, quarters and years too few periods
SERIES = f"""
    with begun as (
        -- the first day of each metric at each site, and at all of them (site_id null)
        select metric, site_id, min(day) as first_day
        from day_counts
        group by grouping sets ((metric, site_id), (metric))
    )
    select
        o.metric, statistic, grain, period_start, period_end, o.site_id, service_id, numerator, denominator, value, n,
        -- a period in the middle of which the data begin is no whole one: it is drawn, but makes no limits
        mature and coalesce(period_start >= first_day, true) as mature
    from observations as o
    left join begun on begun.metric = o.metric and begun.site_id is not distinct from o.site_id
    where stratum is null and grain in ({", ".join(f"'{grain}'" for grain in JUDGED)})
"""


def store_signals(connection: duckdb.DuckDBPyConnection, inputs: Inputs) -> None:
    """Fill `signals` and `signal_points` from the figures of the generation being built, as its readers will see them.

    All series are judged again in every refresh: a period closes with the clock, and a baseline or a target may be new.
    """
    observed: pl.DataFrame = connection.sql(SERIES).pl()
    points, signals = judged_by_home(observed, inputs.home, inputs.metrics, inputs.baselines)
    store(connection, "signal_points", points)
    store(connection, "signals", signals)


def judged_by_home(
    observed: pl.DataFrame, home: Home, metrics: Mapping[str, Metric], baselines: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(signal_points, signals) of the figures (columns of SERIES), by the home's targets and people's baselines."""
    better = pl.DataFrame(
        [(metric.id, metric.better) for metric in metrics.values()], schema={"metric": pl.String, "better": pl.String}, orient="row"
    )

    def in_force(series: pl.LazyFrame) -> pl.LazyFrame:
        return targets_in_force(series, home.targets, home.sites)

    return judged(observed, baselines, in_force, better)
