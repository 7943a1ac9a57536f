"""The SQL form of a metric: a query that an analyst can read, own and run, and that gives the figure on the tile.

It starts from the event columns, not from the stored waits, so it checks the jobs as much as it explains them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from metrics.definitions.metric import ESTIMATED_QUANTILES, ESTIMATES, MEAN_WAIT, QUANTILES, SHARES, Metric, QueryMetric, Statistic
from metrics.definitions.shape import LIMITED, STATISTICS
from metrics.definitions.sql_census import census_steps
from metrics.definitions.sql_estimates import estimate_of
from metrics.definitions.sql_figures import figures_of
from metrics.definitions.sql_query import query_steps
from metrics.definitions.sql_ratio import ratio_steps
from metrics.definitions.sql_rows import Place, rows_of
from metrics.definitions.sql_waits import waits_of
from metrics.definitions.version import definition_version
from metrics.errors import UserError, did_you_mean
from metrics.events import STRATA, TABLES

Grain = Literal["day", "week", "month", "quarter", "year", "all"]
GRAINS: tuple[str, ...] = get_args(Grain)
DIMENSIONS = ("site", "service", *STRATA)
IN_UNITS = (*QUANTILES, *ESTIMATED_QUANTILES, MEAN_WAIT, "mean", "ratio")  # statistics whose value is in the metric's unit


@dataclass(frozen=True)
class CompiledQuery:
    """A query with named parameters ($since, $until: local days, both included; $site, $service: null for all)."""

    sql: str
    params: dict[str, date | str | None]


def sql_for(
    metric: Metric,
    statistic: str,
    by: Sequence[str] = (),
    grain: str = "week",
    since: date | None = None,
    until: date | None = None,
    site: str | None = None,
    service: str | None = None,
    default_zone: str = "UTC",
) -> CompiledQuery:
    """The query that gives a metric's statistic by period, and by site, service or patient strata, in a generation.

    Columns: period_start, [site_id, service_id, a column a stratum], numerator, denominator, value, n, lower, upper,
    still_open, mature; ordered by period and place. Groups with nothing to say are left out. With grain 'all' the one
    period starts on `since`, or on the day of the first event. `default_zone` is the time zone of a site that the
    table sites does not list. Raises UserError for a statistic, dimension or grain that the metric does not have.
    """
    _check(metric, statistic, by, grain)
    place = Place(tuple(name for name in DIMENSIONS if name in by), grain, default_zone)
    steps = _steps(metric, statistic, place)
    sql = f"{_header(metric, statistic)}\nwith\n\n" + ",\n\n".join(steps[:-1]) + "\n\n" + steps[-1] + "\n"
    return CompiledQuery(sql, {"since": since, "until": until, "site": site, "service": service})


def has_patients(metric: Metric) -> bool:
    """Whether its cases are of known patients, so that it can be split by who they are."""
    return not isinstance(metric, QueryMetric) and all("patient_key" in TABLES[name].column for name in metric.tables)


def _steps(metric: Metric, statistic: str, place: Place) -> list[str]:
    if isinstance(metric, QueryMetric):
        return query_steps(metric, statistic, place)
    if metric.kind == "ratio":
        return ratio_steps(metric, place)
    if metric.kind == "census":
        return census_steps(metric, statistic, place)
    told = estimate_of if statistic in ESTIMATES else figures_of
    return [*rows_of(metric, place), *waits_of(metric, place), *told(metric, statistic, place)]


def value_unit(metric: Metric, statistic: str) -> str:
    """What a statistic's value is measured in: 'share' (0 to 1), 'cases', or the metric's unit (of a score points)."""
    if statistic in SHARES:
        return "share"
    return metric.unit if statistic in IN_UNITS else "cases"


def statistic_in_words(metric: Metric, statistic: Statistic | str) -> str:
    """'share', 'p90, in minutes', 'share within 60 minutes', 'per 1,000 visits'."""
    if statistic == "ratio":
        return metric.unit
    if metric.kind == "census":
        if statistic == "share":
            return "share of them"
        return "how many are there" if statistic == "count" else f"share of them there for at most {metric.within_words}"
    if statistic == "within" and metric.within is not None:
        return f"share within {metric.within_words}"
    if statistic == "km_within" and metric.within is not None:
        return f"share within {metric.within_words}, estimated by Kaplan-Meier"
    name = (
        f"{statistic.removeprefix('km_')}, estimated by Kaplan-Meier"
        if statistic in ESTIMATES
        else str(statistic).removesuffix("_wait")
    )
    return f"{name}, in {metric.unit}" if statistic in IN_UNITS else name


def _check(metric: Metric, statistic: str, by: Sequence[str], grain: str) -> None:
    problems = []
    if statistic not in STATISTICS[metric.kind] or (statistic in LIMITED and metric.within is None):
        problems.append(f"{metric.id}: no statistic '{statistic}'; it has {', '.join(metric.statistics)}")
    problems += [f"by: unknown dimension '{name}'.{did_you_mean(name, DIMENSIONS)}" for name in by if name not in DIMENSIONS]
    if set(by) & set(STRATA) and not has_patients(metric):
        problems.append(f"{metric.id}: {metric.table} are counted without patients; only site and service can split it")
    if grain not in GRAINS:
        problems.append(f"grain: unknown grain '{grain}'.{did_you_mean(grain, GRAINS)}")
    if problems:
        raise UserError(*problems)


def _header(metric: Metric, statistic: str) -> str:
    lines = {
        "metric": metric.id,
        "title": metric.title,
        "question": metric.question,
        "statistic": statistic_in_words(metric, statistic),
        "definition": definition_version(metric),
        "authority": metric.authority,
        "params": "since, until (local days, both included), site, service; null means all",
    }
    return "\n".join(f"-- {key}: {' '.join(text.split())}" for key, text in lines.items())
