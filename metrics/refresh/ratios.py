"""Ratios of counts in a refresh: told from the counts' own observations, once these stand."""

import duckdb
import polars as pl

from metrics.jobs.ratios import KEYS, ratio_observations
from metrics.refresh.affected import fetched
from metrics.refresh.inputs import Inputs
from metrics.warehouse.asking import has_table
from metrics.warehouse.overlay import Overlay
from metrics.warehouse.schema import own, replaced, store

COUNTS = f"""
    select metric, {", ".join(KEYS)}, numerator
    from observations semi join counted using (metric)
    where statistic = 'count' and stratum is null"""
OF_TOUCHED = (
    " and exists (select 1 from touched t where t.grain = observations.grain and t.period_start = observations.period_start)"
)


def store_ratios(connection: duckdb.DuckDBPyConnection, inputs: Inputs) -> None:
    """Add the ratios to the generation being built, whose views read as a reader will see them.

    In an overlay only of the periods whose counts it replaces, all of them since its base: the others stand there.
    """
    for metric in inputs.ratios:
        counted = pl.DataFrame({"metric": [part.id for part in metric.parts]})
        if not is_overlay(connection):
            store(connection, "observations", ratio_observations(fetched(connection, COUNTS, counted=counted), metric))
            continue
        touched = fetched(
            connection, f"select distinct grain, period_start from {replaced('observations')} semi join counted using (metric)",
            counted=counted,
        )  # fmt: skip
        if touched.is_empty():
            continue
        for held in (own("observations"), replaced("observations")):  # what the overlay before said, carried over
            connection.execute(f"delete from {held} where metric = $metric", {"metric": metric.id})
        made = ratio_observations(fetched(connection, COUNTS + OF_TOUCHED, counted=counted, touched=touched), metric)
        Overlay(connection).replace(
            "observations", touched.select(pl.lit(metric.id).alias("metric"), "grain", "period_start"), [made]
        )


def is_overlay(connection: duckdb.DuckDBPyConnection) -> bool:
    return has_table(connection, replaced("observations").rpartition(".")[2])
