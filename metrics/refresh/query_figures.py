"""Metrics of queries in a refresh: each is asked of the generation being built, behind the locks of any reader.

They are asked anew in every refresh, whole: what a query touches cannot be known. Each is asked before any of their rows is stored,
so none sees another's, nor its own of the generation before; a full refresh and an incremental one ask of the same tables.
"""

from collections.abc import Callable, Iterator
from functools import partial

import duckdb
import polars as pl

from metrics.definitions.metric import QueryMetric
from metrics.errors import UserError
from metrics.jobs.query_figures import QueryFigures
from metrics.refresh.affected import fetched
from metrics.refresh.inputs import Inputs
from metrics.warehouse import Generation, Limits, run_alone
from metrics.warehouse.asking import has_table
from metrics.warehouse.overlay import Overlay
from metrics.warehouse.publishing import Asking
from metrics.warehouse.schema import REPLACED_BY
from metrics.workbench.query_metrics import checked_rows, metric_limits

TABLES = ("observations", "day_counts", "wait_bins")  # of figures that queries have, too
OUTCOME = {"metric": pl.String, "file": pl.String, "rows": pl.Int64, "problem": pl.String}
Progress = Callable[[str, int, int | None], None]


def asking(inputs: Inputs, progress: Progress, limits: Limits | None = None) -> Asking | None:
    """What asks the queries of a generation; None where there is no such metric, broken or whole. limits: None is the home's."""
    if not inputs.queries and not inputs.broken:
        return None
    return partial(answers, inputs=inputs, progress=progress, limits=limits or metric_limits(inputs.home))


def answers(unfinished: Generation, inputs: Inputs, progress: Progress, limits: Limits) -> dict[str, pl.DataFrame]:
    """The rows of every table that the queries fill, and `query_metrics`: what became of each.

    A query that fails, in whatever way, has no figures and a sentence that says why. It stops nobody.
    """
    held: dict[str, list[pl.DataFrame]] = {}
    outcomes: list[tuple[str, str, int | None, str | None]] = [
        (name, f"queries/{name}.sql", None, " ".join(why)) for name, why in inputs.broken.items()
    ]
    for done, metric in enumerate(inputs.queries):
        progress("asking queries", done, len(inputs.queries))
        rows, problem = None, None
        try:
            rows, tables = counted(unfinished, metric, inputs, limits)
            for name, frame in tables.items():
                held.setdefault(name, []).append(frame)
        except UserError as mistake:
            problem = " ".join(mistake.problems)
        except Exception as failure:  # whatever a query gives, the other figures are published
            problem = f"its answer could not be counted ({type(failure).__name__}: {first_line(failure)})"
        outcomes.append((metric.id, f"queries/{metric.id}.sql", rows, problem))
    progress("asking queries", len(inputs.queries), len(inputs.queries))
    told = pl.DataFrame(sorted(outcomes), schema=OUTCOME, orient="row")
    return {name: pl.concat(frames) for name, frames in held.items()} | {"query_metrics": told}


def counted(unfinished: Generation, metric: QueryMetric, inputs: Inputs, limits: Limits) -> tuple[int, dict[str, pl.DataFrame]]:
    """How many rows the query gave, and the metric's rows by table. Raises UserError."""
    answer = run_alone(unfinished, metric.sql, None, limits)
    rows = checked_rows(metric, answer, inputs.as_of.date())
    return rows.height, QueryFigures(rows, metric).tables()


def give_way(overlay: Overlay, before: duckdb.DuckDBPyConnection) -> None:
    """Take the figures that queries had in the generation before out of the overlay being built."""
    if not has_table(before, "query_metrics"):
        return  # made by an earlier program
    for table in TABLES:
        overlay.replace(table, fetched(before, theirs(table)), [])


def theirs(table: str) -> str:
    """The query of the keys of a table's rows that metrics of queries have."""
    return f"select distinct {', '.join(REPLACED_BY[table])} from {table} semi join query_metrics using (metric)"


def problems(outcomes: pl.DataFrame) -> Iterator[str]:
    """A sentence for each metric of a query that has no figures. outcomes: the table `query_metrics`."""
    for metric, file, _, problem in outcomes.filter(pl.col("problem").is_not_null()).iter_rows():
        yield f"{metric} has no figures: {problem if problem.startswith(file) else f'{file}: {problem}'}"


def first_line(failure: Exception) -> str:
    return (str(failure).strip().splitlines() or [""])[0]
