"""The metrics that people's queries count: every file of queries/ with a metric header, whole or with what is wrong with it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from metrics.definitions.load import BUILT_IN as CATALOG
from metrics.definitions.load import FAMILIES, load_catalog
from metrics.definitions.metric import Metric, QueryMetric
from metrics.definitions.query_metric import COLUMNS, WORDS, query_metric, values_of
from metrics.errors import UserError, did_you_mean
from metrics.home import Home
from metrics.jobs.query_figures import row_problems
from metrics.warehouse import Generation, Limits, Result, run_query
from metrics.warehouse.limits import OWN
from metrics.workbench.guard import refusal, tables_read, unrepeatable
from metrics.workbench.query import limits_of
from metrics.workbench.questions import BUILT_IN, header_of, place_of, question_of

METRIC_LINE = re.compile(r"--\s*metric:")
LATER = ("signals", "signal_points", "query_metrics")  # tables that a refresh fills after it has asked the queries


@dataclass(frozen=True)
class KnownMetrics:
    """metrics: every metric by id, of the catalogue and of queries, in the catalogue's order. broken: of each file with a metric
    header that makes none, what is wrong with it."""

    metrics: dict[str, Metric]
    broken: dict[str, tuple[str, ...]]

    def of(self, name: str) -> Metric:
        """The metric of that id. Raises UserError with what is wrong with its file, or the nearest that there is."""
        if name in self.broken:
            raise UserError(*self.broken[name])
        if name not in self.metrics:
            raise UserError(f"unknown metric {name!r}.{did_you_mean(name, list(self.metrics))}")
        return self.metrics[name]


def known_metrics(home: Path) -> KnownMetrics:
    """What the files of a home's catalog/ and queries/ define at this moment, with the built-in ones.

    A broken query file stops nobody; a broken TOML file raises UserError, as it always does.
    """
    declared = load_catalog(CATALOG, home / "catalog")
    counted, broken = metrics_of_queries(BUILT_IN, home / "queries", taken=declared)
    return KnownMetrics(in_order({**declared, **counted}), broken)


def shipped_metrics() -> dict[str, Metric]:
    """Every metric that ships with the program, of the catalogue and of queries, in the catalogue's order."""
    declared = load_catalog(CATALOG)
    return in_order({**declared, **metrics_of_queries(BUILT_IN, taken=declared)[0]})


def in_order(metrics: Mapping[str, Metric]) -> dict[str, Metric]:
    """By family as the catalogue lists them, then by id."""
    return {metric.id: metric for metric in sorted(metrics.values(), key=lambda one: (FAMILIES.index(one.family), one.id))}


def metrics_of_queries(*folders: Path, taken: Collection[str] = ()) -> tuple[dict[str, QueryMetric], dict[str, tuple[str, ...]]]:
    """The metrics of the folders' query files by id, and what is wrong with the files that make none. A later folder's file wins.

    taken: ids that are defined elsewhere.
    """
    paths = {path.stem: path for folder in folders for path in sorted(folder.glob("*.sql"))}
    found: dict[str, QueryMetric] = {}
    broken: dict[str, tuple[str, ...]] = {}
    for name, path in sorted(paths.items()):
        text = text_of(path)
        if text is None or not has_metric_header(text):
            continue
        metric, problems = metric_in(text, name, taken, path)
        if metric is not None:
            found[name] = metric.model_copy(update={"built_in": path.parent == BUILT_IN})
        else:
            broken[name] = tuple(named(problem, path) for problem in problems)
    return found, broken


def text_of(path: Path) -> str | None:
    """The file's text; None where it cannot be read as text: then nobody can say that it means to be a metric."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def has_metric_header(text: str) -> bool:
    return any(METRIC_LINE.match(line) for line in split_header(text)[0])


def metric_keys(text: str) -> dict[str, Any]:
    """The keys of a text's metric header and their values, as a TOML file would have them."""
    return values_of(header_of(text).metric)


