"""What a query would be as a metric: its header written, its contract checked, its history shown, before anything is saved."""

from collections.abc import Mapping

import polars as pl

from metrics.definitions.load import BUILT_IN, load_catalog
from metrics.definitions.metric import QueryMetric
from metrics.definitions.query_metric import COLUMNS, KEYS
from metrics.errors import UserError
from metrics.home import Home
from metrics.jobs.query_figures import QueryFigures
from metrics.warehouse import Generation, run_query
from metrics.workbench.header import HEADER
from metrics.workbench.query_metrics import checked_rows, metric_in, metric_limits, split_header


def promoted(text: str, answers: Mapping[str, str]) -> str:
    """The file with its metric header: answers (KEYS -> text) as lines above the query, in place of those it had.

    Raises UserError for an answer that is not one line; what the answers mean is judged by `preview`.
    """
    broken = [f"{key}: write it on one line" for key, answer in answers.items() if len(answer.splitlines()) > 1]
    if broken:
        raise UserError(*broken)
    head, body = split_header(text)
    kept = [line for line in head if not ((found := HEADER.fullmatch(line.strip())) and found[1] == "metric")]
    order = sorted(answers, key=lambda key: KEYS.index(key) if key in KEYS else len(KEYS))
    return "\n".join([*kept, *(f"-- metric: {key} = {answers[key].strip()}" for key in order), body])


def metric_of(home: Home, text: str, name: str) -> tuple[QueryMetric | None, list[str]]:
    """The metric that a text is under the id `name`, or None and every problem of its header, its name and its SQL."""
    return metric_in(text, name, load_catalog(BUILT_IN, home.catalog))


def problems(home: Home, generation: Generation, text: str, name: str) -> list[str]:
    """Every breach of the contract, each with the next step; empty where the query may become the metric `name`."""
    try:
        _rows(home, generation, text, name)
    except UserError as mistake:
        return list(mistake.problems)
    return []


def preview(home: Home, generation: Generation, text: str, name: str, grain: str = "week") -> pl.DataFrame:
    """The metric's history in a generation, at every place and total, as observations with `mature`. Raises UserError."""
    metric, rows = _rows(home, generation, text, name)
    return history_of(metric, rows, generation, grain)


def history_of(metric: QueryMetric, rows: pl.DataFrame, generation: Generation, grain: str = "week") -> pl.DataFrame:
    """The metric's observations of one grain, of rows without row_problems, with `mature`."""
    told = QueryFigures(rows.select(COLUMNS[metric.kind]), metric).observations(grain)
    mature = pl.col("matures_at") <= pl.lit(generation.as_of, pl.Datetime("us"))
    return told.with_columns(mature.alias("mature")).sort("period_start", "site_id", "service_id", "statistic", nulls_last=False)


def _rows(home: Home, generation: Generation, text: str, name: str) -> tuple[QueryMetric, pl.DataFrame]:
    metric, wrong = metric_of(home, text, name)
    if metric is None:
        raise UserError(*wrong)
    answer = run_query(generation, metric.sql, None, metric_limits(home))
    return metric, checked_rows(metric, answer, generation.as_of.date())
