"""What a query would be as a metric: its header written, its contract checked, its history shown, before anything is saved."""

from collections.abc import Mapping

import polars as pl

from metrics.definitions.load import BUILT_IN
from metrics.definitions.query_metric import COLUMNS, KEYS, QueryMetric, query_metric
from metrics.errors import UserError
from metrics.home import Home
from metrics.jobs.query_figures import query_observations, row_problems
from metrics.warehouse import Generation, run_query
from metrics.warehouse.limits import OWN
from metrics.workbench.guard import refusal
from metrics.workbench.header import HEADER
from metrics.workbench.questions import header_of


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


def split_header(text: str) -> tuple[list[str], str]:
    """The comment lines above a query, and the query."""
    lines = text.splitlines()
    end = next((at for at, line in enumerate(lines) if not line.startswith("--")), len(lines))
    return lines[:end], "\n".join(lines[end:])


def metric_of(home: Home, text: str, name: str) -> tuple[QueryMetric | None, list[str]]:
    """The metric that a text is under the id `name`, or None and every problem of its header, its name and its SQL."""
    header = header_of(text)
    metric, problems = query_metric(name, header.said, header.metric, split_header(text)[1])
    taken = [folder / f"{name}.toml" for folder in (BUILT_IN, home.catalog) if (folder / f"{name}.toml").is_file()]
    problems += [f"{name}: a metric of that name is already defined in {path.name}; choose another" for path in taken]
    problems += [f"param ${param.name}: a metric's query takes no parameters; write its value" for param in header.params]
    why = refusal(text)
    problems += [*header.problems, *([why] if why else [])]
    return (None, problems) if problems else (metric, [])


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
    told = query_observations(rows, metric, grain)
    mature = pl.col("matures_at") <= pl.lit(generation.as_of, pl.Datetime("us"))
    return told.with_columns(mature.alias("mature")).sort("period_start", "site_id", "service_id", "statistic", nulls_last=False)


def _rows(home: Home, generation: Generation, text: str, name: str) -> tuple[QueryMetric, pl.DataFrame]:
    metric, wrong = metric_of(home, text, name)
    if metric is None:
        raise UserError(*wrong)
    answer = run_query(generation, text, None, OWN)
    if answer.truncated:
        raise UserError(f"the query returns more than {OWN.rows:,} rows; count them by day, site_id and service_id")
    wrong = row_problems(answer.frame, metric.kind)
    if wrong:
        raise UserError(*wrong)
    return metric, answer.frame.select(COLUMNS[metric.kind])
