"""What a query would be as a metric: its header written, its contract checked, its history shown, before anything is saved."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from metrics.definitions.load import BUILT_IN, load_catalog
from metrics.definitions.metric import QueryMetric
from metrics.definitions.query_metric import COLUMNS, KEYS, WORDS
from metrics.errors import UserError
from metrics.home import Home
from metrics.jobs.query_figures import QueryFigures
from metrics.warehouse import Generation
from metrics.workbench.header import HEADER
from metrics.workbench.query_metrics import checked_rows, metric_in, metric_limits, split_header
from metrics.workbench.running import people_s, run

SAID = (*WORDS, "returns")  # what the question's own header has to say of a metric


def promoted(text: str, answers: Mapping[str, str], words: Mapping[str, str] | None = None) -> str:
    """The file with its metric header: answers (KEYS -> text) as lines above the query, in place of those it had.

    words: SAID -> text, lines of the question's own header, in place of those it had. Raises UserError for an answer that is not
    one line; what the answers mean is judged by `preview`.
    """
    words = words or {}
    broken = [f"{key}: write it on one line" for key, answer in {**words, **answers}.items() if len(answer.splitlines()) > 1]
    if broken:
        raise UserError(*broken)
    head, body = split_header(text)
    kept = [line for line in head if _key_of(line) not in ("metric", *words)]
    said = [f"-- {key}: {words[key].strip()}" for key in SAID if words.get(key, "").strip()]
    order = sorted(answers, key=lambda key: KEYS.index(key) if key in KEYS else len(KEYS))
    after = 1 + max((at for at, line in enumerate(kept) if _key_of(line) in SAID), default=-1)
    return "\n".join([*kept[:after], *said, *kept[after:], *(f"-- metric: {key} = {answers[key].strip()}" for key in order), body])


def missing_words(text: str, kind: str) -> dict[str, str]:
    """The lines of SAID that the header has not, with what can be said for the writer: the columns of the kind."""
    there = {_key_of(line) for line in split_header(text)[0]}
    usual = {"returns": ", ".join(COLUMNS.get(kind, ()))}
    return {word: usual.get(word, "") for word in SAID if word not in there}


def metric_of(home: Home, text: str, name: str) -> tuple[QueryMetric | None, list[str]]:
    """The metric that a text is under the id `name`, or None and every problem of its header, its name and its SQL."""
    return metric_in(text, name, load_catalog(BUILT_IN, home.catalog))


def problems(home: Home, generation: Generation, text: str, name: str, **who: Any) -> list[str]:
    """Every breach of the contract, each with the next step; empty where the query may become the metric `name`."""
    try:
        preview(home, generation, text, name, **who)
    except UserError as mistake:
        return list(mistake.problems)
    return []


def preview(home: Home, generation: Generation, text: str, name: str, grain: str = "week", **who: Any) -> pl.DataFrame:
    """The metric's history in a generation, at every place and total, as observations with `mature`.

    The query runs as any other of its person's, within their limits, and is written to the log. who: person, door, verified, as of
    `running.run`. Raises UserError with every breach of the contract.
    """
    metric, wrong = metric_of(home, text, name)
    if metric is None:
        raise UserError(*wrong)
    answer = run(home, generation, metric.sql, name=name, limits=people_s(metric_limits(home)), **who)
    return history_of(metric, checked_rows(metric, answer, generation.as_of.date()), generation, grain)


def history_of(metric: QueryMetric, rows: pl.DataFrame, generation: Generation, grain: str = "week") -> pl.DataFrame:
    """The metric's observations of one grain, of rows that `checked_rows` passed, with `mature`."""
    told = QueryFigures(rows, metric).observations(grain)
    mature = pl.col("matures_at") <= pl.lit(generation.as_of, pl.Datetime("us"))
    return told.with_columns(mature.alias("mature")).sort("period_start", "site_id", "service_id", "statistic", nulls_last=False)


def _key_of(line: str) -> str:
    """The key of a line of the header; nothing for a plain comment."""
    found = HEADER.fullmatch(line.strip())
    return found[1] if found else ""
