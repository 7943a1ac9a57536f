"""What a snapshot is composed of, read from one generation: frames that another process reads just so."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from metrics.errors import UserError
from metrics.snapshot.asked import Asked
from metrics.warehouse import Generation, run_query

HERE = Path(__file__).parent
MONTHS_OF_GAPS = 3  # closed months in which groups of patients are compared: enough cases, and still of this quarter


@dataclass(frozen=True)
class Material:
    """observed: closed weeks (columns of weeks.sql). strata: of closed months (strata.sql). feeds: feeds.sql. as_of: UTC."""

    observed: pl.DataFrame
    strata: pl.DataFrame
    feeds: pl.DataFrame
    as_of: datetime


def read_material(generation: Generation, asked: Asked) -> Material:
    """What the generation holds of what is asked. Raises UserError where there is more than a query may give."""
    metrics = sorted({figure.metric.id for figure in asked.figures})
    first, last = months_until(asked.week + timedelta(days=6))
    return Material(
        answer(generation, "weeks", metrics=metrics, week=asked.week),
        answer(generation, "strata", metrics=metrics, since=first, until=last),
        answer(generation, "feeds"),
        generation.as_of,
    )


def months_until(day: date) -> tuple[date, date]:
    """The first and last day of the MONTHS_OF_GAPS whole months that end on the day or before it."""
    after = (day + timedelta(days=1)).replace(day=1)
    at = after.year * 12 + after.month - 1 - MONTHS_OF_GAPS
    return date(at // 12, at % 12 + 1, 1), after - timedelta(days=1)


def answer(generation: Generation, question: str, **params: Any) -> pl.DataFrame:
    """The whole answer. Raises UserError where it was cut short: nothing may be missing from a snapshot."""
    found = run_query(generation, (HERE / f"{question}.sql").read_text(encoding="utf-8"), params)
    if found.truncated:
        raise UserError(f"generation {generation.name} has too many {question}; name fewer figures in snapshot.toml")
    return found.frame
