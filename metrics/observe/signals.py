"""What changed: the stored verdicts of the control charts, concerns first."""

from pathlib import Path

import polars as pl

from metrics.errors import UserError, did_you_mean
from metrics.home import Home
from metrics.warehouse import Generation, current, run_query
from metrics.workbench.query_metrics import known_metrics

GRAINS = ("week", "month")  # those that are judged
LISTED = {"metric": "metric", "site": "site_id", "service": "service_id"}


def signals(
    home: Home,
    grain: str = "week",
    metric: str | None = None,
    site: str | None = None,
    service: str | None = None,
    unchanged: bool = False,
) -> pl.DataFrame:
    """One row a series at its newest closed period, as `signals` of the generation in force says it.

    variation: what a rule of the chart found of the newest point; only series where one fired, unless `unchanged`. No row: nothing
    that was asked for changed. Raises UserError for a name that is not there, and where no generation holds control charts.
    """
    generation = current(home.path)
    checked(home, generation, grain, metric, site, service)
    asked = {"grain": grain, "metric": metric, "site": site, "service": service, "unchanged": unchanged}
    return run_query(generation, (Path(__file__).parent / "signals.sql").read_text(encoding="utf-8"), asked).frame


def checked(home: Home, generation: Generation, grain: str, metric: str | None, site: str | None, service: str | None) -> None:
    """Raises UserError with everything that is wrong with the question."""
    problems = [] if grain in GRAINS else [f"--grain {grain}: charts are judged by week and by month.{did_you_mean(grain, GRAINS)}"]
    if metric is not None:
        known_metrics(home.path).of(metric)
    for name, asked in (("site", site), ("service", service)):
        known = places(generation, LISTED[name]) if asked is not None else []
        if asked is not None and asked not in known:
            problems.append(f"--{name} {asked}: no figure of it is judged.{did_you_mean(asked, known)}")
    if problems:
        raise UserError(*problems)


def places(generation: Generation, column: str) -> list[str]:
    frame = run_query(generation, "select distinct site_id, service_id from signals").frame
    return sorted(frame[column].drop_nulls().unique())
