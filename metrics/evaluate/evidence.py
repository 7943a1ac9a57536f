"""What the rules are asked of, read from the generation in force."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import polars as pl

from metrics.alerts.evidence import CHECKS, Evidence
from metrics.alerts.rulebook import RuleProblem
from metrics.check import check
from metrics.definitions import Metric
from metrics.errors import UserError
from metrics.home import Home
from metrics.warehouse import Generation, run_query

HERE = Path(__file__).parent
NEEDED = ("signals", "signal_points", "freshness")


def read_evidence(
    home: Home, generation: Generation, metrics: Mapping[str, Metric], problems: Sequence[RuleProblem], now: datetime
) -> Evidence:
    """Verdicts, feeds and checks as they stand in the generation. No live feed is followed: nobody's wait is known now.

    Raises UserError when the generation is of a program that judged no series.
    """
    there = set(answer(generation, "tables")["table_name"])
    if not set(NEEDED) <= there:
        raise UserError(f"generation {generation.name} holds no control charts. Compute them: timely refresh --full")
    findings = [finding.to_dict() for finding in check(home, now)]
    return Evidence(
        metrics, now, generation.as_of, home.settings.stale_after,
        signals=answer(generation, "signals"), points=answer(generation, "signal_points"),
        freshness=answer(generation, "freshness"), checks=pl.DataFrame(findings, schema=CHECKS), problems=problems,
    )  # fmt: skip


def answer(generation: Generation, question: str) -> pl.DataFrame:
    """The whole answer. Raises UserError where it was cut short: an alert must not be missed for its place in a list."""
    found = run_query(generation, (HERE / f"{question}.sql").read_text(encoding="utf-8"))
    if found.truncated:
        raise UserError(
            f"generation {generation.name}: {question} has more than {found.frame.height:,} rows, too many to evaluate."
        )
    return found.frame
