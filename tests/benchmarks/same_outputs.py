"""The jobs of a full refresh for what the baselines make, and for nothing else: facts, observations and wait bins in one file.

A whole refresh makes more than anybody writes by hand: estimates of waits that have not ended, who stands on a list, the sums and
counted waits that the next incremental refresh adds to, judged series, counts for the checks of the data, an audit, hashes,
a published file. That is measured and printed beside it, and is not what a baseline is compared with. Of the code of the refresh
nothing is changed: the metrics are given without those statistics, and frames for other tables are not stored.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import polars as pl

from metrics.definitions.metric import ESTIMATES, Metric
from metrics.refresh.full import build_table, dated_tables, empty_facts
from metrics.refresh.inputs import Inputs
from metrics.refresh.storing import Storing, storing
from metrics.warehouse.schema import create_full

OUTPUTS = ("observations", "wait_bins")  # and facts_<table>


@dataclass
class OnlyOutputs(Storing):
    """Stores the frames of the tables that a baseline makes."""

    def store(self, name: str, frame: pl.DataFrame) -> None:
        if name in OUTPUTS or name.startswith("facts_"):
            super().store(name, frame)


def run(inputs: Inputs, out: Path) -> None:
    """Make facts_<table>, observations and wait_bins in the new database file `out`."""
    inputs = replace(inputs, metrics={name: by_hand(metric) for name, metric in inputs.metrics.items() if metric.kind != "census"})
    tables = [table for table in dated_tables() if table.name != "tallies"]
    with duckdb.connect(str(out)) as connection:
        create_full(connection, {table.name: empty_facts(inputs, table).schema for table in dated_tables()})
        connection.execute("insert into generation (name, as_of) values ('same outputs', $as_of)", {"as_of": inputs.as_of})
        with storing(connection) as taken:
            for table in tables:
                build_table(OnlyOutputs(taken.connection, taken.thread), inputs, table, lambda *told: None)


def by_hand(metric: Metric) -> Metric:
    """The metric without the statistics that no baseline makes."""
    return metric.model_copy(update={"statistics": tuple(name for name in metric.statistics if name not in ESTIMATES)})