def split_header(text: str) -> tuple[list[str], str]:
    """The comment lines above a query, and the query to the letter."""
    lines = text.split("\n")  # as DuckDB ends a comment, whatever else Unicode calls a line's end
    end = next((at for at, line in enumerate(lines) if not line.startswith("--")), len(lines))
    return lines[:end], "\n".join(lines[end:])


def metric_in(text: str, name: str, taken: Collection[str] = (), path: Path | None = None) -> tuple[QueryMetric | None, list[str]]:
    """The metric that a text is under the id `name`, or None and every problem of its header, its name and its SQL."""
    metric, problems = _made_of(text, name, path)
    if name not in taken:
        return metric, [*problems]
    return None, [*problems, f"{name}: a metric of that name is already defined in {name}.toml; choose another"]


@lru_cache(maxsize=256)  # a page or a request asks for every metric, and judging a query takes longer than its file is read
def _made_of(text: str, name: str, path: Path | None) -> tuple[QueryMetric | None, tuple[str, ...]]:
    header = header_of(text, path)
    sql = split_header(text)[1]
    metric, problems = query_metric(name, header.said, header.metric, sql)
    problems += [f"param ${param.name}: a metric's query takes no parameters; write its value" for param in header.params]
    problems += [problem for problem in _of_question(text, name, path) if not _is_told(problem)]
    if why := refusal(text) or refusal(sql):
        return None, (*problems, why)
    problems += _of_query(sql)
    return (None, tuple(problems)) if metric is None or problems else (metric.model_copy(update={"text": text}), ())


def metric_limits(home: Home) -> Limits:
    """What the query of a metric may take: a person's time and memory, and as many rows as the program's own questions."""
    people_s = limits_of(home)
    return Limits(people_s.seconds, OWN.rows, people_s.memory_mb)


def checked_rows(metric: QueryMetric, answer: Result, as_of: date) -> pl.DataFrame:
    """The answer's rows as the metric counts them. Raises UserError with everything that keeps them from being counted."""
    if answer.truncated:
        raise UserError(f"the query returns more than {answer.frame.height:,} rows; count them by day, site_id and service_id")
    if wrong := row_problems(answer.frame, metric.kind, as_of):
        raise UserError(*wrong)
    return answer.frame.select(COLUMNS[metric.kind])


def broken_in(generation: Generation) -> dict[str, str]:
    """Of each metric of a query that the refresh of the generation could not count: why, as a sentence."""
    if not generation.manifest.get("rows", {}).get("query_metrics"):
        return {}  # there is none, or an earlier program made the generation
    asked = "select metric, problem from query_metrics where problem is not null order by metric"
    return dict(run_query(generation, asked).frame.iter_rows())


def named(problem: str, path: Path) -> str:
    """The problem under the name of its file."""
    place = place_of(path)
    return problem if problem.startswith(place) else f"{place}: {problem}"


def _of_question(text: str, name: str, path: Path | None) -> tuple[str, ...]:
    try:
        question_of(text, name, path)
    except UserError as mistake:
        return mistake.problems
    return ()


def _is_told(problem: str) -> bool:
    """Whether the contract says the same: a word of the header that is missing."""
    return any(f"no header '-- {word}:" in problem for word in WORDS)


def _of_query(sql: str) -> list[str]:
    """What a query may do and a metric's may not."""
    problems = [
        f"{name} gives another answer each time; a metric's query reads the instant from `generation`: select as_of from generation"
        for name in unrepeatable(sql)
    ]
    later = tables_read(sql) & set(LATER)
    problems += [f"{name} is made after the metrics are counted; a metric cannot read it" for name in sorted(later)]
    if refusal(f"select * from (\n{sql}\n)"):
        problems.append("a metric's query is one SELECT and nothing after it; take away the semicolon, or the EXPLAIN before it")
    return problems
